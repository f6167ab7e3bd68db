"""`explain --known-at` tells nothing that came to be known later: no entry, no row, no person, nothing that superseded."""

import pytest

from tests.nightshift import Someone, Town, brief, registered, stop
from tests.rough_files import zhaoren_here

MAY31, JUN20 = "2024-05-31", "2024-06-20"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, Someone, Someone]:
    town = Town.found(tmp_path_factory.mktemp("known") / "town", "zhongshan")
    who = town.tell(town.person("1974-03-01"), stop("2024-01", until=JUN20), registered("2024-05-01", JUN20))
    town.tell(town.person("1990-01-01"), stop("2024-01"))
    later = town.tell(town.person("1975-03-01"), registered("2024-05-01", JUN20))
    for day in (MAY31, JUN20):
        town.night(day)
    return town, who, later


def told(town: Town, *words: str, known: bool = True) -> tuple[int, str]:
    then = ("--known-at", str(town.nights[MAY31].manifest["recorded_at"])) if known else ()
    done = zhaoren_here("explain", town.workspace.root, *words, *then)
    return done.returncode, done.stdout + done.stderr


def test_a_person_has_only_the_rows_and_entries_of_then(played: tuple[Town, Someone, Someone]) -> None:
    town, who, _ = played
    person = town.person_id(who)
    assert "失业登记_20240620" in told(town, "--person", person, known=False)[1]
    code, then = told(town, "--person", person)
    assert code == 0 and "失业登记_20240620" not in then and " 2-" not in then


def test_an_entry_of_later_was_not_there(played: tuple[Town, Someone, Someone]) -> None:
    town, who, _ = played
    (entry,) = [e["entry_id"] for e in town.entries(who, JUN20) if brief(e) == "L UPD ZS-3.1 registration"]
    assert told(town, "--entry", entry, known=False)[0] == 0
    code, then = told(town, "--entry", entry)
    assert code == 2 and entry in then and "--known-at" in then


def test_what_superseded_an_entry_later_is_not_told(played: tuple[Town, Someone, Someone]) -> None:
    town, who, _ = played
    ended = next(e["supersedes"] for e in town.entries(who, JUN20) if e["supersedes"])
    assert "后来被台账" in told(town, "--entry", ended, known=False)[1]
    code, then = told(town, "--entry", ended)
    assert code == 0 and "后来被台账" not in then


def test_somebody_of_later_was_nobody(played: tuple[Town, Someone, Someone]) -> None:
    town, _, later = played
    for words in (("--person", town.person_id(later)), ("--id", later.number)):
        assert told(town, *words, known=False)[0] == 0
        code, then = told(town, *words)
        assert code == 2 and "还没有建档" in then and later.name not in then
