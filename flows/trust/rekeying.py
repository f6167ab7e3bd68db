"""All that is kept, brought to the key of the settings: delivered files, and sealed runs where they are opened elsewhere."""

import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from flows.files.kept_files import delivered_files, open_vault
from flows.opened import drop_plain
from flows.settings.read import Settings, read_settings
from flows.workspace import Workspace, clear_scratch, locked
from ledger.at_rest import Unreadable, Vault, pieces
from ledger.opening import encrypted_files, expected
from ledger.seal import file_hash, sealed_runs
from ledger.standalone_verifier import key_of
from schemas.errors import IntegrityError, say


@dataclass(frozen=True)
class Part:
    """One kept file: the name it is bound to, the hash of its plain content, where it may also lie open, and how it is to be
    kept."""

    path: Path
    name: str
    sha256: str
    is_open: Path | None
    vault: Vault


def kept_parts(workspace: Workspace, settings: Settings) -> Iterator[Part]:
    """Every file that a key is for, the runs from the first to the last; without any key only delivered files."""
    vault = open_vault(workspace, settings)
    for path in delivered_files(workspace):
        yield Part(path, path.name, path.name, None, vault)
    of_runs = vault if workspace.opened else replace(vault, current=None)
    for number in sealed_runs(workspace.sealed) if vault.keys else ():
        hashes = expected(workspace.sealed / f"{number:06d}")
        for path, name in encrypted_files(workspace.sealed, [number]):
            yield Part(path, name, hashes[name.partition("/")[2]], workspace.runs / name, of_runs)


def encrypt_all(workspace: Workspace) -> str:
    """Bring every kept file to the key of the settings, or to none; can be cut off and run again. What only a lost
    key opens, and does not lie open, stays as it is. What that came to.
    Raises: UsageError, Unreadable, IntegrityError."""
    settings = read_settings(workspace.root)
    with locked(workspace):
        clear_scratch(workspace)
        changed = sum(_bring(workspace, part, settings.at_rest.lost) for part in kept_parts(workspace, settings))
        drop_plain(workspace)
    now = Counter(key_of(part.path) for part in kept_parts(workspace, settings))
    named = "、".join(f"{key or say('未加密', 'plain')} {count}" for key, count in sorted(now.items())) or "0"
    return say(
        f"改写 {changed} 个文件；现在各密钥下的文件数：{named}。", f"{changed} files rewritten; files by key: {named}."
    )


def _bring(workspace: Workspace, part: Part, lost: Collection[str]) -> bool:
    if part.vault.is_current(part.path):
        return False
    try:
        sha256 = part.vault.write(_content(part), beside := workspace.beside / "at-rest", part.name)
    except Unreadable as problem:
        if problem.key_id in lost:
            return False
        raise
    if sha256 != part.sha256:
        where = f"runs/{part.name}" if part.is_open else f"archive/{part.name[:12]}…"
        raise IntegrityError(
            say(f"{where} 的内容与清单不符，没有改写；请运行 zhaoren verify 查明，并从备份恢复。",
                f"{where} is not what its manifest says and was left; run zhaoren verify, restore it.")
        )  # fmt: skip
    os.replace(beside, part.path)
    return True


def _content(part: Part) -> Iterable[bytes]:
    """What is kept or, where its key is lost, what still lies open of it. Raises: Unreadable."""
    key_id, open_file = key_of(part.path), part.is_open
    if key_id in ("", *part.vault.keys):
        return part.vault.chunks(part.path, part.name)
    if open_file is None or not open_file.is_file() or file_hash(open_file) != part.sha256:
        raise Unreadable(part.name, key_id)
    return _pieces_of(open_file)


def _pieces_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        yield from pieces(stream)
