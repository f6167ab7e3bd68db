"""From a night to the browser and back: what the first page says of it, and what an answer does to the next. All people are
invented."""

import json
import re
import threading

import pytest

from flows.console import making
from flows.console.reading import Readings
from flows.night.holding import release
from flows.trust.access import os_user
from flows.trust.privacy import scan_text
from flows.workspace import Workspace, init_workspace
from tests.console_room import NAMES, Browser, Room
from tests.nightshift import Night, Town, stop

DAYS = ("2024-06-01", "2024-06-02")
LONG = "阿依古丽·买买提江·吐尔逊·阿不都热合曼"


class Shift:
    """Two people who lost their jobs, a death row that names one of them, and officers who answer in the browser between two
    nights."""

    def __init__(self, root: Workspace) -> None:
        self.town = Town.found(root.root, "zhongshan")
        town = self.town
        self.cast = {
            role: town.tell(town.person(f"1979-03-{n:02d}", name=name), stop("2024-03"))
            for n, (role, name) in enumerate({"yes": "", "named": LONG}.items(), start=1)
        }
        row = {"姓名": LONG, "证件号码": "", "死亡日期": "2024-05-20", "数据来源": "民政"}
        town.deliver("死亡", DAYS[0], "增量", [row])
        town.drop("养老待遇名单.csv", [{"姓名": "某人"}])
        town.night(DAYS[0])
        self.room = Room(town.workspace)
        self.before = {r: self.room.browser(r).get("/").text for r in NAMES}
        self.entry = next(e["entry_id"] for e in town.entries(self.cast["yes"], DAYS[0]) if e["needs_decision"])
        officer = self.room.browser("officer")
        self.link = re.findall(r"/review/row/([^\"?]+)", officer.get("/review?sheet=row").text)[0]
        self.case = officer.get(f"/review/entry/{self.entry}").text
        self.answer(officer, f"/review/entry/{self.entry}", decision="确认", stage="走访")
        self.row_case = officer.get(f"/review/row/{self.link}").text
        officer.post(f"/review/row/{self.link}/whole", {"reason": "与民政电话核对"})
        self.answer(officer, f"/review/row/{self.link}", decision="同一人")
        officer.get("/drafts")
        self.handed_in = officer.post("/drafts", {"decided_date": DAYS[0]}).text
        town.tell(town.person("1979-04-01"), stop("2024-03"))
        self.night = self.click_through(officer, DAYS[1])
        self.room.app.state.desk.readings.refresh()
        self.after = officer.get("/review").text + officer.get("/review?sheet=row").text
        self.tonight = officer.get("/").text

    def click_through(self, browser: Browser, day: str) -> Night:
        """The night of a day, while somebody clicks on from page to page: what they were answered, and which run they saw."""
        is_over = threading.Event()
        self.clicks: list[tuple[int, str]] = []

        def click() -> None:
            while not is_over.is_set():
                page = browser.get("/")
                self.clicks.append((page.status_code, re.findall(r"第 (\d+) 次运行", page.text)[0]))

        somebody = threading.Thread(target=click)
        somebody.start()
        try:
            return self.town.night(day)
        finally:
            is_over.set()
            somebody.join()

    def answer(self, browser: Browser, path: str, **form: str) -> None:
        browser.get(path)
        assert browser.post(path, form).status_code == 303


@pytest.fixture(scope="module")
def shift(tmp_path_factory: pytest.TempPathFactory) -> Shift:
    return Shift(Workspace(tmp_path_factory.mktemp("shift") / "ws"))


def test_the_first_page_says_what_came_and_what_did_not(shift: Shift) -> None:
    page = shift.before["officer"]
    assert "第 1 次运行" in page
    assert re.search(r"<dt>收下</dt><dd>2<", page)
    assert re.search(r"<dt>拒收</dt><dd class=\"bad\">1<", page)
    assert "养老待遇名单.csv" in page


def test_the_first_page_counts_what_the_queue_asks(shift: Shift) -> None:
    asked = re.search(r"<dt>待决定</dt><dd[^>]*>([0-9,]+)<", shift.tonight)
    assert asked
    assert f"符合条件 {asked[1]} 件" in shift.room.browser("officer").get("/review").text


def test_the_first_page_names_nobody_for_any_role(shift: Shift) -> None:
    people = {p["name"] for p in shift.town.ask("select name from person")}
    for page in shift.before.values():
        assert not any(name in page for name in people)
        assert list(scan_text(re.sub("<[^>]*>", " ", page))) == []


def test_an_administrator_is_shown_no_way_to_people(shift: Shift) -> None:
    assert 'href="/review"' not in shift.before["administrator"]
    assert 'href="/accounts"' in shift.before["administrator"]


def test_a_case_shows_the_person_the_row_and_the_clause(shift: Shift) -> None:
    assert shift.cast["yes"].name in shift.case
    assert "社保停保_20240601_全量.csv" in shift.case
    assert "<blockquote>" in shift.case
    assert LONG in shift.row_case
    named = shift.town.person_id(shift.cast["named"])
    assert shift.row_case.count(f'<small><a href="/person/{named}">{named}</a></small>') == 1


def test_answers_of_the_browser_move_people_the_next_night(shift: Shift) -> None:
    assert "收下 2 件" in shift.handed_in
    assert shift.town.state(shift.cast["yes"], "zhongshan", "L")["state"] == "L2"
    decided = [e for e in shift.night.entries() if e["op"] == "DECIDED"]
    assert [e["decision_entry"] for e in decided] == [shift.entry]
    (logged,) = [r for r in shift.night.rows("match_log") if f"{r['delivery_id']}:{r['row_no']}" == shift.link]
    assert (logged["match_status"], logged["rule"]) == ("linked", "reviewer")
    assert logged["person_id"] == shift.town.person_id(shift.cast["named"])


def test_what_is_settled_is_asked_no_more_and_the_page_follows_the_run(shift: Shift) -> None:
    assert shift.link not in shift.after
    assert f"/review/entry/{shift.entry}?" not in shift.after
    assert "第 2 次运行" in shift.tonight


def test_while_a_night_runs_pages_show_the_run_before(shift: Shift) -> None:
    assert shift.night.outcome.run_no == 2
    assert {status for status, _ in shift.clicks} == {200}
    assert shift.clicks[0] == (200, "1")
    assert [run for _, run in shift.clicks] == sorted(run for _, run in shift.clicks)


def test_the_look_at_whole_numbers_is_sealed(shift: Shift) -> None:
    looks = [r for r in shift.night.rows("access") if r["what"] == "unmask"]
    assert [(r["os_user"], r["purpose"]) for r in looks] == [(f"console:{NAMES['officer']}", "与民政电话核对")]
    assert looks[0]["subjects"] == [shift.town.person_id(shift.cast["named"]), shift.link]
    assert os_user() not in looks[0]["os_user"].split(":")


def test_a_held_night_stands_on_the_first_page(shift: Shift) -> None:
    workspace = shift.town.workspace
    figure = {"figure": "exit", "pack": "zhongshan", "town": "", "people": 90, "limit": 5, "standing": 100, "nights": [[1, 2]], "files": [["死亡_20240603_全量.csv", 90]]}  # fmt: skip
    workspace.held.mkdir()
    hold = {
        "run_no": 3,
        "as_of": "2024-06-03",
        "fingerprint": "f",
        "another_was_released": False,
        "figures": [figure],
        "deliveries": [],
    }
    (workspace.held / "held.json").write_text(json.dumps(hold), "utf-8")
    page = shift.room.browser("officer").get("/").text
    assert "被熔断扣住" in page
    assert "90 人，上限 5 人" in page
    release(workspace, "郑十", "属实")
    assert "郑十 已于" in shift.room.browser("officer").get("/").text


def test_before_the_first_run_there_is_a_page_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    room = Room(init_workspace(tmp_path_factory.mktemp("empty") / "ws", ["zhongshan"]))
    browser = room.browser("officer")
    assert "还没有运行过" in browser.get("/").text
    assert browser.get("/review").status_code == 404


def test_a_store_that_lags_shows_the_run_it_holds(shift: Shift) -> None:
    readings = Readings(shift.town.workspace)
    first = readings.current()
    assert first is not None
    assert first.run_no == 2
    behind = shift.town.workspace.runs / "000003"
    behind.mkdir()
    (behind / "manifest.json").write_text("{}", "utf-8")
    try:
        readings.refresh()
        assert readings.current() is first
    finally:
        (behind / "manifest.json").unlink()
        behind.rmdir()


def test_a_child_makes_the_same_pages_and_leaves_nothing_beside(shift: Shift) -> None:
    workspace = shift.town.workspace
    apart, here = (Readings(workspace, make).current() for make in (making.make_apart, making.make))
    assert apart is not None
    assert here is not None
    assert (apart.figures, apart.waits, apart.head) == (here.figures, here.waits, here.head)
    assert list(workspace.console.glob(".reading-*")) == []
