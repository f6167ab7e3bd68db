"""The packs' SQL against the naive second evaluator, on a million people and fifty days."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.strategies import OWN_VALUES, random_place
from tests.town import settle, shown

# What the office has set of the parameters that no document gives, by turns.
SET: tuple[dict[str, Any], ...] = (OWN_VALUES, OWN_VALUES | {"home_areas": ["3605", "新余"]}, {})


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(50))
def test_sql_and_oracle_agree_on_a_million_people(batch: int) -> None:
    day = date(2024, 1, 29) + timedelta(days=29 * batch)
    place = settle(random_place(1000 + batch, day, 20_000, SET[batch % 3]), day)
    apart = place.apart()
    place.con.close()
    assert not apart, shown(place, apart)
