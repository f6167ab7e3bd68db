"""A sheet that is taken for empty without being asked for its rows is empty."""

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


def written(out: Path) -> dict[str, bytes]:
    con = town()
    lines(con)
    paths = build_workbooks(con, NIGHT, out, Profile())
    con.close()
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in paths}


def test_what_is_not_asked_for_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = written(tmp_path / "told")
    for room in (detail, towns):
        monkeypatch.setattr(room, "may_hold_any", lambda con, sheet: True)
    assert written(tmp_path / "asked") == told
    assert {"名单/就业服务机构.xlsx", "分镇街/东区街道.xlsx"} <= set(told)
