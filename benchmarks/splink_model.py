"""How Splink is set up for the world's rows: Chinese keys, comparisons, blocking rules, training.

Splink, duckdb, pypinyin and opencc are imported where they are used: only the peer's own interpreter has all of them.
"""

from pathlib import Path
from typing import Any

COMPOUND = set(
    [
        "欧阳",
        "上官",
        "皇甫",
        "令狐",
        "诸葛",
        "司徒",
        "司马",
        "慕容",
        "端木",
        "夏侯",
        "东方",
        "宇文",
        "长孙",
        "尉迟",
        "闻人",
        "公孙",
        "轩辕",
        "钟离",
        "鲜于",
        "南宫",
        "独孤",
    ]
)
# What share of the true pairs the two deterministic rules find, as a user would guess it: a date is nearly always there,
# the same phone on both sides in about four of ten rows.
DETERMINISTIC_RECALL = 0.45


def load(world: Path, slices: list[str], with_keys: bool) -> Any:
    """A connection with `person` and `delivered`: the shared columns, `unique_id` and, where wanted, the Chinese keys."""
    import duckdb

    con = duckdb.connect()
    con.execute("set enable_progress_bar = false")
    shared = "name, sex, birth_date, town, village, phone, household_no, year(birth_date) as birth_year"
    con.execute(
        f"create table person as select truth_id as unique_id, {shared} from read_parquet(?)",
        [str(world / "person.parquet")],
    )
    con.execute(
        f"create table delivered as select row_id as unique_id, {shared} from read_parquet(?) where list_contains(?, slice)",
        [str(world / "row.parquet"), slices],
    )
    if with_keys:
        for table in ("person", "delivered"):
            _add_keys(con, table)
    return con


def _add_keys(con: Any, table: str) -> None:
    """Simplified name, its toneless pinyin, surname and given name."""
    import opencc
    import pyarrow as pa
    from pypinyin import lazy_pinyin

    names = [n for (n,) in con.execute(f"select distinct name from {table} order by name").fetchall()]
    simplified = opencc.OpenCC("t2s").convert("\n".join(names)).split("\n")
    sound = {c: lazy_pinyin(c)[0] for c in sorted(set("".join(simplified)))}
    pinyin = ["".join(sound[c] for c in n).replace(" ", "").replace("·", "").lower() for n in simplified]
    heads = [2 if n[:2] in COMPOUND else 1 for n in simplified]
    keys = pa.table(
        {"name": names, "name_simplified": simplified, "name_pinyin": pinyin,
         "surname": [n[:k] for n, k in zip(simplified, heads, strict=True)],
         "given_name": [n[k:] for n, k in zip(simplified, heads, strict=True)]}
    )  # fmt: skip
    con.register("keys", keys)
    con.execute(f"create or replace table {table} as select * from {table} inner join keys using (name)")
    con.unregister("keys")


def settings(variant: str) -> Any:
    """Comparisons and blocking rules of a variant."""
    import splink.comparison_library as cl
    from splink import SettingsCreator, block_on

    tf: dict[str, Any] = {"term_frequency_adjustments": True}
    comparisons = [
        cl.NameComparison("name") if variant == "shipped" else _name_with_keys(),
        cl.DateOfBirthComparison("birth_date", input_is_string=False),
        cl.ExactMatch("sex"),
        cl.ExactMatch("town").configure(**tf),
        cl.ExactMatch("phone").configure(**tf),
    ]
    blocking: list[Any] = [
        block_on("birth_date"),
        block_on("name"),
        block_on("substr(name, 1, 1)", "birth_year"),
        block_on("phone"),
    ]
    if variant != "shipped":
        blocking.append(block_on("name_pinyin", "birth_year"))
    if variant == "keys_all":
        comparisons += [cl.ExactMatch("village").configure(**tf), cl.ExactMatch("household_no").configure(**tf)]
        blocking.append(block_on("household_no"))
    return SettingsCreator(
        link_type="link_only", comparisons=comparisons, blocking_rules_to_generate_predictions=blocking,
        retain_matching_columns=False,
    )  # fmt: skip


def _name_with_keys() -> Any:
    import splink.comparison_level_library as cll
    import splink.comparison_library as cl

    return cl.CustomComparison(
        output_column_name="name",
        comparison_levels=[
            cll.NullLevel("name"),
            cll.ExactMatchLevel("name", term_frequency_adjustments=True),
            cll.ExactMatchLevel("name_simplified", term_frequency_adjustments=True),
            cll.ExactMatchLevel("name_pinyin", term_frequency_adjustments=True),
            cll.And(cll.ExactMatchLevel("surname"), cll.JaroWinklerLevel("given_name", 0.8)),
            cll.JaroWinklerLevel("name_simplified", 0.88),
            cll.ExactMatchLevel("surname", term_frequency_adjustments=True),
            cll.JaroWinklerLevel("name_simplified", 0.7),
            cll.ElseLevel(),
        ],
    )


def train(linker: Any, seed: int, max_pairs: float) -> None:
    """The guide's way: the prior from deterministic rules, u from random pairs, m by EM under two blocking rules.

    The second rule is the best for Splink of four that we tried. Under the phone alone, parents and children who share
    one count as matches, so that it learns birth dates to differ in three true pairs of ten.
    """
    from splink import block_on

    linker.training.estimate_probability_two_random_records_match(
        [block_on("birth_date", "name"), block_on("birth_date", "phone")], recall=DETERMINISTIC_RECALL
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=max_pairs, seed=seed)
    for rule in (block_on("birth_date"), block_on("phone", "sex", "town")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
