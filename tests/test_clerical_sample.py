"""The monthly sample of the machine's links: drawn the same all month, and how many of the answered ones were right. All
people are invented."""

import hashlib
import re
import time
from pathlib import Path

import openpyxl
import pytest

from tests.console_room import Browser, Room
from tests.nightshift import Night, Someone, Town, benefit, stop

DAYS = ("2024-06-20", "2024-06-21", "2024-07-02", "2024-08-01")
PLACE = {"镇街": "东区街道", "电话": "13800000001"}


class Played:
    """Two people, each with a row that only name, birth date, sex and place tie to them."""

    def __init__(self, root: Path) -> None:
        self.town = town = Town.found(root / "ws", "zhongshan", books=True)
        for n in range(2):
            who: Someone = town.tell(town.person(f"1970-03-{n + 5:02d}", "女"), stop("2024-03", **PLACE))
            vague = {"证件号码": "", "性别": "女", "出生日期": f"1970-03-{n + 5:02d}"} | PLACE
            town.tell(who, benefit("202405", "202412", **vague))
        self.nights = [town.night(DAYS[0])]
        self.say()
        self.nights += [town.night(day) for day in DAYS[1:]]

        self.auditor = Room(town.workspace).browser("auditor")

    def say(self) -> None:
        linked = [m for m in self.nights[0].rows("match_log") if m["rule"] == "name_birth_sex"]
        self.town.deliver("核查结果", DAYS[1], "增量", [
            {"台账流水号": f"{m['delivery_id']}:{m['row_no']}", "核查结论": verdict, "核查人": "张三", "审核环节": "审核", "核查日期": DAYS[1]}
            for m, verdict in zip(linked, ("同一人", "非同一人"), strict=True)
        ])  # fmt: skip


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return Played(tmp_path_factory.mktemp("sample"))


def cover(night: Night) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(night.folder / "workbooks" / "比对日志.xlsx")
    rows = [tuple(v for v in row if v is not None) for row in book["封面"].iter_rows(values_only=True)]
    return [row for row in rows if row and str(row[0]).startswith("2024-")]


def sampled(night: Night) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(night.folder / "workbooks" / "比对日志.xlsx")["月度抽样"]
    head, *rows = list(sheet.iter_rows(values_only=True))
    return [
        tuple(r[head.index(c)] for c in ("月份", "台账流水号", "核对结果"))
        for r in rows
        if str(r[0]).startswith("2024-")
    ]


def test_before_anybody_answers_there_is_no_precision(played: Played) -> None:
    assert cover(played.nights[0]) == [("2024-06", "姓名、出生日期、性别一致", 2, 2, 0, 0, "—", "—")]
    assert [verdict for *_, verdict in sampled(played.nights[0])] == [None, None]


def test_answers_count_with_their_interval(played: Played) -> None:
    """One of two: by Wilson between 9.5 and 90.5 of a hundred."""
    assert cover(played.nights[1]) == [("2024-06", "姓名、出生日期、性别一致", 2, 2, 2, 1, "50.0%", "9.5% – 90.5%")]
    assert sorted(str(v) for *_, v in sampled(played.nights[1])) == ["同一人", "非同一人"]


def test_the_draw_stays_the_same_and_last_months_is_shown_until_this_month_ends(played: Played) -> None:
    first, second, july, august = (sampled(night) for night in played.nights)
    assert [row[:2] for row in first] == [row[:2] for row in second] == [row[:2] for row in july]
    assert cover(played.nights[2]) == cover(played.nights[1]) and cover(played.nights[3]) == august == []


def test_the_console_shows_the_same_sample_and_anybody_can_draw_it_again(played: Played) -> None:
    assert "<code>" not in played.auditor.get("/audit/sample?month=2024-06").text
    page = drawn_anew(played.auditor, "2024-06")
    logged = [m for m in played.nights[0].rows("match_log") if m["rule"] == "name_birth_sex"]
    drawn = sorted(hashlib.md5(f"{m['record_id']}2024-06".encode()).hexdigest() for m in logged)
    assert re.findall(r"<code>([0-9a-f]{10})</code>", page) == [d[:10] for d in drawn]
    assert all(f"/row/{m['delivery_id']}/{m['row_no']}" in page for m in logged)
    assert "50.0%" in page and "9.5% – 90.5%" in page and ">非同一人<" in page
    assert "<code>" not in drawn_anew(played.auditor, "2024-08")
    assert played.auditor.get("/audit/sample?month=2024-06").text == page
    assert played.auditor.post("/audit/sample", {"month": "2019-01"}).status_code == 404


def drawn_anew(auditor: Browser, month: str) -> str:
    """The page once a month's sample is drawn: a process of its own does it."""
    assert auditor.post("/audit/sample", {"month": month}).headers["location"] == f"/audit/sample?month={month}"
    page = auditor.get(f"/audit/sample?month={month}")
    until = time.monotonic() + 60
    while "refresh" in page.headers and time.monotonic() < until:
        time.sleep(0.2)
        page = auditor.get(f"/audit/sample?month={month}")
    return page.text
