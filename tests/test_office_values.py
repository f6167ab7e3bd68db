"""What an office sets about a pack must be of the kind that the pack asks for: run and doctor say so, and neither fails."""

from pathlib import Path

import pytest

from flows.check_packs import SOME_DAY
from flows.pack_settings import read_packs
from ledger.store import connect
from policies.trial import open_empty_view
from policies.view import wide_columns
from schemas.errors import PolicyError
from tests.rough_files import new_workspace, zhaoren_here

WRONG = {
    "a word for days": ("xinyu", "silent_days", '"三十"'),
    "a truth for days": ("xinyu", "silent_days", "true"),
    "days below nothing": ("xinyu", "silent_days", "-1"),
    "half a day": ("xinyu", "silent_days", "30.5"),
    "a list for days": ("xinyu", "silent_days", "[30]"),
    "a date for days": ("xinyu", "silent_days", "2024-01-01"),
    "a word among dated values": ("xinyu", "silent_days", '[{from = 2020-01-01, is = "三十"}]'),
    "a word for yuan": ("shandong", "urban_dibao", '"八百元"'),
    "a factor below nothing": ("shandong", "edge_factor", "-1.5"),
    "a word for an age of the document": ("xinyu", "older_female_age", '"四十"'),
    "a word for yes": ("zhongshan", "list_at_once", '"是"'),
    "one place for a list": ("shandong", "home_areas", '"某市"'),
    "numbers for places": ("shandong", "home_areas", "[3701]"),
}
RIGHT = {
    "days": ("xinyu", "silent_days", "30"),
    "no days": ("xinyu", "silent_days", "0"),
    "dated days": ("xinyu", "silent_days", "[{from = 2020-01-01, is = 30}]"),
    "yuan and fen": ("shandong", "urban_dibao", "812.5"),
    "whole yuan": ("shandong", "urban_dibao", "812"),
    "places": ("shandong", "home_areas", '["3701", "某市"]'),
    "yes": ("zhongshan", "list_at_once", "true"),
    "a share": ("neimenggu", "layoff_share", "0.2"),
}


def set_value(folder: Path, pack: str, name: str, value: str) -> Path:
    root = new_workspace(folder, (pack,)).root
    path = root / "zhaoren.toml"
    text = path.read_text(encoding="utf-8").replace(f"[parameters.{pack}]\n", "")
    path.write_text(f"{text}\n[parameters.{pack}]\n{name} = {value}\n", encoding="utf-8")
    return root


@pytest.mark.parametrize("label", WRONG)
def test_a_value_of_the_wrong_kind_is_a_wrong_setting(tmp_path: Path, label: str) -> None:
    pack, name, value = WRONG[label]
    root = set_value(tmp_path, pack, name, value)
    for command in (("run", root, "--as-of", "2024-06-30"), ("doctor", root)):
        done = zhaoren_here(*command)
        said = done.stdout + done.stderr
        assert done.returncode == (2 if command[0] == "run" else 1)
        assert f"[parameters.{pack}]" in said and f"{name} 应是" in said


@pytest.mark.parametrize("label", RIGHT)
def test_a_value_of_the_right_kind_is_taken(tmp_path: Path, label: str) -> None:
    pack, name, value = RIGHT[label]
    seen = zhaoren_here("doctor", set_value(tmp_path, pack, name, value))
    assert seen.returncode == 0 and "应是" not in seen.stdout


def test_doctor_says_so_where_a_parameter_or_its_pack_is_misspelt(tmp_path: Path) -> None:
    root = set_value(tmp_path / "name", "xinyu", "silentdays", "30")
    seen = zhaoren_here("doctor", root)
    assert seen.returncode == 1 and "silentdays" in seen.stdout
    other = set_value(tmp_path / "pack", "xinyu", "silent_days", "30")
    path = other / "zhaoren.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("[parameters.xinyu]", "[parameters.xinjiang]"), encoding="utf-8")  # fmt: skip
    assert "[parameters.xinjiang]" in zhaoren_here("doctor", other).stdout


def test_every_value_of_every_pack_fits_its_own_kind() -> None:
    con = connect()
    open_empty_view(con, SOME_DAY)
    columns = wide_columns(con)
    for name in ("zhongshan", "shandong", "jining", "xinyu", "neimenggu"):
        (pack,) = read_packs([name], columns)
        own = {n: list(versions) for n, versions in pack.parameters.items() if versions}
        read_packs([name], columns, {name: own})
        with pytest.raises(PolicyError):
            read_packs([name], columns, {name: {next(iter(own)): object()}})
