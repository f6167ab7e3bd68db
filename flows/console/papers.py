"""Each file, row, clause, entry and run at its own address, leading to the others."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

from fastapi import APIRouter, Response

from flows.console.apart import beside
from flows.console.ask import Ask, Asked, Refused
from flows.packs.history import kept_of
from ledger.seal import file_hash, read_manifest, run_folder
from ledger.standalone_verifier import MANIFEST, manifest_receipt
from policies.old_rules import POLICY
from policies.pack import Pack
from policies.rule import Rule, words_of
from policies.versions import Version, rule_at
from reports.console import clause, entry, file, places, row, run
from reports.console.facts import fact_text
from schemas.errors import say
from schemas.tables import OPS

router = APIRouter()
MOST_ROWS = 10**9  # of one file; a larger number in an address is none


@router.get("/entry/{entry_id}")
def show_entry(ask: Asked, entry_id: str) -> Response:
    return _entry(ask, entry_id, whole=False)


@router.post("/entry/{entry_id}/whole")
def show_whole_entry(ask: Asked, entry_id: str) -> Response:
    return _entry(ask, entry_id, whole=True)


@router.get("/row/{delivery_id}")
def find_row(ask: Asked, delivery_id: str) -> Response:
    """From the form of a file's page, which asks for a number."""
    return ask.go(f"/row/{delivery_id}/{page_number(ask.query.get('number', ''))}")


@router.get("/row/{delivery_id}/{row_no}")
def show_row(ask: Asked, delivery_id: str, row_no: int) -> Response:
    return _row(ask, delivery_id, row_no, whole=False)


@router.post("/row/{delivery_id}/{row_no}/whole")
def show_whole_row(ask: Asked, delivery_id: str, row_no: int) -> Response:
    return _row(ask, delivery_id, row_no, whole=True)


@router.post("/row/{delivery_id}/{row_no}/first")
async def find_first(ask: Asked, delivery_id: str, row_no: int) -> Response:
    """An unchanged row is listed only where it first came: the kept file is read again to find it there."""
    return cast(Response, await beside(_first, ask, delivery_id, row_no))


def _first(ask: Ask, delivery_id: str, row_no: int) -> Response:
    with ask.look() as con:
        found = row.file_of(con, delivery_id)
        if found is None or found["status"] != "accepted" or not 1 <= row_no <= found["rows"]:
            raise _nothing()
        first = places.of_records(con, [ask.desk.reread(ask.desk.workspace, delivery_id, row_no)])
    if not first:
        raise _nothing()
    return ask.go(f"/row/{first[0]['delivery_id']}/{first[0]['row_no']}")


@router.get("/file/{delivery_id}")
def show_file(ask: Asked, delivery_id: str) -> Response:
    with ask.look() as con:
        if (found := row.file_of(con, delivery_id)) is None:
            raise _nothing()
        return ask.page(file.file_page(con, str(ask.desk.workspace.runs), found, page_number(ask.query.get("page", ""))))  # fmt: skip


@router.get("/clause/{pack}/{rule_id}")
def show_clause(ask: Asked, pack: str, rule_id: str) -> Response:
    versions = [
        _worded(v, rule) for v, rule in _readings(ask.sealed.history.get(pack, ()), rule_id.removesuffix(POLICY))
    ]
    with ask.look() as con:
        page = clause.clause_page(con, pack, rule_id, versions, page_number(ask.query.get("page", "")))
    if page is None:
        raise _nothing()
    return ask.page(page)


@router.get("/run/{run_no}")
def show_run(ask: Asked, run_no: int) -> Response:
    if not 1 <= run_no <= ask.sealed.run_no:
        raise _nothing()
    runs, op = ask.desk.workspace.runs, ask.query.get("op", "")
    manifest = read_manifest(runs, run_no)
    sealed = {
        "head": file_hash(run_folder(runs, run_no) / MANIFEST), "receipt": manifest_receipt(manifest), "signing": signing_words(manifest),
        "recorded": datetime.fromisoformat(manifest["recorded_at"]),
    }  # fmt: skip
    with ask.look() as con:
        return ask.page(run.run_page(con, manifest, sealed, op if op in OPS else "", page_number(ask.query.get("page", ""))))  # fmt: skip


def page_number(text: str) -> int:
    """A number from an address; 1 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 10 else 1


def signing_words(manifest: Mapping[str, Any]) -> str:
    """With which key a run is signed, shortened, or that it is not."""
    signing = manifest.get("signing")
    return f"{signing['algorithm']} {signing['public_key'][:16]}…" if signing else say("未签名", "unsigned")


def _entry(ask: Ask, entry_id: str, *, whole: bool) -> Response:
    with ask.look() as con:
        if (found := entry.find(con, entry_id, whole=whole)) is None:
            raise Refused(404, say("没有这个流水号；流水号形如 1-5。", "No such entry; ids look like 1-5."))
        if whole:
            ask.unmask([entry_id, *([found["person_id"]] if found["person_id"] else [])])
        return ask.page(entry.entry_page(con, found, _rule_then(ask, found), whole=whole))


def _row(ask: Ask, delivery_id: str, row_no: int, *, whole: bool) -> Response:
    runs = str(ask.desk.workspace.runs)
    if not 1 <= row_no <= MOST_ROWS:
        raise _nothing()
    with ask.look() as con:
        if (place := row.find(con, delivery_id, row_no)) is not None:
            if whole:
                ask.unmask([f"{delivery_id[:12]}:{row_no}", *([place["person_id"]] if place["person_id"] else [])])
            return ask.page(row.row_page(con, runs, place, whole=whole))
        if (found := row.file_of(con, delivery_id)) is None or whole:
            raise _nothing()
        return ask.page(row.refused_page(con, runs, found, row_no))


def _nothing() -> Refused:
    return Refused(404, say("运行链里没有这个编号；请从查找页或别的页面进入。", "The chain has no such number; come from a page or the search."))  # fmt: skip


def _rule_then(ask: Ask, found: Mapping[str, Any]) -> entry.RuleThen | None:
    """The rule of an entry as it read the night it was used, from the pack that was kept of that night."""
    rule_id, versions = found["rule_id"].removesuffix(POLICY), ask.sealed.history.get(found["pack"], ())
    told = rule_at(versions, found["admitted_run"] or found["run_no"], rule_id)
    if told is None:
        return None
    version, rule = told
    newest = next((r for r in versions[-1].pack.all_rules if r.id == rule_id), None)
    now = "" if newest is None else None if newest == rule else newest.when
    return entry.RuleThen(
        rule.title, rule.quote, version.pack.document, rule.when, version.pack.version, version.since_run,
        tuple(kept_of(version.pack).hashes.values()), now,
    )  # fmt: skip


def _readings(versions: Sequence[Version], rule_id: str) -> Iterator[tuple[Version, Rule]]:
    """Each version in which a rule reads otherwise than in the one before, the oldest first."""
    last = None
    for version in versions:
        rule = next((r for r in version.pack.all_rules if r.id == rule_id), None)
        said = rule and (rule, [version.pack.parameters[n] for n in _parameters(version.pack, rule)])
        if rule and said != last:
            yield version, rule
        last = said


def _parameters(pack: Pack, rule: Rule) -> list[str]:
    return sorted(set(pack.parameters) & words_of(rule.when))


def _worded(version: Version, rule: Rule) -> clause.Worded:
    pack = version.pack
    values = tuple((name, "；".join(_dated(v) for v in pack.parameters[name]) or say("未设定", "not set")) for name in _parameters(pack, rule))  # fmt: skip
    finds = "，".join(f"{key} = {value}" for key, value in rule.finds.items())
    return clause.Worded(
        version.since_run, version.as_of.isoformat(), pack.version, rule.title, rule.quote, pack.document, rule.when, finds,
        _dated(rule.in_force), values,
    )  # fmt: skip


def _dated(said: Mapping[str, Any]) -> str:
    """A value or a span with its dates; `is` is the value, `source` where it stands."""
    until = say(f" 至 {said['to']} 前", f" to before {said['to']}") if said.get("to") else ""
    since = (
        "" if said["from"] == date.min else f"{say('自 ', 'from ')}{said['from']}"
    )  # the office set it, for all days
    parts = [fact_text(said["is"])] if "is" in said else []
    told = "，".join([*parts, *filter(None, [f"{since}{until}"])])
    return told + (f"（{said['source']}）" if said.get("source") else "")
