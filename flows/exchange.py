"""Packages out to those who keep a copy of the ledger, and in on their side. `ledger/package.py` says what one is."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from flows.looking.look import ANSWER, ASKED, FOREVER, opened_store
from flows.settings.read import FILE, Settings, read_settings
from flows.settings.recipients import Recipient, find_recipient
from flows.trust.access import taken_out
from flows.trust.signing_keys import signing_key
from flows.workspace import Workspace, hold, require_shapes
from ledger.package import ENTRIES, Package, package_name, read_package, write_package
from ledger.received import Copy, accept, ensure_ledger, known_key, release_waiting
from ledger.seal import file_hash, read_manifest, run_folder, sealed_runs, write_table
from ledger.signing import Key
from ledger.snapshot import state_hash
from ledger.standalone_verifier import MANIFEST
from ledger.store import FOLD, connect
from ledger.temporary import own_folder
from ledger.whole import put_whole
from reports.as_of import write_ledger
from reports.catalogue import Words
from reports.macros import MASKED, MASKED_IN_TEXT
from reports.package_book import write_entries
from schemas.errors import DeliveryRefused, UsageError, not_written, reader_language, say
from schemas.tables import LedgerEntry

KINDS_OF = """
create or replace temp table hidden_record as
select distinct record_id from read_parquet($logs) where list_contains($kinds, kind)
"""
# What the fold reads stays: effect and decision of a decision, the field of an update. The state comes out the same but for
# bases. What closes, decides or asks about a hidden entry says as much as that entry, and is hidden with it.
SHOWN = """
create or replace temp table shown_entry as
with recursive hidden_entry as (
    select e.entry_id from store.ledger_entry as e
    where (not $hardship and e.track = 'H') or exists (from (select unnest(e.evidence) as record_id) as r inner join hidden_record using (record_id))
    union
    select e.entry_id from (select entry_id, unnest([supersedes, decision_entry]) as named from store.ledger_entry) as e
    inner join hidden_entry as h on h.entry_id = e.named
),
told as (
    select e.*, e.entry_id in (select entry_id from hidden_entry) as is_hidden
    from store.ledger_entry as e where e.pack in (select unnest($packs)) and ($hardship or e.track <> 'H')
)
select * exclude (is_hidden) replace (
    shown_id(id_number) as id_number, if(is_hidden, '（按接收方的权限不予显示）', shown_text(reason)) as reason,
    if(is_hidden and basis is not null, 'hidden', basis) as basis, if(is_hidden, null, ground) as ground,
    if(is_hidden, 'hidden', clause) as clause, if(is_hidden, [], evidence) as evidence, if(is_hidden and op <> 'DECIDED', null, decision_entry) as decision_entry,
    if(is_hidden, json_object('effect', parameters ->> '$.effect', 'decision', parameters ->> '$.decision', 'field', parameters ->> '$.field')::varchar,
       parameters) as parameters)
from told order by run_no, seq
"""
UP_TO = "create or replace temp view ledger_entry as select * from shown_entry where run_no <= {run_no}"
OUTGOING = (
    "create or replace temp view outgoing_entry as select * from shown_entry where run_no between {first} and {last}"
)
BOOK = "台账.xlsx"  # of a receiver
# The receiver knows of people what their entries say last.
LAST_SEEN = """
create temp view person as
select person_id, who.name as name, who.id_number as id_number, who.town as town, who.village as village from (
    select person_id, arg_max(struct_pack(name := name, id_number := id_number, town := town, village := village), (run_no, seq)) as who
    from ledger_entry where person_id is not null group by person_id)
"""


def send(workspace: Workspace, name: str, out: Path, *, is_snapshot: bool) -> list[Path]:
    """Write the packages of every run that `out` does not hold yet, or one snapshot of all so far, signed where the settings
    name a key. Gives the new ones. Raises: UsageError."""
    settings = read_settings(workspace.root)
    key = signing_key(workspace, settings)
    recipient = find_recipient(settings.recipients, name)
    with opened_store(workspace):
        numbers = sealed_runs(workspace.runs)
    targets = {n: out / package_name(n, is_snapshot=is_snapshot) for n in (numbers[-1:] if is_snapshot else numbers)}
    fresh = {n: path for n, path in targets.items() if not _is_there(path, (name, recipient), _heads(workspace, 1)[0])}
    out.mkdir(parents=True, exist_ok=True)
    con = connect()
    try:
        con.execute("attach '{}' as store (read_only)".format(str(workspace.store).replace("'", "''")))
        con.execute(f"create temp macro shown_id(x) as {'x' if recipient.full_id_number else MASKED}")
        con.execute(f"create temp macro shown_text(x) as {'x' if recipient.full_id_number else MASKED_IN_TEXT}")
        logs = [str(run_folder(workspace.runs, n) / "tables" / "match_log.parquet") for n in numbers]
        con.execute(KINDS_OF, {"logs": logs, "kinds": recipient.hidden_kinds})
        con.execute(SHOWN, {"packs": list(recipient.packs), "hardship": recipient.hardship})
        for number, path in fresh.items():
            with taken_out(workspace, "delta", [f"run {number}"], out, name) as made:
                _write(
                    con, workspace, (name, recipient), number, made / path.name, settings, key, is_snapshot=is_snapshot
                )
    finally:
        con.close()
    return list(fresh.values())


def _is_there(path: Path, to: tuple[str, Recipient], origin: str) -> bool:
    """Whether a package was written before; one that does not open is written again. Raises: UsageError where it is somebody
    else's, who may see other things."""
    if not path.exists():
        return False
    try:
        facts = read_package(path, is_kept=True).facts
    except DeliveryRefused:
        return False
    if (facts["recipient"], facts["profile"], facts["origin"]) != (to[0], to[1].profile(), origin):
        raise UsageError(
            say(f"{path} 不是按现在的设置写给「{to[0]}」的数据包（接收方、口径或台账不同），没有写；请为每个接收方、每种口径各用一个目录。",
                f"{path} was not written for {to[0]!r} as set now (another recipient, profile or ledger); use a folder for each.")
        )  # fmt: skip
    return True


def _write(
    con: duckdb.DuckDBPyConnection, workspace: Workspace, to: tuple[str, Recipient], number: int, path: Path, settings: Settings, key: Key | None, *, is_snapshot: bool
) -> None:  # fmt: skip
    manifest = read_manifest(workspace.runs, number)
    con.execute(UP_TO.format(run_no=number))
    con.execute(OUTGOING.format(first=0 if is_snapshot else number, last=number))
    con.execute(FOLD.read_text(encoding="utf-8"))
    as_of = date.fromisoformat(manifest["as_of"])
    rows, sha = state_hash(con, as_of)
    with TemporaryDirectory(dir=own_folder()) as scratch:
        write_table(con, LedgerEntry, "outgoing_entry", Path(scratch))
        files = {
            ENTRIES: Path(scratch) / ENTRIES,
            **write_entries(con, Path(scratch), as_of, settings.rows_per_sheet, Words(settings.language)),
        }
        facts = {
            "origin": file_hash(run_folder(workspace.runs, 1) / MANIFEST), "recipient": to[0], "profile": to[1].profile(),
            "run_no": number, "is_snapshot": is_snapshot, "head": file_hash(run_folder(workspace.runs, number) / MANIFEST),
            "previous": manifest["previous"], "as_of": manifest["as_of"], "recorded_at": manifest["recorded_at"],
            "entries": con.execute("select count(*) from outgoing_entry").fetchall()[0][0], "state_rows": rows, "state_sha256": sha,
            "case_gap_days": settings.case_gap_days, **({"heads": _heads(workspace, number)} if is_snapshot else {}),
        }  # fmt: skip
        write_package(path, facts, files, key, _handovers(workspace) if key else ())


def _heads(workspace: Workspace, last: int) -> list[str]:
    """The head of every run up to the last: whoever has an older copy sees whether it is of the same chain."""
    return [file_hash(run_folder(workspace.runs, n) / MANIFEST) for n in range(1, last + 1)]


def _handovers(workspace: Workspace) -> list[dict[str, Any]]:
    """Every change of key in the chain that the older key signed."""
    found = []
    for number in sealed_runs(workspace.runs):
        signing = read_manifest(workspace.runs, number)["signing"]
        change = signing and signing["change"]
        if change and change["signature"] is not None:
            found.append({"algorithm": change["algorithm"], "from": change["from"], "to": signing["public_key"],
                          "signature": change["signature"]})  # fmt: skip
    return found


@dataclass
class Received:
    """What came of a receipt: file names by outcome, refusals with their reason, the last run that is in, and the first
    that is missing before what waits. `unchecked`: no sender's key is known here, so nobody's signature was asked for."""

    applied: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    last_run: int = 0
    state_sha256: str = ""
    missing: int | None = None
    unchecked: bool = False


def receive_packages(folder: Path, files: Sequence[Path], public_key: Path | None = None) -> Received:
    """Take packages into a receiver's folder, in whatever order they are given, and write its 台账.xlsx anew. `public_key`: the
    sender's, kept in the folder; from then on only what is signed by it, or by one it handed over to, is taken.
    Raises: UsageError where a file is not there; WorkspaceBusy; IntegrityError."""
    found = sorted({p for f in files for p in ([f] if f.is_file() else f.glob("zhaoren-*.zip"))})
    if lost := [f for f in files if not f.exists()]:
        raise UsageError(say(f"没有文件 {lost[0]}。", f"There is no file {lost[0]}."))
    if not found:
        raise UsageError(
            say(
                "没有找到数据包；请给出 zhaoren-*.zip 或所在目录。",
                "No package found; give zhaoren-*.zip or their folder.",
            )
        )
    if public_key:
        known_key(public_key)
    if (folder / FILE).exists():
        raise UsageError(
            say(f"{folder} 是工作区，不是台账副本；请给出另一个目录。", f"{folder} is a workspace and no copy; give another folder.")
        )  # fmt: skip
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise not_written(folder, error) from None
    copy, result = Copy(folder.resolve()), Received()
    require_shapes(
        copy.root, (".lock", copy.ledger.name, copy.sender.name, BOOK), ("packages", "waiting", "refused", ".work")
    )
    with hold(copy.root):
        if public_key:
            with put_whole(copy.sender) as beside:
                beside.write_text(public_key.read_text(encoding="ascii"), encoding="ascii")
        result.unchecked = not copy.sender_key()
        shutil.rmtree(copy.work, ignore_errors=True)  # of a receipt that was killed
        ensure_ledger(copy)
        for path in found:
            _take(copy, path, result)
        released, refused = release_waiting(copy)
        result.applied += [p.path.name for p in released]
        result.refused += refused
        _sum_up(copy, result)
    return result


def _take(copy: Copy, path: Path, result: Received) -> None:
    try:
        verdict = accept(copy, read_package(path))
    except DeliveryRefused as refusal:
        result.refused.append((path.name, refusal.reason))
        return
    {"applied": result.applied, "repeated": result.repeated, "waiting": result.waiting}[verdict].append(path.name)


def _sum_up(copy: Copy, result: Received) -> None:
    result.waiting = [name for name in result.waiting if name not in result.applied]
    if not (chain := copy.chain()):
        result.missing = 1 if result.waiting else None
        return
    last = chain[-1]
    result.last_run, result.state_sha256 = last.run_no, str(last.facts["state_sha256"])
    if any(copy.waiting.glob("zhaoren-*.zip")):
        result.missing = last.run_no + 1
    _write_book(copy, last)


def _write_book(copy: Copy, last: Package) -> None:
    """Also where nothing was new: a receipt that was killed may have applied packages and left the book of before."""
    con = connect(copy.ledger, read_only=True)
    try:
        con.execute(LAST_SEEN)
        gap = last.facts["case_gap_days"]
        con.execute(ASKED, {"day": last.as_of, "known": FOREVER, "gap": gap, "pack": None})
        con.execute(ANSWER)
        with put_whole(copy.root / BOOK) as beside:
            write_ledger(con, beside, last.as_of, Words(reader_language()))
    finally:
        con.close()


def received_text(result: Received) -> str:
    """What happened, for the one who received. No personal value."""
    lines = [
        say(f"收下 {len(result.applied)} 包，重复 {len(result.repeated)} 包，等待 {len(result.waiting)} 包，拒收 {len(result.refused)} 包。",
            f"{len(result.applied)} applied, {len(result.repeated)} repeated, {len(result.waiting)} waiting, {len(result.refused)} refused."),
    ]  # fmt: skip
    lines += [say(f"  拒收：{name} —— {reason}", f"  refused: {name}: {reason}") for name, reason in result.refused]
    if result.unchecked:
        lines.append(
            say("注意：这里没有登记发送方的公钥，没有核对是谁发来的；请另行取得公钥，用 --public-key 登记一次。",
                "Note: no sender's public key is known here, so it was not checked who sent this; give it once by --public-key.")
        )  # fmt: skip
    if result.missing is not None:
        lines.append(
            say(
                f"缺第 {result.missing} 次运行的数据包，其后的先放在 waiting；请向发送方索取，或请其用 --snapshot 发一份快照。",
                f"The package of run {result.missing} is missing; later ones wait. Ask the sender for it, or for a snapshot.",
            )
        )
    if result.last_run:
        lines.append(
            say(
                f"台账已到第 {result.last_run} 次运行，快照 sha256：{result.state_sha256}",
                f"The ledger stands at run {result.last_run}; snapshot sha256: {result.state_sha256}",
            )
        )
    return "\n".join(lines)
