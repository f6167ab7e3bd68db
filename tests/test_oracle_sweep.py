"""The packs' SQL against the naive second evaluator, on a million people and fifty days."""

from datetime import date, timedelta

import pytest

from tests.strategies import random_people
from tests.town import settle, shown


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(50))
def test_sql_and_oracle_agree_on_a_million_people(batch: int) -> None:
    day = date(2024, 1, 29) + timedelta(days=29 * batch)
    place = settle(list(random_people(1000 + batch, day, 20_000)), day)
    apart = place.by_sql(place.packs()) ^ place.by_oracle()
    place.con.close()
    assert not apart, shown(place, apart)
