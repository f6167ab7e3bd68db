"""Chinese by default, English by setting, from one catalogue: whatever this program says is in it, and data never changes."""

import ast
import importlib
import pkgutil
import re
from datetime import date
from pathlib import Path

import duckdb
import openpyxl
import pytest

import reports
from docs.reference.workbooks import BOOKS
from intake.answers import read_answers
from reports import held_night, line_columns, open_questions, what_if, words
from reports.catalogue import Words, read_catalogue, said
from reports.night import Profile, build_workbooks
from reports.sheet import Sheet
from reports.workbook import LONGEST_NAME, open_book, write_page
from schemas.extracts import LAYOUTS
from schemas.review import ENGLISH_ANSWERS, ENGLISH_HEADERS, EXTRA_HEADERS
from tests.test_workbooks import NAMES, NIGHT, town

HAN = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = read_catalogue("en")
SAY = Words("en")
COMPARED = {"就业", "有", "培训", "创业", "未写镇街", "新增", "失去", "改变"}  # a town is data, and so is its absence
MAKERS = {"say", "said", "listed", "Page", "Block", "Sheet", "Column", "Chart", "Making", "Book"}
PAPERS = {text for text in re.findall(r"then '([^']+)'", line_columns.PAPER)}


def told_by(call: ast.Call) -> set[str]:
    """The texts that a call of a maker is given, those in its tuples among them; a sentence put together on the spot, which no
    catalogue can hold, as it stands in the source."""
    parts: list[ast.AST] = [call]
    for node in parts:
        if isinstance(node, ast.JoinedStr):
            continue
        parts += [n for n in ast.iter_child_nodes(node) if not (isinstance(n, ast.keyword) and n.arg == "rows")]
    texts = {n.value for n in parts if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return texts | {
        ast.unparse(n) for n in parts if isinstance(n, ast.JoinedStr) and not ast.unparse(n).startswith("f'《")
    }


def literals() -> set[str]:
    """Every text that a module of reports/ says, or puts on a page, a sheet or a chart."""
    found = set()
    for path in Path(reports.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                is_pair = name == "say" and len(node.args) == 2  # a message, in both languages
                found |= told_by(node) if name in MAKERS and not is_pair else set()
    return {text for text in found if HAN.search(text)}


def all_sheets() -> list[Sheet]:
    """Every sheet that stands in a module of reports/, and those of the reference."""
    modules = [importlib.import_module(f"reports.{m.name}") for m in pkgutil.iter_modules(reports.__path__)]
    values = [v for module in modules for v in vars(module).values()]
    flat = [s for v in values for s in (v if isinstance(v, tuple) else (v,)) if isinstance(s, Sheet)]
    return [*flat, *(s for _, _, sheets in BOOKS for s in sheets)]


def test_whatever_is_said_is_in_the_catalogue() -> None:
    assert len(literals()) > 450 and literals() - set(ENGLISH) == set()


def test_every_word_of_a_code_is_in_the_catalogue() -> None:
    books = [book for name, book in vars(words).items() if name.endswith("_WORDS")]
    told = {word for book in books for word in (book.values() if isinstance(book, dict) else book)}
    assert len(told) > 300 and {w for w in told if HAN.search(SAY(w))} == set()


def test_the_queries_of_sheets_say_nothing_by_themselves() -> None:
    """A text in SQL is looked up, or only compared with what stands in the data."""
    queries = [s.rows for s in all_sheets()] + [shown for _, shown in line_columns.PARTS.values()]
    strange = set()
    for query in queries:
        looked_up = re.sub(r"word_mark\((case .*? end|'[^']*')\)", "", query, flags=re.DOTALL)
        strange |= {text for text in re.findall(r"'([^']*)'", looked_up) if HAN.search(text)}
    assert strange <= COMPARED | PAPERS


def test_every_sheet_and_heading_is_in_the_catalogue() -> None:
    texts = {w for s in all_sheets() for w in (s.name, s.grain, s.empty, *(c.header for c in s.columns))}
    assert len(texts) > 300 and {w for w in texts if HAN.search(SAY(w))} == set()


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


HELD = {
    "run_no": 3, "as_of": "2024-06-30", "fingerprint": "ab12", "another_was_released": True,
    "figures": [{"figure": "loss", "pack": "zhongshan", "town": None, "people": 5, "limit": 4, "standing": 40, "nights": [[2, 1]], "files": [["a.csv", 5]]},
                {"figure": "exit", "pack": "", "town": "Dong", "people": 5, "limit": 4, "standing": 40, "nights": [], "files": []}],
}  # fmt: skip


def cells_of(path: Path) -> set[str]:
    book = openpyxl.load_workbook(path)
    return {s.title for s in book} | {str(c) for s in book for row in s.iter_rows(values_only=True) for c in row if c}


def test_a_held_night_is_told_in_english(tmp_path: Path) -> None:
    con = duckdb.connect()
    con.execute("create table breaker_entry (figure varchar, pack varchar, town varchar, seq int, name varchar, id_number varchar, track varchar, op varchar, clause varchar, basis varchar, ground varchar)")  # fmt: skip
    con.execute("create table delivery (file_name varchar, delivery_id varchar, kind varchar, status varchar, rows bigint, linked bigint, new_person bigint, review bigint)")  # fmt: skip
    con.execute("insert into breaker_entry values ('loss', 'zhongshan', 'Dong', 1, '?', '110105194912310021', 'L', 'WITHDRAW', 'ZS-3.1', 'benefit', null)")  # fmt: skip
    con.execute("insert into delivery values ('a.csv', 'd', 'low_income', 'accepted', 1, 1, 0, 0)")
    lines = (*held_night.what_is_held(HELD), *held_night.what_to_do(HELD, tmp_path, tmp_path, tmp_path))
    held_night.write_held(con, HELD, lines, tmp_path / "held.xlsx", SAY)
    told = cells_of(tmp_path / "held.xlsx")
    assert "Withdrawn, zhongshan, all towns" in told and "accepted" in {t.lower() for t in told}
    assert {t for t in told if HAN.search(t)} == set()


def test_a_trial_of_other_packs_is_told_in_english(tmp_path: Path) -> None:
    con = duckdb.connect()
    con.execute("create table pair (person_id varchar, change varchar)")
    con.execute("insert into pair values ('P1', '新增')")
    comparison = what_if.Comparison(date(2024, 6, 30), 3, (("jining", said("新启用（版本 {version}）", version="1")),), ("low_income", "pension_payment"))  # fmt: skip
    with open_book(tmp_path / "trial.xlsx", date(2024, 6, 30), SAY) as book:
        write_page(book, what_if._front(con, comparison), {})
    told = cells_of(tmp_path / "trial.xlsx")
    assert "newly used (version 1)" in told and {t for t in told if HAN.search(t)} == set()


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
