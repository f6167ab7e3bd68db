"""Looking without changing: the store opened read-only, the ledger on a date, what happened last."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path

import duckdb

from flows.disk import disk_trouble
from flows.night.holding import hold_text, read_hold
from flows.night.waiting import waiting_lines
from flows.workspace import Workspace, is_read_only, locked
from intake.receive import IGNORED
from intake.sidecar import SUFFIX
from ledger.seal import head, read_manifest, require_chain, sealed_runs, write_parquet
from ledger.standalone_verifier import manifest_receipt
from ledger.store import build_store, connect, ensure_store, held_runs, require_all_runs
from ledger.temporary import own_folder
from reports.console.fold import narrow
from reports.macros import MASKED
from schemas.errors import IntegrityError, UsageError, WorkspaceBusy, say

BEIJING = timezone(timedelta(hours=8))
ASKED = """
create temp table asked as
with last_case as (
    select person_id, pack, track, arg_max(case_no, case_no) as case_no, arg_max(since, case_no) as case_since
    from ledger_cases_on($day::date, $known::timestamptz, $gap::integer) group by person_id, pack, track
)
select s.*, c.case_no, c.case_since
from ledger_state_on($day::date, $known::timestamptz) as s left join last_case as c using (person_id, pack, track)
where $pack is null or s.pack = $pack
"""
ANSWER = """
create temp view answer as
select a.person_id, p.name, p.id_number, p.town, p.village, a.* exclude (person_id)
from asked as a left join person as p using (person_id)
"""
# Everybody's line as it was sealed last by then: what was told of them since was not known.
PEOPLE_THEN = """
create or replace temp view person as
select * from read_parquet('{files}') where last_run <= {last} qualify row_number() over (partition by person_id order by last_run desc) = 1
"""
SHORT_ANSWER = """
select person_id, pack, track, state, array_to_string(basis, ';'), tier, since, needs_decision, case_no, case_since from answer
order by person_id, pack, track
"""
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)


@contextmanager
def opened_store(workspace: Workspace) -> Iterator[duckdb.DuckDBPyConnection]:
    """The store, read-only and up to date with the sealed runs."""
    numbers = sealed_runs(workspace.runs)
    if not numbers:
        require_all_runs(workspace.store, workspace.runs)
        raise UsageError(
            say("这个工作区还没有运行过；请先 zhaoren run。", "Nothing has run here yet; zhaoren run first.")
        )
    con = connect(_store_of(workspace, numbers), read_only=True)
    try:
        yield con
    finally:
        con.close()


def _store_of(workspace: Workspace, numbers: list[int]) -> Path:
    """The store, made to hold these runs. Where the disk takes nothing more and the store does not hold them, as in a copy, or
    damaged on a full disk: one for this process alone."""
    store = workspace.store
    if held_runs(store, workspace.runs, in_full=False) == numbers:
        return store
    require_all_runs(store, workspace.runs)
    if not is_read_only(workspace.root):
        try:
            with locked(workspace):
                ensure_store(store, workspace.runs, numbers, workspace.work)
            return store
        except Exception as error:
            if not disk_trouble(error):
                raise
    beside = own_folder() / store.name
    build_store(beside, workspace.runs, numbers, own_folder())
    return beside


def readable_store(workspace: Workspace) -> Path:
    """A store that can be read, whether or not the newest run is in it already."""
    if held_runs(workspace.store, workspace.runs, in_full=False) is not None:
        return workspace.store
    return _store_of(workspace, sealed_runs(workspace.runs))


def rebuild_store(workspace: Workspace) -> int:
    """The store made anew from the sealed runs. Gives how many there are."""
    numbers = sealed_runs(workspace.runs)
    with locked(workspace):
        build_store(workspace.store, workspace.runs, numbers, workspace.work)
    return len(numbers)


def moment(text: str | None) -> datetime:
    """When something was known: a time, or the end of a day in Beijing. Raises: UsageError."""
    if text is None:
        return FOREVER
    try:
        if len(text) <= 10:
            return datetime.combine(datetime.strptime(text, "%Y-%m-%d"), time.max, BEIJING)
        found = datetime.fromisoformat(text)
        return found if found.tzinfo else found.replace(tzinfo=BEIJING)
    except ValueError:
        raise UsageError(
            say(f"「{text}」不是日期或时间；请写成 2024-07-01 的样式。", f"{text!r} is not a date or time.")
        ) from None


@dataclass(frozen=True)
class Asked:
    """What is asked of the ledger: a day, as known when, of one pack or person or of all, and from how many days apart two
    spells are two cases."""

    day: date
    known_at: datetime
    gap_days: int
    pack: str | None = None
    person: str | None = None


def ledger_as_of(
    con: duckdb.DuckDBPyConnection, asked: Asked, out: Path | None, language: str, made: Path | None = None
) -> str:
    """The ledger on a day as known then: given as CSV text without names, or written for `out`, into the folder `made` until it
    is put there, in the language of the workspace's workbooks."""
    day = asked.day
    _require_known(con, asked)
    if asked.person is not None:
        narrow(con, "person_id = $person", {"person": asked.person})
    con.execute(
        ASKED,
        {"day": day, "known": asked.known_at, "gap": asked.gap_days, "pack": asked.pack},
    )
    con.execute(ANSWER)
    count = con.execute("select count(*) from answer").fetchall()[0][0]
    if out is None:
        flat = con.execute(SHORT_ANSWER).fetchall()
        lines = ["person_id,pack,track,state,basis,tier,since,needs_decision,case_no,case_since"]
        return "\n".join([*lines, *(",".join("" if v is None else str(v) for v in row) for row in flat)])
    target = (made or out.parent) / out.name
    if out.suffix.lower() == ".parquet":
        con.execute(f"create or replace temp macro shown_id(x) as {MASKED}")
        masked = "select * replace (shown_id(id_number) as id_number) from answer"
        write_parquet(con, f"{masked} order by person_id, pack, track", target)
    elif out.suffix.lower() in (".csv", ".xlsx"):
        from reports.as_of import write_ledger
        from reports.catalogue import Words

        write_ledger(con, target, day, Words(language))
    else:
        raise UsageError(say("--out 只能写成 .csv、.parquet 或 .xlsx。", "--out must end in .csv, .parquet or .xlsx."))
    return say(f"{day} 的台账共 {count} 行，已写入 {out}。", f"The ledger on {day} has {count} rows, written to {out}.")


def name_people_then(con: duckdb.DuckDBPyConnection, runs: Path, known_at: datetime) -> None:
    """From now on this connection's `person` is everybody as they were known then."""
    if known_at != FOREVER and (last := last_known_run(runs, known_at)):
        files = str(runs / "*" / "tables" / "person.parquet").replace("'", "''")
        con.execute(PEOPLE_THEN.format(files=files, last=last))


def last_known_run(runs: Path, known_at: datetime) -> int:
    """The last run that was sealed by then; 0 before the first."""
    for number in reversed(sealed_runs(runs)):
        if datetime.fromisoformat(read_manifest(runs, number)["recorded_at"]) <= known_at:
            return int(number)
    return 0


def _require_known(con: duckdb.DuckDBPyConnection, asked: Asked) -> None:
    """Raises: UsageError for a pack or a person that the ledger never spoke of."""
    packs = [p for (p,) in con.execute("select distinct pack from ledger_entry order by pack").fetchall()]
    if asked.pack is not None and asked.pack not in packs:
        raise UsageError(
            say(f"台账里没有政策包「{asked.pack}」；有：{'、'.join(packs) or '无'}。", f"No pack {asked.pack!r} in the ledger; there are: {', '.join(packs) or 'none'}.")
        )  # fmt: skip
    if asked.person is not None and not con.execute("from person where person_id = ?", [asked.person]).fetchall():
        raise UsageError(say("没有这个编号的人；编号形如 P000000001。", "No such person; ids look like P000000001."))


def _waiting(workspace: Workspace, run_no: int, day: date) -> list[str]:
    try:
        with opened_store(workspace) as con:
            return list(waiting_lines(con, run_no, day))
    except (WorkspaceBusy, IntegrityError) as problem:
        return [str(problem)]
    except Exception as error:
        if told := disk_trouble(error):
            return [told]
        raise


def _broken_chain(workspace: Workspace) -> list[str]:
    try:
        require_chain(workspace.sealed)
        require_all_runs(workspace.store, workspace.runs)
        return []
    except IntegrityError as broken:
        return [str(broken)]


def inbox_files(workspace: Workspace) -> list[Path]:
    """What the next night will take in."""
    if not workspace.inbox.is_dir():
        return []
    return [
        p
        for p in workspace.inbox.iterdir()
        if p.is_file() and not IGNORED.search(p.name) and not p.name.endswith(SUFFIX)
    ]


def describe_status(workspace: Workspace) -> str:
    """What happened last, and what waits."""
    numbers = sealed_runs(workspace.runs)
    waiting = inbox_files(workspace)
    lines = [say(f"收件箱有 {len(waiting)} 个文件等待。", f"{len(waiting)} files wait in the inbox.")]
    if hold := read_hold(workspace):
        lines.append(hold_text(workspace, hold))
    if workspace.staging.exists():
        lines.append(
            say(
                "上一次运行没有走完，下一次运行会自动清理重做。",
                "The last run was cut off; the next one clears it and starts over.",
            )
        )
    lines += (broken := _broken_chain(workspace))
    if not numbers:
        return "\n".join([*lines, *([] if broken else [say("还没有运行过。", "Nothing has run yet.")])])
    manifest = read_manifest(workspace.runs, numbers[-1])
    states = [i["status"] for i in manifest["inputs"]]
    entries = manifest["tables"]["ledger_entry"]["rows"]
    lines += [
        say(f"共 {len(numbers)} 次运行；最近第 {numbers[-1]} 次，业务日期 {manifest['as_of']}，记录时间 {manifest['recorded_at']}。",
            f"{len(numbers)} runs; the last, {numbers[-1]}, as of {manifest['as_of']}, recorded {manifest['recorded_at']}."),
        say(f"文件：收下 {states.count('accepted')}，拒收 {states.count('refused')}，扣下 {states.count('held')}，重复 {states.count('duplicate')}。",
            f"Files: {states.count('accepted')} accepted, {states.count('refused')} refused, {states.count('held')} held, {states.count('duplicate')} duplicate."),
        say(f"台账新增 {entries} 条；被限制的来源：{'、'.join(manifest['barred']) or '无'}。",
            f"{entries} ledger entries; barred sources: {', '.join(manifest['barred']) or 'none'}."),
        *(w for w in _waiting(workspace, numbers[-1], date.fromisoformat(manifest["as_of"])) if w not in broken),
        say(f"最新清单 sha256：{head(workspace.runs)}", f"Newest manifest sha256: {head(workspace.runs)}"),
        say(f"回执：{manifest_receipt(manifest)}；{'已签名' if manifest['signing'] else '未签名'}。",
            f"Receipt: {manifest_receipt(manifest)}; {'signed' if manifest['signing'] else 'unsigned'}."),
    ]  # fmt: skip
    return "\n".join(lines)
