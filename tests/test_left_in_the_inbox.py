"""What a night could not take in is named to the officer: files refused under one name and taken in under another, folders, links."""

import os
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from flows.workspace import Workspace
from tests.rough_files import STOP, csv_text, drop, new_workspace, someone, without_books, zhaoren_here

MADE = {"folder": Path.mkdir, "link": lambda place: place.symlink_to("/etc/hosts"), "pipe": os.mkfifo}


def put(workspace: Workspace, who: int, *names: str) -> None:
    """The same content under each of the names."""
    row = (*someone(who), "男", "", "甲厂", "养老", "合同期满", "2024-04", "2024-04-30")
    for name in names:
        drop(workspace, name, csv_text(STOP, [row]))


def night(workspace: Workspace) -> CompletedProcess[str]:
    with without_books():
        return zhaoren_here("run", workspace.root, "--as-of", "2024-06-30")


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> CompletedProcess[str]:
    """A night with one content under a name that is refused and one that is taken in, and another under three others."""
    workspace = new_workspace(tmp_path_factory.mktemp("refused"))
    put(workspace, 1, "失业登记_20240627_增量.csv", "社保停保_20240627_增量.csv")
    put(workspace, 2, "某表_20240627_增量.csv", "某某表_20240627_增量.csv", "社保停保.csv")
    return night(workspace)


def test_a_file_refused_under_one_name_is_told_though_another_name_was_taken_in(refused: CompletedProcess[str]) -> None:
    assert refused.returncode == 3
    assert "拒收：失业登记_20240627_增量.csv" in refused.stderr and "社保停保_20240627_增量.csv" in refused.stderr


def test_every_name_that_was_not_taken_in_is_told_though_their_content_is_one(refused: CompletedProcess[str]) -> None:
    assert refused.returncode == 3 and "拒收：社保停保.csv" in refused.stderr
    assert all(name in refused.stderr for name in ("某表_20240627_增量.csv", "某某表_20240627_增量.csv"))


@dataclass(frozen=True)
class Left:
    """A night that ends with 0 though a content came twice and some things are no files; and what doctor says then."""

    workspace: Workspace
    night: CompletedProcess[str]
    doctor: CompletedProcess[str]


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Left:
    workspace = new_workspace(tmp_path_factory.mktemp("left"))
    put(workspace, 1, "社保停保_20240627_增量.csv", "社保停保_20240627_增量_1.csv")
    for what, make in MADE.items():
        make(workspace.inbox / what)
    (workspace.inbox / ".隐藏").write_text("x")
    (workspace.inbox / "还在传.csv.part").write_text("x")
    return Left(workspace, night(workspace), zhaoren_here("doctor", workspace.root))


def test_one_content_under_two_names_of_a_kind_is_told_as_a_repeat(left: Left) -> None:
    assert left.night.returncode == 0 and "重复：社保停保_20240627_增量_1.csv" in left.night.stderr


@pytest.mark.parametrize("what", MADE)
def test_what_cannot_be_read_stays_and_is_told_by_run_and_doctor(left: Left, what: str) -> None:
    assert left.night.returncode == 0 and "3 项" in left.night.stderr and "zhaoren doctor" in left.night.stderr
    assert left.doctor.returncode == 1 and f"inbox/{what}" in left.doctor.stdout
    assert os.path.lexists(left.workspace.inbox / what)
