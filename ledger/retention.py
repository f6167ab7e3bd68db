"""What is kept no longer than its purpose needs: what goes tonight, and what stays of it.

A sealed file is never changed. It is taken away, and only after a later run's manifest named it with its hash: so the
chain still holds and says what was there. A table of standing rows goes when rows in it have served their purpose; it
is sealed again in that later run (`ledger/retained_rows.py`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from ledger.retained_rows import rows_due, write_rest
from ledger.seal import file_hash, read_manifest, run_folder, sealed_runs, standing_by_run
from ledger.standalone_verifier import LASTING, gone_by, key_of
from schemas.extracts import LAYOUTS


@dataclass(frozen=True)
class Terms:
    """For how many days after the run that brought or ended them things are kept; None: for ever. `archive_days`: files as
    they came, since they came or, what rests on them, since a newer full snapshot of their source came. `workbook_days`: workbooks. `ended_days`: rows that
    stand no more. `stranger_days`: rows about nobody we know, since they ended or, while they stand, were last told.
    `kinds`: the terms that one kind has instead."""

    archive_days: int | None = None
    workbook_days: int | None = None
    ended_days: int | None = None
    stranger_days: int | None = None
    kinds: Mapping[str, "Terms"] = field(default_factory=dict)

    def of(self, kind: str | None, name: str) -> int | None:
        """One of the terms for a kind (None: no kind is known)."""
        own = getattr(self.kinds.get(kind or ""), name, None)
        days: int | None = getattr(self, name) if own is None else own
        return days


@dataclass(frozen=True)
class Gone:
    """One file that goes: its path below the workspace, its hash, its class, and for a table its kind, how many rows lose
    their values and where the table is sealed again."""

    path: str
    sha256: str
    data_class: str
    kind: str | None = None
    rows: int = 0
    kept_in: str | None = None


@dataclass(frozen=True)
class Place:
    """Where and when a plan is made. `runs`: where the sealed runs are read; `arrived`: sha256 of the files that tonight brought;
    `staging`: where what is left of tables is to be written, None where it is only asked what would go."""

    root: Path
    runs: Path
    run_no: int
    as_of: date
    arrived: frozenset[str] = frozenset()
    staging: Path | None = None


RUN_DAY = "create or replace temp table run_day (run_no bigint, day date)"
# Every file that ever came, and the day of the night it came; of tonight's what `told_tonight` says.
TELLING = """
create or replace temp table telling as
with sealed as (
    select *, regexp_extract(filename, '([0-9]+)/tables/[^/]+$', 1)::bigint as run_no from read_parquet($files, filename = true)
)
select delivery_id, file_sha256, kind, office, coverage, snapshot_date, status, withdraws, d.day from sealed inner join run_day as d using (run_no)
union all
select delivery_id, file_sha256, kind, office, coverage, snapshot_date, status, withdraws, $as_of::date from told_tonight
"""


def plan(con: duckdb.DuckDBPyConnection, place: Place, terms: Terms) -> list[Gone]:
    """What goes, by path. `con` has the store attached as `store`, and `told_tonight`, `link_known`, `retold_known` and `book`
    (see flows/trust/retaining.py)."""
    runs = place.runs
    manifests = {n: read_manifest(runs, n) for n in range(1, place.run_no)}
    if not manifests:
        return []
    days = {n: date.fromisoformat(m["as_of"]) for n, m in manifests.items()}
    con.execute(RUN_DAY)
    con.executemany("insert into run_day values (?, ?)", [[n, d] for n, d in days.items()])
    files = [str(run_folder(runs, n) / "tables" / "delivery.parquet") for n in manifests]
    con.execute(TELLING, {"files": files, "as_of": place.as_of})
    found = [
        *_archive(con, place, manifests, days, terms),
        *_workbooks(place, manifests, days, terms),
        *_rows(con, place, terms),
    ]
    return sorted(found, key=lambda g: g.path)


def _is_over(day: date, days: int | None, as_of: date) -> bool:
    return days is not None and day + timedelta(days=days) <= as_of


# What a source says now rests on its newest full snapshot and on the deltas since that brought, or said again, what stands.
# `freed_on`: the night that brought a newer full snapshot; until the term is over, that one can still be taken back.
USES = """
with accepted as (
    select delivery_id, file_sha256, kind, office, coverage, max(snapshot_date) as snapshot_date, min(day) as day, count(*) as times
    from telling where status = 'accepted' and withdraws is null group by all
),
taken_back as (select withdraws as sha, count(*) as times from telling where status = 'accepted' and withdraws is not null group by all),
told as (
    select a.* from accepted as a left join taken_back as t on t.sha in (a.delivery_id, a.file_sha256) where a.times > coalesce(t.times, 0)
),
freed as (
    select t.delivery_id, t.file_sha256, t.coverage, min(n.day) as freed_on from told as t
    left join told as n on n.kind = t.kind and n.office = t.office and n.coverage = 'full' and n.snapshot_date > t.snapshot_date group by all
)
select file_sha256, max(freed_on), bool_or(freed_on is null and (coverage = 'full' or delivery_id in (from still_stands)))
from freed group by file_sha256
"""
STILL_STANDS = """
insert into still_stands
select delivery_id from store.standing_{kind} union
select t.delivery_id from retold_known as t semi join store.standing_{kind} as s using (office, record_id) where t.kind = '{kind}'
"""


def _archive(
    con: duckdb.DuckDBPyConnection, place: Place, manifests: Mapping[int, dict[str, Any]], days: Mapping[int, date], terms: Terms
) -> Iterator[Gone]:  # fmt: skip
    if not any(t.archive_days is not None for t in (terms, *terms.kinds.values())):
        return
    con.execute("create or replace temp table still_stands (delivery_id varchar)")
    for kind in LAYOUTS:
        con.execute(STILL_STANDS.format(kind=kind))
    last = {i["sha256"]: days[n] for n, m in manifests.items() for i in m["inputs"]}
    kept = {
        sha for m in manifests.values() for files in m["pack_files"].values() for sha in files.values()
    } | place.arrived
    for sha, freed_on, is_needed in con.execute(USES).fetchall():
        if is_needed:
            kept.add(sha)
        elif freed_on and sha in last:
            last[sha] = max(last[sha], freed_on)
    kinds: dict[str, set[str | None]] = {}
    for sha, kind in con.execute("select distinct file_sha256, kind from telling").fetchall():
        kinds.setdefault(sha, set()).add(kind)
    going = set()
    for sha in sorted(set(last) - kept):
        terms_of_it = [terms.of(kind, "archive_days") for kind in kinds.get(sha, {None})]
        is_over = all(_is_over(last[sha], term, place.as_of) for term in terms_of_it)
        if is_over and (place.root / "archive" / sha).is_file():
            going.add(sha)
    for sha in sorted(going | _beside(place, manifests, going, kept | set(last))):
        yield Gone(f"archive/{sha}", sha, "archive")


def _beside(place: Place, manifests: Mapping[int, dict[str, Any]], going: set[str], kept: set[str]) -> set[str]:
    """The manifests that came beside delivered files and whose files all go, or are gone."""
    files: dict[str, set[str]] = {}
    for manifest in manifests.values():
        for one in manifest.get("sidecars", ()):
            files.setdefault(one["sha256"], set()).add(one["of"])
    away = {of for several in files.values() for of in several if not (place.root / "archive" / of).is_file()} | going
    return {
        sha for sha, of in files.items() if sha not in kept and of <= away and (place.root / "archive" / sha).is_file()
    }


def _workbooks(
    place: Place, manifests: Mapping[int, dict[str, Any]], days: Mapping[int, date], terms: Terms
) -> Iterator[Gone]:
    for number, manifest in manifests.items():
        if _is_over(days[number], terms.workbook_days, place.as_of):
            for name, sha in manifest["workbooks"].items():
                path = f"runs/{number:06d}/workbooks/{name}"
                if (place.root / path).is_file():
                    yield Gone(path, sha, "workbook")


def _rows(con: duckdb.DuckDBPyConnection, place: Place, terms: Terms) -> Iterator[Gone]:
    """What officers decided (`LASTING`) is the ledger's own ground and stays with it."""
    runs = place.runs
    sealed = standing_by_run(runs)
    for kind in LAYOUTS:
        known, strangers = terms.of(kind, "ended_days"), terms.of(kind, "stranger_days")
        if kind in LASTING or (known is None and strangers is None):
            continue
        for path, rows in rows_due(con, sealed.get(kind, {}).values(), kind, place.as_of, known, strangers):
            number = path.parts[-4] if path.parts[-2] == "standing" else path.parts[-2]
            inner = f"tables/retained/{number}/{kind}.parquet"
            if place.staging:
                write_rest(con, kind, path, place.staging / inner, place.run_no)
            where = f"runs/{path.relative_to(runs).as_posix()}"
            yield Gone(where, file_hash(path), "rows", kind, rows, f"runs/{place.run_no:06d}/{inner}")


def destroy(root: Path) -> int:
    """Take away, in a workspace or in a copy of one, what its own sealed manifests say is gone and is still there as they
    named it. Gives how many."""
    count = 0
    for path, sha in still_there(root):
        if path.name == sha or key_of(path) or file_hash(path) == sha:  # what lies encrypted has its place for a name
            path.unlink()
            count += 1
    return count


def still_there(root: Path) -> list[tuple[Path, str]]:
    """Files that should be gone by the sealed manifests' own word and are not, with the hash they were named by."""
    manifests = (read_manifest(root / "runs", n) for n in sealed_runs(root / "runs"))
    return [(root / path, sha) for path, (_, sha) in gone_by(manifests).items() if (root / path).is_file()]


def receipts(runs: Path) -> dict[str, int]:
    """What is destroyed, by path, and the run that says so."""
    manifests: Iterable[dict[str, Any]] = (read_manifest(runs, n) for n in sealed_runs(runs))
    return {path: number for path, (number, _) in gone_by(manifests).items()}
