"""What has served its purpose goes on its day, is named in the chain, and nothing that still counts goes with it."""

import csv
import errno
import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from flows.looking.look import rebuild_store
from flows.settings.read import FILE, Settings, read_settings
from flows.settings.retention import read_retention
from flows.settings.sources import Source
from flows.trust.retaining import backup_warnings, dry_run, plan_text, prune_backup
from ledger import standalone_verifier
from ledger.retention import Gone, Terms, destroy
from ledger.seal import file_hash, read_manifest, standing_files
from ledger.standalone_verifier import Outside
from ledger.verify import examine, verify
from schemas.errors import UsageError
from tests.nightshift import Night, Someone, Town, registered
from tests.rough_files import zhaoren_here
from tests.unjudged_nights import UnjudgedTown

CAME, ENDED, LATER, NEXT = "2024-06-01", "2024-06-11", "2024-09-30", "2024-10-05"
TERMS = """
[retention]
archive_days = 100
workbook_days = 60
ended_days = 50
stranger_days = 20
[sources.insurance_active]
shrink_share = 1.0
"""


def row_of(who: Someone, start: str, firm: str = "乙厂") -> dict[str, str]:
    return {
        "姓名": who.name, "证件号码": who.number, "单位名称": firm, "险种": "养老", "缴费主体": "单位职工", "参保起始年月": start,
    }  # fmt: skip


def book_of(who: Someone, number: str) -> dict[str, str]:
    return {
        "姓名": who.name,
        "证件号码": who.number,
        "户号": number,
        "与户主关系": "本人",
        "户籍性质": "城镇",
        "户籍区划": "甲镇",
    }


def beside(path: Path, rows: int) -> None:
    """Put a manifest beside a delivered file."""
    path.with_name(path.name + ".manifest.json").write_text(json.dumps({"rows": rows}), encoding="utf-8")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Two nights. Known: a registered person with two jobs, the second told no more on night two. Nobody's business: one
    with a job told no more, one in a delta of pensions, and in the household book one alone and one of the known
    person's household, who draws a pension too."""
    town = Town.found(tmp_path_factory.mktemp("retention") / "ws", "zhongshan", books=True)
    known, other = town.person("1975-03-01"), town.person("1960-01-01")
    alone, kin = town.person("1958-02-02"), town.person("1957-03-03", "女")
    town.tell(known, registered("2024-05-06"))
    jobs = [row_of(known, "2024-01"), row_of(known, "2023-01", "丙店"), row_of(other, "2024-01")]
    beside(town.deliver("社保参保", CAME, "全量", jobs), 3)
    town.deliver("户籍", CAME, "增量", [book_of(known, "户甲"), book_of(kin, "户甲"), book_of(alone, "户乙")])
    pension = {"待遇类别": "职工养老", "待遇开始日期": "2020-01-01", "发放状态": "正常"}
    beside(
        town.deliver(
            "养老待遇", CAME, "增量", [{"姓名": w.name, "证件号码": w.number} | pension for w in (alone, kin)]
        ),
        2,
    )
    town.night(CAME)
    town.deliver("社保参保", ENDED, "全量", [row_of(known, "2024-01")])
    town.night(ENDED)
    with (town.workspace.root / FILE).open("a", encoding="utf-8") as settings:
        settings.write(TERMS)
    return town


@pytest.fixture(scope="module")
def third(first: Town, tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, Night, list[Gone]]:
    """A night after all terms, and what the dry run had said before it. With a backup of before beside it."""
    town = first.copy(tmp_path_factory.mktemp("destroyed"))
    shutil.copytree(town.workspace.root, town.workspace.root.parent / "backup")
    said = dry_run(town.workspace, date.fromisoformat(LATER))
    return town, town.run(LATER), said


def copied(town: Town, folder: Path) -> Town:
    """The same in a folder of its own; from now on nobody is judged, and no workbook written."""
    return UnjudgedTown(**vars(town.copy(folder)))


def cast(town: Town, place: int, birth: str) -> Someone:
    """The person who was made in that place (from 0) of a town."""
    town.people = place
    return town.person(birth)


def rows_of(town: Town, kind: str) -> list[dict[str, Any]]:
    return [row for path in standing_files(town.workspace.runs, kind) for row in pq.read_table(path).to_pylist()]


def planned(town: Town, day: str, data_class: str) -> list[Gone]:
    return [g for g in dry_run(town.workspace, date.fromisoformat(day)) if g.data_class == data_class]


@pytest.mark.parametrize(
    ("day", "rows"), [("2024-06-20", 0), ("2024-06-21", 2), ("2024-06-30", 2), ("2024-07-01", 3), ("2024-07-30", 3), ("2024-07-31", 4)],
    ids=["before rows told once", "a stranger's pension and household line", "before a row that ended", "a stranger's job",
         "before a known person's", "the known person's old job"],
)  # fmt: skip
def test_rows_go_on_their_day(first: Town, day: str, rows: int) -> None:
    assert sum(g.rows for g in planned(first, day, "rows")) == rows


@pytest.mark.parametrize(
    ("day", "nights"), [("2024-07-30", 0), ("2024-07-31", 1), ("2024-08-09", 1), ("2024-08-10", 2)],
    ids=["none", "the first night's", "still", "the second's"],
)  # fmt: skip
def test_workbooks_go_on_their_day(first: Town, day: str, nights: int) -> None:
    assert len({g.path.split("/")[1] for g in planned(first, day, "workbook")}) == nights


@pytest.mark.parametrize(("day", "files"), [("2024-09-18", 0), ("2024-09-19", 2)], ids=["the day before", "the day"])
def test_files_that_their_source_has_said_anew_go(first: Town, day: str, files: int) -> None:
    """The first insurance file, with the manifest beside it: a newer full snapshot followed on the second night. The newest full ones, and
    deltas whose rows stand, stay, and so do their manifests."""
    manifests = [read_manifest(first.workspace.runs, n) for n in (1, 2)]
    names = {i["sha256"]: i["file_name"] for m in manifests for i in (*m["inputs"], *m["sidecars"])}
    assert {"养老待遇_20240601_增量.csv.manifest.json"} < set(names.values()) and len(names) == 7
    gone = ["社保参保_20240601_全量.csv", "社保参保_20240601_全量.csv.manifest.json"]
    assert sorted(names[g.sha256] for g in planned(first, day, "archive")) == gone[:files]


def test_a_kind_may_have_terms_of_its_own(first: Town, tmp_path: Path) -> None:
    town = copied(first, tmp_path)
    with (town.workspace.root / FILE).open("a", encoding="utf-8") as settings:
        settings.write("[retention.pension]\nstranger_days = 4000\n")
    assert sorted((g.kind, g.rows) for g in planned(town, "2024-07-31", "rows")) == [
        ("household_register", 1), ("insurance_active", 2),
    ]  # fmt: skip


def test_a_night_takes_away_what_the_dry_run_said(third: tuple[Town, Night, list[Gone]], first: Town) -> None:
    town, night, said = third
    assert [g["path"] for g in night.manifest["destroyed"]] == [g.path for g in said]
    assert {g.data_class for g in said} == {"archive", "workbook", "rows"}
    assert not any((town.workspace.root / g.path).exists() for g in said)
    assert not night.entries()
    rows = rows_of(town, "insurance_active")
    assert sorted((r["rule"], *(r[f] is None for f in ("name", "id_number", "id_key", "business_key", "employer_name"))) for r in rows) == [
        ("destroyed", True, True, True, True, True), ("destroyed", True, True, True, True, True),
        ("id_and_name", False, False, False, False, False),
    ]  # fmt: skip
    assert [r["record_id"] for r in rows] == [r["record_id"] for r in rows_of(first, "insurance_active")]


def test_the_household_of_somebody_known_stays(third: tuple[Town, Night, list[Gone]]) -> None:
    town, _, _ = third
    assert [r["rule"] == "destroyed" for r in rows_of(town, "household_register")] == [False, False, True]
    assert [r["rule"] == "destroyed" for r in rows_of(town, "pension")] == [True, False]


def test_the_chain_holds_and_the_store_comes_out_the_same(third: tuple[Town, Night, list[Gone]]) -> None:
    town, _night, _ = third
    assert verify(town.workspace.runs, town.workspace.archive) == []
    alone = [sys.executable, "-I", standalone_verifier.__file__, str(town.workspace.root)]
    assert subprocess.run(alone, capture_output=True, check=False).returncode == 0
    tables = ("ledger_state", "person", "standing_insurance_active", "standing_pension", "standing_household_register")
    before = {t: town.ask(f"from {t} order by all") for t in tables}
    rebuild_store(town.workspace)
    assert {t: town.ask(f"from {t} order by all") for t in tables} == before
    assert len(before["standing_pension"]) == 1


def test_explain_names_the_receipt(third: tuple[Town, Night, list[Gone]]) -> None:
    town, _, _ = third
    root = town.workspace.root
    told = zhaoren_here("explain", root, "--row", "社保参保_20240601_全量.csv:2").stdout
    assert "该行的内容已按保存期限销毁（凭证在第 3 次运行的清单）" in told
    assert "（已按保存期限销毁，凭证在第 3 次运行的清单）" in told
    assert "已按保存期限销毁" not in zhaoren_here("explain", root, "--row", "失业登记_20240601_全量.csv:1").stdout
    assert zhaoren_here("asof", root, ENDED).returncode == 0
    assert zhaoren_here("review", root, "export", "--out", root.parent / "待核查.xlsx").returncode == 0
    assert zhaoren_here("explain", root, "--person", "P000000001").returncode == 0


def test_what_is_told_again_after_it_went_comes_again(third: tuple[Town, Night, list[Gone]], tmp_path: Path) -> None:
    """The stranger registers; the office's next full snapshot says the job again, and now it is about somebody known."""
    town = copied(third[0], tmp_path)
    known, other = cast(town, 0, "1975-03-01"), cast(town, 1, "1960-01-01")
    town.deliver("失业登记", NEXT, "增量", [registered("2024-09-01").about(other)])
    town.deliver("社保参保", NEXT, "全量", [row_of(known, "2024-01"), row_of(other, "2024-01")])
    assert town.run(NEXT).manifest["destroyed"] == []
    standing = town.ask("select p.id_number from standing_insurance_active inner join person as p using (person_id)")
    assert {r["id_number"] for r in standing} == {known.number, other.number}
    assert verify(town.workspace.runs, town.workspace.archive) == []


def test_who_becomes_known_tonight_keeps_what_was_due_tonight(first: Town, tmp_path: Path) -> None:
    town = copied(first, tmp_path)
    alone = cast(town, 2, "1958-02-02")
    town.deliver("失业登记", "2024-06-21", "增量", [registered("2024-06-20").about(alone)])
    night = town.run("2024-06-21")
    assert night.manifest["destroyed"] == []
    assert [r["rule"] for r in rows_of(town, "pension")].count("destroyed") == 0


def test_a_delta_is_taken_back_though_an_older_one_is_destroyed(
    third: tuple[Town, Night, list[Gone]], tmp_path: Path
) -> None:
    """The first delta of pensions brought rows of which one stands; its file is taken away by hand here, as by a receipt."""
    town = copied(third[0], tmp_path)
    pensions = [r for r in rows_of(town, "pension") if r["rule"] != "destroyed"]
    sha = pensions[0]["delivery_id"]
    (town.workspace.archive / sha).unlink()
    newcomer = cast(town, 4, "1961-05-05")
    pension = {"待遇类别": "职工养老", "待遇开始日期": "2021-01-01", "发放状态": "正常"}
    wrong = town.deliver("养老待遇", NEXT, "增量", [{"姓名": newcomer.name, "证件号码": newcomer.number} | pension])
    taken_back = file_hash(wrong)
    town.run(NEXT)
    (town.workspace.inbox / "撤回.manifest.json").write_text(json.dumps({"withdraws": taken_back}), encoding="utf-8")
    night = town.run("2024-10-06")
    assert [(d["status"], d["withdraws"]) for d in night.rows("delivery")] == [("accepted", taken_back)]
    assert [r["record_id"] for r in town.ask("from standing_pension")] == [pensions[0]["record_id"]]


def test_what_no_receipt_names_must_be_there(third: tuple[Town, Night, list[Gone]], tmp_path: Path) -> None:
    town = copied(third[0], tmp_path)
    (town.workspace.runs / "000003" / "workbooks" / "运行报告.xlsx").unlink()
    assert [f.run_no for f in verify(town.workspace.runs, town.workspace.archive)] == [3]


def test_what_is_left_of_a_table_must_be_there(third: tuple[Town, Night, list[Gone]], tmp_path: Path) -> None:
    town = copied(third[0], tmp_path)
    (last,) = [g["kept_in"] for g in third[1].manifest["destroyed"] if g["kind"] == "pension"]
    (town.workspace.root / last).unlink()
    assert [f.run_no for f in verify(town.workspace.runs, town.workspace.archive)] == [3]


ENTRIES = "runs/000001/tables/ledger_entry.parquet"


@pytest.mark.parametrize("forged", ["ledger", "another hash", "no rest", "a later run", "out of the workspace"])
def test_a_forged_receipt_is_found_and_takes_nothing_away(
    third: tuple[Town, Night, list[Gone]], tmp_path: Path, forged: str
) -> None:
    """Whoever can write here, and makes every hash anew, still names what may not go."""
    town = copied(third[0], tmp_path)
    runs = town.workspace.runs
    book = {
        "path": "runs/000003/workbooks/运行报告.xlsx",
        "sha256": read_manifest(runs, 3)["workbooks"]["运行报告.xlsx"],
    }
    registration = read_manifest(runs, 1)["tables"]["standing/unemployment_registration"]["sha256"]
    item = {
        "ledger": {"path": ENTRIES, "sha256": file_hash(town.workspace.root / ENTRIES)},
        "another hash": {"path": "runs/000001/tables/standing/unemployment_registration.parquet", "sha256": "0" * 64},
        "no rest": {
            "path": "runs/000001/tables/standing/unemployment_registration.parquet",
            "sha256": registration,
        },
        "a later run": book,
        "out of the workspace": {
            "path": "runs/../../backup/zhaoren.toml",
            "sha256": file_hash(town.workspace.root / FILE),
        },
    }[forged]
    rewrite(runs, 3, {"data_class": "rows", "kind": None, "rows": 1, "kept_in": None} | item)
    assert [f.run_no for f in verify(runs, town.workspace.archive)] == [3]
    if forged != "no rest":
        assert destroy(town.workspace.root) == 0
    assert verify(third[0].workspace.runs, third[0].workspace.archive, file_hash(runs / "000003" / "manifest.json"))


def rewrite(runs: Path, number: int, item: dict[str, Any]) -> None:
    path = runs / f"{number:06d}" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["destroyed"].append(item)
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    path.with_name("manifest.sha256").write_text(f"{file_hash(path)}  manifest.json\n", encoding="utf-8")


def test_killed_between_seal_and_destruction_the_next_night_finishes(
    first: Town, third: tuple[Town, Night, list[Gone]], tmp_path: Path
) -> None:
    town = copied(third[0], tmp_path)
    for item in third[2]:
        shutil.copy2(first.workspace.root / item.path, town.workspace.root / item.path)
    chain = examine(town.workspace.runs, town.workspace.archive, Outside())
    assert chain.faults == [] and f"有 {len(third[2])} 个文件" in chain.notes[0].message
    later = town.run(NEXT)
    assert later.manifest["destroyed"] == []
    assert not any((town.workspace.root / i.path).exists() for i in third[2])


def test_a_file_that_comes_again_stays(first: Town, third: tuple[Town, Night, list[Gone]], tmp_path: Path) -> None:
    """Its receipt is older than its coming: the next night must not take it away."""
    town = copied(third[0], tmp_path)
    came = {i["sha256"] for i in read_manifest(first.workspace.runs, 1)["inputs"]}
    (old,) = [g for g in third[2] if g.sha256 in came]
    shutil.copy2(first.workspace.root / old.path, town.workspace.inbox / "社保参保_20240601_全量.csv")
    assert [d["status"] for d in town.run(NEXT).rows("delivery")] == ["duplicate"]
    assert (town.workspace.root / old.path).is_file()
    town.run("2024-10-06")
    assert (town.workspace.root / old.path).is_file()
    assert verify(town.workspace.runs, town.workspace.archive) == []


def test_a_backup_loses_the_same_once_it_holds_the_receipts(
    third: tuple[Town, Night, list[Gone]], tmp_path: Path
) -> None:
    town, _, said = third
    behind = tmp_path / "behind"
    shutil.copytree(town.workspace.root.parent / "backup", behind)
    assert prune_backup(town.workspace, behind) == 0  # what is left of the rows is not in it yet
    settings = f'\n[retention]\nworkbook_days = 60\nbackups = ["{behind}"]\n'
    told = plan_text([], town.workspace, _with(town, settings, tmp_path))
    assert "还缺最近 1 次运行" in told and "应销毁而还在的 0 个文件" in told
    shutil.copytree(town.workspace.runs / "000003", behind / "runs" / "000003")
    assert f"应销毁而还在的 {len(said)} 个文件" in plan_text([], town.workspace, _with(town, settings, tmp_path))
    assert prune_backup(town.workspace, behind) == len(said)
    assert prune_backup(town.workspace, behind) == 0
    assert verify(behind / "runs", town.workspace.archive) == []


@pytest.mark.parametrize("trouble", ["read-only", "a manifest cut short", "away"])
def test_a_backup_that_cannot_be_seen_to_is_named_and_the_night_goes_through(
    third: tuple[Town, Night, list[Gone]], tmp_path: Path, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A share that is mounted read-only, a copy that was broken off, a disk in a drawer: what was published stays done."""
    town = copied(third[0], tmp_path)
    backup = tmp_path / "backup"
    if trouble != "away":
        shutil.copytree(town.workspace.root.parent / "ws", backup)
        for item in third[2]:
            shutil.copyfile(third[0].workspace.root.parent / "backup" / item.path, backup / item.path)
    if trouble == "a manifest cut short":
        (backup / "runs" / "000001" / "manifest.json").write_text('{"run_no"', encoding="utf-8")
    if trouble == "read-only":
        unlink = Path.unlink

        def refused(path: Path, missing_ok: bool = False) -> None:
            if path.is_relative_to(backup):
                raise OSError(errno.EROFS, "read-only", str(path))
            unlink(path, missing_ok=missing_ok)

        monkeypatch.setattr(Path, "unlink", refused)
    with (town.workspace.root / FILE).open("a", encoding="utf-8") as settings:
        settings.write(f'\n[retention.pension]\nstranger_days = 4000\n\n[heads]\ncopies = ["{tmp_path}/heads.jsonl"]\n')
    text = (town.workspace.root / FILE).read_text(encoding="utf-8")
    (town.workspace.root / FILE).write_text(
        text.replace("stranger_days = 20\n", f'stranger_days = 20\nbackups = ["{backup}"]\n'), encoding="utf-8"
    )
    newcomer = cast(town, 4, "1961-05-05")
    town.deliver("失业登记", NEXT, "增量", [registered("2024-09-01").about(newcomer)])
    assert town.run(NEXT).outcome.exit_code == 0
    assert not list(town.workspace.inbox.iterdir())
    assert len((tmp_path / "heads.jsonl").read_text().splitlines()) == 4
    said = [
        what
        for where, what in backup_warnings(town.workspace, read_settings(town.workspace.root))
        if where == str(backup)
    ]
    wanted = {"read-only": f"有 {len(third[2])} 个", "a manifest cut short": "第 1 次", "away": "读不到"}
    assert len(said) == 1 and wanted[trouble] in said[0]
    told = zhaoren_here("retention", town.workspace.root)
    assert told.returncode == 0 and str(backup) in told.stdout


def _with(town: Town, lines: str, folder: Path) -> Settings:
    """The settings of the town with another [retention]."""
    other = folder / "settings"
    other.mkdir(exist_ok=True)
    text = (town.workspace.root / FILE).read_text(encoding="utf-8").partition(TERMS)[0]
    (other / FILE).write_text(text + lines, encoding="utf-8")
    return read_settings(other)


def test_another_workspace_is_no_backup(third: tuple[Town, Night, list[Gone]], tmp_path: Path) -> None:
    town = third[0]
    shutil.copytree(town.workspace.root, tmp_path / "other")
    rewrite(tmp_path / "other" / "runs", 3, {})
    for strange in (tmp_path / "other", tmp_path / "nothing", town.workspace.root):
        with pytest.raises(UsageError):
            prune_backup(town.workspace, strange)


def test_a_business_date_ahead_of_the_clock_destroys_nothing_early(first: Town, tmp_path: Path) -> None:
    town = copied(first, tmp_path)
    text = (town.workspace.root / FILE).read_text(encoding="utf-8")
    for line in TERMS.splitlines()[2:6]:
        text = text.replace(line, line.split("=")[0] + "= 30000")
    (town.workspace.root / FILE).write_text(text, encoding="utf-8")
    assert planned(town, "2150-01-01", "workbook")
    assert town.run("2150-01-01").manifest["destroyed"] == []


def test_the_command_says_what_would_go_and_changes_nothing(first: Town) -> None:
    before = sorted(
        (p, p.stat().st_mtime_ns) for p in first.workspace.root.rglob("*") if p.is_file() and p.name != ".lock"
    )
    done = zhaoren_here("retention", first.workspace.root, "--as-of", LATER)
    assert done.returncode == 0 and "登记行：3 个文件中的 4 行" in done.stdout and "原始文件：2 个文件" in done.stdout
    assert before == sorted(
        (p, p.stat().st_mtime_ns) for p in first.workspace.root.rglob("*") if p.is_file() and p.name != ".lock"
    )


def test_what_has_no_term_is_said(first: Town, tmp_path: Path) -> None:
    assert "什么都不会销毁" in plan_text([], first.workspace, _with(first, "", tmp_path))
    told = plan_text([], first.workspace, _with(first, "\n[retention]\nstranger_days = 30\n", tmp_path))
    assert told.count("没有期限，一直保存") == 3 and "行中销毁的值在其中仍可读到" in told


def test_the_record_of_processing_holds_no_personal_value(
    third: tuple[Town, Night, list[Gone]], tmp_path: Path
) -> None:
    town, _, said = third
    assert zhaoren_here("retention", town.workspace.root, "--record", tmp_path / "处理记录.csv").returncode == 0
    text = (tmp_path / "处理记录.csv").read_text(encoding="utf-8-sig")
    lines = list(csv.DictReader(text.splitlines()))
    gone = {line["数据类别"]: (line["文件数"], line["行数"]) for line in lines if line["处理"] == "销毁"}
    assert gone["登记行：养老待遇"] == ("1", "1") and gone["原始文件"][0] == "2"
    assert sum(int(files) for files, _ in gone.values()) == len(said)
    assert not any(p["name"] in text or p["id_number"] in text for p in town.ask("from person"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"archive_day": 3}, {"archive_days": -1}, {"archive_days": "3"}, {"nobody": {"ended_days": 3}}, {"backups": "x"},
        {"pension": {"workbook_days": 3}}, {"decision": {"ended_days": 3}}, {"stranger_days": 31},
    ],
    ids=["misspelt", "negative", "text", "no kind", "one path", "books have no kind", "decisions stay", "before the next report"],
)  # fmt: skip
def test_terms_that_cannot_be_meant_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="retention"):
        read_retention(wrong, [Source(days=31)])


def test_terms_are_read(first: Town) -> None:
    assert read_settings(first.workspace.root).retention.terms == Terms(100, 60, 50, 20)
