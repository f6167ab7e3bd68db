"""Whose row it is, from delivered files to ledger entries: every form of a number and a name, and what it may do.

One workspace with two packs and three nights holds all cases. A row that is not surely somebody's never ends anything.
"""

import hashlib
import json
import re
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import pyarrow.parquet as pq
import pytest

from matchers.model import read_model
from tests.identity_town import (
    CASES,
    HOLD,
    JOINING,
    JUN20,
    JUN30,
    LOOK,
    MAY31,
    MOVED_TO,
    NAME_DIFFERS,
    NIGHTS,
    PENSION,
    POOR,
    PRESUMED,
    REGISTER,
    SHARED,
    STOPPED,
    TOWN,
    UNKNOWN,
    UNSURE,
    Place,
    Row,
    phone,
    tell_the_rest,
)
from tests.nightshift import (
    Case,
    Stage,
    Town,
)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Place:
    town = Town.found(tmp_path_factory.mktemp("identity") / "town", "zhongshan", "neimenggu")
    cast = {case.id: case.play(town) for case in CASES}
    assert len(cast) == len(CASES)
    more = tell_the_rest(town)
    for day in NIGHTS:
        town.night(day)
    return Place(Stage(town, cast), more)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_each_night_posts_what_the_row_is_sure_enough_for(played: Place, case: Case) -> None:
    assert played.stage.posted(case) == dict(case.expect)


@pytest.mark.parametrize("form", REGISTER, ids=lambda form: form.id)
def test_a_register_row_is_logged_with_its_rule(played: Place, form: Row) -> None:
    who = played.who(f"ends: {form.id}")
    row = played.matched(who, "养老待遇", JUN20)
    assert (row["match_status"], row["rule"]) == (form.status, form.rule)
    assert row["person_id"] == (played.person_id(who) if form.line else None)
    assert (row["supersedes"], row["cause"]) == (None, None)


@pytest.mark.parametrize("form", JOINING, ids=lambda form: form.id)
def test_a_roster_row_is_logged_with_its_rule(played: Place, form: Row) -> None:
    who = played.who(f"adds: {form.id}")
    row = played.matched(who, "社保停保", JUN20)
    assert (row["match_status"], row["rule"], row["person_id"]) == (form.status, form.rule, played.person_id(who))


@pytest.mark.parametrize(
    "form", [pytest.param((f"ends: {f.id}", f), id=f"ends: {f.id}") for f in REGISTER if f.line]
    + [pytest.param((f"adds: {f.id}", f), id=f"adds: {f.id}") for f in JOINING],
)  # fmt: skip
def test_the_sentence_says_how_sure_the_row_is(played: Place, form: tuple[str, Row]) -> None:
    case_id, expected = form
    entry = played.stage.entry(case_id, JUN20, expected.line)
    notes = [n for n in (NAME_DIFFERS, PRESUMED, UNSURE, SHARED) if n in entry["reason"]]
    assert notes == ([expected.note] if expected.note else [])
    assert entry["needs_decision"] is True


def test_only_exact_numbers_with_the_same_name_ever_end_anything(played: Place) -> None:
    sure = {
        (r["person_id"], r["record_id"])
        for night in played.town.nights.values() for r in night.rows("match_log")
        if r["match_status"] in ("linked", "new_person") and r["rule"] == "id_and_name"
    }  # fmt: skip
    ending = [
        e for night in played.town.nights.values() for e in night.entries()
        if e["op"] in ("PROP_EXIT", "PROP_DEREG", "FLAG_REEMP")
    ]  # fmt: skip
    assert len(ending) > 15
    assert [e["entry_id"] for e in ending if not {(e["person_id"], r) for r in e["evidence"]} <= sure] == []
    differs = [f"ends: {f.id}" for f in REGISTER if f.line == LOOK]
    numbers = {played.who(case_id).number for case_id in differs}
    assert [e["entry_id"] for e in ending if e["id_number"] in numbers] == []


def test_72_fifteen_and_eighteen_digits_make_one_person(played: Place) -> None:
    for case_id in (c.id for c in CASES if "72" in c.id):
        number = played.who(case_id).number
        assert {p["id_number"] for p in played.people if p["name"] == played.who(case_id).name} == {number}
        assert len({p["person_id"] for p in played.people if p["id_number"] == number}) == 1


def test_73_a_name_written_otherwise_makes_no_second_person(played: Place) -> None:
    for case_id in (c.id for c in CASES if "73" in c.id):
        who = played.who(case_id)
        assert {p["name"] for p in played.people if p["id_number"] == who.number} == {who.name}


@pytest.mark.parametrize("label", UNKNOWN)
def test_74_a_roster_row_of_nobody_is_quarantined_or_waits(played: Place, label: str) -> None:
    who = played.more[f"unknown: {label}"]
    night = played.town.nights[JUN20]
    row_no = [w for w, s in played.town.told if s.kind == "社保停保" and s.stands(JUN20)].index(who) + 1
    bad = [q for q in night.rows("quarantine") if (q["row_no"], q["file_name"][:4]) == (row_no, "社保停保")]
    logged = played.matched(who, "社保停保", JUN20)
    if UNKNOWN[label][1] == "quarantine":
        assert [(q["column"], q["check"], q["value_kind"]) for q in bad] == [("证件号码", "id_checksum_bad", "id")]
        assert logged == {} and who.number[:14] not in bad[0]["message"]
    else:
        assert (bad, logged["match_status"], logged["rule"]) == ([], "review", "no_usable_number")
        assert logged["person_id"] is None
    assert played.person_id(who) == ""


@pytest.mark.parametrize("day", NIGHTS)
def test_totals_of_every_delivery_hold(played: Place, day: str) -> None:
    for row in played.town.nights[day].rows("delivery"):
        assert row["rows"] == row["accepted"] + row["quarantined"]
        assert row["accepted"] == sum(row[k] for k in ("unchanged", "linked", "new_person", "not_linked", "review"))


def test_74_two_names_on_one_number_are_two_people_on_hold(played: Place) -> None:
    first, second = played.more["shared, first"], played.more["shared, second"]
    assert played.person_id(first) != played.person_id(second) != ""
    assert played.posted(first, "L")[MAY31] == played.posted(second, "L")[MAY31] == (HOLD,)
    assert SHARED in played.entry(first, MAY31, HOLD)["reason"]
    held = {r["person_id"] for r in played.town.nights[MAY31].rows("person_hold")}
    assert {played.person_id(first), played.person_id(second)} <= held


def test_74_whoever_is_on_hold_is_neither_added_nor_ended(played: Place) -> None:
    for label in ("shared, first", "shared, second", "shared, third", "known later"):
        lines = [line for posted in played.posted(played.more[label]).values() for line in posted]
        assert lines and {line.split()[1] for line in lines} <= {"HOLD", "REVIEW"}


def test_74_a_third_name_later_is_on_hold_too(played: Place) -> None:
    third = played.more["shared, third"]
    assert played.posted(third, "L") == {JUN20: (HOLD,)}
    row = played.matched(third, "社保停保", JUN20)
    assert (row["match_status"], row["rule"]) == ("new_person", "id_and_name")


def test_74_a_register_row_under_yet_another_name_is_nobodys(played: Place) -> None:
    row = played.matched(played.more["shared, register only"], "社保参保", JUN20)
    assert (row["match_status"], row["rule"]) == ("review", "id_name_conflict")
    assert row["person_id"] != row["runner_up_person_id"] is not None
    assert played.person_id(played.more["shared, register only"]) == ""


def test_74_a_second_name_puts_the_known_person_on_hold(played: Place) -> None:
    old, new = played.more["known first"], played.more["known later"]
    assert played.posted(old, "L")[MAY31] == (STOPPED,)
    assert HOLD in played.posted(old, "L")[JUN20] and played.posted(new, "L") == {JUN20: (HOLD,)}
    assert played.town.state(old, "zhongshan", "L")["state"] == "LX"


def test_an_agents_number_makes_nobody(played: Place) -> None:
    for label in (name for name in played.more if name.startswith("agent's number")):
        who = played.more[label]
        row = played.matched(who, "社保停保", MAY31)
        assert (row["match_status"], row["rule"], row["person_id"]) == ("review", "id_shared", None)
        assert [p for p in played.people if p["id_number"] == who.number] == []


def test_an_agents_number_leaves_its_known_holder_alone(played: Place) -> None:
    holder = played.more["agent known, holder"]
    assert {p["name"] for p in played.people if p["id_number"] == holder.number} == {holder.name}
    assert played.posted(holder, "R") == {JUN20: (PENSION,)}
    for label in (name for name in played.more if re.match(r"agent known, \d", name)):
        row = played.matched(played.more[label], "社保停保", JUN20)
        assert (row["match_status"], row["rule"]) == ("review", "id_name_conflict")


def test_a_householders_number_is_the_householders_only(played: Place) -> None:
    house = played.more["householder"]
    assert {p["name"] for p in played.people if p["id_number"] == house.number} == {house.name}
    assert played.posted(house, "L") == {MAY31: (POOR,)}
    for label in ("householder's wife", "householder's child"):
        row = played.matched(played.more[label], "低保低收入", MAY31)
        assert (row["match_status"], row["rule"]) == ("review", "id_name_conflict")


@pytest.mark.parametrize(
    ("label", "kind"),
    [("permit of Hong Kong", "港澳居民来往内地通行证"), ("permit of Macao", "港澳居民来往内地通行证"),
     ("permit of Taiwan, said", "台湾居民来往大陆通行证"), ("passport", "护照或其他证件")],
)  # fmt: skip
def test_other_papers_are_exact_and_outlive_their_renewal(played: Place, label: str, kind: str) -> None:
    who = played.more[label]
    (person,) = [p for p in played.people if p["person_id"] == played.person_id(who)]
    assert (person["id_kind"], person["birth_date"], person["sex"]) == (kind, who.birth, who.sex)
    assert played.posted(who, "R") == {JUN20: (PENSION,)}
    row = played.matched(who, "养老待遇", JUN20)
    assert (row["match_status"], row["rule"]) == ("linked", "id_and_name")


def test_a_taiwan_permit_that_is_not_said_to_be_one_is_only_a_question(played: Place) -> None:
    who = played.more["permit of Taiwan, unsaid"]
    assert played.posted(who, "R") == {JUN20: (LOOK,)}
    row = played.matched(who, "养老待遇", JUN20)
    assert (row["match_status"], row["rule"]) == ("review", "name_only")


@pytest.mark.parametrize(
    ("case_id", "kind"),
    [("ends: residence permit of Hong Kong", "港澳台居民居住证"), ("ends: residence permit of Macao", "港澳台居民居住证"),
     ("ends: residence permit of Taiwan", "港澳台居民居住证"), ("ends: foreigner with a residence card", "外国人永久居留身份证"),
     ("ends: 72 eighteen digits in both", "居民身份证"), ("ends: 72 fifteen digits in both", "居民身份证")],
)  # fmt: skip
def test_the_kind_of_paper_is_kept_with_the_person(played: Place, case_id: str, kind: str) -> None:
    who = played.who(case_id)
    (person,) = [p for p in played.people if p["person_id"] == played.person_id(who)]
    assert (person["id_kind"], person["birth_date"], person["sex"]) == (kind, who.birth, who.sex)


def test_a_name_that_two_people_have_is_nobodys(played: Place) -> None:
    row = played.matched(played.more["namesake, whose"], "养老待遇", JUN20)
    both = {played.person_id(played.more[f"namesake, {n}"]) for n in ("first", "second")}
    assert (row["match_status"], row["rule"], row["person_id"]) == ("review", "name_only", None)
    assert row["runner_up_person_id"] in both
    assert (
        played.posted(played.more["namesake, first"], "R") == played.posted(played.more["namesake, second"], "R") == {}
    )


def test_a_damaged_number_that_fits_two_people_is_nobodys(played: Place) -> None:
    row = played.matched(played.more["near twins, whose"], "养老待遇", JUN20)
    both = [played.more[f"near twins, {n}"] for n in ("first", "second")]
    assert (row["match_status"], row["rule"], row["person_id"]) == ("review", "id_damaged_and_name", None)
    assert row["runner_up_person_id"] in {played.person_id(who) for who in both}
    assert [played.posted(who, "R") for who in both] == [{}, {}]


def test_a_waiting_roster_row_is_found_the_night_its_person_becomes_known(played: Place) -> None:
    who = played.who("waiting roster row with a damaged number")
    first = played.matched(who, "社保停保", JUN20)
    assert (first["match_status"], first["rule"], first["person_id"]) == ("review", "no_usable_number", None)
    (now,) = [r for r in played.town.nights[JUN30].rows("match_log") if r["supersedes"] == first["record_id"]]
    assert (now["match_status"], now["rule"], now["person_id"]) == (
        "linked",
        "id_damaged_and_name",
        played.person_id(who),
    )
    assert PRESUMED in played.entry(who, JUN30, "L UPD ZS-3.1.1a stoppage")["reason"]


def test_two_differently_damaged_rows_of_one_register_are_open_questions(played: Place) -> None:
    who = played.who("two differently damaged rows of one register")
    rows = [r for r in played.town.nights[JUN20].rows("match_log") if r["person_id"] == played.person_id(who)]
    assert [(r["match_status"], r["rule"]) for r in rows] == [("review", "id_damaged_and_name")] * 2


def test_a_certificate_without_a_number_makes_its_holder_known(played: Place) -> None:
    who = played.who("certificate without a number column makes somebody known")
    row = played.matched(who, "残疾人证", MAY31)
    assert (row["match_status"], row["rule"], row["person_id"]) == ("new_person", "id_and_name", played.person_id(who))


LATER = {
    "register row before the person is known": ("linked", "id_and_name"),
    "register row with fifteen digits before the person is known": ("linked", "id_and_name"),
    "register row with a damaged number before the person is known": ("linked", "id_damaged_and_name"),
    "register row with a name only before the person is known": ("review", "name_only"),
}


@pytest.mark.parametrize("case_id", LATER)
def test_a_strangers_register_row_is_found_the_night_they_become_known(played: Place, case_id: str) -> None:
    who = played.who(case_id)
    first = played.matched(who, "养老待遇", MAY31)
    assert (first["match_status"], first["person_id"]) == ("not_linked", None)
    (now,) = [r for r in played.town.nights[JUN20].rows("match_log") if r["record_id"] == first["record_id"]]
    assert (now["match_status"], now["rule"], now["person_id"]) == (*LATER[case_id], played.person_id(who))
    assert (now["supersedes"], now["cause"]) == (first["record_id"], "data")
    assert (now["delivery_id"], now["row_no"], now["file_name"]) == (
        first["delivery_id"],
        first["row_no"],
        first["file_name"],
    )
    assert [r for r in played.town.nights[JUN30].rows("match_log") if r["record_id"] == first["record_id"]] == []


def test_somebody_in_no_roster_stays_unknown(played: Place) -> None:
    who = played.who("somebody who is in no roster")
    assert played.matched(who, "养老待遇", MAY31)["match_status"] == "not_linked"
    assert played.person_id(who) == "" and who.number not in json.dumps(played.people, default=str)


def test_person_ids_stand_for_one_person_for_ever(played: Place) -> None:
    meaning: dict[str, tuple[str, str, int]] = {}
    for night in played.town.nights.values():
        for row in night.rows("person"):
            said = (row["id_number"], row["name"], row["first_run"])
            assert meaning.setdefault(row["person_id"], said) == said and row["merged_into"] is None
    assert len(set(meaning.values())) == len(meaning)


def test_new_person_ids_go_on_where_the_last_night_ended(played: Place) -> None:
    newest = ""
    for run_no, night in enumerate(played.town.nights.values(), 1):
        fresh = sorted(p["person_id"] for p in night.rows("person") if p["first_run"] == run_no)
        assert fresh and fresh[0] > newest
        numbers = [int(p[1:]) for p in fresh]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        newest = fresh[-1]


def test_whoever_goes_and_comes_back_is_the_same_person(played: Place) -> None:
    who = played.who("gone from the roster and back")
    assert len({p["person_id"] for p in played.people if p["id_number"] == who.number}) == 1
    rows = [
        r
        for day in (MAY31, JUN30)
        for r in played.town.nights[day].rows("match_log")
        if r["person_id"] == played.person_id(who)
    ]
    assert [r["match_status"] for r in rows] == ["new_person", "linked"]


def test_a_roster_moves_a_person_and_a_register_does_not(played: Place) -> None:
    moved, stays = played.who("moved to another town"), played.who("a register knows another town")
    rows = [p for p in played.people if p["id_number"] == moved.number]
    assert [(p["town"], p["phone"], p["first_run"], p["last_run"]) for p in rows] == [
        (TOWN, phone(moved), 1, 1), (MOVED_TO, "14300000001", 1, 2)
    ]  # fmt: skip
    assert [(p["town"], p["last_run"]) for p in played.people if p["id_number"] == stays.number] == [(TOWN, 1)]
    now = played.town.ask("select town, phone, last_run from person where id_number = ?", moved.number)
    assert now == [{"town": MOVED_TO, "phone": "14300000001", "last_run": 2}]


def test_an_empty_cell_takes_nothing_from_a_person(played: Place) -> None:
    who = played.who("a roster that leaves the town empty")
    assert [(p["town"], p["phone"]) for p in played.people if p["id_number"] == who.number] == [(TOWN, phone(who))]


def test_entries_carry_the_town_that_stands_tonight(played: Place) -> None:
    who = played.who("ends: 72 eighteen digits in both")
    (entry,) = played.town.nights[JUN20].entries(person_id=played.person_id(who), track="R")
    assert (entry["name"], entry["id_number"], entry["town"]) == (who.name, who.number, TOWN)


def test_every_new_row_is_logged_once(played: Place) -> None:
    for night in played.town.nights.values():
        places = [(r["delivery_id"], r["row_no"]) for r in night.rows("match_log")]
        assert len(places) == len(set(places))
        for file in night.rows("delivery"):
            own = [
                r
                for r in night.rows("match_log")
                if r["delivery_id"] == file["delivery_id"] and r["supersedes"] is None
            ]
            assert len(own) == file["accepted"] - file["unchanged"]
            assert {r["model_version"] for r in own} <= {read_model().version}


# The manifest


@pytest.mark.parametrize("day", NIGHTS)
def test_a_manifest_says_what_the_run_was_made_of(played: Place, day: str) -> None:
    night, run_no = played.town.nights[day], NIGHTS.index(day) + 1
    said = night.manifest
    assert (said["run_no"], said["as_of"], said["barred"]) == (run_no, day, [])
    assert night.folder.name == f"{run_no:06d}" and night.outcome.run_no == run_no
    recorded = datetime.fromisoformat(said["recorded_at"])
    assert recorded.tzinfo is not None and abs((datetime.now(UTC) - recorded).total_seconds()) < 3600
    assert {e["recorded_at"] for e in night.entries()} == {recorded}
    assert said["packs"] == ["zhongshan", "neimenggu"] and set(said["pack_versions"]) == set(said["packs"])
    assert all(said["pack_versions"].values())
    assert (said["code_version"], said["model_version"]) == (version("zhaoren"), read_model().version)


def sha256(path: Any) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("day", NIGHTS)
def test_a_manifest_names_every_table_and_input_by_its_hash(played: Place, day: str) -> None:
    night = played.town.nights[day]
    tables = {
        p.relative_to(night.folder / "tables").with_suffix("").as_posix(): p
        for p in (night.folder / "tables").rglob("*.parquet")
    }
    assert {"delivery", "quarantine", "match_log", "person", "ledger_entry"} <= set(tables)
    found = {name: {"rows": pq.read_metadata(p).num_rows, "sha256": sha256(p)} for name, p in tables.items()}
    assert night.manifest["tables"] == found
    inputs = [
        {"file_name": d["file_name"], "sha256": d["delivery_id"], "status": d["status"]} for d in night.rows("delivery")
    ]
    assert night.manifest["inputs"] == sorted(inputs, key=lambda i: (i["file_name"], i["sha256"]))
    for one in inputs:
        assert sha256(played.town.workspace.archive / one["sha256"]) == one["sha256"]


def test_manifests_form_a_chain(played: Place) -> None:
    before = ""
    for night in played.town.nights.values():
        assert night.manifest["previous"] == before
        before = sha256(night.folder / "manifest.json")


def test_totals_of_a_manifest_go_on_from_night_to_night(played: Place) -> None:
    standing: dict[str, int] = {}
    for night in played.town.nights.values():
        said = night.manifest["totals"]
        for track in sorted({key.rsplit(".", 1)[0] for key in said}):
            assert said[f"{track}.opening"] == standing.get(track, 0)
            closing = said[f"{track}.opening"] + said[f"{track}.inflow"] - said[f"{track}.outflow"]
            assert said[f"{track}.closing"] == closing
            standing[track] = closing
    assert standing["zhongshan.L"] > 0 < standing["neimenggu.L"]
