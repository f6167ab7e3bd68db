"""Text files as offices export them: any delimiter, encoding, quoting and line end, whole or broken, read cell for cell."""

import csv
import io
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from intake.raw import RawTable
from intake.texts import decode as decoding
from intake.texts import delimited
from intake.texts.decode import _first_bad, decode, open_source
from intake.texts.delimited import read_delimited
from intake.texts.fixed_width import read_fixed
from schemas.errors import DeliveryRefused
from schemas.extracts import LAYOUTS

STEADY = settings(derandomize=True, max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LAYOUT = LAYOUTS["death"]
HEADER = ("姓名", "证件号码", "死亡日期")
ZHANG, LI, WANG = (["张三", "440101197503150011", "20240601"], ["李四", "440101197503150022", "20240602"], ["王五", "1", "20240603"])  # fmt: skip
CODECS = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be")
DELIMITERS = (",", "\t", "|", "||", "^", ";")


def _text(*rows: Sequence[str], by: str = ",", end: str = "\n") -> str:
    return "".join(by.join(row) + end for row in rows)


def _read(text: str | bytes, delimiter: str | None = None) -> RawTable:
    return read_delimited(text.encode() if isinstance(text, str) else text, LAYOUT, {}, delimiter)


def _rows(raw: RawTable) -> list[list[str]]:
    return [list(row.values()) for row in raw.cells.to_pylist()]


def _bad(raw: RawTable) -> list[int]:
    """The places of the rows that have another number of cells than the header."""
    return [] if raw.width is None else [i for i, w in enumerate(raw.width.to_pylist()) if w != raw.binding.width]


def _refusal(text: str | bytes, **how: str) -> DeliveryRefused:
    with pytest.raises(DeliveryRefused) as refused:
        _read(text, **how)
    return refused.value


class _SmallBlocks:
    """Blocks of some rows, so that a short text goes the way of a long one."""

    def __init__(self, size: int = 64) -> None:
        self.size, self.patch = size, pytest.MonkeyPatch()

    def __enter__(self) -> None:
        for module, name in ((decoding, "BLOCK"), (delimited, "BLOCK"), (decoding, "PIECE")):
            self.patch.setattr(module, name, self.size)

    def __exit__(self, *_: object) -> None:
        self.patch.undo()


# Delimiters.


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("codec", CODECS)
def test_a_plain_list_reads_in_every_delimiter_and_encoding(delimiter: str, codec: str) -> None:
    raw = _read(_text(HEADER, ZHANG, LI, by=delimiter).encode(codec))
    assert _rows(raw) == [ZHANG, LI] and _bad(raw) == []


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        pytest.param("姓名||地址||死亡日期\n张三||甲|乙||20240601\n", [["张三", "甲|乙", "20240601"]], id="one bar in a cell"),
        pytest.param("姓名||死亡日期||地址\n张三||20240601|||甲\n", [["张三", "20240601", "|甲"]], id="three bars, left to right"),
        pytest.param('姓名||死亡日期||地址\n张三||20240601||"甲\n', [["张三", "20240601", '"甲']], id="a quote is a character"),
        pytest.param("姓名||地址|死亡日期\n张三|x|甲|20240601\n", [["张三", "x", "甲", "20240601"]], id="single bars, a header missing"),
        pytest.param("姓名||死亡日期||地址\n张三||20240601||\x1f甲\n", [["张三", "20240601", "甲"]], id="a control character"),
    ],
)  # fmt: skip
def test_double_bars_know_no_quotes(text: str, rows: list[list[str]]) -> None:
    assert _rows(_read(text)) == rows


@pytest.mark.parametrize("delimiter", ["#", "@@", "，", "||", "~|~"])
def test_a_delimiter_that_the_settings_name_is_used(delimiter: str) -> None:
    assert _rows(_read(_text(HEADER, ZHANG, by=delimiter), delimiter=delimiter)) == [ZHANG]


def test_only_the_named_delimiter_is_tried() -> None:
    assert _refusal(_text(HEADER, ZHANG), delimiter=";").code == "no_header"


# Rows that are not as wide as the header.


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        pytest.param("姓名,地址,死亡日期\n张三,某村,3号,20240601\n李四,某村,20240602\n", [0], id="a comma in an address"),
        pytest.param("姓名,地址,死亡日期\n张三,某村\n3号,20240601\n李四,某村,20240602\n", [0, 1], id="a line end in an address"),
        pytest.param("姓名,死亡日期\n张三\n李四,20240602\n", [0], id="too short"),
        pytest.param("姓名,死亡日期\n张三,20240601,,,\n李四,20240602\n", [], id="blank cells too many in one row"),
        pytest.param("姓名,死亡日期\n张三,20240601,\n李四,20240602,\n", [], id="a delimiter at the end of each row"),
        pytest.param("姓名,死亡日期\n张三,20240601,\n李四,20240602,x\n", [1], id="and something after it"),
        pytest.param("姓名,死亡日期,\n张三,20240601\n李四,20240602\n", [], id="a delimiter at the end of the header alone"),
        pytest.param("姓名,死亡日期,\n张三,20240601\n李四,20240602,x\n", [], id="and one row that fills that column"),
        pytest.param("姓名,死亡日期\n张三,20240601,x\n李四,20240602,y\n", [0, 1], id="a column without any header"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_a_row_of_another_width_is_told_apart_and_shifts_no_other(text: str, bad: list[int], codec: str) -> None:
    raw = _read(text.encode(codec))
    assert _bad(raw) == bad
    names = [row[0] for i, row in enumerate(_rows(raw)) if i not in bad]
    assert names == [n for n in ("张三", "李四") if n in names] and (bad or names == ["张三", "李四"])


# Lines, marks and wrappings.

LINES = _text(HEADER, ZHANG, LI, WANG)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(LINES, id="LF"), pytest.param(LINES.replace("\n", "\r\n"), id="CRLF"), pytest.param(LINES.replace("\n", "\r"), id="CR"),
        pytest.param(LINES.replace("\n", "\r\n", 2), id="mixed"), pytest.param(LINES.replace("\n", "\r", 2), id="CR then LF"),
        pytest.param(LINES.rstrip("\n"), id="no end"), pytest.param(LINES + "\x1a", id="the end mark of DOS"), pytest.param(LINES + "\n\n\r\n", id="blank at the end"),
        pytest.param(LINES.replace("\n李", "\n\n,,\n　, ,\t\n李"), id="blank between"), pytest.param("\n" + LINES, id="blank before"),
        pytest.param(LINES.replace("\n李", f"\n{','.join(HEADER)}\n李"), id="a header on each page"),
        pytest.param("\ufeff" + LINES.replace("\n李", f"\n\ufeff{','.join(HEADER)}\n李"), id="files joined to one, with their marks"),
        pytest.param("某市名单,,\n填报单位：某局\n" + LINES, id="titles"), pytest.param('"某市 ""名单"""\n' + LINES, id="a quoted title"),
        pytest.param(LINES + "合计：3人,,\n制表人：某某,审核：某某,\n", id="footers"), pytest.param(LINES.replace("11,", "11\t,"), id="a tab after the number"),
        pytest.param(LINES.replace("张三", " 张三　").replace("李四", "\xa0李四\u2003"), id="wide spaces"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
@pytest.mark.parametrize("size", [40, 1 << 20])
def test_what_stands_around_the_rows_changes_nothing(text: str, codec: str, size: int) -> None:
    if codec == "gb18030" and "\ufeff" in text[1:]:
        text = text.replace("\ufeff", "")
    with _SmallBlocks(size):
        raw = _read(text.encode(codec))
    assert _rows(raw) == [ZHANG, LI, WANG] and _bad(raw) == []


@pytest.mark.parametrize("count", ["2", "2人", "1,204", "2 户"])
def test_a_total_that_counts_under_the_names_is_no_row(count: str) -> None:
    header = ["序号", "姓名", "证件号码", "死亡日期"]
    first, second = ["1", "张三", "11", "20240601"], ["2", "李四", "12", "20240602"]
    raw = _read(_text(header, first, second) + f'合计,"{count}",,\n')
    assert _rows(raw) == [first, second] and _bad(raw) == []


def test_a_total_beside_somebody_is_a_row() -> None:
    header, odd = ["序号", "姓名", "证件号码", "死亡日期"], ["合计", "张三", "11", "20240601"]
    assert _rows(_read(_text(header, odd))) == [odd]


def test_the_first_file_of_a_joined_one_may_be_quoted() -> None:
    text = '\ufeff"姓名","死亡日期"\n"张三","20240601"\n\ufeff"姓名","死亡日期"\n"李四","20240602"\n'
    assert _rows(_read(text)) == [["张三", "20240601"], ["李四", "20240602"]]


@pytest.mark.parametrize("mark", ["\x85", "\u2028", "\x0b", "\x1c", "\ufeff", "𬭎", "㐀", "€"])
@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "utf-16"])
def test_odd_characters_within_a_cell_stay_there(mark: str, codec: str) -> None:
    row = [f"张{mark}三", f"1{mark}1", "20240601"]
    assert _rows(_read(_text(HEADER, row, LI).encode(codec))) == [row, LI]


@pytest.mark.parametrize("number", ['="4401"', "'4401", '"=""4401"""'])
def test_a_number_guarded_from_excel_keeps_its_guard_until_it_is_typed(number: str) -> None:
    (row,) = _rows(_read(f"姓名,证件号码,死亡日期\n张三,{number},20240601\n"))
    assert row[1] == ('="4401"' if number.startswith('"') else number)


def test_the_fast_way_is_taken_where_quotes_are_but_characters() -> None:
    block = '姓名,证件号码,死亡日期\n张三,="4401",20240601\n'.encode()
    found = delimited._fast(block, ",", 0, 3)
    assert found is not None and found["c1"].to_pylist() == ['="4401"']


# Quotes.


@pytest.mark.parametrize(
    "body",
    ['"张三,1,20240601\n李四,2,20240602\n', '张三,"1",20240601\n李四,"2,20240602\n', '"张三"x,1,20240601\n'],
    ids=["never closed", "in the last row", "text after it"],
)
@pytest.mark.parametrize("size", [24, 1 << 20])
def test_a_broken_quote_is_refused_with_its_line(body: str, size: int) -> None:
    with _SmallBlocks(size):
        refused = _refusal(",".join(HEADER) + "\n" + "甲,1,20240601\n" * 9 + body)
    assert refused.code == "broken_quotes" and "请修正" in refused.reason
    assert int("".join(c for c in refused.reason.split("行")[0] if c.isdigit())) in (11, 12, 13)


@STEADY
@given(st.text(st.sampled_from('张李1,\n\r" ='), max_size=90), st.integers(16, 60))
@example('5"管,1,2\n"张\n李",1,2\n', 16)
def test_a_text_reads_the_same_in_small_blocks_and_whole(body: str, size: int) -> None:
    text = ",".join(HEADER) + "\n张三,1,20240601\n" + body

    def outcome() -> object:
        try:
            raw = _read(text)
        except DeliveryRefused:
            return "refused"
        return _rows(raw), _bad(raw), raw.trailer

    whole = outcome()
    with _SmallBlocks(size):
        assert outcome() == whole


# Any table, any way of writing it.

words = st.text(st.sampled_from(list("某村甲乙丙12ab\"'|;^,\t\n𬭎（）　é=-")), max_size=7)


def _is_safe(cell: str, delimiter: str) -> bool:
    """A cell that can be told from its surroundings: with a line end in it, it may hold no delimiter."""
    return not ("\n" in cell and delimiter in cell)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[str]], str]:
    delimiter = draw(st.sampled_from(DELIMITERS))
    rows = draw(st.lists(st.tuples(words, st.dates()), min_size=1, max_size=12))
    clean = [(w.replace("\n", "").replace("|", "").replace("\t", "") if delimiter == "||" else w, d) for w, d in rows]
    return [["某" + str(i), f"{d:%Y%m%d}" * 2, "20240601", w] for i, (w, d) in enumerate(clean) if _is_safe(w, delimiter)], delimiter  # fmt: skip


@STEADY
@given(
    tables(),
    st.sampled_from(CODECS),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([48, 200, 1 << 20]),
)
def test_any_table_reads_back_cell_for_cell(
    table: tuple[list[list[str]], str], codec: str, quoting: int, end: str, size: int
) -> None:
    rows, delimiter = table
    header = [*HEADER, "地址"]
    if delimiter == "||":
        text = _text(header, *rows, by=delimiter, end=end)
    else:
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows([header, *rows])  # type: ignore[arg-type]
        text = out.getvalue()
    with _SmallBlocks(size):
        raw = _read(text.encode(codec))
    assert _rows(raw) == [[cell.strip() for cell in row] for row in rows] and _bad(raw) == []


# Bytes.


@pytest.mark.parametrize(
    ("data", "says", "code"),
    [
        pytest.param(LINES.encode("gbk").replace(b"\n\xc0\xee", b"\n\xff\xee"), "第 57 字节（第 3 行", "undecodable", id="GBK, the first byte of a row"),
        pytest.param(LINES.encode().replace("李四".encode(), b"\xffx"), "第 69 字节（第 3 行", "undecodable", id="UTF-8"),
        pytest.param(b"\xef\xbb\xbf" + LINES.encode().replace("李四".encode(), b"\xffx"), "第 72 字节（第 3 行", "undecodable", id="UTF-8 with its mark"),
        pytest.param(b"\xff\xfe" + LINES.encode("utf-16-le").replace("李".encode("utf-16-le"), b"\x00\xd8"), "（第 3 行", "undecodable", id="UTF-16"),
        pytest.param(LINES.encode("gbk")[:-1] + b"\xd5", "中断", "truncated", id="cut in a character"),
        pytest.param(LINES.encode("utf-32"), "UTF-32", "undecodable", id="UTF-32"),
        pytest.param(LINES.replace("李", "\x00").encode("gbk"), "第 57 字节是空字节", "nul_byte", id="a zero byte"),
        pytest.param(LINES.replace("李", "\x00").encode("utf-16"), "是空字节", "nul_byte", id="a zero in UTF-16"),
        pytest.param((LINES.split("\n", 1)[1] + LINES).encode("gbk"), "第 1 行像是数据", "rows_above_header", id="rows above the header"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [16, 1 << 20])
def test_a_damaged_byte_is_named_by_place_and_line(data: bytes, says: str, code: str, size: int) -> None:
    with _SmallBlocks(size):
        refused = _refusal(data)
    assert refused.code == code and says in refused.reason and "请" in refused.reason


@STEADY
@given(st.binary(max_size=40), st.sampled_from(["utf-8", "gb18030", "utf-16-le"]), st.integers(1, 9))
@example(b"\x81\x30\x81", "gb18030", 2)
def test_the_first_bad_byte_is_the_decoders_own(data: bytes, codec: str, size: int) -> None:
    try:
        data.decode(codec)
        expected = len(data)
    except UnicodeDecodeError as error:
        expected = error.start
    with _SmallBlocks(size):
        assert _first_bad(memoryview(data), codec) == expected


@STEADY
@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\x1a\ufeff"), max_size=80),
    st.sampled_from(CODECS),
    st.integers(4, 20),
)
def test_a_text_decodes_the_same_in_small_blocks(text: str, codec: str, size: int) -> None:
    data = text.encode(codec)
    whole = decode(data) if _decodes(data) else None
    with _SmallBlocks(size):
        assert (decode(data) if _decodes(data) else None) == whole


def _decodes(data: bytes) -> bool:
    try:
        decode(data)
    except DeliveryRefused:
        return False
    return True


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_is_known_without_its_mark(codec: str) -> None:
    assert open_source(LINES.encode(codec)).codec == codec


# Text that was damaged before it came.


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(LINES.encode("gbk").decode("latin-1"), "GBK", id="GBK read as Latin-1"),
        pytest.param(LINES.encode("gbk").decode("cp1252", errors="ignore"), "乱码", id="GBK read as Windows Western"),
        pytest.param(LINES.encode().decode("latin-1"), "UTF-8", id="UTF-8 read as Latin-1"),
        pytest.param(LINES.encode().decode("gb18030", errors="ignore"), "UTF-8", id="UTF-8 read as GBK"),
        pytest.param(LINES.encode("gbk").decode("utf-8", errors="replace"), "丢失", id="GBK read as UTF-8"),
        pytest.param("锟斤拷锟斤拷,证锟斤拷,锟斤拷\n张三,1,20240601\n", "丢失", id="and saved as GBK"),
        pytest.param("烫烫,烫烫烫,烫烫\n张三,1,20240601\n", "丢失", id="memory never written"),
        pytest.param("??,????,????\n??,1,20240601\n", "丢失", id="question marks"),
    ],
)
def test_a_header_lost_to_a_wrong_encoding_is_said_to_be(text: str, says: str) -> None:
    refused = _refusal(text)
    assert refused.code == "mojibake" and "表头" in refused.reason and says in refused.reason


@pytest.mark.parametrize("text", ["Prénom,Numéro,Décès\nRenée,1,20240601\n", "甲,乙,丙\n1,2,3\n", "a,b\n1,2\n"])
def test_another_header_is_only_an_unknown_one(text: str) -> None:
    assert _refusal(text).code == "no_header"


@pytest.mark.parametrize("by", DELIMITERS)
def test_rows_of_another_encoding_than_the_rest_are_not_read_as_other_people(by: str) -> None:
    first, then = _text(HEADER, ZHANG, by=by), _text(LI, WANG, ["欧阳小丁", "2", "20240604"], by=by)
    refused = _refusal((first * 40).encode("gb18030") + then.encode() + first.encode("gb18030"))
    assert refused.code == "mixed_encodings" and refused.reason.startswith("第 81 行起是 UTF-8")


def test_a_text_of_utf8_with_one_damaged_byte_is_refused_at_that_byte() -> None:
    before = _text(HEADER, ZHANG, LI, WANG).encode()
    refused = _refusal(before + "丁".encode("gb18030") + _text([",", "3", "20240605"]).encode())
    assert refused.code == "undecodable" and refused.reason.startswith(f"第 {len(before) + 1} 字节（第 5 行")


def test_utf8_that_gbk_was_joined_to_is_refused_where_it_ends() -> None:
    refused = _refusal(LINES.encode() + LINES.encode("gbk"))
    assert refused.code == "undecodable" and refused.reason.startswith(f"第 {len(LINES.encode()) + 1} 字节（第 5 行")


def test_rare_names_in_gb18030_are_no_other_encoding() -> None:
    rare = [chr(c) for c in range(0x4E02, 0x9FA5) if len(chr(c).encode("gbk", "ignore")) == 2 and chr(c).encode("gbk")[0] < 0xA1]  # fmt: skip
    rows = [[a + b + c, "3", "20240605"] for a, b, c in zip(rare, rare[1:], rare[2:], strict=False)]
    assert _rows(_read(_text(HEADER, *rows).encode("gb18030"))) == rows


def test_rows_with_a_lost_character_are_read() -> None:
    assert _rows(_read(_text(HEADER, ["张\ufffd", "1", "20240601"]))) == [["张\ufffd", "1", "20240601"]]


# Columns at fixed bytes.

FIELDS = (("姓名", 1, 8), ("证件号码", 9, 26), ("死亡日期", 28, 35))


def _line(name: str, number: str, day: str, codec: str = "gbk") -> bytes:
    return name.encode(codec).ljust(8) + number.encode(codec).ljust(19) + day.encode(codec)


def _fixed(*lines: bytes, end: bytes = b"\n") -> RawTable:
    return read_fixed(end.join(lines) + end, LAYOUT, {}, FIELDS)


@pytest.mark.parametrize("codec", ["gbk", "utf-8"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("size", [64, 1 << 20])
def test_columns_stand_at_bytes_of_the_files_own_encoding(codec: str, end: bytes, size: int) -> None:
    with _SmallBlocks(size):
        raw = _fixed(*(_line(row[0], row[1], row[2], codec) for row in (ZHANG, LI, WANG)), b"", end=end)
    assert _rows(raw) == [ZHANG, LI, WANG] and _bad(raw) == []


@pytest.mark.parametrize(
    ("line", "bad"),
    [
        pytest.param(_line(*LI)[:12] + _line(*LI)[13:], [1], id="a byte lost"), pytest.param(_line(*LI) + b" ", [1], id="a byte won"),
        pytest.param("x李四七八".encode("gbk")[:9] + _line(*LI)[9:], [1], id="a column begins inside a character"),
        pytest.param(_line("欧阳修文", *LI[1:]), [], id="a column filled to its end"), pytest.param(b"   ", [], id="a blank line"),
        pytest.param("合计：2人".encode("gbk"), [], id="a footer"), pytest.param(_line(*HEADER), [], id="the header, padded"),
    ],
)  # fmt: skip
def test_a_line_that_has_slipped_is_told_apart_and_cut_nowhere(line: bytes, bad: list[int]) -> None:
    raw = _fixed(_line(*ZHANG), line, _line(*WANG))
    rows = _rows(raw)
    assert _bad(raw) == bad and rows[0] == ZHANG and rows[-1] == WANG


def test_lines_may_go_on_after_the_last_column() -> None:
    assert _rows(_fixed(_line(*ZHANG) + b"  0001", _line(*LI) + b"  0002")) == [ZHANG, LI]


@pytest.mark.parametrize(
    ("data", "fields", "code"),
    [
        pytest.param(_line(*ZHANG) + b"\n" + _line(*LI)[:-3], FIELDS, "truncated", id="cut in the last line"),
        pytest.param(_line(*ZHANG).replace(b" ", b"\xff") + b"\n", FIELDS, "undecodable", id="a damaged byte"),
        pytest.param(_line(*ZHANG) + b"\n", (("姓名", 1, 9), ("死亡日期", 9, 12)), "fixed_width", id="columns overlap"),
        pytest.param(_line(*ZHANG) + b"\n", (("姓名", 8, 1), ("死亡日期", 9, 12)), "fixed_width", id="a column ends before it begins"),
        pytest.param(_line(*ZHANG) + b"\n", FIELDS[:2], "missing_column", id="a column is missing"),
        pytest.param(_text(ZHANG).encode("utf-16"), FIELDS, "undecodable", id="UTF-16"),
    ],
)  # fmt: skip
def test_a_fixed_file_that_cannot_be_cut_is_refused(
    data: bytes, fields: Sequence[tuple[str, int, int]], code: str
) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        read_fixed(data, LAYOUT, {}, fields)
    assert refused.value.code == code and "请" in refused.value.reason


@STEADY
@given(
    st.lists(
        st.tuples(st.text(st.sampled_from("张李欧阳𬭎a"), min_size=1, max_size=2), st.integers(0, 10**18 - 1)),
        min_size=1,
        max_size=9,
    ),
    st.data(),
)
def test_a_lost_byte_spoils_only_its_own_line(people: list[tuple[str, int]], data: st.DataObject) -> None:
    rows = [[name, str(number), "20240601"] for name, number in people]
    lines = [_line(row[0], row[1], row[2], "gb18030") for row in rows]
    place = data.draw(st.integers(0, len(lines) - 1))
    at = data.draw(
        st.integers(len(rows[place][0].encode("gb18030")), 34)
    )  # not within the name, which may break the text
    lines[place] = lines[place][:at] + lines[place][at + 1 :]
    raw = _fixed(*lines, *[_line(*LI)] * 2)  # text enough to be known as GB18030
    assert _bad(raw) == [place]
    assert [r for i, r in enumerate(_rows(raw)[: len(rows)]) if i != place] == [
        r for i, r in enumerate(rows) if i != place
    ]
