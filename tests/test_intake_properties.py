"""What holds for any file: no byte guessed, no row lost, two ways of reading the same."""

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from intake.bind import find_header, fold_header
from intake.books.spreadsheet import read_tables
from intake.books.spreadsheet_child import cell_text as _text
from intake.raw import trim
from intake.receive import Incoming, read_inbox
from intake.texts.decode import decode
from intake.texts.delimited import _fast, _slow, read_delimited
from intake.typed import type_rows
from intake.values import convert, value_kind
from schemas.columns import Column
from schemas.errors import DeliveryRefused
from schemas.extracts import LAYOUTS
from tests.rough_files import DEATH, deaths, xlsx

STEADY = settings(derandomize=True, max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LAYOUT = LAYOUTS["death"]
DELIMITERS = (",", "\t", "|")
MARKS = {"utf-8": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
writable = st.characters(exclude_categories=["Cs"], exclude_characters="\x00\x1a\ufeff")
words = st.text(writable, max_size=60)
han = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=4)
cell = st.one_of(
    st.sampled_from(
        ["", " ", '"', '""', "a\nb", "a,b", "a|b", "a\tb", "'", "=1+1", "20240601", "\u2028", "\x85", "\ufeff", "𬭎"]
    ),
    han,
    st.text(writable.filter(lambda c: c not in "\r"), max_size=8),
)
tables = st.integers(2, 5).flatmap(lambda w: st.lists(st.lists(cell, min_size=w, max_size=w), min_size=1, max_size=8))


def written(rows: list[list[str]], delimiter: str, quoting: int = csv.QUOTE_MINIMAL, end: str = "\n") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
    writer.writerows(rows)
    return out.getvalue()


def rows_of(table: pa.Table) -> list[list[str]]:
    return [list(row.values()) for row in table.to_pylist()]


# Bytes to text.


@STEADY
@given(words)
def test_utf8_comes_back_as_it_went(text: str) -> None:
    assert decode(text.encode())[0].decode() == text


@STEADY
@given(words, st.sampled_from(sorted(MARKS)))
def test_a_marked_file_comes_back_as_it_went(text: str, codec: str) -> None:
    data, label = decode(MARKS[codec] + text.encode(codec))
    assert data.decode() == text
    assert label == ("utf-8-bom" if codec == "utf-8" else codec)


@STEADY
@given(words)
def test_gb18030_comes_back_as_it_went_unless_its_bytes_are_utf8_too(text: str) -> None:
    data = text.encode("gb18030")
    got, label = decode(data)
    if label == "gb18030":
        assert got.decode() == text
    else:
        assert label == "utf-8" and got == data


@STEADY
@given(
    st.lists(
        st.tuples(han, st.integers(10**17, 10**18 - 1), st.dates(date(1950, 1, 1), date(2024, 1, 1))),
        min_size=1,
        max_size=20,
    )
)
def test_a_real_list_in_gb18030_is_never_taken_for_utf8(rows: list[tuple[str, int, date]]) -> None:
    text = "".join(f"{n},{i},{d}\n" for n, i, d in [("姓名", "证件号码", "死亡日期"), *rows])
    assert decode(text.encode("gb18030")) == (text.encode(), "gb18030")


@STEADY
@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_whole_or_refused_with_a_place(data: bytes) -> None:
    try:
        text, label = decode(data)
    except DeliveryRefused as refused:
        assert refused.code in ("nul_byte", "truncated", "undecodable") and "字节" in refused.reason
    else:
        codec = {"utf-8-bom": "utf-8-sig", "utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be"}.get(label, label)
        again = text.decode().encode(codec)
        assert data.rstrip(b"\x1a") in (again, MARKS.get(label, b"") + again) or data.endswith(b"\x1a\x00")


@STEADY
@given(st.text(writable, min_size=3, max_size=60), st.data())
def test_a_byte_that_utf8_and_gb18030_lack_is_named_by_its_offset(text: str, data: st.DataObject) -> None:
    whole = ("姓名，" + text + "，完").encode()
    place = data.draw(st.integers(9, len(whole) - 6))
    with pytest.raises(DeliveryRefused) as refused:
        decode(b"\xef\xbb\xbf" + whole[:place] + b"\xff" + whole[place:])
    said = int(refused.value.reason.split("第 ")[1].split(" ")[0])
    assert place + 4 - 3 <= said <= place + 4  # a character begun before it is named by its first byte


@pytest.mark.parametrize("codec", ["gb18030", "utf-16-le", "utf-8-sig"])
def test_a_nul_byte_is_named_by_its_place_in_the_delivered_file(codec: str) -> None:
    data = ("\ufeff" if codec == "utf-16-le" else "").encode(codec) + "姓名\n张三\x00\n".encode(codec)
    place = data.index("\x00\n".encode("utf-16-le" if codec == "utf-16-le" else "ascii"))
    with pytest.raises(DeliveryRefused, match=f"第 {place + 1} 字节"):
        decode(data)


# Text to cells.


@STEADY
@given(
    tables,
    st.sampled_from(DELIMITERS),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
)
@example([["", ""], ["a", "b"]], ",", csv.QUOTE_MINIMAL, "\n")
@example([['"', "a\nb"], ["\u2028", "\x0b"]], "|", csv.QUOTE_MINIMAL, "\r\n")
def test_the_fast_way_of_reading_gives_what_the_slow_one_gives(
    rows: list[list[str]], delimiter: str, quoting: int, end: str
) -> None:
    width = len(rows[0])
    text = written([[f"h{i}" for i in range(width)], *rows], delimiter, quoting, end)
    fast = _fast(text.encode(), delimiter, 0, width)
    slow, widths = _slow(text, delimiter, 0, width)
    assert rows_of(slow) == rows and widths.to_pylist() == [width] * len(rows)
    if fast is not None:
        assert rows_of(fast) == rows


@STEADY
@given(tables, st.sampled_from(DELIMITERS))
def test_the_fast_way_is_taken_for_every_plain_table(rows: list[list[str]], delimiter: str) -> None:
    plain = [["".join(c for c in text if c.isalnum()) + "x" for text in row] for row in rows]
    text = written([[f"h{i}" for i in range(len(rows[0]))], *plain], delimiter)
    assert _fast(text.encode(), delimiter, 0, len(rows[0])) is not None


RAGGED = st.lists(
    st.lists(st.one_of(han, st.sampled_from(["", "x", "20240601", "20240231"])), min_size=1, max_size=5), max_size=12
)


@STEADY
@given(RAGGED, st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(["utf-8", "gb18030"]))
def test_every_row_under_a_valid_header_is_taken_in_or_quarantined(rows: list[list[str]], end: str, codec: str) -> None:
    rows = [*deaths(1), *rows]
    text = written([list(DEATH), *rows], ",", csv.QUOTE_MINIMAL, end)
    raw = read_delimited(text.encode(codec), LAYOUT, {})
    typed = type_rows(raw, LAYOUT, pa.array(range(1, raw.cells.num_rows + 1), pa.int64()))
    said = [row for row in rows if any(c.strip() for c in row)]
    assert raw.cells.num_rows == len(said)
    assert typed.rows.num_rows + len(typed.faults) == len(said)
    assert sorted([*typed.rows["row_no"].to_pylist(), *(f.row_no for f in typed.faults)]) == list(
        range(1, len(said) + 1)
    )


@STEADY
@given(st.text(st.sampled_from(list("姓名张三证件号码0123456789,|\t\"\n\r '=-甲乙")), max_size=120))
def test_any_text_under_a_valid_header_is_refused_or_every_line_accounted_for(body: str) -> None:
    body = "李四,1,20240601\n" + body
    text = "姓名,证件号码,死亡日期\n" + body
    try:
        raw = read_delimited(text.encode(), LAYOUT, {})
    except DeliveryRefused as refused:
        assert refused.code in ("broken_quotes", "truncated", "row_count")
        return
    kept = sum(any(c.strip() for c in row) for row in csv.reader(io.StringIO(body, newline="")))
    headers = sum([c.strip() for c in row][:3] == list(DEATH) for row in csv.reader(io.StringIO(body, newline="")))
    assert kept - headers <= raw.cells.num_rows <= kept


@pytest.mark.parametrize(
    "body",
    [",,\n", "合计：0人,,\n", "姓名,证件号码,死亡日期\n", "制表人：某某\n"],
    ids=["blank", "total", "header", "signature"],
)
def test_a_list_without_a_single_person_is_read_as_no_rows(body: str) -> None:
    assert read_delimited(("姓名,证件号码,死亡日期\n" + body).encode(), LAYOUT, {}).cells.num_rows == 0


@pytest.mark.parametrize(
    "body",
    ['张三,1,"20240601"x\n', '"张三,1,20240601\n"李四,2,20240601\n'],
    ids=["text after a closing quote", "two open quotes"],
)
def test_what_the_slow_way_refuses_the_fast_way_does_not_take(body: str) -> None:
    text = "姓名,证件号码,死亡日期\n" + body
    with pytest.raises(DeliveryRefused):
        _slow(text, ",", 0, 3)
    assert _fast(text.encode(), ",", 0, 3) is None


@pytest.mark.parametrize("delimiter", DELIMITERS, ids=["comma", "tab", "bar"])
def test_the_delimiter_is_the_one_that_binds_the_header(delimiter: str) -> None:
    rows = [["某市，名单|一,二\t三"], list(DEATH), *deaths(1, 2)]
    raw = read_delimited(written(rows, delimiter).encode(), LAYOUT, {})
    assert [r[:3] for r in rows_of(raw.cells)] == deaths(1, 2)


# Headers.


@STEADY
@given(st.permutations([*DEATH, "性别", "备考"]))
def test_columns_are_found_by_name_in_any_order(header: list[str]) -> None:
    place, binding = find_header([["某市名单"], header], LAYOUT, {})
    assert place == 1
    assert {f: header[i] for f, i in binding.fields.items()} == {
        "name": "姓名", "id_number": "证件号码", "death_date": "死亡日期", "sex": "性别",
    }  # fmt: skip
    assert list(binding.extra.values()) == ["备考"]


@STEADY
@given(st.text(max_size=20))
def test_folding_a_header_twice_changes_nothing(text: str) -> None:
    assert fold_header(fold_header(text)) == fold_header(text)


# Cells to values.


def _column(kind: str, field: str) -> Column:
    return LAYOUTS[kind].column(field)


DAY = _column("death", "death_date")
FORMS = ("{0:%Y%m%d}", "{0:%Y-%m-%d}", "{0.year}/{0.month}/{0.day}", "{0.year}.{0.month}.{0.day}", "{0.year}年{0.month}月{0.day}日",
         "{0:%Y-%m-%d} 00:00:00", "{0:%Y-%m-%d}T08:30:00", "{0:%Y%m%d}235959")  # fmt: skip
FULL_WIDTH = str.maketrans("0123456789-/.", "０１２３４５６７８９－／．")


@STEADY
@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from(FORMS), st.booleans())
def test_a_date_in_any_known_form_is_that_day(day: date, form: str, wide: bool) -> None:
    text = form.format(day)
    assert convert(text.translate(FULL_WIDTH) if wide else text, DAY) == day


@STEADY
@given(st.dates(date(1954, 10, 4), date(2064, 4, 7)))
def test_an_excel_day_number_is_that_day(day: date) -> None:
    assert convert(str((day - date(1899, 12, 30)).days), DAY) == day


@STEADY
@given(st.integers(1900, 2199), st.integers(1, 12))
def test_a_month_is_its_last_day_only_where_the_column_says_so(year: int, month: int) -> None:
    stop = _column("insurance_stop", "stop_date")
    found = convert(f"{year}{month:02d}", stop)
    assert (found.year, found.month) == (year, month) and (found + timedelta(days=1)).day == 1
    assert convert(f"{year}年{month}月", _column("pension", "start_date")).day == 1
    with pytest.raises(ValueError, match="day_missing"):
        convert(f"{year}-{month:02d}", DAY)


@STEADY
@given(st.integers(0, 99999999))
def test_eight_digits_are_a_real_day_or_a_stated_problem(number: int) -> None:
    text = f"{number:08d}"
    try:
        found = convert(text, DAY)
    except ValueError as problem:
        assert str(problem) in ("no_such_date", "date_out_of_range")
    else:
        assert found is None or found.strftime("%Y%m%d").rjust(8, "0") == text


@STEADY
@given(
    st.one_of(words, st.text(st.sampled_from("0123456789eE+-.,_ 年月日/"), max_size=14)),
    st.sampled_from(sorted(LAYOUTS)),
    st.data(),
)
def test_any_text_in_any_column_is_a_value_or_a_stated_problem(text: str, kind: str, data: st.DataObject) -> None:
    column = data.draw(st.sampled_from(LAYOUTS[kind].columns))
    try:
        convert(text.strip(), column)
    except ValueError as problem:
        assert str(problem).isascii() and " " not in str(problem)


@STEADY
@given(words)
def test_the_kind_of_a_value_never_says_the_value(text: str) -> None:
    assert value_kind(text) in ("empty", "digits", "han", "letters", "mixed", "long")


# Workbooks.


@settings(STEADY, max_examples=25)
@given(
    st.lists(
        st.tuples(
            han, st.sampled_from(["", "x", "=1", "+2", "@3", "-4", "'5"]), st.dates(date(1990, 1, 1), date(2024, 1, 1))
        ),
        min_size=1,
        max_size=5,
    )
)
def test_a_workbook_gives_back_the_text_of_its_cells(rows: list[tuple[str, str, date]]) -> None:
    cells = [[n, t if not t.startswith("=") else f" {t}", d] for n, t, d in rows]
    (raw,) = read_tables(xlsx([DEATH, *cells]), LAYOUT, {}, [])
    assert rows_of(raw.cells) == [[n, t, d.isoformat()] for n, t, d in rows]


@STEADY
@given(st.integers(10**14, 10**15 - 1))
def test_a_number_that_excel_cut_to_fifteen_digits_keeps_them(number: int) -> None:
    text = _text(float(number * 1000))
    assert text.endswith("e+17") and text.replace(".", "")[:15] == str(number)


def test_a_number_written_by_a_script_keeps_its_birth_date() -> None:
    assert _text(float(150102198507099678)).replace(".", "")[:14] == "15010219850709"


# The inbox.


@STEADY
@given(st.sampled_from(sorted(LAYOUTS)), st.booleans(), st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.booleans())
def test_kind_date_and_coverage_are_read_from_the_name(kind: str, by_label: bool, day: date, full: bool) -> None:
    import tempfile

    name = f"{LAYOUTS[kind].label if by_label else kind}_{day:%Y%m%d}_{'全量' if full else 'delta'}.csv"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_text("x")
        (found,) = read_inbox(Path(folder))
    assert isinstance(found, Incoming)
    assert (found.kind, found.snapshot_date, found.coverage) == (kind, day, "full" if full else "delta")


def test_trimming_takes_every_space_at_the_ends() -> None:
    raw = trim(pa.table({"c0": ["\u3000张三\xa0\t", " "]}))
    assert raw["c0"].to_pylist() == ["张三", ""]
