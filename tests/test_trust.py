"""Keys, heads kept elsewhere, receipts, proofs and the record of looks, as an office and its auditor use them. What
docs/trust.md shows is run here, line by line."""

import json
import os
import random
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from flows.workspace import Workspace
from ledger.heads import extend_head_log, head_lines
from ledger.seal import file_hash, head, read_manifest, sealed_runs
from ledger.signing import make_key, read_key, write_key
from ledger.standalone_verifier import MANIFEST, SALT, check_paper, outside_of
from tests.attacks import damaged
from tests.rough_files import (
    ROOT,
    copy_of,
    drop,
    entries,
    new_workspace,
    someone,
    stop_file,
    without_books,
    zhaoren_here,
)
from tests.sealed_chains import OWNER, THIEF, Memory, seal_run, sealed_chain

VERIFIER = ROOT / "ledger" / "standalone_verifier.py"
TRUST = ROOT / "docs" / "trust.md"
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
RECEIPT = re.compile(r"回执 ((?:[0-9A-Z]{5}-){3}[0-9A-Z]{5})")


def alone(*words: str | Path, cwd: Path | None = None, program: Path = VERIFIER) -> subprocess.CompletedProcess[str]:
    """The stand-alone verifier with the standard library and nothing else."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ZHAOREN_", "PYTHON"))}
    return subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", str(program), *map(str, words)],
        capture_output=True, text=True, encoding="utf-8", cwd=cwd, env=kept, timeout=120,
    )  # fmt: skip


def run(office: Workspace, **env: str) -> subprocess.CompletedProcess[str]:
    """The next night of the page's office; nobody opens its workbooks."""
    with without_books():
        return zhaoren_here("run", office.root, "--as-of", "2024-07-04", **env)


def set_keys(workspace: Path, key: Path | str, *copies: Path) -> None:
    settings = workspace / "zhaoren.toml"
    kept = settings.read_text(encoding="utf-8").partition("\n[signing]")[0]
    listed = ", ".join(f'"{c}"' for c in copies)
    settings.write_text(f'{kept}\n[signing]\nkey = "{key}"\n[heads]\ncopies = [{listed}]\n', encoding="utf-8")


# The rehearsal: docs/trust.md, line by line.


@dataclass(frozen=True)
class Rehearsal:
    desk: Path
    told: dict[str, str]

    @property
    def office(self) -> Workspace:
        return Workspace(self.desk / "office")


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    """An office whose first night was unsigned; then every command of the page, the settings set where the page says so."""
    desk = tmp_path_factory.mktemp("desk")
    (desk / "key").mkdir()
    office = new_workspace(desk)
    office.root.rename(desk / "office")
    office = Workspace(desk / "office")
    drop(office, "社保停保_20240629_全量.csv", stop_file(1, 2, 3))
    told: dict[str, str] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(desk)
        assert zhaoren_here("run", "office", "--as-of", "2024-06-30").returncode == 0
        told["explain"] = zhaoren_here(
            "explain", "office", "--entry", "1-1", "--purpose", "接访 442000197503150013"
        ).stdout
        for line in "".join(BLOCK.findall(TRUST.read_text(encoding="utf-8"))).splitlines():
            words = shlex.split(line)
            done = (
                zhaoren_here(*words[1:])
                if words[0] == "zhaoren"
                else alone(*words[2:], cwd=desk, program=desk / words[1])
            )
            assert done.returncode == 0, (line, done.stdout, done.stderr)
            told[line] = done.stdout + done.stderr
            if line.startswith(("zhaoren doctor", "zhaoren keys change")):
                key = words[words.index("--to") + 1] if "--to" in words else "key/2024.key"
                set_keys(office.root, desk / key, Path("../heads.jsonl"))
    return Rehearsal(desk, told)


def test_every_line_of_the_page_runs_and_the_chain_holds(rehearsed: Rehearsal) -> None:
    assert sealed_runs(rehearsed.office.runs) == [1, 2, 3, 4]
    signed = [read_manifest(rehearsed.office.runs, n)["signing"] for n in (1, 2, 3, 4)]
    assert signed[0] is None and signed[1]["change"] is None
    assert signed[2]["change"]["from"] == signed[1]["public_key"] and signed[2]["change"]["signature"]
    assert signed[3]["change"]["from"] == signed[2]["public_key"] and signed[3]["change"]["signature"] is None


def test_doctor_says_that_nothing_vouches_while_no_key_and_no_place_is_set(rehearsed: Rehearsal) -> None:
    assert "没有设置签名密钥" in rehearsed.told["zhaoren doctor office"]
    assert "没有把清单哈希记到别处" in rehearsed.told["zhaoren doctor office"]


def test_a_lost_key_is_reported_for_ever_and_the_old_public_key_vouches_no_more(rehearsed: Rehearsal) -> None:
    assert "旧签名密钥遗失" in rehearsed.told["zhaoren verify office"]
    for year, code in ((2024, 1), (2025, 1), (2026, 0)):
        done = zhaoren_here("verify", rehearsed.desk / "office", "--public-key", rehearsed.desk / f"key/{year}.key.pub")
        assert done.returncode == code, year
        assert code == 0 or done.stderr.startswith("第 4 次运行："), done.stderr


def test_the_head_log_elsewhere_holds_every_run_also_those_before_it_was_set(rehearsed: Rehearsal) -> None:
    kept = [json.loads(line) for line in (rehearsed.desk / "heads.jsonl").read_text().splitlines()]
    assert [k["run_no"] for k in kept] == [1, 2, 3, 4] and kept[-1]["head"] == head(rehearsed.office.runs)
    assert [bool(k["signature"]) for k in kept] == [False, True, True, True]


def _receipts(office: Workspace, run: int) -> set[str]:
    books = (("台账增量", "封面"), ("运行报告", "概况"))
    cells = [
        str(cell.value)
        for book, page in books
        for row in openpyxl.load_workbook(office.runs / f"{run:06d}" / "workbooks" / f"{book}.xlsx")[page].iter_rows()
        for cell in row
    ]
    found = [m[1] for text in cells if (m := RECEIPT.match(text))]
    assert len(found) == len(books)
    return set(found)


@pytest.mark.parametrize("run", [1, 3])
def test_the_receipt_on_the_covers_leads_to_its_run(run: int, rehearsed: Rehearsal) -> None:
    (receipt,) = _receipts(rehearsed.office, run)
    misread = " ".join(receipt.replace("0", "o").replace("1", "l").lower().split("-"))
    for ask in (zhaoren_here, alone):
        done = ask(*(("verify",) if ask is zhaoren_here else ()), rehearsed.desk / "office", "--receipt", misread)
        assert done.returncode == 0 and f"回执属于第 {run} 次运行" in done.stdout, (done.stdout, done.stderr)


def test_a_receipt_of_another_chain_is_none_of_this_one(rehearsed: Rehearsal) -> None:
    for ask in (zhaoren_here, alone):
        done = ask(
            *(("verify",) if ask is zhaoren_here else ()),
            rehearsed.desk / "office",
            "--receipt",
            "7RK2M-0QX9T-5BVC1-HN8ZD",
        )
        assert done.returncode == 1 and "回执不属于" in done.stderr


def test_the_report_says_who_signs(rehearsed: Rehearsal) -> None:
    said = []
    for run in (1, 2):
        page = openpyxl.load_workbook(rehearsed.office.runs / f"{run:06d}/workbooks/运行报告.xlsx")["概况"]
        said.append(" ".join(str(c.value) for row in page.iter_rows() for c in row if c.value))
    assert "未签名" in said[0] and f"公钥 {read_key(rehearsed.desk / 'key/2024.key').public[:16]}" in said[1]


# Proofs.


def test_a_proof_shows_its_entry_and_nobody_else(rehearsed: Rehearsal) -> None:
    said = json.loads((rehearsed.desk / "proof.json").read_text(encoding="utf-8"))
    assert json.loads(said["entry"])["name"] == someone(1)[0] and said["index"] == 0 and said["path"]
    whole = (rehearsed.desk / "proof.json").read_text(encoding="utf-8")
    secret = (rehearsed.office.runs / "000001" / SALT).read_text().strip()
    assert secret not in whole
    others = [e for e in entries(rehearsed.office) if e["name"] != someone(1)[0]]
    assert len({e["name"] for e in others}) == 2
    for other in others:
        assert other["name"] not in whole and other["id_number"] not in whole and other["person_id"] not in whole


@pytest.mark.parametrize(
    ("field", "new"),
    [
        ("entry", lambda t: t.replace("L0", "L9")), ("salt", lambda t: "0" * 64), ("path", lambda p: p[:-1]), ("path", lambda p: [*p, p[0]]),
        ("index", lambda i: i + 1), ("index", lambda i: -1), ("manifest", lambda t: re.sub('"count": [1-9]', '"count": 0', t, count=1)),
        ("manifest", lambda t: t.replace("2024-06-30", "2024-06-29", 1)), ("manifest", lambda t: None), ("format", lambda t: "other"),
    ],
)  # fmt: skip
def test_a_proof_of_which_anything_is_changed_fails(
    field: str, new: Callable[..., object], rehearsed: Rehearsal, tmp_path: Path
) -> None:
    said = json.loads((rehearsed.desk / "proof.json").read_text(encoding="utf-8"))
    changed = said | {field: new(said[field])}
    assert changed != said
    (tmp_path / "proof.json").write_text(json.dumps(changed), encoding="utf-8")
    done = alone("--proof", tmp_path / "proof.json", "--head", head(rehearsed.office.runs))
    assert done.returncode == 1 and "Traceback" not in done.stderr


def test_a_proof_damaged_at_random_never_shows_another_entry_and_never_ends_in_a_crash(rehearsed: Rehearsal) -> None:
    whole = (rehearsed.desk / "proof.json").read_bytes()
    sound, outside = json.loads(whole), outside_of(head(rehearsed.office.runs), (), None, "")
    for seed in range(500):
        hurt = damaged(random.Random(seed), whole).decode(errors="replace")
        _, faults = check_paper(hurt, outside, None)
        assert faults or json.loads(hurt)["entry"] == sound["entry"], seed


def test_a_proof_needs_something_outside_that_vouches_for_it(rehearsed: Rehearsal) -> None:
    proof, desk = rehearsed.desk / "proof.json", rehearsed.desk
    assert alone("--proof", proof).returncode == 1
    manifest = rehearsed.office.runs / "000001" / MANIFEST
    old_head = subprocess.run(["sha256sum", manifest], capture_output=True, text=True, check=True).stdout.split()[0]
    good: tuple[tuple[str | Path, ...], ...] = (
        ("--head", head(rehearsed.office.runs)), ("--head", old_head), ("--heads-log", desk / "heads.jsonl"),
        ("--public-key", desk / "key/2026.key.pub"), (desk / "office",),
    )  # fmt: skip
    for words in good:
        assert alone(*words, "--proof", proof).returncode == 0, words
    for words in (("--head", "0" * 64), ("--public-key", desk / "key/2025.key.pub")):
        done = alone(*words, "--proof", proof)
        assert done.returncode == 1 and "不认这份证明" in done.stderr, words


def test_a_delta_with_a_line_changed_dropped_doubled_or_moved_fails(rehearsed: Rehearsal) -> None:
    text = (rehearsed.desk / "delta.jsonl").read_text(encoding="utf-8")
    first, *lines = text.splitlines(keepends=True)
    outside = outside_of(head(rehearsed.office.runs), (), None, "")
    assert check_paper(text, outside, None)[1] == [] and len(lines) == len(entries(rehearsed.office))
    for wrong in (
        lines[:-1],
        [*lines, "{}"],
        [*lines, lines[0]],
        lines[::-1],
        [lines[0].replace("L1", "L2"), *lines[1:]],
    ):
        assert check_paper(first + "".join(wrong), outside, None)[1]


def test_an_exported_workbook_is_known_by_its_bytes(rehearsed: Rehearsal, tmp_path: Path) -> None:
    book = rehearsed.office.runs / "000001" / "workbooks" / "台账增量.xlsx"
    kept = Path(shutil.copyfile(book, tmp_path / "收到的.xlsx"))
    done = alone(rehearsed.desk / "office", "--delta", kept)
    assert done.returncode == 0 and "第 1 次运行的 台账增量.xlsx" in done.stdout
    kept.write_bytes(kept.read_bytes() + b" ")
    assert alone(rehearsed.desk / "office", "--delta", kept).returncode == 1


def test_what_is_asked_wrongly_ends_with_2(rehearsed: Rehearsal, tmp_path: Path) -> None:
    office, key = rehearsed.desk / "office", rehearsed.desk / "key/2026.key"
    wrong: tuple[tuple[str | Path, ...], ...] = (
        ("verify", office, "--public-key", key), ("verify", office, "--public-key", tmp_path / "none"),
        ("prove", office, "--out", tmp_path / "x"), ("prove", office, "--entry", "1-99", "--out", tmp_path / "x"),
        ("prove", office, "--run", "9", "--out", tmp_path / "x"), ("keys", "new", key), ("keys", "new", tmp_path / "a/b"),
        ("keys", "new", tmp_path / "k", "--algorithm", "md5"), ("keys", "change", office, "--to", key, "--lost"),
        ("keys", "change", office, "--to", key), ("keys", "change", office, "--to", office / "zhaoren.toml", "--lost"),
    )  # fmt: skip
    for words in wrong:
        done = zhaoren_here(*words)
        assert done.returncode == 2 and done.stderr and "故障" not in done.stderr, (words, done.stderr)
    assert list(tmp_path.iterdir()) == []
    assert alone().returncode == alone(tmp_path).returncode == alone(office, "--public-key", key).returncode == 2


# Looks are on record.


def test_every_look_and_export_is_sealed_by_the_next_night(rehearsed: Rehearsal) -> None:
    sealed = [pq.read_table(rehearsed.office.runs / f"{n:06d}/tables/access.parquet").to_pylist() for n in (1, 2, 3, 4)]
    assert [[r["what"] for r in rows] for rows in sealed] == [[], ["explain"], ["key_change"], ["key_change"]]
    (look,) = sealed[1]
    assert (
        look["subjects"] == [entries(rehearsed.office)[0]["person_id"]]
        and look["purpose"] == "接访 …"
        and look["os_user"]
    )
    waiting = rehearsed.office.access_log
    assert waiting.stat().st_mode & 0o077 == 0
    kept = [json.loads(line) for line in waiting.read_text().splitlines()]
    assert [k["what"] for k in kept] == ["proof", "delta"] and kept[0]["subjects"] == ["1-1"]
    assert all(len(k["file_sha256"]) == 64 for k in kept)


def test_nothing_is_shown_where_the_look_cannot_be_recorded(rehearsed: Rehearsal, tmp_path: Path) -> None:
    office = copy_of(rehearsed.desk / "office", tmp_path)
    office.access_log.unlink()
    office.access_log.mkdir()
    for words in (("explain", office.root, "--entry", "1-1"), ("asof", office.root, "2024-07-01", "--out", tmp_path / "out.csv"),
                  ("whatif", office.root), ("whatif", office.root, "--out", tmp_path / "out.csv"),
                  ("prove", office.root, "--entry", "1-1", "--out", tmp_path / "out.json")):  # fmt: skip
        done = zhaoren_here(*words)
        assert done.returncode == 2 and done.stdout == "" and "access.jsonl 应是文件" in done.stderr, words
    assert [p.name for p in tmp_path.iterdir()] == ["copy"]


def test_a_log_with_rubbish_is_sealed_once_and_loses_nothing(rehearsed: Rehearsal, tmp_path: Path) -> None:
    office = copy_of(rehearsed.desk / "office", tmp_path)
    lines = office.access_log.read_bytes()
    rubbish = b'{"what": "explain"}\nnoise \xff\n{"accessed_at": 3}\n[]\n{"cut'
    office.access_log.write_bytes(lines + rubbish)
    assert zhaoren_here("explain", office.root, "--entry", "1-2").returncode == 0  # its line must not join the cut one
    nobody = someone(77)[1]
    assert zhaoren_here("explain", office.root, "--id", nobody).returncode == 0
    waiting = office.access_log.read_bytes()
    assert nobody.encode() not in waiting
    assert run(office).returncode == 0
    rows = pq.read_table(office.runs / "000005/tables/access.parquet").to_pylist()
    assert sorted(r["what"] for r in rows) == ["delta", "explain", "explain", "proof"] + ["unreadable"] * 5
    assert office.access_log.read_bytes() == b""
    office.access_log.write_bytes(waiting)  # as a kill just after the seal leaves it
    assert run(office).returncode == 0
    assert pq.read_metadata(office.runs / "000006/tables/access.parquet").num_rows == 0
    assert zhaoren_here("verify", office.root).returncode == 0


# Nights that must not go on.


def _refused(office: Workspace, says: str) -> None:
    drop(office, "死亡_20240704_增量.csv", "姓名,证件号码,死亡日期\n")
    runs = sealed_runs(office.runs)
    done = run(office)
    assert done.returncode == 2 and says in done.stderr, done.stderr
    assert sealed_runs(office.runs) == runs and len(list(office.inbox.iterdir())) == 1
    assert says in zhaoren_here("doctor", office.root).stdout


@pytest.mark.parametrize(
    ("key", "says"),
    [("", "没有签名密钥"), ("{desk}/nowhere.key", "读不到"), ("{desk}/key/2025.key", "不是链上最近的那一个"),
     ("{desk}/key/2026.key.pub", "不是签名密钥文件"), ("inside.key", "不能放在工作区里")],
    ids=["none", "missing", "another", "public", "inside"],
)  # fmt: skip
def test_a_signed_chain_goes_on_with_its_own_key_alone(
    key: str, says: str, rehearsed: Rehearsal, tmp_path: Path
) -> None:
    office = copy_of(rehearsed.desk / "office", tmp_path)
    set_keys(office.root, key.format(desk=rehearsed.desk))
    _refused(office, says)


@pytest.mark.parametrize("how", ["rewritten", "without its signature", "as if never signed"])
def test_no_night_seals_over_a_newest_run_that_nobody_signed_so(how: str, rehearsed: Rehearsal, tmp_path: Path) -> None:
    """Its hash beside it is made to fit: only the signature tells."""
    office = copy_of(rehearsed.desk / "office", tmp_path)
    newest = office.runs / f"{sealed_runs(office.runs)[-1]:06d}"
    manifest = read_manifest(office.runs, int(newest.name)) | {"barred": ["pension"]}
    if how == "without its signature":
        (newest / "signature.json").unlink()
    else:
        text = json.dumps(manifest | ({"signing": None} if "never" in how else {}), ensure_ascii=False)
        (newest / MANIFEST).write_text(text, encoding="utf-8")
        (newest / "manifest.sha256").write_text(f"{file_hash(newest / MANIFEST)}  {MANIFEST}\n", encoding="ascii")
    done = run(office)
    assert done.returncode == 1 and f"第 {int(newest.name)} 次运行" in done.stderr, done.stderr
    assert "不能在其上继续" in done.stderr


def test_the_environment_names_the_key_before_the_settings(rehearsed: Rehearsal, tmp_path: Path) -> None:
    office = copy_of(rehearsed.desk / "office", tmp_path)
    right, wrong = (str(rehearsed.desk / f"key/{year}.key") for year in (2026, 2025))
    assert run(office, ZHAOREN_SIGNING_KEY=wrong).returncode == 2
    set_keys(office.root, wrong)
    done = run(office, ZHAOREN_SIGNING_KEY=right)
    assert done.returncode == 0, done.stderr


def test_a_place_that_is_away_is_named_and_caught_up_and_one_that_differs_is_left_alone(
    rehearsed: Rehearsal, tmp_path: Path
) -> None:
    office = copy_of(rehearsed.desk / "office", tmp_path)
    logs = [tmp_path / name / "heads.jsonl" for name in ("away", "torn", "other")]
    good = (rehearsed.desk / "heads.jsonl").read_bytes()
    for log, text in zip(logs[1:], (good[:700], good.replace(b'"run_no": 2', b'"run_no": 7')), strict=True):
        log.parent.mkdir()
        log.write_bytes(text)
    set_keys(office.root, rehearsed.desk / "key/2026.key", *logs)
    done = run(office)
    assert (
        done.returncode == 0 and f"{logs[0]}：现在读写不到" in done.stderr and f"{logs[2]}：所记的与这里" in done.stderr
    )
    assert logs[1].read_bytes().startswith(good) and logs[1].read_bytes().count(b"\n") == 5
    assert logs[2].read_bytes() == good.replace(b'"run_no": 2', b'"run_no": 7')
    assert str(logs[2]) in zhaoren_here("doctor", office.root).stdout
    found = zhaoren_here("verify", office.root)
    assert (
        found.returncode == 1 and found.stderr.startswith("第 2 次运行：") and f"存证 {logs[0]} 读不到" in found.stderr
    )
    logs[0].parent.mkdir()
    logs[2].unlink()
    assert run(office).stderr == ""
    assert len({log.read_bytes() for log in logs}) == 1
    assert zhaoren_here("verify", office.root).returncode == 0


# The same answer from both programs.


def _manifest_edit(runs: Path, run: int) -> None:
    path = runs / f"{run:06d}" / MANIFEST
    path.write_text(path.read_text(encoding="utf-8").replace('"as_of": "2024', '"as_of": "2023'), encoding="utf-8")


def _on_disk(workspace: Workspace, files: Memory) -> None:
    shutil.rmtree(workspace.runs)
    for name, data in files.runs.items():
        path = workspace.runs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _forged(run: int, *, thief: bool) -> Callable[[Workspace], None]:
    def forge(workspace: Workspace) -> None:
        files = Memory.of(workspace, 4)
        files.put(run, files.manifest(run) | {"barred": ["pension"]})
        files.chain_anew(run, THIEF if thief else None, strip=not thief)
        _on_disk(workspace, files)

    return forge


def _gone_on_otherwise(workspace: Workspace) -> None:
    for run in (3, 4):
        shutil.rmtree(workspace.runs / f"{run:06d}")
    seal_run(workspace, 3, OWNER)


def _emptied(workspace: Workspace) -> None:
    shutil.rmtree(workspace.runs / "000004")
    (workspace.runs / "000004").mkdir()


def _all_removed(workspace: Workspace) -> None:
    for run in workspace.runs.iterdir():
        shutil.rmtree(run)


def _swapped(workspace: Workspace) -> None:
    for old, new in (("000002", "aside"), ("000003", "000002"), ("aside", "000003")):
        (workspace.runs / old).rename(workspace.runs / new)


def _replace(workspace: Workspace, name: str, data: bytes) -> None:
    (workspace.runs / name).write_bytes(data)


# What is done to a chain of four signed runs, and the first run that does not hold then.
TABLE: dict[str, tuple[Callable[[Workspace], object], int | None]] = {
    "nothing": (lambda w: None, None),
    "a table changed": (lambda w: _replace(w, "000002/tables/delivery.parquet", b"x"), 2),
    "a workbook lost": (lambda w: (w.runs / "000003/workbooks/台账增量.xlsx").unlink(), 3),
    "a file added": (lambda w: _replace(w, "000004/tables/more.parquet", b"x"), 4),
    "a salt changed": (lambda w: _replace(w, "000001/entries.salt", b"00" * 32), 1),
    "the settings changed": (lambda w: _replace(w, "000002/settings.toml", b"packs = []"), 2),
    "a manifest changed": (lambda w: _manifest_edit(w.runs, 3), 3),
    "a manifest lost": (lambda w: (w.runs / "000004" / MANIFEST).unlink(), 4),
    "a signature lost": (lambda w: (w.runs / "000002/signature.json").unlink(), 2),
    "a signature of another run": (lambda w: _replace(w, "000002/signature.json", (w.runs / "000003/signature.json").read_bytes()), 2),
    "a delivered file changed": (lambda w: [p.write_bytes(b"x") for p in w.archive.iterdir()], 1),
    "a run removed": (lambda w: shutil.rmtree(w.runs / "000002"), 2),
    "a run emptied": (_emptied, 4),
    "runs swapped": (_swapped, 2),
    "a folder that is no run": (lambda w: (w.runs / "000002x").mkdir(), 0),
    "cut short": (lambda w: shutil.rmtree(w.runs / "000004"), 4),
    "all removed": (_all_removed, 1),
    "signatures taken away": (_forged(2, thief=False), 2),
    "signed by a thief": (_forged(3, thief=True), 3),
    "rewritten from the start by a thief": (_forged(1, thief=True), 1),
    "rolled back and gone on otherwise": (_gone_on_otherwise, 3),
}  # fmt: skip


@pytest.fixture(scope="module")
def signed_chain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("signed")
    workspace = sealed_chain(folder / "ws", 4, OWNER)
    write_key(OWNER, folder / "owner.key")
    extend_head_log(folder / "heads.jsonl", head_lines(workspace.runs))
    return folder


@pytest.mark.parametrize("attack", TABLE)
def test_both_programs_give_the_same_answer_and_name_the_run(attack: str, signed_chain: Path, tmp_path: Path) -> None:
    workspace = copy_of(signed_chain / "ws", tmp_path)
    set_keys(workspace.root, "", signed_chain / "heads.jsonl")
    do, run = TABLE[attack]
    do(workspace)
    key = ("--public-key", signed_chain / "owner.key.pub")
    ours = zhaoren_here("verify", workspace.root, *key)
    theirs = alone(workspace.root, *key, "--heads-log", signed_chain / "heads.jsonl")
    assert (ours.returncode, ours.stdout, ours.stderr.strip()) == (
        theirs.returncode,
        theirs.stdout,
        theirs.stderr.strip(),
    )
    assert ours.returncode == (run is not None)
    assert run is None or ours.stderr.startswith(f"第 {run} 次运行：" if run else "运行链："), ours.stderr


def test_faults_are_english_where_the_reader_asks_for_it(signed_chain: Path, tmp_path: Path) -> None:
    for attack, (do, run) in TABLE.items():
        workspace = copy_of(signed_chain / "ws", tmp_path / attack)
        set_keys(workspace.root, "", signed_chain / "heads.jsonl")
        do(workspace)
        said = zhaoren_here("verify", workspace.root, ZHAOREN_LANG="en")
        assert not re.search("[一-鿿]", said.stderr.replace("台账增量", "")), said.stderr
        assert run is None or attack == "rewritten from the start by a thief" or said.returncode == 1, attack


def test_a_key_shows_itself_to_nobody() -> None:
    key = make_key("ed25519")
    assert key.secret.hex() not in repr(key) and repr(key.secret) not in repr(key)
