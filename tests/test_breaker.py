"""The circuit breaker: what is outside its band is computed and held, nothing of it published, until an officer signs it."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from flows.settings.read import Settings, read_settings
from flows.workspace import Workspace
from ledger.breaker import DEFAULT_BANDS, Band, Bands, Figure, weigh
from ledger.seal import file_hash, read_manifest, sealed_runs
from ledger.verify import verify
from tests.rough_files import (
    STOP,
    copy_of,
    csv_text,
    drop,
    entries,
    new_workspace,
    night,
    someone,
    stop_file,
    stop_row,
    table,
    zhaoren_here,
)

FIRST, SECOND = "2024-06-29", "2024-06-30"
LOSS = "loss = {share = 0.03, minimum = 100}"
STANDING, MINIMUM = 40, 4  # people of the first night; with a share of 0.1 up to 4 of them may go


def figure(name: str, people: int, bands: Bands, standing: int, highest: int | None = None) -> Figure:
    return Figure(name, "p", None, people, standing, highest, bands.limit(name, standing, highest))


@pytest.mark.parametrize("name", DEFAULT_BANDS)
@pytest.mark.parametrize(("people", "outside"), [(-1, False), (0, False), (1, True)], ids=["inside", "on", "outside"])
def test_each_band_ends_where_its_share_its_minimum_or_its_history_does(name: str, people: int, outside: bool) -> None:
    bands, band = Bands(), DEFAULT_BANDS[name]
    many = 100_000
    for standing, highest, limit in (
        (many, None, int(band.share * many)),
        (1, None, band.minimum),
        (many, band.minimum, min(int(band.share * many), 5 * band.minimum)),
        (many, 0, band.minimum),
        (many, many, int(band.share * many)),
    ):
        assert figure(name, limit + people, bands, standing, highest).is_outside is outside, (standing, highest)


@pytest.mark.parametrize("name", DEFAULT_BANDS)
def test_where_nobody_stood_nothing_is_outside(name: str) -> None:
    assert not figure(name, 10**9, Bands(), 0).is_outside


def test_a_share_is_counted_in_decimals() -> None:
    bands = Bands({"loss": Band(0.07, 0)})
    assert bands.limit("loss", 100, None) == 7  # 0.07 * 100 is 7.000000000000001 in binary


# What is counted, from tables like those of a night.


def a_night(*entries: tuple[str, str, str, str], merged: tuple[str, ...] = ()) -> duckdb.DuckDBPyConnection:
    """`entries` are person, pack, track and op. Ten people stand in pack a: P0 to P4 in 东区, the others in 西区."""
    con = duckdb.connect()
    con.execute("attach ':memory:' as store")
    con.execute("create temp table person_now as select 'P' || i as person_id, '某' as name, null as id_number, if(i < 5, '东区', '西区') as town from range(12) as r(i)")  # fmt: skip
    con.execute("create table store.person as select *, null::varchar as merged_into from person_now")
    con.execute("create temp table prior_state as select 'P' || i as person_id, 'a' as pack, 'L' as track, if(i < 10, 'L1', 'L6') as state from range(11) as r(i)")  # fmt: skip
    con.execute("create table store.standing_unemployment_registration as select 'P11' as person_id")
    con.execute("create table store.ledger_entry as select 'a' as pack")
    con.execute("create table store.figure (run_no bigint, figure varchar, pack varchar, town varchar, people bigint)")
    con.execute("create temp table linked (record_id varchar, person_id varchar)")
    con.execute("create temp table merged as select unnest($p)::varchar as person_id, 'P9' as merged_into", {"p": list(merged)})  # fmt: skip
    con.execute("create temp table new_entry (seq bigint, person_id varchar, pack varchar, track varchar, op varchar, clause varchar, basis varchar, ground varchar, name varchar, id_number varchar, evidence varchar[])")  # fmt: skip
    for seq, (person, pack, track, op) in enumerate(entries, 1):
        con.execute("insert into new_entry (seq, person_id, pack, track, op) values (?, ?, ?, ?, ?)", [seq, person, pack, track, op])  # fmt: skip
    return con


def counted(con: duckdb.DuckDBPyConnection, run_no: int = 2, bands: Bands | None = None) -> dict[Any, Any]:
    return {(f.figure, f.pack, f.town): (f.people, f.standing, f.highest) for f in weigh(con, run_no, bands or Bands())}


def test_people_are_counted_once_by_figure_pack_and_town() -> None:
    con = a_night(
        ("P1", "a", "L", "WITHDRAW"), ("P1", "a", "H", "WITHDRAW"), ("P7", "a", "L", "WITHDRAW"), ("P2", "a", "T", "WITHDRAW"),
        ("P3", "a", "H", "PROP_EXIT"), ("P11", "a", "R", "PROP_DEREG"), ("P4", "a", "L", "FLAG_REEMP"), ("P4", "b", "L", "ADD"),
        ("P4", "a", "L", "REVIEW"), ("P4", "a", "L", "UPD"), merged=("P8",),
    )  # fmt: skip
    assert counted(con) == {
        ("loss", "a", None): (2, 10, None), ("loss", "a", "东区"): (1, 5, None), ("loss", "a", "西区"): (1, 5, None),
        ("exit", "a", None): (2, 11, None), ("exit", "a", "东区"): (1, 5, None), ("exit", "a", "西区"): (1, 6, None),
        ("reemployed", "a", None): (1, 10, None), ("reemployed", "a", "东区"): (1, 5, None),
        ("addition", "b", None): (1, 0, None), ("addition", "b", "东区"): (1, 0, None),
        ("review", "a", None): (1, 10, None), ("review", "a", "东区"): (1, 5, None),
        ("merge", "", None): (1, 12, None), ("merge", "", "西区"): (1, 7, None),
    }  # fmt: skip


def test_history_counts_after_enough_nights_and_never_a_packs_first() -> None:
    bands = replace(Bands(), history_runs=3)
    con = a_night(("P1", "a", "L", "WITHDRAW"))
    con.execute(
        "insert into store.figure values (1, 'loss', 'a', null, 900), (2, 'loss', 'a', null, 7), (3, 'loss', 'a', null, 4)"
    )
    assert counted(con, 4, bands)["loss", "a", None] == (1, 10, None)
    assert counted(con, 5, bands)["loss", "a", None] == (1, 10, 7)
    assert counted(con, 6, bands)["loss", "a", None] == (1, 10, 4)
    assert counted(con, 7, bands)["loss", "a", None] == (1, 10, 0)


def test_history_over_no_nights_is_no_history() -> None:
    con = a_night(("P1", "a", "L", "WITHDRAW"))
    con.execute("insert into store.figure values (1, 'loss', 'a', null, 900), (2, 'loss', 'a', null, 7)")
    assert counted(con, 4, replace(Bands(), history_runs=0))["loss", "a", None] == (1, 10, None)


# A night held.


def gone(*serials: int) -> str:
    """A delta in which the office takes back these stoppages."""
    return csv_text((*STOP, "撤销标志"), [[*stop_row(s), "是"] for s in serials])


def forty_people(folder: Path) -> Workspace:
    """One night of forty people, in a workspace where a loss of more than four is held."""
    workspace = new_workspace(folder)
    settings = workspace.root / "zhaoren.toml"
    said = settings.read_text(encoding="utf-8")
    settings.write_text(said.replace(LOSS, f"loss = {{share = 0.1, minimum = {MINIMUM - 1}}}"), encoding="utf-8")
    drop(workspace, "社保停保_20240629_全量.csv", stop_file(*range(1, STANDING + 1)))
    assert night(workspace, FIRST).exit_code == 0  # nobody stood: forty additions are no surprise
    return workspace


def too_many_gone(workspace: Workspace) -> None:
    """The next night's file: one more than may go."""
    drop(workspace, "社保停保_20240630_增量.csv", gone(*range(1, MINIMUM + 2)))


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return forty_people(tmp_path_factory.mktemp("before"))


@pytest.fixture(scope="module")
def held(before: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The same with a second night held: one more than may go. Not to be changed."""
    workspace = copy_of(before.root, tmp_path_factory.mktemp("held"))
    too_many_gone(workspace)
    outcome = night(workspace, SECOND)
    assert (outcome.exit_code, outcome.folder) == (4, workspace.held)
    return workspace


def test_a_loss_on_the_edge_of_the_band_is_published(before: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(before.root, tmp_path)
    drop(workspace, "社保停保_20240630_增量.csv", gone(*range(1, MINIMUM + 1)))
    assert night(workspace, SECOND).exit_code == 0
    assert not workspace.held.exists()
    assert [(f["people"], f["band"], f["released_by"]) for f in table(workspace, "figure", 2)] == [(4, 4, None)]
    assert read_manifest(workspace.runs, 2)["released"] is None


def test_a_held_night_publishes_nothing_and_says_what_why_and_what_to_do(held: Workspace) -> None:
    assert sealed_runs(held.runs) == [1] and not held.staging.exists()
    assert [p.name for p in held.inbox.iterdir()] == ["社保停保_20240630_增量.csv"]
    for command in ("status", "doctor"):
        said = zhaoren_here(command, held.root).stdout
        for words in ("没有发布任何内容", "撤回，zhongshan，全部镇街：5 人，上限 4 人（原有 40 人）", "社保停保_20240630_增量.csv（5 条）", "zhaoren release"):  # fmt: skip
            assert words in said, command


def test_a_held_night_keeps_no_copy_of_what_it_held(held: Workspace) -> None:
    (waiting,) = held.inbox.iterdir()
    assert not (held.archive / file_hash(waiting)).exists()
    assert verify(held.runs, held.archive) == []


def test_what_a_held_night_leaves_names_nobody(held: Workspace) -> None:
    told = (held.held / "held.json").read_text(encoding="utf-8")
    book = openpyxl.load_workbook(held.held / "熔断待签.xlsx", read_only=True)
    cells = [str(c) for sheet in book for row in sheet.iter_rows(values_only=True) for c in row if c is not None]
    name, number = someone(1)
    assert not [c for c in (told, *cells) if name in c or number in c or number[6:14] in c]
    assert sum(f"{number[:6]}********" in c for c in cells) == MINIMUM + 1
    assert json.loads(told)["figures"][0]["people"] == MINIMUM + 1


def test_a_release_publishes_exactly_the_signed_night_and_is_recorded(held: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(held.root, tmp_path)
    assert "王经办 已于" in zhaoren_here("release", workspace.root, "--officer", "王经办", "--note", "社保更正").stdout
    assert "王经办 已于" in zhaoren_here("status", workspace.root).stdout
    assert night(workspace, SECOND).exit_code == 0
    told = [e for e in entries(workspace) if e["run_no"] == 2]
    assert {e["person_id"] for e in told if e["track"] == "L"} == {e["person_id"] for e in told}
    assert [e["op"] for e in told if e["track"] == "L"] == ["WITHDRAW"] * (MINIMUM + 1)
    signed = read_manifest(workspace.runs, 2)["released"]
    assert (signed["officer"], signed["note"]) == ("王经办", "社保更正")
    assert [(f["released_by"], f["note"]) for f in table(workspace, "figure", 2)] == [("王经办", "社保更正")]
    assert not workspace.held.exists() and list(workspace.inbox.iterdir()) == []
    assert verify(workspace.runs, workspace.archive) == []


@pytest.mark.parametrize("other", ["another file", "another date"])
def test_a_release_of_other_figures_does_not_count(other: str, held: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(held.root, tmp_path)
    zhaoren_here("release", workspace.root, "--officer", "王经办", "--note", "社保更正")
    if other == "another file":
        drop(workspace, "社保停保_20240630_增量_2.csv", gone(20))
    done = zhaoren_here("run", workspace.root, "--as-of", SECOND if other == "another file" else "2024-07-01")
    assert done.returncode == 4 and "对这一夜无效" in done.stderr
    assert sealed_runs(workspace.runs) == [1] and not (workspace.held / "release.json").exists()


def test_a_release_of_figures_that_were_not_the_nights_own_does_not_count(held: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(held.root, tmp_path)
    hold = workspace.held / "held.json"
    told = json.loads(hold.read_text(encoding="utf-8"))
    told["figures"][0]["people"] = MINIMUM
    hold.write_text(json.dumps(told), encoding="utf-8")
    zhaoren_here("release", workspace.root, "--officer", "王经办", "--note", "社保更正")
    assert night(workspace, SECOND).exit_code == 4
    assert sealed_runs(workspace.runs) == [1]


def test_a_figure_that_only_a_narrower_band_holds_was_not_signed(held: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(held.root, tmp_path)
    zhaoren_here("release", workspace.root, "--officer", "王经办", "--note", "社保更正")
    settings = workspace.root / "zhaoren.toml"
    narrow = settings.read_text(encoding="utf-8").replace(f"minimum = {MINIMUM - 1}}}", "minimum = 1}").replace("loss = {share = 0.1", "loss = {share = 0")  # fmt: skip
    settings.write_text(narrow, encoding="utf-8")
    assert night(workspace, SECOND).exit_code == 4


@pytest.mark.parametrize("spoilt", ["held.json", "release.json"])
def test_a_spoilt_hold_is_told_and_the_next_run_holds_anew(spoilt: str, held: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(held.root, tmp_path)
    zhaoren_here("release", workspace.root, "--officer", "王经办", "--note", "社保更正")
    (workspace.held / spoilt).write_text('{"officer": ', encoding="utf-8")
    if spoilt == "held.json":
        for command in (("status",), ("doctor",), ("release", "--officer", "王经办", "--note", "社保更正")):
            done = zhaoren_here(command[0], workspace.root, *command[1:])
            assert done.returncode == 2 and "held.json" in done.stderr and "zhaoren run" in done.stderr
        (workspace.held / "release.json").unlink()
    assert night(workspace, SECOND).exit_code == 4
    assert "5 人，上限 4 人" in zhaoren_here("status", workspace.root).stdout


def test_without_the_bad_file_the_next_run_publishes(held: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(held.root, tmp_path)
    shutil.move(workspace.inbox / "社保停保_20240630_增量.csv", tmp_path)
    assert night(workspace, SECOND).exit_code == 0
    assert sealed_runs(workspace.runs) == [1, 2] and not workspace.held.exists()


def test_only_a_held_night_is_released_and_only_with_a_name_and_a_reason(before: Workspace, held: Workspace) -> None:
    assert "没有被熔断扣住" in zhaoren_here("release", before.root, "--officer", "甲", "--note", "乙").stderr
    for officer, note in (("", "理由"), ("甲", " ")):
        done = zhaoren_here("release", held.root, "--officer", officer, "--note", note)
        assert done.returncode == 2 and "写明经办人" in done.stderr
    assert not (held.held / "release.json").exists()


def test_a_hold_that_a_killed_clean_up_left_behind_holds_nothing(held: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(held.root, tmp_path)
    shutil.copytree(workspace.runs / "000001", workspace.runs / "000002")
    assert "熔断" not in zhaoren_here("status", workspace.root).stdout


@pytest.mark.parametrize(
    "said", ["loss = 5", "loss = {share = -1}", "loss = {most = 5}", "history_runs = 1.5", "exits = {share = 0.1}"]
)
def test_a_band_that_cannot_be_read_is_told(said: str, before: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(before.root, tmp_path)
    settings = workspace.root / "zhaoren.toml"
    lines = [line for line in settings.read_text(encoding="utf-8").splitlines() if not line.startswith(said.split()[0])]
    settings.write_text("\n".join(lines).replace("[breaker]", f"[breaker]\n{said}"), encoding="utf-8")
    done = zhaoren_here("run", workspace.root)
    assert done.returncode == 2 and "breaker" in done.stderr


def test_the_settings_that_init_writes_are_the_defaults(tmp_path: Path) -> None:
    assert read_settings(new_workspace(tmp_path).root).breaker == Settings(("zhongshan",)).breaker
