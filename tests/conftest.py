"""What holds for every test: no example fails for being slow, since a busy machine says nothing of the program."""

import fcntl
import gc
import os
import shutil
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import duckdb
import pytest
from hypothesis import settings

from flows.night.few_rows import lighten
from flows.workspace import Workspace
from ledger.store import connect
from policies.trial import open_empty_view
from tests.read_once import read_each_text_once
from tests.rough_files import SampleTown, copy_of, play_sample

settings.register_profile("house", deadline=None)
settings.load_profile("house")

# Files that take long: begun first, so that no processor waits for the last of them alone. What needs the sample's nights
# stands apart, so that none waits while another runs them.
LONG = (
    "test_crash", "test_trust", "test_waiting_proposals", "test_oracle", "test_sealed_runs_at_rest", "test_scenarios_clauses", "test_cli", "test_nightly_flow",
    "test_ledger", "test_retention", "test_sameness", "test_review_import", "test_console_routes", "test_scenarios_corrections",
    "test_exchange", "test_console_pages", "test_workbooks", "test_engines", "test_faults", "test_decisions", "test_two_clocks",
    "test_notice", "test_evaluate_train", "test_operations",
)  # fmt: skip


def pytest_configure() -> None:
    """What a test writes need not outlive a power cut, so nothing waits for the disk; and what one test asked is not read again
    for the next. The tests of disks that fail, of kills and of power cuts start processes of their own, where every sync is
    real and every query is read."""
    pytest.MonkeyPatch().setattr(os, "fsync", lambda handle: os.fstat(handle) and None)
    read_each_text_once()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each file's tests stay together and in their order."""
    place = {name: n for n, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.stem, len(place)))


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end, and need not be gone through for garbage; nor need what a test makes
    be gone through at every seven hundred new things."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
def sample_town(tmp_path_factory: pytest.TempPathFactory) -> SampleTown:
    """The workspace after one, two or three nights of the sample; not to be changed. The nights are run once, however many
    processes test; each has a copy of its own."""
    own = tmp_path_factory.getbasetemp()
    made = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "sample-town"
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            beside = Path(tmp_path_factory.mktemp("sample"))
            play_sample(beside)
            shutil.move(beside, made)

    @cache
    def after(nights: int) -> Workspace:
        return copy_of(made / str(nights), tmp_path_factory.mktemp("town"))

    return after


@pytest.fixture(scope="module")
def view() -> Iterator[duckdb.DuckDBPyConnection]:
    """The views that rules speak of, over nobody."""
    con = connect()
    lighten(con)
    open_empty_view(con, date(2024, 6, 30))
    yield con
    con.close()
