"""What lies in the inbox: each file's hash, and its kind, snapshot date and coverage from name, manifest or settings.

Neither kind nor date is ever guessed from the clock or a time stamp; a file that names none is refused.
"""

import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from schemas.errors import DeliveryRefused
from schemas.extracts import LAYOUTS

COVERAGE = {"全量": "full", "full": "full", "增量": "delta", "delta": "delta"}
MANIFEST = ".manifest.json"
IGNORED = re.compile(r"^(\.|~\$)|\.(tmp|part|partial|crdownload)$", re.IGNORECASE)
NAME = re.compile(
    r"^(?P<kind>.+?)_(?P<date>\d{8})(?:_(?P<coverage>全量|增量|full|delta))?(?:_(?P<rest>.+))?$", re.IGNORECASE
)


@dataclass(frozen=True)
class Incoming:
    """One file of the inbox. `office` tells apart those that send the same kind by area; `expected_rows` is the
    manifest's count. `problem` is the sentence that refuses it, if anything already does."""

    path: Path
    file_name: str
    delivery_id: str
    size: int
    kind: str | None = None
    snapshot_date: date | None = None
    coverage: str | None = None
    area: str = ""
    expected_rows: int | None = None
    manifest: Path | None = None
    problem: DeliveryRefused | None = None

    @property
    def office(self) -> str:
        return self.area


def read_inbox(inbox: Path, patterns: Sequence[str] = (), areas: Sequence[str] = ()) -> list[Incoming]:
    """Every regular file of the inbox, by (snapshot date, kind, hash). Files still being written are left alone."""
    names = sorted(p for p in inbox.iterdir() if not IGNORED.search(p.name))
    files = [p for p in names if p.is_file() and not p.is_symlink()]
    manifests = {p.name[: -len(MANIFEST)]: p for p in files if p.name.endswith(MANIFEST)}
    found = [_receive(p, manifests.get(p.name), patterns, areas) for p in files if not p.name.endswith(MANIFEST)]
    arrived = {i.file_name for i in found}
    found += [_orphan(p) for name, p in manifests.items() if name not in arrived]
    return sorted(found, key=lambda i: (i.snapshot_date or date.max, i.kind or "~", i.delivery_id, i.file_name))


def hash_file(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def readable_name(path: Path) -> str:
    """The file's name as text; a name left in GBK by an old transfer is read as GBK."""
    raw = os.fsencode(path.name)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")


def _receive(path: Path, manifest: Path | None, patterns: Sequence[str], areas: Sequence[str]) -> Incoming:
    plain = Incoming(path, readable_name(path), hash_file(path), path.stat().st_size, manifest=manifest)
    try:
        return _identify(plain, _read_manifest(manifest), patterns, areas)
    except DeliveryRefused as problem:
        return replace(plain, kind=_kind_in(Path(plain.file_name).stem), problem=problem)


def _orphan(path: Path) -> Incoming:
    problem = DeliveryRefused("只有清单，没有它所说的数据文件；请把数据文件与清单一起投放。", code="manifest_alone")
    return Incoming(path, readable_name(path), hash_file(path), path.stat().st_size, problem=problem)


def _identify(plain: Incoming, manifest: dict[str, Any], patterns: Sequence[str], areas: Sequence[str]) -> Incoming:
    stem = unicodedata.normalize("NFKC", Path(plain.file_name).stem)
    parts: dict[str, str] = {}
    for pattern in (*map(re.compile, patterns), NAME):
        if hit := pattern.search(stem):
            parts = {k: v for k, v in hit.groupdict().items() if v}
            break
    said = {**parts, **{k: str(v) for k, v in manifest.items() if k in ("kind", "coverage", "area") and v}}
    kind = _kind_in(said.get("kind", "")) or _kind_in(stem)
    day = _day(str(manifest.get("snapshot_date") or parts.get("date") or ""))
    coverage = COVERAGE.get(said.get("coverage", "").lower())
    _refuse_unnamed(kind, day, coverage)
    if (sha := manifest.get("sha256")) and str(sha).lower() != plain.delivery_id:
        raise DeliveryRefused(
            "文件内容与清单所列 sha256 不符，可能传输损坏；请重新发送文件和清单。", code="manifest_sha256"
        )
    rest = parts.get("rest", "")
    area = said.get("area") or next((a for a in areas if a in rest), "")
    rows = manifest.get("rows")
    return replace(plain, kind=kind, snapshot_date=day, coverage=coverage, area=area, expected_rows=rows)


def _refuse_unnamed(kind: str | None, day: date | None, coverage: str | None) -> None:
    want = "请按「类别_YYYYMMDD_全量或增量」命名，或在 zhaoren.toml 的 [files] patterns 中加一条规则。"
    if kind is None:
        raise DeliveryRefused("文件名没有写明数据类别，或该类别不认识；" + want, code="unknown_kind")
    if day is None:
        raise DeliveryRefused("文件名没有写明数据日期（8 位年月日）；" + want, code="no_snapshot_date")
    if coverage is None:
        raise DeliveryRefused("文件名没有写明是全量还是增量；" + want, code="no_coverage")


def _kind_in(text: str) -> str | None:
    folded = unicodedata.normalize("NFKC", text).strip().lower()
    for layout in LAYOUTS.values():
        if folded in (layout.kind, layout.label) or folded.startswith((layout.kind + "_", layout.label + "_")):
            return layout.kind
    return None


def _day(text: str) -> date | None:
    digits = text.replace("-", "")
    try:
        return datetime.strptime(digits, "%Y%m%d").date() if re.fullmatch("[0-9]{8}", digits) else None
    except ValueError:
        return None


def _read_manifest(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        manifest = json.loads(path.read_text(encoding="utf-8-sig"))
        good = isinstance(manifest, dict) and isinstance(manifest.get("rows", 0), int)
    except (ValueError, OSError, RecursionError):
        good = False
    if not good:
        raise DeliveryRefused("清单不是有效的 JSON 或 rows 不是整数；请改正清单后重新投放。", code="manifest_bad")
    return dict(manifest)
