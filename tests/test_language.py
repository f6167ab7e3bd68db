"""Chinese by default, English by setting, from one catalogue: whatever this program says is in it, and data never changes."""

import ast
import re
from datetime import date
from pathlib import Path

import openpyxl
import pytest

import reports
from docs.make_reference import BOOKS
from intake.answers import read_answers
from reports import line_columns, open_questions, words
from reports.catalogue import Words, read_catalogue, said
from reports.night import Profile, build_workbooks
from reports.workbook import LONGEST_NAME
from schemas.extracts import LAYOUTS
from schemas.review import ENGLISH_ANSWERS, ENGLISH_HEADERS, EXTRA_HEADERS
from tests.test_workbooks import NAMES, NIGHT, town

HAN = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = read_catalogue("en")
SAY = Words("en")
COMPARED = {"就业", "有", "培训", "创业", "未写镇街"}  # a town is data, and so is its absence
PAPERS = {text for text in re.findall(r"then '([^']+)'", line_columns.PAPER)}


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


def test_every_word_of_a_code_is_in_the_catalogue() -> None:
    books = [book for name, book in vars(words).items() if name.endswith("_WORDS")]
    told = {word for book in books for word in (book.values() if isinstance(book, dict) else book)}
    assert len(told) > 300 and {w for w in told if HAN.search(SAY(w))} == set()


def test_the_queries_of_sheets_say_nothing_by_themselves() -> None:
    """A text in SQL is looked up, or only compared with what stands in the data."""
    queries = [s.rows for _, _, sheets in BOOKS for s in sheets] + [shown for _, shown in line_columns.PARTS.values()]
    strange = set()
    for query in queries:
        looked_up = re.sub(r"word_mark\((case .*? end|'[^']*')\)", "", query, flags=re.DOTALL)
        strange |= {text for text in re.findall(r"'([^']*)'", looked_up) if HAN.search(text)}
    assert strange <= COMPARED | PAPERS


@pytest.mark.parametrize("book", BOOKS, ids=lambda b: b[0])
def test_every_sheet_and_heading_is_in_the_catalogue(book: tuple[str, str, tuple[object, ...]]) -> None:
    sheets = book[2]
    texts = {w for s in sheets for w in (s.name, s.grain, s.empty, *(c.header for c in s.columns))}  # type: ignore[attr-defined]
    assert {SAY(w) for w in texts if HAN.search(SAY(w))} == set()


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
    assert {s.title for b in books.values() for s in b if HAN.search(s.title)} == set()
    data = {p.title for p in NIGHT.packs} | {p.code for p in NIGHT.packs}
    covers = [(b.worksheets[0], n) for n, b in books.items() if b.worksheets[0].title in ("Cover", "Overview")]
    assert len(covers) > 8
    told = {
        str(c.value) for paper, _ in covers for row in paper.iter_rows(max_row=4) for c in row if c.value is not None
    }
    strange = {t for t in told if HAN.search(t) and not any(d in t for d in data) and ".csv" not in t}
    assert strange == set()


def test_data_stays_as_it_is(books: dict[str, openpyxl.Workbook]) -> None:
    names = {str(c.value) for s in books["台账增量"] for row in s.iter_rows() for c in row}
    assert {n for n in NAMES if not n.startswith(("𠮷", "<r>"))} & names


def test_answers_in_english_come_back_as_the_extract_has_them(tmp_path: Path) -> None:
    """Filled in by the English headings and words, and read as the Chinese ones."""
    (path,) = [p for p in build_workbooks(town(), NIGHT, tmp_path, Profile(language="en")) if p.stem == "待核查"]
    book = openpyxl.load_workbook(path)
    given = {"Ledger entries": ("Reject", "Final review"), "Whose row is it": ("same PERSON ", "Visit")}
    for name, (verdict, stage) in given.items():
        head, top = next(
            ({c.value: c.column for c in row}, row[0].row)
            for row in book[name].iter_rows()
            if row[0].value == "Entry ID"
        )
        said_here = {"Decision": verdict, "Stage of review": stage, "Officer": "Ada", "Decided date": date(2024, 7, 1), "Explanation": "x"}  # fmt: skip
        for heading, value in said_here.items():
            book[name].cell(top + 1, head[heading]).value = value
    book.save(path)
    read = read_answers(path.read_bytes()).to_pylist()
    assert [(r["decision"], r["role"], r["officer"], r["decided_date"], r["note"], r["problem"]) for r in read] == [
        ("驳回", "终审", "Ada", date(2024, 7, 1), "x", None), ("同一人", "走访", "Ada", date(2024, 7, 1), "x", None)
    ]  # fmt: skip
    assert all(re.fullmatch(r"R7-[0-9a-f]+", r["code"]) for r in read)


def test_what_is_read_back_is_headed_and_worded_by_the_catalogue() -> None:
    headed = {c.field: SAY(c.header) for c in LAYOUTS["decision"].columns} | {
        n: SAY(h) for n, h in EXTRA_HEADERS.items()
    }
    assert {f: headed[f] for f in ENGLISH_HEADERS} == ENGLISH_HEADERS
    assert all(SAY(meant) == word for words_of in ENGLISH_ANSWERS.values() for word, meant in words_of.items())
    offered = {c for s in open_questions.SHEETS for column in s.columns for c in column.choices}
    assert offered == {meant for words_of in ENGLISH_ANSWERS.values() for meant in words_of.values()}
