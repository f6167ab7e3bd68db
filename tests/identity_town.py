"""The town of the scenarios about who is who: how offices write numbers and names, and who is told of. All people are invented."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from tests.nightshift import (
    Case,
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
