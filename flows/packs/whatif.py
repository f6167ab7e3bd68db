"""What would change if other packs were in force: the night's own judgement, twice, on the ledger as it stands.

Looks only, and leaves a line that it did. The sealed runs and the store are read, everything made is made in memory and in a scratch folder outside the
workspace, and no lock is taken: a night may run beside it. What lies in the inbox is not counted in.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from flows.files import taking_in
from flows.files.recording import make_source_tonight
from flows.night import deciding
from flows.night.beginning import match_model, refuse_going_back
from flows.packs.history import read_history
from flows.settings.packs import read_packs
from flows.settings.read import Settings, read_settings
from flows.trust.access import record_access, taken_out
from flows.who import linking
from flows.workspace import Workspace
from ledger.seal import read_manifest, sealed_runs
from ledger.store import build_store, connect, held_runs
from ledger.temporary import own_folder
from policies.differences import changes
from policies.pack import Pack
from policies.versions import History, at_run
from policies.view import wide_columns
from reports.catalogue import Words, said
from reports.what_if import Comparison, summary, write_comparison
from schemas.errors import UsageError, say

SHOWN_PEOPLE = 20
# What the rules say after the ledger's own conditions; a finding that only stands in for an older rule has no sentence.
# What one person has of one clause is one line: its op or its words may change, and it is still that line.
MEANT = """
create or replace temp table meant_{side} as
select person_id, pack, clause, track, coalesce(field, basis, ground, '') as about, min(basis) as basis, min(ground) as ground,
       string_agg(distinct op, ' ' order by op) as op, string_agg(distinct reason, ' ' order by reason) as reason,
       min(employer_name) as employer_name, min(due_date) as due_date, bool_or(needs_decision) as needs_decision
from meant where reason <> '' group by all
"""
POSTED = """
create or replace temp table posted_{side} as
select coalesce(person_id, 'E:' || basis) as person_id, pack, clause, track, op, basis, ground, supersedes, reason from new_entry
"""


def what_if(
    workspace: Workspace, names: Sequence[str], as_of: date | None, out: Path | None, purpose: str | None = None
) -> str:
    """The summary for the terminal, without names, numbers or sentences about persons; all of it to `out`. Raises:
    UsageError, PolicyError."""
    settings, numbers = read_settings(workspace.root), sealed_runs(workspace.runs)
    if not numbers:
        raise UsageError(
            say("这个工作区还没有运行过；请先 zhaoren run。", "Nothing has run here yet; zhaoren run first.")
        )
    day = as_of or date.fromisoformat(read_manifest(workspace.runs, numbers[-1])["as_of"])
    refuse_going_back(workspace, numbers, day)
    _require_kind(out)
    with TemporaryDirectory(dir=own_folder()) as scratch:
        con = _open(workspace, numbers, Path(scratch))
        try:
            told = _compare(con, workspace, settings, names, numbers[-1], day)
            if out:
                with taken_out(workspace, "whatif", [day.isoformat()], out.parent, purpose) as made:
                    write_comparison(con, told, made / out.name, Words(settings.language))
            else:
                record_access(workspace, "whatif", [day.isoformat()], purpose=purpose)
            return summary(con, told, SHOWN_PEOPLE, out)
        finally:
            con.close()


def _require_kind(out: Path | None) -> None:
    if out and out.suffix.lower() not in (".csv", ".xlsx"):
        raise UsageError(say("--out 只能写成 .csv 或 .xlsx。", "--out must end in .csv or .xlsx."))


def _open(workspace: Workspace, numbers: list[int], scratch: Path) -> duckdb.DuckDBPyConnection:
    """A session in memory with the store as `store`; one that is not up to date is made anew beside, not mended."""
    store = workspace.store
    if held_runs(store, workspace.runs) != numbers:
        store = scratch / "store.duckdb"
        build_store(store, workspace.runs, numbers, scratch / "work")
    con = connect(scratch=scratch / "spill")
    con.execute("attach '{}' as store (read_only)".format(str(store).replace("'", "''")))
    return con


def _compare(
    con: duckdb.DuckDBPyConnection, workspace: Workspace, settings: Settings, names: Sequence[str], last_run: int, day: date
) -> Comparison:  # fmt: skip
    """Make `meant_before`, `meant_after` and the entries that either night would post: a night without deliveries, decided
    under the packs of the last run, then under the others."""
    make_source_tonight(con)
    _, barred = taking_in.take_in_all(con, workspace, settings, [], day, last_run + 1)
    linking.link(con, last_run + 1, match_model(workspace), workspace.runs)
    deciding.state_facts(con, day)
    history = read_history(con, workspace.archive)
    before = _in_force(workspace, history, last_run)
    after = _instead(con, settings, names, before, history)
    for side, packs in (("before", before), ("after", after)):
        deciding.decide(con, packs, day, barred)
        deciding.post(con, packs, history, last_run + 1, day, datetime.now(UTC), barred)
        con.execute(MEANT.format(side=side))
        con.execute(POSTED.format(side=side))
    return Comparison(day, last_run, _changed(before, after, day), tuple(sorted(barred)))


def _in_force(workspace: Workspace, history: History, last_run: int) -> list[Pack]:
    codes = read_manifest(workspace.runs, last_run)["packs"]
    if lacking := [code for code in codes if code not in history]:
        raise UsageError(
            say(f"上一次运行没有存档政策包 {'、'.join(lacking)}（旧版本程序所为）；请先用本版本运行一夜，再试算。",
                f"The last run kept no copy of pack {', '.join(lacking)} (an older version's run); run a night first.")
        )  # fmt: skip
    return [at_run(history[code], last_run).pack for code in codes]


def _instead(
    con: duckdb.DuckDBPyConnection, settings: Settings, names: Sequence[str], before: Sequence[Pack], history: History
) -> list[Pack]:
    """The packs with the named ones in place of those of their code, or added. `CODE@RUN` is a pack as that run used it;
    without a name, the packs as the settings have them now."""
    columns = wide_columns(con)
    if not names:
        return list(read_packs(settings.packs, columns, settings.parameters))
    given = [_named(name, columns, settings, history) for name in names]
    by_code = {pack.code: pack for pack in (*before, *given)}
    return list(by_code.values())


def _named(name: str, columns: dict[str, str], settings: Settings, history: History) -> Pack:
    code, _, run = name.rpartition("@")
    if code in history and run.isdecimal():
        return at_run(history[code], int(run)).pack
    (pack,) = read_packs([name], columns, settings.parameters)
    return pack


def _changed(before: Sequence[Pack], after: Sequence[Pack], day: date) -> tuple[tuple[str, str], ...]:
    """One line for each pack that reads otherwise: its code and what is different."""
    was, now = {p.code: p for p in before}, {p.code: p for p in after}
    lines: list[tuple[str, str]] = []
    for code in dict.fromkeys([*was, *now]):
        if code not in now:
            lines.append((code, said("不再使用；已记入的台账保持原样")))
        elif code not in was:
            lines.append((code, said("新启用（版本 {version}）", version=now[code].version)))
        elif told := changes(was[code], day, now[code], day):
            lines.append((code, "；".join(told)))
    return tuple(lines)
