"""People whom rosters name without a number, presumed links that are asked again, and numbers of householders.

Who is who must not depend on the nights in which the rows came; the first test plays one town night by night and all
at once.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.nightshift import Said, Someone, Town, aid, death, pension, registered, stop
from tests.unjudged_nights import UnjudgedTown

MAY, JUNE, JULY = "2024-05-31", "2024-06-20", "2024-07-01"
HOME = {"镇街": "东区街道", "村居": "起湾社区", "联系电话": "14212345678"}


def told(said: Said, who: Someone, name: str = "", **cells: str) -> Said:
    """The row without a number, with name, birth date, sex and home."""
    own = {"姓名": name or who.name, "证件号码": "", "出生日期": who.birth.isoformat(), "性别": who.sex}
    return Said(said.kind, {**said.cells, **own, **HOME, **cells}, said.since, said.until)


def cluster(town: Town) -> set[frozenset[tuple[str, str]]]:
    """Who is who, ids apart: sets of rows (kind, day-independent content) that belong to one person."""
    people: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for kind in ("low_income", "unemployment_registration", "pension", "insurance_stop"):
        for row in town.ask(f"select record_id, person_id, match_status from standing_{kind}"):
            whose = (
                row["person_id"] if row["match_status"] in ("linked", "new_person") else f"nobody {row['record_id']}"
            )
            people[whose].add((kind, row["record_id"]))
    return {frozenset(rows) for rows in people.values()}


def people_of(town: Town) -> list[dict[str, object]]:
    return town.ask("select person_id, name, id_number, merged_into from person order by person_id")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Night 1: aid and registration without numbers, the name heard otherwise. Night 2: nothing. Night 3: the number."""
    place = Town.found(tmp_path_factory.mktemp("numberless") / "town", "zhongshan", "neimenggu")
    who = place.person("1975-04-18", name="谭晓红", sex="女")
    place.tell(who, told(aid("2024-01"), who), told(registered("2024-03-10"), who, "谭小红"))
    place.tell(who, told(stop("2024-04", JULY), who, 证件号码=who.number))
    for day in (MAY, JUNE, JULY):
        place.night(day)
    return place


def test_two_rows_without_a_number_make_one_person(town: Town) -> None:
    rows = town.nights[MAY].rows("match_log")
    assert sorted((r["match_status"], r["rule"]) for r in rows) == [
        ("linked", "no_number"),
        ("new_person", "no_number"),
    ]
    assert len({r["person_id"] for r in rows}) == 1
    (person,) = town.nights[MAY].rows("person")
    assert (person["id_number"], person["merged_into"]) == (None, None)


def test_somebody_without_a_number_is_found_but_on_hold(town: Town) -> None:
    entries = town.nights[MAY].entries()
    assert {e["op"] for e in entries} == {"HOLD"} and all(e["needs_decision"] for e in entries)
    assert all("没有可用的证件号码" in e["reason"] for e in entries)


def test_the_next_night_changes_nothing(town: Town) -> None:
    assert town.nights[JUNE].rows("match_log") == [] and town.nights[JUNE].entries() == []
    assert town.nights[JUNE].rows("person") == []


def test_the_number_takes_the_rows_over_and_leaves_a_pointer(town: Town) -> None:
    first, second = people_of(town)
    assert first["id_number"] is None and second["id_number"] is not None
    assert first["merged_into"] == second["person_id"]
    changed = [r for r in town.nights[JULY].rows("match_log") if r["supersedes"]]
    assert {(r["match_status"], r["person_id"], r["cause"]) for r in changed} == {
        ("linked", second["person_id"], "data")
    }
    assert len(changed) == 2


def test_the_merge_ends_the_holds_and_adds_the_person(town: Town) -> None:
    first, second = people_of(town)
    told_of = defaultdict(set)
    for entry in town.nights[JULY].entries():
        told_of[entry["person_id"]].add(entry["op"])
    assert told_of[first["person_id"]] == {"WITHDRAW"}
    assert "ADD" in told_of[second["person_id"]] and "HOLD" not in told_of[second["person_id"]]


def nights_of(root: Path, plan: Sequence[Mapping[str, Sequence[tuple[Someone, Said]]]]) -> Town:
    place = UnjudgedTown.found(root, "zhongshan")
    for night in plan:
        for day, rows in night.items():
            place.told += [(who, replace(said, since="")) for who, said in rows]
            place.night(day)
    return place


ORDERS = ([5, 4, 3, 6, 2, 1, 0], [0, 1, 2, 3, 4, 5, 6], [6, 1, 4, 0, 3, 2, 5])


@pytest.mark.parametrize("order", [ORDERS[0], *(pytest.param(o, marks=pytest.mark.slow) for o in ORDERS[1:])])
def test_who_is_who_does_not_depend_on_the_nights(tmp_path: Path, order: list[int]) -> None:
    draft = UnjudgedTown.found(tmp_path / "draft", "zhongshan")
    a = draft.person("1975-04-18", name="谭晓红", sex="女")
    b = draft.person("1975-04-18", name="谭晓红", sex="女")  # born the same day under the same name, elsewhere
    c = draft.person("1980-02-02", name="庄海波")
    rows = [
        (a, told(aid("2024-01"), a)), (a, told(registered("2024-03-10"), a, "谭小红")),
        (a, told(stop("2024-02"), a, 证件号码=a.number)), (b, told(stop("2024-03"), b, 证件号码=b.number, 镇街="西区街道", 村居="", 联系电话="")),
        (c, told(pension("2024-01-01"), c)), (c, told(stop("2024-04"), c, 证件号码=c.number)),
        (b, told(aid("2023-01", 低保证号="DB9"), b, 镇街="", 村居="", 联系电话="14200001111")),
    ]  # fmt: skip
    once = nights_of(tmp_path / "once", [{JULY: rows}])
    parts = [[rows[n] for n in order[:3]], [rows[n] for n in order[3:5]], [rows[n] for n in order[5:]]]
    days = (MAY, JUNE, JULY)
    split = nights_of(tmp_path / "split", [{day: part} for day, part in zip(days, parts, strict=True)])
    assert cluster(split) == cluster(once)


def test_less_than_birth_date_sex_and_home_makes_nobody(tmp_path: Path) -> None:
    place = Town.found(tmp_path / "town", "zhongshan")
    who = place.person("1975-04-18", name="谭晓红", sex="女")
    for missing in ("出生日期", "性别"):
        place.tell(who, told(aid("2024-01", 低保证号=missing), who, **{missing: ""}))
    place.tell(who, told(aid("2024-02"), who, 镇街="", 村居="", 联系电话=""))
    night = place.night(MAY)
    assert {(r["match_status"], r["rule"]) for r in night.rows("match_log")} == {("review", "no_usable_number")}
    assert night.rows("person") == [] and night.entries() == []


def test_a_presumed_link_is_asked_again_when_a_newcomer_fits_as_well(tmp_path: Path) -> None:
    place = UnjudgedTown.found(tmp_path / "town", "zhongshan")
    first = place.person("1975-04-18", name="谭晓红", sex="女")
    other = place.person("1975-04-18", name="谭晓红", sex="女")
    place.tell(first, told(stop("2024-02"), first, 证件号码=first.number), told(death("2024-05-01"), first))
    place.tell(other, told(stop("2024-02", JUNE), other, 证件号码=other.number))
    (before,) = [r for r in place.night(MAY).rows("match_log") if r["kind"] == "death"]
    assert (before["match_status"], before["person_id"]) == ("linked", place.person_id(first))
    (after,) = [r for r in place.night(JUNE).rows("match_log") if r["kind"] == "death"]
    assert (after["match_status"], after["supersedes"], after["cause"]) == ("review", before["record_id"], "data")


def test_the_householders_number_on_a_members_row_makes_and_links_nobody(tmp_path: Path) -> None:
    place = UnjudgedTown.found(tmp_path / "town", "zhongshan")
    father = place.person("1950-04-18", name="王建军")
    son = Someone("王建君", father.number, "男", father.birth)
    his = {"户主姓名": father.name, "户主身份证号": father.number.lower(), "低保证号": "DB7"}
    place.tell(son, aid("2024-01", **his, 与户主关系="儿子"))
    night = place.night(MAY)
    assert night.rows("person") == [] and {r["match_status"] for r in night.rows("match_log")} == {"review"}
    place.tell(father, aid("2024-01", **his, 与户主关系="户主"))
    night = place.night(JUNE)
    assert [p["name"] for p in night.rows("person")] == [father.name]
    rows = {r["row_no"]: (r["match_status"], r["rule"]) for r in night.rows("match_log")}
    assert ("new_person", "id_and_name") in rows.values() and ("linked", "id_and_name") not in rows.values()


def test_a_row_under_the_householders_number_finds_its_own_person_by_what_else_it_tells(tmp_path: Path) -> None:
    place = UnjudgedTown.found(tmp_path / "town", "zhongshan")
    father, daughter = place.person("1950-04-18", name="谭国强"), place.person("1980-09-03", name="谭晓红", sex="女")
    place.tell(father, stop("2024-02", **HOME))
    place.tell(daughter, stop("2024-02", **HOME))
    under_his = told(aid("2024-01", 户主身份证号=father.number, 与户主关系="女儿"), daughter, 证件号码=father.number)
    stranger = told(
        aid("2024-02", 户主身份证号=father.number, 与户主关系="孙子"),
        replace(daughter, name="万事通", sex="男"),
        证件号码=father.number,
    )
    place.tell(daughter, under_his, stranger)
    rows = [r for r in place.night(MAY).rows("match_log") if r["kind"] == "low_income"]
    assert [(r["match_status"], r["rule"], r["person_id"]) for r in rows] == [
        ("linked", "model", place.person_id(daughter)), ("review", "id_name_conflict", place.person_id(father)),
    ]  # fmt: skip
