"""A further basis moves nobody back: who was verified, reviewed first, marked as working or confirmed at work stays so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.more_said import housed, jobless, recognised
from tests.nightshift import Said, Someone, Town, aid, brief, certificate, insured, stop

PACKS = ("zhongshan", "jining", "shandong", "xinyu")
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


@dataclass(frozen=True)
class Played:
    """The town of all of them after the last night, and every entry of each, in order."""

    town: Town
    cast: dict[str, Someone]
    found: dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    town = Town.found(tmp_path_factory.mktemp("further") / "town", *PACKS)
    cast = {case.id: town.tell(town.person(f"1974-03-{day:02}"), *case.said) for day, case in enumerate(CASES, 3)}
    found: dict[str, list[dict[str, Any]]] = {case.id: [] for case in CASES}
    for night in NIGHTS:
        asked = [
            {"台账流水号": [e["entry_id"] for e in found[case.id] if (e["pack"], e["op"], e["track"]) == (case.pack, op, case.track)][-1],
             "核查结论": "确认", "核查人": "王站长", "审核环节": role, "核查日期": day}
            for case in CASES for day, op, role in case.answers if day == night
        ]  # fmt: skip
        if asked:
            town.deliver("核查结果", night, "增量", asked)
        town.night(night)
        for case in CASES:
            found[case.id] += town.entries(cast[case.id], night)
    yield Played(town, cast, found)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_further_basis_keeps_the_state(played: Played, case: Kept) -> None:
    own = [e for e in played.found[case.id] if e["pack"] == case.pack]
    further = [e for e in own if brief(e).startswith(f"{case.track} UPD") and not e["valid_to"]]
    assert [(e["state_from"], e["state_to"]) for e in further][-1:] == [(case.state, case.state)]
    assert played.town.state(played.cast[case.id], case.pack, case.track)["state"] == case.state
