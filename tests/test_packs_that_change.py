"""Packs that change in the open: recorded and kept, shown before they are used, and dropping nobody they let in."""

import json
import re
import shutil
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest

from flows.workspace import Workspace, locked
from ledger.seal import file_hash
from ledger.verify import verify
from policies.pack import PACKS
from tests.nightshift import Someone, Town, aid, benefit, brief, insured, licence, registered
from tests.rough_files import copy_of, zhaoren_here

BEFORE, DAY, AFTER, DATED = "2024-06-29", "2024-06-30", "2024-07-01", "2024-07-02"
LISTED, LEFT = "L ADD ZS-3.1 registration", "L UPD ZS-3.1 registration ended"
ASKED = "L REVIEW ZS-3.1 registration"


def text_of(code: str) -> str:
    return (PACKS / code / "pack.toml").read_text(encoding="utf-8")


def without(text: str, rule_id: str) -> str:
    """The pack's text less one rule."""
    made = re.sub(rf'\[rule\."{re.escape(rule_id)}"\]\n.*?(?=\n\[|\Z)', "", text, flags=re.DOTALL)
    assert made != text
    return made


def once(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


def put(folder: Path, text: str) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.toml").write_text(text, encoding="utf-8")
    return str(folder)


OLD_ZS = once(text_of("zhongshan"), 'version = "2026.11"', 'version = "own-1"')
# The newer measure: 45 instead of 40; and people who draw benefit are listed only until 2 July.
NEW_ZS = once(once(OLD_ZS, "is = 40,", "is = 45,"), '[rule."ZS-3.1.1b"]\n', '[rule."ZS-3.1.1b"]\nin_force = {from = 2019-01-01, to = 2024-07-02}\n')  # fmt: skip
NEW_ZS = once(NEW_ZS, '[rule."ZS-3.1.2:low_income"]', '[rule."ZS-3.1.2:aid"]')
NEW_NM = text_of("neimenggu")
OLD_NM = without(NEW_NM, "NM-3.2:self_employed")


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, dict[str, Someone]]:
    """Four nights; both packs change before the second, and a rule ends by its own date on the fourth. Not to be changed."""
    folder = tmp_path_factory.mktemp("packs")
    mine, theirs = folder / "zs", folder / "nm"
    town = Town.found(folder / "town", put(mine, OLD_ZS), put(theirs, OLD_NM))
    cast = {
        "42": town.tell(town.person("1982-01-01"), registered("2024-05-01")),
        "54": town.tell(town.person("1970-01-01"), registered("2024-05-01")),
        "43, hired later": town.tell(town.person("1981-01-01"), registered("2024-05-01", "", AFTER)),
        "42, comes later": town.tell(town.person("1982-02-02"), registered("2024-06-29", DAY)),
        "54, draws benefit": town.tell(town.person("1970-02-02"), benefit("202401", "202412")),
        "54, aided": town.tell(town.person("1970-03-03"), aid("202401")),
        "shop, registered before": town.tell(town.person("1990-01-01"), registered("2024-05-01"), licence("2024-06-01")),
        "shop, registered after": town.tell(town.person("1991-01-01"), registered(AFTER, AFTER), licence("2024-06-01")),
    }  # fmt: skip
    town.tell(cast["43, hired later"], insured("202406", AFTER))
    town.night(BEFORE)
    put(mine, NEW_ZS)
    put(theirs, NEW_NM)
    for day in (DAY, AFTER, DATED):
        town.books = day == DAY
        town.night(day)
    return town, cast


def said(lived: tuple[Town, dict[str, Someone]], who: str, day: str, track: str = "L") -> list[str]:
    town, cast = lived
    return [brief(e) for e in town.entries(cast[who], day) if e["track"] == track and e["pack"] == "zhongshan"]


# Nobody whom an older rule let in is dropped by a newer one.


def test_a_person_let_in_under_the_old_value_is_asked_about_and_stays(lived: tuple[Town, dict[str, Someone]]) -> None:
    assert [said(lived, "42", day) for day in (BEFORE, DAY, AFTER, DATED)] == [[LISTED], [ASKED], [], []]
    town, cast = lived
    state = town.state(cast["42"], "zhongshan", "L")
    assert (state["state"], state["basis"], state["needs_decision"]) == ("L1", ["registration"], True)
    (entry,) = [e for e in town.entries(cast["42"], DAY) if e["op"] == "REVIEW" and e["track"] == "L"]
    assert "政策变动" in entry["reason"] and "min_age 由 40 改为 45" in entry["reason"] and entry["needs_decision"]


def test_whom_both_rules_let_in_nothing_is_said_about(lived: tuple[Town, dict[str, Someone]]) -> None:
    assert [said(lived, "54", day) for day in (BEFORE, DAY, AFTER, DATED)] == [[LISTED], [], [], []]


def test_a_newcomer_is_judged_by_the_new_rule(lived: tuple[Town, dict[str, Someone]]) -> None:
    assert [said(lived, "42, comes later", day) for day in (DAY, AFTER, DATED)] == [[], [], []]


def test_a_fact_that_changed_ends_the_finding_as_ever(lived: tuple[Town, dict[str, Someone]]) -> None:
    assert said(lived, "43, hired later", DAY) == [ASKED]
    assert sorted(said(lived, "43, hired later", AFTER)) == sorted(
        ["L FLAG_REEMP ZS-EXIT hired", "L UPD ZS-3.1 registration ended"]
    )


def test_a_rule_that_ends_by_its_own_date_drops_nobody(lived: tuple[Town, dict[str, Someone]]) -> None:
    days = (BEFORE, DAY, AFTER, DATED)
    assert [said(lived, "54, draws benefit", day) for day in days] == [
        ["L ADD ZS-3.1.1b benefit"], [], [], ["L REVIEW ZS-3.1.1b benefit"]
    ]  # fmt: skip


def test_a_rule_that_was_only_renamed_asks_nobody(lived: tuple[Town, dict[str, Someone]]) -> None:
    days = (BEFORE, DAY, AFTER, DATED)
    assert [said(lived, "54, aided", day) for day in days] == [
        ["L ADD ZS-3.1.2 low_income"], ["L UPD ZS-3.1.2 low_income ended", "L UPD ZS-3.1.2 low_income"], [], []
    ]  # fmt: skip
    town, cast = lived
    assert town.state(cast["54, aided"], "zhongshan", "L")["state"] == "L1"


def test_a_new_ground_to_leave_only_asks_about_whom_was_there_before(lived: tuple[Town, dict[str, Someone]]) -> None:
    town, cast = lived
    before = [brief(e) for e in town.entries(cast["shop, registered before"], DAY) if e["track"] == "R"]
    after = [brief(e) for e in town.entries(cast["shop, registered after"], AFTER) if e["track"] == "R"]
    assert before == ["R REVIEW NM-3.2 self-employed"] and after == ["R PROP_DEREG NM-3.2 self-employed"]


# Activating a pack is a recorded act.


def test_a_night_records_what_changed_in_its_packs_and_how_much_that_made(
    lived: tuple[Town, dict[str, Someone]],
) -> None:
    town, _ = lived
    told = {day: {r["pack"]: r for r in night.rows("pack_in_force")} for day, night in town.nights.items()}
    assert {p: r["status"] for p, r in told[BEFORE].items()} == dict.fromkeys(("national", "neimenggu", "zhongshan"), "new")  # fmt: skip
    assert {p: r["status"] for p, r in told[DAY].items()} == {"neimenggu": "changed", "zhongshan": "changed"}
    assert (
        told[DAY]["zhongshan"]["changes"][0] == "参数 min_age 由 40 改为 45" and told[DAY]["zhongshan"]["caused"] == 8
    )
    assert told[DAY]["zhongshan"]["changes"][1:] == [
        "规则 ZS-3.1.2:low_income（新增低保低收入中年人员）不再有效",
        "规则 ZS-3.1.2:aid（新增低保低收入中年人员）开始有效",
    ]
    assert told[DAY]["neimenggu"]["changes"] == ["规则 NM-3.2:self_employed（从事个体经营）开始有效"]
    assert told[DAY]["neimenggu"]["caused"] == 1
    assert told[AFTER] == {}
    assert told[DATED]["zhongshan"]["status"] == "dated" and told[DATED]["zhongshan"]["caused"] == 1


def test_the_manifest_names_every_file_of_every_pack_and_the_archive_keeps_them(lived: tuple[Town, dict[str, Someone]]) -> None:  # fmt: skip
    town, _ = lived
    for day, text in ((BEFORE, OLD_ZS), (DAY, NEW_ZS), (DATED, NEW_ZS)):
        files = town.nights[day].manifest["pack_files"]
        assert files["zhongshan"] == {"pack.toml": sha256(text.encode()).hexdigest()} and set(files) == {
            "national", "neimenggu", "zhongshan"
        }  # fmt: skip
        assert (town.workspace.archive / files["zhongshan"]["pack.toml"]).read_text(encoding="utf-8") == text


def test_a_kept_pack_that_was_changed_is_noticed(lived: tuple[Town, dict[str, Someone]], tmp_path: Path) -> None:
    workspace = copy_of(lived[0].workspace.root, tmp_path)
    assert verify(workspace.runs, workspace.archive) == []
    kept = workspace.archive / sha256(NEW_ZS.encode()).hexdigest()
    kept.write_text(OLD_ZS, encoding="utf-8")
    (fault,) = verify(workspace.runs, workspace.archive)
    assert fault.run_no == 2 and kept.name[:12] in fault.message


def test_the_run_report_says_what_changed(lived: tuple[Town, dict[str, Someone]]) -> None:
    book = openpyxl.load_workbook(lived[0].nights[DAY].folder / "workbooks" / "运行报告.xlsx")
    rows = [[c for c in row if c is not None] for row in book["概况"].iter_rows(values_only=True)]
    assert any(
        row[:2] == ["zhongshan", 8] and row[2].startswith("参数 min_age 由 40 改为 45；")
        for row in rows
        if len(row) == 3
    )


def test_an_old_entry_is_explained_by_the_rule_of_its_night(lived: tuple[Town, dict[str, Someone]]) -> None:
    town, cast = lived
    (entry,) = [
        e for e in town.entries(cast["54, draws benefit"], BEFORE) if e["op"] == "ADD" and e["pack"] == "zhongshan"
    ]
    shown = zhaoren_here("explain", town.workspace.root, "--entry", entry["entry_id"]).stdout
    assert "has_benefit and (" in shown and "版本 own-1，自第 1 次运行起使用" in shown
    assert f"archive/{sha256(OLD_ZS.encode()).hexdigest()}" in shown and "该规则后来改变" in shown


# What if.


def bytes_of(workspace: Workspace) -> dict[str, str]:
    """Of every file but the log of who looked."""
    files = [p for p in sorted(workspace.root.rglob("*")) if p.is_file() and "access" not in p.name]
    return {str(p): sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture(scope="module")
def fifty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(put(tmp_path_factory.mktemp("fifty"), once(NEW_ZS, "is = 45,", "is = 41,")))


def test_what_if_names_whom_it_would_change_and_changes_no_byte(
    lived: tuple[Town, dict[str, Someone]], fifty: Path, tmp_path: Path
) -> None:
    town, cast = lived
    with locked(town.workspace):  # a night may be under way
        before = bytes_of(town.workspace)
        done = zhaoren_here("whatif", town.workspace.root, "--pack", fifty, "--out", tmp_path / "影响.csv")
    assert done.returncode == 0, done.stderr
    assert bytes_of(town.workspace) == before
    line = json.loads(town.workspace.access_log.read_text().splitlines()[-1])
    assert (line["what"], line["subjects"]) == ("whatif", [DATED])
    assert line["file_sha256"] == file_hash(tmp_path / "影响.csv")
    assert "参数 min_age 由 45 改为 41" in done.stdout and "新增 2 人" in done.stdout
    later, asked = town.person_id(cast["42, comes later"]), town.person_id(cast["42"])
    assert f"新增 {later} zhongshan ZS-3.1 — → ADD" in done.stdout
    assert f"改变 {asked} zhongshan ZS-3.1 REVIEW → ADD" in done.stdout
    assert not any(s.name in done.stdout or s.number in done.stdout for s in cast.values())
    lines = (tmp_path / "影响.csv").read_text(encoding="utf-8-sig").splitlines()
    (gain,) = [line for line in lines if line.startswith("新增") and "ZS-3.1," in line]
    assert cast["42, comes later"].name in gain and cast["42, comes later"].number not in gain
    assert "********" in gain and "42周岁" in gain


def test_what_if_writes_a_workbook_and_takes_a_pack_of_an_earlier_night(
    lived: tuple[Town, dict[str, Someone]], tmp_path: Path
) -> None:
    workspace = copy_of(lived[0].workspace.root, tmp_path)  # moved: its store speaks of another place, and stays so
    before = bytes_of(workspace)
    done = zhaoren_here("whatif", workspace.root, "--pack", "zhongshan@1", "--out", tmp_path / "影响.xlsx")
    assert done.returncode == 0 and "参数 min_age 由 45 改为 40" in done.stdout
    assert bytes_of(workspace) == before
    book = openpyxl.load_workbook(tmp_path / "影响.xlsx")
    assert book.sheetnames == ["概况", "分条款人数", "逐人变化"]


@pytest.mark.parametrize(
    "words",
    [("--as-of", BEFORE), ("--out", "x.docx"), ("--pack", "atlantis")],
    ids=["too early", "no sheet", "no pack"],
)
def test_what_if_used_wrongly_ends_with_2(words: tuple[str, str], lived: tuple[Town, dict[str, Someone]]) -> None:
    done = zhaoren_here("whatif", lived[0].workspace.root, *words)
    assert done.returncode == 2 and done.stderr.strip()


def test_a_pack_taken_out_of_the_settings_leaves_its_ledger_as_it_stood(
    lived: tuple[Town, dict[str, Someone]], tmp_path: Path
) -> None:
    workspace = copy_of(lived[0].workspace.root, tmp_path)
    settings = workspace.root / "zhaoren.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub(r'^packs = \["[^"]+", ', "packs = [", text, flags=re.MULTILINE), encoding="utf-8")
    town = Town(workspace)
    night = town.run("2024-07-03")
    assert [r["status"] for r in night.rows("pack_in_force")] == ["removed"]
    assert night.entries(pack="zhongshan") == []
    shutil.rmtree(workspace.root)
