"""Cells as offices write them: what each form means, and which forms are refused rather than guessed."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.dates import Habits, habits_of, han_number, read_day, read_month
from intake.raw import RawTable
from intake.texts.delimited import read_delimited
from intake.typed import MESSAGES, Typed, type_rows
from intake.values import convert, reader_of
from schemas.columns import Column
from schemas.extracts import LAYOUTS


def _column(kind: str, field: str) -> Column:
    return LAYOUTS[kind].column(field)


STEADY = settings(derandomize=True, max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
STOP = _column("insurance_stop", "stop_date")  # a month alone is its last day
MONTH = _column("insurance_stop", "last_paid_month")
BIRTH = _column("death", "birth_date")
AMOUNT = _column("low_income", "amount")
KIND = _column("insurance_stop", "insurance_kind")
JANUARY = date(2024, 1, 31)


def _said(text: str, column: Column, **how: Any) -> Any:
    """What one cell of a column of such cells says, or the problem."""
    try:
        return reader_of(column, [text], **how)(text)
    except ValueError as problem:
        return str(problem)


def _raw(kind: str, header: str, *rows: str) -> RawTable:
    return read_delimited("\n".join([header, *rows, ""]).encode(), LAYOUTS[kind], {})


def _typed(kind: str, raw: RawTable, **how: Any) -> Typed:
    return type_rows(raw, LAYOUTS[kind], pa.array(range(1, raw.cells.num_rows + 1), pa.int64()), **how)


# Dates.


@pytest.mark.parametrize(
    "text",
    [
        "20240131", "2024-01-31", "2024/1/31", "2024.1.31", "2024.01.31", "2024年1月31日", "2024年1月31号", "2024年1月", "2024年01月份",
        "202401", "202401.0", "2024-01", "2024/01", "2024.01", "2024M01", "24.01", "24.1.31", "24年1月31日", "24年1月", "45322", "45322.0",
        "45322.75", "20240131.0", "2024-01-31 08:30:00", "2024-01-31T08:30:00.000+08:00", "2024-01-31 00:00:00.0", "2024/1/31 0:00",
        "20240131083000", "202401310830", "20240131 08:30", "2024年1月31日 8时30分", "2024/1/31 上午 8:30:00", "2024年1月31日 星期三",
        "二〇二四年一月三十一日", "二零二四年一月", "二○二四年元月卅一日", "２０２４０１３１", "２０２４．１．３１", "2024 年 1 月 31 日", "2024 - 1 - 31",
        "2024。1。31", "\u200e2024/\u200e1/\u200e31", "31-Jan-2024", "31 January 2024", "Jan 31 2024", "January 31, 2024", "JAN. 31, 2024",
        "31-1月 -2024", "1/31/2024", "31/1/2024", "31.01.2024", "1/31/2024 12:00:00 AM", "Wed Jan 31 00:00:00 CST 2024",
    ],
)  # fmt: skip
def test_a_form_of_the_last_day_of_january_is_that_day(text: str) -> None:
    assert _said(text, STOP) == JANUARY


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("01/02/2024", "not_a_date:day_or_month"), ("3-4-2024", "not_a_date:day_or_month"), ("24/1/31", "not_a_date:day_or_month"),
        ("05.06.07", "not_a_date:day_or_month"), ("05.06", "not_a_date:day_or_month"), ("2024.1", "not_a_date:lost_zero"),
        ("20241", "not_a_date:short_number"), ("2024年第一季度", "not_a_date"), ("2024Q1", "not_a_date"), ("2024年", "not_a_date"),
        ("2024.1-3", "not_a_date"), ("202401-202403", "not_a_date"), ("Jan-24", "not_a_date"), ("1.5", "not_a_date"), ("61000", "not_a_date"),
        ("02401", "not_a_date"), ("昨天", "not_a_date"), ("20240231", "no_such_date"), ("2024年13月", "no_such_date"), ("二〇二四年二月三十日", "no_such_date"),
        ("18991231", "date_out_of_range"), ("2200-01-01", "date_out_of_range"),
    ],
)  # fmt: skip
def test_a_form_with_two_readings_or_none_is_refused(text: str, problem: str) -> None:
    assert _said(text, STOP) == problem


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("长期", date(9999, 12, 31)), ("99991231", date(9999, 12, 31)), ("9999-12-31", date(9999, 12, 31)), ("9999-12-31 00:00:00", date(9999, 12, 31)),
        ("9999年12月31日", date(9999, 12, 31)), ("9999-12-31T16:00:00Z", date(9999, 12, 31)), ("2099-12-31", date(2099, 12, 31)),
        ("00000000", None), ("0000-00-00", None), ("0000-00-00 00:00:00", None), ("0", None), ("000000", None), ("1900-01-01", None), ("19000101", None), ("1900-01-00", None),
        ("1900/1/0", None), ("0001-01-01 00:00:00", None), ("1899-12-30", None), ("", None), ("/", None), ("无", None), ("\\N", None),
        ('="20240131"', JANUARY), ("'20240131", JANUARY),
    ],
)  # fmt: skip
def test_words_and_default_days_say_for_ever_or_nothing(text: str, day: date | None) -> None:
    assert _said(text, STOP) == day


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("202401", date(2024, 1, 1)), ("2024-01-31", date(2024, 1, 1)), ("45322", date(2024, 1, 1)), ("2024M1", date(2024, 1, 1)),
        ("二〇二四年十二月", date(2024, 12, 1)), ("长期", date(9999, 12, 1)), ("999912", date(9999, 12, 1)), ("190001", None), ("000000", None),
        ("2024第一季度", "not_a_month"), ("2024.1", "not_a_month:lost_zero"), ("2024-13", "no_such_date"), ("一月", "not_a_month"),
    ],
)  # fmt: skip
def test_a_month_is_its_first_day(text: str, month: date | str | None) -> None:
    assert _said(text, MONTH) == month


@pytest.mark.parametrize("text", ["58.1.3", "58年1月3日", "98-1-31", "24.01"])
def test_a_birth_with_a_year_of_two_digits_is_not_given_a_century(text: str) -> None:
    assert _said(text, BIRTH) == "not_a_date:century"


@pytest.mark.parametrize(("year", "means"), [("13", 2013), ("50", 2050), ("51", 1951), ("99", 1999)])
def test_a_year_of_two_digits_turns_at_fifty(year: str, means: int) -> None:
    assert _said(f"{year}.3.9", STOP) == date(means, 3, 9)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-01-30T16:00:00Z", date(2024, 1, 31)), ("2024-01-30T15:59:59.999Z", date(2024, 1, 30)),
        ("2024-01-30T16:00:00.000+0000", date(2024, 1, 31)), ("2024-01-31 00:00:00+08", date(2024, 1, 31)), ("20240130T160000Z", date(2024, 1, 31)),
        ("2024-01-31T00:30:00+09:00", date(2024, 1, 30)), ("2024-12-31T10:00:00-08:00", date(2025, 1, 1)),
    ],
)  # fmt: skip
def test_a_moment_is_the_day_it_falls_on_in_china(text: str, day: date) -> None:
    assert _said(text, STOP) == day


# What a column says of its numbers.


@pytest.mark.parametrize(
    ("words", "text", "said"),
    [
        pytest.param(["202401", "202412"], "202402", date(2024, 2, 1), id="months"),
        pytest.param(["45322", "25001"], "20241", date(1955, 6, 1), id="day numbers, old ones too"),
        pytest.param(["45322", "45323"], "20241", "not_a_month:short_number", id="day numbers of today"),
        pytest.param(["20242", "20243"], "20241", "not_a_month:short_number", id="months without their zero"),
        pytest.param(["202410", "202411"], "20241", "not_a_month:short_number", id="a month without its zero"),
        pytest.param(["202410", "202411"], "22401", "not_a_month:short_number", id="a month that lost a digit"),
        pytest.param(["202410", "202411"], "45322", date(2024, 1, 1), id="a day number that can be no month"),
        pytest.param(["2024.10", "2024.11"], "2024.1", date(2024, 1, 1), id="zeros are kept"),
        pytest.param(["2024.2", "2024.3"], "2024.1", "not_a_month:lost_zero", id="whether zeros are kept is unknown"),
        pytest.param(["24.01", "24.12"], "24.02", date(2024, 2, 1), id="short months"),
        pytest.param(["24.01", "45.67"], "24.02", "not_a_month:day_or_month", id="amounts, not months"),
    ],
)
def test_a_number_is_read_by_what_stands_in_its_column(words: list[str], text: str, said: date | str) -> None:
    try:
        found: object = reader_of(MONTH, [*words, text])(text)
    except ValueError as problem:
        found = str(problem)
    assert found == said


def test_a_sheet_is_no_proof_that_zeros_are_kept() -> None:
    assert _said("2024.10", MONTH, in_sheet=True) == date(2024, 10, 1)
    with pytest.raises(ValueError, match="lost_zero"):
        reader_of(MONTH, ["2024.10", "2024.1"], in_sheet=True)("2024.1")


@pytest.mark.parametrize(
    ("is_1904", "days"), [(False, ["2024-01-31", "1998-12-31"]), (True, ["2028-02-01", "2003-01-01"])]
)
def test_day_numbers_count_from_1904_where_the_workbook_says_so(is_1904: bool, days: list[str]) -> None:
    raw = _raw("death", "姓名,证件号码,死亡日期", "张三,1,45322", "李四,2,36160")
    typed = _typed("death", replace(raw, sheet="名单", epoch_1904=is_1904))
    assert [str(d) for d in typed.rows["death_date"].to_pylist()] == days


def test_one_strange_number_does_not_quarantine_its_column() -> None:
    raw = _raw(
        "insurance_stop", "姓名,停保日期", *[f"张三,{45000 + n}" for n in range(9)], "李四,20241", "王五,20240131"
    )
    assert [f.row_no for f in _typed("insurance_stop", raw).faults] == [10]


def test_a_row_alone_is_read_as_its_whole_delivery_writes() -> None:
    whole = _raw("insurance_stop", "姓名,停保日期", "张三,22401", "李四,202402", "王五,202403")
    first = replace(whole, cells=whole.cells.slice(0, 1))
    assert _typed("insurance_stop", first).faults == []
    assert [f.check for f in _typed("insurance_stop", first, whole=whole).faults] == ["not_a_date"]


FORMS = ("{0:%Y%m%d}", "{0:%Y-%m-%d}", "{0.year}/{0.month}/{0.day}", "{0.year}.{0.month}.{0.day}", "{0.year}年{0.month}月{0.day}日",
         "{0.year} 年 {0.month} 月 {0.day} 日", "{0:%Y-%m-%d} 23:59:59", "{0:%Y-%m-%dT%H:%M:%S}+08:00", "{0:%d}-{name}-{0:%Y}", "{name} {0.day}, {0.year}",
         "{0:%Y%m%d}235959", "{han}")  # fmt: skip
MONTH_NAMES = "January February March April May June July August September October November December".split()  # noqa: SIM905
HAN = "〇一二三四五六七八九"


def _han(number: int) -> str:
    """
    >>> _han(31), _han(10), _han(12)
    ('三十一', '十', '十二')
    """
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else HAN[tens] + "十") + (HAN[ones] if ones else "")


@STEADY
@given(st.dates(date(1900, 1, 2), date(2199, 12, 31)), st.sampled_from(FORMS), st.booleans())
def test_a_date_written_in_any_form_reads_back(day: date, form: str, wide: bool) -> None:
    han = "".join(HAN[int(d)] for d in str(day.year)) + f"年{_han(day.month)}月{_han(day.day)}日"
    text = form.format(day, name=MONTH_NAMES[day.month - 1], han=han)
    if wide:
        text = text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789-/."})
    assert _said(text, BIRTH) == day


@STEADY
@given(st.lists(st.dates(date(1954, 10, 4), date(2064, 4, 7)), min_size=1, max_size=8), st.sampled_from([0, 1462]))
def test_day_numbers_of_either_system_read_back_or_are_refused(days: list[date], shift: int) -> None:
    words = [str((day - date(1899, 12, 30)).days - shift) for day in days]
    read = reader_of(STOP, words, epoch_1904=bool(shift))
    for word, day in zip(words, days, strict=True):
        try:
            assert read(word) == day
        except ValueError as problem:
            assert str(problem) == "not_a_date:short_number" and 20000 - shift <= int(word) <= 21009


@STEADY
@given(st.lists(st.tuples(st.integers(2000, 2029), st.integers(1, 12)), min_size=1, max_size=8), st.data())
def test_a_month_that_lost_a_digit_becomes_no_date(months: list[tuple[int, int]], data: st.DataObject) -> None:
    words = [f"{year}{month:02d}" for year, month in months]
    place = data.draw(st.integers(0, 5))
    broken = words[0][:place] + words[0][place + 1 :]
    with pytest.raises(ValueError, match=r"not_a_month|date_out_of_range"):
        read_month(broken, MONTH, habits_of([*words, broken]))


@STEADY
@given(st.integers(1, 12), st.integers(1, 12), st.integers(1990, 2030), st.sampled_from("-/."))
def test_day_and_month_before_the_year_are_read_only_where_their_order_does_not_matter(
    first: int, second: int, year: int, sign: str
) -> None:
    said = _said(f"{first}{sign}{second}{sign}{year}", STOP)
    assert said == (date(year, first, first) if first == second else "not_a_date:day_or_month")


@given(st.integers(1, 99))
def test_a_han_number_reads_back(number: int) -> None:
    assert han_number(_han(number)) == number


def test_one_cell_alone_may_be_the_first_day_of_1900() -> None:
    assert read_day("19000101", STOP, Habits()) == date(1900, 1, 1)


# Money and counts.


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1234.5", "1234.50"), ("1,234.5", "1234.50"), ("1，234.50", "1234.50"), ("１２３４．５", "1234.50"), ("¥1,234.50", "1234.50"), ("￥1234.5元", "1234.50"),
        ("人民币 1234.5 元", "1234.50"), ("1 234.5", "1234.50"), ("1.2万元", "12000.00"), ("1.2万", "12000.00"), ("1.2E+03", "1200.00"), ("12.005", "12.01"),
        ('="1,234.5"', "1234.50"), ("0", "0.00"), ("+5", "5.00"), ("(1,234.50)", "-1234.50"), ("（5）", "-5.00"), ("-5", "-5.00"), ("−5", "-5.00"), ("5-", "-5.00"),
        ("1.234,5", "not_a_number"), ("12,34", "not_a_number"), ("1,2345", "not_a_number"), ("1.23E-04", "not_a_number"), ("1e999", "not_a_number"),
        ("$5", "not_a_number"), ("5元/月", "not_a_number"), ("1.2亿元", "not_a_number"), ("约5元", "not_a_number"), ("1000000000000000", "number_out_of_range"),
        ("9e15", "number_out_of_range"), ("999999999999万元", "number_out_of_range"),
    ],
)  # fmt: skip
def test_an_amount(text: str, said: str) -> None:
    found = _said(text, AMOUNT)
    assert str(found) == said


@pytest.mark.parametrize("text", ["-5", "(5)", "5-"])
def test_a_negative_amount_is_quarantined(text: str) -> None:
    raw = _raw(
        "low_income",
        "姓名,低保证号,救助类别,起始保障年月,月保障金",
        "张三,1,城市低保,202401," + text.replace("(5)", "（5）"),
    )
    assert [f.check for f in _typed("low_income", raw).faults] == ["negative"]


@pytest.mark.parametrize(
    ("kind", "field", "text", "said"),
    [
        ("unemployment_benefit", "months_left", "12", 12), ("unemployment_benefit", "months_left", "12.0", 12), ("unemployment_benefit", "months_left", "十二", 12),
        ("unemployment_benefit", "months_left", "3 个月", 3), ("unemployment_benefit", "months_left", "12月", 12), ("unemployment_benefit", "months_left", "十二个月", 12),
        ("unemployment_benefit", "months_left", "3人", "not_a_number"), ("unemployment_benefit", "months_left", "3年", "not_a_number"),
        ("unemployment_benefit", "months_left", "1.5", "not_an_integer"), ("unemployment_benefit", "months_left", "1,200", 1200),
        ("vacancy", "headcount", "3人", 3), ("vacancy", "headcount", "两名", 2), ("vacancy", "headcount", "3个月", "not_a_number"), ("vacancy", "max_age", "45周岁", 45),
        ("income", "year", "2024年", 2024), ("income", "year", "2024年度", 2024), ("hardship_recognition", "spell", "2次", 2),
    ],
)  # fmt: skip
def test_a_count_may_carry_the_unit_of_its_column(kind: str, field: str, text: str, said: object) -> None:
    assert _said(text, _column(kind, field)) == said


@STEADY
@given(st.decimals(0, 10**12, places=2))
def test_an_amount_with_commas_reads_back(amount: Decimal) -> None:
    assert _said(f"{amount:,}", AMOUNT) == amount


# Yes and no.


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *((word, True) for word in ("是", "有", "Y", "yes", "TRUE", "T", "1", "1.0", "１", "√", "✓", "✔", "已", "同意", "愿意", "具备", "能", "是。", "有劳动能力")),
        *((word, False) for word in ("否", "无", "没有", "N", "No", "false", "0", "0.0", "×", "✗", "未", "不同意", "不愿意", "不具备", "不能", "无劳动能力")),
        *((word, "not_yes_or_no") for word in ("2", "-1", "10", "X", "不详", "待定", "是否", "劳动")),
        ("", None), ("/", None),
    ],
)  # fmt: skip
def test_a_word_for_yes_or_no(text: str, said: object) -> None:
    assert _said(text, _column("unemployment_registration", "able")) == said


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("employed", "已就业", True), ("employed", "未就业", False), ("employed", "就业", True), ("no_income_household", "是", True),
        ("no_income_household", "无", "not_yes_or_no"), ("no_income_household", "有", "not_yes_or_no"),
    ],
)  # fmt: skip
def test_a_word_with_the_header_in_it(field: str, text: str, said: object) -> None:
    assert _said(text, _column("household_visit", field)) == said


def test_a_withdrawal_may_be_named() -> None:
    flag = _column("insurance_stop", "withdrawn")
    assert [_said(word, flag) for word in ("撤销", "已撤销", "未撤销")] == [True, True, False]


# Codes.


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("失业", "失业"), ("失业保险", "失业"), ("（失业）", "失业"), ("210", "失业"), ("２１０", "失业"), ("210.0", "失业"), ('="210"', "失业"),
        ("2.10", "2.10"), ("-210", "-210"), ("99", "99"), ("其他险", "其他险"), ("", None),
    ],
)  # fmt: skip
def test_a_code_is_of_the_list_or_as_delivered(text: str, said: str | None) -> None:
    assert _said(text, KIND) == said


def test_the_offices_own_list_wins_over_the_declared_words() -> None:
    raw = _raw(
        "insurance_stop",
        "姓名,险种,停保原因,停保日期",
        "张三,210,05,20240131",
        "李四,失业,退休,20240131",
        "王五,11,06,20240131",
    )
    codes = {"stop_reason": {"05": "退休"}, "insurance_kind": {"210": "医疗", "11": "养老"}}
    typed = _typed("insurance_stop", raw, codes=codes)
    assert typed.rows["insurance_kind"].to_pylist() == ["医疗", "失业", "养老"]
    assert typed.rows["stop_reason"].to_pylist() == ["退休", "退休", "06"]
    assert typed.unknown_codes == {"停保原因": 1} and typed.unknown_words == {"停保原因": ("06",)}


def test_the_same_number_means_what_each_office_says() -> None:
    raw = _raw("marriage", "姓名,婚姻状况,登记日期", "张三,1,20240131", "李四,2,20240131")
    plain = _typed("marriage", raw)
    assert plain.rows["status"].to_pylist() == ["1", "2"] and plain.unknown_codes == {"婚姻状况": 2}
    for words in ({"1": "已婚", "2": "未婚"}, {"1": "未婚", "2": "已婚"}):
        typed = _typed("marriage", raw, codes={"status": words})
        assert typed.rows["status"].to_pylist() == list(words.values()) and typed.unknown_words == {}


def test_unknown_codes_are_shown_commonest_first_and_never_a_name_or_a_number_of_a_person() -> None:
    words = ["121", "121", "122", "张三", "440101197503", "一句长得不可能是一个代码的话，因为它说了太多太多的事情"]
    raw = _raw("insurance_stop", "姓名,停保原因,停保日期", *[f"张三,{w},20240131" for w in words])
    typed = _typed("insurance_stop", raw)
    assert typed.unknown_codes == {"停保原因": 6}
    assert typed.unknown_words == {"停保原因": ("121", "122")}


def test_no_more_than_twenty_unknown_codes_are_shown() -> None:
    raw = _raw("insurance_stop", "姓名,停保原因,停保日期", *[f"张三,{n},20240131" for n in range(100, 150)])
    typed = _typed("insurance_stop", raw)
    assert typed.unknown_codes == {"停保原因": 50} and len(typed.unknown_words["停保原因"]) == 20


def test_words_of_free_text_are_never_shown() -> None:
    raw = _raw("death", "姓名,死亡日期,数据来源", "张三,20240131,某处听说")
    assert _typed("death", raw).unknown_words == {}


def _many() -> Column:
    wish = replace(KIND, field="wish", header="就业意愿", codes=("就业", "培训", "创业"), words={"找工作": "就业"})
    object.__setattr__(wish, "many", True)
    return wish


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("培训", "培训"), ("培训、就业", "就业、培训"), ("培训;就业", "就业、培训"), ("培训；找工作", "就业、培训"), ("创业,就业，培训", "就业、培训、创业"),
        ("就业/就业 找工作", "就业"), ("就业、养花", "就业、养花"), ("养花、就业、种草", "就业、养花、种草"), ("、就业、", "就业"), ("", None), ("、", "、"),
    ],
)  # fmt: skip
def test_several_wishes_of_one_cell_stand_in_the_lists_order(text: str, said: str | None) -> None:
    assert _said(text, _many()) == said


# The messages, and what else is told.


def test_every_problem_has_its_sentence() -> None:
    problems = {p.replace("not_a_date", "not_a_month") for p in MESSAGES if p.startswith("not_a_date")}
    assert problems <= set(MESSAGES)
    assert all(said.endswith("。") and "请" in said for said in MESSAGES.values())


def test_a_date_with_two_readings_is_quarantined_as_no_date_with_the_reason() -> None:
    (fault,) = _typed("death", _raw("death", "姓名,死亡日期", "张三,01/02/2024")).faults
    assert (fault.check, fault.value_kind) == ("not_a_date", "mixed")
    assert "先后" in fault.message and "01" not in fault.message.replace("2024-01-31", "")


def test_a_birth_date_that_cannot_be_read_is_left_out_and_counted() -> None:
    typed = _typed("death", _raw("death", "姓名,出生日期,死亡日期", "张三,58.1.3,20240131", "李四,19580103,20240131"))
    assert typed.unread == {"出生日期": 1} and typed.faults == []
    assert typed.rows["birth_date"].to_pylist() == [None, date(1958, 1, 3)]


def test_rows_with_a_lost_character_are_kept_and_counted() -> None:
    typed = _typed(
        "death", _raw("death", "姓名,死亡日期,地址", "张\ufffd,20240131,某村", "李四,20240131,（某）\ufffd村")
    )
    assert typed.garbled == {"姓名": 1, "地址": 1} and typed.rows.num_rows == 2


@pytest.mark.parametrize(
    "number", ['="440101197503150011"', "'440101197503150011", '"=""440101197503150011"""', "440101197503150011\t"]
)
def test_what_guards_a_number_from_excel_is_taken_off(number: str) -> None:
    typed = _typed("death", _raw("death", "姓名,证件号码,死亡日期", f"张三,{number},20240131"))
    assert typed.rows["id_number"].to_pylist() == ["440101197503150011"]


@STEADY
@given(
    st.lists(
        st.sampled_from(["", "-", "无", "'1", '="1"', "'", '=""', "张三", "x" * 51, " 1 "]), min_size=1, max_size=9
    )
)
def test_a_text_column_reads_the_same_cell_by_cell_and_all_at_once(cells: list[str]) -> None:
    raw = _raw("death", "姓名\t证件号码\t死亡日期\t地址", *[f"张三\t{c}\t20240131\t{c}" for c in cells])
    typed = _typed("death", raw)
    for field in ("id_number", "address"):
        column = _column("death", field)
        assert typed.rows[field].to_pylist() == [convert(c.strip(), column) for c in cells]


@STEADY
@given(
    st.lists(
        st.tuples(st.text(max_size=9), st.text(st.sampled_from('"\\\n\t\x01\x7fé甲'), max_size=5)),
        min_size=1,
        max_size=6,
    )
)
def test_unbound_cells_are_kept_as_json(cells: list[tuple[str, str]]) -> None:
    raw = _raw("death", '姓名,死亡日期,b"序,a甲', *["张三,20240131,1,2"] * len(cells))
    b, a = (pa.chunked_array([pa.array(column, pa.string())]) for column in zip(*cells, strict=True))
    raw = replace(raw, cells=raw.cells.set_column(2, "c2", b).set_column(3, "c3", a))
    expected = [json.dumps({"a甲": y, 'b"序': x}, ensure_ascii=False, sort_keys=True) for x, y in cells]
    assert _typed("death", raw).rows["extra"].to_pylist() == expected


@pytest.mark.parametrize("count", [1, 3, 1500])
def test_bad_rows_are_left_out_and_the_others_stay_in_order(count: int) -> None:
    rows = [f"张三,{'20240131' if n % 2 or n >= 2 * count else '昨天'}" for n in range(2 * count + 1)]
    typed = _typed("death", _raw("death", "姓名,死亡日期", *rows))
    assert [f.row_no for f in typed.faults] == list(range(1, 2 * count, 2))
    assert typed.rows["row_no"].to_pylist() == [*range(2, 2 * count + 1, 2), 2 * count + 1]


def test_a_default_day_is_no_day_in_a_column() -> None:
    typed = _typed("death", _raw("death", "姓名,出生日期,死亡日期", "张三,1900-01-01,20240131", "李四,,1900-01-01"))
    assert typed.rows["birth_date"].to_pylist() == [None]
    assert [f.check for f in typed.faults] == ["required"]


def test_days_between_the_two_systems() -> None:
    assert date(1904, 1, 1) - date(1899, 12, 30) == timedelta(days=1462)
