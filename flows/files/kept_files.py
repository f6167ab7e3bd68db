"""The archive with its lock on: which key opens it, files put in and read back."""

import os
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from flows.settings.read import Settings
from flows.workspace import Workspace
from intake.aside import map_aside
from intake.read import open_file
from intake.receive import Incoming
from intake.texts.decode import Data
from ledger.at_rest import RestKey, Vault, pieces, read_rest_key, write_rest_key
from ledger.seal import read_manifest, sealed_runs
from ledger.standalone_verifier import delivered, key_of
from schemas.errors import UsageError, say

KEY_VARIABLE = "ZHAOREN_AT_REST_KEY"


def open_vault(workspace: Workspace, settings: Settings) -> Vault:
    """The keys that the settings, or the environment, name. Raises: UsageError where one cannot be read or lies in the
    workspace, beside what it is to guard."""
    said = os.environ.get(KEY_VARIABLE) or settings.at_rest.key
    keys = [_key(workspace, path) for path in ([said] if said else []) + list(settings.at_rest.old_keys)]
    return Vault(keys[0] if said else None, {key.key_id: key for key in keys})


def _key(workspace: Workspace, said: str) -> RestKey:
    path = workspace.named(said).resolve()
    if path.is_relative_to(workspace.root.resolve()):
        raise UsageError(
            say("存放密钥不能放在工作区里；请移到另一块盘，并改正 [at_rest]。",
                "The at-rest key must not lie in the workspace; move it and mend [at_rest].")
        )  # fmt: skip
    return read_rest_key(path)


def keep_file(path: Path, sha256: str, workspace: Workspace, vault: Vault) -> bool:
    """Keep a file by its hash; a copy that no longer has that hash, or that no key here opens, is made anew. False for a file
    that is still being written: it is left for the next night."""
    target = workspace.archive / sha256
    if target.exists() and vault.holds(target):
        return True
    beside = workspace.beside / f"archive-{sha256}"
    with path.open("rb") as source:
        if vault.write(pieces(source), beside, sha256) != sha256:
            return False
    os.replace(beside, target)
    return True


def drop_unsealed(workspace: Workspace, found: Iterable[Incoming]) -> None:
    """Take back out what tonight put into the archive and no run names: a night that is held keeps nobody's data, and its
    files still lie in the inbox."""
    files = [one for incoming in found for one in (incoming, *incoming.members)]
    came = {one.delivery_id for one in files} | {one.manifest_sha256 for one in files if one.manifest_sha256}
    sealed = {sha for n in sealed_runs(workspace.runs) for sha in delivered(read_manifest(workspace.runs, n))}
    for sha256 in came - sealed:
        (workspace.archive / sha256).unlink(missing_ok=True)


def kept_data(vault: Vault, path: Path, aside: Path) -> Data:
    """A kept file's content, of which only what is being read lies in memory. Of an encrypted one a plain copy without a name
    lies in the folder `aside` meanwhile. Raises: Unreadable."""
    if not key_of(path):
        return open_file(path)
    chunks = vault.chunks(path)
    first = next(chunks, b"")
    return map_aside(lambda file: file.writelines(chain([first], chunks)), aside) if first else first


def plain_copy(workspace: Workspace, sha256: str, vault: Vault) -> Path:
    """A kept file as a plain one, for a reader that leaps about in it: itself, or a copy in the scratch folder."""
    kept = workspace.archive / sha256
    if key_of(kept) not in vault.keys:
        return kept
    copy = workspace.work / f"plain-{sha256}"
    with copy.open("wb") as stream:
        stream.writelines(vault.chunks(kept))
    return copy


def make_rest_key(file: Path) -> str:
    """A new key; the sentence that says where, and what to do. Raises: UsageError."""
    key = write_rest_key(file)
    return say(
        f"存放密钥 {file}，编号 {key.key_id}。只放在这里和一份离线备份：遗失了，用它加密的原始文件谁也打不开。\n"
        f'在 zhaoren.toml 的 [at_rest] 里写 key = "{file.resolve()}"，再运行 zhaoren keys encrypt 工作区。',
        f"At-rest key {file}, named {key.key_id}. Keep it there and in one offline copy: without it nobody opens the files.\n"
        f'Set key = "{file.resolve()}" in [at_rest] of zhaoren.toml, then zhaoren keys encrypt DIR.',
    )


def delivered_files(workspace: Workspace) -> list[Path]:
    """What offices sent. The packs' own files stay plain: they are rules, about nobody."""
    packs = {
        sha
        for n in sealed_runs(workspace.sealed)
        for files in read_manifest(workspace.sealed, n)["pack_files"].values()
        for sha in files.values()
    }
    return sorted(path for path in workspace.archive.iterdir() if path.name not in packs)
