"""docs/operations.md: its commands run as they stand there, one after another, in a shell."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.looking.look import describe_status
from tests.nightshift import aid, registered
from tests.rough_files import ROOT, few_sample_files, surroundings
from tests.test_docs import RUN_BLOCK
from tests.unjudged_nights import UnjudgedTown

PAGE = ROOT / "docs" / "operations.md"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like a fresh clone with less of the sample, after every command of the page."""
    folder = tmp_path_factory.mktemp("desk")
    few_sample_files(folder)
    blocks = RUN_BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(blocks)],
        cwd=folder, env=surroundings(PATH=path, PREFECT_HOME=str(folder / "prefect")), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    (folder / "said").write_text(done.stdout, encoding="utf-8")
    return folder


def test_the_drill_restores_the_same_ledger(desk: Path) -> None:
    before, after = ((desk / f"{name}.csv").read_bytes() for name in ("before", "after"))
    assert before == after and before.count(b"\n") > 50
    assert "1 次运行全部核对无误" in (desk / "said").read_text(encoding="utf-8")


def test_status_says_what_waits(desk: Path) -> None:
    said = (desk / "said").read_text(encoding="utf-8")
    assert "待人决定" in said and "未办任务" in said and "迟报的来源：无" in said


def test_status_names_what_is_overdue_and_who_is_late(tmp_path: Path) -> None:
    town = UnjudgedTown.found(tmp_path / "town", "xinyu", "neimenggu")
    settings = town.workspace.root / "zhaoren.toml"
    with settings.open("a", encoding="utf-8") as stream:
        stream.write("\n[sources.low_income]\ndays = 30\n")
    town.tell(town.person("1990-05-01"), registered("2024-03-10"), aid("2024-01"))
    town.night("2024-04-01")
    assert "迟报的来源：无" in describe_status(town.workspace)
    town.night("2024-05-02")
    assert "迟报的来源：低保低收入（1 天）" in describe_status(town.workspace)
