"""Who edits packs does not approve them, who runs neither approves nor alters heads, and every attempt is on record."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from flows.packs.approving import PURPOSE, approve, require_still_approved
from flows.settings.read import FILE
from flows.workspace import Workspace
from ledger import standalone_verifier
from ledger.seal import file_hash, read_manifest
from ledger.signing import make_key, write_key
from ledger.standalone_verifier import check_approvals, pack_content, signed_text
from policies.pack import PACKS
from schemas.errors import UsageError
from tests.nightshift import Town, registered
from tests.rough_files import zhaoren_here

FIRST, SECOND = "2024-06-01", "2024-06-02"
EDITOR = 4321  # an account that is nobody's here


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A workspace whose own pack belongs to another account, with an approver's key beside it and a head log."""
    if os.getuid():
        pytest.skip("only root can give a file to another account")
    folder = tmp_path_factory.mktemp("roles")
    shutil.copytree(PACKS / "zhongshan", folder / "pack")
    for path in (folder / "pack").iterdir():
        os.chown(path, EDITOR, EDITOR)
    for name in ("approver", "nights", "stranger"):
        write_key(make_key("ed25519"), folder / f"{name}.key")
    town = Town.found(folder / "ws", str(folder / "pack"))
    with (town.workspace.root / FILE).open("a", encoding="utf-8") as settings:
        settings.write(f'\n[approval]\nkeys = ["{folder}/approver.key.pub"]\nfile = "{folder}/approvals.jsonl"\n')
        settings.write(f'[signing]\nkey = "{folder}/nights.key"\n[heads]\ncopies = ["{folder}/heads.jsonl"]\n')
    town.tell(town.person("1975-03-01"), registered("2024-05-06"))
    return town


def attempts(town: Town) -> list[list[str]]:
    lines = town.workspace.access_log.read_text(encoding="utf-8").splitlines()
    return [said["subjects"] for line in lines if (said := json.loads(line))["what"] == "refused"]


def refused(town: Town, words: str) -> None:
    before = len(attempts(town)) if town.workspace.access_log.exists() else 0
    with pytest.raises(UsageError, match=words):
        town.night(FIRST)
    assert attempts(town)[before:] == [["pack approval"]]
    assert list(town.workspace.inbox.iterdir()) and not list(town.workspace.runs.iterdir())


def test_a_pack_that_nobody_approved_or_a_stranger_did_is_not_used(town: Town) -> None:
    folder = town.workspace.root.parent
    out, pack = folder / "approvals.jsonl", str(folder / "pack")
    refused(town, "批准记录")
    approve([pack], folder / "stranger.key", "某", out)
    refused(town, "没有人批准")
    honest = json.loads(out.read_text(encoding="utf-8"))
    forged = honest | {"public_key": (folder / "approver.key.pub").read_text().split()[2]}
    out.write_text(json.dumps(forged) + "\n{half a line\n", encoding="utf-8")
    refused(town, "没有人批准")


def test_who_edits_a_pack_does_not_approve_it_and_the_attempt_is_on_record(town: Town) -> None:
    folder = town.workspace.root.parent
    own = folder / "own"
    shutil.copytree(folder / "pack", own, copy_function=shutil.copyfile)
    done = zhaoren_here(
        "approve", own, "--key", folder / "approver.key", "--officer", "某", "--out", folder / "own.jsonl"
    )
    assert done.returncode == 2 and "谁改政策包，谁就不能批准它" in done.stderr
    (line,) = (folder / "own.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["refused"] == "editor" and "signature" not in json.loads(line)


def test_who_runs_does_not_approve(town: Town) -> None:
    settings = town.workspace.root / FILE
    kept = settings.read_text(encoding="utf-8")
    settings.write_text(kept.replace("approver.key.pub", "nights.key.pub"), encoding="utf-8")
    try:
        refused(town, "运行的人不能批准政策包")
    finally:
        settings.write_text(kept, encoding="utf-8")


def test_an_approved_pack_is_used_and_its_approval_is_in_the_chain(town: Town) -> None:
    folder = town.workspace.root.parent
    assert "已批准政策包 zhongshan" in approve(
        [str(folder / "pack")], folder / "approver.key", "李四", folder / "approvals.jsonl"
    )
    night = town.night(FIRST)
    assert night.outcome.exit_code == 0
    said = read_manifest(town.workspace.runs, 1)["approved"]["zhongshan"]
    assert (said["officer"], said["content"]) == (
        "李四",
        pack_content({"pack.toml": file_hash(folder / "pack" / "pack.toml")}),
    )
    assert {tuple(r["subjects"]) for r in night.rows("access") if r["what"] == "refused"} == {("pack approval",)}
    assert zhaoren_here("verify", town.workspace.root).returncode == 0


def test_a_pack_changed_after_its_approval_is_refused_also_while_the_night_runs(town: Town) -> None:
    folder = town.workspace.root.parent
    said = {"zhongshan": {"content": pack_content({"pack.toml": "a"})}}
    require_still_approved(said, {"zhongshan": {"pack.toml": "a"}}, {})
    with pytest.raises(UsageError, match="在运行期间被改动"):
        require_still_approved(said, {"zhongshan": {"pack.toml": "b"}}, {})
    pack = folder / "pack" / "pack.toml"
    whole = pack.read_bytes()
    pack.write_bytes(whole + b"\n# another word\n")
    try:
        with pytest.raises(UsageError, match="没有人批准"):
            town.night(SECOND)
    finally:
        pack.write_bytes(whole)


def test_a_value_set_over_an_approved_pack_must_be_approved_with_it(town: Town, tmp_path: Path) -> None:
    """Else whoever runs changes any number of a pack that somebody approved."""
    folder, settings = town.workspace.root.parent, town.workspace.root / FILE
    kept = settings.read_text(encoding="utf-8")
    settings.write_text(kept + "\n[parameters.zhongshan]\nmin_age = 16\n", encoding="utf-8")
    try:
        with pytest.raises(UsageError, match=r"\[parameters.zhongshan\] 的数值.*没有人批准.*--settings"):
            town.run(SECOND)
        other = Town(Workspace(copytree(town.workspace.root, tmp_path / "ws")))
        told = approve(
            [str(folder / "pack")],
            folder / "approver.key",
            "李四",
            folder / "approvals.jsonl",
            other.workspace.root / FILE,
        )
        assert "min_age = 16" in told
        other.run(SECOND)
        assert zhaoren_here("verify", other.workspace.root).returncode == 0
        values = {"zhongshan": {"min_age": 16}}
        manifest = read_manifest(other.workspace.runs, 2)
        assert check_approvals(2, manifest, values) == [] and check_approvals(2, manifest)
    finally:
        settings.write_text(kept, encoding="utf-8")


def test_an_approval_can_be_read_by_who_runs_and_stands_behind_a_line_cut_off(town: Town, tmp_path: Path) -> None:
    pack, key, out = (
        str(town.workspace.root.parent / "pack"),
        town.workspace.root.parent / "approver.key",
        tmp_path / "a",
    )
    before = os.umask(0o077)
    try:
        approve([pack], key, "李四", out)
    finally:
        os.umask(before)
    assert out.stat().st_mode & 0o777 == 0o644
    with out.open("a", encoding="utf-8") as stream:
        stream.write('{"pack": "zhong')
    approve([pack], key, "李四", out)
    assert [line.endswith("}") for line in out.read_text(encoding="utf-8").splitlines()] == [True, False, True]


def test_another_approver_and_none_are_told_of_for_ever(town: Town, tmp_path: Path) -> None:
    """Whoever runs the nights writes the settings: he may name a key of his own, or nobody's, but not unseen."""
    folder, root = town.workspace.root.parent, tmp_path / "ws"
    other, settings = Town(Workspace(copytree(town.workspace.root, root))), root / FILE
    settings.write_text(settings.read_text("utf-8").replace("heads.jsonl", "other.jsonl"), encoding="utf-8")
    approve([str(folder / "pack")], folder / "stranger.key", "李四", folder / "approvals.jsonl")
    with_approver = settings.read_text(encoding="utf-8")
    settings.write_text(with_approver.replace("approver.key.pub", "stranger.key.pub"), encoding="utf-8")
    other.run(SECOND)
    settings.write_text(re.sub(r"\[approval\]\n.*\n.*\n", "", with_approver), encoding="utf-8")
    other.run("2024-06-03")
    other.run("2024-06-04")
    done = zhaoren_here("verify", root)
    alone = subprocess.run(
        [sys.executable, standalone_verifier.__file__, root], capture_output=True, text=True, check=False
    )
    for told in (done.stderr, alone.stdout + alone.stderr):
        assert told.count("另一把密钥批准") == told.count("不再经人批准") == 1, told
    assert done.returncode == alone.returncode == 0


def test_a_head_log_that_was_altered_stays_as_it_is_and_is_on_record(town: Town) -> None:
    log = town.workspace.root.parent / "heads.jsonl"
    altered = log.read_text(encoding="utf-8").replace('"run_no": 1', '"run_no": 7')
    log.write_text(altered, encoding="utf-8")
    town.run(SECOND)
    assert log.read_text(encoding="utf-8") == altered and attempts(town) == [[f"head log {log}"]]
    assert zhaoren_here("verify", town.workspace.root).returncode == 1


def manifest_with(key: str, **other: object) -> Mapping[str, Any]:
    """What `check_approvals` looks at, approved by that key."""
    files = {"pack.toml": "ab" * 32}
    said = {
        "pack": "zhongshan",
        "content": pack_content(files),
        "officer": "李四",
        "account": "li",
        "at": "2024-06-01T00:00:00+00:00",
    }
    approver = make_key("ed25519", bytes.fromhex(key * 32))
    signature = approver.sign(PURPOSE, *said.values())
    signed = said | {"algorithm": "ed25519", "public_key": approver.public, "signature": signature} | other
    return {"packs": ["zhongshan"], "pack_files": {"zhongshan": files}, "approved": {"zhongshan": signed},
            "signing": {"public_key": make_key("ed25519", b"\1" * 32).public}}  # fmt: skip


def test_the_verifier_holds_approvals_to_what_was_used() -> None:
    assert signed_text(PURPOSE, "a") == b"zhaoren pack-approval v1\na\n"
    assert check_approvals(1, dict(manifest_with("02"))) == []
    assert check_approvals(1, dict(manifest_with("02")) | {"approved": {}}) == []
    others = [
        manifest_with("01"),
        *(manifest_with("02", **{n: "x"}) for n in ("officer", "content", "pack", "signature")),
    ]
    others.append(dict(manifest_with("02")) | {"pack_files": {"zhongshan": {"pack.toml": "cd" * 32}}})
    others.append(
        dict(manifest_with("02")) | {"packs": ["zhongshan", "xinyu"], "pack_files": {"zhongshan": {}, "xinyu": {}}}
    )
    assert all(check_approvals(1, dict(m)) for m in others)
