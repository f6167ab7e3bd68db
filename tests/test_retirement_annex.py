"""The statutory retirement date of every birth month, as in the annex of 2024-09-13: by sex and kind of post, set against
the SQL of the wide view. The annex goes by birth month; the macro by the month in which the old age is reached."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import duckdb
import pytest

from ledger.store import connect
from policies.view import open_day
from tests.oracle_facts import months_after


class Line(NamedTuple):
    """One table of the annex: the old age, the first birth month that waits, one month more for every so many, at most."""

    years: int
    first: tuple[int, int]
    step: int
    most: int
    arguments: str


ANNEX = {
    "men": Line(60, (1965, 1), 4, 36, "'男', n.base_male_months, n.base_female_late_months, n.rise_from, n.rise_step_months, n.rise_cap_months"),
    "women, 55": Line(55, (1970, 1), 4, 36, "'女', n.base_male_months, n.base_female_late_months, n.rise_from, n.rise_step_months, n.rise_cap_months"),
    "women, 50": Line(50, (1975, 1), 2, 60, "'女', n.base_male_months, n.base_female_early_months, n.rise_from, n.rise_step_early_months, n.rise_cap_early_months"),
}  # fmt: skip
# Read off the annex: birth month, months more, and the age it names.
NAMED = (
    ("men", (1965, 1), 1, (60, 1)), ("men", (1965, 5), 2, (60, 2)), ("men", (1970, 12), 18, (61, 6)), ("men", (1976, 9), 36, (63, 0)),
    ("women, 55", (1970, 4), 1, (55, 1)), ("women, 55", (1975, 12), 18, (56, 6)), ("women, 55", (1981, 9), 36, (58, 0)),
    ("women, 50", (1975, 2), 1, (50, 1)), ("women, 50", (1979, 12), 30, (52, 6)), ("women, 50", (1984, 11), 60, (55, 0)),
)  # fmt: skip


def later_by(line: Line, year: int, month: int) -> int:
    """Months more than the old age."""
    waited = (year - line.first[0]) * 12 + month - line.first[1]
    return 0 if waited < 0 else min(line.most, waited // line.step + 1)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    con = connect()
    open_day(con, date(2024, 6, 30))
    yield con
    con.close()


@pytest.mark.parametrize(("who", "born", "more", "age"), NAMED)
def test_the_table_used_here_says_what_the_annex_names(
    who: str, born: tuple[int, int], more: int, age: tuple[int, int]
) -> None:
    line = ANNEX[who]
    assert later_by(line, *born) == more
    assert 12 * line.years + more == 12 * age[0] + age[1]


@pytest.mark.parametrize("who", ANNEX)
def test_every_birth_month_retires_when_the_annex_says(who: str, con: duckdb.DuckDBPyConnection) -> None:
    line = ANNEX[who]
    births = [date(year, month, day) for year in range(1950, 2005) for month in range(1, 13) for day in (1, 15, 28)]
    con.register("born", con.sql("select unnest($births::date[]) as birth", params={"births": births}).to_arrow_table())
    told = con.execute(f"select birth, retirement_date(birth, {line.arguments}) from born cross join national as n order by birth").fetchall()  # fmt: skip
    assert len(told) == len(births)
    assert [(b, d) for b, d in told if d != months_after(b, 12 * line.years + later_by(line, b.year, b.month))] == []
