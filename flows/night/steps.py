"""The steps of a night, in order. Prefect may wrap them; the bytes are the same without it."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flows.files import taking_in
from flows.files.kept_files import drop_unsealed
from flows.files.receiving import empty_inbox, receive
from flows.files.recording import require_totals
from flows.files.scorecard import score_sources
from flows.night import deciding, holding, publishing
from flows.night.beginning import Night
from flows.night.few_rows import plan_lightly
from flows.opened import kept
from flows.packs import history as pack_history
from flows.packs.approving import require_still_approved
from flows.review.open_now import NOTICES, gather_tonight
from flows.settings.packs import questions, read_packs
from flows.trust.access import clear_access, show_access
from flows.trust.retaining import destroy_everywhere, plan_tonight
from flows.trust.signing_keys import after_seal
from flows.who import linking
from flows.who.clerical_sample import draw_sample
from intake.sidecar import SUFFIX
from ledger.breaker import mark_released, weigh
from ledger.entries import commit_entries
from ledger.seal import file_hash, head, read_manifest, seal, sealed_runs
from ledger.standalone_verifier import receipt_of
from ledger.store import add_newest
from ledger.whole import sync_folder
from policies.pack import fed_lists, notices_of
from policies.view import wide_columns
from reports.calendar import DueBook, due_books
from reports.catalogue import Words


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
    files = {p.code: pack_history.kept_of(p).hashes for p in night.packs}
    require_still_approved(night.approved, files, night.settings.parameters)
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
    if signed and holding.is_signed(mark, (asdict(f) for f in figures if f.is_outside), signed):
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
