"""The command line: its exit codes, its languages, the chain it explains, and what it never says."""

import csv
import errno
import os
import re
import shutil
from datetime import timedelta
from pathlib import Path
from subprocess import CompletedProcess

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from flows.console.accounts import add_account
from flows.console.state import State
from flows.days import today_in_shanghai
from flows.settings.read import read_settings
from flows.workspace import Workspace
from ledger.seal import head
from policies.pack import find_pack
from tests.rough_files import (
    SAMPLE,
    SampleTown,
    copy_of,
    entries,
    new_workspace,
    phone_of,
    someone,
    surroundings,
    table,
    without_books,
    zhaoren,
    zhaoren_here,
    zhaoren_in_turn,
)

COMMANDS = ("init", "run", "demo", "explain", "asof", "verify", "rebuild", "whatif", "status", "schedule", "prove")
NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
HAN = re.compile("[一-鿿]")


@pytest.fixture(scope="module")
def town(sample_town: SampleTown) -> Workspace:
    """Three sample nights. Not to be changed."""
    return sample_town(3)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_chinese_and_gives_an_example(name: str) -> None:
    done = zhaoren_here(name, "--help")
    assert done.returncode == 0
    assert HAN.search(done.stdout) and f"例：zhaoren {name}" in done.stdout


def test_help_of_the_whole_names_every_command_and_the_exit_codes() -> None:
    done = zhaoren_here("--help")
    assert all(name in done.stdout for name in COMMANDS)
    assert "退出码" in done.stdout


def test_a_command_answers_the_same_in_a_process_of_its_own(town: Workspace, tmp_path: Path) -> None:
    said = (("status", town.root), ("verify", town.root, "--head", "00"), ("asof", town.root, "昨天"))
    here = [zhaoren_here(*words) for words in said]
    apart = zhaoren(*said[0])
    assert (apart.returncode, apart.stdout, apart.stderr) == (here[0].returncode, here[0].stdout, here[0].stderr)
    in_turn = zhaoren_in_turn(*said, into=tmp_path, env=surroundings())
    assert in_turn == [(done.returncode, done.stdout + done.stderr) for done in here]


def run_without_books(root: Path, day: str, **env: str) -> CompletedProcess[str]:
    """A night of which only the exit code and what is said are asked."""
    with without_books():
        return zhaoren_here("run", root, "--as-of", day, **env)


# Exit codes.


def test_a_new_workspace_runs_an_empty_night_with_0(tmp_path: Path) -> None:
    made = zhaoren_here("init", tmp_path / "新 区", "--pack", "zhongshan,neimenggu")
    assert made.returncode == 0 and "已建好" in made.stdout
    assert (tmp_path / "新 区").stat().st_mode & 0o077 == 0
    done = zhaoren_here("run", tmp_path / "新 区", "--as-of", "2024-06-30")
    assert done.returncode == 0, done.stderr
    assert "没有变化" in done.stdout and done.stderr == ""


def test_a_day_that_is_yet_to_come_is_run_and_said(tmp_path: Path) -> None:
    assert zhaoren_here("init", tmp_path, "--pack", "zhongshan").returncode == 0
    today, tomorrow = (today_in_shanghai() + timedelta(days=n) for n in (0, 1))
    for day, is_said in ((today, False), (tomorrow, True)):
        done = run_without_books(tmp_path, day.isoformat())
        assert (done.returncode, "还没有到" in done.stderr) == (0, is_said), done.stderr
    back = run_without_books(tmp_path, today.isoformat())
    assert back.returncode == 2 and "请先核对时钟" in back.stderr and "A night under a wrong date" in back.stderr, (
        back.stderr
    )


def test_a_pack_named_twice_is_one(tmp_path: Path) -> None:
    assert zhaoren_here("init", tmp_path, "--pack", "xinyu,xinyu", "--pack", "xinyu").returncode == 0
    assert read_settings(tmp_path).packs == ("xinyu",)


def test_a_pack_of_ones_own_may_not_have_the_code_of_another(tmp_path: Path) -> None:
    own = shutil.copytree(find_pack("xinyu").parent, tmp_path / "packs" / "xinyu")
    done = zhaoren_here("init", tmp_path / "office", "--pack", f"xinyu,{own}")
    assert done.returncode == 2 and "xinyu 列了不止一次" in done.stderr
    assert not (tmp_path / "office").exists()


def test_the_doctor_finds_a_pack_that_is_listed_twice(tmp_path: Path) -> None:
    assert zhaoren_here("init", tmp_path, "--pack", "xinyu").returncode == 0
    settings = tmp_path / "zhaoren.toml"
    settings.write_text(settings.read_text().replace('["xinyu"]', '["xinyu", "xinyu"]', 1), encoding="utf-8")
    done = zhaoren_here("doctor", tmp_path)
    assert done.returncode == 1 and "xinyu 列了不止一次" in done.stdout


def test_a_file_is_written_into_a_folder_that_is_yet_to_be_made(town: Workspace, tmp_path: Path) -> None:
    done = zhaoren_here("asof", town.root, "2024-06-30", "--out", tmp_path / "给 审计" / "台账.csv")
    assert done.returncode == 0 and (tmp_path / "给 审计" / "台账.csv").exists(), done.stderr


def test_a_night_with_a_refused_file_ends_with_3_and_says_which_and_why(tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path)
    (workspace.inbox / "名单.csv").write_text("姓名,证件号码\n{},{}\n".format(*someone(1)), encoding="utf-8")
    done = run_without_books(workspace.root, "2024-07-02")
    assert done.returncode == 3
    assert "拒收：名单.csv" in done.stderr and "请按" in done.stderr
    assert someone(1)[0] not in done.stderr + done.stdout


WRONG_USE = {
    "an unknown command": ["rum"],
    "an unknown option": ["run", "{}", "--asof", "2024-06-30"],
    "a folder that is no workspace": ["run", "/"],
    "a day that does not exist": ["run", "{}", "--as-of", "2024-02-30"],
    "a day before the last run": ["run", "{}", "--as-of", "2024-01-01"],
    "an engine that does not exist": ["run", "{}", "--engine", "spark"],
    "a folder with something in it": ["init", "{}", "--pack", "zhongshan"],
    "no pack": ["init", "{}/x"],
    "a pack without a name": ["init", "{}/x", "--pack", ","],
    "a pack that does not exist": ["init", "{}/x", "--pack", "atlantis"],
    "a new workspace where a file stands": ["init", "{}/zhaoren.toml", "--pack", "zhongshan"],
    "a new workspace below a file": ["init", "{}/zhaoren.toml/x", "--pack", "zhongshan"],
    "a demo below a file": ["demo", "{}/zhaoren.toml/x"],
    "nothing to explain": ["explain", "{}"],
    "two things to explain": ["explain", "{}", "--person", "P000000001", "--entry", "1-1"],
    "an entry that does not exist": ["explain", "{}", "--entry", "9-9"],
    "a person that does not exist": ["explain", "{}", "--person", "P999999999"],
    "a row without a number": ["explain", "{}", "--row", "abc"],
    "a file that does not exist": ["explain", "{}", "--row", "没有.csv:1"],
    "a number that is none": ["explain", "{}", "--id", "123"],
    "a date that is none": ["asof", "{}", "昨天"],
    "a time that is none": ["asof", "{}", "2024-06-30", "--known-at", "昨天"],
    "a day without dashes": ["asof", "{}", "20240630"],
    "a known-at without dashes": ["asof", "{}", "2024-06-30", "--known-at", "20240630"],
    "a file kind that is none": ["asof", "{}", "2024-06-30", "--out", "x.docx"],
    "a ledger below a file": ["asof", "{}", "2024-06-30", "--out", "{}/zhaoren.toml/x.csv"],
    "open questions below a file": ["review", "{}", "export", "--out", "{}/zhaoren.toml/x.xlsx"],
    "differences below a file": ["whatif", "{}", "--out", "{}/zhaoren.toml/x.csv"],
    "a proof below a file": ["prove", "{}", "--run", "1", "--out", "{}/zhaoren.toml/x.json"],
    "a proof into a folder's place": ["prove", "{}", "--run", "1", "--out", "{}/inbox"],
    "a verifier into a folder's place": ["prove", "{}", "--run", "1", "--out", "{}/x.json", "--verifier", "{}/inbox"],
    "a record without a name": ["retention", "{}", "--record", ""],
    "packages below a file": ["send", "{}", "--to", "x", "--out", "{}/zhaoren.toml"],
    "a copy in a file's place": ["receive", "{}/zhaoren.toml", "{}/zhaoren.toml"],
}


@pytest.mark.parametrize("label", WRONG_USE)
def test_wrong_use_ends_with_2_and_no_traceback(label: str, town: Workspace) -> None:
    done = zhaoren_here(*[w.format(town.root) for w in WRONG_USE[label]])
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr and "程序故障" not in done.stderr


@pytest.mark.parametrize(
    "words", [("rum",), ("run",), ("init", "/tmp/x")], ids=["unknown command", "no folder", "no pack"]
)
def test_wrong_use_is_told_in_chinese(words: tuple[str, ...]) -> None:
    assert HAN.search(zhaoren_here(*words).stderr)


@pytest.mark.parametrize(
    "name", [".lock", "store.duckdb", "access.jsonl", "model.json", "held", "held/held.json", ".work", "console"]
)
def test_what_stands_in_the_place_of_another_is_named(name: str, tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path)
    is_folder = Path(name).suffix in (".duckdb", ".jsonl", ".json") or name == ".lock"
    (workspace.root / name).mkdir(parents=True) if is_folder else (workspace.root / name).touch()
    for words in (
        ("run", workspace.root, "--as-of", "2024-07-02"),
        ("status", workspace.root),
        ("doctor", workspace.root),
    ):
        done = zhaoren_here(*words)
        assert done.returncode == 2, (done.stdout, done.stderr)
        assert str(workspace.root / name) in done.stderr and "移到别处" in done.stderr


def test_too_little_memory_is_told_before_a_library_ends_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.cli.resource.getrlimit", lambda _: (1 << 30, 1 << 30))
    done = zhaoren_here("--help")
    assert done.returncode == 0 and "ulimit -v）只有 1024 MB" in done.stderr
    monkeypatch.undo()
    assert zhaoren_here("--help").stderr == ""


def test_a_copy_on_a_disk_that_takes_nothing_can_be_looked_at(
    town: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its store speaks of another place and cannot be made anew there. Whoever asks for people's data must be on record."""
    copy = copy_of(town.root, tmp_path)
    kept = os.open

    def read_only(path: str | Path, flags: int, *more: int) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR) and Path(path).is_relative_to(copy.root):
            raise OSError(errno.EROFS, "Read-only file system", str(path))
        return kept(path, flags, *more)

    monkeypatch.setattr(os, "open", read_only)
    for room in ("looking.look", "doctor.examine", "console.state"):
        monkeypatch.setattr(f"flows.{room}.is_read_only", lambda _: True)
    said = zhaoren_here("status", copy.root)
    assert said.returncode == 0 and said.stdout == zhaoren_here("status", town.root).stdout
    assert "所在的盘只读" in zhaoren_here("doctor", copy.root).stdout
    refused = zhaoren_here("explain", copy.root, "--entry", "1-1")
    assert (refused.returncode, refused.stdout) == (2, "") and "先把工作区复制到可写的盘" in refused.stderr
    assert "还没有账号" in zhaoren_here("accounts", "list", copy.root).stdout
    with monkeypatch.context() as writable:
        writable.setattr(os, "open", kept)
        writable.setattr("flows.console.state.is_read_only", lambda _: False)
        add_account(State(copy.console), "张三", "officer", "山高水长一路向北江湖夜雨")
    assert "张三  officer" in zhaoren_here("accounts", "list", copy.root).stdout
    assert zhaoren_here("accounts", "remove", copy.root, "张三").returncode == 2


BROKEN_SETTINGS = {
    "no TOML": "packs = [",
    "no pack": "packs = []",
    "an unknown part": 'packs = ["zhongshan"]\n[bnads]\nshrink_rows = 3\n',
    "a broken pattern": 'packs = ["zhongshan"]\n[files]\npatterns = ["("]\n',
    "an alias of no kind": 'packs = ["zhongshan"]\n[aliases.deaths]\nname = ["姓名"]\n',
    "a part that is a number": 'packs = ["zhongshan"]\nfiles = 3\n',
    "an unknown pack": 'packs = ["atlantis"]\n',
    "a pack twice": 'packs = ["zhongshan", "zhongshan"]\n',
    "whole numbers by a word in quotes": 'packs = ["zhongshan"]\n[workbooks]\nfull_id_number = "false"\n',
    "sheets of no row": 'packs = ["zhongshan"]\n[workbooks]\nrows_per_sheet = 0\n',
    "areas that are one text": 'packs = ["zhongshan"]\n[files]\nareas = "甲镇"\n',
    "a share above one": 'packs = ["zhongshan"]\n[bands]\nshrink_share = 5\n',
    "a growth that holds every file": 'packs = ["zhongshan"]\n[sources.death]\ngrow_times = 0\n',
    "a part that is a list": 'packs = ["zhongshan"]\n[[files]]\npatterns = []\n',
}


@pytest.mark.parametrize("label", BROKEN_SETTINGS)
def test_broken_settings_end_with_2_and_name_the_file(label: str, tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path)
    (workspace.root / "zhaoren.toml").write_text(BROKEN_SETTINGS[label], encoding="utf-8")
    done = zhaoren_here("run", workspace.root, "--as-of", "2024-07-02")
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert HAN.search(done.stderr) and "Traceback" not in done.stderr


def test_verify_ends_with_0_and_the_head_or_with_1_and_the_run(town: Workspace, tmp_path: Path) -> None:
    done = zhaoren_here("verify", town.root, "--head", head(town.runs))
    assert done.returncode == 0 and head(town.runs) in done.stdout
    workspace = copy_of(town.root, tmp_path)
    (workspace.runs / "000002" / "tables" / "person.parquet").unlink()
    done = zhaoren_here("verify", workspace.root)
    assert done.returncode == 1 and "第 2 次运行" in done.stderr and "person" in done.stderr
    assert zhaoren_here("verify", town.root, "--head", "00").returncode == 1


def test_verify_names_the_file_even_where_it_is_the_one_with_the_totals(town: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(town.root, tmp_path)
    (workspace.runs / "000002" / "tables" / "delivery.parquet").unlink()
    assert "delivery" in zhaoren_here("verify", workspace.root).stderr


# Explaining, down to the file, the row and the clause.


def test_an_entry_is_explained_down_to_file_row_and_clause(town: Workspace) -> None:
    first = next(e for e in entries(town) if e["op"] == "ADD" and e["evidence"])
    done = zhaoren_here("explain", town.root, "--entry", first["entry_id"])
    assert done.returncode == 0, done.stderr
    files = {r["file_name"] for r in table(town, "delivery")}
    assert any(name in done.stdout for name in files)
    assert re.search(r"第 \d+ 条数据", done.stdout) and f"条款 {first['clause']}" in done.stdout
    assert re.search("archive/[0-9a-f]{64}", done.stdout) and first["evidence"][0] in done.stdout


def test_every_kind_of_entry_can_be_explained(town: Workspace) -> None:
    from flows.looking.explain import explain_entry
    from flows.looking.look import moment, opened_store

    kinds = {(e["pack"], e["op"], e["clause"], bool(e["supersedes"])): e["entry_id"] for e in entries(town)}
    with opened_store(town) as con:
        for kind, entry in kinds.items():
            told = explain_entry(con, town, entry, None, moment(None))
            assert entry in told and kind[2] in told, kind
            assert not NUMBER.search(told) and not PHONE.search(told), kind


def test_a_person_a_row_and_a_number_lead_to_the_same_entries(town: Workspace) -> None:
    from flows.looking.look import opened_store

    first = next(e for e in entries(town) if e["op"] == "ADD" and e["evidence"])
    with opened_store(town) as con:
        number = con.execute("select id_number from person where person_id = ?", [first["person_id"]]).fetchall()[0][0]
    by_person = zhaoren_here("explain", town.root, "--person", first["person_id"])
    assert first["entry_id"] in by_person.stdout
    by_number = zhaoren_here("explain", town.root, "--id", number)
    assert by_number.stdout == by_person.stdout and number not in by_number.stdout
    place = re.search(
        r"来源：(\S+?)(?: 工作表「.*?」)? 第 (\d+) 条数据",
        zhaoren_here("explain", town.root, "--entry", first["entry_id"]).stdout,
    )
    assert place
    by_row = zhaoren_here("explain", town.root, "--row", f"{place[1]}:{place[2]}")
    assert by_row.returncode == 0 and first["entry_id"] in by_row.stdout and first["person_id"] in by_row.stdout


def test_a_quarantined_row_is_explained_by_column_and_check(town: Workspace) -> None:
    row = table(town, "quarantine")[0]
    done = zhaoren_here("explain", town.root, "--row", f"{row['delivery_id'][:12]}:{row['row_no']}")
    beyond = zhaoren_here("explain", town.root, "--row", f"{row['delivery_id'][:12]}:99999")
    assert (beyond.returncode, beyond.stdout) == (2, "") and "没有第 99999 条数据" in beyond.stderr
    assert done.returncode == 0 and row["check"] in done.stdout and row["message"] in done.stdout


def test_the_ledger_of_a_day_is_given_as_text_csv_and_parquet(town: Workspace, tmp_path: Path) -> None:
    told = zhaoren_here("asof", town.root, "2024-07-01").stdout.strip().splitlines()
    done = zhaoren_here("asof", town.root, "2024-07-01", "--out", tmp_path / "台账.csv")
    assert done.returncode == 0
    with (tmp_path / "台账.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == len(told) - 1 > 50
    assert not NUMBER.search("\n".join(told))


def test_the_ledger_of_a_day_is_masked_in_every_form(town: Workspace, tmp_path: Path) -> None:
    assert zhaoren_here("asof", town.root, "2024-07-01", "--out", tmp_path / "a.parquet").returncode == 0
    numbers = [row["id_number"] for row in pq.read_table(tmp_path / "a.parquet").to_pylist()]
    assert any("*" in n for n in numbers) and not NUMBER.search(" ".join(numbers))


def test_the_workbook_of_a_day_says_in_words_what_the_csv_says_in_codes(town: Workspace, tmp_path: Path) -> None:
    for name in ("台账.csv", "台账.xlsx"):
        assert zhaoren_here("asof", town.root, "2024-07-01", "--out", tmp_path / name).returncode == 0
    with (tmp_path / "台账.csv").open(encoding="utf-8-sig", newline="") as stream:
        codes = list(csv.DictReader(stream))
    headers, *rows = load_workbook(tmp_path / "台账.xlsx")["台账"].iter_rows(values_only=True)
    words = [dict(zip(headers, row, strict=True)) for row in rows]
    assert [w["人员编号"] for w in words] == [c["人员编号"] for c in codes]
    for column in ("台账", "状态"):
        said = {(c[column], w[column]) for c, w in zip(codes, words, strict=True)}
        assert len(said) == len({code for code, _ in said}) > 1 and all(code != word for code, word in said)
    assert "registration" in {part for c in codes for part in c["依据"].split("、")}
    assert not any("registration" in (w["依据"] or "") for w in words)


# What is never said.


def _cells() -> tuple[set[str], set[str]]:
    """Every whole number and phone of the sample's text files."""
    text = ""
    for path in SAMPLE.rglob("*"):
        if path.suffix in (".csv", ".txt", ".tsv"):
            data = path.read_bytes()
            text += (
                data.decode("utf-8", errors="ignore")
                + data.decode("gb18030", errors="ignore")
                + data.decode("utf-16-le", errors="ignore")
            )
    return set(NUMBER.findall(text)), set(PHONE.findall(text))


def test_no_number_and_no_phone_is_said_by_any_command(town: Workspace, tmp_path: Path) -> None:
    root = tmp_path / "again"
    told = zhaoren_here("init", root, "--pack", "zhongshan,neimenggu").stdout
    for file in (SAMPLE / "night-1").iterdir():
        shutil.copyfile(file, root / "inbox" / file.name)
    (root / "inbox" / "死亡.csv").write_bytes((SAMPLE / "night-1" / "死亡_20240629_全量.csv").read_bytes() + b"\r\n")
    ran = run_without_books(root, "2024-06-29")
    assert ran.returncode == 3, ran.stderr
    told += ran.stdout + ran.stderr
    for words in (("status", town.root), ("verify", town.root), ("asof", town.root, "2024-07-01"),
                  ("explain", town.root, "--person", "P000000001"), ("explain", town.root, "--entry", "1-1")):  # fmt: skip
        done = zhaoren_here(*words)
        assert done.returncode == 0, done.stderr
        told += done.stdout + done.stderr
    numbers, phones = _cells()
    assert len(numbers) > 100 and len(phones) > 50
    assert set(NUMBER.findall(told)) == set() and set(PHONE.findall(told)) == set()
    assert not any(n in told for n in numbers | phones)


def test_no_number_phone_or_name_stands_in_a_manifest_or_a_file_name(town: Workspace) -> None:
    people = [r["name"] for r in table(town, "person", 1) if len(r["name"] or "") > 2]
    for number in (1, 2, 3):
        folder = town.runs / f"{number:06d}"
        text = (folder / "manifest.json").read_text(encoding="utf-8") + " ".join(p.name for p in folder.rglob("*"))
        text = re.sub("[0-9a-f]{64}", "", text)
        assert not NUMBER.search(text) and not PHONE.search(text)
        assert not [n for n in people if n in text]


def test_a_number_given_where_a_person_is_asked_is_not_repeated(town: Workspace) -> None:
    done = zhaoren_here("explain", town.root, "--person", someone(1)[1])
    assert done.returncode == 2 and someone(1)[1] not in done.stderr
    assert phone_of(1) not in done.stderr


# English.


@pytest.mark.parametrize(
    "words",
    [
        ("status", "{}"), ("verify", "{}"), ("rebuild", "{}"), ("run", "{}", "--as-of", "2024-07-02"), ("asof", "{}", "2024-07-01"),
        ("run", "/"), ("run", "{}", "--as-of", "x"), ("explain", "{}", "--id", "1"), ("explain", "{}", "--entry", "9-9"),
    ],
    ids=lambda words: " ".join(w for w in words if w not in ("{}", "/")),
)  # fmt: skip
def test_messages_are_english_where_the_reader_asks_for_it(
    words: tuple[str, ...], town: Workspace, tmp_path: Path
) -> None:
    workspace = copy_of(town.root, tmp_path)
    done = zhaoren_here(*[w.format(workspace.root) for w in words], ZHAOREN_LANG="en")
    assert done.stdout + done.stderr
    assert not HAN.search(done.stdout + done.stderr)


def test_a_fault_is_english_where_the_reader_asks_for_it(town: Workspace) -> None:
    done = zhaoren_here("verify", town.root, "--head", "00", ZHAOREN_LANG="en")
    assert done.returncode == 1 and not HAN.search(done.stderr)


@pytest.mark.parametrize(
    "words",
    [
        ("asof", "{}", "NUMBER"), ("asof", "{}", "2024-06-30", "--pack", "NUMBER"), ("explain", "{}", "--entry", "NUMBER"),
        ("run", "NUMBER"), ("send", "{}", "--to", "NUMBER", "--out", "/tmp"), ("review", "{}", "import", "NUMBER.xlsx"),
        ("verify", "{}", "--public-key", "/NUMBER/x"), ("whatif", "{}", "--pack", "NUMBER"), ("keys", "open", "{}", "--run", "NUMBER"),
    ],
    ids=lambda words: " ".join(w for w in words if w not in ("{}", "NUMBER", "/tmp")),
)  # fmt: skip
def test_an_argument_that_holds_a_number_is_told_with_the_number_masked(
    town: Workspace, words: tuple[str, ...]
) -> None:
    number = someone(3)[1]
    done = zhaoren_here(*(w.replace("{}", str(town.root)).replace("NUMBER", number) for w in words))
    assert done.returncode == 2 and done.stderr and number not in done.stdout + done.stderr


def test_a_number_in_a_files_name_is_not_shown(tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path)
    (workspace.inbox / "低保_150102198507043219_13900000000.csv").write_text("姓名\n", encoding="utf-8")
    for words in (("doctor", workspace.root), ("run", workspace.root, "--as-of", "2024-07-02")):
        done = zhaoren_here(*words)
        said = done.stdout + done.stderr
        assert "150102********3219" in said and "198507043219" not in said and "13900000000" not in said
