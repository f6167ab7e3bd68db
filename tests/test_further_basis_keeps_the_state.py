"""A further basis moves nobody back: who was verified, reviewed first, marked as working or confirmed at work stays so."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.more_said import housed, jobless, recognised
from tests.nightshift import Said, Town, aid, brief, certificate, insured, stop

MAY10, MAY20, JUN01, JUN10 = NIGHTS = ("2024-05-10", "2024-05-20", "2024-06-01", "2024-06-10")
XINYU, SHANDONG = "江西省新余市渝水区", "山东省某市某区"
HOLDER = certificate("2020-01-01", "2034-01-01")
HIRED = (recognised("4050", "2024-01-10"), jobless("2024-01-01"), insured("2024-05", MAY20))


@dataclass(frozen=True)
class Kept:
    """Who is known by `said`; `answers` are (night, op, decision's role) on the last entry of that op; then `state` stands."""

    id: str
    pack: str
    track: str
    state: str
    said: Sequence[Said]
    answers: Sequence[tuple[str, str, str]]


CASES = (
    Kept("verified", "zhongshan", "L", "L2", (stop("2024-01"), aid("2024-06", since=JUN01)), [(MAY20, "ADD", "走访")]),
    Kept("marked", "jining", "L", "L4", (*HIRED, certificate("2024-05-25", "2034-01-01", JUN01)), []),
    Kept("at work", "jining", "L", "L5", (*HIRED, certificate("2024-05-25", "2034-01-01", JUN10)), [(JUN01, "FLAG_REEMP", "走访")]),
    Kept("verified by two", "shandong", "L", "L2", (jobless("2023-01-01"), housed(SHANDONG, book="1"), HOLDER, aid("2024-06", since=JUN01)), [(MAY20, "ADD", "走访")]),
    Kept("reviewed first", "xinyu", "H", "H3", (jobless("2023-01-01"), housed(XINYU, book="2"), HOLDER, Said("失地农民", {"征地日期": "2024-01-01"}, JUN01)), [(MAY20, "ADD", "初审")]),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_further_basis_keeps_the_state(tmp_path: Path, case: Kept) -> None:
    town = Town.found(tmp_path / "town", case.pack)
    who = town.tell(town.person("1974-03-03"), *case.said)
    told: list[dict[str, Any]] = []
    for night in NIGHTS:
        for day, op, role in case.answers:
            if day == night:
                asked = [e["entry_id"] for e in told if e["op"] == op and e["track"] == case.track][-1]
                row = {"台账流水号": asked, "核查结论": "确认", "核查人": "王站长", "审核环节": role, "核查日期": day}
                town.deliver("核查结果", day, "增量", [row])
        town.night(night)
        told += town.entries(who, night)
    further = [e for e in told if brief(e).startswith(f"{case.track} UPD") and not e["valid_to"]]
    assert [(e["state_from"], e["state_to"]) for e in further][-1:] == [(case.state, case.state)]
    assert town.state(who, case.pack, case.track)["state"] == case.state
