"""`zhaoren doctor`: what it finds before a night is what the night would say, and the lines it shows mend it."""

import re
import tomllib
from pathlib import Path

import pytest

from flows.doctor.examine import doctor_text, examine
from flows.workspace import Workspace, init_workspace, locked
from tests.nightshift import Town

DEATH = "姓名,证件号码,死亡日期\n甲乙丙,,2024-06-01\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return init_workspace(tmp_path / "ws", ["zhongshan"])


def drop(workspace: Workspace, name: str, text: str) -> None:
    (workspace.inbox / name).write_text(text, encoding="utf-8")


def lines(workspace: Workspace) -> str:
    """The settings that it shows, as one TOML text."""
    return "\n".join(f.settings for f in examine(workspace) if f.settings)


def stops(workspace: Workspace) -> list[str]:
    return [f.what for f in examine(workspace) if f.stops]


def test_a_tidy_workspace_has_nothing_that_stops(workspace: Workspace) -> None:
    assert stops(workspace) == []
    assert doctor_text([], fix=True) == "没有发现问题，可以运行。"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("死亡_20240630_全量.csv", DEATH.replace("死亡日期", "死亡日其"), "第 3 列看起来像「死亡日期」"),
        ("死亡名单20240630全量.csv", DEATH, "没有写明"),
        ("死亡_29991231_全量.csv", DEATH, "晚于业务日期"),
        ("死亡_20240630_全量.csv", "", "空的"),
        ("死亡_20240630_全量.zip", "PK\x03\x04", "压缩包"),
        ("死亡_20240630_全量.csv.manifest.json", "{}", "只有清单"),
    ],
    ids=[
        "a header misspelt",
        "a name of another order",
        "a day to come",
        "nothing in it",
        "half an archive",
        "no file",
    ],
)
def test_what_a_night_would_refuse_is_said_before(workspace: Workspace, name: str, text: str, says: str) -> None:
    drop(workspace, name, text)
    (said,) = stops(workspace)
    assert says in said


FULL = "死亡_20240630_全量.csv"


@pytest.mark.parametrize(
    "habit", ["", '[aliases.death]\nsource = ["何处"]\n'], ids=["a new section", "a section that is there"]
)
@pytest.mark.parametrize(
    "files",
    [
        {FULL: DEATH.replace("死亡日期", "死亡日其")},
        {FULL: DEATH.replace("死亡日期", '死亡"日其')},
        {FULL: DEATH.replace("死亡日期", "死亡\\日'其")},
        {FULL: DEATH.replace("死亡日期", "死亡日其"), "死亡_20240629_全量.csv": DEATH.replace("死亡日期", "死亡的日期")},
        {"死亡名单20240630全量.csv": DEATH},
        {"死亡名单20240630全量.csv": DEATH, "20240629死亡'报全量.csv": DEATH + "丁戊己,,2024-06-01\n"},
    ],
    ids=["a header", "with a quote", "with a backslash", "two headers", "a name", "two names"],
)  # fmt: skip
def test_the_lines_it_shows_mend_it_when_written_as_it_says(
    workspace: Workspace, files: dict[str, str], habit: str
) -> None:
    for name, text in files.items():
        drop(workspace, name, text)
    settings = workspace.root / "zhaoren.toml"
    written = settings.read_text(encoding="utf-8").replace("patterns = []", "patterns = ['^(?P<kind>收入)$']") + habit
    settings.write_text(written, encoding="utf-8")
    assert stops(workspace)
    shown = doctor_text(examine(workspace), fix=True, written=written).partition("程序不代为改动）：\n\n")[2]
    settings.write_text(as_an_officer_writes(written, shown), encoding="utf-8")
    assert stops(workspace) == []
    assert tomllib.loads(settings.read_text(encoding="utf-8"))["files"]["patterns"][0] == "^(?P<kind>收入)$"


def as_an_officer_writes(written: str, shown: str) -> str:
    """The file with the shown lines: under the section that they name, in place of the line that they name, else at the end."""
    for block in shown.split("\n\n"):
        first, _, lines = block.partition("\n")
        told = re.fullmatch(r"# 加在已有的 (\[.+\]) 一节中(?:，代替原有的 (\w+))?：", first)
        if not told:
            written += f"\n{block}\n"
            continue
        before, head, after = written.partition(f"\n{told[1]}\n")
        after = re.sub(rf"(?m)^{told[2]} = .*\n", "", after, count=1) if told[2] else after
        written = f"{before}{head}{lines}\n{after}"
    return written


def test_a_withdrawal_of_a_file_that_never_came_is_said_before(workspace: Workspace) -> None:
    drop(workspace, "撤回.manifest.json", '{"withdraws": "' + "a" * 64 + '"}')
    assert stops(workspace) == ["清单要撤回的文件不曾收下，或已经撤回；请核对 sha256 后重新投放。"]


def test_unknown_code_words_come_as_lines_to_fill_in(workspace: Workspace) -> None:
    drop(workspace, "社保停保_20240630_全量.csv", "姓名,停保日期,停保原因\n甲乙丙,2024-06-01,05\n")
    shown = lines(workspace)
    assert '# "05" = "…"' in shown and "退休" in shown


def test_a_folder_in_the_inbox_and_a_busy_workspace_are_said(workspace: Workspace) -> None:
    (workspace.inbox / "六月").mkdir()
    with locked(workspace):
        found = {f.where for f in examine(workspace) if f.stops}
    assert found == {"inbox/六月", "工作区"}


def test_it_changes_nothing(tmp_path: Path) -> None:
    town = Town.found(tmp_path / "ws", "zhongshan")
    drop(town.workspace, "死亡_20240630_全量.csv", DEATH)
    before = {p: p.stat().st_mtime_ns for p in town.workspace.root.rglob("*") if p.name != ".lock"}
    examine(town.workspace)
    assert {p: p.stat().st_mtime_ns for p in town.workspace.root.rglob("*") if p.name != ".lock"} == before
