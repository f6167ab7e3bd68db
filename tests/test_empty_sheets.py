"""A sheet that is taken for empty or for long without being asked for its rows shows what it would have shown."""

from pathlib import Path

import duckdb
import pytest

from reports import detail, towns
from reports.night import Profile, build_workbooks
from tests.test_workbooks import NIGHT, insert, town

LISTS = ("O02", "O04", "O08", "O10", "O11")


def lines(con: duckdb.DuckDBPyConnection) -> None:
    for seq, code in enumerate(LISTS):
        insert(
            con, "open_line", list=code, person_id=f"P{seq}", name="赵志远", town="东区街道", clause="NM-2.1b", entry_id=f"7-{seq}",
            run_no=7, seq=seq, is_new=seq % 2 == 0, pack="neimenggu", rule_id="NM-2.1b", op="GAP", track="T", parameters="{}",
        )  # fmt: skip


def written(out: Path, profile: Profile) -> dict[str, bytes]:
    con = town()
    lines(con)
    paths = build_workbooks(con, NIGHT, out, profile)
    con.close()
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture(scope="module", params=[2, 5000], ids=["cut short", "whole"])
def counted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, dict[str, bytes]]:
    """How many rows a sheet takes, and the workbooks made of rows that were counted."""
    most = request.param
    return most, written(tmp_path_factory.mktemp("told"), Profile(rows_per_sheet=most, review_capacity=most))


@pytest.mark.parametrize("behind", [1, 10**9], ids=["maybe few", "maybe many"])
def test_how_a_sheet_is_read_changes_nothing_that_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted: tuple[int, dict[str, bytes]], behind: int
) -> None:
    most, told = counted
    for room in (detail, towns):
        monkeypatch.setattr(room, "rows_behind", lambda con, sheet, most: behind)
    assert written(tmp_path / "asked", Profile(rows_per_sheet=most, review_capacity=most)) == told
    assert {"名单/就业服务机构.xlsx", "分镇街/东区街道.xlsx"} <= set(told)
    assert any(name.endswith(".csv") for name in told) == (most == 2)
