"""From an entry to the file row, the person and back; two clocks; what is masked; searching; the auditor's checks. All people
are invented."""

import hashlib
import re
import shutil
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.console import finder, jobs, papers
from flows.trust.reperforming import reperform
from flows.workspace import Workspace
from ledger.seal import file_hash, read_manifest, run_folder, sealed_runs
from reports.console import person, wording
from reports.console.person import Clock
from reports.macros import define_words
from reports.words import BASIS_WORDS, OP_WORDS, STATE_WORDS, TASK_WORDS, TRACK_WORDS
from tests.console_room import Browser, Room
from tests.nightshift import Town, insured, stop

DAYS = ("2024-06-28", "2024-06-29", "2024-07-01")
LINK = re.compile(r'href="(/(?:entry|person|row|file|clause|run)/[^"?#]*)')
REASON = {"reason": "第三季度抽查"}
PHONE = "13812345678"


class Played:
    """Three nights: three people lose their jobs, one is hired, one is confirmed; a row with a damaged number, one that
    cannot be read, and a file whose first rows are as before."""

    def __init__(self, root: Path) -> None:
        self.town = town = Town.found(root / "ws", "zhongshan")
        self.lost = town.tell(town.person("1979-03-01", name="欧阳若蘭"), stop("2024-03", 联系电话=PHONE))
        self.hired = town.tell(town.person("1979-03-02", name="斯琴·巴特尔"), stop("2024-03"))
        asked = next(e for e in town.night(DAYS[0]).entries(op="ADD") if e["id_number"] == self.lost.number)
        decided = {"台账流水号": asked["entry_id"], "核查结论": "确认", "生效日期": "2024-07-01", "核查人": "张三", "审核环节": "审核", "核查日期": DAYS[1]}  # fmt: skip
        town.deliver("核查结果", DAYS[1], "增量", [decided])
        town.tell(self.hired, insured("2024-05", DAYS[1]))
        self.late = town.tell(town.person("1979-03-03"), stop("2024-03", DAYS[1]))
        row = {"姓名": self.late.name, "证件号码": self.late.bad_check, "死亡日期": "2024-05-20", "数据来源": "民政"}
        town.deliver("死亡", DAYS[1], "增量", [row, {**row, "死亡日期": "去年"}])
        town.night(DAYS[1])
        town.night(DAYS[2])
        self.room = Room(town.workspace)
        self.auditor = self.room.browser("auditor")

    def id_of(self, who: Any) -> str:
        return self.town.person_id(who)

    def delivery(self, day: str, kind: str) -> str:
        return next(str(d["delivery_id"]) for d in self.town.nights[day].rows("delivery") if d["kind"] == kind)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return Played(tmp_path_factory.mktemp("pages"))


def entries_of(played: Played) -> list[dict[str, Any]]:
    return [e for night in played.town.nights.values() for e in night.entries()]


def links(browser: Browser, path: str) -> set[str]:
    page = browser.get(path)
    assert page.status_code == 200, path
    return set(LINK.findall(page.text))


# Leading to one another.


def test_every_link_leads_to_a_page_that_leads_on(played: Played) -> None:
    ahead, seen = ["/run/3"], dict[str, str]()
    while ahead:
        path = ahead.pop()
        page = played.auditor.get(path)
        assert page.status_code == 200, path
        seen[path] = page.text
        ahead += sorted(set(LINK.findall(page.text)) - set(seen) - set(ahead))
    kinds = {path.split("/")[1] for path in seen}
    assert kinds == {"entry", "person", "row", "file", "clause", "run"}
    assert {f"/entry/{e['entry_id']}" for e in entries_of(played)} <= set(seen)
    for secret in (who.number for who in (played.lost, played.hired, played.late)):
        assert not [path for path, text in seen.items() if secret in text]
    assert not [path for path, text in seen.items() if PHONE in text or "1979-03-0" in text]


def test_an_auditor_follows_an_entry_to_its_file_row_and_back(played: Played) -> None:
    entry = next(f"/entry/{e['entry_id']}" for e in entries_of(played) if e["op"] == "ADD" and e["id_number"] == played.lost.number)  # fmt: skip
    (row,) = [p for p in links(played.auditor, entry) if p.startswith("/row/")]
    delivery = f"/file/{row.split('/')[2]}"
    around = links(played.auditor, row)
    assert {entry, delivery, f"/person/{played.id_of(played.lost)}"} <= around
    assert row in links(played.auditor, delivery)
    assert {entry, row} <= links(played.auditor, f"/person/{played.id_of(played.lost)}")


def test_an_entry_and_its_decision_lead_to_each_other(played: Played) -> None:
    decided = next(e for e in entries_of(played) if e["op"] == "DECIDED")
    assert f"/entry/{decided['decision_entry']}" in links(played.auditor, f"/entry/{decided['entry_id']}")
    assert f"/entry/{decided['entry_id']}" in links(played.auditor, f"/entry/{decided['decision_entry']}")


def test_what_an_entry_rests_on_stands_in_words(played: Played) -> None:
    """On its own page, on the person's and in the case file; the column's name is there for whoever points at the word."""
    entry = next(e for e in entries_of(played) if e["op"] == "ADD" and e["id_number"] == played.lost.number)
    for page in (
        played.auditor.get(f"/entry/{entry['entry_id']}"),
        played.auditor.get(f"/person/{entry['person_id']}"),
    ):
        told = re.findall(r'<dt title="([a-z_]+)">([^<]+)</dt>', page.text)
        assert told and not [name for name, word in told if word.isascii()]
        assert dict(told)["min_age"] == "最低年龄"


def test_what_the_office_set_has_no_day_before_history() -> None:
    assert papers._dated({"is": [], "from": date.min, "source": "zhaoren.toml"}) == "无（zhaoren.toml）"
    assert (
        papers._dated({"is": True, "from": date(2024, 7, 1), "to": date(2025, 1, 1)})
        == "是，自 2024-07-01 至 2025-01-01 前"
    )
    assert papers._dated({"from": date(2024, 7, 1)}) == "自 2024-07-01"


def test_a_row_put_aside_says_why(played: Played) -> None:
    page = played.auditor.get(f"/row/{played.delivery(DAYS[1], 'death')}/2")
    assert "没有收下" in page.text and "死亡日期" in page.text
    assert "去年" not in page.text


def test_an_unchanged_row_leads_to_where_it_first_came(played: Played) -> None:
    first, again = (played.delivery(day, "insurance_stop") for day in DAYS[:2])
    path = f"/row/{again}/1"
    assert "完全相同" in played.auditor.get(path).text
    assert played.auditor.post(f"{path}/first").headers["location"] == f"/row/{first}/1"


@pytest.mark.parametrize(
    "path", ["/entry/9-9", "/entry/x", "/entry/1-²", "/person/P999999999", f"/file/{'0' * 64}", f"/row/{'0' * 64}/1", f"/row/{'0' * 64}/{9**40}", "/row/x/y", "/run/99", "/run/0", "/clause/zhongshan/ZS-99"]
)  # fmt: skip
def test_what_is_not_in_the_chain_has_no_page(played: Played, path: str) -> None:
    assert played.auditor.get(path).status_code == 404


# Two clocks.


@pytest.mark.parametrize("day", ["2020-01-01", DAYS[0], DAYS[2]])
def test_a_person_on_any_date_is_what_the_fold_of_all_says(played: Played, day: str) -> None:
    reading = played.room.app.state.desk.readings.current()
    fold = "select person_id, pack, track, state, basis, since, needs_decision from ledger_state_on(?::date, ?::timestamptz) order by person_id, pack, track"
    first = datetime.fromisoformat(read_manifest(played.town.workspace.runs, 1)["recorded_at"])
    for known in (first, person.FOREVER):
        found = []
        with reading.look() as con:
            expected = con.execute(fold, [day, known]).fetchall()
        for who in sorted(map(played.id_of, (played.lost, played.hired, played.late))):
            with reading.look() as con:
                shown = person.who(con, who)
                assert shown
                states = person.person_values(con, shown, Clock(date.fromisoformat(day), known), 30)["states"]
            found += [(who, *(s[c] for c in ("pack", "track", "state", "basis", "since", "needs_decision"))) for s in states]  # fmt: skip
        assert found == expected
        assert bool(expected) == (day >= DAYS[0])


@pytest.mark.parametrize(
    ("on", "state"), [("2024-06-30", "候选 L1"), ("2024-07-01", "已核实 L2"), ("2024-07-02", "已核实 L2")]
)
def test_a_decision_stands_from_its_day_and_only_once_known(played: Played, on: str, state: str) -> None:
    path = f"/person/{played.id_of(played.lost)}?on={on}"
    assert f"<b>{state}</b>" in played.auditor.get(path).text
    then = read_manifest(played.town.workspace.runs, 1)["recorded_at"]
    before = datetime.fromisoformat(then).astimezone(UTC).date().isoformat()
    earlier = played.auditor.get(f"{path}&known={date.fromisoformat(before) - (date(2024, 1, 2) - date(2024, 1, 1))}")
    assert "还没有此人" in earlier.text


def test_a_date_that_is_none_is_told_so(played: Played) -> None:
    assert played.auditor.get(f"/person/{played.id_of(played.lost)}?on=2024-13-01").status_code == 422


# Whole numbers.


def test_whole_numbers_want_a_reason_and_leave_a_line(played: Played) -> None:
    who, before = played.id_of(played.lost), len(played.room.access_lines())
    row = next(p for p in links(played.auditor, f"/person/{who}") if p.startswith("/row/"))
    assert played.auditor.post(f"/person/{who}/whole", {"reason": "看"}).status_code == 422
    assert len(played.room.access_lines()) == before
    entry = next(e["entry_id"] for e in entries_of(played) if e["person_id"] == who)
    for path in (f"/person/{who}", row, f"/entry/{entry}"):
        assert played.lost.number in played.auditor.post(f"{path}/whole", REASON).text
        assert played.lost.number not in played.auditor.get(path).text
    fresh = played.room.access_lines()[before:]
    assert len(fresh) == 3 and all('"unmask"' in line and who in line for line in fresh)


# Searching.


@pytest.mark.parametrize(
    ("text", "role"),
    [
        pytest.param("欧阳若蘭", "lost", id="as it came"),
        pytest.param("歐陽若蘭", "lost", id="in traditional characters"),
        pytest.param("欧阳 若兰", "lost", id="simplified, with a space"),
        pytest.param("欧阳若澜", "lost", id="of the same sound"),
        pytest.param("斯琴•巴特尔", "hired", id="another dot"),
        pytest.param("斯琴巴特尔", "hired", id="no dot"),
        pytest.param("巴特尔", "hired", id="a part"),
    ],
)
def test_a_name_is_found_however_it_is_spelt(played: Played, text: str, role: str) -> None:
    answer = played.auditor.post("/search", {"text": text, "kind": "person"})
    assert re.findall(r'href="/person/(P\d+)"', answer.text) == [played.id_of(getattr(played, role))]


def test_a_number_finds_its_people_and_goes_on_record(played: Played) -> None:
    for text in (played.lost.number, played.lost.fifteen, f" {played.lost.number[:6]} {played.lost.number[6:]}".replace(" ", "")):  # fmt: skip
        before = len(played.room.access_lines())
        answer = played.auditor.post("/search", {"text": text, "kind": "person"})
        assert f'href="/person/{played.id_of(played.lost)}"' in answer.text
        assert played.lost.number not in answer.text.replace(f'value="{text}"', "")
        (line,) = played.room.access_lines()[before:]
        assert '"explain"' in line and played.id_of(played.lost) in line


def test_a_number_that_is_none_is_refused_without_being_shown(played: Played) -> None:
    answer = played.auditor.post("/search", {"text": played.lost.bad_check, "kind": "person"})
    assert answer.status_code == 422
    assert played.lost.bad_check not in answer.text


@pytest.mark.parametrize(("text", "path"), [("1-1", "/entry/1-1"), ("p000000001", "/person/P000000001")])
def test_an_id_goes_to_its_page(played: Played, text: str, path: str) -> None:
    assert played.auditor.post("/search", {"text": text, "kind": "person"}).headers["location"] == path


def test_a_file_is_found_by_a_part_of_its_name_and_by_its_hash(played: Played) -> None:
    delivery = played.delivery(DAYS[1], "death")
    for text in ("死亡_2024", delivery[:12], delivery):
        assert f"/file/{delivery}" in played.auditor.post("/search", {"text": text, "kind": "file"}).text
    assert "没有这样的文件" in played.auditor.post("/search", {"text": "%", "kind": "file"}).text


# The auditor's checks.


def finished(browser: Browser, path: str) -> str:
    """The page once nothing is at work any more."""
    for _ in range(3_000):  # a busy machine may take minutes for what takes seconds
        page = browser.get(path)
        if "refresh" not in page.headers:
            return page.text
        time.sleep(0.3)
    raise AssertionError("still at work")


def test_the_chain_is_verified_at_a_click_and_a_fault_is_shown(played: Played) -> None:
    assert all(file_hash(run_folder(played.town.workspace.runs, n) / "manifest.json")[:24] in played.auditor.get("/audit").text for n in (1, 2, 3))  # fmt: skip
    assert played.auditor.post("/audit/verify").status_code == 303
    assert played.auditor.post("/audit/verify").status_code == 409
    assert "3 次运行全部核对无误" in finished(played.auditor, "/audit")
    table = run_folder(played.town.workspace.runs, 2) / "tables" / "person.parquet"
    kept = table.read_bytes()
    table.write_bytes(kept[:-1] + b"?")
    try:
        played.auditor.post("/audit/verify")
        told = finished(played.auditor, "/audit")
    finally:
        table.write_bytes(kept)
    assert "核对不上" in told and "第 2 次" in told


def test_a_night_done_again_gives_the_same_tables(played: Played) -> None:
    before = sealed_runs(played.town.workspace.runs), file_hash(played.town.workspace.store)
    played.auditor.post("/audit/again/2")
    told = finished(played.auditor, "/audit/again/2")
    count = len(read_manifest(played.town.workspace.runs, 2)["tables"]) - 1  # all but who looked
    assert f"比对 {count} 个数据表，{count} 个逐字节相同，0 个不同" in told
    assert (sealed_runs(played.town.workspace.runs), file_hash(played.town.workspace.store)) == before
    assert not list(played.town.workspace.pages.glob("again-*/"))


def test_a_night_done_again_from_another_file_shows_what_differs(played: Played, tmp_path: Path) -> None:
    shutil.copytree(played.town.workspace.root, tmp_path / "ws", ignore=shutil.ignore_patterns("console", "*.sock"))
    copy = Workspace(tmp_path / "ws")
    kept = copy.archive / played.delivery(DAYS[0], "insurance_stop")
    kept.write_text(kept.read_text("utf-8").replace("2024-03", "2024-02"), "utf-8")
    result = reperform(copy, 1, tmp_path / "again")
    different = {table.name for table in result.tables if not table.is_equal}
    assert {"standing/insurance_stop", "delivery"} <= different
    assert not (tmp_path / "again").exists()


def test_a_job_that_was_killed_does_not_bar_the_next(played: Played) -> None:
    folder = played.town.workspace.console / "jobs"
    folder.mkdir(exist_ok=True)
    (folder / jobs.RUNNING).write_text(
        '{"what": "verify", "run_no": 0, "account": "赵六", "started_at": "2024-01-01T00:00:00+00:00"}'
    )
    assert jobs.running(played.town.workspace) is None
    (folder / jobs.RUNNING).unlink()


# The case file.


def test_a_case_file_is_one_file_that_needs_nothing_else(played: Played) -> None:
    who, before = played.id_of(played.lost), len(played.room.access_lines())
    answer = played.auditor.post(f"/person/{who}/case-file", REASON)
    assert answer.headers["content-disposition"] == f'attachment; filename="case-{who}.html"'
    for outside in ("http", "href=", "src=", "url(", "@import", "<script", "<link", "<form"):
        assert outside not in answer.text
    assert {e["entry_id"] for e in entries_of(played) if e["person_id"] == who} <= set(re.findall(r"\b\d+-\d+\b", answer.text))  # fmt: skip
    for said in (played.lost.name, "已核实 L2", "停保日期", "张三", file_hash(run_folder(played.town.workspace.runs, 3) / "manifest.json")):  # fmt: skip
        assert said in answer.text
    assert played.lost.number not in answer.text
    (line,) = played.room.access_lines()[before:]
    assert '"case_file"' in line and hashlib.sha256(answer.content).hexdigest() in line


def test_a_case_file_shows_whole_numbers_only_where_asked(played: Played) -> None:
    who = played.id_of(played.lost)
    assert played.lost.number in played.auditor.post(f"/person/{who}/case-file", REASON | {"whole": "1"}).text
    assert played.auditor.post(f"/person/{who}/case-file", {"reason": ""}).status_code == 422


def test_an_officer_sees_a_person_and_takes_out_nothing(played: Played) -> None:
    officer = played.room.browser("officer")
    who = played.id_of(played.lost)
    page = officer.get(f"/person/{who}")
    assert page.status_code == 200 and "case-file" not in page.text
    assert officer.post(f"/person/{who}/case-file", REASON).status_code == 403


# The finder.


def test_a_finder_made_night_by_night_is_the_one_made_at_once(played: Played, tmp_path: Path) -> None:
    places = [Workspace(played.town.workspace.root), Workspace(tmp_path)]
    made = []
    for steps in ([[1], [1, 2], [1, 2, 3]], [[1, 2, 3]]):
        (tmp_path / "console").mkdir(exist_ok=True)
        other = _Elsewhere(places[0].root, tmp_path / "console")
        for numbers in steps:
            path = finder.made_finder(other, numbers)
        made.append(contents(path))
        path.unlink()
    assert made[0] == made[1]
    assert len(made[0]["place"]) == sum(len(n.rows(f"standing/{k}")) for n in played.town.nights.values() for k in ("insurance_stop", "insurance_active", "death", "decision"))  # fmt: skip


def test_a_spoilt_finder_is_made_anew(played: Played, tmp_path: Path) -> None:
    other = _Elsewhere(played.town.workspace.root, tmp_path)
    expected = contents(finder.made_finder(other, [1, 2, 3]))
    (tmp_path / "finder.duckdb").write_bytes(b"no database")
    assert contents(finder.made_finder(other, [1, 2, 3])) == expected


class _Elsewhere(Workspace):
    """A workspace whose console keeps its files in another folder."""

    def __init__(self, root: Path, folder: Path) -> None:
        super().__init__(root)
        object.__setattr__(self, "folder", folder)

    @property
    def console(self) -> Path:
        return Path(self.folder)  # type: ignore[attr-defined]


def contents(path: Path) -> dict[str, list[Any]]:
    con = duckdb.connect(str(path), read_only=True)
    try:
        tables = [name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()]
        return {t: con.execute(f"from {t} order by all").fetchall() for t in tables}
    finally:
        con.close()


def test_words_are_those_of_the_workbooks() -> None:
    con = duckdb.connect()
    define_words(con)
    codes = {
        "op": [*OP_WORDS, "NEW"], "track": [*TRACK_WORDS, "X"], "state": [*STATE_WORDS, *TASK_WORDS, "L1x", "Z9"],
        "basis": [*BASIS_WORDS, *(f"{code}:mid" for code in BASIS_WORDS), "post:2024-06", "甲厂", "a b", "firm:甲:厂",
                  "abc:mid", "post:", ":mid", "post:甲\n厂"],
    }  # fmt: skip
    for kind, listed in codes.items():
        found = con.execute(
            f"select word_{kind}(x) from unnest($codes::varchar[]) as t(x)", {"codes": listed}
        ).fetchall()
        assert [wording.FILTERS[kind](code) for code in listed] == [word for (word,) in found], kind
