"""One question of the queue: what is asked, both sides of it, what speaks for and against, and what was said before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from reports.console import places
from reports.console.masks import MASKED_PHONE
from reports.console.page import Page
from reports.console.queue import ANSWERS, ENTRY, TABLES
from reports.console.rows import plain_rows, rows
from reports.row_stream import unlike_runs
from reports.words import COMPARISON_WORDS, KIND_WORDS, LEVEL_WORDS, RULE_WORDS
from schemas.errors import say

LATEST, MOST_ROWS = 12, 8
AGAINST = {"stranger": "无关的人", "relative": "同家庭的人"}
PERSON = """
select person_id, name, {number} as id_number, sex, {birth} as born, nullif(concat_ws(' ', town, village), '') as place, {phone} as phone,
       merged_into from person where person_id = $person
"""
ENTRIES = """
select entry_id, valid_from, pack, word_track(track) as track, word_op(op) as op, clause, shown_text(reason) as reason from ledger_entry
where person_id = $person order by run_no desc, seq desc limit $most
"""
STATES = "select pack, word_track(track) as track, word_state(state) as state, since from state_now where person_id = $person order by pack, track"
TOLD = """
select question, decision, role, officer, decided_date, shown_text(note) as note from answer_taken
where question in (select unnest($questions::varchar[])) order by decided_date desc, officer limit $most
"""
EVIDENCE = "from evidence_row where record_id in (select unnest($records::varchar[])) order by kind, delivery_id, row_no limit $most"
DELIVERED = "from evidence_row where kind = $kind and office = $office and record_id = $record"
FILES = "select delivery_id, any_value(file_name), any_value(sheet), max(snapshot_date) from delivery where delivery_id in (select unnest($ids::varchar[])) group by delivery_id"
EMPLOYER = "select employer_name, employer_uscc from outbound where entry_id = $entry order by list, employer_name, employer_uscc limit 1"
SHARED = ("姓名", "证件号码", "性别", "出生日期")


@dataclass(frozen=True)
class Side:
    """One of the records beside one another: where it comes from, by which rule it was linked, whose it is, and its cells:
    header, text, and the text in pieces of which some differ from the other side's."""

    title: str
    rule: str
    person_id: str
    cells: tuple[tuple[str, str, tuple[tuple[bool, str], ...]], ...]


def find(con: duckdb.DuckDBPyConnection, sheet: str, question: str) -> dict[str, Any] | None:
    """The question as it stands in the queue, or None: answered, gone, or never asked."""
    found = rows(con, f"from {TABLES[sheet]} where question = $question", {"question": question})
    return found[0] if found else None


def people_of(con: duckdb.DuckDBPyConnection, sheet: str, asked: Mapping[str, Any]) -> list[str]:
    """Whose numbers the page of a question shows: the person first, then everybody whose row it rests on."""
    if sheet != ENTRY:
        return [p for p in (asked["likely_id"], asked["other_id"]) if p]
    shown = rows(con, EVIDENCE, {"records": list(asked["evidence"] or []), "most": MOST_ROWS})
    return [p for p in dict.fromkeys((asked["person_id"], *(r["person_id"] for r in shown))) if p]


def case_page(
    con: duckdb.DuckDBPyConnection,
    runs: str,
    sheet: str,
    asked: Mapping[str, Any],
    around: Mapping[str, Any],
    *,
    whole: bool,
    is_blind: bool,
) -> Page:
    """The page of one question. `around` is what the routes add: the answer given so far, where to go next, how many are
    done. Blind, it shows neither scores nor what anybody said."""
    sides = _entry_sides(con, runs, asked, whole=whole) if sheet == ENTRY else _row_sides(con, runs, asked, whole=whole)
    person = (asked["person_id"] if sheet == ENTRY else asked["likely_id"]) or ""
    entries = rows(con, ENTRIES, {"person": person, "most": LATEST})
    questions = [asked["question"], *(e["entry_id"] for e in entries)]
    values = {
        "sheet": sheet, "asked": asked, "sides": sides, "whole": whole, "is_blind": is_blind,
        "answers": ANSWERS[sheet], "clause": _clause(con, asked) if sheet == ENTRY else None,
        "weights": () if is_blind or sheet == ENTRY else weight_rows(asked),
        "against": AGAINST.get((asked.get("level_codes") or {}).get("against", ""), ""),
        "margin": _margin(asked), "entries": entries, "states": rows(con, STATES, {"person": person}),
        "told": () if is_blind else rows(con, TOLD, {"questions": questions, "most": LATEST}),
        "household": rows(con, "from household where of_person = $person", {"person": person}),
    }  # fmt: skip
    return Page("case.html", say("核查一件", "One case"), {**values, **around})


def weight_rows(asked: Mapping[str, Any]) -> tuple[tuple[str, str, float], ...]:
    """Each comparison that had something to compare: its word, its level, its weight in bits; nothing where the pair was
    not weighed."""
    weights, levels = asked["weights"] or {}, asked["level_codes"] or {}
    shown = [
        (n, w) for n, w in weights.items() if w is not None and (n == "prior" or levels.get(n) not in (None, "missing"))
    ]
    return tuple(
        (COMPARISON_WORDS.get(n, n), LEVEL_WORDS.get(levels.get(n, ""), levels.get(n, "") or ""), w) for n, w in shown
    )


def _margin(asked: Mapping[str, Any]) -> float | None:
    second, first = asked.get("runner_up_weight"), asked.get("match_weight")
    return None if second is None or first is None else first - second


def _clause(con: duckdb.DuckDBPyConnection, asked: Mapping[str, Any]) -> dict[str, Any] | None:
    found = rows(
        con,
        "select c.* from clause_text as c inner join ledger_entry as e on c.pack = e.pack and c.rule_id = coalesce(json_extract_string(e.parameters, '$.rule'), e.clause) where e.entry_id = $entry",
        {"entry": asked["question"]},
    )
    return found[0] if found else None


def _entry_sides(con: duckdb.DuckDBPyConnection, runs: str, asked: Mapping[str, Any], *, whole: bool) -> list[Side]:
    """The person or the employer, then each row that the finding rests on. What differs is marked where the row is that
    person's own; a finding may rest on rows of others too."""
    person = _person(con, asked["person_id"], whole=whole) if asked["person_id"] else {}
    records = rows(con, EVIDENCE, {"records": list(asked["evidence"] or []), "most": MOST_ROWS})
    own = [r["person_id"] == asked["person_id"] for r in records]
    sides = [
        _delivered(con, runs, r, whole=whole, beside=person if is_own else {})
        for r, is_own in zip(records, own, strict=True)
    ]
    first = next((side for side, is_own in zip(sides, own, strict=True) if is_own), None)
    said = {header: text for header, text, _ in first.cells} if first else {}
    if not asked["person_id"]:
        firms = rows(con, EMPLOYER, {"entry": asked["question"]})
        cells = {"单位名称": firms[0]["employer_name"], "统一社会信用代码": firms[0]["employer_uscc"]} if firms else {}
        return [_side(say("用人单位", "Employer"), "", "", {h: t for h, t in cells.items() if t}, {}), *sides]
    return [_side(say("台账中的人", "Person in the ledger"), "", asked["person_id"], person, said), *sides]


def _row_sides(con: duckdb.DuckDBPyConnection, runs: str, asked: Mapping[str, Any], *, whole: bool) -> list[Side]:
    """The delivered row, the candidate, the runner-up."""
    (row,) = rows(con, DELIVERED, {"kind": asked["kind_code"], "office": asked["office"], "record": asked["record_id"]})
    likely = _person(con, asked["likely_id"], whole=whole) if asked["likely_id"] else {}
    came = _delivered(con, runs, row, whole=whole, beside=likely)
    said = {header: text for header, text, _ in came.cells}
    sides = [came]
    for title, person_id in (
        (say("候选人", "Candidate"), asked["likely_id"]),
        (say("另一候选", "Runner-up"), asked["other_id"]),
    ):
        if person_id:
            sides.append(_side(title, "", person_id, _person(con, person_id, whole=whole), said))
    return sides


def _person(con: duckdb.DuckDBPyConnection, person: str, *, whole: bool) -> dict[str, str]:
    """A person's cells by the headers that delivered rows have."""
    shown = PERSON.format(
        number="id_number" if whole else "shown_id(id_number)",
        birth="birth_date::varchar" if whole else "year(birth_date) || ' 年'",
        phone="phone" if whole else MASKED_PHONE.format("phone"),
    )
    found = rows(con, shown, {"person": person})
    if not found:
        return {}
    p = found[0]
    cells = {"姓名": p["name"], "证件号码": p["id_number"], "性别": p["sex"], "出生日期": p["born"], "镇街村居": p["place"], "联系电话": p["phone"]}  # fmt: skip
    return {header: text for header, text in cells.items() if text}


def _delivered(
    con: duckdb.DuckDBPyConnection, runs: str, row: Mapping[str, Any], *, whole: bool, beside: Mapping[str, str]
) -> Side:
    """One delivered row with its cells as they came, read from the one file that holds it."""
    said = dict(places.cells(con, runs, row, whole=whole))
    files = plain_rows(con, FILES, {"ids": [row["delivery_id"]]})
    name = f"{files[0][1]}{'#' + files[0][2] if files[0][2] else ''}" if files else row["delivery_id"][:12]
    title = f"{KIND_WORDS[row['kind']]} · {name} · {say('第', 'row ')}{row['row_no']}{say(' 行', '')}"
    rule = RULE_WORDS.get(row.get("rule") or "", "")
    whose = row["person_id"] if row["match_status"] != "review" else None  # in review it is the candidate's
    return _side(title, rule, whose or "", said, beside)


def _side(title: str, rule: str, person_id: str, said: Mapping[str, str], beside: Mapping[str, str]) -> Side:
    cells = tuple(
        (h, t, tuple(unlike_runs(t, beside[h])) if h in SHARED and beside.get(h) else ((False, t),))
        for h, t in said.items()
    )
    return Side(title, rule, person_id, cells)
