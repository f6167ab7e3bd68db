"""The review queue in the browser: what is asked and in which order, what is hidden, what an answer does and undoes, and what is
handed in."""

import csv
import re
from html import unescape
from pathlib import Path

import pytest
from httpx import Response
from markupsafe import escape

from flows.console import drafts
from flows.console.accounts import add_account
from flows.console.offers import second_person_fault
from flows.review.export import review_desk
from flows.trust.privacy import scan_text
from flows.workspace import Workspace, locked
from ledger.store import connect
from reports.console.queue import PER_PAGE
from reports.open_questions import OPEN_ENTRIES, OPEN_LINKS
from tests import asked_town
from tests.console_room import NAMES, PASSWORD, Browser, Room

WHOLE = re.compile(r"\d{17}[\dXx]")
CASE = re.compile(r'href="(/review/(?:entry|row)/[^"?]+)[^"]*"')
HIDDEN = re.compile(r'type="hidden" name="([^"]+)" value="([^"]*)"')
PLACES = re.compile(r'(?:href|action)="([^"]+)"')
FIRST, LATER = "1-1", "1-2"


def asked_room(folder: Path) -> Room:
    return Room(asked_town.found(folder / "w", entries=60, links=12))


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    return asked_room(tmp_path_factory.mktemp("review"))


@pytest.fixture
def officer(room: Room) -> Browser:
    """Signed in, with nothing answered."""
    for name in NAMES.values():
        drafts.drop(room.state, drafts.of(room.state, name))
    room.workspace.access_log.unlink(missing_ok=True)
    return room.browser("officer")


def listed(page: str) -> list[str]:
    return [path.rsplit("/", 1)[1] for path in CASE.findall(page.split("<tbody>")[1])] if "<tbody>" in page else []


def answered(browser: Browser, question: str = FIRST, **form: str) -> int:
    sheet = "row" if ":" in question else "entry"
    browser.get(f"/review/{sheet}/{question}")
    stage = {"stage": "初审"} if sheet == "entry" else {}
    return browser.post(f"/review/{sheet}/{question}", {"decision": "确认", **stage, **form}).status_code


HERE = {"sec-fetch-site": "same-origin"}
NOTE, DAY = '电话打不通，"下周"再问 <b>', "2024-07-02"


def out_of_time(room: Room, officer: Browser, headers: dict[str, str]) -> str:
    """An answer that comes after the session ran out: the page that it gets."""
    place = f"/review/entry/{FIRST}?sheet=entry&page=2"
    officer.get(place)
    room.clock.now += 16 * 60
    form = {"form_key": officer.form_key, "decision": "驳回", "stage": "走访", "effective_date": DAY, "note": NOTE}
    answer = officer.client.post(place, data=form, headers=headers)
    assert drafts.of(room.state, officer.name) == []
    if answer.status_code == 303:
        answer = officer.client.get(answer.headers["location"])
    return answer.text


def signed_in_again(officer: Browser, page: str, *passwords: str) -> Response:
    """By the form of that page, with whatever it carries."""
    for password in passwords:
        carried = {name: unescape(value) for name, value in HIDDEN.findall(page)}
        answer = officer.client.post("/sign-in", data={**carried, "name": officer.name, "password": password})
        page = answer.text
    return answer


def test_what_was_typed_when_the_session_ran_out_is_there_after_signing_in(room: Room, officer: Browser) -> None:
    page = out_of_time(room, officer, HERE)
    assert "还没有提交" in page
    answer = signed_in_again(officer, page, "not the password at all", PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/review/entry/{FIRST}?sheet=entry&page=2")
    assert drafts.of(room.state, officer.name) == []  # nothing is answered by itself
    case = officer.get(answer.headers["location"]).text
    assert f'value="{escape(NOTE)}"' in case and f'value="{DAY}"' in case and 'value="走访" selected' in case
    assert "这一件还没有提交" in case and re.search(r'value="驳回"[^>]*chosen', case)
    assert answered(officer, FIRST, decision="驳回", note=NOTE) == 303
    assert "这一件还没有提交" not in officer.get(f"/review/entry/{FIRST}").text
    assert [d.decision for d in drafts.of(room.state, officer.name)] == ["驳回"]


def test_what_another_site_sends_is_not_typed_and_leads_nowhere_else(room: Room, officer: Browser) -> None:
    page = out_of_time(room, officer, {"sec-fetch-site": "cross-site"})
    assert str(escape(NOTE)) not in page
    assert signed_in_again(officer, page, PASSWORD).headers["location"] == f"/review/entry/{FIRST}?sheet=entry&page=2"
    assert "这一件还没有提交" not in officer.get(f"/review/entry/{FIRST}").text
    for back in ("//evil.example", "https://evil.example", "/\\evil.example", "/a\nb", "javascript:1"):
        room.clock.now += 16 * 60
        page = officer.client.get("/sign-in", params={"back": back}).text
        assert signed_in_again(officer, page, PASSWORD).headers["location"] == "/"


def test_whoever_asks_for_a_page_after_the_session_ran_out_comes_to_it(room: Room, officer: Browser) -> None:
    room.clock.now += 16 * 60
    for asked, found in (("/person/P000000001?as_of=2024-06-30", None), ("/drafts", None), ("/", None), ("/undo", "/")):
        answer = officer.client.post(asked) if found else officer.client.get(asked)
        page = officer.client.get(answer.headers["location"]).text
        assert signed_in_again(officer, page, PASSWORD).headers["location"] == (found or asked)
        room.clock.now += 16 * 60


def row_question(workspace: Workspace, number: int = 0) -> str:
    return f"{asked_town.DELIVERY}:{number + 1}"


@pytest.mark.parametrize(("sheet", "rows"), [("entry", OPEN_ENTRIES), ("row", OPEN_LINKS)])
def test_the_queue_stands_in_the_order_of_the_workbook(room: Room, officer: Browser, sheet: str, rows: object) -> None:
    with review_desk(room.workspace, room.workspace.root) as desk:
        wanted = [q for q, *_ in desk.con.execute(rows.rows, {"run": "1", "mode": ""}).fetchall()]  # type: ignore[attr-defined]
    pages = [listed(officer.get(f"/review?sheet={sheet}&page={n}").text) for n in (1, 2)]
    shown = pages[0] + (pages[1] if len(wanted) > PER_PAGE else [])
    assert shown == wanted
    assert len(pages[0]) <= PER_PAGE


@pytest.mark.parametrize(
    ("wish", "count"),
    [
        ("town=东区街道", 60),
        ("town=没有的地方", 0),
        ("clause=ZS-3.1.1a", 60),
        ("clause=ZS-9", 0),
        ("age=7", 0),
        ("age=8", 60),
        ("age=-1&page=-4", 60),
    ],
)  # ages not offered are no wish
def test_the_queue_is_cut_by_town_clause_and_age(officer: Browser, wish: str, count: int) -> None:
    page = officer.get(f"/review?sheet=entry&{wish}").text
    assert f"符合条件 {count} 件" in page


@pytest.mark.parametrize(
    "path", ["/", "/review", "/review?sheet=row", f"/review/entry/{FIRST}", "/review/row/Q", "/drafts"]
)
def test_numbers_are_masked_and_no_address_holds_a_person(room: Room, officer: Browser, path: str) -> None:
    answered(officer)
    page = officer.get(path.replace("Q", row_question(room.workspace))).text
    assert not WHOLE.search(page)
    said = "\n".join(PLACES.findall(page))
    assert list(scan_text(said)) == []
    assert not re.search("[王李季]", said)


def test_whole_numbers_are_shown_for_a_reason_once_and_on_record(room: Room, officer: Browser) -> None:
    path = f"/review/entry/{FIRST}"
    officer.get(path)
    refused = officer.post(f"{path}/whole", {"reason": "  x "})
    assert refused.status_code == 422
    assert not WHOLE.search(refused.text)
    assert room.access_lines() == []
    shown = officer.post(f"{path}/whole", {"reason": "与本人电话核对"})
    assert shown.status_code == 200
    (line,) = room.access_lines()
    assert all(word in line for word in ('"unmask"', FIRST, "P000000001", f"console:{NAMES['officer']}".encode("unicode-escape").decode()))  # fmt: skip
    assert not WHOLE.search(officer.get(path).text)


def test_where_it_cannot_be_recorded_nothing_is_shown(room: Room, officer: Browser) -> None:
    log = room.workspace.access_log
    log.mkdir()
    try:
        officer.get(f"/review/row/{row_question(room.workspace)}")
        page = officer.post(f"/review/row/{row_question(room.workspace)}/whole", {"reason": "与本人电话核对"})
        assert page.status_code == 422
        assert not WHOLE.search(page.text)
    finally:
        log.rmdir()


def test_a_row_stands_beside_its_candidate_with_differing_characters_marked(room: Room, officer: Browser) -> None:
    page = officer.get(f"/review/row/{row_question(room.workspace)}").text
    assert "<mark>" in page
    assert "候选人" in page


def test_the_states_beside_a_question_are_those_of_the_whole_ledger(room: Room) -> None:
    asked = "(select person_id from entry_queue union select likely_id from row_queue)"
    with room.app.state.desk.readings.current().look() as con:
        made, folded = (
            con.execute(f"select person_id, pack, track, state, since from {t} where person_id in {asked} order by all").fetchall()
            for t in ("state_now", "ledger_state")
        )  # fmt: skip
    assert len(made) == 60 and made == folded


def test_an_answer_leads_to_the_next_question_and_undo_leads_back(room: Room, officer: Browser) -> None:
    officer.get(f"/review/entry/{FIRST}")
    answer = officer.post(f"/review/entry/{FIRST}", {"decision": "确认", "stage": "初审"})
    assert answer.headers["location"].startswith(f"/review/entry/{LATER}")
    assert [d.question for d in drafts.of(room.state, NAMES["officer"])] == [FIRST]
    assert "其中 1 件已答" in officer.get("/review").text
    undone = officer.post("/undo")
    assert undone.headers["location"].startswith(f"/review/entry/{FIRST}")
    assert drafts.of(room.state, NAMES["officer"]) == []
    assert officer.post("/undo").headers["location"] == "/review"


@pytest.mark.parametrize(("hours", "answered_count"), [(23, 1), (25, 0)], ids=["within a day", "after it"])
def test_what_another_has_in_hand_is_not_asked_for_a_day(room: Room, officer: Browser, hours: int, answered_count: int) -> None:  # fmt: skip
    assert answered(room.browser("reviewer"), LATER, stage="") == 303
    room.clock.now += hours * 3600
    page = room.browser("officer").get("/review").text
    assert f"其中 {answered_count} 件已答" in page


def test_the_queue_goes_round_until_all_is_settled(room: Room, officer: Browser) -> None:
    path, seen = f"/review/row/{row_question(room.workspace, 7)}", []
    while path.startswith("/review/row/"):
        seen.append(path.split("?")[0])
        officer.get(path)
        path = officer.post(path, {"decision": "暂缓"}).headers["location"]
        assert len(seen) <= 12
    assert len(set(seen)) == 12
    assert path.startswith("/review?")


@pytest.mark.parametrize(
    ("question", "form", "status"),
    [
        pytest.param(FIRST, {"decision": "同一人"}, 422, id="an answer of the other sheet"),
        pytest.param(FIRST, {"decision": ""}, 422, id="no answer"),
        pytest.param(FIRST, {"stage": "终审"}, 403, id="a step of another role"),
        pytest.param("1-7", {"stage": "走访"}, 422, id="a recognition without its step"),
        pytest.param(FIRST, {"effective_date": "01/07/2024"}, 422, id="a date in no form of ours"),
        pytest.param("1-9999", {}, 404, id="no such question"),
        pytest.param("' or 1=1 --", {}, 404, id="no question at all"),
    ],
)
def test_an_answer_that_makes_no_sense_is_not_kept(room: Room, officer: Browser, question: str, form: dict[str, str], status: int) -> None:  # fmt: skip
    assert answered(officer, question, **form) == status
    assert drafts.of(room.state, NAMES["officer"]) == []


def test_a_reviewer_signs_the_later_steps_and_an_auditor_none(room: Room, officer: Browser) -> None:
    reviewer, auditor = room.browser("reviewer"), room.browser("auditor")
    assert answered(reviewer, "1-7", stage="审核") == 303
    assert answered(reviewer, "1-14", stage="初审") == 403
    page = auditor.get("/review/entry/1-7").text
    assert 'name="decision"' not in page
    assert answered(auditor, "1-7") == 403


@pytest.mark.parametrize(
    ("officer", "stage", "fault"), [("李四", "审核", True), ("王五", "审核", False), ("李四", "初审", False)]
)
def test_who_did_the_first_review_cannot_recognise(officer: str, stage: str, fault: bool) -> None:
    con = connect()
    con.execute(
        "create table answer_taken as select '1-7' as question, '李四' as officer, '初审' as role, '确认' as decision"
    )
    asked = {"question": "1-7", "track_code": "H", "op_class": "IN"}
    assert bool(second_person_fault(con, asked, officer, "确认", stage)) is fault


def test_what_is_typed_is_shown_as_text(officer: Browser) -> None:
    answered(officer, note="<script>alert(1)</script>")
    page = officer.get("/drafts").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_an_answer_says_before_what_it_does_and_after_whom_it_is_about(officer: Browser) -> None:
    page = officer.get(f"/review/entry/{FIRST}").text
    assert "确认后：" in page
    assert "驳回后：" in page
    answered(officer)
    assert f"<td>王{chr(20_001)}</td>" in officer.get("/drafts").text


def test_blind_shows_neither_weight_nor_order_nor_words_of_others(room: Room, officer: Browser) -> None:
    row = f"/review/row/{row_question(room.workspace)}"
    seen = officer.get(row).text
    order = listed(officer.get("/review?sheet=row").text)
    officer.post("/blind", {"blind": "1"})
    assert "权重" in seen
    assert not re.search("权重|各项比对|比特", officer.get(row).text)
    page = officer.get("/review?sheet=row").text
    assert "权重" not in page
    assert sorted(listed(page)) == sorted(order)
    assert listed(page) != order


def handed_in(workspace: Workspace) -> list[dict[str, str]]:
    rows = []
    for path in sorted(workspace.inbox.iterdir()):
        with path.open(encoding="utf-8", newline="") as stream:
            rows += list(csv.DictReader(stream))
    return rows


def hand_in(browser: Browser, day: str = "2024-06-30") -> str:
    browser.get("/drafts")
    return browser.post("/drafts", {"decided_date": day}).text


@pytest.fixture
def fresh(tmp_path: Path) -> Room:
    """A room whose inbox may be filled."""
    return asked_room(tmp_path)


def test_handing_in_goes_the_way_of_a_workbook(fresh: Room) -> None:
    browser = fresh.browser("officer")
    answered(browser, FIRST, note="已电话\r\n核实", effective_date="2024-06-29")
    answered(browser, row_question(fresh.workspace), decision="同一人")
    assert "收下 2 件" in hand_in(browser)
    said = {r["台账流水号"]: r for r in handed_in(fresh.workspace)}
    entry, row = said[FIRST], said[row_question(fresh.workspace)]
    assert [entry[h] for h in ("核查结论", "核查人", "审核环节", "核查日期", "生效日期", "说明")] == ["确认", "李四", "初审", "2024-06-30", "2024-06-29", "已电话 核实"]  # fmt: skip
    assert (row["核查结论"], row["审核环节"]) == ("同一人", "")
    assert drafts.of(fresh.state, "李四") == []
    assert sorted(p.name for p in fresh.state.folder.iterdir() if p.is_dir() and p.name != "spill") == []
    assert "没有待提交的答复" in hand_in(browser)
    assert "处理中" in browser.get("/review").text


def test_what_comes_back_stays_with_its_reason(fresh: Room) -> None:
    browser = fresh.browser("officer")
    answered(browser)
    hand_in(browser, "2024-06-30")
    answered(browser, decision="驳回")
    page = hand_in(browser, "2024-06-29")
    assert "退回 1 件" in page
    assert "已有日期更晚的答复" in page
    assert [d.decision for d in drafts.of(fresh.state, "李四")] == ["驳回"]
    assert len(handed_in(fresh.workspace)) == 1


def test_while_a_night_holds_the_workspace_drafts_stay(fresh: Room) -> None:
    browser = fresh.browser("officer")
    answered(browser)
    browser.get("/drafts")
    with locked(fresh.workspace):
        assert browser.post("/drafts", {"decided_date": "2024-06-30"}).status_code == 409
    assert len(drafts.of(fresh.state, "李四")) == 1
    assert handed_in(fresh.workspace) == []


@pytest.mark.parametrize("day", ["2999-01-01", "30/06/2024", ""])
def test_answers_are_not_dated_ahead(fresh: Room, day: str) -> None:
    browser = fresh.browser("officer")
    answered(browser)
    browser.get("/drafts")
    assert browser.post("/drafts", {"decided_date": day}).status_code == 422
    assert handed_in(fresh.workspace) == []


def test_of_two_who_answer_apart_agreement_goes_in_and_dissent_to_a_third(fresh: Room) -> None:
    officer, reviewer = fresh.browser("officer"), fresh.browser("reviewer")
    agreed, disputed = (row_question(fresh.workspace, n) for n in (0, 1))
    for browser, second in ((officer, "同一人"), (reviewer, "非同一人")):
        browser.post("/blind", {"blind": "1"})
        if browser is reviewer:
            assert "等另一人独立答复 2 件" in hand_in(officer)
            assert handed_in(fresh.workspace) == []
        answered(browser, agreed, decision="同一人")
        answered(browser, disputed, decision=second)
    assert "收下 2 件" in (told := hand_in(reviewer)) and "两人结论不同 1 件" in told
    assert {(r["台账流水号"], r["核查人"]) for r in handed_in(fresh.workspace)} == {(agreed, "李四"), (agreed, "王五")}
    assert drafts.of(fresh.state, "李四") == []
    assert answered(officer, disputed, decision="同一人") == 422
    add_account(fresh.state, "周九", "officer", PASSWORD)
    third = Browser(fresh.app, "周九")
    assert "等第三人裁定" in third.get("/review").text
    assert "李四 <b>同一人</b>" in third.get(f"/review/row/{disputed}").text
    assert answered(third, disputed, decision="非同一人") == 303
    assert "收下 1 件" in hand_in(third)
    assert drafts.conflicts(fresh.state) == []
    assert [r["核查结论"] for r in handed_in(fresh.workspace) if r["台账流水号"] == disputed] == ["非同一人"]
