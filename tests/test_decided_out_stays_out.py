"""Whom a person decided out stays out for that very spell, however its rows are told again and whatever else speaks for an
end; a new registration opens the question anew."""

from collections.abc import Iterator

import pytest

from tests.more_said import housed, recognised
from tests.nightshift import Said, Someone, Town, aid, brief, insured, licence, registered

DAYS = MAY30, MAY31, JUN3, JUN10, JUN11 = "2024-05-30", "2024-05-31", "2024-06-03", "2024-06-10", "2024-06-11"
RECOGNISED = recognised("4050", "2023-01-10")
HOME = housed("江西省新余市渝水区", book="H1")


def spell(number: str, since: str, *cells: dict[str, str]) -> tuple[Said, ...]:
    """One registration, told again on the tenth with what changed."""
    return registered(since, until=JUN10, 登记编号=number, **cells[0]), registered(since, JUN10, 登记编号=number, **cells[-1])  # fmt: skip


# Proposed by the second night, confirmed on the third; what follows must move nobody.
LIVES: dict[str, tuple[str, str, str, tuple[Said, ...]]] = {
    "another ground of the same registration": ("xinyu", "L", "L6", (
        HOME, recognised("4050", "2023-01-10", until=JUN10), recognised("4050", "2023-01-10", JUN10, 帮扶责任人="张站长"), *spell("A1", "2024-01-01", {"有就业要求": "否"}, {"有就业要求": "否", "注销日期": "2024-06-09"}))),
    "a licence of the same recognition": ("shandong", "L", "L6", (
        HOME, RECOGNISED, aid("2024-01"), registered("2024-01-01", until=MAY31, 登记编号="A2"),
        registered("2024-01-01", MAY31, 登记编号="A2", 注销日期="2024-05-30"), licence("2024-06-05", JUN10))),
    "a registration looked at since, and another job": ("neimenggu", "R", "R3", (
        *spell("A3", "2024-01-01", {}, {"最近核验日期": "2024-06-09"}), licence("2024-02-01"), insured("2024-05", JUN10, paid="2024-06"))),
    "a recognition with another helper, and a pension": ("xinyu", "H", "H6", (
        HOME, recognised("残疾人员", "2023-01-10", until=JUN10), recognised("残疾人员", "2023-01-10", JUN10, 帮扶责任人="张站长"),
        registered("2024-01-01", 登记编号="A4"),
        Said("服务记录", {"服务日期": "2024-05-20", "服务类型": "主动退出", "服务人员": "王站长"}),
        Said("养老待遇", {"待遇类别": "职工养老", "待遇开始日期": "2024-06-05", "发放状态": "正常"}, JUN10))),
}  # fmt: skip
# Registered anew after they were decided out, and trading since.
BACK: tuple[Said, ...] = (
    HOME, RECOGNISED, aid("2024-01"), registered("2024-01-01", until=MAY31, 登记编号="B1"),
    registered("2024-01-01", MAY31, 登记编号="B1", 注销日期="2024-05-30"), registered("2024-06-09", JUN10, 登记编号="B2"),
    licence("2024-06-05", JUN11),
)  # fmt: skip
Played = tuple[Town, dict[str, Someone]]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    town = Town.found(tmp_path_factory.mktemp("out") / "town", "xinyu", "shandong", "neimenggu")
    cast = {case: town.tell(town.person("1980-02-01", area=360502), *said) for case, (*_, said) in LIVES.items()}
    cast["back"] = town.tell(town.person("1980-03-01", area=360502), *BACK)
    for day in DAYS:
        if day == JUN3:
            _confirm(
                town, [(cast[case], *where[:2]) for case, where in LIVES.items()] + [(cast["back"], "shandong", "L")]
            )
        town.night(day)
    yield town, cast


def _confirm(town: Town, whose: list[tuple[Someone, str, str]]) -> None:
    """Everything that waits to lead these people out of these tracks."""
    rows = []
    for who, pack, track in whose:
        found = [e for day in DAYS[:2] for e in town.entries(who, day) if (e["pack"], e["track"]) == (pack, track) and e["op"].startswith("PROP")]  # fmt: skip
        assert found, f"nothing proposes to end {pack} {track}"
        rows += [{"台账流水号": e["entry_id"], "核查结论": "确认", "核查人": "张三", "审核环节": "终审", "核查日期": JUN3} for e in found]  # fmt: skip
    town.deliver("核查结果", JUN3, "增量", rows)


@pytest.mark.parametrize("case", LIVES)
def test_nothing_of_the_same_spell_leads_back(played: Played, case: str) -> None:
    town, cast = played
    pack, track, out, _ = LIVES[case]
    assert [e["state_to"] for e in town.entries(cast[case], JUN3) if (e["pack"], e["track"], e["op"]) == (pack, track, "DECIDED")][-1:] == [out]  # fmt: skip
    for day in DAYS[3:]:
        said = [brief(e) for e in town.entries(cast[case], day) if (e["pack"], e["track"]) == (pack, track) and not e["valid_to"]]  # fmt: skip
        assert said == [], day
    assert town.state(cast[case], pack, track)["state"] == out


def test_a_new_registration_opens_the_question_anew(played: Played) -> None:
    town, cast = played
    told = [[e for e in town.entries(cast["back"], day) if (e["pack"], e["track"]) == ("shandong", "L") and not e["valid_to"]] for day in DAYS[3:]]  # fmt: skip
    assert [(e["op"], e["state_to"]) for night in told for e in night] == [("ADD", "L1"), ("FLAG_REEMP", "L4")]
