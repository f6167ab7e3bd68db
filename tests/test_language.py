"""Chinese by default, English by setting, from one catalogue: whatever this program says is in it, and data never changes."""

import ast
import re
from pathlib import Path

import openpyxl
import pytest

import reports
from docs.make_reference import BOOKS
from reports.catalogue import Words, read_catalogue, said
from reports.night import Profile, build_workbooks
from reports.workbook import LONGEST_NAME
from tests.test_workbooks import NAMES, NIGHT, town

HAN = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = read_catalogue("en")
ONLY_CHINESE = ("待核查",)  # its headings are read back
SAY = Words("en")


def literals() -> set[str]:
    """Every text that a module of reports/ hands to `say` or `said`."""
    found = set()
    for path in Path(reports.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and len(node.args) == 1 and isinstance(node.args[0], ast.Constant):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in ("say", "said") and isinstance(node.args[0].value, str):
                    found.add(node.args[0].value)
    return {text for text in found if HAN.search(text)}


def test_whatever_is_said_is_in_the_catalogue() -> None:
    assert len(literals()) > 40 and literals() - set(ENGLISH) == set()


@pytest.mark.parametrize("book", [b for b in BOOKS if not b[0].startswith(ONLY_CHINESE)], ids=lambda b: b[0])
def test_every_sheet_and_heading_is_in_the_catalogue(book: tuple[str, str, tuple[object, ...]]) -> None:
    sheets = book[2]
    words = {w for s in sheets for w in (s.name, s.grain, s.empty, *(c.header for c in s.columns))}  # type: ignore[attr-defined]
    assert {SAY(w) for w in words if HAN.search(SAY(w))} == set()


def test_no_two_sheets_of_a_workbook_share_an_english_name() -> None:
    for name, _, sheets in BOOKS:
        names = [SAY(s.name)[:LONGEST_NAME].lower() for s in sheets]
        assert len(set(names)) == len(names), name
        assert not [n for n in names if re.search(r"[\[\]:*?/\\]", n)], name


def test_a_translation_keeps_the_places_for_values() -> None:
    for chinese, english in ENGLISH.items():
        assert english and set(re.findall(r"{(\w+)}", english)) == set(re.findall(r"{(\w+)}", chinese)), chinese
        assert not HAN.search(english), chinese


def test_a_sentence_is_said_whole_in_either_language() -> None:
    told = said("《{name}》{rest}", name=said("封面"), rest=said("共 {total} 行，本表只列前 {shown} 行；全部明细见同一文件夹的《{file}》。", total="9", shown="2", file="a.csv"))  # fmt: skip
    assert told == "《封面》共 9 行，本表只列前 2 行；全部明细见同一文件夹的《a.csv》。"
    assert "Cover" in SAY(told) and "9 rows" in SAY(told) and "a.csv" in SAY(told)
    assert Words()(told) == told and type(Words()(told)) is str


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, openpyxl.Workbook]:
    root = tmp_path_factory.mktemp("english")
    made = build_workbooks(town(), NIGHT, root, Profile(rows_per_sheet=3, language="en"))
    return {p.relative_to(root).with_suffix("").as_posix(): openpyxl.load_workbook(p) for p in made if p.suffix == ".xlsx"}  # fmt: skip


def test_sheets_headings_and_covers_are_english(books: dict[str, openpyxl.Workbook]) -> None:
    english = {n: b for n, b in books.items() if not n.startswith(ONLY_CHINESE)}
    assert {s.title for b in english.values() for s in b if HAN.search(s.title)} == set()
    data = {p.title for p in NIGHT.packs} | {p.code for p in NIGHT.packs}
    covers = [(b.worksheets[0], n) for n, b in english.items() if b.worksheets[0].title in ("Cover", "Overview")]
    assert len(covers) > 8
    told = {
        str(c.value) for paper, _ in covers for row in paper.iter_rows(max_row=4) for c in row if c.value is not None
    }
    strange = {t for t in told if HAN.search(t) and not any(d in t for d in data) and ".csv" not in t}
    assert strange == set()


def test_data_and_what_is_read_back_stay_as_they_are(books: dict[str, openpyxl.Workbook]) -> None:
    names = {str(c.value) for s in books["台账增量"] for row in s.iter_rows() for c in row}
    assert {n for n in NAMES if not n.startswith(("𠮷", "<r>"))} & names
    headings = {c.value for row in books["待核查"]["台账待核查"].iter_rows(max_row=4) for c in row}
    assert {"台账流水号", "核查结论"} <= headings
