"""Who gets in, as what, how far, and for how long."""

import re
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.routing import APIRoute

from flows.console import accounts
from flows.console.rights import OPEN, RIGHTS, ROLES, may
from flows.console.shell import HEADERS
from flows.console.state import State
from flows.workspace import init_workspace
from schemas.errors import UsageError
from tests import asked_town
from tests.console_room import NAMES, PASSWORD, Browser, Room

# What is tried first: of the longest of common passwords, and as offices make them.
GUESSED = (
    "password1234", "passwordpassword", "P@ssw0rd2024!", "1234567890123", "0987654321qwe", "qwertyuiop123", "1qaz2wsx3edc", "zaq12wsxcde3",
    "abcd1234abcd1234", "woaini5201314", "iloveyou1314520", "admin@123456", "zhongshan2024", "Welcome123456", "zhang19850607", "aaaaabbbbbccccc",
    "我爱你我爱你我爱你我爱你", "jiuye@20240630", "147258369qaz", "qwer1234asdf",
)  # fmt: skip
SAMPLE = {"name": "console.css", "sheet": "entry", "question": "1-7"}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    return Room(asked_town.found(tmp_path_factory.mktemp("doors") / "w", entries=30, links=5))


def routes(app: FastAPI) -> list[tuple[str, str]]:
    found = [(m, r.path) for r in app.routes if isinstance(r, APIRoute) for m in sorted(r.methods or ())]
    assert len(found) == len(app.routes), "every route is one of ours"
    return found


def filled(path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda m: SAMPLE.get(m[1], "x"), path)


def test_every_route_has_its_line_of_rights(room: Room) -> None:
    assert set(routes(room.app)) == set(RIGHTS)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_refused_every_route_that_is_not_its_own(room: Room, role: str) -> None:
    browser = room.browser(role)
    forbidden = [(m, p) for m, p in routes(room.app) if not may(role, m, p)]
    assert forbidden
    for method, path in forbidden:
        answer = browser.get(filled(path)) if method == "GET" else browser.post(filled(path))
        assert answer.status_code == 403, (method, path)


def test_nobody_sees_a_page_without_signing_in(room: Room) -> None:
    stranger = Browser(room.app)
    stranger.get("/sign-in")
    for method, path in routes(room.app):
        if RIGHTS[method, path] == OPEN:
            continue
        answer = stranger.get(filled(path)) if method == "GET" else stranger.post(filled(path))
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/sign-in"), (method, path)


def test_a_route_that_no_line_names_is_for_nobody() -> None:
    assert not any(may(role, "GET", "/new-page") for role in (None, *ROLES))


@pytest.mark.parametrize("name", ["console.css", "keys.js", "icon.svg"])
def test_every_text_says_its_character_set(room: Room, name: str) -> None:
    assert room.browser("officer").get(f"/static/{name}").headers["content-type"].endswith("charset=utf-8")


@pytest.mark.parametrize("path", ["/", "/sign-in", "/static/console.css", "/no-such-page"])
def test_every_answer_says_what_the_browser_must_not_do(room: Room, path: str) -> None:
    headers = room.browser("officer").get(path).headers
    assert {name: headers.get(name) for name in HEADERS} == HEADERS
    assert "unsafe" not in headers["content-security-policy"]


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(room: Room) -> None:
    browser = Browser(room.app)
    cookie = browser.sign_in(NAMES["officer"]).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()


def test_a_session_is_not_the_one_from_before_signing_in(room: Room) -> None:
    browser = room.browser("officer")
    before = browser.client.cookies["zhaoren_session"]
    browser.post("/sign-out")
    browser.sign_in(NAMES["officer"])
    assert browser.client.cookies["zhaoren_session"] != before
    browser.client.cookies.set("zhaoren_session", before, domain="127.0.0.1")
    assert Browser(room.app).get("/").status_code == 303


@pytest.mark.parametrize(
    ("headers", "form_key", "status"),
    [
        pytest.param({}, "wrong", 403, id="another key"),
        pytest.param({}, "", 403, id="no key"),
        pytest.param({"origin": "http://elsewhere.example"}, None, 403, id="another site's form"),
        pytest.param(
            {"sec-fetch-site": "cross-site", "origin": "null"}, None, 403, id="another site, by the browser's word"
        ),
        pytest.param({"sec-fetch-site": "same-origin", "origin": "null"}, None, 303, id="our own page, no referrer"),
        pytest.param({"content-type": "text/plain"}, None, 415, id="not a form"),
    ],
)
def test_a_form_is_taken_from_our_own_page_alone(room: Room, headers: dict[str, str], form_key: str | None, status: int) -> None:  # fmt: skip
    browser = room.browser("officer")
    browser.client.headers.update(headers)
    assert browser.post("/undo", form_key=form_key).status_code == status


def test_a_form_too_large_is_not_read_to_its_end(room: Room) -> None:
    assert room.browser("officer").post("/undo", {"note": "x" * 70_000}).status_code == 413


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", ""])
def test_a_foreign_name_that_leads_here_is_not_answered(room: Room, host: str) -> None:
    assert Browser(room.app).client.get("/sign-in", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(("minutes", "status"), [(14, 200), (16, 303)], ids=["within the idle time", "after it"])
def test_a_session_ends_by_idling(room: Room, minutes: int, status: int) -> None:
    browser = room.browser("auditor")
    room.clock.now += minutes * 60
    assert browser.get("/").status_code == status


def test_a_session_ends_by_its_age_however_busy(room: Room) -> None:
    browser = room.browser("auditor")
    answers = []
    for _ in range(62):
        room.clock.now += 600
        answers.append(browser.get("/").status_code)
    assert answers[:59] == [200] * 59
    assert answers[-1] == 303


def test_five_failures_close_an_account_for_a_quarter_of_an_hour(room: Room) -> None:
    browser = Browser(room.app)
    told = [browser.sign_in(NAMES["reviewer"], "not the password").status_code for _ in range(5)]
    assert told == [401] * 5
    assert browser.sign_in(NAMES["reviewer"]).status_code == 401
    room.clock.now += 901
    assert browser.sign_in(NAMES["reviewer"]).status_code == 303


def test_an_unknown_name_is_answered_like_a_wrong_password(room: Room) -> None:
    room.clock.now += 901
    known, unknown = (Browser(room.app).sign_in(name, "not the password") for name in (NAMES["auditor"], "钱八"))
    strip = re.compile(r'value="[^"]*"')
    assert strip.sub("", known.text) == strip.sub("", unknown.text)
    assert known.status_code == unknown.status_code == 401


def test_an_administrator_ends_the_sessions_of_others(room: Room) -> None:
    room.clock.now += 901
    officer, administrator = room.browser("officer"), room.browser("administrator")
    administrator.get("/accounts")
    administrator.post("/accounts/sign-out", {"name": NAMES["officer"]})
    assert officer.get("/").status_code == 303


def test_everybody_sees_where_they_are_signed_in_and_ends_it_elsewhere(room: Room) -> None:
    room.clock.now += 901
    for name in ("吴九", "郑十"):
        accounts.add_account(room.state, name, "officer", PASSWORD)
    here, elsewhere, another = (Browser(room.app, name) for name in ("吴九", "吴九", "郑十"))
    Browser(room.app).sign_in("吴九", "not the password")
    page = here.get("/password").text
    assert page.count("<td>这里</td>") == 1
    assert "<td>另一处</td>" in page
    assert "<td>登录失败</td>" in page
    assert "登录失败" not in another.get("/password").text
    here.post("/password/sign-out")
    assert elsewhere.get("/").status_code == 303
    assert here.get("/").status_code == another.get("/").status_code == 200
    assert "<td>另一处</td>" not in here.get("/password").text


def test_what_happens_at_the_doors_is_told_to_the_administrator_alone(room: Room) -> None:
    room.clock.now += 901
    Browser(room.app).sign_in("not an account but a password", "x")
    Browser(room.app).sign_in(NAMES["auditor"], "not the password")
    room.browser("auditor").get("/accounts")
    rows = re.findall(r"<td>([^<]*)</td><td>([^<]*)</td></tr>", room.browser("administrator").get("/accounts").text)
    assert rows[:5] == [
        (NAMES["administrator"], "登录"),
        (NAMES["auditor"], "无权的页面"),
        (NAMES["auditor"], "登录"),
        (NAMES["auditor"], "登录失败"),
        ("（没有这个账号）", "登录失败"),
    ]
    assert b"not an account" not in room.state.path.read_bytes()


@pytest.mark.parametrize(
    ("old", "new", "again", "status"),
    [
        pytest.param("wrong", "another long password", "another long password", 422, id="the old one is wrong"),
        pytest.param(PASSWORD, "another long password", "something else, long", 422, id="they differ"),
        pytest.param(PASSWORD, "short", "short", 422, id="too short"),
        pytest.param(PASSWORD, "another long password", "another long password", 303, id="changed"),
    ],
)
def test_everybody_changes_their_own_password(tmp_path: Path, room: Room, old: str, new: str, again: str, status: int) -> None:  # fmt: skip
    name = f"换{status}{len(old)}{len(again)}"
    accounts.add_account(room.state, name, "officer", PASSWORD)
    browser, other = Browser(room.app, name), Browser(room.app, name)
    browser.get("/password")
    assert browser.post("/password", {"old": old, "new": new, "again": again}).status_code == status
    assert other.get("/").status_code == (303 if status == 303 else 200)
    assert Browser(room.app).sign_in(name, new).status_code == (303 if status == 303 else 401)


def test_a_password_longer_than_any_may_be_is_not_cut_to_one_that_fits(room: Room) -> None:
    room.clock.now += 901
    longest = ("a long one of its own kind " * 9)[: accounts.LONGEST]
    accounts.add_account(room.state, "冯一", "officer", longest)
    assert Browser(room.app).sign_in("冯一", longest + "x").status_code == 401
    assert Browser(room.app).sign_in("冯一", longest).status_code == 303


def test_a_password_that_somebody_else_set_is_changed_before_anything_else(room: Room) -> None:
    """Whoever set it knows it, and could decide under the name."""
    room.clock.now += 901
    accounts.add_account(room.state, "陈二", "officer", PASSWORD, must_change=True)
    browser = Browser(room.app, "陈二")
    seen = {path: browser.get(path) for path in ("/", "/review", "/password")}
    assert {p: (a.status_code, a.headers.get("location")) for p, a in seen.items()} == {
        "/": (303, "/password"), "/review": (303, "/password"), "/password": (200, None)
    }  # fmt: skip
    assert "别人设的" in seen["/password"].text
    assert browser.post("/review/entry/1-7", {"decision": "确认", "stage": "初审"}).headers["location"] == "/password"
    same = browser.post("/password", {"old": PASSWORD, "new": PASSWORD, "again": PASSWORD})
    assert same.status_code == 422
    new = "another long password"
    assert browser.post("/password", {"old": PASSWORD, "new": new, "again": new}).status_code == 303
    mine = Browser(room.app)
    assert mine.sign_in("陈二", new).headers["location"] == "/"
    assert mine.get("/review").status_code == 200
    accounts.set_password(room.state, "陈二", PASSWORD, must_change=True)
    assert Browser(room.app, "陈二").get("/").headers["location"] == "/password"


def test_what_happens_to_an_account_stands_on_its_page_with_the_refused_forms(room: Room) -> None:
    room.clock.now += 901
    accounts.add_account(room.state, "褚三", "officer", PASSWORD)
    browser = Browser(room.app, "褚三")
    browser.post("/undo", form_key="wrong")
    browser.post("/sign-out")
    again = Browser(room.app, "褚三")
    administrator = room.browser("administrator")
    administrator.get("/accounts")
    administrator.post("/accounts/sign-out", {"name": "褚三"})
    assert again.get("/").status_code == 303
    told = Browser(room.app, "褚三").get("/password").text
    rows = re.findall(r"<td>[^<]*</td><td>([^<]*)</td></tr>", told)
    assert rows[1:7] == ["登录", "被管理员退出", "登录", "退出", "不合格的表单", "登录"]


def test_a_password_is_kept_as_argon2id_and_nowhere_else(room: Room) -> None:
    kept = room.state.path.read_bytes()
    assert b"$argon2id$" in kept
    assert PASSWORD.encode() not in kept


def test_only_the_owner_reads_what_the_console_keeps(room: Room) -> None:
    assert {p.stat().st_mode & 0o077 for p in (room.state.folder, room.state.path)} == {0}


@pytest.mark.parametrize(
    ("name", "password"),
    [
        pytest.param("李四", PASSWORD, id="the name stands"),
        pytest.param("钱八", "short", id="too short"),
        pytest.param("钱八", "aaaaaaaaaaaaaaaa", id="one character"),
        pytest.param("钱八", "钱八 is my own name", id="the name in it"),
        *[pytest.param("钱八", guessed, id=guessed) for guessed in GUESSED],
        pytest.param("a b", PASSWORD, id="a space in the name"),
        pytest.param("150102", PASSWORD, id="a number as name"),
        pytest.param("", PASSWORD, id="no name"),
    ],
)
def test_an_account_needs_a_free_name_and_a_long_password(room: Room, name: str, password: str) -> None:
    with pytest.raises(UsageError):
        accounts.add_account(room.state, name, "officer", password)


@pytest.mark.parametrize(
    "password", [PASSWORD, "kettle-third-shelf", "雨停了再去买两斤橘子回来", "v8Q-tm2_kXw7", "三号楼下的猫 1987 年"]
)
def test_a_password_of_its_own_kind_is_taken(password: str) -> None:
    accounts.check_password("钱八", password)


def test_a_removed_account_is_out_at_once_and_its_name_stays_taken(tmp_path: Path) -> None:
    state = State(tmp_path / "console")
    accounts.add_account(state, "钱八", "officer", PASSWORD)
    accounts.remove_account(state, "钱八")
    assert accounts.accounts(state) == []
    assert accounts.sign_in(state, "钱八", PASSWORD, lambda: 0.0).account is None
    with pytest.raises(UsageError):
        accounts.add_account(state, "钱八", "reviewer", PASSWORD)


@pytest.mark.parametrize(("language", "word"), [("en", "Sign out"), ("", "退出")])
def test_pages_speak_the_readers_language(
    room: Room, monkeypatch: pytest.MonkeyPatch, language: str, word: str
) -> None:
    browser = room.browser("officer")
    monkeypatch.setenv("ZHAOREN_LANG", language)
    for path in ("/", "/review", "/review/entry/1-7", "/drafts", "/password"):
        page = browser.get(path)
        assert page.status_code == 200
        assert word in page.text


def test_a_hash_from_before_still_holds_and_is_made_anew_at_sign_in(tmp_path: Path, room: Room) -> None:
    state = State(tmp_path / "console")
    accounts.add_account(state, "钱八", "officer", PASSWORD)
    older = PasswordHasher(time_cost=3, memory_cost=1 << 10, parallelism=4).hash(PASSWORD)
    with state.open() as db:
        db.execute("update account set hash = ?", [older])
    assert accounts.sign_in(state, "钱八", "not the password", lambda: 0.0).account is None
    assert kept_hash(state) == older
    assert accounts.sign_in(state, "钱八", PASSWORD, lambda: 0.0).account is not None
    assert not accounts.HASHER.check_needs_rehash(kept_hash(state))
    assert accounts.sign_in(state, "钱八", PASSWORD, lambda: 0.0).account is not None


def kept_hash(state: State) -> str:
    with state.open() as db:
        return str(db.execute("select hash from account").fetchone()[0])


def test_the_night_leads_on_only_where_the_role_may_follow(room: Room) -> None:
    room.clock.now += 901
    for role in ROLES:
        page = room.browser(role).get("/").text
        assert (
            ('href="/run/1"' in page) is ('<a href="/review">去核查</a>' in page) is may(role, "GET", "/run/{run_no}")
        )


def test_one_character_that_finds_nobody_is_told_to_be_too_little(room: Room) -> None:
    browser = room.browser("officer")
    browser.get("/search")
    assert "至少写两个字" in browser.post("/search", {"text": "王"}).text
    assert "至少写两个字" not in browser.post("/search", {"text": "查无此人"}).text


def test_before_the_first_night_the_page_says_what_to_do(tmp_path: Path) -> None:
    fresh = Room(init_workspace(tmp_path / "w", ["zhongshan"]))
    assert "zhaoren run" in fresh.browser("officer").get("/").text
