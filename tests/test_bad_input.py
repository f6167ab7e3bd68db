"""Bad files through a whole night: each gets a sentence that helps, and the good ones of the same night are posted."""

import json
import os
import re
import resource
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from flows.commands.words import tell
from flows.looking.look import describe_status
from flows.night.outcome import Outcome
from flows.workspace import Workspace
from intake.read import Habits, read_delivery
from intake.receive import Incoming, read_inbox
from intake.values import convert
from ledger.verify import verify
from schemas.errors import DeliveryRefused
from schemas.extracts import LAYOUTS
from tests.rough_files import (
    DEATH,
    ROOT,
    STOP,
    command,
    csv_text,
    death_file,
    deaths,
    drop,
    entries,
    listed,
    locked_xlsx,
    new_workspace,
    night,
    numbered,
    phone_of,
    someone,
    stop_file,
    stop_row,
    surroundings,
    table,
    xls,
    xlsx,
)
from tests.unjudged_nights import unjudged_night

FIRST, SECOND, THIRD = "2024-06-29", "2024-06-30", "2024-07-01"
WELL = range(1, 7)  # the people of the good files
FORMULA_NAMES = ("=1+2", "+吴庚", "-郑甲", "@冯乙")
EXTENSION = {b"PK": "xlsx", b"\xd0\xcf": "xls"}


CUTS = (4200, 4600, 5300)  # inside the directory and the sector table


@dataclass(frozen=True)
class Rough:
    """One delivered file and what must become of it: its status, words of the reason, and rows read and quarantined."""

    says: str
    data: str | bytes
    status: str = "refused"
    name: str = ""
    rows: int = 0
    bad: int = 0
    manifest: str | None = None


def _gb(text: str) -> bytes:
    return text.encode("gb18030")


def _hurt(data: bytes, wrong: bytes = b"\xff") -> bytes:
    """One byte in the middle, inside the last row's name, is another one."""
    at = data.rindex(b"\n", 0, -1) + 1
    return data[:at] + wrong + data[at + 1 :]


def _long_cell() -> str:
    rows = [[*row, ""] for row in deaths(40, 41)]
    rows[0][3] = "长" * 1_000_000
    return csv_text((*DEATH, "地址"), rows)


TITLED = "某某市死亡人员名单,,\n填报单位：某某局,2024年6月,\n" + death_file(51, 52)
PAGES = (
    csv_text(DEATH, [*deaths(53), ["", "", ""], [" ", "\t", ""], *map(list, (DEATH,)), *deaths(54)])
    + "\n合计：2人,,\n制表人：某某,审核：某某,\n"
)
NAMES: dict[str, Rough] = {
    "an empty file": Rough("空的", b""),
    "white space only": Rough("空的", " \r\n\t\n　\n"[:5].encode()),
    "a byte order mark only": Rough("表头", b"\xef\xbb\xbf"),
    "a header only": Rough("只有表头", csv_text(DEATH, []), "accepted"),
    "Big5": Rough("", "姓名,證件號碼,死亡日期\n陳乙丙,1,20240601\n".encode("big5")),
    "Latin-1": Rough("", "Prénom,Numéro,Décès\nRenée,1,20240601\n".encode("latin-1")),
    "mojibake": Rough("表头", death_file(42).encode().decode("gb18030", errors="replace").replace("\ufffd", "锟")),
    "a damaged byte in UTF-8": Rough("第 {hurt} 字节", _hurt(death_file(43, 44).encode())),
    "a damaged byte in GB18030": Rough("第 {hurt} 字节", _hurt(_gb(death_file(43, 44)))),
    "cut inside a line": Rough("截断", death_file(45, 46).encode()[:-20]),
    "cut inside a UTF-8 character": Rough("中断", death_file(45, 46).encode()[: -len("0000000000000000000,20240601\n") - 1]),
    "cut inside a GB18030 character": Rough("中断", _gb(death_file(45, 46))[: -len("0000000000000000000,20240601\n") - 1]),
    "a cut xlsx": Rough("截断", xlsx([DEATH, *deaths(47)])[:-900]),
    "the same header twice": Rough("第 2 列和第 4 列", csv_text((*DEATH, "证件号码"), [[*r, r[1]] for r in deaths(48)])),
    "two names of one column": Rough("第 2 列和第 4 列", csv_text((*DEATH, "身份证号"), [[*r, r[1]] for r in deaths(48)])),
    "a must column missing": Rough("缺少必需的列：死亡日期", csv_text(DEATH[:2], [r[:2] for r in deaths(49)])),
    "extra and reordered columns": Rough(
        "多出 1 列", csv_text(("死亡日期", "备考", "姓名", "证件号码"), [["20240601", "注", *r[:2]] for r in deaths(50)]),
        "accepted", rows=1,
    ),
    "title rows": Rough("", TITLED, "accepted", rows=2),
    "footers, blank rows and a repeated header": Rough("", PAGES, "accepted", rows=2),
    "a footer with the wrong count": Rough("表尾合计写明 3 行，实际读到 2 行", death_file(55, 56) + "合计：3人,,\n"),
    "an xlsx that is a CSV": Rough("扩展名与内容不符", death_file(57), "accepted", "死亡_20240629_增量_{}.xlsx", rows=1),
    "a csv that is an xlsx": Rough("扩展名与内容不符", xlsx([DEATH, *deaths(58)]), "accepted", "死亡_20240629_增量_{}.csv", rows=1),
    "an old xls": Rough("", xls([DEATH, *deaths(59)]), "accepted", rows=1),
    "numbers stored as floats": Rough("", xlsx([DEATH, *[[r[0], int(r[1][:17]) * 10 + 9, 45444] for r in deaths(60)]]), "accepted", rows=1),
    "a second sheet with as many columns and no header": Rough("表头", xlsx([DEATH, *deaths(61)], deaths(62))),
    "a workbook with nothing in it": Rough("空的", xlsx([])),
    "a password": Rough("密码", locked_xlsx()),
    "a web page without a table of ours": Rough("表头", "<html><table><tr><td>姓名</td></tr></table></html>", name="死亡_20240629_增量_{}.xls"),
    "a cell of a million characters": Rough("", _long_cell(), "accepted", rows=2, bad=1),
    "quotes never closed": Rough("引号", csv_text(DEATH, [['"某甲', *r[1:]] for r in deaths(64)] + deaths(65, 66))),
    "rows too short and too long": Rough(
        "", csv_text(DEATH, [deaths(67)[0][:2], [*deaths(68)[0], "多", "余"], *deaths(69)]), "accepted", rows=3, bad=2
    ),
    "NUL bytes": Rough("空字节", death_file(70).replace("2024", "20\x0024")),
    "line ends of CR only": Rough("", death_file(71, 72).replace("\n", "\r"), "accepted", rows=2),
    "UTF-16LE with its mark": Rough("", b"\xff\xfe" + death_file(73).encode("utf-16-le"), "accepted", rows=1),
    "UTF-16BE with its mark": Rough("", b"\xfe\xff" + death_file(74).encode("utf-16-be"), "accepted", rows=1),
    "UTF-16LE without its mark": Rough("", death_file(75).encode("utf-16-le"), "accepted", rows=1),
    "UTF-16LE without its mark, with 一 in it": Rough(
        "", csv_text((*DEATH, "地址"), [[*deaths(76)[0], "一村"]]).encode("utf-16-le"), "accepted", rows=1
    ),
    "half a UTF-16 character": Rough("字节", b"\xff\xfe" + death_file(77).encode("utf-16-le")[:-1]),
    "rows of a bad kind": Rough(
        "", csv_text(DEATH, [["", *deaths(78)[0][1:]], [*deaths(79)[0][:2], "20240231"], [*deaths(80)[0][:2], "昨天"], *deaths(81)]),
        "accepted", rows=4, bad=3,
    ),
    "the same bad row twice": Rough("", csv_text(DEATH, [["", *deaths(82)[0][1:]]] * 2), "accepted", rows=2, bad=2),
    "a manifest that counts otherwise": Rough("清单写明 9 行，实际读到 1 行", death_file(83), manifest='{"rows": 9}'),
    "a manifest for other bytes": Rough("sha256", death_file(84), manifest=json.dumps({"sha256": "0" * 64})),
    "a manifest that is no JSON": Rough("清单不是有效的 JSON", death_file(85), manifest="{rows: 1"),
    "a manifest that is right": Rough("", death_file(86), "accepted", rows=1, manifest='{"rows": 1}'),
    "an unknown kind": Rough("类别", death_file(87), name="名单_20240629_增量_{}.csv"),
    "no date": Rough("日期", death_file(88), name="死亡_增量_{}.csv"),
    "an impossible date": Rough("日期", death_file(89), name="死亡_20240231_增量_{}.csv"),
    "no coverage": Rough("全量还是增量", death_file(90), name="死亡_20240629_{}.csv"),
    "columns without a header or with the same one": Rough(
        "", csv_text((*DEATH, "备注", "备注", ""), [[*deaths(97)[0], "先说", "后说", "无名"]]), "accepted", rows=1
    ),
    "two quotes never closed": Rough(
        "引号", csv_text((*DEATH, "地址", "来源"), [[*r, '"某村' if i < 2 else "某村", "公安"] for i, r in enumerate(deaths(91, 92, 93))])
    ),
    "a business called 打印复印店": Rough(
        "", csv_text(("企业名称", "姓名", "主体类型", "任职身份", "登记状态", "成立日期"),
                     [[firm, someone(94 + i)[0], "个体工商户", "经营者", "存续", "20200101"] for i, firm in enumerate(("打印复印店", "小卖部"))]),
        "accepted", "市场主体_20240629_增量_{}.csv", rows=2,
    ),
}  # fmt: skip


def _file_name(label: str, rough: Rough) -> str:
    slug = f"案例{list(NAMES).index(label):02d}"
    data = rough.data if isinstance(rough.data, bytes) else b""
    return (rough.name or f"死亡_20240629_增量_{{}}.{EXTENSION.get(data[:2], 'csv')}").format(slug)


@pytest.fixture(scope="module")
def rough_night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Outcome]:
    """Every rough file and one good one in one inbox, on the first night."""
    workspace = new_workspace(tmp_path_factory.mktemp("rough"))
    for label, rough in NAMES.items():
        drop(workspace, _file_name(label, rough), rough.data)
        if rough.manifest is not None:
            drop(workspace, _file_name(label, rough) + ".manifest.json", rough.manifest)
    odd = [stop_row(30 + i, 姓名=name) for i, name in enumerate(FORMULA_NAMES)]
    drop(workspace, "社保停保_20240629_全量.csv", csv_text(STOP, [*[stop_row(s) for s in WELL], *odd]))
    drop(workspace, "死亡_20240629_增量_孤单.csv.manifest.json", '{"rows": 3}')
    drop(workspace, "死亡_20240629_增量_在写.csv.part", death_file(99))
    (workspace.root / "elsewhere.csv").write_text(death_file(98))
    (workspace.inbox / "死亡_20240629_增量_链接.csv").symlink_to(workspace.root / "elsewhere.csv")
    (workspace.inbox / "子目录").mkdir()
    drop(workspace, "子目录/死亡_20240629_增量.csv", death_file(97))
    return workspace, night(workspace, FIRST, books=True)


@pytest.fixture(scope="module")
def rough_delivery(rough_night: tuple[Workspace, Outcome]) -> dict[str, dict[str, Any]]:
    return {row["file_name"]: row for row in table(rough_night[0], "delivery", 1)}


def _cases() -> Iterator[Any]:
    for label in NAMES:
        yield pytest.param(label, id=label)


@pytest.mark.parametrize("label", list(_cases()))
def test_each_rough_file_ends_as_it_must_with_a_sentence_that_helps(
    label: str, rough_delivery: dict[str, dict[str, Any]]
) -> None:
    rough = NAMES[label]
    row = rough_delivery[_file_name(label, rough)]
    hurt = rough.data.index(b"\xff") + 1 if isinstance(rough.data, bytes) and b"\xff" in rough.data else 0
    assert (row["status"], row["rows"], row["quarantined"]) == (rough.status, rough.rows, rough.bad)
    assert rough.says.format(hurt=hurt) in (row["reason"] or "")
    if rough.status == "refused":
        assert re.search("请.*。$", row["reason"])


def test_the_good_file_of_a_rough_night_is_posted_in_full(rough_night: tuple[Workspace, Outcome]) -> None:
    workspace, outcome = rough_night
    assert outcome.exit_code == 3
    posted = [e for e in entries(workspace) if e["op"] == "ADD"]
    assert len(posted) == len(WELL) + len(FORMULA_NAMES)
    assert verify(workspace.runs, workspace.archive) == []


def test_totals_of_every_delivery_add_up(rough_delivery: dict[str, dict[str, Any]]) -> None:
    for row in rough_delivery.values():
        assert row["rows"] == row["accepted"] + row["quarantined"]
        parts = ("unchanged", "linked", "new_person", "not_linked", "review")
        assert row["accepted"] == sum(row[p] for p in parts), row["file_name"]


def test_rows_put_aside_are_told_with_the_files_of_which_nothing_counts(
    rough_night: tuple[Workspace, Outcome],
    rough_delivery: dict[str, dict[str, Any]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    workspace, outcome = rough_night
    tell(outcome)
    said = capsys.readouterr()
    aside = {name: row["quarantined"] for name, row in rough_delivery.items() if row["quarantined"]}
    assert f"隔离 {sum(aside.values())} 行" in said.out
    wholly = {name for name, count in aside.items() if count == rough_delivery[name]["rows"]}
    assert 0 < len(wholly) < len(aside)
    assert {line.split("：")[1].split(" —— ")[0] for line in said.err.splitlines() if "全部隔离" in line} == wholly
    assert f"隔离未计的行：{sum(aside.values())}。" in describe_status(workspace)


def test_what_was_taken_in_leaves_the_inbox_and_stands_in_the_archive(rough_night: tuple[Workspace, Outcome]) -> None:
    workspace, _ = rough_night
    left = {p.name for p in workspace.inbox.iterdir()}
    assert left == {"死亡_20240629_增量_在写.csv.part", "死亡_20240629_增量_链接.csv", "子目录"}
    archived = {p.name for p in workspace.archive.iterdir()}
    manifest = json.loads((workspace.runs / "000001" / "manifest.json").read_text())
    assert {i["sha256"] for i in manifest["inputs"]} <= archived


def test_a_manifest_is_archived_like_the_file_it_speaks_of(rough_night: tuple[Workspace, Outcome]) -> None:
    workspace, _ = rough_night
    kept = [p for p in workspace.archive.iterdir() if p.read_bytes() == b'{"rows": 9}']
    assert len(kept) == 1


def test_a_manifest_without_its_file_is_refused(rough_delivery: dict[str, dict[str, Any]]) -> None:
    row = rough_delivery["死亡_20240629_增量_孤单.csv.manifest.json"]
    assert row["status"] == "refused" and "只有清单" in row["reason"]


def test_no_value_of_any_cell_stands_in_messages_quarantine_or_manifest(rough_night: tuple[Workspace, Outcome]) -> None:
    workspace, outcome = rough_night
    said = json.dumps([outcome.deliveries, outcome.counts(), outcome.rows()], ensure_ascii=False)
    for name in ("delivery", "quarantine", "notice"):
        said += json.dumps(table(workspace, name), ensure_ascii=False, default=str)
    said += (workspace.runs / "000001" / "manifest.json").read_text(encoding="utf-8")
    people = [someone(s) for s in range(100)]
    found = [s for s, (name, number) in enumerate(people) if name in said or number in said or number[:14] in said]
    assert found == []
    assert not any(phone_of(s) in said for s in range(100))


def test_cells_of_unbound_columns_are_kept_beside_the_row_whatever_their_header(
    rough_night: tuple[Workspace, Outcome],
) -> None:
    kept = " ".join(str(r["extra"]) for r in table(rough_night[0], "standing/death", 1))
    assert all(word in kept for word in ("先说", "后说", "无名"))


def test_a_quarantined_row_is_named_by_row_column_check_and_reason(rough_night: tuple[Workspace, Outcome]) -> None:
    label = "rows of a bad kind"
    name = _file_name(label, NAMES[label])
    rows = [r for r in table(rough_night[0], "quarantine", 1) if r["file_name"] == name]
    assert [(r["row_no"], r["column"], r["check"]) for r in rows] == [
        (1, "姓名", "required"), (2, "死亡日期", "no_such_date"), (3, "死亡日期", "not_a_date"),
    ]  # fmt: skip
    assert [r["value_kind"] for r in rows] == ["empty", "digits", "han"]
    assert all("。" in r["message"] for r in rows)


def test_no_text_of_a_delivery_becomes_a_formula_in_a_workbook(rough_night: tuple[Workspace, Outcome]) -> None:
    _, outcome = rough_night
    found = set()
    for path in (outcome.folder / "workbooks").rglob("*.xlsx"):
        book = openpyxl.load_workbook(path)
        for sheet in book:
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f", (path.name, sheet.title, cell.coordinate)
                    found |= {n for n in FORMULA_NAMES if cell.value == n}
    assert found == set(FORMULA_NAMES)


def test_full_identity_numbers_and_phones_stand_in_no_workbook(rough_night: tuple[Workspace, Outcome]) -> None:
    _, outcome = rough_night
    for path in (outcome.folder / "workbooks").rglob("*.xlsx"):
        with zipfile.ZipFile(path) as archive:
            text = "".join(archive.read(n).decode(errors="ignore") for n in archive.namelist() if n.endswith(".xml"))
        assert not any(someone(s)[1] in text for s in (*WELL, *range(30, 34)))


# A second and a third night, against what stands already.

PENSION = ("姓名", "证件号码", "待遇开始日期")
SERVICE = ("姓名", "证件号码", "服务日期", "服务类型")
AID = ("姓名", "证件号码", "低保证号", "救助类别", "起始保障年月")


def _pension(serial: int) -> str:
    return csv_text(PENSION, [[*someone(serial), "20240101"]])


def _service(*serials: int) -> str:
    return csv_text(SERVICE, [[*someone(s), "20240101", "职业指导"] for s in serials])


@pytest.fixture(scope="module")
def three_nights(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = new_workspace(tmp_path_factory.mktemp("nights"))
    drop(workspace, "社保停保_20240629_全量.csv", stop_file(*WELL))
    drop(workspace, "死亡_20240629_全量.csv", death_file(20, 21, 22))
    drop(workspace, "养老待遇_20250629_全量.csv", _pension(23))  # a year too late
    drop(workspace, "服务记录_20240629_全量.csv", _service(24))
    aid = csv_text(AID, [[*someone(28, "20000101"), "1", "城市低保", "202401"]])
    drop(workspace, "市场主体_20240628_全量.csv", aid)  # once under a wrong name
    drop(workspace, "低保低收入_20240629_全量.csv", aid)
    night(workspace, FIRST)
    drop(workspace, "社保停保_20240630_全量.csv", stop_file(1, 2))  # six, now two
    drop(workspace, "死亡_20240628_增量.csv", death_file(25))  # older than what stands
    drop(workspace, "死亡_20240629_全量_又.csv", death_file(20, 21, 22))
    drop(workspace, "养老待遇_20240630_全量.csv", _pension(27))
    drop(workspace, "服务记录_20240630_全量.csv", _service(26))
    night(workspace, SECOND)
    drop(workspace, "服务记录_20240701_全量.csv", _service(24))
    unreadable = [stop_row(s, **({"停保日期": "三月底"} if s == 1 else {})) for s in WELL]
    drop(workspace, "社保停保_20240701_全量.csv", csv_text(STOP, unreadable))
    night(workspace, THIRD)
    return workspace


def _status(workspace: Workspace, run_no: int, file_name: str) -> tuple[str | None, str]:
    found = [r for r in table(workspace, "delivery", run_no) if r["file_name"] == file_name]
    return (found[0]["status"], found[0]["reason"] or "") if found else (None, "")


@pytest.mark.parametrize(
    ("file_name", "status", "says"),
    [
        pytest.param("社保停保_20240630_全量.csv", "held", "疑似不完整", id="a full snapshot shrunken past its band"),
        pytest.param("死亡_20240628_增量.csv", "refused", "早于已接收的全量", id="older than what stands"),
        pytest.param("死亡_20240629_全量_又.csv", "duplicate", "完全相同", id="the same content under another name"),
    ],
)
def test_a_file_that_clashes_with_what_stands_is_told_apart(
    file_name: str, status: str, says: str, three_nights: Workspace
) -> None:
    found, reason = _status(three_nights, 2, file_name)
    assert found == status and says in reason


def test_a_held_snapshot_ends_nothing(three_nights: Workspace) -> None:
    assert [e["op"] for e in listed(three_nights) if e["run_no"] < 3] == ["ADD"] * len(WELL)


def test_a_snapshot_that_returns_to_an_earlier_content_counts_again(three_nights: Workspace) -> None:
    assert _status(three_nights, 3, "服务记录_20240701_全量.csv")[0] == "accepted"


def test_a_right_file_is_taken_in_beside_the_same_content_under_a_wrong_name(three_nights: Workspace) -> None:
    assert _status(three_nights, 1, "低保低收入_20240629_全量.csv")[0] == "accepted"


def test_a_mistyped_future_date_does_not_shut_out_the_nights_after_it(three_nights: Workspace) -> None:
    assert _status(three_nights, 2, "养老待遇_20240630_全量.csv")[0] == "accepted"


def test_a_row_of_a_full_snapshot_that_turns_unreadable_withdraws_nothing(three_nights: Workspace) -> None:
    assert [r["check"] for r in table(three_nights, "quarantine", 3)] == ["not_a_date"]
    assert [e["op"] for e in entries(three_nights) if e["run_no"] == 3] == []


# Files that end the whole night instead of being refused alone.


def _read(data: bytes, kind: str = "death") -> str:
    """What the reader says of a file: the code it refuses with, or "" for rows. A Rust panic is no Exception."""
    try:
        read_delivery(Incoming(Path("x"), "x", "0", len(data)), data, LAYOUTS[kind], Habits(), [])
    except DeliveryRefused as refused:
        return refused.code
    except BaseException as other:
        raise AssertionError(f"the reader died of {type(other).__name__}") from None
    return ""


def test_a_file_name_left_in_gbk_is_read_as_gbk(tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path)
    path = os.fsencode(workspace.inbox) + b"/" + "死亡_20240629_增量.csv".encode("gbk")
    with open(path, "wb") as stream:
        stream.write(death_file(1).encode())
    drop(workspace, "社保停保_20240629_全量.csv", stop_file(1, 2))
    assert unjudged_night(workspace, date.fromisoformat(FIRST)).exit_code == 0
    assert "死亡_20240629_增量.csv" in {row["file_name"] for row in table(workspace, "delivery", 1)}


def test_a_manifest_nested_without_end_is_refused_alone(tmp_path: Path) -> None:
    (tmp_path / "死亡_20240629_增量.csv").write_text(death_file(1))
    (tmp_path / "死亡_20240629_增量.csv.manifest.json").write_text("[" * 200_000)
    (incoming,) = read_inbox(tmp_path)
    assert incoming.problem is not None and incoming.problem.code == "manifest_bad"


def test_a_number_too_great_for_any_column_is_quarantined_alone() -> None:
    with pytest.raises(ValueError, match="not_a_number"):
        convert("1e9999999", LAYOUTS["unemployment_benefit"].column("months_left"))


@pytest.mark.parametrize("cut", CUTS)
def test_a_cut_xls_is_refused_alone(cut: int) -> None:
    assert _read(xls([DEATH, *deaths(1)])[:cut]) == "truncated"


def test_an_xlsx_whose_zip_names_an_unknown_version_is_refused_alone() -> None:
    data = bytearray(xlsx([DEATH, *deaths(1)]))
    data[data.rindex(b"PK\x01\x02") + 6] = 231  # version needed to extract: 23.1
    assert _read(bytes(data)) == "truncated"


def _little_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def test_a_stray_cell_at_the_far_corner_of_a_sheet_does_not_end_the_night(tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path)
    book = openpyxl.Workbook()
    for row in (DEATH, *deaths(1)):
        book.active.append(list(row))
    book.active["XFD1048576"] = "x"
    book.save(workspace.inbox / "死亡_20240629_增量.xlsx")
    drop(workspace, "社保停保_20240629_全量.csv", stop_file(1, 2))
    done = subprocess.run(command("run", workspace.root, "--as-of", FIRST), cwd=ROOT, env=surroundings(),
                          capture_output=True, text=True, timeout=120, preexec_fn=_little_memory)  # fmt: skip
    assert done.returncode == 3


def test_numbers_of_the_helpers_are_valid_by_the_standards_own_example() -> None:
    assert numbered("11010519491231002") == "11010519491231002X"
