"""What officers read is Chinese: every code that a pack can put into a line has its word."""

import re
import tomllib

import duckdb
import pytest

from policies.pack import PACKS
from reports.macros import define_words
from reports.words import BASIS_WORDS

RULES = [(path.parent.name, rule) for path in sorted(PACKS.glob("*/pack.toml"))
         for rule in tomllib.loads(path.read_text(encoding="utf-8"))["rule"].values()]  # fmt: skip
WRITTEN = ("basis", "ground")
VIEWS = sorted((PACKS.parent / "sql").glob("*.sql"))
CHOSEN = re.compile(r"'([a-z]+)', '([a-z]+)'\) as (?:group_code|match_kind)\b")  # what `basis_from` takes from a view
MADE = re.compile(r"concat\('([a-z-]+):'")


def test_every_basis_and_ground_of_the_packs_has_a_word() -> None:
    finds = [(pack, rule["finds"]) for pack, rule in RULES]
    said = {(pack, found[part]) for pack, found in finds for part in WRITTEN if found.get(part)}
    said |= {(pack, head) for pack, found in finds for part in WRITTEN for head in MADE.findall(found.get(f"{part}_from", ""))}  # fmt: skip
    chosen = {(view.stem, code) for view in VIEWS for codes in CHOSEN.findall(view.read_text(encoding="utf-8")) for code in codes}  # fmt: skip
    assert {code for _, code in chosen} == {"union", "women", "public", "vacancy"}
    said |= chosen
    assert len(said) > 100 and sorted(s for s in said if s[1] not in BASIS_WORDS) == []


@pytest.mark.parametrize(
    ("code", "shown"),
    [("plan", "援助计划或协议"), ("post:mid", "岗位推荐：中短期失业"), ("contact:2024-06", "每月回访：2024-06"), ("firm:甲:厂", "招用单位：甲:厂"),
     ("sd-2.10", "低收入脱贫人口"), ("甲厂", "甲厂"), ("abc:def", "abc:def"), ("plan:", "plan:"), (None, None)],
)  # fmt: skip
def test_a_code_is_shown_as_words(code: str | None, shown: str | None) -> None:
    with duckdb.connect() as con:
        define_words(con)
        assert con.execute("select word_basis(x), word_basis(null) from (select $code as x)", {"code": code}).fetchall() == [(shown, None)]  # fmt: skip
