"""A mark of work that ends, or is refused, leads back to where the person stood before it; one confirmed is not undone by
another that waits."""

from collections.abc import Iterator

import pytest

from tests.more_said import housed, recognised
from tests.nightshift import Said, Someone, Town, aid, certificate, insured, licence, registered, service

MAY31, JUN3, JUN10, JUN11, JUN17, JUN18, JUN24, JUN25 = DAYS = (
    "2024-05-31", "2024-06-03", "2024-06-10", "2024-06-11", "2024-06-17", "2024-06-18", "2024-06-24", "2024-06-25",
)  # fmt: skip
CLASS: tuple[Said, ...] = (housed("本市", book="H1"), aid("2024-01"))
HIRED = (insured("2024-06", JUN10, JUN24, paid="2024-06"), insured("2024-06", JUN24, paid="2024-06", end="2024-05"))
TRADES = (licence("2024-06-15", JUN17),)
TOLD_ANEW = (licence("2024-06-15", JUN17, JUN18), licence("2024-06-14", JUN18))
OVER = (licence("2024-06-15", JUN17, JUN24), licence("2024-06-15", JUN24, 登记状态="注销", 注销日期="2024-06-23"))
# What is said, whether a visit verifies them first, what the mark of the tenth is answered on the eleventh, that of the
# seventeenth on the eighteenth, and the states after each of these and after the twenty-fourth.
LIVES: dict[str, tuple[tuple[Said, ...], bool, str, str, tuple[str, ...]]] = {
    "a candidate": ((*CLASS, *HIRED), False, "", "", ("L1", "L4", "L4", "L4", "L4", "L1")),
    "a candidate who was recognised": ((*CLASS, recognised("4050", "2024-01-10"), *HIRED), False, "", "", ("L1", "L4", "L4", "L4", "L4", "L1")),
    "one who was recognised, never listed": ((housed("本市", book="H9"), recognised("4050", "2024-01-10"), *HIRED), False, "", "", ("", "L4", "L4", "L4", "L4", "L3")),
    "verified": ((*CLASS, *HIRED), True, "", "", ("L2", "L4", "L4", "L4", "L4", "L2")),
    "verified, confirmed at work": ((*CLASS, *HIRED), True, "确认", "", ("L2", "L4", "L5", "L5", "L5", "L2")),
    "verified, two marks, the second refused": ((*CLASS, *HIRED, *TRADES), True, "", "驳回", ("L2", "L4", "L4", "L4", "L4", "L2")),
    "verified, at work, another mark": ((*CLASS, *HIRED, *TRADES), True, "确认", "", ("L2", "L4", "L5", "L5", "L5", "L4")),
    "verified, at work, another mark told anew": ((*CLASS, *HIRED, *TOLD_ANEW), True, "确认", "", ("L2", "L4", "L5", "L5", "L5", "L4")),
    "verified, at work, another mark confirmed": ((*CLASS, *HIRED, *OVER), True, "确认", "确认", ("L2", "L4", "L5", "L5", "L5", "L2")),
    "verified, at work, another mark refused": ((*CLASS, *HIRED, *TRADES), True, "确认", "驳回", ("L2", "L4", "L5", "L5", "L5", "L2")),
}  # fmt: skip
Played = tuple[Town, dict[str, Someone], dict[str, dict[str, str]]]


def _answer(town: Town, who: Someone, day: str, verdict: str, of: str, op: str) -> None:
    (asked,) = [e for e in town.entries(who, of) if e["track"] == "L" and e["op"] == op]
    row = {"台账流水号": asked["entry_id"], "核查结论": verdict, "核查人": "张三", "审核环节": "走访", "核查日期": day}
    town.deliver("核查结果", day, "增量", [row], who.number[-4:])


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    town = Town.found(tmp_path_factory.mktemp("back") / "town", "shandong")
    cast, states = {}, {}
    for number, (case, (said, *_)) in enumerate(LIVES.items()):
        own = [Said(s.kind, {**s.cells, **{h: f"{s.cells[h]}{number}" for h in ("户号", "低保证号") if h in s.cells}}, s.since, s.until) for s in said]  # fmt: skip
        cast[case] = town.tell(town.person(f"1980-02-{number + 1:02d}"), registered("2024-04-01", 登记编号=f"A{number}"), *own)  # fmt: skip
    for day in DAYS:
        for case, (_, is_verified, first, second, _) in LIVES.items():
            if day == JUN3 and is_verified:
                _answer(town, cast[case], day, "确认", MAY31, "ADD")
            if day == JUN11 and first:
                _answer(town, cast[case], day, first, JUN10, "FLAG_REEMP")
            if day == JUN18 and second:
                _answer(town, cast[case], day, second, JUN17, "FLAG_REEMP")
        town.night(day)
        states[day] = {case: town.state(who, "shandong", "L").get("state", "") for case, who in cast.items()}
    yield town, cast, states


@pytest.mark.parametrize("case", LIVES)
def test_a_mark_leads_back_where_the_person_stood(played: Played, case: str) -> None:
    _, _, states = played
    told = [states[day][case] for day in (JUN3, JUN10, JUN11, JUN17, JUN18, JUN24)]
    assert told == list(LIVES[case][-1])


def test_every_answer_counts_and_the_night_after_is_quiet(played: Played) -> None:
    town, cast, _ = played
    for who in cast.values():
        faults = [e for day in DAYS for e in town.entries(who, day) if (e["track"], e["basis"], e["ground"]) == ("T", "decision", "decision") or e["ground"] == "decision"]  # fmt: skip
        assert faults == []
        assert [e for e in town.entries(who, JUN25) if e["track"] == "L"] == []


def test_the_last_of_two_proposals_refused_leads_back(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The first had ended by itself."""
    town = Town.found(tmp_path_factory.mktemp("two") / "town", "neimenggu", "xinyu")
    traded = (licence("2024-05-20", until=JUN11), licence("2024-05-20", JUN11, 登记状态="注销", 注销日期="2024-06-10"))
    job = town.tell(town.person("1980-05-01"), registered("2024-01-01", 登记编号="Z1"), *traded, insured("2024-06", JUN10, paid="2024-06"))  # fmt: skip
    left = town.tell(
        town.person("1980-05-02", area=360502), housed("江西省新余市渝水区", book="H1"), recognised("残疾人员", "2023-01-10"), registered("2024-01-01", 登记编号="Z2"),
        certificate("2020-01-01", "2024-05-30", until=JUN11), certificate("2020-01-01", "2030-05-30", JUN11), service("2024-06-05", "主动退出", JUN10),
    )  # fmt: skip
    for day in (MAY31, JUN10, JUN11):
        town.night(day)
    where = {job: ("neimenggu", "R", "R2", "R1"), left: ("xinyu", "H", "H5", "H4")}
    rows = []
    for who, (pack, track, proposed, _) in where.items():
        assert town.state(who, pack, track)["state"] == proposed
        (asked,) = [e for e in town.entries(who, JUN10) if e["track"] == track and e["op"].startswith("PROP")]
        rows.append({"台账流水号": asked["entry_id"], "核查结论": "驳回", "核查人": "张三", "审核环节": "终审", "核查日期": JUN17})  # fmt: skip
    town.deliver("核查结果", JUN17, "增量", rows)
    town.night(JUN17)
    assert {who: town.state(who, pack, track)["state"] for who, (pack, track, *_) in where.items()} == {
        who: back for who, (*_, back) in where.items()
    }
