"""A confirmed exit waits for the days of notice that an office sets: told at once, in effect on its day, called off before it."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from flows.looking.look import rebuild_store
from flows.settings.read import FILE
from ledger.decisions import Desk, _answer
from ledger.verify import verify
from policies.pack import NOTICE, notices_of, pack_files, pack_of
from schemas.errors import PolicyError
from tests.more_said import own_pack, recognised
from tests.nightshift import Town, aid, death, flexible, licence, pension, registered
from tests.test_decisions import MARCH, Played, asked, moves, verdict
from tests.test_review_nights import command
from tests.test_scenarios_corrections import fillers

JUN28, JUN29, JUN30, JUL01, JUL02, JUL03 = NIGHTS = (
    "2024-06-28", "2024-06-29", "2024-06-30", "2024-07-01", "2024-07-02", "2024-07-03"
)  # fmt: skip
DAY = date(2024, 6, 29)
XINYU = {"subsidy_cap_months": 36, "silent_days": 4000, "survey_days": 4000, "step_days": 4000}
STATE = "select state from ledger_state_on(?::date, timestamptz '9999-01-01 00:00:00+00') where person_id = ? and pack = ? and track = ?"


def set_days(town: Town, pack: str, days: int) -> None:
    """As an officer sets it, in the settings."""
    path = town.workspace.root / FILE
    text = path.read_text(encoding="utf-8")
    old = next((line for line in text.splitlines() if line.startswith(NOTICE)), "")
    text = text.replace(f"{old}\n", "") if old else text
    path.write_text(
        text.replace(f"[parameters.{pack}]\n", f"[parameters.{pack}]\n{NOTICE} = {days}\n"), encoding="utf-8"
    )


def set_language(town: Town, old: str, new: str) -> None:
    path = town.workspace.root / FILE
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f'language = "{old}"', f'language = "{new}"'), encoding="utf-8")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("notice")
    town = Town.found(folder / "town", "neimenggu", own_pack(folder / "packs", "xinyu", XINYU | {NOTICE: 3}))
    set_days(town, "neimenggu", 3)
    fillers(town)
    play = Played(town)
    names = (
        "waits", "later day", "earlier day", "overruled", "corrected", "verdict withdrawn", "evidence renewed", "two grounds", "asked besides", "refused", "late", "one ground gone"
    )  # fmt: skip
    for n, name in enumerate(names, start=10):
        until = JUN30 if name == "evidence renewed" else "9999"
        play.cast[name] = town.tell(town.person(f"1962-03-{n}"), MARCH, pension("2024-06-01", JUN28, until))
    town.tell(play.cast["evidence renewed"], pension("2024-06-02", JUN30))
    town.tell(play.cast["two grounds"], licence("2024-06-03", JUN28))
    town.tell(play.cast["asked besides"], flexible("2024-06", JUN28))
    play.cast["died"] = town.tell(town.person("1980-03-10"), MARCH, death("2024-06-20", JUN28))
    play.cast["licence taken back"] = town.tell(town.person("1980-03-11"), MARCH)
    play.cast["recognised"] = town.tell(town.person("1990-05-01"), MARCH, aid("2024-01"))
    play.cast["leaves"] = town.tell(
        town.person("1970-05-01"), recognised("4050", "2023-01-10"), registered("2022-12-01", 户籍性质="城镇"), pension("2024-06-01", JUN28)
    )  # fmt: skip
    play.night("2024-05-31")
    gone = [play.cast[name] for name in ("licence taken back", "one ground gone")]
    town.deliver("市场主体", JUN28, "增量", [licence("2024-06-03").about(who) for who in gone], "单独")
    play.night(JUN28)
    export(town, "open.xlsx")
    set_language(town, "zh", "en")
    export(town, "open-en.xlsx")
    set_language(town, "en", "zh")
    for name in (
        "waits",
        "overruled",
        "corrected",
        "evidence renewed",
        "asked besides",
        "died",
        "licence taken back",
    ):
        play.decide(JUN29, name, "PROP_DEREG", "R", "确认")
    play.decide(JUN29, "later day", "PROP_DEREG", "R", "确认", since=JUL03)
    play.decide(JUN29, "earlier day", "PROP_DEREG", "R", "确认", since=JUN28)
    play.decide(JUN29, "refused", "PROP_DEREG", "R", "驳回")
    play.decide(JUN29, "leaves", "PROP_EXIT", "H", "确认", "终审")
    play.decide(JUN29, "recognised", "ADD", "H", "确认", "终审")
    for name in ("two grounds", "one ground gone"):
        for entry in proposals(play, name):
            play.decide(JUN29, name, "PROP_DEREG", "R", "确认")
            play.said[-1]["台账流水号"] = entry["entry_id"]
    play.decide(JUN29, "verdict withdrawn", "PROP_DEREG", "R", "确认")
    town.deliver("核查结果", JUN29, "增量", [play.said.pop()], "单独")
    play.night(JUN29)
    withdraw(town, JUN28, "单独")
    withdraw(town, JUN29, "单独")
    play.decide(JUN30, "overruled", "PROP_DEREG", "R", "驳回", "终审", officer="李四")
    play.decide(JUN29, "corrected", "PROP_DEREG", "R", "驳回")
    play.decide(JUN30, "asked besides", "REVIEW", "R", "确认")
    play.night(JUN30)
    set_days(town, "neimenggu", 20)
    play.night(JUL01)
    play.decide(JUL02, "late", "PROP_DEREG", "R", "确认")
    play.night(JUL02)
    set_days(town, "neimenggu", 0)
    play.night(JUL03)
    return play


def withdraw(town: Town, day: str, note: str) -> None:
    apart = next(d for d in town.nights[day].rows("delivery") if note in d["file_name"])
    manifest = town.workspace.inbox / f"撤回{day}.manifest.json"
    manifest.write_text(json.dumps({"withdraws": apart["delivery_id"]}), encoding="utf-8")


def export(town: Town, name: str) -> None:
    code, told = command(town.workspace.root, "export", "--out", town.workspace.root.parent / name)
    assert code == 0, told


def effects(book: Path) -> dict[str, str]:
    """What a confirmation would do, by the entry that asks."""
    sheet = openpyxl.load_workbook(book).worksheets[0]
    rows = [list(r) for r in sheet.iter_rows(values_only=True)]
    column = next(r.index(h) for r in rows for h in ("确认后", "If confirmed") if h in r)
    return {str(r[0]): str(r[column]) for r in rows}


def proposals(play: Played, who: str) -> list[dict[str, Any]]:
    return [e for e in play.town.entries(play.cast[who], JUN28) if e["op"] == "PROP_DEREG"]


def on(play: Played, who: str, *days: str, pack: str = "neimenggu", track: str = "R") -> list[str]:
    """The state on each of these days, by all that is known."""
    person = play.town.person_id(play.cast[who])
    return [r["state"] for day in days for r in play.town.ask(STATE, day, person, pack, track)]


def test_a_confirmed_exit_counts_from_the_last_day_of_its_notice(played: Played) -> None:
    assert on(played, "waits", JUN28, JUN29, JUL01, JUL02, JUL03) == ["R2", "R2", "R2", "R3", "R3"]
    assert on(played, "leaves", JUN29, JUL01, JUL02, JUL03, pack="xinyu", track="H") == ["H5", "H5", "H6", "H6"]
    told, _ = played.town.entries(played.cast["waits"], JUN29)
    assert told["valid_from"] == date(2024, 7, 2) and json.loads(told["parameters"])[NOTICE] == 3
    assert told["reason"].endswith("告知期3天，自2024-07-02起。")


def test_the_person_is_told_at_once_and_not_before_the_decision(played: Played) -> None:
    told = {day: {r["person_id"] for r in night.rows("lists/O05")} for day, night in played.town.nights.items() if (night.folder / "tables/lists/O05.parquet").is_file()}  # fmt: skip
    person = played.town.person_id(played.cast["waits"])
    assert [day for day, people in told.items() if person in people] == [JUN29]


def notices(played: Played, who: str, day: str) -> list[dict[str, Any]]:
    return [
        e for e in played.town.entries(played.cast[who], day) if e["op"] == "NOTIFY" and e["decision_entry"] is not None
    ]


def test_the_notice_is_an_entry_of_its_own_beside_the_decision(played: Played) -> None:
    (told,) = notices(played, "waits", JUN29)
    (asked_for,) = proposals(played, "waits")
    assert (told["track"], told["clause"], told["ground"], told["decision_entry"]) == (
        "T", asked_for["clause"], asked_for["ground"], asked_for["entry_id"]
    )  # fmt: skip
    assert "2024-07-02" in told["reason"] and "告知" in told["reason"]
    assert not notices(played, "waits", JUN28) and not notices(played, "waits", JUN30)
    assert notices(played, "recognised", JUN29) and not notices(played, "refused", JUN29)


def test_a_decision_taken_back_takes_its_notice_back(played: Played) -> None:
    (told,) = notices(played, "overruled", JUN29)
    back = [e for e in played.town.entries(played.cast["overruled"], JUN30) if e["supersedes"] == told["entry_id"]]
    assert [(e["op"], e["track"]) for e in back] == [("WITHDRAW", "T")]


def test_of_a_death_nobody_is_told(played: Played) -> None:
    person = played.town.person_id(played.cast["died"])
    assert not notices(played, "died", JUN29)
    assert person not in {r["person_id"] for r in played.town.nights[JUN29].rows("lists/O05")}


def test_a_later_day_of_the_officer_stands_and_an_earlier_one_is_moved(played: Played) -> None:
    assert on(played, "later day", JUL02, JUL03) == ["R2", "R3"]
    assert on(played, "earlier day", JUN28, JUL01, JUL02) == ["R2", "R2", "R3"]


def test_what_favours_and_deaths_do_not_wait(played: Played) -> None:
    assert on(played, "refused", JUN28, JUN29) == ["R2", "R1"]
    assert on(played, "recognised", JUN28, JUN29, track="H") == ["H1", "H4"]
    assert on(played, "died", JUN28, JUN29) == ["R2", "R3"]


@pytest.mark.parametrize(
    ("who", "said", "state"),
    [
        ("overruled", [("WITHDRAW", "R3", "R2"), ("DECIDED", "R2", "R1")], "R1"),
        ("corrected", [("WITHDRAW", "R3", "R2"), ("DECIDED", "R2", "R1")], "R1"),
        ("verdict withdrawn", [("WITHDRAW", "R3", "R2")], "R2"),
    ],
)
def test_what_is_called_off_within_the_notice_never_happens(
    played: Played, who: str, said: list[tuple[str, str, str]], state: str
) -> None:
    assert played.posted(who, JUN30, "R") == said
    assert on(played, who, JUN30, JUL01, JUL02, JUL03) == [state] * 4


def test_a_decision_lapses_when_its_evidence_is_taken_back_within_the_notice(played: Played) -> None:
    assert on(played, "licence taken back", JUN30, JUL02, JUL03) == ["R1", "R1", "R1"]
    (taken_back,) = proposals(played, "licence taken back")
    notes = [e for e in played.town.entries(played.cast["licence taken back"], JUN30) if e["op"] == "REVIEW"]
    assert [(e["track"], e["needs_decision"], e["decision_entry"]) for e in notes] == [
        ("T", True, taken_back["entry_id"])
    ]


def test_a_newer_row_that_says_as_much_takes_no_decision_back(played: Played) -> None:
    assert on(played, "evidence renewed", JUL01, JUL02) == ["R2", "R3"]
    assert played.posted("evidence renewed", JUN30, "R") == []


def test_a_second_ground_does_not_bring_the_day_forward(played: Played) -> None:
    assert [e[0] for e in played.posted("two grounds", JUN29, "R")] == ["DECIDED", "DECIDED"]
    assert on(played, "two grounds", JUN29, JUL01, JUL02) == ["R2", "R2", "R3"]


def test_who_leaves_on_another_ground_as_well_leaves_on_the_day(played: Played) -> None:
    assert [e[0] for e in played.posted("one ground gone", JUN29, "R")] == ["DECIDED", "DECIDED"]
    assert played.posted("one ground gone", JUN30, "R") == []
    assert on(played, "one ground gone", JUN30, JUL01, JUL02) == ["R2", "R2", "R3"]


def test_another_answer_in_between_does_not_bring_the_day_forward(played: Played) -> None:
    assert [e[0] for e in played.posted("asked besides", JUN30, "R")] == ["DECIDED"]
    assert on(played, "asked besides", JUN30, JUL01, JUL02) == ["R2", "R2", "R3"]


def test_another_term_later_moves_nothing_that_was_decided(played: Played) -> None:
    nights = played.town.nights
    assert [len(nights[day].entries()) for day in (JUL01, JUL03)] == [0, 0]
    assert [e["op"] for e in nights[JUL02].entries()] == ["DECIDED", "NOTIFY"]
    assert on(played, "late", "2024-07-21", "2024-07-22") == ["R2", "R3"]
    assert [nights[day].manifest.get(NOTICE) for day in (JUN29, JUL01, JUL03)] == [
        {"neimenggu": 3, "xinyu": 3}, {"neimenggu": 20, "xinyu": 3}, {"neimenggu": 0, "xinyu": 3}
    ]  # fmt: skip


def test_the_workbook_says_how_long_a_confirmed_exit_waits(played: Played) -> None:
    waits, died = (proposals(played, who)[0]["entry_id"] for who in ("waits", "died"))
    root = played.town.workspace.root.parent
    said, english = (effects(root / name) for name in ("open.xlsx", "open-en.xlsx"))
    assert said[waits].endswith("（决定后第 3 天起）") and said[died] == "已注销"
    assert english[waits].endswith(" (from day 3 after the decision)") and "day" not in english[died]


def test_the_chain_holds_and_the_store_rebuilt_is_the_same(played: Played) -> None:
    query = "select * from ledger_state order by all"
    before = played.town.ask(query)
    rebuild_store(played.town.workspace)
    assert played.town.ask(query) == before
    assert verify(played.town.workspace.runs, played.town.workspace.archive) == []


@pytest.mark.parametrize("days", [0, 1, 10])
@pytest.mark.parametrize(
    ("track", "op", "state", "target"),
    [("R", "PROP_DEREG", "R2", "R3"), ("H", "PROP_EXIT", "H5", "H6"), ("H", "END", "H4", "H6"), ("L", "PROP_EXIT", "L3", "L6"), ("L", "END", "L3", "L6")],
)  # fmt: skip
def test_every_exit_waits_and_only_with_a_term(track: str, op: str, state: str, target: str, days: int) -> None:
    desk = Desk(DAY, {"neimenggu": days, "xinyu": 99})
    _answer(desk, asked(track, op, state), [], [verdict("确认", day=DAY)])
    (told,) = moves(desk)
    assert (told["target"], (told["from_date"] - DAY).days, NOTICE in told["parameters"]) == (target, days, days > 0)


@pytest.mark.parametrize("given", [-1, 367, 2.5, "ten", True])
def test_a_term_that_is_no_number_of_days_is_refused(given: Any) -> None:
    pack = pack_of(pack_files("neimenggu"), "neimenggu")
    with pytest.raises(PolicyError, match=NOTICE):
        pack.with_values({NOTICE: given})


def test_a_pack_of_ones_own_without_a_term_has_none() -> None:
    pack = pack_of(pack_files("neimenggu"), "neimenggu")
    own = replace(pack, parameters={n: v for n, v in pack.parameters.items() if n != NOTICE})
    assert (notices_of([pack], DAY), notices_of([own], DAY)) == ({"neimenggu": 0}, {})
