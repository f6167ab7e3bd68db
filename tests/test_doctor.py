"""`zhaoren doctor`: what it finds before a night is what the night would say, and the lines it shows mend it."""

import tomllib
from pathlib import Path

import pytest

from flows.doctor import doctor_text, examine
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


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("死亡_20240630_全量.csv", DEATH.replace("死亡日期", "死亡日其")),
        ("死亡名单20240630全量.csv", DEATH),
    ],
    ids=["a header misspelt", "a name of another order"],
)
def test_the_lines_it_shows_mend_it(workspace: Workspace, name: str, text: str) -> None:
    drop(workspace, name, text)
    settings = workspace.root / "zhaoren.toml"
    written = settings.read_text(encoding="utf-8")
    shown = lines(workspace)
    tomllib.loads(shown)
    settings.write_text(written.replace("[files]\n", "[other]\n") if "[files]" in shown else written, encoding="utf-8")
    kept = settings.read_text(encoding="utf-8")
    files = kept.index("[other]") if "[other]" in kept else None
    if files is not None:
        kept = kept[:files] + kept[kept.index("[bands]") :]
    settings.write_text(kept + "\n" + shown + "\n", encoding="utf-8")
    assert stops(workspace) == []


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
