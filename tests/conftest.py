"""What holds for every test: no example fails for being slow, since a busy machine says nothing of the program."""

import pytest
from hypothesis import settings

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
