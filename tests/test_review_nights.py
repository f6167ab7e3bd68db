"""From a night's open questions to the next night's decisions, by the command line. All people are invented."""

import csv
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.settings.read import FILE
from ledger.verify import verify
from tests.asked_town import filled, save_sheet
from tests.nightshift import Night, Town, stop

DAYS = ("2024-06-01", "2024-06-02", "2024-06-03")
SPLIT = {"核查结论": "非同一人", "核查人": "李四", "审核环节": "审核", "核查日期": DAYS[1]}
QUESTIONS = ("台账待核查", "身份待核查")


def asked(path: Path) -> dict[str, dict[str, Any]]:
    """The rows of both sheets of questions, by question."""
    found: dict[str, dict[str, Any]] = {}
    book = openpyxl.load_workbook(path)
    for name in QUESTIONS:
        rows = [list(r) for r in book[name].iter_rows(values_only=True)]
        top = next(n for n, r in enumerate(rows) if "台账流水号" in r)
        for row in rows[top + 1 :]:
            line = dict(zip(rows[top], row, strict=True))
            if line["核对码"]:
                found[str(line["台账流水号"])] = line
    return found


def command(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["review", *map(str, words)])
    return result.exit_code, result.output


class Played:
    """Four people who lost their jobs, and a death row that names one of them."""

    def __init__(self, root: Path) -> None:
        self.root, self.town = root, Town.found(root / "ws", "zhongshan", books=True)
        town = self.town
        self.cast = {
            role: town.tell(town.person(f"1979-03-{n:02d}", name=name), stop("2024-03"))
            for n, (role, name) in enumerate({"yes": "", "no": "", "later": "", "named": "欧阳若兰"}.items(), start=1)
        }
        row = {"姓名": "欧阳若兰", "证件号码": "", "死亡日期": "2024-05-20", "数据来源": "民政"}
        town.deliver("死亡", DAYS[0], "增量", [row])
        poor = {"姓名": "欧阳若兰", "证件号码": "", "救助类别": "城市低保", "起始保障年月": "2024-05"}
        town.deliver("低保低收入", DAYS[0], "增量", [poor])
        self.nights = [town.night(DAYS[0])]
        self.exported = command(town.workspace.root, "export", "--out", root / "待核查.xlsx")
        self.entry = {
            role: next(e["entry_id"] for e in town.entries(who, DAYS[0]) if e["needs_decision"])
            for role, who in self.cast.items()
        }
        links = {r["类别"]: q for q, r in asked(root / "待核查.xlsx").items() if ":" in q}
        self.link, self.apart = links["死亡"], links["低保低收入"]
        filled(root / "待核查.xlsx", root / "填好.xlsx", self.fill)
        self.imported = command(town.workspace.root, "import", root / "填好.xlsx")
        town.tell(
            town.person("1979-04-01"), stop("2024-03")
        )  # so that the list comes again, the others' rows unchanged
        self.nights.append(town.night(DAYS[1]))
        self.again = command(town.workspace.root, "import", root / "填好.xlsx")
        self.waiting = list(town.workspace.inbox.iterdir())
        filled(root / "待核查.xlsx", root / "迟.xlsx", self.too_late)
        self.late = command(town.workspace.root, "import", root / "迟.xlsx")
        (stops,) = [d for d in self.nights[1].rows("delivery") if d["kind"] == "insurance_stop"]
        rows = [{"台账流水号": f"{stops['delivery_id'][:12]}：{row}"} | SPLIT for row in (3, 4, 9)]
        head = tuple(rows[0])
        save_sheet(root / "拆.xlsx", head, [[r[h] for h in head] for r in rows])
        self.split = command(town.workspace.root, "import", root / "拆.xlsx")
        self.waiting_split = [p.read_text("utf-8") for p in town.workspace.inbox.iterdir()]
        settings = town.workspace.root / FILE
        settings.write_text(settings.read_text("utf-8").replace("capacity = 2000", "capacity = 1"), "utf-8")
        self.nights.append(town.night(DAYS[2]))

    def fill(self, sheet: str, place: int, question: str) -> dict[str, Any]:
        verdicts = {self.entry["yes"]: "确认", self.entry["no"]: "驳回", self.link: "同一人", self.apart: "非同一人"}
        said = {"核查结论": verdicts.get(question), "核查人": "张三", "审核环节": "走访", "核查日期": DAYS[1]}
        return said if question in verdicts else {}

    def too_late(self, sheet: str, place: int, question: str) -> dict[str, Any]:
        said = {"核查结论": "驳回", "核查人": "李四", "审核环节": "走访", "核查日期": DAYS[1]}
        return said if question == self.entry["yes"] else {}

    def book(self, night: Night) -> Path:
        return night.folder / "workbooks" / "待核查.xlsx"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return Played(tmp_path_factory.mktemp("review"))


def test_the_nights_workbook_asks_what_the_export_asks(played: Played) -> None:
    assert played.exported[0] == 0
    night, out = asked(played.book(played.nights[0])), asked(played.root / "待核查.xlsx")
    assert night == out and set(played.entry.values()) < set(out) and played.link in out


def test_unlike_characters_and_the_weight_are_shown(played: Played) -> None:
    line = asked(played.root / "待核查.xlsx")[played.link]
    assert line["报送姓名"] == line["候选人姓名"] == "欧阳若兰" and line["核对码"].startswith("R1-")


def test_the_answers_are_a_delivery_of_the_next_night(played: Played) -> None:
    assert played.imported[0] == 0, played.imported[1]
    (came,) = [d for d in played.nights[1].rows("delivery") if d["kind"] == "decision"]
    assert (came["file_name"], came["rows"], came["accepted"], came["status"]) == (
        "核查结果_20240602_增量_核查簿-01.csv", 4, 4, "accepted",
    )  # fmt: skip


def test_the_decisions_are_carried_out(played: Played) -> None:
    moved = {e["decision_entry"]: e["state_to"] for e in played.nights[1].entries(op="DECIDED")}
    assert moved == {played.entry["yes"]: "L2", played.entry["no"]: "L0"}
    (death,) = played.town.ask("select match_status, rule, person_id from standing_death")
    assert death == {
        "match_status": "linked",
        "rule": "reviewer",
        "person_id": played.town.person_id(played.cast["named"]),
    }


def test_what_was_answered_is_not_asked_and_the_rest_still_is(played: Played) -> None:
    asks = asked(played.book(played.nights[1]))
    assert played.entry["later"] in asks and played.link not in asks
    assert not {played.entry["yes"], played.entry["no"]} & set(asks)


def test_a_row_that_is_not_its_candidates_is_not_asked_about_again(played: Played) -> None:
    (poor,) = played.town.ask("select match_status, person_id from standing_low_income")
    assert poor == {"match_status": "review", "person_id": None}
    assert played.apart not in asked(played.book(played.nights[1]))


def test_the_same_workbook_once_more_changes_nothing(played: Played) -> None:
    assert played.again[0] == 0 and "此前已收下 4 条" in played.again[1] and played.waiting == []
    assert played.nights[2].entries(op="DECIDED") == []


def test_an_answer_to_a_question_that_has_changed_comes_back(played: Played) -> None:
    assert played.late[0] == 3 and "已变化，请重新核查" in played.late[1]


def test_a_row_that_came_unchanged_is_found_where_it_came_first(played: Played) -> None:
    (first,) = [d for d in played.nights[0].rows("delivery") if d["kind"] == "insurance_stop"]
    assert played.split[0] == 3 and "只有这一行" in played.split[1] and "找不到" in played.split[1]
    (file,) = played.waiting_split
    assert f"{first['delivery_id']}:4" in file and len(file.splitlines()) == 2


def test_who_was_split_off_by_a_workbook_is_a_person_of_their_own(played: Played) -> None:
    (moved,) = [m for m in played.nights[2].rows("match_log") if m["kind"] == "insurance_stop"]
    assert (moved["rule"], moved["cause"]) == ("reviewer", "person")
    assert moved["person_id"] != played.town.person_id(played.cast["named"])


def test_the_nights_workbook_keeps_to_the_offices_capacity(played: Played) -> None:
    book = played.book(played.nights[2])
    assert len(asked(book)) == 1
    lines = [str(c.value) for c in openpyxl.load_workbook(book)["台账待核查"]["A"]]
    with (book.parent / "待核查-台账待核查.csv").open(encoding="utf-8-sig", newline="") as file:
        rest = list(csv.DictReader(file))
    assert f"共 {len(rest)} 行，本表只列前 1 行" in lines[-1] and played.entry["later"] in {
        r["台账流水号"] for r in rest
    }


@pytest.mark.parametrize("words", [("export", "x.xlsx"), ("import",), ("send",)], ids=["a file", "no file", "a word"])
def test_a_wrong_use_is_said(played: Played, words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, ["review", str(played.town.workspace.root), *words])
    assert result.exit_code == 1 and "export" in str(result.exception)


def test_the_chain_holds(played: Played) -> None:
    assert verify(played.town.workspace.runs, played.town.workspace.archive) == []
