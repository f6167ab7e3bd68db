"""Rows without a number and with a slip in the name, weighed through whole nights: linked, asked about, or left alone."""

import math
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from matchers.comparisons import FAMILY, OFFICE
from matchers.id_numbers import fold_number
from matchers.model import COMPARISONS as COMPARED
from matchers.model import read_model, write_model
from sample_data.numbers import identity_number
from schemas.tables import COMPARISONS
from tests.nightshift import AREA, Said, Someone, Town, aid, death, registered, stop
from tests.rough_files import zhaoren_here
from tests.test_numberless import HOME, MAY
from tests.unjudged_nights import UnjudgedTown

BORN = ("出生日期", "性别")


def said_of(who: Someone, said: Said, *fields: str, name: str = "", **cells: str) -> Said:
    """The row without a number; of birth date, sex, phone, town and village only `fields`."""
    known = {"出生日期": who.birth.isoformat(), "性别": who.sex, **HOME}
    own = {"姓名": name or who.name, "证件号码": ""} | {f: known[f] for f in fields}
    return Said(said.kind, {**said.cells, **own, **cells}, said.since, said.until)


CASES = {
    "homophone, birth date, sex and phone": ("谭小红", (*BORN, "联系电话"), {}, ("linked", "model")),
    "homophone, birth date, sex, town and village": ("谭小红", (*BORN, "镇街", "村居"), {}, ("linked", "model")),
    "look-alike, birth date, sex and phone": ("谭晓江", (*BORN, "联系电话"), {}, ("linked", "model")),
    "an unreadable character, birth date, sex and phone": ("谭晓□", (*BORN, "联系电话"), {}, ("linked", "model")),
    "the name in pinyin, birth date, sex and phone": ("TAN XIAOHONG", (*BORN, "联系电话"), {}, ("linked", "model")),
    "day and month the other way round, and phone": ("谭晓红", ("性别", "联系电话"), {"出生日期": "1975-04-08"}, ("linked", "model")),
    "homophone and birth date, no third agreement": ("谭小红", BORN, {}, ("review", "model")),
    "the very name and birth date, no third agreement": ("谭晓红", BORN, {}, ("review", "name_birth_sex")),
    "another given name on the family's phone": ("谭大勇", (*BORN, "联系电话"), {}, ("review", "model")),
    "homophone, another sex": ("谭小红", ("出生日期", "联系电话"), {"性别": "男"}, ("review", "model")),
    "the very name, another sex, phone and town": ("谭晓红", ("出生日期", "联系电话", "镇街", "村居"), {"性别": "男"}, ("linked", "model")),
    "the first of January of the year, phone and town": ("谭晓红", ("性别", "联系电话", "镇街", "村居"), {"出生日期": "1973-01-01"}, ("linked", "model")),
    "the first of January of the year, and phone": ("谭小红", ("性别", "联系电话"), {"出生日期": "1976-01-01"}, ("review", "model")),
    "a year too many, and phone": ("谭小红", ("性别", "联系电话"), {"出生日期": "1980-08-04"}, ("linked", "model")),
    "homophone, no birth date, the village": ("谭小红", ("性别", "村居"), {}, ("review", "model")),
    "homophone, birth date, sex, the village without its town": ("谭小红", (*BORN, "村居"), {}, ("linked", "model")),
    "homophone, birth date, sex, a village of that name elsewhere": ("谭小红", (*BORN, "村居"), {"镇街": "午镇"}, ("review", "model")),
    "homophone, another birth date, nothing else": ("谭小红", ("性别",), {"出生日期": "1931-11-27"}, ("not_linked", None)),
}  # fmt: skip


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """One person a case, each known by number; the case's row is a death report."""
    place = Town.found(tmp_path_factory.mktemp("weighed") / "town", "zhongshan", "neimenggu")
    for number, (case, (name, fields, cells, _)) in enumerate(CASES.items()):
        born = f"{1940 + 3 * number}-08-04"
        who = place.person("1975-08-04" if "day and month" in case else born, name="谭晓红", sex="女")
        home = {
            "联系电话": f"142{number:08d}",
            "镇街": f"{'甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳未申'[number]}镇",
            "村居": "起湾社区",
        }
        place.tell(who, stop("2024-02", **home), registered("2024-03-10", **home))
        row = said_of(who, death("2024-05-01"), *fields, name=name)
        place.tell(
            who, Said(row.kind, {**row.cells, **{k: v for k, v in home.items() if k in fields}, **cells}, MAY, "9999")
        )
    place.night(MAY)
    return place


def row_of(town: Town, case: str) -> dict[str, object]:
    place = list(CASES).index(case) + 1
    return next(r for r in town.nights[MAY].rows("match_log") if (r["kind"], r["row_no"]) == ("death", place))


@pytest.mark.parametrize("case", CASES)
def test_a_row_is_linked_asked_about_or_left_alone(town: Town, case: str) -> None:
    row = row_of(town, case)
    assert (row["match_status"], row["rule"]) == CASES[case][3]


@pytest.mark.parametrize("case", [c for c, told in CASES.items() if told[3][1] == "model"])
def test_the_weights_of_a_pair_add_up_and_make_its_probability(town: Town, case: str) -> None:
    row = row_of(town, case)
    weights, levels = row["weights"], row["levels"]
    assert isinstance(weights, dict) and isinstance(levels, dict) and isinstance(row["match_weight"], float)
    assert math.isclose(sum(weights.values()), row["match_weight"], abs_tol=1e-6)
    assert all(weights[c] == 0 for c, level in levels.items() if level == "missing")
    assert row["match_probability"] == pytest.approx(1 / (1 + 2 ** -row["match_weight"]))
    assert row["model_version"] == read_model().version


def test_explain_shows_the_levels_and_weights_that_add_up(town: Town) -> None:
    row = row_of(town, "homophone, birth date, sex and phone")
    said = zhaoren_here("explain", town.workspace.root, "--row", f"{row['delivery_id']}:{row['row_no']}").stdout
    assert "名首字：同音" in said and "出生日期：相同" in said
    parts = [float(n) for n in re.findall(r"^ +([+-][0-9.]+)  (?!合计|次选)", said, re.M)]
    (total,) = re.findall(r"^ +([+-][0-9.]+)  合计", said, re.M)
    assert math.isclose(sum(parts), float(total), abs_tol=0.0011 * len(parts))


def test_a_householders_number_says_whose_household_a_members_row_is(tmp_path: Path) -> None:
    """Two daughters are reported under their fathers' numbers: one father has her certificate number, one another."""
    place = UnjudgedTown.found(tmp_path / "town", "zhongshan")
    daughters = []
    for n, of_father in enumerate(("DB1", "DB2")):
        father = place.person(f"194{n}-02-03", name="谭大勇")
        daughter = place.person(f"197{n}-08-04", "女", name="谭晓红")
        place.tell(father, aid("2024-01", 低保证号=of_father))
        place.tell(daughter, aid("2024-01", 低保证号="DB1" if n == 0 else "DB9"))
        place.tell(daughter, said_of(daughter, death("2024-05-01"), *BORN, 证件号码=father.number))
        daughters.append(daughter)
    rows = [r for r in place.night(MAY).rows("match_log") if r["kind"] == "death"]
    assert [(r["match_status"], r["rule"]) for r in rows] == [("linked", "model"), ("review", "id_name_conflict")]
    assert rows[0]["person_id"] == place.person_id(daughters[0]) and rows[0]["levels"]["household"] == "equal"


def test_the_phone_of_an_office_is_no_third_agreement(tmp_path: Path) -> None:
    """A cadre's, under which a village is registered; a couple's is one."""
    place = UnjudgedTown.found(tmp_path / "town", "zhongshan")
    for phone, count in (("14212340001", OFFICE + 1), ("14212340002", FAMILY)):
        told = [place.person(f"19{60 + n}-03-0{count % 7 + 1}") for n in range(count)]
        for who in told:
            place.tell(who, registered("2024-03-10", 联系电话=phone))
        place.tell(told[0], said_of(told[0], death("2024-05-01"), *BORN, 联系电话=phone))
    rows = [r for r in place.night(MAY).rows("match_log") if r["kind"] == "death"]
    assert [(r["match_status"], r["rule"]) for r in rows] == [
        ("review", "name_birth_sex"),
        ("linked", "name_birth_sex"),
    ]


def test_a_spreadsheets_number_that_holds_by_chance_is_still_taken_for_damaged(tmp_path: Path) -> None:
    place = UnjudgedTown.found(tmp_path / "town", "zhongshan")
    born = (date(1975, 1, 1) + timedelta(days=n) for n in range(365))
    numbers = ((day, identity_number(AREA, day, 12)) for day in born)
    day, number, shown = next((d, n, s) for d, n in numbers if fold_number(s := str(int(float(n[:15] + "000")))).key == s != n)  # fmt: skip
    who, other = Someone("谭晓红", number, "女", day), Someone("万事通", number, "女", day)
    place.tell(who, stop("2024-02"))
    for name in (who, other):
        place.tell(name, Said("死亡", {**death("2024-05-01").cells, "证件号码": shown}, MAY, "9999"))
    rows = [r for r in place.night(MAY).rows("match_log") if r["kind"] == "death"]
    assert [(r["match_status"], r["rule"]) for r in rows] == [("linked", "id_damaged_and_name"), ("not_linked", None)]


def test_a_weighed_link_never_ends_anything(town: Town) -> None:
    entries = [e for e in town.nights[MAY].entries() if e["op"] in ("PROP_EXIT", "PROP_DEREG")]
    assert entries == []


def test_the_sealed_columns_are_the_models_comparisons() -> None:
    assert tuple(COMPARED) == COMPARISONS


def test_no_name_stands_in_the_committed_model() -> None:
    """Characters and long names of an invented city only."""
    model = read_model()
    assert all(len(c) <= 2 for part in ("surname", "given_first", "given_second") for c in model.frequency[part])


def test_a_broken_model_is_named_and_nothing_is_run(tmp_path: Path) -> None:
    place = UnjudgedTown.found(tmp_path / "town", "zhongshan")
    place.workspace.model.write_text("{}", encoding="utf-8")
    done = zhaoren_here("run", place.workspace.root, "--as-of", MAY)
    assert done.returncode == 2 and "model.json" in done.stderr and not list(place.workspace.runs.iterdir())


def test_an_address_told_on_an_earlier_night_is_a_third_agreement_however_it_is_spaced(tmp_path: Path) -> None:
    place = UnjudgedTown.found(tmp_path / "town", "zhongshan")
    who = place.person("1975-08-04", name="谭晓红", sex="女")
    place.tell(who, stop("2024-02", 地址="起湾路 1 号"))
    place.night(MAY)
    row = said_of(who, death("2024-05-01"), *BORN, name="谭小红")
    place.tell(who, Said(row.kind, {**row.cells, "地址": "起湾路1号"}, "2024-06-20", "9999"))
    (found,) = place.night("2024-06-20").rows("match_log")
    assert (found["match_status"], found["rule"], found["levels"]["address"]) == ("linked", "model", "equal")


def test_another_model_asks_again_what_was_presumed_and_is_named_as_the_cause(tmp_path: Path) -> None:
    """The link threshold above any weight, then the shipped model again: the link goes to review and comes back."""
    place = UnjudgedTown.found(tmp_path / "town", "zhongshan")
    who = place.person("1975-08-04", name="谭晓红", sex="女")
    home = {"联系电话": "14200000000"}
    place.tell(who, stop("2024-02", **home))
    row = said_of(who, death("2024-05-01"), *BORN, name="谭小红", **home)
    place.tell(who, Said(row.kind, row.cells, MAY, "9999"))
    (linked,) = [r for r in place.night(MAY).rows("match_log") if r["kind"] == "death"]
    assert (linked["match_status"], linked["cause"]) == ("linked", None)
    assert place.night("2024-06-01").rows("match_log") == []
    shipped = read_model()
    write_model(
        replace(shipped, version="strict", thresholds={**shipped.thresholds, "link": 10**6}), place.workspace.model
    )
    (asked,) = place.night("2024-06-02").rows("match_log")
    assert (asked["match_status"], asked["cause"], asked["supersedes"]) == ("review", "model", asked["record_id"])
    assert asked["model_version"] == "strict"
    place.workspace.model.unlink()
    (again,) = place.night("2024-06-03").rows("match_log")
    assert (again["match_status"], again["person_id"], again["cause"]) == ("linked", linked["person_id"], "model")


def test_a_newcomer_under_another_model_is_still_the_cause(tmp_path: Path) -> None:
    place = UnjudgedTown.found(tmp_path / "town", "zhongshan")
    home = {"联系电话": "14200000000"}
    who = place.person("1975-08-04", name="谭晓红", sex="女")
    place.tell(who, stop("2024-02", since=MAY, **home))
    row = said_of(who, death("2024-05-01"), *BORN, name="谭小红", **home)
    place.tell(who, Said(row.kind, row.cells, MAY, "9999"))
    place.night(MAY)
    twin = place.person("1975-08-04", name="谭小虹", sex="女")
    place.tell(twin, stop("2024-03", since="2024-06-01", **home))
    write_model(replace(read_model(), version="zh-1b"), place.workspace.model)
    (asked,) = [r for r in place.night("2024-06-01").rows("match_log") if r["kind"] == "death"]
    assert (asked["match_status"], asked["cause"]) == ("review", "data")
