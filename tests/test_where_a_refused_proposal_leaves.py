"""A proposal moves nobody for good: refused, it leaves the person where the office's registers had them, whatever a question,
a candidacy or an earlier exit had put into the ledger before."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.more_said import housed, jobless, recognised
from tests.nightshift import Said, Town, certificate, insured, licence, pension, registered, service

MAY10, MAY20, JUN01, SEP20, SEP25, SEP28 = ("2024-05-10", "2024-05-20", "2024-06-01", "2024-09-20", "2024-09-25", "2024-09-28")  # fmt: skip
HOME = "江西省新余市渝水区"
AT_HOME, GONE = housed(HOME, book="1", kind="农村"), {"移居境外日期": "2024-05-12"}
ABROAD = (housed(HOME, "", MAY20, book="1", kind="农村"), housed(HOME, MAY20, book="1", kind="农村", **GONE))
LATER_ABROAD = (
    housed(HOME, "", SEP25, book="1", kind="农村"),
    housed(HOME, SEP25, book="1", kind="农村", 移居境外日期="2024-09-22"),
)
RECOGNISED = recognised("大龄失业人员", "2024-05-15", MAY20)
UNWILLING = service("2024-05-18", "拒绝服务", MAY20, 理由正当="否")
TAKEN = {"证件状态": "注销", "注销日期": "2024-05-15"}
PAPER = (certificate("2020-01-01", "2034-01-01", "", MAY20), certificate("2020-01-01", "2034-01-01", MAY20, **TAKEN))
LAND = Said("失地农民", {"征地项目": "甲", "征地日期": "2024-01-01"})


def answer(town: Town, day: str, asked: str, verdict: str) -> None:
    row = {"台账流水号": asked, "核查结论": verdict, "核查人": "王站长", "审核环节": "终审", "核查日期": day}
    town.deliver("核查结果", day, "增量", [row])
    town.night(day)


@dataclass(frozen=True)
class Known:
    """Somebody of whom the ledger says `before` on the first night, whom the second night proposes to leave."""

    id: str
    pack: str
    track: str
    before: str | None
    stands: str
    op: str
    said: Sequence[Said]


KNOWN = (
    Known("once asked about", "xinyu", "H", "H0", "H4", "PROP_EXIT", (jobless("2023-06-01"), LAND, RECOGNISED, pension("2024-05-16", MAY20))),
    Known("once a candidate", "xinyu", "H", "H1", "H4", "PROP_EXIT", (jobless("2023-06-01"), *ABROAD, RECOGNISED)),
    Known("once asked about and at work", "shandong", "L", "L0", "L3", "FLAG_REEMP", (jobless("2023-06-01"), LAND, RECOGNISED, insured("2024-05", MAY20))),
)  # fmt: skip


@pytest.mark.parametrize("case", KNOWN, ids=lambda case: case.id)
def test_who_is_recognised_by_the_register_is_so_after_a_refused_proposal(tmp_path: Path, case: Known) -> None:
    town = Town.found(tmp_path / "town", case.pack)
    who = town.tell(town.person("1970-03-03"), *case.said)
    town.night(MAY10)
    assert town.state(who, case.pack, case.track)["state"] == case.before
    town.night(MAY20)
    (asked,) = (e for e in town.entries(who, MAY20) if (e["track"], e["op"]) == (case.track, case.op))
    assert asked["state_from"] == case.stands
    answer(town, JUN01, asked["entry_id"], "驳回")
    assert town.state(who, case.pack, case.track)["state"] == case.stands


@dataclass(frozen=True)
class Returned:
    """Somebody who left on the first ground, came back in a new spell, and is proposed to leave on the second."""

    id: str
    pack: str
    track: str
    stands: str
    op: str
    said: Sequence[Said]


SHOP = (licence("2024-04-12", "", JUN01), licence("2024-04-12", JUN01, 登记状态="注销", 注销日期="2024-05-28"))
RETURNED = (
    Returned("registered again", "neimenggu", "R", "R1", "PROP_DEREG",
             (registered("2024-01-01", "", JUN01), registered("2024-01-01", JUN01, 注销日期="2024-05-25"), registered("2024-09-01", SEP20), *SHOP, insured("2024-09", SEP25))),
    Returned("recognised again", "xinyu", "H", "H4", "PROP_EXIT",
             (jobless("2023-06-01"), *LATER_ABROAD, recognised("大龄失业人员", "2023-09-01", "", JUN01), recognised("大龄失业人员", "2023-09-01", JUN01, left="2024-05-21"),
              recognised("大龄失业人员", "2024-09-05", SEP20), pension("2024-03-05", "", JUN01), pension("2024-03-05", JUN01, 发放状态="终止"))),
)  # fmt: skip


@pytest.mark.parametrize("case", RETURNED, ids=lambda case: case.id)
def test_who_came_back_after_an_exit_stays_when_the_next_proposal_is_refused(tmp_path: Path, case: Returned) -> None:
    town = Town.found(tmp_path / "town", case.pack)
    who = town.tell(town.person("1970-03-03"), *case.said)
    first = town.night(MAY10).entries(track=case.track, op=case.op)
    answer(town, MAY20, first[0]["entry_id"], "确认")
    for night in (JUN01, SEP20, SEP25):
        town.night(night)
    (asked,) = (e for e in town.entries(who, SEP25) if (e["track"], e["op"]) == (case.track, case.op))
    assert asked["state_from"] == case.stands
    answer(town, SEP28, asked["entry_id"], "驳回")
    assert town.state(who, case.pack, case.track)["state"] == case.stands


def test_two_proposals_of_one_night_begin_where_the_person_is_and_either_can_be_confirmed(tmp_path: Path) -> None:
    town = Town.found(tmp_path / "town", "shandong")
    who = town.tell(town.person("1970-03-03"), jobless("2023-06-01"), *ABROAD, RECOGNISED, UNWILLING)
    town.night(MAY20)
    asked = [e for e in town.entries(who, MAY20) if (e["track"], e["op"]) == ("L", "PROP_EXIT")]
    assert len(asked) == 2
    assert {(e["state_from"], e["state_to"]) for e in asked} == {("L3", "L3")}
    answer(town, JUN01, asked[1]["entry_id"], "确认")
    assert town.state(who, "shandong", "L")["state"] == "L6"


def test_who_is_proposed_on_two_grounds_stays_when_both_are_refused_one_after_the_other(tmp_path: Path) -> None:
    town = Town.found(tmp_path / "town", "xinyu")
    who = town.tell(
        town.person("1970-03-03"),
        jobless("2023-06-01"),
        AT_HOME,
        recognised("残疾人员", "2023-09-01"),
        *PAPER,
        pension("2024-05-16", MAY20),
    )
    town.night(MAY10)
    asked = [e for e in town.night(MAY20).entries(track="H", op="PROP_EXIT") if e["person_id"]]
    assert [(e["state_from"], e["state_to"]) for e in asked] == [("H4", "H5"), ("H5", "H5")]
    answer(town, JUN01, asked[0]["entry_id"], "驳回")
    assert town.state(who, "xinyu", "H")["state"] == "H5"
    answer(town, SEP20, asked[1]["entry_id"], "驳回")
    assert town.state(who, "xinyu", "H")["state"] == "H4"
