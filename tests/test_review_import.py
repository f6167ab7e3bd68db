"""The workbook of open questions goes out and comes back: nothing is lost, nothing is taken in twice, and what cannot be used
comes back with its reason. All people are invented."""

import csv
import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.review.export import export_review
from flows.review.importing import Imported, import_answers
from flows.workspace import Workspace
from intake.answers import LAYOUT, read_answers
from intake.read import Habits, read_cells
from intake.typed import type_rows
from ledger.seal import file_hash
from schemas.errors import UsageError
from tests.asked_town import DELIVERY, Fill, filled, found, save_sheet
from tests.book_writers import by_xlwt
from tests.wps_saves import save_as_wps

HEADERS = tuple(c.header for c in LAYOUT.columns)
DAY = date(2024, 7, 1)
HOSTILE = (
    "=1+2", "+86", "-", "@x", '"双引号", 逗号', "两\n行", "<r>粗</r>", "&amp;", "𠮷野", "制表\t符", "'撇", "合计", ";|", "a\u200bb", "\\N",
)  # fmt: skip


def answer(decision: str, officer: str = "张三", role: str = "审核", day: Any = DAY, **more: Any) -> dict[str, Any]:
    return {"核查结论": decision, "核查人": officer, "审核环节": role, "核查日期": day} | more


def everything(sheet: str, place: int, question: str) -> dict[str, Any]:
    """An answer to every question, on two days in every form of a date, with every kind of note."""
    choices = ("确认", "驳回", "暂缓") if sheet == "台账待核查" else ("同一人", "非同一人", "暂缓")
    day = (DAY, datetime(2024, 7, 1), "2024/7/2", "2024-07-01", 45475)[place % 5]
    return answer(f" {choices[place % 3]} ", role="审核", day=day, 说明=HOSTILE[place % len(HOSTILE)])


def inbox_rows(workspace: Workspace) -> list[dict[str, Any]]:
    """What the next night would read of the inbox, typed as it would."""
    rows: list[dict[str, Any]] = []
    for path in sorted(workspace.inbox.iterdir()):
        (raw,) = read_cells(path.read_bytes(), LAYOUT, Habits(), [])
        typed = type_rows(raw, LAYOUT, pa.array(range(1, raw.cells.num_rows + 1)))
        assert typed.faults == []
        rows += typed.rows.to_pylist()
    return rows


def meant(said: dict[str, dict[str, Any]]) -> set[tuple[Any, ...]]:
    """The answers as they were meant: question, verdict, officer, role, day, note."""
    day = {"2024/7/2": date(2024, 7, 2), 45475: date(2024, 7, 2), "2024-07-01": DAY, datetime(2024, 7, 1): DAY}
    return {
        (
            q,
            a["核查结论"].strip(),
            a["核查人"],
            a["审核环节"],
            day.get(a["核查日期"], a["核查日期"]),
            note(a.get("说明")),
        )
        for q, a in said.items()
    }


def note(text: str | None) -> str | None:
    """A sign for nothing is nothing; a leading apostrophe is the spreadsheet's."""
    return {"-": None, "\\N": None}.get(text or "", (text or "").removeprefix("'") or None)


def told(rows: Sequence[dict[str, Any]]) -> set[tuple[Any, ...]]:
    names = ("entry_id", "decision", "officer", "role", "decided_date", "note")
    return {tuple(r[n] for n in names) for r in rows}


@dataclass(frozen=True)
class Many:
    """A workspace with so many open questions, four of five about entries, and the workbook of them."""

    city: Workspace
    questions: int
    book: Path


@pytest.fixture(
    scope="module",
    params=[pytest.param(1_500, id="some"), pytest.param(10_000, id="ten thousand", marks=pytest.mark.slow)],
)
def many(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Many:
    questions, folder = request.param, tmp_path_factory.mktemp("city")
    entries = questions * 4 // 5
    city = found(folder / "ws", entries=entries, links=questions - entries)
    assert str(entries) in export_review(city, folder / "待核查.xlsx", blind=False)
    return Many(city, questions, folder / "待核查.xlsx")


@pytest.fixture
def town(tmp_path: Path) -> Workspace:
    return found(tmp_path / "ws", entries=21, links=6)


def send_back(workspace: Workspace, folder: Path, fill: Fill, name: str = "填好.xlsx") -> tuple[Any, dict[str, Any]]:
    """Export, fill in, import."""
    out = folder / "out.xlsx"
    export_review(workspace, out, blind=False)
    said = filled(out, folder / name, fill)
    return import_answers(workspace, [folder / name]), said


def test_many_answers_come_back_once_and_whole(many: Many, tmp_path: Path) -> None:
    city = many.city
    said = filled(many.book, tmp_path / "填好.xlsx", everything)
    first = import_answers(city, [tmp_path / "填好.xlsx"])
    assert (len(said), first.counts) == (many.questions, {"accepted": many.questions, "known": 0, "returned": 0})
    rows = inbox_rows(city)
    assert len(rows) == many.questions and told(rows) == meant(said)
    before = {p: p.read_bytes() for p in city.inbox.iterdir()}
    again = import_answers(city, [tmp_path / "填好.xlsx"])
    assert again.counts == {"accepted": 0, "known": many.questions, "returned": 0} and again.exit_code == 0
    assert {p: p.read_bytes() for p in city.inbox.iterdir()} == before
    for path in before:
        path.unlink()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
def test_many_answers_survive_libreoffice(many: Many, tmp_path: Path) -> None:
    city = many.city
    said = filled(many.book, tmp_path / "填好.xlsx", everything)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        "soffice",
        "--headless",
        profile,
        "--convert-to",
        "xlsx",
        "--outdir",
        str(tmp_path / "saved"),
        str(tmp_path / "填好.xlsx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    first = import_answers(city, [tmp_path / "saved" / "填好.xlsx"])
    assert first.counts == {"accepted": many.questions, "known": 0, "returned": 0}
    assert told(inbox_rows(city)) == meant(said)
    assert import_answers(city, [tmp_path / "填好.xlsx"]).counts["known"] == many.questions
    for path in city.inbox.iterdir():
        path.unlink()


def as_et(source: Path, out: Path) -> Path:
    """An .et of WPS, which is the workbook of 97."""
    sheets = [list(s.iter_rows(values_only=True)) for s in openpyxl.load_workbook(source).worksheets]
    out.write_bytes(by_xlwt(*sheets))
    return out


@pytest.mark.parametrize("save", [save_as_wps, as_et])
def test_answers_survive_wps(save: Callable[[Path, Path], Path], town: Workspace, tmp_path: Path) -> None:
    """WPS cannot be run here: what it is known to write, made by hand. The same file, and then the one before it was saved."""
    export_review(town, tmp_path / "out.xlsx", blind=False)
    said = filled(tmp_path / "out.xlsx", tmp_path / "填好.xlsx", everything)
    first = import_answers(town, [save(tmp_path / "填好.xlsx", tmp_path / "存过.et")])
    assert (len(said), first.counts) == (27, {"accepted": 27, "known": 0, "returned": 0})
    assert told(inbox_rows(town)) == meant(said)
    for path in ("存过.et", "填好.xlsx"):
        assert import_answers(town, [tmp_path / path]).counts == {"accepted": 0, "known": 27, "returned": 0}


CELL = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc", "Cn")), max_size=12),
)


@given(
    order=st.permutations(range(len(HEADERS) + 2)),
    rows=st.lists(st.tuples(st.integers(1, 999), st.sampled_from(("确认", "驳回", "暂缓", "")), CELL), min_size=1, max_size=8, unique_by=lambda r: r[0]),
    title=st.booleans(),
)  # fmt: skip
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_order_and_added_columns_play_no_part(
    tmp_path: Path, order: list[int], rows: list[tuple[int, str, str]], title: bool
) -> None:
    header = [*HEADERS, "我的备忘", "核查人"]  # the second of one name is the officer's own
    lines = [[f"1-{n}", d, None, "张三", "审核", DAY, text, text, None] for n, d, text in rows]
    place = sorted(order, key=lambda c: (c == len(HEADERS) + 1, 0)) if order.index(8) < order.index(3) else order
    path = save_sheet(
        tmp_path / "a.xlsx",
        [header[c] for c in place],
        ([line[c] for c in place] for line in lines),
        title=("待核查",) if title else (),
    )
    read = read_answers(path.read_bytes()).to_pylist()
    assert [(r["entry_id"], r["decision"]) for r in read] == [(f"1-{n}", d) for n, d, _ in rows if d]
    assert {(r["officer"], r["role"], r["decided_date"], r["problem"]) for r in read} <= {("张三", "审核", DAY, None)}
    assert [r["row_no"] for r in read] == [n for n, row in enumerate(rows, 3 if title else 2) if row[1]]


def test_a_workbook_without_a_verdict_gives_nothing(town: Workspace, tmp_path: Path) -> None:
    done, _ = send_back(town, tmp_path, lambda *_: {"核查人": "张三", "核查日期": DAY})
    assert done.counts == {"accepted": 0, "known": 0, "returned": 0} and list(town.inbox.iterdir()) == []


def test_another_file_is_refused_with_a_sentence(town: Workspace, tmp_path: Path) -> None:
    path = save_sheet(tmp_path / "x.xlsx", ("姓名", "电话"), [("某人", "1")])
    with pytest.raises(UsageError, match="台账流水号"):
        import_answers(town, [path])
    with pytest.raises(UsageError, match="没有文件"):
        import_answers(town, [tmp_path / "none.xlsx"])


def sheet_of(path: Path, *rows: dict[str, Any]) -> Path:
    header = (*HEADERS, "核对码")
    return save_sheet(path, header, [[row.get(h) for h in header] for row in rows])


UNUSABLE = {
    "no entry": ({"台账流水号": "9-9"} | answer("确认"), "都找不到"),
    "no delivery": ({"台账流水号": "e" * 64 + ":1"} | answer("同一人"), "都找不到"),
    "no such row": ({"台账流水号": f"{DELIVERY}:7"} | answer("同一人"), "都找不到"),
    "no question": ({"台账流水号": None} | answer("确认"), "台账流水号"),
    "word": ({"台账流水号": "1-1"} | answer("同意"), "只能填"),
    "role": ({"台账流水号": "1-1"} | answer("确认", role="局长"), "审核环节"),
    "officer": ({"台账流水号": "1-1"} | answer("确认", officer=""), "核查人"),
    "no day": ({"台账流水号": "1-1"} | answer("确认", day=None), "核查日期"),
    "day": ({"台账流水号": "1-1"} | answer("确认", day="七月初"), "核查日期"),
    "future": ({"台账流水号": "1-1"} | answer("确认", day=date(2199, 1, 1)), "晚于今天"),
    "entry verdict": ({"台账流水号": "1-1"} | answer("同一人"), "不能这样答复"),
    "step": ({"台账流水号": "1-7"} | answer("确认", role="走访"), "不能这样答复"),
    "row verdict": ({"台账流水号": f"{DELIVERY}:1"} | answer("确认"), "同一人、非同一人"),
    "changed": ({"台账流水号": "1-1", "核对码": "R1-00000000"} | answer("确认"), "已变化，请重新核查"),
    "code": ({"台账流水号": "1-1", "核对码": "Rxyz"} | answer("确认"), "核对码"),
}  # fmt: skip


@dataclass(frozen=True)
class Refused:
    """What came of one workbook of answers none of which can be used: what is told, and the reasons by their line."""

    done: Imported
    lines: dict[int, str]


@pytest.fixture(scope="module")
def refused(asked: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Refused:
    path = sheet_of(tmp_path_factory.mktemp("refused") / "a.xlsx", *(row for row, _ in UNUSABLE.values()))
    done = import_answers(asked, [path])
    back = openpyxl.load_workbook(path.with_name("a-未收下.xlsx")).active.iter_rows(min_row=2, values_only=True)
    return Refused(done, {line[2]: line[-1] for line in back})


@pytest.mark.parametrize("label", UNUSABLE)
def test_an_answer_that_cannot_be_used_comes_back_with_its_reason(
    asked: Workspace, refused: Refused, label: str
) -> None:
    counts = refused.done.counts
    assert (counts["returned"], counts["accepted"], refused.done.exit_code) == (len(UNUSABLE), 0, 3)
    reason = UNUSABLE[label][1]
    assert reason in refused.lines[list(UNUSABLE).index(label) + 2] and reason in refused.done.text
    assert len(refused.lines) == len(UNUSABLE) and list(asked.inbox.iterdir()) == []


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return found(tmp_path_factory.mktemp("asked") / "ws", entries=7, links=2)


def test_no_name_stands_in_what_is_told(asked: Workspace, tmp_path: Path) -> None:
    done = import_answers(
        asked, [sheet_of(tmp_path / "a.xlsx", {"台账流水号": "9-9"} | answer("确认", officer="赵钱孙"))]
    )
    book = openpyxl.load_workbook(tmp_path / "a-未收下.xlsx")
    cells = [str(c) for sheet in book for row in sheet.iter_rows(values_only=True) for c in row]
    assert "赵钱孙" not in done.text and not [c for c in cells if "赵钱孙" in c]


def test_a_changed_answer_follows_by_its_day_and_an_older_one_does_not(town: Workspace, tmp_path: Path) -> None:
    def say(decision: str, day: date) -> Any:
        return import_answers(town, [sheet_of(tmp_path / "a.xlsx", {"台账流水号": "1-1"} | answer(decision, day=day))])

    assert say("驳回", date(2024, 7, 2)).counts["accepted"] == 1
    assert say("确认", date(2024, 7, 1)).counts["returned"] == 1
    assert say("确认", date(2024, 7, 3)).counts["accepted"] == 1
    assert say("驳回", date(2024, 7, 2)).counts["known"] == 1
    assert [p.name for p in sorted(town.inbox.iterdir())] == [
        "核查结果_20240702_增量_核查簿-01.csv", "核查结果_20240703_增量_核查簿-01.csv",
    ]  # fmt: skip


def test_one_day_and_another_verdict_is_a_file_after_the_first(town: Workspace, tmp_path: Path) -> None:
    for decision in ("驳回", "确认"):
        import_answers(town, [sheet_of(tmp_path / "a.xlsx", {"台账流水号": "1-1"} | answer(decision))])
    names = [p.name for p in sorted(town.inbox.iterdir())]
    assert names == ["核查结果_20240701_增量_核查簿-01.csv", "核查结果_20240701_增量_核查簿-02.csv"]


def test_roles_are_separate(town: Workspace, tmp_path: Path) -> None:
    rows = [{"台账流水号": "1-7"} | answer("确认", role="初审"), {"台账流水号": "1-7"} | answer("确认", role="审核")]
    done = import_answers(town, [sheet_of(tmp_path / "a.xlsx", *rows)])
    assert done.counts == {"accepted": 1, "known": 0, "returned": 1} and "初审人相同" in done.text
    other = import_answers(town, [sheet_of(tmp_path / "b.xlsx", {"台账流水号": "1-7"} | answer("确认", "李四"))])
    assert other.counts["accepted"] == 1


def test_two_officers_against_each_other_are_both_returned(town: Workspace, tmp_path: Path) -> None:
    rows = [{"台账流水号": "1-1"} | answer("确认"), {"台账流水号": "1-1"} | answer("驳回", "李四")]
    done = import_answers(town, [sheet_of(tmp_path / "a.xlsx", *rows)])
    assert done.counts["returned"] == 2 and list(town.inbox.iterdir()) == []


def test_an_answer_given_twice_counts_once(town: Workspace, tmp_path: Path) -> None:
    row = {"台账流水号": " １－１ "} | answer("确认")
    done = import_answers(town, [sheet_of(tmp_path / "a.xlsx", row, row | {"台账流水号": "1-1"})])
    assert done.counts == {"accepted": 1, "known": 1, "returned": 0}


def by(officer: str, verdict: str) -> Fill:
    """One officer's answers to the first entry and the first row."""
    said = {"1-1": answer("确认", officer), f"{DELIVERY}:1": answer(verdict, officer)}
    return lambda sheet, place, question: said.get(question, {})


def blind_pair(workspace: Workspace, folder: Path, second: str) -> tuple[Path, Path]:
    """Two workbooks answered apart: they agree on the first entry and differ, or not, on the second row."""
    export_review(workspace, folder / "双.xlsx", blind=True)

    filled(folder / "双-甲.xlsx", folder / "甲.xlsx", by("张三", "同一人"))
    filled(folder / "双-乙.xlsx", folder / "乙.xlsx", by("李四", second))
    return folder / "甲.xlsx", folder / "乙.xlsx"


def test_a_blind_workbook_shows_no_score_and_says_nothing_by_its_order(town: Workspace, tmp_path: Path) -> None:
    export_review(town, tmp_path / "明.xlsx", blind=False)
    export_review(town, tmp_path / "双.xlsx", blind=True)
    open_book, first, second = (
        openpyxl.load_workbook(tmp_path / f"{n}.xlsx")["身份待核查"] for n in ("明", "双-甲", "双-乙")
    )
    headers = [[c.value for c in sheet[1]] for sheet in (open_book, first, second)]
    assert "比对权重" in headers[0] and not [h for h in headers[1:] if "比对权重" in h]
    order = [[c.value for c in sheet["A"]] for sheet in (open_book, first, second)]
    assert order[1] == order[2] != order[0] and sorted(order[0]) == sorted(order[1])


def test_two_who_agree_are_taken_in(town: Workspace, tmp_path: Path) -> None:
    done = import_answers(town, blind_pair(town, tmp_path, "同一人"))
    assert done.counts == {"accepted": 4, "known": 0, "returned": 0}


def test_one_of_two_alone_decides_nothing(town: Workspace, tmp_path: Path) -> None:
    first, _ = blind_pair(town, tmp_path, "同一人")
    with pytest.raises(UsageError, match="甲、乙两簿"):
        import_answers(town, [first])


def test_two_who_differ_leave_it_to_a_third(town: Workspace, tmp_path: Path) -> None:
    pair = blind_pair(town, tmp_path, "非同一人")
    done = import_answers(town, pair)
    assert (done.counts["accepted"], done.counts["returned"]) == (2, 2)
    assert {r["entry_id"] for r in inbox_rows(town)} == {"1-1"}
    kept = {json.loads(line)["file_sha256"] for line in town.access_log.read_text(encoding="utf-8").splitlines()}
    assert {file_hash(p) for p in tmp_path.glob("甲-*.xlsx")} <= kept  # people's data left the house with them
    conflict = openpyxl.load_workbook(tmp_path / "甲-裁定.xlsx")["身份待核查"]
    header, line = ([c.value for c in row] for row in conflict.iter_rows(max_row=2))
    assert [line[header.index(h)] for h in ("台账流水号", "甲的结论", "甲核查人", "乙的结论", "乙核查人")] == [
        f"{DELIVERY}:1", "同一人", "张三", "非同一人", "李四",
    ]  # fmt: skip
    for officer, outcome in (("张三", "returned"), ("王五", "accepted")):
        filled(tmp_path / "甲-裁定.xlsx", tmp_path / "裁.xlsx", by(officer, "同一人"))
        assert import_answers(town, [tmp_path / "裁.xlsx"]).counts[outcome] == 1


def test_the_csv_beside_a_cut_workbook_may_be_filled_in_too(town: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "待核查-台账待核查.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, (*HEADERS, "核对码"), restval="")
        writer.writeheader()
        writer.writerows([{"台账流水号": "1-1"} | answer("确认"), {"台账流水号": "1-2"}])
    assert import_answers(town, [path]).counts == {"accepted": 1, "known": 0, "returned": 0}
