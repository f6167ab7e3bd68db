"""Where one of two marks or proposals ends, the other still waits: the state stays, and an officer can confirm the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.more_said import housed, jobless, recognised
from tests.nightshift import Said, Town, certificate, insured, licence, pension

MAY10, MAY20, JUN01, JUN10 = NIGHTS = ("2024-05-10", "2024-05-20", "2024-06-01", "2024-06-10")
CLOSED = {"登记状态": "注销", "注销日期": "2024-05-28"}
SHOP = (licence("2024-05-12", MAY20, JUN01), licence("2024-05-12", JUN01, **CLOSED))
HIRED = insured("2024-05", MAY20, paid="2024-06")
VALID, TAKEN = ("2020-01-01", "2034-01-01"), {"证件状态": "注销", "注销日期": "2024-05-15"}
PAPER = (certificate(*VALID, until=MAY20), certificate(*VALID, MAY20, JUN01, **TAKEN), certificate(*VALID, JUN01))
REGISTERED, DISABLED = jobless("2024-01-01"), recognised("残疾人员", "2023-01-10")
PENSION, AT_HOME = pension("2024-05-15", MAY20), housed("江西省新余市渝水区", book="1", kind="农村")


@dataclass(frozen=True)
class Two:
    """Both grounds are posted on the second night; one has ended on the third; confirming the other leads to `confirmed`."""

    id: str
    pack: str
    track: str
    op: str
    waiting: str
    confirmed: str
    said: Sequence[Said]


CASES = (
    Two("marks", "jining", "L", "FLAG_REEMP", "L4", "L5", (REGISTERED, DISABLED, HIRED, *SHOP)),
    Two("registration", "neimenggu", "R", "PROP_DEREG", "R2", "R3", (REGISTERED, PENSION, *SHOP)),
    Two("recognition", "xinyu", "H", "PROP_EXIT", "H5", "H6", (REGISTERED, DISABLED, AT_HOME, *PAPER, PENSION)),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_other_ground_still_waits_and_can_be_confirmed(tmp_path: Path, case: Two) -> None:
    town = Town.found(tmp_path / "town", case.pack)
    who = town.tell(town.person("1990-03-03"), *case.said)
    for night in NIGHTS[:3]:
        town.night(night)
    posted = [e for e in town.entries(who, MAY20) if (e["track"], e["op"]) == (case.track, case.op)]
    ended = [e["supersedes"] for e in town.entries(who, JUN01) if e["track"] == case.track and e["valid_to"]]
    (left,) = {e["entry_id"] for e in posted} - set(ended)
    assert len(posted) == 2 and town.state(who, case.pack, case.track)["state"] == case.waiting
    row = {"台账流水号": left, "核查结论": "确认", "核查人": "王站长", "审核环节": "终审", "核查日期": JUN10}
    town.deliver("核查结果", JUN10, "增量", [row])
    town.night(JUN10)
    assert town.state(who, case.pack, case.track)["state"] == case.confirmed
