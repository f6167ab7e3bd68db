"""What was true when, and known when: decisions of another day, people who return, merged people, and clocks set back."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from flows.looking.look import Asked, ledger_as_of, moment, opened_store
from flows.workspace import Workspace
from ledger.delta import OPEN_ITEMS, STOOD_BEFORE
from ledger.seal import file_hash, read_manifest, run_folder
from ledger.survivors import name_survivors
from ledger.verify import verify
from tests.nightshift import Someone, Town, aid, death, pension, registered, stop
from tests.rough_files import copy_of, drop, new_workspace, night, stop_file, table, zhaoren_here
from tests.test_numberless import HOME, told
from tests.unjudged_nights import unjudged_night

FIRST, SECOND, THIRD = "2024-06-29", "2024-06-30", "2024-07-01"
FOLD = Path(__file__).parent.parent / "ledger"


# The day a decision takes effect.


BETWEEN, EFFECTIVE = "2024-07-05", "2024-07-10"


@dataclass
class Waiting:
    """A town where verifications wait for their day."""

    town: Town
    cast: dict[str, Someone]
    state_before: str = ""


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Waiting:
    """Four candidates; on the second night the verification of three is reported, which takes effect on 10 July. The pension
    of one is told the same night, the death of another on a night between. Nights until that day. And somebody without a
    number, who is on hold; an officer lets them in on the second night; then the number comes and they are merged."""
    town = Town.found(tmp_path_factory.mktemp("waiting") / "town", "zhongshan")
    more = {
        "verified": (), "asked about": (), "retired": (pension("2024-06-20", SECOND),),
        "dead": (death("2024-07-03", BETWEEN),),
    }  # fmt: skip
    cast = {
        who: town.tell(town.person(f"1979-03-{n:02d}"), stop("2024-04"), *said)
        for n, (who, said) in enumerate(more.items(), 1)
    }
    who = town.person("1975-04-18", name="谭晓红", sex="女")
    town.tell(who, told(aid("2024-01"), who), told(registered("2024-03-10"), who, "谭小红"))
    town.tell(who, told(stop("2024-04", BETWEEN), who, 证件号码=who.number))
    asked = {e["id_number"]: e["entry_id"] for e in town.night(FIRST).entries(op="ADD")}
    hold = town.nights[FIRST].entries(op="HOLD")[0]
    town.deliver("核查结果", SECOND, "增量", [{
        "台账流水号": hold["entry_id"], "核查结论": "同一人", "核查人": "张三", "审核环节": "审核", "核查日期": SECOND,
    }, *({
        "台账流水号": asked[cast[who].number], "核查结论": "确认", "生效日期": EFFECTIVE, "核查人": "张三", "审核环节": step, "核查日期": SECOND,
    } for who, step in (("verified", "审核"), ("retired", "走访"), ("dead", "走访")))])  # fmt: skip
    for day in (SECOND, BETWEEN, "2024-07-09"):
        town.night(day)
    waits = Waiting(town, cast, town.state(cast["verified"], "zhongshan", "L")["state"])
    town.night(EFFECTIVE)
    return waits


def test_a_decision_shows_in_the_ledger_on_its_day_and_not_the_day_before(waiting: Waiting) -> None:
    town, who = waiting.town, waiting.cast["verified"]
    assert town.entries(who, SECOND)[0]["op"] == "DECIDED"
    assert waiting.state_before == "L1"
    assert town.nights[EFFECTIVE].entries() == []
    assert town.state(who, "zhongshan", "L")["state"] == "L2"


# Asking of one pack, one person.


def test_the_ledger_is_asked_of_one_pack_and_one_person(waiting: Waiting) -> None:
    later = waiting.town
    root, person = later.workspace.root, later.person_id(waiting.cast["verified"])
    ledger = ("asof", root, "2024-07-09")
    listed = sum(",L," in line for line in zhaoren_here(*ledger, "--pack", "zhongshan").stdout.splitlines())
    assert listed == len(waiting.cast) + 2  # and whoever was merged, with whom
    lines = zhaoren_here(*ledger, "--person", person).stdout.splitlines()
    assert {line.split(",")[0] for line in lines[1:]} == {person} and ",L1," in lines[1]
    assert ",L2," in zhaoren_here("asof", root, "2024-07-10", "--person", person).stdout
    then = read_manifest(later.workspace.runs, 1)["recorded_at"]
    assert ",L1," in zhaoren_here("asof", root, "2024-07-10", "--person", person, "--known-at", then).stdout
    for words, said in ((("--pack", "没有"), "台账里没有政策包"), (("--person", "P999999999"), "没有这个编号的人")):
        done = zhaoren_here(*ledger, *words)
        assert done.returncode == 2 and said in done.stderr


def test_a_workbook_of_one_person_names_the_case(waiting: Waiting, tmp_path: Path) -> None:
    person = waiting.town.person_id(waiting.cast["verified"])
    with opened_store(waiting.town.workspace) as con:
        ledger_as_of(con, Asked(date(2024, 7, 9), moment(None), 30, person=person), tmp_path / "一人.parquet", "zh")
    assert duckdb.execute(
        "select case_no, case_since from read_parquet(?) where track = 'L'", [str(tmp_path / "一人.parquet")]
    ).fetchall() == [(1, date(2024, 6, 29))]


# Who comes back is the same case, up to so many days.


def cases(*moves: tuple[str, str], gap: int = 30, on: str = "2024-12-31") -> list[tuple[object, ...]]:
    """`moves` are days and the state from then on."""
    con = duckdb.connect()
    con.execute("create table ledger_entry (entry_id varchar, run_no bigint, seq bigint, recorded_at timestamptz, person_id varchar, pack varchar, track varchar, op varchar, basis varchar, state_from varchar, state_to varchar, valid_from date, valid_to date, needs_decision boolean, decision_entry varchar, supersedes varchar, evidence varchar[], parameters varchar)")  # fmt: skip
    con.execute((FOLD / "fold.sql").read_text(encoding="utf-8"))
    for n, (day, state) in enumerate(moves, 1):
        con.execute("insert into ledger_entry (entry_id, run_no, seq, recorded_at, person_id, pack, track, op, state_to, valid_from, needs_decision) values (?, ?, 1, '2024-01-01', 'P', 'a', 'L', 'UPD', ?, ?, false)", [f"{n}-1", n, state, day])  # fmt: skip
    asked = "select case_no, since, ended, spells from ledger_cases_on(?::date, '9999-01-01'::timestamptz, ?)"
    return con.execute(asked, [on, gap]).fetchall()


@pytest.mark.parametrize(("back", "count"), [("2024-03-30", 1), ("2024-03-31", 1), ("2024-04-01", 2)])
def test_up_to_so_many_days_apart_two_spells_are_one_case(back: str, count: int) -> None:
    found = cases(("2024-01-10", "L1"), ("2024-03-01", "L6"), (back, "L1"))
    assert len(found) == count
    assert found[-1] == (count, date(2024, 1, 10) if count == 1 else date.fromisoformat(back), None, 3 - count)


def test_a_case_goes_through_its_states_and_ends_when_the_person_leaves() -> None:
    moves = (("2024-01-10", "L1"), ("2024-02-01", "L2"), ("2024-03-01", "L4"), ("2024-04-01", "L6"))
    assert cases(*moves) == [(1, date(2024, 1, 10), date(2024, 4, 1), 1)]
    assert cases(*moves, on="2024-03-31") == [(1, date(2024, 1, 10), None, 1)]
    assert cases(*moves, on="2024-01-09") == []


def test_in_and_out_on_one_day_is_no_case_and_out_and_in_ends_none() -> None:
    assert cases(("2024-01-10", "L1"), ("2024-01-10", "L0")) == []
    assert cases(("2024-01-10", "L1"), ("2024-03-01", "L6"), ("2024-03-01", "L1")) == [(1, date(2024, 1, 10), None, 1)]


# Where they lived, as known then.


def test_the_ledger_as_known_then_names_people_as_they_were_known_then(tmp_path: Path) -> None:
    town = Town.found(tmp_path / "town", "zhongshan")
    who = town.person("1979-03-01")
    town.tell(who, stop("2024-04", until=SECOND, 镇街="东区街道"), stop("2024-04", SECOND, 镇街="小榄镇"))
    for other in range(1, 4):
        town.tell(town.person(f"1980-03-0{other}"), stop("2024-04", 镇街="东区街道"))
    town.night(FIRST)
    written = tmp_path / "then.parquet"
    then = "--known-at", str(read_manifest(town.workspace.runs, 1)["recorded_at"])
    told: list[tuple[list[tuple[str]], str]] = []
    for known in (then, (), then):
        if len(told) == 1:
            town.night(SECOND)
        done = zhaoren_here("asof", town.workspace.root, SECOND, *known, "--out", written)
        assert done.returncode == 0, done.stderr
        found = duckdb.execute(
            "select distinct town from read_parquet(?) where person_id = ?", [str(written), town.person_id(who)]
        ).fetchall()
        told.append((found, file_hash(written)))
    assert [found for found, _ in told] == [[("东区街道",)], [("小榄镇",)], [("东区街道",)]]
    assert told[0] == told[2]
    asked = "explain", town.workspace.root, "--person", town.person_id(who)
    assert "第 1 次更新" in zhaoren_here(*asked, *then).stdout
    assert "第 2 次更新" in zhaoren_here(*asked).stdout


# Merged people.


def test_whoever_is_merged_stands_nowhere_though_an_officer_had_let_them_in(waiting: Waiting) -> None:
    town = waiting.town
    (first,) = town.ask("select person_id, name, merged_into from person where merged_into is not null")
    let_in = town.nights[SECOND].entries(track="L", person_id=first["person_id"])
    assert [e["op"] for e in let_in] == ["DECIDED"]
    gone = town.nights[BETWEEN].entries(person_id=first["person_id"])
    assert {(e["op"], e["needs_decision"]) for e in gone} == {("WITHDRAW", False)}
    assert all(first["merged_into"] in e["reason"] for e in gone)
    assert {(e["name"], e["town"]) for e in gone} == {(first["name"], HOME["镇街"])}
    states = town.ask("select person_id, state from ledger_state where track = 'L' order by person_id")
    assert [s["state"] for s in states if s["person_id"] == first["person_id"]] == ["L0"]
    assert [s["state"] for s in states if s["person_id"] == first["merged_into"]] == ["L1"]
    rows = [r for r in town.nights[BETWEEN].rows("conservation") if (r["track"], r["town"]) == ("L", HOME["镇街"])]
    (row,) = [r for r in rows if r["opening"]]
    assert (row["came"], row["corrected"], row["closing"]) == (1, -1, 1)


VERDICTS = """
create table now_decision (office varchar, record_id varchar, entry_id varchar, decision varchar, role varchar, officer varchar, decided_date date, effective_date date);
create table failing (entry_id varchar, is_withdrawn boolean);
create table ended_log (record_id varchar, kind varchar, cause varchar, is_taken_back boolean);
create table evaluated_rule (pack varchar, rule_id varchar);
create table finding (person_id varchar, pack varchar, rule_id varchar, op_class varchar, basis varchar);
create table prior_state (person_id varchar, pack varchar, track varchar, state varchar);
create table person_now as select * from (values ('P1', 'P2'), ('P2', 'P3'), ('P3', null), ('P4', null)) as t(person_id, merged_into);
create table ledger_entry (entry_id varchar, run_no bigint, seq bigint, recorded_at timestamptz, person_id varchar, pack varchar, track varchar, op varchar,
    clause varchar, basis varchar, ground varchar, state_from varchar, state_to varchar, valid_from date, valid_to date, needs_decision boolean,
    decision_entry varchar, supersedes varchar, evidence varchar[], parameters varchar)
"""


def told_entry(
    con: duckdb.DuckDBPyConnection, entry: str, person: str, basis: str = "stoppage", **more: object
) -> None:
    row = {
        "entry_id": entry, "run_no": int(entry[0]), "seq": int(entry[2:]), "recorded_at": "2024-01-01", "person_id": person, "pack": "a", "track": "L",
        "op": "ADD", "clause": "c", "basis": basis, "state_from": "L0", "state_to": "L1", "valid_from": "2024-01-01", "needs_decision": True,
        "parameters": json.dumps({"rule": "r"}),
    } | more  # fmt: skip
    con.execute(f"insert into ledger_entry ({', '.join(row)}) values ({', '.join('?' * len(row))})", list(row.values()))


@pytest.mark.parametrize(
    ("named", "meant"),
    [("1-1", "3-1"), ("1-2", "1-2"), ("1-3", "1-3"), ("1-4", "1-4"), ("3-1", "3-1")],
    ids=["merged twice", "a basis the survivor lacks", "not merged", "an entry the survivor's pack lacks", "the survivor's own"],
)  # fmt: skip
def test_a_decision_on_somebody_merged_since_means_the_survivors_entry(named: str, meant: str) -> None:
    con = duckdb.connect()
    for statement in VERDICTS.split(";\n"):
        con.execute(statement)
    told_entry(con, "1-1", "P1")
    told_entry(con, "1-2", "P1", "benefit")
    told_entry(con, "1-3", "P4")
    told_entry(con, "1-4", "P1", pack="b")
    told_entry(con, "2-1", "P1", op="WITHDRAW", valid_to="2024-01-01", supersedes="1-1")
    told_entry(con, "3-1", "P3")
    con.execute("insert into now_decision values ('', 'd', ?, '确认', '审核', '张三', '2024-02-01', null)", [named])
    con.execute((FOLD / "fold.sql").read_text(encoding="utf-8"))
    con.execute(OPEN_ITEMS)
    con.execute(STOOD_BEFORE)
    name_survivors(con, "person_now")
    con.execute((FOLD / "decisions.sql").read_text(encoding="utf-8"))
    assert con.execute("select entry_id from verdict").fetchall() == [(meant,)]
    survivor = {"1-2": "P3", "1-4": "P3"}.get(named)
    assert con.execute("select survivor from asked").fetchall() == [(survivor,)]


# A first snapshot taken back.


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Two people after one night."""
    workspace = new_workspace(tmp_path_factory.mktemp("begun"))
    drop(workspace, "社保停保_20240629_全量.csv", stop_file(1, 2))
    night(workspace, FIRST)
    return workspace


def test_a_source_whose_only_file_was_taken_back_is_as_if_it_had_never_sent(begun: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(begun.root, tmp_path)
    (sent,) = table(workspace, "delivery", 1)
    drop(workspace, "撤回.manifest.json", json.dumps({"withdraws": sent["delivery_id"]}))
    night(workspace, SECOND)
    assert [e["op"] for e in table(workspace, "ledger_entry", 2) if e["track"] == "L"] == ["WITHDRAW"] * 2
    assert {e["op"] for e in table(workspace, "ledger_entry", 2)} == {"WITHDRAW"}
    assert [s["snapshot_date"] for s in table(workspace, "source", 2)] == [None]
    with opened_store(workspace) as con:
        assert con.execute("select * from source").fetchall() == []
    drop(
        workspace, "社保停保_20240601_全量.csv", stop_file(1, 3)
    )  # older than what was taken back, and the first that stands
    run = night(workspace, THIRD).run_no
    assert [e["op"] for e in table(workspace, "ledger_entry", run) if e["track"] == "L"] == ["ADD", "ADD"]


# A clock set back.


@pytest.fixture(scope="module")
def ahead(begun: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """One night, recorded on a clock that was a year ahead: so the next finds its clock set back."""
    workspace = copy_of(begun.root, tmp_path_factory.mktemp("ahead"))
    return at_time(workspace, datetime.now(UTC).replace(microsecond=0) + timedelta(days=365))


def at_time(workspace: Workspace, when: datetime) -> Workspace:
    path = run_folder(workspace.runs, 1) / "manifest.json"
    path.write_text(
        json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"recorded_at": when.isoformat()}), encoding="utf-8"
    )
    path.with_suffix(".sha256").write_text(f"{file_hash(path)}  manifest.json\n", encoding="utf-8")
    return workspace


def test_a_night_on_a_clock_set_back_is_still_recorded_after_the_last(ahead: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(ahead.root, tmp_path)
    assert "时钟" in zhaoren_here("doctor", workspace.root).stdout
    drop(workspace, "社保停保_20240630_全量.csv", stop_file(1, 2, 3))
    night(workspace, SECOND)
    first, second = (datetime.fromisoformat(read_manifest(workspace.runs, n)["recorded_at"]) for n in (1, 2))
    assert second == first + timedelta(seconds=1)
    assert {e["recorded_at"] for e in table(workspace, "ledger_entry", 2)} == {second}
    assert verify(workspace.runs, workspace.archive) == []


def test_a_run_recorded_before_the_one_before_it_is_noticed(ahead: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(ahead.root, tmp_path)
    unjudged_night(workspace, date.fromisoformat(SECOND))
    at_time(workspace, datetime.now(UTC) + timedelta(days=700))
    second = run_folder(workspace.runs, 2) / "manifest.json"
    said = json.loads(second.read_text(encoding="utf-8")) | {"previous": file_hash(run_folder(workspace.runs, 1) / "manifest.json")}  # fmt: skip
    second.write_text(json.dumps(said), encoding="utf-8")
    second.with_suffix(".sha256").write_text(f"{file_hash(second)}  manifest.json\n", encoding="utf-8")
    early, root = verify(workspace.runs, workspace.archive)  # the root too: an earlier manifest is another one now
    assert (early.run_no, root.run_no) == (2, 2)
    assert "记录时间早于" in early.chinese and "汇总哈希" in root.chinese


# What else happens before a decision takes effect.


@pytest.mark.parametrize(
    ("who", "night"), [("retired", SECOND), ("dead", BETWEEN)], ids=("the same night", "a night between")
)
def test_a_question_asked_before_a_decision_takes_effect_tells_nothing_of_it(
    waiting: Waiting, who: str, night: str
) -> None:
    town, person = waiting.town, waiting.town.person_id(waiting.cast[who])
    (review,) = [e for e in town.entries(waiting.cast[who], night) if e["op"] == "REVIEW"]
    assert (review["state_from"], review["state_to"]) == ("L1", None)
    for day, state in (("2024-07-09", "L1"), (EFFECTIVE, "L2")):
        assert f",{state}," in zhaoren_here("asof", town.workspace.root, day, "--person", person).stdout, day
    assert town.nights["2024-07-09"].entries() == [] == town.nights[EFFECTIVE].entries()
