"""Splink on the rows of a public set: run by `benchmarks.febrl`, with an interpreter that has splink.

Ready-made comparisons, one for each column, as in Splink's own examples on FEBRL; trained as its guide says. The folder
given holds `rows.parquet` and `asked.json`, and receives `pairs.parquet` (l, r, match_weight).
"""

import json
import sys
from pathlib import Path
from typing import Any

RANDOM_PAIRS, SEED = 5_000_000, 1
CERTAIN = (("surname", "birth_date"), ("given_name", "birth_date"))
CERTAIN_RECALL = 0.9  # as a user would guess it


def comparisons(columns: set[str]) -> list[Any]:
    """Of the set-ups that we tried the best for Splink: it learns RLdata10000 badly from names compared as a pair, or
    with second names."""
    import splink.comparison_library as cl

    rare: dict[str, Any] = {"term_frequency_adjustments": True}
    birth = cl.DateOfBirthComparison(
        "birth_date", input_is_string=True, datetime_format="%Y%m%d", invalid_dates_as_null=True
    )
    if "suburb" not in columns:
        return [*(cl.NameComparison(c).configure(**rare) for c in ("given_name", "surname")), birth]
    numbers = [c for c in ("street_number", "postcode", "state", "soc_sec_id") if c in columns]
    return [
        cl.ForenameSurnameComparison("given_name", "surname", forename_surname_concat_col_name="whole_name"), birth,
        *(cl.DamerauLevenshteinAtThresholds(c, [1, 2]) for c in numbers),
        *(cl.JaroWinklerAtThresholds(c, [0.9, 0.8]) for c in ("address_1", "address_2")),
        cl.JaroWinklerAtThresholds("suburb", [0.9, 0.8]).configure(**rare),
    ]  # fmt: skip


def run(folder: Path) -> None:
    """Train, predict, and write the weights down."""
    import duckdb
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    asked = json.loads((folder / "asked.json").read_text())
    con = duckdb.connect()
    con.execute(
        "create table made as select *, given_name || ' ' || surname as whole_name from read_parquet(?)",
        [str(folder / "rows.parquet")],
    )
    sides = (
        {"a": f"unique_id < {asked['split']}", "b": f"unique_id >= {asked['split']}"}
        if asked["split"]
        else {"a": "true"}
    )
    for name, rows in sides.items():
        con.execute(f"create table {name} as select * from made where {rows} order by unique_id")
    settings = SettingsCreator(
        link_type="link_only" if asked["split"] else "dedupe_only", retain_matching_columns=False,
        comparisons=comparisons({c[0] for c in con.execute("describe made").fetchall()}),
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in asked["rules"]],
    )  # fmt: skip
    db = DuckDBAPI(connection=con)
    linker = Linker([db.register(name, dataset_display_name=name) for name in sides], settings, log_level=None)
    training = linker.training
    training.estimate_probability_two_random_records_match([block_on(*rule) for rule in CERTAIN], recall=CERTAIN_RECALL)
    training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=SEED)
    for rule in (("birth_date",), ("given_name", "surname")):
        training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    table = linker.inference.predict().physical_name
    con.execute(f"""copy (select least(unique_id_l, unique_id_r) as l, greatest(unique_id_l, unique_id_r) as r, match_weight from {table} order by l, r)
        to '{folder / "pairs.parquet"}' (format parquet)""")


if __name__ == "__main__":
    run(Path(sys.argv[1]))
