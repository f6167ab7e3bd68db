"""What a person refused, or decided out, is not asked again because a row is told with other cells: only when what it rests on says
something else."""

from collections.abc import Iterator

import pytest

from tests.more_said import housed, recognised
from tests.nightshift import Said, Someone, Town, aid, insured, licence, registered, service

NIGHTS = MAY31, JUN03, JUN10, JUL10, JUL11, JUL20, JUL21 = (
    "2024-05-31", "2024-06-03", "2024-06-10", "2024-07-10", "2024-07-11", "2024-07-20", "2024-07-21",
)  # fmt: skip
HOME = housed("本市", book="H1")


def verified(number: str, since: str = "2024-01-01") -> tuple[Said, ...]:
    """A registration that somebody looks at once a month."""
    return (
        registered(since, until=JUN10, 登记编号=number), registered(since, JUN10, JUL10, 登记编号=number, 最近核验日期="2024-06-09"),
        registered(since, JUL10, 登记编号=number, 最近核验日期="2024-07-09"),
    )  # fmt: skip


def shop(since: str = "", until: str = "9999", founded: str = "2024-05-05", **cells: str) -> Said:
    return licence(founded, since, until, **cells)


# Pack, track, op that is answered on the third of June, the answer, what is said, and what is asked again on the twentieth of July,
# when what it rests on says something else.
LIVES: dict[str, tuple[str, str, str, str, tuple[Said, ...], tuple[str, ...]]] = {
    "a deregistration, of a shop that changes hands never": ("neimenggu", "R", "PROP_DEREG", "驳回", (*verified("A1"), shop()), ()),
    "a deregistration, of a shop told otherwise": ("neimenggu", "R", "PROP_DEREG", "驳回", (
        *verified("A2"), shop(until=JUN10), shop(JUN10, JUL20, 行业="零售"), shop(JUL20, founded="2024-04-05", 行业="零售")), ("PROP_DEREG",)),
    "a mark of work": ("shandong", "L", "FLAG_REEMP", "驳回", (
        *verified("A3"), HOME, aid("2024-01", 低保证号="B3"), recognised("4050", "2023-01-10"), insured("2024-05", until=JUN10), insured("2024-05", JUN10, 行政区划代码="370800")), ()),
    "a candidate": ("shandong", "L", "ADD", "驳回", (
        *verified("A4"), HOME, aid("2024-01", until=JUL20, 低保证号="B4"), aid("2024-02", since=JUL20, 低保证号="B4")), ("ADD",)),
    "a candidate whose aid is told on with another sum": ("shandong", "L", "ADD", "驳回", (
        *verified("A5"), HOME, aid("2024-01", until=JUN10, 低保证号="B5"), aid("2024-01", since=JUN10, 低保证号="B5", 月保障金="900")), ()),
    "whoever was decided out of the ledger": ("shandong", "L", "PROP_EXIT", "确认", (
        *verified("A6"), HOME, aid("2024-01", 低保证号="B6"), service("2024-05-20", "拒绝服务", 理由正当="否")), ()),
}  # fmt: skip
Played = tuple[Town, dict[str, Someone]]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    town = Town.found(tmp_path_factory.mktemp("refused") / "town", "shandong", "neimenggu")
    cast = {}
    for number, (case, (*_, said, _)) in enumerate(LIVES.items()):
        own = [Said(s.kind, {**s.cells, **({"户号": f"H{number}"} if "户号" in s.cells else {})}, s.since, s.until) for s in said]  # fmt: skip
        cast[case] = town.tell(town.person(f"1986-02-{number + 1:02d}"), *own)
    for day in NIGHTS:
        if day == JUN03:
            rows = []
            for case, (pack, track, op, verdict, *_) in LIVES.items():
                found = [e for e in town.entries(cast[case], MAY31) if (e["pack"], e["track"], e["op"]) == (pack, track, op)]  # fmt: skip
                assert len(found) == 1, case
                rows.append({"台账流水号": found[0]["entry_id"], "核查结论": verdict, "核查人": "张三", "审核环节": "终审", "核查日期": day})  # fmt: skip
            town.deliver("核查结果", day, "增量", rows)
        town.night(day)
    yield town, cast


def _told(played: Played, case: str, day: str) -> list[str]:
    town, cast = played
    pack, track, *_ = LIVES[case]
    return [e["op"] for e in town.entries(cast[case], day) if (e["pack"], e["track"]) == (pack, track)]


@pytest.mark.parametrize("case", LIVES)
def test_a_row_told_with_other_cells_asks_nothing_again(played: Played, case: str) -> None:
    assert _told(played, case, JUN03) == ["DECIDED"]
    assert [_told(played, case, day) for day in (JUN10, JUL10, JUL11)] == [[], [], []]


@pytest.mark.parametrize("case", LIVES)
def test_what_says_something_else_is_asked_again_once(played: Played, case: str) -> None:
    assert tuple(_told(played, case, JUL20)) == LIVES[case][-1]
    assert _told(played, case, JUL21) == []
