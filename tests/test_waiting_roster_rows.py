"""A roster's row that waited for its number's holder is theirs from the night they become known. All people are invented."""

from pathlib import Path
from typing import Any

from tests.nightshift import Town, aid, service
from tests.unjudged_nights import UnjudgedTown

MAY, JUNE = "2024-05-31", "2024-06-20"


def told(root: Path) -> Town:
    """On the aid list somebody stands with her father's number as she has it herself; then a service tells of her."""
    town = UnjudgedTown.found(root / "town", "zhongshan")
    who = town.person("1975-04-18", "女")
    town.tell(
        who,
        aid("2024-01", 户主姓名="欧阳大山", 户主身份证号=who.number, 与户主关系="女"),
        service("2024-06-01", "职业指导", JUNE),
    )
    for day in (MAY, JUNE):
        town.night(day)
    return town


def changed(town: Town) -> list[dict[str, Any]]:
    return sorted(town.nights[JUNE].rows("match_log"), key=lambda m: m["kind"])


def test_it_is_linked_when_she_becomes_known(tmp_path: Path) -> None:
    town = told(tmp_path)
    assert [r["match_status"] for r in town.nights[MAY].rows("match_log")] == ["review"]
    (person,) = town.ask("select person_id from person")
    rows = [town.ask(f"select person_id, link_grade from standing_{kind}")[0] for kind in ("low_income", "service_log")]
    assert rows == [person | {"link_grade": "exact"}] * 2
    waited, came = changed(town)
    assert (waited["match_status"], waited["rule"], waited["cause"]) == ("linked", "id_and_name", "data")
    assert (came["match_status"], came["rule"], came["supersedes"]) == ("new_person", "id_and_name", None)
