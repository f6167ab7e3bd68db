"""A pack that does not hold together is refused when it is read, with rule, day and what to do."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from flows.packs.check import check_packs
from policies.pack import PACKS, read_national, read_pack
from policies.trial import faults_in_expressions
from policies.versions import bound, said_on
from policies.view import wide_columns
from policies.windows import days_of_change, value_faults
from schemas.errors import PolicyError

TEXT = (PACKS / "zhongshan" / "pack.toml").read_text(encoding="utf-8")
MIN_AGE = TEXT.split("[parameter.min_age]\n")[1].split("\n\n")[0]
VALUE = '{{from = {}, to = {}, is = {}, source = "test", checked = 2026-11-22}}'
LAST = '{{from = {}, is = {}, source = "test", checked = 2026-11-22}}'
SECOND = """
[rule."ZS-3.1:newer"]
title = "新办法"
quote = "test"
in_force = {from = %s}
when = "is_registered and lead"
finds = {track = "L", op = "ADD", basis = "registration", state = "L1", needs_decision = true}
proof = ["registration"]
sentence = "登记失业。"
"""


def aged(*values: str) -> str:
    """The pack with other values of the age."""
    return TEXT.replace(MIN_AGE, f'unit = "years"\nvalues = [{", ".join(values)}]')


def ruled(old: str, new: str) -> str:
    """The pack with an end of its own for ZS-3.1, and a newer version of it."""
    ended = f'[rule."ZS-3.1"]\nin_force = {{from = 2019-01-01{old}}}\n'
    return TEXT.replace('[rule."ZS-3.1"]\n', ended) + SECOND % new


def read(text: str, folder: Path, con: duckdb.DuckDBPyConnection) -> None:
    (folder / "pack.toml").write_text(text, encoding="utf-8")
    read_pack(str(folder), wide_columns(con))


SOUND = {
    "a value dated ahead": aged(VALUE.format("2019-01-01", "2030-01-01", 40), LAST.format("2030-01-01", 45)),
    "a rule that follows another": ruled(", to = 2024-07-01", "2024-07-01"),
    "a rule that ends": ruled(", to = 2024-07-01", '2024-08-01, gap = "旧文件废止，新文件尚未印发"'),
    "rules side by side": ruled("", '2024-07-01, beside = "新旧并行一年"'),
}
BROKEN = {
    "days between two values": (
        aged(VALUE.format("2019-01-01", "2024-07-01", 40), LAST.format("2024-07-02", 45)), ("min_age", "自 2024-07-01 至 2024-07-02 没有值", "接上")),
    "two values at once": (
        aged(VALUE.format("2019-01-01", "2024-07-02", 40), LAST.format("2024-07-01", 45)), ("min_age", "2024-07-01 起有两个", "to = 2024-07-01")),
    "a value that comes after the rule": (aged(LAST.format("2020-01-01", 40)), ("规则 ZS-2", "2019-01-01", "min_age", "补上")),
    "a value that ends": (aged(VALUE.format("2019-01-01", "2040-01-01", 40)), ("规则 ZS-2", "2040-01-01", "min_age")),
    "values of two sorts": (
        aged(VALUE.format("2019-01-01", "2024-07-01", 40), LAST.format("2024-07-01", '"45"')), ("min_age", "数、文字")),
    "an end before the beginning": (aged(VALUE.format("2024-07-01", "2019-01-01", 40)), ("min_age", "不晚于")),
    "a day in quotation marks": (aged(LAST.format('"2019-01-01"', 40)), ("min_age", "不加引号")),
    "a value left out": (aged("{from = 2019-01-01}"), ("min_age", "没有写 is")),
    "a newer rule beside the old one": (ruled("", "2024-07-01"), ("ZS-3.1 与 ZS-3.1:newer", "to = 2024-07-01")),
    "days between two rules": (ruled(", to = 2024-07-01", "2024-08-01"), ("ZS-3.1:newer", "2024-08-01", "gap")),
    "a column that is none": (TEXT.replace("has_benefit and lead", "has_benefits and lead"), ("ZS-3.1.1b", "has_benefits")),
    "a column that is none, in what follows": (TEXT.replace("'L1'\", needs", "'L1' || nothing_such\", needs"), ("ZS-EXIT:reemployed", "nothing_such")),
}  # fmt: skip


@pytest.mark.parametrize("label", SOUND)
def test_a_pack_that_says_when_is_read(label: str, tmp_path: Path, view: duckdb.DuckDBPyConnection) -> None:
    read(SOUND[label], tmp_path, view)


@pytest.mark.parametrize("label", BROKEN)
def test_a_pack_with_a_hole_or_a_contradiction_is_refused(
    label: str, tmp_path: Path, view: duckdb.DuckDBPyConnection
) -> None:
    text, says = BROKEN[label]
    with pytest.raises(PolicyError) as refused:
        read(text, tmp_path, view)
    assert [word for word in (*says, str(tmp_path)) if word not in str(refused.value)] == []


def test_a_number_compared_with_a_text_is_found_before_a_night(tmp_path: Path, view: duckdb.DuckDBPyConnection) -> None:
    text = aged(VALUE.format("2019-01-01", "2024-07-01", 40), LAST.format("2024-07-01", 45)).replace("has_benefit and lead", "benefit_from >= min_age")  # fmt: skip
    (tmp_path / "pack.toml").write_text(text, encoding="utf-8")
    (fault,) = faults_in_expressions(view, read_pack(str(tmp_path), wide_columns(view)))
    assert "ZS-3.1.1b" in fault and "2018-12-31" not in fault and "2019-01-01" in fault


def test_the_packs_that_come_along_are_sound_on_every_day_of_change() -> None:
    names = sorted(p.parent.name for p in PACKS.glob("*/pack.toml"))
    sound, faults = check_packs(names)
    assert faults == [] and len(sound) == len(names) and value_faults(read_national()) == []


def test_the_days_looked_at_are_those_of_change_and_the_days_before() -> None:
    spans = [{"from": date(2019, 1, 1), "to": date(2024, 7, 1)}, {"from": date(1949, 10, 1)}]
    assert [d.isoformat() for d in days_of_change(spans)] == ["2019-01-01", "2024-06-30", "2024-07-01", "2045-12-31"]


@pytest.mark.parametrize(
    ("value", "written"),
    [(40, "40"), (0.5, "0.5"), (True, "true"), ("甲'乙", "'甲''乙'"), (None, "null"), (["a", "b"], "['a', 'b']"),
     ([], "[]::varchar[]"), (date(2024, 7, 1), "date '2024-07-01'")],
)  # fmt: skip
def test_a_value_stands_in_an_expression_as_sql_writes_it(value: object, written: str) -> None:
    assert bound("x = limit_of and y <> 'limit_of'", {"limit_of": value}) == f"x = {written} and y <> 'limit_of'"


def test_two_versions_are_one_where_they_say_the_same(tmp_path: Path, view: duckdb.DuckDBPyConnection) -> None:
    dated = aged(VALUE.format("2019-01-01", "2024-07-01", 40), LAST.format("2024-07-01", 45))
    (tmp_path / "pack.toml").write_text(dated.replace("列入台账", "进入台账"), encoding="utf-8")
    old, new = read_pack("zhongshan", wide_columns(view)), read_pack(str(tmp_path), wide_columns(view))
    before, after = date(2024, 6, 30), date(2024, 7, 1)
    assert said_on(old, before)["ZS-3.1"].meaning == said_on(new, before)["ZS-3.1"].meaning
    assert said_on(old, after)["ZS-3.1"].meaning != said_on(new, after)["ZS-3.1"].meaning
    assert said_on(old, after)["ZS-EXIT:death"].meaning == said_on(new, after)["ZS-EXIT:death"].meaning
