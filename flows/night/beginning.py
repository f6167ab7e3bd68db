"""A night begun: what its steps hand to each other, and how that is opened."""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb

from flows.days import today_in_shanghai
from flows.engines.choose import open_engine
from flows.files import taking_in
from flows.files.kept_files import open_vault
from flows.files.recording import make_source_tonight
from flows.opened import find_workspace
from flows.packs.approving import approvals
from flows.settings.machine import keep_within
from flows.settings.read import FILE, Settings, read_settings
from flows.trust.access import attempts_on_record
from flows.trust.retaining import destroy_here
from flows.trust.signing_keys import Signing, open_signing
from flows.workspace import Workspace, clear_scratch
from intake.receive import Incoming
from ledger.retention import Gone
from ledger.seal import read_manifest, require_chain, sealed_runs
from ledger.standalone_verifier import SETTINGS, told
from ledger.store import connect, ensure_store, require_all_runs
from ledger.verify import newest_signature
from matchers.blocking import BlockingCount
from matchers.model import DEFAULT, Model, read_model
from policies.pack import Pack
from policies.versions import History
from schemas.errors import IntegrityError, UsageError, say
from schemas.stages import LOCAL, Engine


@dataclass
class Night:
    """What the steps of one night hand to each other."""

    workspace: Workspace
    as_of: date
    settings: Settings
    recorded_at: datetime
    run_no: int
    con: duckdb.DuckDBPyConnection
    model: Model
    signing: Signing
    packs: tuple[Pack, ...] = ()
    history: History = field(default_factory=dict)
    before: date | None = None
    found: list[Incoming] = field(default_factory=list)
    received: list[taking_in.Received] = field(default_factory=list)
    barred: frozenset[str] = frozenset()
    totals: dict[str, int] = field(default_factory=dict)
    timings: list[tuple[str, float]] = field(default_factory=list)
    blocked: list[BlockingCount] = field(default_factory=list)
    committed: dict[str, Any] = field(default_factory=dict)
    approved: dict[str, dict[str, Any]] = field(default_factory=dict)
    gone: list[Gone] = field(default_factory=list)
    sealed: str = ""
    engine: Engine = LOCAL
    held: dict[str, Any] | None = None
    released: dict[str, Any] | None = None

    def close(self) -> None:
        self.con.close()
        self.engine.close()


def begin(workspace: Workspace, as_of: date, engine: str = "local") -> Night:
    """Settings read, scratch cleared, store brought up to the sealed runs, a work session opened. Stages run on `engine`."""
    workspace = find_workspace(workspace.root)
    settings, text = read_settings(workspace.root), (workspace.root / FILE).read_bytes()
    keep_within(settings.machine)
    if clear_scratch(workspace):
        journal(workspace, "unfinished_run_cleared")
    require_whole(workspace)
    numbers = sealed_runs(workspace.runs)
    refuse_going_back(workspace, numbers, as_of)
    with attempts_on_record(workspace, "signing key"):
        signing = open_signing(workspace, settings)
    with attempts_on_record(workspace, "pack approval"):
        approved = approvals(workspace, settings, signing.key)
    open_vault(workspace, settings)  # a key that is away stops the night before it does anything
    ensure_store(workspace.store, workspace.runs, numbers, workspace.work)
    destroy_here(workspace)  # where the night before was killed after its seal
    workspace.staging.mkdir()
    (workspace.staging / SETTINGS).write_bytes(text)
    con = connect(scratch=workspace.work / "spill")
    con.execute("attach '{}' as store (read_only)".format(str(workspace.store).replace("'", "''")))
    make_source_tonight(con)
    run_no = (numbers[-1] if numbers else 0) + 1
    recorded_at = _record_time(workspace, numbers)
    night = Night(workspace, as_of, settings, recorded_at, run_no, con, match_model(workspace), signing)
    night.approved = approved
    night.engine = open_engine(engine, settings.engine, settings.machine.arrays, workspace.work / "engine")
    if numbers:
        night.before = date.fromisoformat(read_manifest(workspace.runs, numbers[-1])["as_of"])
    return night


def _record_time(workspace: Workspace, numbers: list[int]) -> datetime:
    """Now, to the second, but always after the last run: a clock that was set back must not make what came later known
    earlier."""
    now = datetime.now(UTC).replace(microsecond=0)
    if not numbers:
        return now
    last = datetime.fromisoformat(read_manifest(workspace.runs, numbers[-1])["recorded_at"])
    return max(now, last + timedelta(seconds=1))


def match_model(workspace: Workspace) -> Model:
    """The workspace's own model where `zhaoren train` made one, else the one that ships."""
    return read_model(workspace.model if workspace.model.exists() else DEFAULT)


def require_whole(workspace: Workspace) -> None:
    """Raises: IntegrityError where the chain breaks, the newest run is not signed as the chain is, or runs are not there."""
    require_chain(workspace.sealed)
    require_all_runs(workspace.store, workspace.runs)
    if faults := newest_signature(workspace.sealed, workspace.archive):
        raise IntegrityError(
            told(faults)[0] + say("不能在其上继续；请运行 zhaoren verify 查明，从备份恢复后再运行。", " No night goes on upon it: see zhaoren verify, and restore it from a backup.")
        )  # fmt: skip


def refuse_going_back(workspace: Workspace, numbers: list[int], as_of: date) -> None:
    """Raises: UsageError for a date before the last run's."""
    if numbers and (last := read_manifest(workspace.runs, numbers[-1])["as_of"]) > as_of.isoformat():
        raise UsageError(
            say(f"业务日期 {as_of} 早于上一次运行的 {last}；请用不早于它的日期，查看过去请用 zhaoren asof。",
                f"--as-of {as_of} lies before the last run's {last}; use zhaoren asof to look back.")
            + _ahead(last, today_in_shanghai().isoformat())
        )  # fmt: skip


def _ahead(last: str, today: str) -> str:
    """What to say where the last run lies ahead of the clock: one of the two is wrong."""
    if last <= today:
        return ""
    return say(f"而 {last} 在这台机器的今天 {today} 之后：请先核对时钟；如果是上一次的日期错了，怎么办见 docs/operations.md 的“A night under a wrong date”。",
               f" {last} lies after this machine's today, {today}: see to its clock; if the last run's date was wrong, see docs/operations.md, “A night under a wrong date”.")  # fmt: skip


def journal(workspace: Workspace, step: str, state: str = "") -> None:
    line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "step": step, "state": state}
    workspace.work.mkdir(exist_ok=True)
    with workspace.journal.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line) + "\n")
