"""Whatever is asked of the console, it answers with a page or a refusal, and never says more than it should."""

from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.console import drafts
from flows.console.rights import RIGHTS, may
from flows.trust.privacy import scan_text
from tests import asked_town
from tests.console_room import NAMES, Browser, Room

DECENT = {200, 303, 400, 401, 403, 404, 405, 409, 413, 415, 422}
# What officers type, what programs send, and what breaks parsers.
ROUGH = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["1-1", "1-7", f"{asked_town.DELIVERY}:1", "entry", "row", "确认", "同一人", "初审", "2024-06-30", "9" * 400, "-1", "\x00", "../..", "%00", "' or 1=1 --", "{{7*7}}"]),
)  # fmt: skip
FIELDS = ("decision", "stage", "effective_date", "note", "reason", "decided_date", "blind", "name", "password")
QUERIES = ("sheet", "town", "clause", "age", "page")
ROUTES = sorted(route for route in RIGHTS if route[1] != "/sign-out" and "sign-in" not in route[1])


@pytest.fixture(scope="module")
def browsers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Browser]:
    room = Room(asked_town.found(tmp_path_factory.mktemp("rough") / "w", entries=20, links=6))
    return {role: room.browser(role) for role in ("officer", "reviewer", "auditor")}


def address(path: str, parts: dict[str, str], query: dict[str, str]) -> str:
    for name, text in parts.items():
        path = path.replace(f"{{{name}}}", quote(text, safe="") or "x")
    return path + "?" + "&".join(f"{k}={quote(v, safe='')}" for k, v in query.items())


@settings(max_examples=150, deadline=None)
@given(
    role=st.sampled_from(["officer", "reviewer", "auditor"]),
    route=st.sampled_from(ROUTES),
    parts=st.fixed_dictionaries({"sheet": st.one_of(st.sampled_from(["entry", "row"]), ROUGH), "question": ROUGH, "name": ROUGH}),
    query=st.dictionaries(st.sampled_from(QUERIES), ROUGH, max_size=3),
    form=st.dictionaries(st.sampled_from(FIELDS), ROUGH, max_size=5),
)  # fmt: skip
def test_every_route_answers_anything_decently(
    browsers: dict[str, Browser], role: str, route: tuple[str, str], parts: dict[str, str], query: dict[str, str], form: dict[str, str]
) -> None:  # fmt: skip
    browser, (method, path) = browsers[role], route
    where = address(path, parts, query)
    answer = browser.client.get(where) if method == "GET" else browser.post(where, form)
    assert answer.status_code in DECENT, answer.text
    assert may(role, method, path) or answer.status_code in (403, 404)
    assert "Traceback" not in answer.text


def test_a_failure_names_its_kind_alone(browsers: dict[str, Browser], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    def fail(*_: object) -> int:
        raise ValueError("王某 440100198001010012")

    monkeypatch.setattr(drafts, "count", fail)
    answer = browsers["officer"].get("/")
    told = answer.text + capfd.readouterr().err
    assert answer.status_code == 500
    assert "ValueError" in told
    assert list(scan_text(told)) == []
    assert "王某" not in told
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_nothing_is_written_to_a_log(browsers: dict[str, Browser], capfd: pytest.CaptureFixture[str]) -> None:
    browsers["officer"].get("/review/entry/1-1")
    browsers["officer"].post("/review/entry/1-1", {"decision": "确认", "stage": "初审", "note": NAMES["officer"]})
    assert capfd.readouterr() == ("", "")
