"""审计: the chain, verified at a click; one night done again; the month's sample; a person's case file."""

import os
from datetime import UTC, datetime
from pathlib import Path

from fastapi import APIRouter, Response

from flows.console import jobs
from flows.console.ask import SHORTEST_REASON, Ask, Asked, Refused
from flows.console.papers import page_number, signing_words
from flows.console.people import asked_clock
from flows.settings.read import read_settings
from flows.trust.access import record_access
from ledger.seal import read_manifest
from ledger.standalone_verifier import manifest_receipt
from reports.console import audit, case_file, person
from reports.console.page import Frame, render
from schemas.errors import say

router = APIRouter()
REFRESH_SECONDS = "3"


@router.get("/audit")
def show_chain(ask: Asked) -> Response:
    workspace, total, number = ask.desk.workspace, ask.sealed.run_no, page_number(ask.query.get("page", ""))
    said = {}
    for run_no in audit.runs_of_page(total, number):
        manifest = read_manifest(workspace.runs, run_no)
        said[run_no] = {"signing": signing_words(manifest), "receipt": manifest_receipt(manifest)}
    at_work = jobs.running(workspace)
    with ask.look() as con:
        checked, again = jobs.result(workspace, jobs.VERIFY, 0), jobs.results(workspace, jobs.AGAIN)
        return _waiting(
            ask, ask.page(audit.chain_page(con, total, number, said, checked, again, at_work)), bool(at_work)
        )


@router.post("/audit/verify")
def verify(ask: Asked) -> Response:
    jobs.start(ask.desk.workspace, jobs.VERIFY, 0, ask.who.account)
    return ask.go("/audit")


@router.get("/audit/again/{run_no}")
def show_again(ask: Asked, run_no: int) -> Response:
    _require_run(ask, run_no)
    at_work = jobs.running(ask.desk.workspace)
    page = audit.again_page(run_no, jobs.result(ask.desk.workspace, jobs.AGAIN, run_no), at_work)
    return _waiting(ask, ask.page(page), bool(at_work))


@router.post("/audit/again/{run_no}")
def begin_again(ask: Asked, run_no: int) -> Response:
    _require_run(ask, run_no)
    jobs.start(ask.desk.workspace, jobs.AGAIN, run_no, ask.who.account)
    return ask.go(f"/audit/again/{run_no}")


@router.get("/audit/sample")
def show_sample(ask: Asked) -> Response:
    with ask.look() as con:
        months = audit.months(con)
    month = next((m for m in months if m == ask.query.get("month", "")), months[0])
    workspace = ask.desk.workspace
    at_work, drawn = jobs.running(workspace), jobs.result(workspace, jobs.SAMPLE, _number(month))
    return _waiting(ask, ask.page(audit.sample_page(months, month, drawn, at_work)), bool(at_work))


@router.post("/audit/sample")
def draw_sample(ask: Asked) -> Response:
    with ask.look() as con:
        month = next((m for m in audit.months(con) if m == ask.form.get("month", "")), "")
    if not month:
        raise Refused(404, say("这个月没有运行。", "There is no run in that month."))
    jobs.start(ask.desk.workspace, jobs.SAMPLE, _number(month), ask.who.account)
    return ask.go(f"/audit/sample?month={month}")


@router.post("/person/{person_id}/case-file")
def export_case(ask: Asked, person_id: str) -> Response:
    """One HTML file of one person, on record with its hash before it is given out."""
    reason, is_whole = ask.form.get("reason", "").strip(), ask.form.get("whole") == "1"
    if len(reason) < SHORTEST_REASON:
        raise Refused(422, say("导出案卷须写明事由（至少四个字）。", "Say what for (four characters at least)."))
    with ask.look() as con:
        found = person.who(con, person_id, whole=is_whole)
        if found is None:
            raise Refused(404, say("没有这个编号的人；编号形如 P000000001。", "No such person; ids look like P000000001."))  # fmt: skip
        gap = read_settings(ask.desk.workspace.root).case_gap_days
        told = case_file.About(ask.sealed.run_no, ask.sealed.head, ask.who.account, datetime.now(UTC), reason, is_whole)
        page = case_file.case_file(con, str(ask.desk.workspace.runs), found, asked_clock(ask), gap, told)
    content = render(page, Frame()).encode()
    _note(ask, person_id, content, reason)
    return Response(content, media_type="text/html", headers={"Content-Disposition": f'attachment; filename="case-{person_id}.html"'})  # fmt: skip


def _note(ask: Ask, person_id: str, content: bytes, reason: str) -> None:
    """The export's line of access, with the file's hash. Raises: UsageError where it cannot be kept; nothing is given then."""
    beside = Path(ask.desk.workspace.pages / f".case-{os.getpid()}-{os.urandom(4).hex()}")
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(content)
        record_access(ask.desk.workspace, "case_file", [person_id], file=beside, purpose=reason, account=ask.who.account)  # fmt: skip
    finally:
        beside.unlink(missing_ok=True)


def _number(month: str) -> int:
    """2024-06 as 202406."""
    return int(month.replace("-", ""))


def _require_run(ask: Ask, run_no: int) -> None:
    if not 1 <= run_no <= ask.sealed.run_no:
        raise Refused(404, say("没有这次运行。", "There is no such run."))


def _waiting(ask: Ask, page: Response, is_at_work: bool) -> Response:
    """A page that asks for itself again while something is at work; no script is needed for that."""
    if is_at_work:
        page.headers["Refresh"] = REFRESH_SECONDS
    return page
