"""The console in a real browser: by keyboard from signing in to the next night's effect, and without a serious accessibility
finding. `make test-browser`; needs a Chromium on the machine. All people are invented."""

import shutil
import socket
import subprocess
import threading
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from flows.console import drafts
from tests import asked_town
from tests.console_room import NAMES, PASSWORD, Room
from tests.nightshift import Town, stop

pytestmark = pytest.mark.browser
CHROMIUM = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
DAYS = ("2024-06-01", "2024-06-02")
SETTLED = 10
LONG = "阿依古丽·买买提江·吐尔逊·阿不都热合曼"


@dataclass
class Served:
    """A console that listens, over a town of fourteen who lost their jobs and one whose name is long."""

    town: Town
    room: Room
    url: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    if CHROMIUM is None:
        pytest.skip("no Chromium here: apt-get install chromium, then make test-browser")
    town = Town.found(tmp_path_factory.mktemp("browser") / "ws", "zhongshan")
    for day in range(1, 15):
        town.tell(town.person(f"1979-03-{day:02d}", name=LONG if day == 14 else ""), stop("2024-03"))
    row = {"姓名": LONG, "证件号码": "", "死亡日期": "2024-05-20", "数据来源": "民政"}
    town.deliver("死亡", DAYS[0], "增量", [row])
    town.drop("养老待遇名单.csv", [{"姓名": "某人"}])
    town.night(DAYS[0])
    room = Room(town.workspace, clock=time.time)  # type: ignore[arg-type]
    with listening(room) as url:
        yield Served(town, room, url)


@contextmanager
def listening(room: Room) -> Iterator[str]:
    """The address at which a console answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(room.app, host="127.0.0.1", port=port, access_log=False, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def page(served: Served) -> Iterator[Page]:
    """A window of 1366 x 768 that fails a test for whatever its console complains of, or a request that leaves the machine."""
    complaints: list[str] = []
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        window = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
        window.on(
            "console",
            lambda m: complaints.append(m.text) if m.type in ("error", "warning") and not is_told(m.text) else None,
        )
        window.on("request", lambda r: None if r.url.startswith(served.url) else complaints.append(r.url))
        yield window
        browser.close()
    assert complaints == []


def is_told(complaint: str) -> bool:
    """Of a page that says in words why nothing is there: the browser notes its status."""
    return complaint.startswith("Failed to load resource") and ("404 (Not Found)" in complaint or "422 " in complaint)


def sign_in(page: Page, served: Served, role: str = "officer") -> None:
    page.goto(f"{served.url}/sign-in")
    page.locator("input[name=name]:focus").wait_for()  # typed before that, a letter goes nowhere
    page.keyboard.type(NAMES[role])
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{served.url}/")


def press(page: Page, key: str) -> None:
    """A key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{v['id']} {n['target']}" for v in found if v["impact"] in ("serious", "critical") for n in v["nodes"]]


def test_ten_cases_by_keyboard_one_undone_and_the_next_night_knows(served: Served, page: Page) -> None:
    sign_in(page, served)
    page.goto(f"{served.url}/review")
    press(page, "Enter")
    answered = []
    for number in range(SETTLED + 1):
        answered.append(page.url.split("?")[0].rsplit("/", 1)[1])
        press(page, "1" if number % 2 == 0 else "2")
    press(page, "0")
    assert page.url.split("?")[0].endswith(answered[-1])
    assert page.query_selector("#answer button.chosen") is None
    page.goto(f"{served.url}/drafts")
    page.fill("input[name=decided_date]", DAYS[0])
    page.click("button.main")
    assert f"收下 {SETTLED} 件" in (page.text_content("[role=status]") or "")
    night = served.town.night(DAYS[1])
    decided = {e["decision_entry"] for e in night.entries() if e["op"] == "DECIDED"}
    assert decided == set(answered[:SETTLED])
    served.room.app.state.desk.readings.refresh()
    page.goto(f"{served.url}/")
    assert "第 2 次运行" in (page.text_content("header") or "")
    assert "已决定" in (page.text_content("main") or "")
    page.goto(f"{served.url}/review")
    left = page.text_content("main") or ""
    assert answered[-1] in left
    assert not any(q in left.split() for q in answered[:SETTLED])


def test_a_key_does_nothing_while_somebody_types_or_keys_are_off(served: Served, page: Page) -> None:
    sign_in(page, served)
    page.goto(f"{served.url}/review/row/{open_question(served, 'row_queue')}")
    before = page.url
    page.focus("input[name=note]")
    page.keyboard.type("45")
    page.click("#keys")
    page.keyboard.press("4")
    assert page.url == before
    assert drafts.of(served.room.state, NAMES["officer"]) == []
    page.click("#keys")
    press(page, "4")
    assert [d.decision for d in drafts.of(served.room.state, NAMES["officer"])] == ["同一人"]


def open_question(served: Served, table: str) -> str:
    with served.room.app.state.desk.readings.current().look() as con:
        return str(con.execute(f"select question from {table} order by place").fetchall()[0][0])


def test_no_page_has_a_serious_accessibility_finding(served: Served, page: Page) -> None:
    """Every kind of page, of the one whose name is long where it is about a person; what a form answers with, too."""
    page.goto(f"{served.url}/sign-in")
    found = {"sign-in": serious(page)}
    for role, paths in pages_of_roles(served).items():
        sign_in_as(page, served, role)
        for path in paths:
            answer = page.goto(served.url + path)
            assert answer is not None and answer.status == (404 if "nowhere/" in path else 200), path
            found[f"{role} {path}"] = serious(page)
    sign_in_as(page, served, "auditor")
    for name, filled in {"a name": LONG, "nobody": "查无此人", "no number": "123456"}.items():
        page.goto(f"{served.url}/search")
        page.fill("main input[name=text]", filled)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        found[f"search {name}"] = serious(page)
    assert {k: v for k, v in found.items() if v} == {}


def pages_of_roles(served: Served) -> dict[str, list[str]]:
    with served.room.app.state.desk.readings.current().look() as con:
        (person,) = con.execute("select person_id from person where name = ?", [LONG]).fetchall()[0]
        entry = con.execute("select entry_id, pack, clause from ledger_entry where person_id = ? order by run_no, seq", [person]).fetchall()[0]  # fmt: skip
        delivery, row_no = con.execute("select delivery_id, row_no from finder.place where kind = 'death'").fetchall()[
            0
        ]
        (refused,) = con.execute("select delivery_id from finder.file_seen where status = 'refused'").fetchall()[0]
    questions = [
        f"/review/entry/{open_question(served, 'entry_queue')}",
        f"/review/row/{open_question(served, 'row_queue')}",
    ]
    trail = [f"/person/{person}", f"/person/{person}?on=2020-01-01&known=2024-06-01", f"/entry/{entry[0]}", f"/row/{delivery}/{row_no}",
             f"/row/{delivery}/99", f"/file/{delivery}", f"/file/{refused}", f"/clause/{entry[1]}/{entry[2]}", "/run/1"]  # fmt: skip
    return {
        "officer": ["/", "/review", "/review?sheet=row", "/review?town=nowhere", *questions, "/drafts", "/search", "/password", "/nowhere/"],
        "auditor": ["/", "/review", *questions, *trail, "/audit", "/audit/sample", "/audit/again/1"],
        "administrator": ["/", "/accounts", "/password"],
    }  # fmt: skip


def sign_in_as(page: Page, served: Served, role: str) -> None:
    page.context.clear_cookies()
    sign_in(page, served, role)


@pytest.mark.parametrize(("entries", "last"), [(0, 1), (50_000, 1000)])
def test_a_queue_that_is_empty_or_very_long_is_a_page_like_any_other(tmp_path: Path, entries: int, last: int) -> None:
    room = Room(asked_town.found(tmp_path / "w", entries=entries, links=0), clock=time.time)  # type: ignore[arg-type]
    with listening(room) as url, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
        sign_in(page, Served(None, room, url))  # type: ignore[arg-type]
        for path in ("/review", f"/review?page={last}", "/review?sheet=row"):
            page.goto(url + path)
            assert serious(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.goto(f"{url}/review")
        assert f"符合条件 {entries:,} 件" in (page.text_content("main") or "")
        browser.close()


def test_what_is_printed_is_all_that_a_page_says_and_nothing_to_click(
    served: Served, page: Page, tmp_path: Path
) -> None:
    """On A4, of the one whose name is long: every cell is on the paper, no control is, and nothing reaches into the margin."""
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext here: apt-get install poppler-utils")
    for role, paths in pages_of_roles(served).items():
        sign_in_as(page, served, role)
        for path in paths:
            page.goto(served.url + path)
            file = tmp_path / "page.pdf"
            page.pdf(path=file, format="A4", prefer_css_page_size=True)
            paper = words_on(file)
            assert [t for t in page.evaluate(CELLS) if squeezed(t) not in paper] == [], path
            page.emulate_media(media="print")
            assert page.evaluate(CONTROLS) == [], path
            page.emulate_media(media="null")
            assert not any(word in paper for word in ONLY_TO_CLICK), path


ONLY_TO_CLICK = ("记入运行链)", "第1页,共", "撤销上一件", "按键:", "现在核对", "查看完整号码的事由")
CELLS = """[...document.querySelectorAll('main td:not(.act), main th:not(.act), main dd, main dt, main summary, main blockquote, main h1')]
    .filter(e => !e.closest('form') && !e.querySelector('.hide')).map(e => e.textContent)"""
CONTROLS = """[...document.querySelectorAll('button, input, select, form, nav, progress, kbd')].filter(e => e.getClientRects().length).map(e => e.outerHTML)"""


def words_on(file: Path) -> str:
    said = subprocess.run(["pdftotext", "-raw", str(file), "-"], capture_output=True, text=True, check=True).stdout
    return squeezed(said)


def squeezed(text: str) -> str:
    """Without spaces and line breaks; a font may give a character by its look-alike."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def test_two_hundred_decisions_an_hour_leave_time_to_look(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a queue of 50 000: from a key to the next question drawn, as the browser counts it. An hour of two hundred has eighteen
    seconds for each, and whoever looks for twelve of them has six for the machine."""
    room = Room(asked_town.found(tmp_path / "w", entries=50_000, links=0), clock=time.time)  # type: ignore[arg-type]
    took = []
    with listening(room) as url, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
        sign_in(page, Served(None, room, url))  # type: ignore[arg-type]
        page.goto(f"{url}/review")
        press(page, "Enter")
        for number in range(DECIDED):
            asked, start = page.url, time.perf_counter()
            press(page, "123"[number % 3])
            page.evaluate(DRAWN)
            took.append(time.perf_counter() - start)
            assert page.url != asked
        browser.close()
    assert drafts.count(room.state, NAMES["officer"]) == DECIDED
    took.sort()
    with capsys.disabled():
        print(f"\n{DECIDED} decisions: median {took[DECIDED // 2] * 1000:.0f} ms, p95 {took[int(0.95 * DECIDED)] * 1000:.0f} ms, most {took[-1] * 1000:.0f} ms")  # fmt: skip
    assert took[int(0.95 * DECIDED)] < 3600 / 200 - 12


DECIDED = 60
DRAWN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.mark.parametrize("path", ["/", "/review", "/drafts"])
def test_pages_are_no_wider_than_the_screen(served: Served, page: Page, path: str) -> None:
    sign_in(page, served)
    page.goto(served.url + path)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_night_stands_on_one_screen(served: Served, page: Page, tmp_path: Path) -> None:
    sign_in(page, served)
    assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")


def test_pages_work_without_scripts(served: Served) -> None:
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        page = browser.new_context(java_script_enabled=False).new_page()
        sign_in(page, served)
        page.goto(f"{served.url}/review/row/{open_question(served, 'row_queue')}")
        with page.expect_navigation():
            page.click("button[value=暂缓]")
        assert "/review" in page.url
        browser.close()


def test_an_auditor_walks_from_an_entry_to_its_row_and_file_and_back(served: Served, page: Page) -> None:
    """By links alone, once the entry is found: who it is about, the row it rests on, the file that brought the row, and back."""
    with served.room.app.state.desk.readings.current().look() as con:
        entry, person, delivery, row_no = con.execute(FIRST_ENTRY).fetchall()[0]
    sign_in_as(page, served, "auditor")
    page.goto(f"{served.url}/search")
    page.fill("main input[name=text]", entry)
    press(page, "Enter")
    seen = [path_of(page)]
    row, file = f"/row/{delivery}/{row_no}", f"/file/{delivery}"
    for link in (f"/person/{person}", row, file, row, f"/person/{person}", f"/entry/{entry}", row, f"/entry/{entry}"):
        follow(page, link)
        seen.append(path_of(page))
        assert serious(page) == []
        if link == file:
            assert "社保停保" in (page.text_content("main") or "")
    assert seen[0] == seen[-1] == f"/entry/{entry}"
    page.go_back()
    assert path_of(page) == row


FIRST_ENTRY = """
select e.entry_id, e.person_id, p.delivery_id, p.row_no from ledger_entry as e inner join finder.place as p on list_contains(e.evidence, p.record_id)
where p.kind = 'insurance_stop' order by e.run_no, e.seq limit 1
"""


def follow(page: Page, path: str) -> None:
    """Click the first link that leads there; there must be one."""
    with page.expect_navigation():
        page.click(f'main a[href="{path}"]')


def path_of(page: Page) -> str:
    return "/" + page.url.split("/", 3)[3].split("?")[0]
