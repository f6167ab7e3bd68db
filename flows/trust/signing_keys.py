"""What ties a night to a signing key and to places outside: which key signs, whether it may, and how the head logs stand."""

import json
import os
import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.settings.read import Settings
from flows.trust.access import os_user, record_access
from flows.workspace import Workspace
from ledger.heads import AWAY, BEHIND, DIFFERENT, extend_head_log, head_lines, head_log_state
from ledger.seal import read_manifest, sealed_runs
from ledger.signing import ALGORITHMS, Key, device_key, make_key, public_file, read_key, write_key
from ledger.signing_device import Device, read_device
from ledger.standalone_verifier import CHECKS
from ledger.whole import put_whole
from schemas.errors import UsageError, say

KEY_VARIABLE = "ZHAOREN_SIGNING_KEY"


@dataclass(frozen=True)
class Signing:
    """The key that signs tonight, and the change of key that puts it in its place."""

    key: Key | None = None
    change: dict[str, Any] | None = None

    @property
    def facts(self) -> dict[str, Any] | None:
        """What the manifest says of it."""
        if self.key is None:
            return None
        return {"algorithm": self.key.algorithm, "public_key": self.key.public, "change": self.change}

    @property
    def words(self) -> str:
        if self.key is None:
            return "未签名：没有设置签名密钥，谁能改动工作区，谁就能重写整条链"
        return f"{self.key.algorithm} 签名，公钥 {self.key.public[:16]}…" + (
            "（本次起换用此密钥）" if self.change else ""
        )


def key_path(workspace: Workspace, settings: Settings) -> Path | None:
    """Where the signing key lies: the environment says so before the settings do."""
    said = os.environ.get(KEY_VARIABLE) or settings.signing_key
    return workspace.named(said).resolve() if said else None


def signing_key(workspace: Workspace, settings: Settings) -> Key | None:
    """Raises: UsageError where it cannot be read, or lies in the workspace, where the chain lies that it is to guard."""
    path = key_path(workspace, settings)
    if path and path.is_relative_to(workspace.root.resolve()):
        raise UsageError(
            say("签名密钥不能放在工作区里；请移到另一块盘，并改正 [signing] key。",
                "The signing key must not lie in the workspace; move it and mend [signing] key.")
        )  # fmt: skip
    return read_key(path) if path else None


def chain_key(workspace: Workspace) -> dict[str, Any] | None:
    """What the newest run says of its signature; None before the first run and where it is unsigned."""
    numbers = sealed_runs(workspace.runs)
    return read_manifest(workspace.runs, numbers[-1])["signing"] if numbers else None


def open_signing(workspace: Workspace, settings: Settings) -> Signing:
    """The key for tonight. Raises: UsageError where the chain is signed and this key is missing or another one, with no
    change of key on record: `verify` would refuse what such a night seals."""
    key, before = signing_key(workspace, settings), chain_key(workspace)
    if key:
        key.require_ready()
    if before is None or (key and key.public == before["public_key"]):
        return Signing(key)
    if key is None:
        raise UsageError(
            say("这条链是签名的，而现在没有签名密钥；请在 [signing] key 写明密钥文件。密钥遗失时，用 zhaoren keys change 工作区 --to 新密钥 --lost 登记新的。",
                "This chain is signed, and there is no signing key; name it in [signing] key, or record a new one by zhaoren keys change.")
        )  # fmt: skip
    change = _recorded_change(workspace)
    if (change.get("from"), change.get("to")) != (before["public_key"], key.public):
        raise UsageError(
            say("签名密钥不是链上最近的那一个；请先用 zhaoren keys change 工作区 --to 新密钥 --from 旧密钥 登记更换。",
                "The signing key is not the chain's newest; record the change first: zhaoren keys change DIR --to NEW --from OLD.")
        )  # fmt: skip
    return Signing(key, {k: v for k, v in change.items() if k != "to"})


def _recorded_change(workspace: Workspace) -> dict[str, Any]:
    try:
        return dict(json.loads(workspace.key_change.read_text(encoding="ascii")))
    except (OSError, ValueError, TypeError):
        return {}


def name_device(file: Path, algorithm: str, public: str, command: str) -> str:
    """Put a command that signs in the place of a private key, once it has signed; the sentence that says where. Raises:
    UsageError."""
    try:
        device = read_device(Device(algorithm, public, tuple(shlex.split(command))).text())
    except (ValueError, KeyError):
        known = "、".join(CHECKS)
        raise UsageError(
            say(f"--algorithm 应是 {known} 之一，--public 是十六进制公钥，--command 是签名命令，三者都要写。",
                f"Give --algorithm ({known}), --public in hex, and --command.")
        ) from None  # fmt: skip
    key = device_key(device)
    key.require_ready()
    write_key(key, file)
    return say(
        f'签名命令记在 {file}，公钥在 {public_file(file)}。在 zhaoren.toml 的 [signing] 里写 key = "{file.resolve()}"。',
        f'The signing command is in {file}, its public key in {public_file(file)}. Set key = "{file.resolve()}" in [signing].',
    )


def new_key_pair(file: Path, algorithm: str) -> str:
    """Make a key pair in two files; the sentence that says where, and what to do. Raises: UsageError."""
    if algorithm not in ALGORITHMS:
        known = "、".join(ALGORITHMS)
        raise UsageError(
            say(
                f"这里不生成「{algorithm}」的密钥，只生成 {known}；sm2 由签名设备或 openssl 生成，用 --command 和 --public 登记。",
                f"No {algorithm!r} keys are made here, only {known}; name an SM2 device by --command and --public.",
            )
        )
    key = make_key(algorithm)
    write_key(key, file)
    return say(
        f"私钥 {file}（只放在这里和一份离线备份），公钥 {public_file(file)}：{key.public}\n"
        f'在 zhaoren.toml 的 [signing] 里写 key = "{file.resolve()}"，并把公钥交给核对的人。',
        f"Private key {file} (keep it there and in one offline copy), public key {public_file(file)}: {key.public}\n"
        f'Set key = "{file.resolve()}" in [signing] of zhaoren.toml, and hand the public key to those who verify.',
    )


def change_key(workspace: Workspace, new: Path, old: Path | None, *, lost: bool) -> str:
    """Put a change of key on record for the next run: the new public key signed by the old key, or, where that is lost,
    by nobody, which `verify` reports for ever. Raises: UsageError."""
    if bool(old) == lost:
        raise UsageError(
            say("请给出 --from 旧密钥，或 --lost，恰好一个。", "Give exactly one of --from OLD and --lost.")
        )
    before, to, signed_by = chain_key(workspace), read_key(new), read_key(old) if old else None
    if before is None:
        raise UsageError(
            say("这条链还没有签名，不必登记更换；在 [signing] key 写明密钥即可。",
                "This chain is unsigned: there is nothing to change; name the key in [signing] key.")
        )  # fmt: skip
    if to.public == before["public_key"] or (signed_by and signed_by.public != before["public_key"]):
        raise UsageError(
            say("--from 应是链上最近的密钥，--to 应是另一个。", "--from must be the chain's newest key, --to another.")
        )
    change = {
        "from": before["public_key"], "to": to.public, "algorithm": before["algorithm"], "by": os_user(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "signature": signed_by.sign("key-change", before["public_key"], to.public) if signed_by else None,
    }  # fmt: skip
    record_access(workspace, "key_change", [before["public_key"], to.public])
    with put_whole(workspace.key_change) as beside:
        beside.write_text(json.dumps(change, sort_keys=True) + "\n", encoding="ascii")
    return say(
        f"已登记：下一次运行起由公钥 {to.public} 接替 {before['public_key']}。请把 [signing] key 改为 {new.resolve()}。",
        f"Recorded: from the next run on {to.public} follows {before['public_key']}. Set [signing] key to {new.resolve()}.",
    )


def head_logs(workspace: Workspace, settings: Settings) -> tuple[Path, ...]:
    return tuple(workspace.named(copy) for copy in settings.head_copies)


def after_seal(workspace: Workspace, settings: Settings) -> None:
    """Bring every head log up to the newest run; what cannot be written is caught up another night (`head_warnings`). A
    change of key that is in the chain now is on record no more, and a log that says something else is."""
    if (signing := chain_key(workspace)) and _recorded_change(workspace).get("to") == signing["public_key"]:
        workspace.key_change.unlink()
    lines = head_lines(workspace.runs) if settings.head_copies else []
    for log in head_logs(workspace, settings):
        if extend_head_log(log, lines) == DIFFERENT:
            record_access(workspace, "refused", [f"head log {log}"])


def head_warnings(workspace: Workspace, settings: Settings) -> list[tuple[str, str]]:
    """Head logs that do not say what the chain says: the place, and what to do."""
    words = {
        BEHIND: say("还没有记上最近的运行；下一次运行会补上。", "lacks the newest runs; the next run adds them."),
        AWAY: say("现在读写不到；请接上那块盘或那个共享目录，下一次运行会补上。", "cannot be reached; mount it, the next run catches up."),
        DIFFERENT: say("所记的与这里的运行链不同，没有再写；请运行 zhaoren verify 查明是哪里被改动或回退。",
                       "says something else than this chain and was left as it is; run zhaoren verify."),
    }  # fmt: skip
    lines = head_lines(workspace.runs) if settings.head_copies else []
    states = ((log, head_log_state(log, lines)) for log in head_logs(workspace, settings))
    return [(str(log), words[state]) for log, state in states if state in words]
