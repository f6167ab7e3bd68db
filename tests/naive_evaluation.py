"""Precision and recall counted row by row in plain Python: the oracle of `zhaoren evaluate`."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from flows.workspace import Workspace
from tests.rough_files import SAMPLE, table

Row = dict[str, Any]


def truth_rows() -> list[Row]:
    with (SAMPLE / "truth" / "rows.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def twisted() -> list[Row]:
    """The truth with every ninth row's person exchanged for the next row's, and every fiftieth a stranger."""
    rows = truth_rows()
    return [
        row | {"truth_id": "" if n % 50 == 3 else rows[n + 1 if n % 9 == 0 and n + 1 < len(rows) else n]["truth_id"]}
        for n, row in enumerate(rows)
        if row["truth_id"] or n % 2
    ]


def write_truth(path: Path, rows: Sequence[Row], *, chinese: bool) -> Path:
    names = {"file": "文件", "row_no": "行号", "truth_id": "真实编号", "damage": "损坏"} if chinese else {}
    with path.open("w", encoding="gb18030" if chinese else "utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [names.get(c, c) for c in (*rows[0], "note")], restval="x")
        writer.writeheader()
        writer.writerows({names.get(c, c): v for c, v in row.items()} for row in rows)
    return path


def records(town: Workspace, rows: Sequence[Row]) -> Iterator[Row]:
    """Each truth row's latest word, once a record; rows delivered again unchanged stand where they stood first."""
    log: dict[tuple[str, int], Row] = {}
    made: set[tuple[str, int, str]] = set()
    for entry in table(town, "match_log"):
        place = (entry["file_name"], entry["row_no"])
        log[place] = entry
        if entry["match_status"] == "new_person":
            made.add((*place, entry["person_id"]))
    for bad in table(town, "quarantine"):
        if bad["check"].startswith("id_"):
            kind = next(d["kind"] for d in table(town, "delivery") if d["delivery_id"] == bad["delivery_id"])
            log[bad["file_name"], bad["row_no"]] = {"kind": kind, "match_status": "quarantine", "rule": None, "person_id": None}  # fmt: skip
    first: dict[tuple[str, ...], tuple[str, int]] = {}
    for path in sorted(SAMPLE.glob("night-[12]/失业登记_*.csv")):  # the one office that sends everything every night
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for n, cells in enumerate(list(csv.reader(stream))[1:], 1):
                first.setdefault(tuple(cells), (path.name, n))
                if (path.name, n) not in log:
                    log[path.name, n] = {"same_as": first[tuple(cells)]}
    seen = set()
    for row in rows:
        place = (row["file"].split("/")[-1], int(row["row_no"]))
        word = log.get(place)
        if word and "same_as" in word:
            place, word = word["same_as"], log[word["same_as"]]
        if word and place not in seen:
            seen.add(place)
            linked = word["match_status"] in ("linked", "new_person")
            yield {"truth": row["truth_id"], "damage": row["damage"], "kind": word["kind"], "status": word["match_status"], "place": place,
                   "person": word["person_id"] if linked else None,
                   "founding": linked and (word["rule"] == "id_and_name" or (*place, word["person_id"]) in made)}  # fmt: skip


def judged(found: list[Row]) -> list[Row]:
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for r in found:
        if r["founding"]:
            votes[r["person"]][r["truth"]] += 1
    true = {p: min((-n, t) for t, n in v.items() if t)[1] for p, v in votes.items() if any(v)}
    for r in found:
        r["right"] = r["person"] is not None and bool(r["truth"]) and true.get(r["person"]) == r["truth"]
        r["judged"] = r["person"] in true or (r["person"] in votes and bool(r["truth"]))
        r["wanted"] = r["truth"] in true.values()
    return found


def share(rows: Sequence[Row], of: str) -> tuple[int, int]:
    return sum(r["right"] for r in rows if r[of]), sum(r[of] for r in rows)


def together(rows: Sequence[Row], of: str) -> set[tuple[int, int]]:
    """The pairs of rows, by their places, that say the same of it; a row that says nothing is with nobody."""
    alike: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        if row[of] is not None:
            alike[row[of]].append(place)
    return {pair for places in alike.values() for pair in combinations(places, 2)}


def expected(found: list[Row]) -> dict[tuple[str, str, str], tuple[int, int]]:
    inexact = [r for r in found if r["judged"] and not r["founding"]]
    missed = [r for r in found if r["wanted"] and not r["right"]]
    whole = {"false_links_not_exact": (sum(not r["right"] for r in inexact), len(inexact)),
             "missed_in_review": (sum(r["status"] == "review" for r in missed), len(missed))}  # fmt: skip
    for ending, rows in (("", [r for r in found if r["truth"]]), ("_known", [r for r in found if r["truth"] and (r["wanted"] or r["person"])])):  # fmt: skip
        made, true = (together(rows, of) for of in ("person", "truth"))
        both = len(made & true)
        whole |= {f"pairwise_precision{ending}": (both, len(made)), f"pairwise_recall{ending}": (both, len(true))}
    figures = {("all", "all", m): pair for m, pair in whole.items()}
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for r in found:
        for stratum, value in (("all", "all"), ("source", r["kind"]), *(("damage", d or "none") for d in r["damage"].split("+"))):  # fmt: skip
            groups[stratum, value].append(r)
    for (stratum, value), rows in groups.items():
        if any(r["judged"] or r["wanted"] for r in rows):
            figures[stratum, value, "precision"], figures[stratum, value, "recall"] = share(rows, "judged"), share(rows, "wanted")  # fmt: skip
    return figures
