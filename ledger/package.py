"""A package: what one run added to a ledger, or a snapshot of all of it, for somebody who keeps a copy.

One zip with fixed times, so that the same run gives the same bytes: `manifest.json`, the entries as parquet (what the
receiver applies) and CSV, and a workbook to look at. Packages are chained by the heads of the runs they come from, and
signed over their manifest, which names the hash of every other file.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ledger.signing import Key
from ledger.standalone_verifier import signature_holds, signed_text
from schemas.errors import DeliveryRefused

MANIFEST, ENTRIES, SIGNATURE = "manifest.json", "ledger_entry.parquet", "signature.json"
PURPOSE = "package"  # what its signature is good for, and nothing else
HANDOVER = ("algorithm", "from", "to", "signature")
FORM = 1
FACTS = {
    "form": int, "origin": str, "recipient": str, "profile": dict, "run_no": int, "is_snapshot": bool, "head": str,
    "previous": str, "as_of": str, "recorded_at": str, "entries": int, "state_rows": int, "state_sha256": str, "files": dict,
    "case_gap_days": int,
}  # fmt: skip
LARGEST = 4 << 30  # bytes of one unpacked member: a province's first snapshot is a tenth of it


@dataclass(frozen=True)
class Package:
    """A package that holds together: its file, its sha256, what its manifest says (`FACTS`), and the public key whose signature
    holds ("": unsigned), with the changes of key in the sender's chain."""

    path: Path
    sha256: str
    facts: Mapping[str, Any]
    signed_by: str = ""
    handovers: tuple[Mapping[str, Any], ...] = ()

    @property
    def run_no(self) -> int:
        return int(self.facts["run_no"])

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.facts["as_of"])

    def is_from(self, public_key: str) -> bool:
        """Whether that key signed it, or one that it handed over to, each signing the next."""
        trusted = {public_key}
        for change in self.handovers:
            text = signed_text("key-change", change["from"], change["to"])
            if change["from"] in trusted and signature_holds(
                change["algorithm"], change["from"], text, change["signature"]
            ):
                trusted.add(change["to"])
        return self.signed_by in trusted

    def extract(self, name: str, folder: Path) -> Path:
        """One member, written into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(self.path) as archive:
            return Path(archive.extract(name, folder))


def package_name(run_no: int, *, is_snapshot: bool) -> str:
    return f"zhaoren-{run_no:06d}{'-snapshot' if is_snapshot else ''}.zip"


def write_package(
    path: Path,
    facts: Mapping[str, Any],
    files: Mapping[str, Path],
    key: Key | None,
    handovers: Sequence[Mapping[str, Any]],
) -> None:
    """Write the package, signed where there is a key, beside and rename it: who looks sees the whole of it or nothing."""
    listed = {name: _hash(file.read_bytes()) for name, file in sorted(files.items())}
    manifest = json.dumps({"form": FORM, **facts, "files": listed}, ensure_ascii=False, indent=2, sort_keys=True)
    beside = path.with_name(f".{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        _add(archive, MANIFEST, manifest.encode())
        if key:
            _add(archive, SIGNATURE, _signature(manifest.encode(), key, handovers))
        for name, file in sorted(files.items()):
            _add(archive, name, file.read_bytes())
    beside.chmod(0o600)
    beside.replace(path)


def _signature(manifest: bytes, key: Key, handovers: Sequence[Mapping[str, Any]]) -> bytes:
    said = {"algorithm": key.algorithm, "public_key": key.public, "signature": key.sign(PURPOSE, _hash(manifest)),
            "handovers": [dict(change) for change in handovers]}  # fmt: skip
    return (json.dumps(said, indent=2, sort_keys=True) + "\n").encode()


def _read_signature(data: bytes, manifest: bytes) -> tuple[str, tuple[Mapping[str, Any], ...]]:
    """Raises: DeliveryRefused where the signature does not hold; KeyError, ValueError, TypeError where it is none."""
    said = json.loads(data)
    text = signed_text(PURPOSE, _hash(manifest))
    if not signature_holds(said["algorithm"], said["public_key"], text, said["signature"]):
        raise _refused("的签名不成立，内容被改动过", "signature")
    handovers = tuple({k: str(change[k]) for k in HANDOVER} for change in said["handovers"])
    return str(said["public_key"]), handovers


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    member = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = 0o600 << 16
    archive.writestr(member, data)


def read_package(path: Path, *, is_kept: bool = False) -> Package:
    """A package whose every file is there and as its manifest says; one that is kept was looked through when it came.
    Raises: DeliveryRefused."""
    try:
        with zipfile.ZipFile(path) as archive:
            if any(i.file_size > LARGEST for i in archive.infolist()):
                raise _refused("解开后过大", "too_large")
            manifest = archive.read(MANIFEST)
            facts = json.loads(manifest)
            _require_form(facts)
            names = archive.namelist()
            signed = [SIGNATURE] if SIGNATURE in names else []
            if sorted(names) != sorted([MANIFEST, *signed, *facts["files"]]) or ENTRIES not in facts["files"]:
                raise _refused("所含文件与清单不符", "members")
            if not is_kept and any(_hash(archive.read(name)) != sha for name, sha in facts["files"].items()):
                raise _refused("有文件的内容与清单不符", "content")
            signed_by, handovers = _read_signature(archive.read(SIGNATURE), manifest) if signed else ("", ())
    except (
        OSError,
        KeyError,
        TypeError,
        ValueError,
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
    ) as error:
        raise _refused(f"读不出（{type(error).__name__}）", "unreadable") from None
    return Package(path, _hash(path.read_bytes()), facts, signed_by, handovers)


def _require_form(facts: Any) -> None:
    fits = isinstance(facts, dict) and all(isinstance(facts.get(k), kind) for k, kind in FACTS.items())
    if not fits or facts["form"] != FORM:
        raise _refused("清单不是本程序能懂的格式，请双方使用同一版本", "form")


def _refused(why: str, code: str) -> DeliveryRefused:
    return DeliveryRefused(f"数据包{why}；请对方重新发送。", code=code)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
