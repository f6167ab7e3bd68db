"""Whose row it is, from delivered files to ledger entries: every form of a number and a name, and what it may do.

One workspace with two packs and three nights holds all cases; a second one, with a pack of its own, the ages around the
rise of the retirement age and a birthday on 29 February. A row that is not surely somebody's never ends anything.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from importlib.metadata import version
from typing import Any

import pyarrow.parquet as pq
import pytest

from matchers.model import read_model
from policies.pack import PACKS
from tests.nightshift import (
    Case,
    Night,
    Said,
    Someone,
    Stage,
    Town,
    aid,
    brief,
    certificate,
    insured,
    pension,
    registered,
    service,
    stage,
    stop,
)

MAY31, JUN20, JUN30 = NIGHTS = ("2024-05-31", "2024-06-20", "2024-06-30")
PENSION, LOOK = "R PROP_DEREG NM-3.2 pension", "R REVIEW NM-3.2 pension"
STOPPED, LISTED, POOR = "L ADD ZS-3.1.1a stoppage", "L ADD ZS-3.1 registration", "L ADD ZS-3.1.2 low_income"
ASK, HOLD = "L REVIEW ZS-3.1.1a stoppage", "L HOLD ZS-3.1.1a stoppage"
HIRED, HIRED_LOOK = "L FLAG_REEMP ZS-EXIT hired", "L REVIEW ZS-EXIT hired"
DISABLED = "H ADD NM-1.3a disability"
NAME_DIFFERS, PRESUMED, UNSURE, SHARED = "姓名有出入", "推定", "身份未能确认", "证件号码与他人相同"
TOWN, MOVED_TO = "东一镇", "西二街道"
NOTHING: dict[str, tuple[str, ...]] = {}
Form = Callable[[Someone], str]


def phone(who: Someone) -> str:
    """An invented number of their own, known from the roster."""
    return "142" + who.number[-9:-1].replace("X", "0")


@dataclass(frozen=True)
class Written(Said):
    """A row some cells of which are written from the person's own."""

    forms: Mapping[str, Form] = field(default_factory=dict)

    def about(self, who: Someone) -> dict[str, str]:
        return super().about(who) | {header: form(who) for header, form in self.forms.items()}


def written(said: Said, **forms: Form) -> Written:
    return Written(said.kind, said.cells, said.since, said.until, forms)


def a_float(who: Someone) -> str:
    """What a spreadsheet leaves of a number: fifteen digits."""
    return f"{int(who.number.replace('X', '0')):.14E}"


def a_mask(who: Someone) -> str:
    return who.number[:4] + "*" * 10 + who.number[14:]


def one_digit_off(who: Someone) -> str:
    return who.number[:15] + str((int(who.number[15]) + 1) % 10) + who.number[16:]


def stranger_number(who: Someone) -> str:
    """A number that is nobody's, with a wrong check character: another place, another day."""
    return "4499992001010100" + ("10" if who.number[17] != "0" else "12")


NUMBER: dict[str, Form] = {
    "whole": lambda who: who.number,
    "fifteen": lambda who: who.fifteen,
    "spaced": lambda who: " ".join((who.number[:6], who.number[6:14], who.number[14:])),
    "disability number": lambda who: who.number + "43",
    "reissued disability number": lambda who: who.number + "43B1",
    "float": a_float,
    "check digit lost": lambda who: who.number[:17],
    "bad check digit": lambda who: who.bad_check,
    "masked": a_mask,
    "one digit wrong": one_digit_off,
    "letters": lambda who: who.number.replace("0", "O"),
    "two numbers": lambda who: f"{who.number}/150102198507043219",
    "placeholder": lambda who: "1" * 18,
    "nobody's": stranger_number,
    "none": lambda who: "",
}
BORN: dict[str, Form] = {"出生日期": lambda who: who.birth.isoformat(), "性别": lambda who: who.sex}
WRONG_BIRTH: dict[str, Form] = {"出生日期": lambda who: "1971-01-01", "性别": lambda who: who.sex}
PHONE: dict[str, Form] = {"联系电话": phone}
PLACE: dict[str, Form] = {"镇街": lambda who: TOWN}
ROSTER = {"联系电话": phone, "镇街": lambda who: TOWN}


@dataclass(frozen=True)
class Row:
    """How one row writes a person's number and name, and what must come of it: the entry, status and rule of its link
    and words of the entry's sentence."""

    id: str
    number: str
    line: str
    status: str
    rule: str | None
    note: str = ""
    other: Mapping[str, Form] = field(default_factory=dict)
    roster_number: str = "whole"
    name: str = ""
    other_name: str = ""
    area: int = 442099

    def row(self, said: Said) -> Written:
        named: dict[str, Form] = {"姓名": lambda who: self.other_name or who.name}
        return written(said, 证件号码=NUMBER[self.number], **named, **self.other)


def fine(what: str, number: str = "whole", **more: Any) -> Row:
    return Row(what, number, PENSION, "linked", "id_and_name", **more)


def doubtful(
    what: str, number: str, status: str = "linked", rule: str | None = "id_damaged_and_name", **more: Any
) -> Row:
    return Row(what, number, LOOK, status, rule, **more)


# A register row about somebody registered as unemployed: only an exact number with the same name proposes the end.
REGISTER = (
    fine("72 eighteen digits in both"),
    fine("72 fifteen digits in the register", "fifteen"),
    fine("72 fifteen digits in the roster", roster_number="fifteen"),
    fine("72 fifteen digits in both", "fifteen", roster_number="fifteen"),
    fine("number with spaces in it", "spaced"),
    fine("disability number in the number column", "disability number"),
    fine("two numbers in one cell", "two numbers"),
    fine("reissued disability number in the number column", "reissued disability number"),
    fine("residence permit of Hong Kong", area=810000),
    fine("residence permit of Macao", area=820000),
    fine("residence permit of Taiwan", area=830000),
    fine("foreigner with a residence card", area=911840),
    fine("73 minority name with another dot", name="斯琴·巴特尔", other_name="斯琴•巴特尔"),
    fine("73 minority name with a full stop", name="娜仁·高娃", other_name="娜仁．高娃"),
    fine("73 minority name with spaces", name="敖登·其木格", other_name="敖登　其木格"),
    fine("73 minority name without its dot", name="阿拉坦·宝力格", other_name="阿拉坦宝力格"),
    fine("73 plain name with a space in it", name="鲁班", other_name="鲁 班"),
    fine("73 traditional characters", name="罗伟东", other_name="羅偉東"),
    doubtful("73 homophone", "whole", rule="id_and_name", note=NAME_DIFFERS, name="王小明", other_name="王晓明"),
    doubtful("73 one other character", "whole", rule="id_and_name", note=NAME_DIFFERS, name="李大海", other_name="李大河"),
    fine("name with a note behind it", name="伏龙章", other_name="伏龙章（户主）"),
    doubtful("73 unreadable character", "whole", rule="id_and_name", note=NAME_DIFFERS, name="刘䶮", other_name="刘□"),
    doubtful("73 homophone in a minority name", "whole", rule="id_and_name", note=NAME_DIFFERS, name="斯琴·高娃",
             other_name="斯沁·高娃"),
    doubtful("another name altogether", "whole", "review", "id_name_conflict", note=UNSURE, other_name="万事通"),
    doubtful("number damaged by a spreadsheet", "float", note=PRESUMED),
    doubtful("check digit lost", "check digit lost", note=PRESUMED),
    doubtful("check digit wrong", "bad check digit", note=PRESUMED),
    doubtful("masked number", "masked", note=PRESUMED),
    doubtful("one digit wrong", "one digit wrong", note=PRESUMED),
    doubtful("letters for digits", "letters", note=PRESUMED),
    doubtful("damaged number and a homophone", "float", note=PRESUMED, name="周志勇", other_name="周志永"),
    doubtful("damaged number and another birth date", "float", "review", note=UNSURE, other=WRONG_BIRTH),
    doubtful("name only", "none", "review", "name_only", note=UNSURE),
    doubtful("name and a number that is none", "placeholder", "review", "name_only", note=UNSURE),
    doubtful("name and phone", "none", "review", "name_and_phone", note=UNSURE, other=PHONE),
    doubtful("name, birth and sex", "none", "review", "name_birth_sex", note=UNSURE, other=BORN),
    doubtful("name, birth, sex and phone", "none", rule="name_birth_sex", note=PRESUMED, other=BORN | PHONE),
    doubtful("name, birth, sex and town", "none", rule="name_birth_sex", note=PRESUMED, other=BORN | PLACE),
    doubtful("name, birth, sex and town beside a damaged number", "nobody's", "review", "name_birth_sex", note=UNSURE,
             other=BORN | PLACE),
    Row("name and another birth date", "none", "", "not_linked", None, other=WRONG_BIRTH),
    Row("damaged number and another name", "float", "", "not_linked", None, other_name="万事通"),
)  # fmt: skip
# A roster row about somebody known already and not yet listed: it adds, unless nobody can say whose row it is.
JOINING = (
    Row("74 number and name", "whole", STOPPED, "linked", "id_and_name"),
    Row("72 fifteen digits", "fifteen", STOPPED, "linked", "id_and_name"),
    Row("73 homophone", "whole", STOPPED, "linked", "id_and_name", NAME_DIFFERS, name="汪小兰", other_name="汪晓兰"),
    Row("73 one other character", "whole", STOPPED, "linked", "id_and_name", NAME_DIFFERS, name="彭大山", other_name="彭大川"),
    Row("73 minority name with another dot", "whole", STOPPED, "linked", "id_and_name", name="乌兰·图雅", other_name="乌兰・图雅"),
    Row("damaged number", "float", STOPPED, "linked", "id_damaged_and_name", PRESUMED),
    Row("74 bad check digit and the name", "bad check digit", STOPPED, "linked", "id_damaged_and_name", PRESUMED),
    Row("74 bad check digit elsewhere, name, birth and sex", "nobody's", ASK, "review", "name_birth_sex", UNSURE, other=BORN),
    Row("74 name, birth and sex only", "none", ASK, "review", "name_birth_sex", UNSURE, other=BORN),
    Row("74 name and birth only", "none", ASK, "review", "name_only", UNSURE, other={"出生日期": BORN["出生日期"]}),
    Row("name, birth, sex and phone", "none", STOPPED, "linked", "name_birth_sex", PRESUMED, other=BORN | PHONE),
    Row("name only", "none", ASK, "review", "name_only", UNSURE),
)  # fmt: skip
# Roster rows about nobody known: what is quarantined, what waits for an officer.
UNKNOWN = {
    "74 bad check digit": ("bad check digit", "quarantine"),
    "74 one digit wrong": ("one digit wrong", "quarantine"),
    "damaged by a spreadsheet": ("float", "review"),
    "check digit lost": ("check digit lost", "review"),
    "masked": ("masked", "review"),
    "letters for digits": ("letters", "review"),
    "no number": ("none", "review"),
    "a number that is none": ("placeholder", "review"),
}
SERVED = service("2024-05-10", "岗位推荐")


def register_said(form: Row) -> tuple[Said, ...]:
    roster = written(registered("2024-03-10"), 证件号码=NUMBER[form.roster_number], **ROSTER)
    return roster, form.row(pension("2024-06-01", JUN20))


def joining_said(form: Row) -> tuple[Said, ...]:
    return written(SERVED, **ROSTER), form.row(stop("2024-04", JUN20))


def said_cases() -> tuple[Case, ...]:
    """The forms as cases, each with a birth date of its own, and some cases of more than one row."""
    ends = [
        Case(f"ends: {f.id}", f"1990-{n // 28 + 1:02d}-{n % 28 + 1:02d}", register_said(f),
             {JUN20: (f.line,)} if f.line else NOTHING, tracks="R", name=f.name, area=f.area)
        for n, f in enumerate(REGISTER)
    ]  # fmt: skip
    joins = [
        Case(f"adds: {f.id}", f"1979-01-{n + 1:02d}", joining_said(f), {JUN20: (f.line,)}, tracks="L", name=f.name)
        for n, f in enumerate(JOINING)
    ]
    return (*ends, *joins, *MORE)


MORE = (
    Case("72 one person in two rosters, once with fifteen digits", "1979-02-01",
         (registered("2024-03-10"), written(stop("2024-04"), 证件号码=NUMBER["fifteen"])),
         {MAY31: (LISTED, "L UPD ZS-3.1.1a stoppage")}, clause="ZS"),
    Case("73 hired under a homophone", "1979-02-02", (stop("2024-04"), written(insured("2024-06", JUN20), 姓名=lambda who: "程晓慧")),
         {MAY31: (STOPPED,), JUN20: (HIRED_LOOK,)}, name="程小慧"),
    Case("73 hired under the same name with another dot", "1979-02-03",
         (stop("2024-04"), written(insured("2024-06", JUN20), 姓名=lambda who: "包·青格乐")),
         {MAY31: (STOPPED,), JUN20: (HIRED,)}, name="包‧青格乐"),
    Case("certificate whose number column is empty", "1990-05-01",
         (registered("2024-03-10"), written(certificate("2020-01-01", "2030-01-01"), 证件号码=NUMBER["none"])),
         {MAY31: (DISABLED,)}, tracks="H"),
    Case("certificate without a number column makes somebody known", "1990-05-02",
         (written(certificate("2020-01-01", "2030-01-01"), 证件号码=NUMBER["none"]), registered("2024-03-10", JUN20)),
         {JUN20: (DISABLED,)}, tracks="H"),
    Case("register row before the person is known", "1990-05-03", (pension("2024-05-01"), registered("2024-03-10", JUN20)),
         {JUN20: (PENSION,)}, tracks="R"),
    Case("register row with fifteen digits before the person is known", "1990-05-04",
         (written(pension("2024-05-01"), 证件号码=NUMBER["fifteen"]), registered("2024-03-10", JUN20)), {JUN20: (PENSION,)}, tracks="R"),
    Case("register row with a damaged number before the person is known", "1990-05-05",
         (written(pension("2024-05-01"), 证件号码=NUMBER["float"]), registered("2024-03-10", JUN20)), {JUN20: (LOOK,)}, tracks="R"),
    Case("register row with a name only before the person is known", "1990-05-06",
         (written(pension("2024-05-01"), 证件号码=NUMBER["none"]), registered("2024-03-10", JUN20)), {JUN20: (LOOK,)}, tracks="R"),
    Case("register row and roster row of the same night", "1990-05-07", (pension("2024-05-01", JUN20), registered("2024-03-10", JUN20)),
         {JUN20: (PENSION,)}, tracks="R"),
    Case("somebody who is in no roster", "1990-05-08", (pension("2024-05-01"),), NOTHING),
    Case("moved to another town", "1990-05-09",
         (written(registered("2024-03-10", until=JUN20), **ROSTER),
          written(registered("2024-03-10", JUN20), 镇街=lambda who: MOVED_TO, 联系电话=lambda who: "14300000001")), NOTHING, tracks="R"),
    Case("a register knows another town", "1990-05-10",
         (written(registered("2024-03-10"), **ROSTER), written(insured("2023-01", JUN20, end="2023-05"), 镇街=lambda who: MOVED_TO)),
         NOTHING, tracks="R"),
    Case("a roster that leaves the town empty", "1990-05-11",
         (written(registered("2024-03-10", until=JUN20), **ROSTER), registered("2024-03-10", JUN20)), NOTHING, tracks="R"),
    Case("waiting roster row with a damaged number", "1979-05-01",
         (written(stop("2024-04", JUN20), 证件号码=NUMBER["float"]), registered("2024-03-10", JUN30)),
         {JUN30: (LISTED, "L UPD ZS-3.1.1a stoppage")}, clause="ZS"),
    Case("two differently damaged rows of one register", "1990-05-14",
         (registered("2024-03-10"), written(pension("2024-06-01", JUN20), 证件号码=NUMBER["float"]),
          written(pension("2024-06-02", JUN20), 证件号码=NUMBER["check digit lost"])), {JUN20: (LOOK,)}, tracks="R"),
    Case("gone from the roster and back", "1990-05-12",
         (registered("2024-03-10", until=JUN20), registered("2024-03-10", JUN30)), NOTHING, tracks="R"),
    Case("first seen on the last night", "1990-05-13", (registered("2024-06-10", JUN30),), NOTHING, tracks="R"),
)  # fmt: skip
CASES = said_cases()


@dataclass(frozen=True)
class Place:
    """The played town and the people who are not single cases."""

    stage: Stage
    more: dict[str, Someone]

    @property
    def town(self) -> Town:
        return self.stage.town

    def who(self, name: str) -> Someone:
        return self.stage.cast.get(name) or self.more[name]

    def person_id(self, who: Someone) -> str:
        """The id under which a number and a name became known; empty where they never did."""
        return next((p["person_id"] for p in self.people if (p["id_number"], p["name"]) == (who.number, who.name)), "")

    @cached_property
    def people(self) -> list[dict[str, Any]]:
        return [p for night in self.town.nights.values() for p in night.rows("person")]

    def posted(self, who: Someone, tracks: str = "RHL") -> dict[str, tuple[str, ...]]:
        """Per night what was posted for exactly this person, whoever else carries the number."""
        own = self.person_id(who)
        found: dict[str, tuple[str, ...]] = {}
        for day, night in self.town.nights.items():
            lines = tuple(brief(e) for e in night.entries(person_id=own) if own and e["track"] in tracks)
            found |= {day: lines} if lines else {}
        return found

    def entry(self, who: Someone, day: str, line: str) -> dict[str, Any]:
        (found,) = [e for e in self.town.nights[day].entries(person_id=self.person_id(who)) if brief(e) == line]
        return found

    def matched(self, who: Someone, kind: str, day: str) -> dict[str, Any]:
        """What the match log says of the person's row in the file of that kind and night."""
        standing = [(w, s) for w, s in self.town.told if s.kind == kind and s.stands(day)]
        (row_no,) = [n for n, (w, _) in enumerate(standing, 1) if w is who]
        file_name = f"{kind}_{day.replace('-', '')}_全量.csv"
        rows = [
            r for r in self.town.nights[day].rows("match_log") if (r["file_name"], r["row_no"]) == (file_name, row_no)
        ]
        return rows[0] if rows else {}


def same_number(first: Someone, name: str) -> Someone:
    return replace(first, name=name)


def tell_the_rest(town: Town) -> dict[str, Someone]:
    """People who share numbers or hold papers of other kinds."""
    more: dict[str, Someone] = {}

    def add(label: str, who: Someone, *said: Said) -> Someone:
        more[label] = town.tell(who, *said)
        return who

    one = add("shared, first", town.person("1979-03-01", name="龙在天"), stop("2024-04"), pension("2024-06-01", JUN20))
    add("shared, second", same_number(one, "凤来仪"), stop("2024-04", firm="乙厂"))
    add("shared, third", same_number(one, "麦穗黄"), stop("2024-04", JUN20, firm="丙店"))
    add("shared, register only", same_number(one, "田野青"), insured("2024-05", JUN20))
    old = add("known first", town.person("1979-03-02", name="石敢当"), stop("2024-04"))
    add("known later", same_number(old, "柳如烟"), stop("2024-04", JUN20, firm="乙厂"))
    agent = town.person("1979-03-03", name="代办甲")
    for number, name in enumerate(("贺新郎", "满江红", "临江仙", "浪淘沙")):
        add(f"agent's number, {number}", same_number(agent, name), stop("2024-04", firm="丁社"))
    holder = add(
        "agent known, holder",
        town.person("1990-03-04", name="卜算子"),
        registered("2024-03-10"),
        pension("2024-06-01", JUN20),
    )
    for number, name in enumerate(("水龙吟", "念奴娇", "雨霖铃")):
        add(f"agent known, {number}", same_number(holder, name), stop("2024-04", JUN20, firm="丁社"))
    house = add(
        "householder", town.person("1979-03-05", name="谭家主"), aid("2024-04", 与户主关系="户主", 低保证号="DB900")
    )
    for label, name, relation in (("wife", "龚巧云", "配偶"), ("child", "谭小宝", "子女")):
        said = written(aid("2024-04", 与户主关系=relation, 低保证号="DB900"), 户主身份证号=NUMBER["whole"])
        add(f"householder's {label}", same_number(house, name), said)
    for label, paper in (("permit of Hong Kong", "H12345678"), ("permit of Macao", "M87654321")):
        papers = {"证件类型": "港澳居民来往内地通行证"}
        who = Someone(f"{'港澳'[paper[0] == 'M']}来客", paper, "男", date(1990, 4, 1))
        renewed = written(pension("2024-06-01", JUN20, **papers), 证件号码=lambda who: who.number + "02")
        add(label, who, written(registered("2024-03-10", **papers), **BORN), renewed)
    taiwan = {"证件类型": "台湾居民来往大陆通行证"}
    for label, name, paper, papers in (("said", "台来客", "01234567", taiwan), ("unsaid", "台归客", "07654321", {})):
        renewed = written(pension("2024-06-01", JUN20, **papers), 证件号码=lambda who: who.number + "02")
        who = Someone(name, paper, "男", date(1990, 4, 2))
        add(f"permit of Taiwan, {label}", who, written(registered("2024-03-10", **taiwan), **BORN), renewed)
    guest = Someone("约翰", "E12345678", "男", date(1990, 4, 3))
    add(
        "passport",
        guest,
        written(registered("2024-03-10", 证件类型="护照"), **BORN),
        pension("2024-06-01", JUN20, 证件类型="护照"),
    )
    add("namesake, first", town.person("1990-04-04", name="双同名"), registered("2024-03-10"))
    add("namesake, second", town.person("1990-04-05", name="双同名"), registered("2024-03-10"))
    add("namesake, whose", replace(more["namesake, first"], number=""), pension("2024-06-01", JUN20))
    near = add("near twins, first", town.person("1990-04-06", name="孪生子"), registered("2024-03-10"))
    add("near twins, second", town.person("1990-04-06", name="孪生子"), registered("2024-03-10"))
    add("near twins, whose", replace(near, number=a_float(near)), pension("2024-06-01", JUN20))
    for number, (label, (form, _)) in enumerate(UNKNOWN.items()):
        who = town.person(f"1979-04-{number + 1:02d}")
        add(f"unknown: {label}", who, written(stop("2024-04", JUN20), 证件号码=NUMBER[form]))
    return more


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


# Ages: the rise of the retirement age from 2025, and a birthday that a common year does not have


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
