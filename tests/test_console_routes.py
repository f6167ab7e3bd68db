"""schemathesis over every route of the console, as everybody who may come to the door. The console publishes no OpenAPI: its schema
is made here, in the process, of the routes as they are declared and of what their forms and addresses may carry."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import pytest
import schemathesis
from fastapi.openapi.utils import get_openapi
from httpx import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import status_code_conformance

from flows.console import jobs
from flows.console.rights import RIGHTS, ROLES, may
from flows.trust.privacy import scan_text
from tests import asked_town
from tests.console_room import NAMES, PASSWORD, Browser, Room

WHO = (None, *ROLES)
FORM_TYPE = "application/x-www-form-urlencoded"
# What the answers to these methods may be: done, look there, unreadable, wrong password, not yours, not there, another one is at
# work, too large, not a form, not so.
ANSWERS = {"get": (200, 303, 403, 404, 422), "post": (200, 303, 400, 401, 403, 404, 409, 413, 415, 422)}
# What stands in addresses and forms: what is there, so that pages are reached, beside what schemathesis thinks of.
THERE: dict[str, tuple[str, ...]] = {
    "name": ("console.css", NAMES["officer"]), "sheet": ("entry", "row"), "question": ("1-1", "1-7", f"{asked_town.DELIVERY}:1"),
    "person_id": ("P000000001", "P999999999"), "entry_id": ("1-1", "1-99"), "delivery_id": (asked_town.DELIVERY,), "row_no": ("1", "99"),
    "pack": ("zhongshan",), "rule_id": ("ZS-3.1.1a",), "run_no": ("1", "2"), "page": ("2", "-1"), "town": ("东区街道",), "age": ("7",),
    "clause": ("ZS-3.1.1a",), "on": ("2024-06-30",), "known": ("2024-06-30",), "month": ("2024-06",), "op": ("ADD",), "whole": ("1",),
    "decision": ("确认", "驳回", "暂缓", "同一人"), "stage": ("初审", "审核", ""), "effective_date": ("2024-07-01",), "note": ("核实过",),
    "reason": ("核对来源",), "decided_date": ("2024-06-30",), "blind": ("1", ""), "text": ("王", "P000000001", "1-1"), "kind": ("file",),
    "password": (PASSWORD,), "old": ("not the password",), "new": ("short",), "again": ("short",),
}  # fmt: skip
QUERY = ("sheet", "town", "clause", "age", "page", "on", "known", "month", "op")
FIELDS = ("decision", "stage", "effective_date", "note", "reason", "decided_date", "blind", "text", "kind", "page", "name", "password", "old", "new", "again", "whole")  # fmt: skip
LEADS = re.compile(r'(?:href|action|src)="([^"]*)"')


def described(room: Room) -> dict[str, Any]:
    """The routes as OpenAPI has them, with query, form and answers written in."""
    api = get_openapi(title="console", version="1", routes=room.app.routes)
    for path, methods in api["paths"].items():
        for method, said in methods.items():
            named = [
                {"name": n, "in": "path", "required": True, "schema": text(n)} for n in re.findall(r"\{(\w+)\}", path)
            ]
            asked = [{"name": n, "in": "query", "schema": text(n)} for n in QUERY] if method == "get" else []
            said["parameters"] = named + asked
            said["responses"] = {str(s): {"description": ""} for s in ANSWERS[method]}
            if method == "post":
                fields = {"type": "object", "properties": {n: text(n) for n in FIELDS}}
                said["requestBody"] = {"content": {FORM_TYPE: {"schema": fields}}}
    return dict(api)


def text(name: str) -> dict[str, Any]:
    return {"anyOf": [{"enum": list(THERE[name])}, {"type": "string", "maxLength": 40}]}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    return Room(asked_town.found(tmp_path_factory.mktemp("routes") / "w", entries=20, links=6))


@pytest.fixture(scope="module")
def operations(room: Room) -> dict[tuple[str, str], APIOperation]:
    schema = schemathesis.openapi.from_dict(described(room))
    schema.app = room.app
    schema.config.update(base_url="http://127.0.0.1:8765")
    found = [o.ok() for o in schema.get_all_operations() if isinstance(o, Ok)]
    return {(o.method.upper(), o.path): o for o in found}


def test_schemathesis_knows_every_route(operations: Mapping[tuple[str, str], APIOperation]) -> None:
    assert set(operations) == set(RIGHTS)


@pytest.mark.parametrize("route", sorted(RIGHTS), ids="{0[0]} {0[1]}".format)
def test_a_route_answers_everybody_as_it_says(room: Room, operations: dict[tuple[str, str], APIOperation], route: tuple[str, str], capfd: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    ask_everything(room, operations[route], route, examples=4)
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
@pytest.mark.parametrize("route", sorted(RIGHTS), ids="{0[0]} {0[1]}".format)
def test_a_route_answers_everybody_as_it_says_at_length(room: Room, operations: dict[tuple[str, str], APIOperation], route: tuple[str, str], capfd: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    ask_everything(room, operations[route], route, examples=100)
    assert capfd.readouterr() == ("", "")


def ask_everything(room: Room, operation: APIOperation, route: tuple[str, str], *, examples: int) -> None:
    """So many requests as each role and as nobody; half of them as they should be, half not."""
    room.clock.now += 901  # failures of the route before are forgiven
    browsers = {who: Browser(room.app, NAMES[who] if who else "") for who in WHO}
    cases = st.one_of(operation.as_strategy(GenerationMode.POSITIVE), operation.as_strategy(GenerationMode.NEGATIVE))

    @settings(max_examples=examples, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(case=cases, has_key=st.sampled_from([True, True, True, False]))
    def ask(case: schemathesis.Case, has_key: bool) -> None:
        for who, browser in browsers.items():
            sent = case.as_transport_kwargs()
            sent = {k: sent[k] for k in ("method", "url", "params", "headers") if k in sent}
            if isinstance(case.body, dict) and operation.method == "post":
                key = browser.form_key if has_key else ""
                sent["data"] = {k: v if isinstance(v, str) else str(v) for k, v in case.body.items()} | {
                    "form_key": key
                }
                sent["headers"] = {}
            answer = browser.client.request(**sent)
            case.validate_response(answer, checks=[not_a_server_error, status_code_conformance])
            assert is_decent(answer, who, route)
            if who and answer.status_code == 303 and answer.headers["location"].startswith("/sign-in"):
                browser.sign_in(NAMES[who])

    ask()
    while jobs.running(room.workspace):  # what an auditor may have started ends before the folder goes
        room.clock.now += 1


def is_decent(answer: Response, who: str | None, route: tuple[str, str]) -> bool:
    """Refused where the line of rights does not name them, and with nobody's number in an address that it leads to."""
    told = [*LEADS.findall(answer.text), answer.headers.get("location", "")]
    refused = (303,) if who is None else (403, 404)
    return (
        (may(who, *route) or answer.status_code in refused)
        and "Traceback" not in answer.text
        and not list(scan_text(unquote("\n".join(told))))
    )
