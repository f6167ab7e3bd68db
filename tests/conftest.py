"""What holds for every test: no example fails for being slow, since a busy machine says nothing of the program."""

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest
from hypothesis import settings

from ledger.store import connect
from policies.trial import open_empty_view

settings.register_profile("house", deadline=None)
settings.load_profile("house")

# Files of few tests that take long: begun first, so that no processor waits for the last of them alone.
LONG = (
    "test_many_nights",
    "test_faults",
    "test_skew",
    "test_engines",
    "test_numberless",
    "test_sameness",
    "test_crash",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each file's tests stay together and in their order."""
    items.sort(key=lambda item: item.path.stem not in LONG)


@pytest.fixture(scope="module")
def view() -> Iterator[duckdb.DuckDBPyConnection]:
    """The views that rules speak of, over nobody."""
    con = connect()
    open_empty_view(con, date(2024, 6, 30))
    yield con
    con.close()
