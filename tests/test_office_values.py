"""What an office sets about a pack must be of the kind that the pack asks for: run and doctor say so, and neither fails."""

from pathlib import Path
from subprocess import CompletedProcess

import pytest

from flows.packs.check import SOME_DAY
from flows.settings.packs import read_packs
from ledger.store import connect
from policies.trial import open_empty_view
from policies.view import wide_columns
from schemas.errors import PolicyError
from tests.rough_files import new_workspace, zhaoren_here

# Several values of one pack in one settings file: each is named by itself.
WRONG = {
    "a word for days": ("xinyu", "silent_days", '"三十"'),
    "a truth for days": ("xinyu", "survey_days", "true"),
    "days below nothing": ("xinyu", "step_days", "-1"),
    "half a day": ("xinyu", "warn_days", "30.5"),
    "a list for days": ("xinyu", "notice_days", "[30]"),
    "a date for months": ("xinyu", "lock_months", "2024-01-01"),
    "a word among dated values": ("xinyu", "subsidy_cap_months", '[{from = 2020-01-01, is = "三十"}]'),
    "a word for an age of the document": ("xinyu", "older_female_age", '"四十"'),
    "one place for a list": ("xinyu", "home_areas", '"某市"'),
    "a word for yuan": ("shandong", "urban_dibao", '"八百元"'),
    "a factor below nothing": ("shandong", "edge_factor", "-1.5"),
    "numbers for places": ("shandong", "home_areas", "[3701]"),
    "a word for yes": ("zhongshan", "list_at_once", '"是"'),
}
RIGHT = {
    "days": ("xinyu", "silent_days", "30"),
    "no days": ("xinyu", "survey_days", "0"),
    "dated days": ("xinyu", "step_days", "[{from = 2020-01-01, is = 30}]"),
    "yuan and fen": ("shandong", "urban_dibao", "812.5"),
    "whole yuan": ("shandong", "average_income", "812"),
    "places": ("shandong", "home_areas", '["3701", "某市"]'),
    "yes": ("zhongshan", "list_at_once", "true"),
    "a share": ("neimenggu", "layoff_share", "0.2"),
}


def set_value(folder: Path, *values: tuple[str, str, str]) -> Path:
    packs = tuple(dict.fromkeys(pack for pack, _, _ in values))
    root = new_workspace(folder, packs).root
    path = root / "zhaoren.toml"
    text = path.read_text(encoding="utf-8")
    for pack in packs:
        own = "".join(f"{name} = {value}\n" for of, name, value in values if of == pack)
        text = text.replace(f"[parameters.{pack}]\n", "") + f"\n[parameters.{pack}]\n{own}"
    path.write_text(text, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[CompletedProcess[str]]]:
    """What run and doctor say where all the wrong values of a pack are set."""
    said = {}
    for pack in dict.fromkeys(pack for pack, _, _ in WRONG.values()):
        root = set_value(tmp_path_factory.mktemp(pack), *(value for value in WRONG.values() if value[0] == pack))
        said[pack] = [zhaoren_here("run", root, "--as-of", "2024-06-30"), zhaoren_here("doctor", root)]
    return said


@pytest.mark.parametrize("label", WRONG)
def test_a_value_of_the_wrong_kind_is_a_wrong_setting(
    wrong: dict[str, list[CompletedProcess[str]]], label: str
) -> None:
    pack, name, _ = WRONG[label]
    for done, code in zip(wrong[pack], (2, 1), strict=True):
        said = done.stdout + done.stderr
        assert done.returncode == code
        assert f"[parameters.{pack}]" in said and f"{name} 应是" in said


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> CompletedProcess[str]:
    return zhaoren_here("doctor", set_value(tmp_path_factory.mktemp("right"), *RIGHT.values()))


@pytest.mark.parametrize("label", RIGHT)
def test_a_value_of_the_right_kind_is_taken(right: CompletedProcess[str], label: str) -> None:
    assert f"{RIGHT[label][1]} 应是" not in right.stdout
    assert right.returncode == 0 and "应是" not in right.stdout


def test_doctor_says_so_where_a_parameter_or_its_pack_is_misspelt(tmp_path: Path) -> None:
    root = set_value(tmp_path / "name", ("xinyu", "silentdays", "30"))
    seen = zhaoren_here("doctor", root)
    assert seen.returncode == 1 and "silentdays" in seen.stdout
    other = set_value(tmp_path / "pack", ("xinyu", "silent_days", "30"))
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
