"""Ages to the day through whole nights: the rise of the retirement age from 2025, and a birthday that a common year does not have."""

import json

import pytest

from policies.pack import PACKS
from tests.identity_town import LISTED, NOTHING
from tests.nightshift import (
    Case,
    Night,
    Stage,
    registered,
    stage,
)

DEC31, JAN31, FEB27, FEB28, JUN30_25, JUL01_25 = AGE_NIGHTS = (
    "2024-12-31", "2025-01-31", "2025-02-27", "2025-02-28", "2025-06-30", "2025-07-01",
)  # fmt: skip
REGISTERED = registered("2024-03-10")
OUT = "L UPD ZS-3.1 registration ended"
AGES = (
    Case("a man of sixty in December has reached it that day", "1964-12-31", (REGISTERED,), NOTHING),
    Case("a man of sixty on New Year goes a month later", "1965-01-01", (REGISTERED,), {DEC31: (LISTED,), FEB27: (OUT,)}),
    Case("a man of sixty on 28 January goes a month later", "1965-01-28", (REGISTERED,), {DEC31: (LISTED,), FEB28: (OUT,)}),
    Case("a man of sixty at the end of January goes at the end of February", "1965-01-31", (REGISTERED,),
         {DEC31: (LISTED,), FEB28: (OUT,)}),
    Case("a man of sixty at the end of April goes a month later", "1965-04-30", (registered("2024-03-10"),),
         {DEC31: (LISTED,), JUN30_25: (OUT,)}),
    Case("a man of sixty on the first of May goes two months later", "1965-05-01", (REGISTERED,), {DEC31: (LISTED,), JUL01_25: (OUT,)}),
    Case("a man of sixty a day after the first of May is still listed", "1965-05-02", (REGISTERED,), {DEC31: (LISTED,)}),
    Case("a woman of fifty-five in December has reached it that day", "1969-12-31", (REGISTERED,), NOTHING, sex="女"),
    Case("a woman of fifty-five on New Year goes a month later", "1970-01-01", (REGISTERED,), {DEC31: (LISTED,), FEB27: (OUT,)}, sex="女"),
    Case("a woman of fifty-five on the first of May goes two months later", "1970-05-01", (REGISTERED,),
         {DEC31: (LISTED,), JUL01_25: (OUT,)}, sex="女"),
    Case("born on 29 February, forty-one in a common year", "1984-02-29", (REGISTERED,), {FEB28: (LISTED,)}),
    Case("born on 28 February", "1984-02-28", (REGISTERED,), {FEB28: (LISTED,)}),
    Case("born on 27 February", "1984-02-27", (REGISTERED,), {FEB27: (LISTED,)}),
    Case("born on 1 March", "1984-03-01", (REGISTERED,), {JUN30_25: (LISTED,)}),
    Case("forty, which this pack does not ask for", "1984-12-31", (REGISTERED,), NOTHING),
)  # fmt: skip


@pytest.fixture(scope="module")
def aged(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A town with a pack of its own: the built-in one, but for the age, which is attained in a common year."""
    folder = tmp_path_factory.mktemp("ages")
    own = folder / "pack" / "pack.toml"
    own.parent.mkdir()
    text = (PACKS / "zhongshan" / "pack.toml").read_text(encoding="utf-8")
    changed = text.replace("is = 40,", "is = 41,", 1).replace('version = "', 'version = "own-', 1)
    assert changed.count("is = 41,") == 1 and "own-" in changed
    own.write_text(changed, encoding="utf-8")
    return stage(folder / "town", [str(own.parent)], AGE_NIGHTS, AGES)


@pytest.mark.parametrize("case", AGES, ids=lambda case: case.id)
def test_ages_count_to_the_day(aged: Stage, case: Case) -> None:
    assert aged.posted(case) == dict(case.expect)


def test_a_pack_of_ones_own_is_named_in_the_manifest(aged: Stage) -> None:
    night: Night = aged.town.nights[DEC31]
    assert night.manifest["packs"] == ["zhongshan"] and night.manifest["pack_versions"]["zhongshan"].startswith("own-")


def test_the_age_asked_for_is_among_the_parameters_of_the_entry(aged: Stage) -> None:
    entry = aged.entry("born on 28 February", FEB28, LISTED)
    assert json.loads(entry["parameters"])["min_age"] == 41 and json.loads(entry["parameters"])["age_years"] == 41
