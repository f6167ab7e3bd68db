"""One night as plain functions, in order. Prefect may wrap the steps; the bytes are the same without it.

The night works in memory beside the workspace and publishes by one rename. Killed before that, it leaves the inbox
full and the runs as they were; killed after it, the store is brought up to date by the next command.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from flows import deciding, holding, linking, pack_history, publishing, taking_in
from flows.access import attempts_on_record, clear_access, show_access
from flows.approving import approvals, require_still_approved
from flows.clerical_sample import draw_sample
from flows.engines.choose import open_engine
from flows.few_rows import plan_lightly
from flows.kept_files import drop_unsealed, open_vault
from flows.memory import keep_within
from flows.open_now import NOTICES, gather_tonight
from flows.opened import find_workspace, kept
from flows.pack_settings import questions, read_packs
from flows.receiving import empty_inbox, receive
from flows.recording import make_source_tonight, require_totals
from flows.repeats import under_other_names
from flows.retaining import destroy_everywhere, destroy_here, plan_tonight
from flows.scorecard import score_sources
from flows.settings import FILE, Settings, read_settings
from flows.trust import Signing, after_seal, open_signing
from flows.workspace import Workspace, clear_scratch
from intake.receive import Incoming
from intake.sidecar import SUFFIX
from ledger.breaker import mark_released, weigh
from ledger.entries import commit_entries
from ledger.retention import Gone
from ledger.seal import file_hash, head, read_manifest, require_chain, seal, sealed_runs, sync_folder
from ledger.standalone_verifier import SETTINGS, receipt_of
from ledger.store import add_newest, connect, ensure_store
from matchers.blocking import BlockingCount
from matchers.model import DEFAULT, Model, read_model
from policies.pack import Pack, fed_lists, notices_of
from policies.versions import History
from policies.view import wide_columns
from reports.calendar import DueBook, due_books
from reports.catalogue import Words
from schemas.errors import UsageError, say
from schemas.stages import LOCAL, Engine

SHANGHAI_HOURS = 8


def today_in_shanghai() -> date:
    """The business date: China has kept one zone, UTC+8, without summer time since 1991."""
    return (datetime.now(UTC) + timedelta(hours=SHANGHAI_HOURS)).date()


def parse_day(text: str) -> date:
    """A date given by a person. Raises: UsageError."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise UsageError(
            say(f"「{text}」不是日期；请写成 2024-06-30 的样式。", f"{text!r} is not a date; write it like 2024-06-30.")
        ) from None


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


@dataclass(frozen=True)
class Outcome:
    """What a night came to: its number, exit code, and counts for the one who watches; `unset` asks for what the packs
    need and nobody has set. No personal value."""

    run_no: int
    exit_code: int
    deliveries: tuple[tuple[str, str, str | None], ...]
    entries: tuple[tuple[str, int], ...]
    people: int
    folder: Path
    unset: tuple[str, ...] = ()
    held: str = ""

    def counts(self) -> dict[str, Any]:
        """The outcome as plain numbers, fit to be shown anywhere."""
        return {"run_no": self.run_no, "exit_code": self.exit_code, "people": self.people, **dict(self.entries)}

    def rows(self) -> list[dict[str, Any]]:
        """How many files ended how, and how many entries of each op."""
        status = Counter(s for _, s, _ in self.deliveries)
        return [{"项目": f"文件 {k}", "数量": n} for k, n in sorted(status.items())] + [
            {"项目": f"台账 {op}", "数量": n} for op, n in self.entries
        ]


def begin(workspace: Workspace, as_of: date, engine: str = "local") -> Night:
    """Settings read, scratch cleared, store brought up to the sealed runs, a work session opened. Stages run on `engine`."""
    workspace = find_workspace(workspace.root)
    settings, text = read_settings(workspace.root), (workspace.root / FILE).read_bytes()
    keep_within(settings.machine)
    if clear_scratch(workspace):
        _journal(workspace, "unfinished_run_cleared")
    require_chain(workspace.runs)
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


def refuse_going_back(workspace: Workspace, numbers: list[int], as_of: date) -> None:
    """Raises: UsageError for a date before the last run's."""
    if numbers and (last := read_manifest(workspace.runs, numbers[-1])["as_of"]) > as_of.isoformat():
        raise UsageError(
            say(
                f"业务日期 {as_of} 早于上一次运行的 {last}；请用不早于它的日期，查看过去请用 zhaoren asof。",
                f"--as-of {as_of} lies before the last run's {last}; use zhaoren asof to look back.",
            )
        )


def step_receive(night: Night) -> None:
    night.found = receive(night.workspace, night.settings)


def step_read(night: Night) -> None:
    night.received, night.barred = taking_in.take_in_all(
        night.con, night.workspace, night.settings, night.found, night.as_of, night.run_no, night.engine
    )
    plan_lightly(night.con)


def step_link(night: Night) -> None:
    is_new = night.run_no > 1 and _model_before(night) != night.model.version
    night.blocked = linking.link(
        night.con, night.run_no, night.model, night.workspace.runs, is_new_model=is_new, engine=night.engine
    )
    require_totals(night.con)
    score_sources(night.con, night.settings, night.as_of, night.run_no)
    publishing.write_log(night.con, night.workspace.staging / "tables")


def _model_before(night: Night) -> str:
    return str(read_manifest(night.workspace.runs, night.run_no - 1)["model_version"])


def step_evaluate(night: Night) -> None:
    deciding.state_facts(night.con, night.as_of, night.engine)
    columns = wide_columns(night.con)
    night.packs = read_packs(night.settings.packs, columns, night.settings.parameters)
    require_still_approved(night.approved, {p.code: pack_history.kept_of(p).hashes for p in night.packs})
    night.history = pack_history.read_history(night.con, night.workspace.archive)
    pack_history.keep_files(night.packs, night.workspace.archive, night.workspace.beside)
    deciding.decide(night.con, night.packs, night.as_of, night.barred, night.engine)
    deciding.let_go(night.con)


def step_post(night: Night) -> None:
    night.totals = deciding.post(
        night.con, night.packs, night.history, night.run_no, night.as_of, night.recorded_at, night.barred
    )
    night.con.execute("drop table meant")  # only a trial of other packs looks at it
    pack_history.note_packs(night.con, night.packs, night.history, night.run_no, night.as_of, night.before)


def step_breaker(night: Night) -> None:
    """Hold a night whose figures left their band, unless an officer signed exactly these."""
    figures = weigh(night.con, night.run_no, night.settings.breaker)
    if not any(f.is_outside for f in figures):
        return
    mark = holding.fingerprint(
        night.workspace, night.found, night.as_of, {p.code: p.version for p in night.packs}, figures
    )
    signed = holding.read_release(night.workspace)
    if signed and signed["fingerprint"] == mark:
        night.released = signed
        mark_released(night.con, signed)
    else:
        night.held = holding.write_hold(
            night.con, night.workspace, night.run_no, night.as_of, mark, figures, Words(night.settings.language)
        )
        drop_unsealed(night.workspace, night.found)


def write_run(night: Night) -> None:
    """The run's tables, what goes tonight, and what the run commits to of its entries: all that it is without workbooks."""
    show_access(night.con, night.workspace, night.recorded_at)
    publishing.write_tables(night.con, night.workspace.staging / "tables")
    night.gone = plan_tonight(
        night.con, night.workspace, night.settings.retention.terms, night.run_no, night.as_of, night.recorded_at,
        (i["sha256"] for i in (*_inputs(night), *_sidecars(night))),
    )  # fmt: skip
    night.committed = commit_entries(night.workspace.staging)


def step_publish(night: Night) -> None:
    from reports.night import Night as Note
    from reports.night import PackNote, Profile, build_workbooks

    write_run(night)
    gather_tonight(night.con, night.workspace.runs, notices_of(night.packs, night.as_of))
    draw_sample(night.con, night.workspace.runs, night.as_of)
    books = due_books_of(night)
    publishing.gather_work(night.con, books, night.run_no, night.as_of, night.workspace.staging / "tables")
    publishing.show_tonight(night.con, night.packs, night.run_no, night.as_of)
    folder = night.workspace.staging / "tables"
    hashes = {
        p.relative_to(folder).with_suffix("").as_posix(): (_rows(p), file_hash(p))
        for p in sorted(folder.rglob("*.parquet"))
    }
    previous = head(night.workspace.runs)
    sealed_tables = ((name, sha) for name, (_, sha) in hashes.items())
    note = Note(
        run_no=night.run_no, as_of=night.as_of, recorded_at=night.recorded_at,
        packs=tuple(PackNote(p.code, p.title, p.version, p.status) for p in night.packs),
        previous=previous, table_hashes=hashes, totals=night.totals, signing=night.signing.words,
        receipt=receipt_of(night.run_no, previous, night.committed["root"], sealed_tables),
        barred=tuple(sorted(night.barred)), steps=tuple(night.timings),
        blocking=tuple((b.rule, b.pairs, b.narrowed, b.too_common) for b in night.blocked),
        pack_changes=pack_history.told(night.con),
        conservation=tuple(night.con.execute("from conservation order by pack, track, town").fetchall()),
        fed_lists=fed_lists(night.packs), books=books,
    )  # fmt: skip
    settings = night.settings
    profile = Profile(settings.rows_per_sheet, settings.review_capacity, settings.language, settings.readers)
    build_workbooks(night.con, note, night.workspace.staging / "workbooks", profile)


def due_books_of(night: Night) -> tuple[DueBook, ...]:
    """By the dates of the sealed runs, not by what lies in their folders."""
    runs, packs = night.workspace.runs, tuple(p.code for p in night.packs)
    if night.run_no == 1:
        return due_books(packs, night.as_of, None, night.as_of)
    first, before = (date.fromisoformat(read_manifest(runs, number)["as_of"]) for number in (1, night.run_no - 1))
    return due_books(packs, first, before, night.as_of)


def _rows(path: Path) -> int:
    import pyarrow.parquet as pq

    return int(pq.read_metadata(path).num_rows)


def step_seal(night: Night) -> None:
    facts: dict[str, Any] = {
        "run_no": night.run_no, "as_of": night.as_of.isoformat(), "recorded_at": night.recorded_at.isoformat(),
        "packs": [p.code for p in night.packs], "pack_versions": {p.code: p.version for p in night.packs}, **pack_history.named(night.packs),
        "code_version": version("zhaoren"), "model_version": night.model.version, "totals": night.totals,
        "unset": questions(night.packs), "barred": sorted(night.barred), "inputs": _inputs(night), "sidecars": _sidecars(night), "blocking": [asdict(b) for b in night.blocked],
        "entries": night.committed, "signing": night.signing.facts, "released": night.released,
        "destroyed": [asdict(g) for g in night.gone], **({"approved": night.approved} if night.approved else {}),
        **({NOTICES: notices} if any((notices := notices_of(night.packs, night.as_of)).values()) else {}),
    }  # fmt: skip
    sync_folder(night.workspace.archive)  # the names of tonight's files, before a run rests on them
    held = kept(night.workspace, night.settings)
    night.sealed = seal(
        night.workspace.staging, night.workspace.runs, night.run_no, facts, night.signing.key,
        held.publish if held else None,
    )  # fmt: skip


def _inputs(night: Night) -> list[dict[str, str]]:
    listed = [
        {"file_name": r.incoming.file_name, "sha256": r.archived, "status": r.status}
        for r in night.received
        if r.archived == r.incoming.delivery_id  # a sheet of several is no file of its own
    ]
    status = {r.incoming.delivery_id: r.status for r in night.received}
    for archive in (i for i in night.found if i.members):
        ends = {status.get(m.delivery_id, "refused") for m in archive.members}
        state = "accepted" if "accepted" in ends else min(ends)
        listed.append({"file_name": archive.file_name, "sha256": archive.delivery_id, "status": state})
    return sorted(listed, key=lambda i: (i["file_name"], i["sha256"]))


def _sidecars(night: Night) -> list[dict[str, str]]:
    """The manifests beside tonight's files, each with the file that it speaks of."""
    every = (one for incoming in night.found for one in (incoming, *incoming.members))
    listed = [
        {"file_name": i.file_name + SUFFIX, "sha256": i.manifest_sha256, "of": i.delivery_id}
        for i in every if i.manifest_sha256
    ]  # fmt: skip
    return sorted(listed, key=lambda i: (i["file_name"], i["sha256"]))


def step_refresh(night: Night) -> None:
    night.con.close()  # lets go of the store, and of the memory that refreshing it needs
    add_newest(night.workspace.store, night.workspace.runs, sealed_runs(night.workspace.runs), night.workspace.work)
    destroy_everywhere(night.workspace, night.settings)
    after_seal(night.workspace, night.settings)
    clear_access(night.workspace)
    empty_inbox(night.found)
    holding.drop_hold(night.workspace)


STEPS: tuple[tuple[str, str, Callable[[Night], None]], ...] = (
    ("receive", "接收", step_receive),
    ("read", "读取", step_read),
    ("link", "认人", step_link),
    ("evaluate", "判断", step_evaluate),
    ("post", "记账", step_post),
    ("breaker", "熔断核对", step_breaker),
    ("publish", "出表", step_publish),
    ("seal", "封存", step_seal),
    ("refresh", "更新库", step_refresh),
)


def steps(night: Night) -> Iterator[tuple[str, str, Callable[[Night], None]]]:
    """The steps in order; a night that is held goes no further."""
    for step in STEPS:
        if night.held is None:
            yield step


def run_step(night: Night, name: str, label: str, step: Callable[[Night], None]) -> None:
    """One step, in the journal before and after."""
    _journal(night.workspace, name, "started")
    start = time.monotonic()
    step(night)
    night.timings.append((label, round(time.monotonic() - start, 3)))
    _journal(night.workspace, name, "done")


def run_night(
    workspace: Workspace, as_of: date, progress: Callable[[str], None] = lambda _: None, engine: str = "local"
) -> Outcome:
    """The whole night, directly. The caller holds the workspace's lock."""
    night = begin(workspace, as_of, engine)
    try:
        for name, label, step in steps(night):
            progress(label)
            run_step(night, name, label, step)
        return finish(night)
    finally:
        night.close()


def finish(night: Night) -> Outcome:
    """What to tell the one who watches; the scratch folder is emptied."""
    night.close()
    with suppress(OSError):
        clear_scratch(night.workspace)
    return read_outcome(night.workspace)


def _journal(workspace: Workspace, step: str, state: str = "") -> None:
    line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "step": step, "state": state}
    workspace.work.mkdir(exist_ok=True)
    with workspace.journal.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line) + "\n")


def read_outcome(workspace: Workspace) -> Outcome:
    """What the last night came to, read back: from what is held, or from the newest sealed run itself."""
    if hold := holding.read_hold(workspace):
        held_files = tuple((name, status, reason) for name, status, reason in hold["deliveries"])
        return Outcome(hold["run_no"], 4, held_files, (), 0, workspace.held, held=holding.hold_text(workspace, hold))
    run_no = sealed_runs(workspace.runs)[-1]
    folder = workspace.runs / f"{run_no:06d}"
    con = connect(workspace.store, read_only=True)
    try:
        tables = str(folder / "tables")
        files = con.execute(
            "select file_name, status, reason, delivery_id from read_parquet(?) order by file_name",
            [f"{tables}/delivery.parquet"],
        ).fetchall()
        entries = con.execute(
            "select op, count(*) from read_parquet(?) group by op order by op", [f"{tables}/ledger_entry.parquet"]
        ).fetchall()
        people = con.execute("select count(*) from person where merged_into is null").fetchall()[0][0]
    finally:
        con.close()
    manifest = read_manifest(workspace.runs, run_no)
    said = [*(tuple(f[:3]) for f in files), *under_other_names(manifest["inputs"], {f[3]: f[0] for f in files})]
    refused = any(status in ("refused", "held") for _, status, _ in said)
    return Outcome(
        run_no, 3 if refused else 0, tuple(said), tuple((str(o), int(n)) for o, n in entries), int(people), folder,
        tuple(manifest.get("unset", ())),
    )  # fmt: skip
