"""What a night could not take in is named to the officer: files refused under one name and taken in under another, folders, links."""

import os
from pathlib import Path

import pytest

from flows.workspace import Workspace
from tests.rough_files import STOP, csv_text, drop, new_workspace, someone, zhaoren_here

ROW = (*someone(1), "男", "", "甲厂", "养老", "合同期满", "2024-04", "2024-04-30")
TEXT = csv_text(STOP, [ROW])


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return new_workspace(tmp_path / "ws")


def put(workspace: Workspace, *names: str) -> None:
    for name in names:
        drop(workspace, name, TEXT)


def test_a_file_refused_under_one_name_is_told_though_another_name_was_taken_in(workspace: Workspace) -> None:
    put(workspace, "失业登记_20240627_增量.csv", "社保停保_20240627_增量.csv")
    done = zhaoren_here("run", workspace.root, "--as-of", "2024-06-30")
    assert done.returncode == 3
    assert "拒收：失业登记_20240627_增量.csv" in done.stderr and "社保停保_20240627_增量.csv" in done.stderr


def test_every_name_that_was_not_taken_in_is_told_though_their_content_is_one(workspace: Workspace) -> None:
    names = ("某表_20240627_增量.csv", "某某表_20240627_增量.csv", "社保停保.csv")
    put(workspace, *names)
    done = zhaoren_here("run", workspace.root, "--as-of", "2024-06-30")
    assert done.returncode == 3 and "拒收：社保停保.csv" in done.stderr
    assert all(name in done.stderr for name in names)


def test_one_content_under_two_names_of_a_kind_is_told_as_a_repeat(workspace: Workspace) -> None:
    put(workspace, "社保停保_20240627_增量.csv", "社保停保_20240627_增量_1.csv")
    done = zhaoren_here("run", workspace.root, "--as-of", "2024-06-30")
    assert done.returncode == 0 and "重复：社保停保_20240627_增量_1.csv" in done.stderr


@pytest.mark.parametrize("what", ["folder", "link", "pipe"])
def test_what_cannot_be_read_stays_and_is_told_by_run_and_doctor(workspace: Workspace, what: str) -> None:
    place = workspace.inbox / "六月"
    {"folder": place.mkdir, "link": lambda: place.symlink_to("/etc/hosts"), "pipe": lambda: os.mkfifo(place)}[what]()
    (workspace.inbox / ".隐藏").write_text("x")
    (workspace.inbox / "还在传.csv.part").write_text("x")
    done = zhaoren_here("run", workspace.root, "--as-of", "2024-06-30")
    assert done.returncode == 0 and "1 项" in done.stderr and "zhaoren doctor" in done.stderr
    seen = zhaoren_here("doctor", workspace.root)
    assert seen.returncode == 1 and "inbox/六月" in seen.stdout
    assert os.path.lexists(place)
