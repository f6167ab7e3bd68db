"""The day before, the day of and the day after what a clause counts, night by night: families, the promise to them, firms that many
leave, and subsidies over what bars them. What is expected comes from the documents, not from a run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.more_said import housed, jailed, marital, own_pack, paid, recognised
from tests.nightshift import (  # fmt: skip
    FIRMS,
    Said,
    Someone,
    Town,
    brief,
    death,
    insured,
    licence,
    pension,
    registered,
    stop,
)

JUN29, JUN30, JUL01, JUL02 = NIGHTS = ("2024-06-29", "2024-06-30", "2024-07-01", "2024-07-02")
XINYU = (
    "江西省新余市渝水区"  # nobody here has a residence permit, and the Shandong city's areas are not set: local in both
)
WITHOUT_WORK, URBAN_FAMILY, SINGLE = "H ADD XY-1.2 zero_family", "L ADD SD-2.2 2.2", "L ADD SD-2.3 2.3"
LOOK = "L REVIEW SD-2.2 family-income"
DUE, LATE = "T TASK XY-4.5 zero-family", "T ALERT XY-4.5 zero-family-overdue"
CAP = 12
JOBLESS = registered("2024-05-01", 户籍性质="城镇", 常住地类型="城镇")
Expected = Mapping[str, tuple[str, ...]]


def over(line: str) -> str:
    track, _, clause, basis = line.split(" ", 3)
    return f"{track} UPD {clause} {basis} ended"


@dataclass(frozen=True)
class Life:
    """One person, what is said of them, and what each night posts under these clauses."""

    birth: str
    sex: str
    said: tuple[Said, ...]
    clauses: tuple[str, ...]
    expect: Expected


def _home(book: str, relation: str = "户主") -> Said:
    return housed(XINYU, book=book, 与户主关系=relation)


FAMILY = ("SD-2.2", "XY-1.2")
PROMISED = ("XY-4.5",)
SUSPECT = ("XY-7.2",)
SHOP = (licence("2023-01-01", until=JUN30), licence("2023-01-01", JUN30, 登记状态="注销", 注销日期=JUN30))


def _family_promised(book: str, day: str) -> tuple[Said, ...]:
    return JOBLESS, _home(book), recognised("零就业家庭", day)


LIVES: dict[str, Life] = {
    # SD-2.2: two of working age or more, all of them registered; XY-1.2: any number, none of them at work.
    "the first of two, the other registers on the thirtieth": Life(
        "1990-01-01", "男", (JOBLESS, _home("B1")), FAMILY, {JUN29: (WITHOUT_WORK,), JUN30: (URBAN_FAMILY,)}),
    "the other one": Life(
        "1991-01-01", "女", (registered("2024-06-30", 户籍性质="城镇", 常住地类型="城镇"), _home("B1", "配偶")), FAMILY, {JUN30: (URBAN_FAMILY, WITHOUT_WORK)}),
    "a mother whose child is sixteen that day and not registered": Life(
        "1985-02-01", "女", (JOBLESS, _home("B2")), FAMILY, {JUN29: (WITHOUT_WORK,)}),
    "the child of sixteen": Life("2008-06-30", "男", (_home("B2", "子"),), FAMILY, {}),
    "a wife whose husband works until he is sixty that day": Life(
        "1985-02-02", "女", (JOBLESS, _home("B3")), FAMILY, {JUN30: (WITHOUT_WORK,)}),
    "the husband of sixty": Life("1964-06-30", "男", (insured("2020-01", paid="2024-06"), _home("B3", "配偶")), FAMILY, {}),
    "a wife whose husband works, who is sixty a day later": Life(
        "1985-02-03", "女", (JOBLESS, _home("B4")), FAMILY, {JUL01: (WITHOUT_WORK,)}),
    "the husband of sixty a day later": Life("1964-07-01", "男", (insured("2020-01", paid="2024-06"), _home("B4", "配偶")), FAMILY, {}),
    "whose husband's shop is closed that day": Life(
        "1985-02-04", "女", (JOBLESS, _home("B5")), FAMILY, {JUN29: (LOOK,), JUN30: (over(LOOK), URBAN_FAMILY, WITHOUT_WORK)}),
    "whose own shop is closed that day": Life(
        "1986-02-04", "男", (JOBLESS, _home("B5", "配偶"), *SHOP), FAMILY, {JUN29: (LOOK,), JUN30: (over(LOOK), URBAN_FAMILY, WITHOUT_WORK)}),
    # Registered is registered, also from prison; who is away without it is asked about until they are home.
    "whose brother in prison is registered": Life(
        "1985-02-05", "女", (JOBLESS, _home("B6")), FAMILY, {JUN29: (URBAN_FAMILY, WITHOUT_WORK)}),
    "the brother, home that day": Life("1986-02-05", "男", (JOBLESS, _home("B6", "兄弟"), jailed("2023-01-01", end=JUN30)), FAMILY, {JUN30: (URBAN_FAMILY, WITHOUT_WORK)}),
    "whose brother in prison is not registered, and home that day": Life(
        "1985-02-06", "女", (JOBLESS, _home("B7")), FAMILY, {JUN29: (LOOK, WITHOUT_WORK), JUN30: (over(LOOK),)}),
    "that brother": Life("1986-02-06", "男", (_home("B7", "兄弟"), jailed("2023-01-01", end=JUN30)), FAMILY, {}),
    # SD-2.3: no longer married, with a child below eighteen.
    "widowed that day": Life("1985-03-01", "女", (JOBLESS, _home("C1"), marital("丧偶", JUN30, JUN30, child="2010-05-05")), ("SD-2.3",), {JUN30: (SINGLE,)}),
    "divorced on the day that the child is eighteen": Life(
        "1985-03-02", "女", (JOBLESS, _home("C2"), marital("离婚", JUN30, JUN30, child="2006-06-30")), ("SD-2.3",), {}),
    "divorced on the day before the child is eighteen": Life(
        "1985-03-03", "女", (JOBLESS, _home("C3"), marital("离婚", JUN30, JUN30, child="2006-07-01")), ("SD-2.3",), {JUN30: (SINGLE,)}),
    # XY-4.5: within a month of the recognition, the last day included.
    "promised until the twenty-ninth": Life("1988-04-01", "男", _family_promised("D1", "2024-05-29"), PROMISED, {JUN29: (DUE,), JUN30: (over(DUE), LATE)}),
    "promised until the thirtieth": Life("1988-04-02", "男", _family_promised("D2", "2024-05-30"), PROMISED, {JUN29: (DUE,), JUL01: (over(DUE), LATE)}),
    "promised from the end of May": Life("1988-04-03", "男", _family_promised("D3", "2024-05-31"), PROMISED, {JUN29: (DUE,), JUL01: (over(DUE), LATE)}),
    "promised until the first of July": Life("1988-04-04", "男", _family_promised("D4", "2024-06-01"), PROMISED, {JUN29: (DUE,), JUL02: (over(DUE), LATE)}),
    "kept in time, and told the day after": Life(
        "1988-04-05", "男", (*_family_promised("D5", "2024-05-31"), insured("2024-06", JUL01, paid="2024-06")), PROMISED, {JUN29: (DUE,), JUL01: (over(DUE),)}),
    # XY-7.2: months paid against what bars them.
    "a flexible subsidy for the month before the job": Life(
        "1978-05-01", "男", (insured("2024-06"), paid("灵活就业社保补贴", "2024-05", "2024-05")), SUSPECT, {}),
    "a flexible subsidy for the month of the job": Life(
        "1978-05-02", "男", (insured("2024-05"), paid("灵活就业社保补贴", "2024-05", "2024-05")), SUSPECT, {JUN29: ("T ALERT XY-7.2 flexible-subsidy-and-job",)}),
    "a flexible subsidy for the month after the job": Life(
        "1978-05-03", "男", (insured("2023-01", paid="2024-04", end="2024-04"), paid("灵活就业社保补贴", "2024-05", "2024-05")), SUSPECT, {}),
    "a subsidy to the month of the death": Life("1978-05-04", "男", (death("2024-06-12"), paid("岗位补贴", "2024-05", "2024-06")), SUSPECT, {}),
    "a subsidy a month longer, told on the first": Life(
        "1978-05-05", "男", (death("2024-06-12"), paid("岗位补贴", "2024-05", "2024-06"), paid("岗位补贴", "2024-07", "2024-07", JUL01)), SUSPECT,
        {JUL01: ("T ALERT XY-7.2 subsidy-after-death",)}),
    "a subsidy to the month of the pension": Life("1963-05-06", "男", (pension("2024-06-15"), paid("岗位补贴", "2024-05", "2024-06")), SUSPECT, {}),
    "a subsidy a month past it, told on the first": Life(
        "1963-05-07", "男", (pension("2024-06-15"), paid("岗位补贴", "2024-05", "2024-06"), paid("岗位补贴", "2024-07", "2024-07", JUL01)), SUSPECT,
        {JUL01: ("T ALERT XY-7.2 subsidy-and-pension",)}),
    "a post's subsidy for a month of trading": Life(
        "1978-05-08", "男", (licence("2024-06-15"), paid("公益性岗位补贴", "2024-06", "2024-06")), SUSPECT, {JUN29: ("T ALERT XY-7.2 post-subsidy-and-licence",)}),
    "a post's subsidy for the month before": Life("1978-05-09", "男", (licence("2024-06-15"), paid("公益性岗位补贴", "2024-05", "2024-05")), SUSPECT, {}),
    "a post's subsidy after the shop was closed": Life(
        "1978-05-10", "男", (licence("2023-06-15", 登记状态="注销", 注销日期="2024-05-20"), paid("公益性岗位补贴", "2024-06", "2024-06")), SUSPECT, {}),
    # XY-3.8: the months of both recognitions together, each month once.
    "ten months before the exit, two since, one told twice, then a thirteenth": Life(
        "1980-06-01", "男", (
            JOBLESS, _home("E1"), recognised("残疾", "2022-01-10", left="2023-03-31"), recognised("4050", "2024-05-10"),
            paid("岗位补贴", "2022-02", "2022-11"), paid("岗位补贴", "2024-05", "2024-05"), paid("岗位补贴", "2024-05", "2024-06", JUN30, firm="乙厂"),
            paid("岗位补贴", "2024-07", "2024-07", JUL01)), ("XY-3.8",),
        {JUN29: ("T TASK XY-3.8 months-left:1",), JUN30: ("T UPD XY-3.8 months-left:1 ended", "T TASK XY-3.8 months-left:0"),
         JUL01: ("T UPD XY-3.8 months-left:0 ended", "T ALERT XY-3.8 cap:post")}),
}  # fmt: skip
# NM-5.4a: twenty people in thirty days, or a tenth of the head count, less those whom another firm has from that or the next month.
LEAVERS = {
    "甲厂": [("2024-06-10", "")] * 19 + [("2024-06-10", JUN30)],
    "乙厂": [("2024-05-31", "")] * 20,
    "丙店": [("2024-06-10", "")] * 21,
    "丁社": [("2024-06-10", "")] * 14 + [("2024-06-10", JUN30)],
}
HEADS = {"丁社": "150", "甲厂": "1000"}
WATCHED: dict[str, Expected] = {
    "甲厂": {JUN30: ("ALERT",)},  # the twentieth
    "乙厂": {JUN29: ("ALERT",), JUN30: ("UPD",)},  # thirty days are over
    "丙店": {JUN29: ("ALERT",), JUL01: ("UPD",)},  # two of them are with another firm from July on
    "丁社": {JUN30: ("ALERT",)},  # fifteen of a hundred and fifty
}


@dataclass(frozen=True)
class Played:
    town: Town
    cast: dict[str, Someone]

    def posted(self, who: str, clauses: tuple[str, ...]) -> Expected:
        found = {day: tuple(brief(e) for e in self.town.entries(self.cast[who], day) if e["clause"] in clauses) for day in NIGHTS}  # fmt: skip
        return {day: lines for day, lines in found.items() if lines}


def _leave(town: Town) -> None:
    for firm, ways in LEAVERS.items():
        for number, (day, since) in enumerate(ways):
            who = town.person(f"1990-08-{number + 1:02d}")
            town.tell(who, stop(day[:7], since, firm=firm, 停保日期=day))
            if firm == "丙店" and number < 2:
                town.tell(who, insured("2024-07", JUL01, firm="丁社", paid="2024-07"))
        if firm in HEADS:
            row = {"单位名称": firm, "统一社会信用代码": FIRMS[firm], "职工人数": HEADS[firm]}
            town.deliver("用人单位", JUN29, "全量", [row], note=firm)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder: Path = tmp_path_factory.mktemp("thresholds")
    xinyu = own_pack(folder / "packs", "xinyu", {"subsidy_cap_months": CAP})
    town = Town.found(folder / "town", "shandong", "neimenggu", xinyu)
    cast = {name: town.tell(town.person(life.birth, life.sex, area=360502), *life.said) for name, life in LIVES.items()}
    _leave(town)
    for day in NIGHTS:
        town.night(day)
    yield Played(town, cast)


@pytest.mark.parametrize("name", LIVES)
def test_each_night_posts_what_its_day_brings(played: Played, name: str) -> None:
    life = LIVES[name]
    assert played.posted(name, life.clauses) == life.expect


@pytest.mark.parametrize("firm", WATCHED)
def test_a_firm_is_watched_by_the_day(played: Played, firm: str) -> None:
    found = {day: tuple(e["op"] for e in played.town.nights[day].entries(clause="NM-5.4a", basis=FIRMS[firm])) for day in NIGHTS}  # fmt: skip
    assert {day: ops for day, ops in found.items() if ops} == WATCHED[firm]
