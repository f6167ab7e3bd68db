"""运行报告.html: whole in itself, the same bytes from the same figures, and nothing about anybody."""

import re
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from flows.trust.privacy import scan_text
from reports.night import Profile, build_workbooks
from reports.run_page import MOST_NIGHTS, NAME, periods
from reports.svg import Ray, bars, columns, lines
from tests.test_workbooks import NAMES, NIGHT, NUMBER, NUMBER_X, empty_town, town

MONDAY = date(2024, 6, 3)


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    root = tmp_path_factory.mktemp("page")
    build_workbooks(town(), NIGHT, root, Profile())
    return (root / NAME).read_text(encoding="utf-8")


class Balance(HTMLParser):
    """Every element that is opened is closed, in order."""

    VOID = ("meta",)

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Closed where it is opened."""

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)


def test_the_page_is_whole_and_needs_nothing_from_elsewhere(text: str) -> None:
    page = Balance()
    page.feed(text)
    assert (page.open, page.faults) == ([], [])
    assert not re.search(
        r"(?i)<script|<link|<img|<iframe|<object|https?:|url\(|@import|\ssrc=|\shref=|javascript:|\son\w+=", text
    )
    assert text.count("<svg") >= 6 and text.count("<svg") == text.count('role="img"')


def test_nothing_about_anybody_stands_on_it(text: str) -> None:
    assert list(scan_text(text, frozenset(NAMES))) == []
    assert not any(value in text for value in (NUMBER, NUMBER_X, NUMBER[:6] + "*"))
    assert ".csv" not in text and ".xlsx" not in text  # an office may name a file after somebody


def test_its_figures_are_those_of_the_night(text: str) -> None:
    con = town()
    rows, entries = (con.execute(f"select {what}").fetchall()[0][0] for what in ("sum(rows) from delivery", "count(*) from ledger_entry"))  # fmt: skip
    assert f"读到行数<b>{rows:,}</b>" in text and f"台账分录<b>{entries:,}</b>" in text
    assert NIGHT.title.split("　")[0] in text and all(banner in text for banner in NIGHT.banners)


def test_the_same_figures_are_the_same_bytes(text: str, tmp_path: Path) -> None:
    build_workbooks(town(), NIGHT, tmp_path, Profile())
    assert (tmp_path / NAME).read_text(encoding="utf-8") == text


def test_a_quiet_first_night_has_a_page_too(tmp_path: Path) -> None:
    build_workbooks(empty_town(), NIGHT, tmp_path, Profile())
    text = (tmp_path / NAME).read_text(encoding="utf-8")
    assert "今夜没有" in text and "今夜无变化" in text and "nan" not in text


def test_english_by_setting(tmp_path: Path) -> None:
    build_workbooks(town(), NIGHT, tmp_path, Profile(language="en"))
    text = (tmp_path / NAME).read_text(encoding="utf-8")
    assert '<html lang="en">' in text and "<h1>Run report</h1>" in text and "Ledger entries tonight" in text


def night(n: int, **figures: int) -> tuple[Any, ...]:
    told = {"added": 1, "reemployed": 2, "decided": 3, "asked": 4, "open_after": n, "rows": 10, "quarantined": 1, "standing_rows": 5, "valid_numbers": 4}  # fmt: skip
    return (MONDAY + timedelta(days=n), *(told | figures).values())


def test_few_nights_are_shown_as_they_were() -> None:
    nights = [night(n) for n in range(MOST_NIGHTS)]
    assert periods(nights) == [(n[0], n[1:]) for n in nights]


def test_many_nights_are_weeks_whose_counts_add_up() -> None:
    nights = [night(n) for n in range(MOST_NIGHTS + 1)]
    weeks = periods(nights)
    assert [day for day, _ in weeks] == [MONDAY, MONDAY + timedelta(days=7), MONDAY + timedelta(days=14)]
    assert [row[0] for _, row in weeks] == [7, 7, 1]
    assert [row[4] for _, row in weeks] == [6, 13, 14]  # what stood open as the week ended


def test_half_a_year_of_weeks_at_most() -> None:
    assert len(periods([night(n) for n in range(400)])) == 26


def widths(drawn: str) -> list[float]:
    return [float(w) for w in re.findall(r'<rect x="[\d.]+" y="\d+" width="([\d.]+)" height="14"', drawn)]


def test_bars_are_as_long_as_their_figures() -> None:
    first, second = widths(bars("t", ["a", "b"], [Ray("n", "#000", (10, 5))]))
    assert first == pytest.approx(2 * second, abs=0.2)
    shares = widths(bars("t", ["a", "b"], [Ray("n", "#000", (1, 30)), Ray("m", "#111", (3, 10))], is_share=True))
    assert shares[0] + shares[1] == pytest.approx(shares[2] + shares[3], abs=0.2)


def test_what_is_drawn_is_text_and_no_markup() -> None:
    for draw in (bars, columns, lines):
        drawn = draw('a"<b>&', ["<i>"], [Ray("<u>", "#000", (1.0,))])
        assert "<b>" not in drawn and "<i>" not in drawn and "<u>" not in drawn and "&lt;u&gt;" in drawn


def test_a_line_breaks_where_nothing_is_known() -> None:
    assert lines("t", ["a", "b", "c"], [Ray("n", "#000", (1.0, None, 3.0))]).count('stroke-width="2"') == 0
