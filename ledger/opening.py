"""Sealed runs that lie encrypted, and the same runs open: what is read lies plain in a folder of the key holder's, what is
kept does not. Manifests, signatures and settings stay plain, so the chain is checked without a key; they hold nobody's data.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ledger.at_rest import Vault, pieces
from ledger.seal import read_manifest, run_folder, sealed_runs
from ledger.standalone_verifier import MANIFEST, MANIFEST_HASH, SETTINGS, SIGNATURE, expected_files, key_of
from ledger.whole import sync_folder
from schemas.errors import IntegrityError, say

PLAIN = (MANIFEST, MANIFEST_HASH, SIGNATURE, SETTINGS)
BOOKS = "workbooks/"


@dataclass(frozen=True)
class Kept:
    """Where runs are kept, how, and a scratch folder on the same disk."""

    runs: Path
    vault: Vault
    beside: Path

    def publish(self, staging: Path, run_no: int) -> None:
        """Keep a finished run: written beside, synced, renamed into place in one step. `staging` stays."""
        half, target = self.beside / "sealing", run_folder(self.runs, run_no)
        for path in sorted(p for p in staging.rglob("*") if p.is_file()):
            inner = path.relative_to(staging).as_posix()
            (half / inner).parent.mkdir(parents=True, exist_ok=True)
            with path.open("rb") as stream:
                (Vault() if inner in PLAIN else self.vault).write(
                    pieces(stream), half / inner, f"{target.name}/{inner}"
                )
        for folder in sorted((p for p in (half, *half.rglob("*")) if p.is_dir()), reverse=True):
            sync_folder(folder)
        os.rename(half, target)
        sync_folder(self.runs)


def open_runs(sealed: Path, opened: Path, vault: Vault) -> bool:
    """Make `opened` hold the sealed runs: what is there of this chain stays, what is not goes, what it lacks is added, a run at
    a time, each file checked by its hash. Of workbooks only the newest run's. True if something went. Raises: Unreadable,
    IntegrityError, also where runs lie open and none are kept: their disk is away."""
    numbers = sealed_runs(sealed)
    opened.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not numbers and sealed_runs(opened):
        raise IntegrityError(
            say(f"{opened} 里有打开的运行，而 {sealed} 里一次也没有：那块盘可能没有接上，或运行文件夹被移走。请接上，或从备份恢复；如果是有意从头开始，请先运行 zhaoren keys close。",
                f"Runs lie open in {opened} and {sealed} holds none: its disk may be away, or runs were taken out. Mount it, or restore them from a backup; to begin anew on purpose, zhaoren keys close first.")
        )  # fmt: skip
    strange = [n for n in sealed_runs(opened) if n not in numbers or _head_of(opened, n) != _head_of(sealed, n)]
    for number in strange:
        shutil.rmtree(run_folder(opened, number))
    half = opened.with_name(".opening")
    for number in sorted(set(numbers) - set(sealed_runs(opened))):
        shutil.rmtree(half, ignore_errors=True)
        folder = run_folder(sealed, number)
        for inner in (name for name in PLAIN if (folder / name).is_file()):
            half.mkdir(mode=0o700, exist_ok=True)
            shutil.copyfile(folder / inner, half / inner)
        open_files(
            folder, half, vault, (n for n in expected(folder) if number == numbers[-1] or not n.startswith(BOOKS))
        )
        os.rename(half, run_folder(opened, number))
    return bool(strange)


def open_files(folder: Path, into: Path, vault: Vault, names: Iterable[str]) -> None:
    """These files of a kept run, plain. One that is not there is left out: it was destroyed, or `verify` says that it is
    missing; so is a workbook whose key is lost, since nothing rests on it. Raises: Unreadable, IntegrityError."""
    hashes = expected(folder)
    for inner in names:
        if not (folder / inner).is_file() or inner in PLAIN:
            continue
        if inner.startswith(BOOKS) and key_of(folder / inner) not in ("", *vault.keys):
            continue
        (into / inner).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        digest, half = hashlib.sha256(), into / f"{inner}.half"
        with half.open("wb") as stream:
            for chunk in vault.chunks(folder / inner, f"{folder.name}/{inner}"):
                digest.update(chunk)
                stream.write(chunk)
        if digest.hexdigest() != hashes[inner]:
            raise IntegrityError(
                say(f"runs/{folder.name}/{inner} 与清单不符，没有打开；请运行 zhaoren verify 查明，并从备份恢复。",
                    f"runs/{folder.name}/{inner} is not as its manifest says and was not opened; run zhaoren verify, restore it.")
            )  # fmt: skip
        os.replace(half, into / inner)


def encrypted_files(runs: Path, numbers: Iterable[int]) -> list[tuple[Path, str]]:
    """The files of these runs that a key is for, each with the name it is bound to."""
    folders = (run_folder(runs, n) for n in numbers)
    return [
        (f / inner, f"{f.name}/{inner}")
        for f in folders
        for inner in sorted(expected(f))
        if inner not in PLAIN and (f / inner).is_file()
    ]


def are_locked(runs: Path) -> bool:
    """Whether some of the runs lie encrypted. Keys are changed from the first run to the last, so the two ends tell."""
    numbers = sealed_runs(runs)
    return any(key_of(path) for path, _ in encrypted_files(runs, {*numbers[:1], *numbers[-1:]}))


def expected(folder: Path) -> dict[str, str]:
    """What a run holds by its own manifest, with the hash of each."""
    return expected_files(read_manifest(folder.parent, int(folder.name)))


def _head_of(runs: Path, number: int) -> bytes:
    path = run_folder(runs, number) / MANIFEST
    return hashlib.sha256(path.read_bytes()).digest()
