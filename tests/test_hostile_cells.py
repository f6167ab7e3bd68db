"""What people type to break a spreadsheet comes out of ours as the text it was, read by two readers that know nothing of each
other; and no workbook holds a formula, a link or a macro."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from random import Random

import openpyxl
import pyarrow as pa
import pytest
from python_calamine import CalamineWorkbook

from reports.catalogue import CHINESE
from reports.form import write_forms
from reports.night import Profile, build_workbooks
from reports.row_stream import fit
from reports.sheet import Block, Box, Column, Content, Form, Page, Sheet
from reports.workbook import clean, open_book, write_page, write_sheet
from tests.test_outbound import LISTED, line
from tests.test_workbooks import NIGHT, town

QUICK, FULL, ACROSS = 3_000, 120_000, 4
STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "＝",
    "＋",
    "－",
    "＠",
    "'",
    "''",
    '"',
    "=",
    "﹦",
    "\ufeff",
    " ",
    "\u3000",
    "%",
    "|",
    ";",
)
BODIES = (
    "1+1", "cmd|' /C calc'!A0", "DDE(\"cmd\",\"/C calc\",\"x\")", "HYPERLINK(\"http://a.example\",\"点\")", "IMPORTXML(A1,\"//a\")", "WEBSERVICE(\"https://a.example\")",
    "http://a.example/?q=1&r=2", "mailto:a@a.example", "file:///etc/passwd", "internal:'表'!A1", "external:c:\\a.xlsx", "\\\\host\\share\\a", "<r>甲</r>", "<r><t>甲</t></r>", "<t xml:space=\"preserve\">",
    "</t></is></c><c r=\"A1\"><f>1</f></c>", "]]>", "<!--", "&amp;", "&#61;1", "&lt;f&gt;", "_x0041_", "_x005F_x0041_", "_x000D_", "{=1}", "$A$1", "R1C1", "#REF!", "#N/A", "TRUE", "1E5", "00123", "0x1F",
    "2024-01-31", "1/2", "٣٤", "１２３", "\u202e甲乙\u202c", "\u2066甲\u2069", "\u200e", "\u200b", "\u200d", "\u00ad", "\ue000\uf8ff", "\U000f0000", "\U0010fffd", "𬭎䶮㛃", "é", "e\u0301", "👩‍👩‍👧", "\u0000", "\u0007", "\u001f", "\u007f",
    "\u0085", "\u2028", "\u2029", "\ufffe", "\uffff", "\ufdd0", "\U0001fffe", "\ud800", "a\r\nb", "a\rb", "a\nb", "a\tb", "  两端  ", "甲" * 300,
)  # fmt: skip
SHEET = Sheet(
    "攻", "一行", "",
    (Column("a", "甲", 12), Column("b", "乙", 20, wrap=True), Column("c", "丙", 12, unlike="a"), Column("d", "丁", 8)),
)  # fmt: skip


def hostile(count: int, seed: int) -> Iterator[str]:
    """Every start with every body, then mixtures."""
    rng, given = Random(seed), 0
    for start in STARTS:
        for body in BODIES:
            yield start + body
            given += 1
    for _ in range(count - given):
        parts = [rng.choice((rng.choice(STARTS), rng.choice(BODIES), chr(rng.randrange(0x20, 0xFFFF)))) for _ in range(rng.randrange(1, 5))]  # fmt: skip
        yield "".join(parts)


def table_of(texts: list[str]) -> pa.Table:
    # Half a surrogate pair cannot come out of DuckDB; it is tested where text is handed over cell by cell.
    whole = [t.encode("utf-8", "ignore").decode() for t in texts]
    return pa.table({c.field: whole[n::ACROSS] for n, c in enumerate(SHEET.columns)})


def unescaped(text: str) -> str:
    """ECMA-376 writes `_x0041_` as `_x005F_x0041_`; openpyxl hands over what is written."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), text)


def by_openpyxl(path: Path, sheet: str) -> list[list[object]]:
    book = openpyxl.load_workbook(path, read_only=True)
    with closing(book):
        rows = book[sheet].iter_rows(min_row=2, values_only=True)
        return [["" if v is None else unescaped(str(v)) for v in row] for row in rows]


def by_calamine(path: Path, sheet: str) -> list[list[object]]:
    read = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return [[*row] for row in read[1:]]


def lively(path: Path) -> list[str]:
    """Whatever in a workbook would act, or lead out of it."""
    found = []
    with zipfile.ZipFile(path) as file:
        for name in file.namelist():
            part = file.read(name).decode("utf-8", "replace")
            if re.search(r"vba|macrosheet|externallink|activex|embedding|connection|querytable", name, re.IGNORECASE):
                found.append(name)
            # In `<f>` of a chart stands the range it draws, which is a formula of no cell.
            if name.startswith("xl/worksheets/") and re.search(r"<f[ >/]|<hyperlink|<oleObject|<ddeLink", part):
                found.append(name)
            if 'TargetMode="External"' in part or "macroEnabled" in part:
                found.append(name)
    return found


@pytest.mark.parametrize("count", [pytest.param(QUICK, id="quick"), pytest.param(FULL, id="full", marks=pytest.mark.slow)])  # fmt: skip
def test_hostile_strings_come_back_as_they_were(count: int, tmp_path: Path) -> None:
    table = table_of(list(hostile(count, 7))[: count // ACROSS * ACROSS])
    assert table.num_rows * ACROSS == count
    path = tmp_path / "攻.xlsx"
    with open_book(path, date(2024, 6, 30), CHINESE) as book:
        write_sheet(book, SHEET, Content(table, table.num_rows))
    want = [[fit(text) for text in row.values()] for row in table.to_pylist()]
    for read in (by_openpyxl, by_calamine):
        assert [row for row in zip(read(path, "攻"), want, strict=True) if row[0] != row[1]][:3] == []
    assert lively(path) == []


def test_what_is_written_cell_by_cell_comes_back_too(tmp_path: Path) -> None:
    """Pages and forms: the text as it was, with a space before what the library would take for its own markup."""
    texts = [*dict.fromkeys(hostile(len(STARTS) * len(BODIES), 7))]
    path = tmp_path / "页.xlsx"
    with open_book(path, date(2024, 6, 30), CHINESE) as book:
        write_page(
            book, Page("页", "页", tuple(texts[:50]), (Block("块", ("甲", "乙"), tuple((t, "") for t in texts)),)), {}
        )
        write_forms(book, "表", [Form("表", t, ((20.0, (Box(t, 6),)),)) for t in texts[:40]])
    told = {unescaped(str(cell.value)) for row in openpyxl.load_workbook(path)["页"].iter_rows() for cell in row if cell.value is not None}  # fmt: skip
    read = {str(v) for row in by_calamine(path, "页") for v in row}
    want = {clean(t) for t in texts} - {""}
    assert want <= told and want <= read
    assert lively(path) == []


def test_no_workbook_of_a_night_acts_or_leads_out_of_itself(tmp_path: Path) -> None:
    con = town()
    for number, text in enumerate(hostile(len(LISTED) * 3, 7)):
        whole = text.encode("utf-8", "ignore").decode().replace("\0", "")
        said = dict.fromkeys(("name", "reason", "content", "village", "employer_name"), whole)
        line(con, LISTED[number % len(LISTED)].code, number % (3 * len(LISTED)), **said)
    made = [p for p in build_workbooks(con, NIGHT, tmp_path, Profile()) if p.suffix == ".xlsx"]
    assert len(made) > 10 and {p.name: lively(p) for p in made if lively(p)} == {}
