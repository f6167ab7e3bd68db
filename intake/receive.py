"""What lies in the inbox: each file's hash, and its kind, snapshot date and coverage from name, manifest or settings.

Neither kind nor date is ever guessed from the clock or a time stamp; a file that names none is refused. A member of an
archive is named by itself, and by the archive where it says nothing.
"""

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from intake.naming import COVERAGE, Naming, describe_name, kept_names, kind_in
from intake.sidecar import SUFFIX, Sidecar, read_sidecar
from schemas.errors import DeliveryRefused

IGNORED = re.compile(r"^(\.|~\$)|\.(tmp|part|partial|crdownload)$", re.IGNORECASE)
LATEST_EXPORT = timedelta(days=15)  # a month's data are exported in the first days of the next


@dataclass(frozen=True)
class Incoming:
    """One file of the inbox, or one member of an archive. `office` tells apart those that send the same kind by area;
    `expected_rows` is the manifest's count; `withdraws` the delivery that the file takes back. `problem` is the sentence
    that refuses it, if anything already does. `members` are the files of an archive, which alone are then read."""

    path: Path
    file_name: str
    delivery_id: str
    size: int
    kind: str | None = None
    snapshot_date: date | None = None
    coverage: str | None = None
    area: str = ""
    expected_rows: int | None = None
    withdraws: str | None = None
    manifest: Path | None = None
    manifest_sha256: str | None = None
    problem: DeliveryRefused | None = None
    members: tuple["Incoming", ...] = ()

    @property
    def office(self) -> str:
        return self.area


def read_inbox(inbox: Path, patterns: Sequence[str] = (), areas: Sequence[str] = ()) -> list[Incoming]:
    """Every regular file of the inbox, by (snapshot date, kind, hash). Files still being written are left alone."""
    naming = Naming(patterns, areas)
    names = sorted(p for p in inbox.iterdir() if not IGNORED.search(p.name))
    files = [(readable_name(p), p) for p in names if p.is_file() and not p.is_symlink()]
    found = read_files(files, naming)
    return sorted(found, key=lambda i: (i.snapshot_date or date.max, i.kind or "~", i.delivery_id, i.file_name))


def never_read(inbox: Path) -> dict[str, str]:
    """What lies in the inbox and no night reads, by readable name, with the reason: folders, links, pipes and the like. Hidden files
    and files still being written are nobody's mistake."""
    left = {}
    for path in sorted(inbox.iterdir()) if inbox.is_dir() else ():
        if path.is_symlink():
            left[readable_name(path)] = "这是链接，不会被读取；请把文件本身放进 inbox。"
        elif path.is_dir():
            left[readable_name(path)] = "这是文件夹，不会被读取；请把里面的文件直接放进 inbox。"
        elif not path.is_file():
            left[readable_name(path)] = "这不是普通文件，不会被读取；请删去。"
    return left


def read_files(files: Sequence[tuple[str, Path]], naming: Naming, inside: Incoming | None = None) -> list[Incoming]:
    """Data files and the manifests beside them, given by readable name; `inside` is the archive they came in. From here on a name
    shows no person's number: it is sealed, and outlives the file."""
    shown = kept_names(name for name, _ in files)
    sidecars = {name[: -len(SUFFIX)]: (name, path) for name, path in files if name.endswith(SUFFIX)}
    data = [(name, path) for name, path in files if not name.endswith(SUFFIX)]
    found = [_receive(shown[name], path, sidecars.pop(name, None), naming, inside) for name, path in data]
    return found + [_alone(shown[name], path, naming) for name, path in sidecars.values()]


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


def _receive(
    name: str, path: Path, sidecar: tuple[str, Path] | None, naming: Naming, inside: Incoming | None
) -> Incoming:
    said_by = describe_name(name, naming)
    shown = f"{inside.file_name}/{name}" if inside else name
    plain = Incoming(path, shown, hash_file(path), path.stat().st_size)
    if sidecar:
        plain = replace(plain, manifest=sidecar[1], manifest_sha256=hash_file(sidecar[1]))
    plain = replace(plain, **{**(_inherited(inside) if inside else {}), **said_by})
    try:
        plain = _with_sidecar(plain, read_sidecar(sidecar[1]) if sidecar else Sidecar())
        _refuse_unnamed(plain)
    except DeliveryRefused as problem:
        return replace(plain, problem=problem)
    return plain


def _inherited(archive: Incoming) -> dict[str, Any]:
    return {f: getattr(archive, f) for f in ("kind", "snapshot_date", "coverage", "area")}


def _with_sidecar(plain: Incoming, sidecar: Sidecar) -> Incoming:
    """The file as its manifest completes it. Raises: DeliveryRefused, where the two say different things."""
    if sidecar.sha256 and sidecar.sha256 != plain.delivery_id:
        raise DeliveryRefused(
            "文件内容与清单所列 sha256 不符，可能传输损坏；请重新发送文件和清单。", code="manifest_sha256"
        )
    kind, coverage = kind_in(sidecar.kind), COVERAGE.get(sidecar.coverage.lower())
    if (sidecar.kind and not kind) or (sidecar.coverage and not coverage):
        raise DeliveryRefused("清单所写的类别或全量增量不认识；请改正清单后重新投放。", code="manifest_bad")
    day = plain.snapshot_date
    if sidecar.period and day is None and sidecar.period[0] == sidecar.period[1]:
        day = sidecar.period[1]
    told = replace(plain, snapshot_date=day, kind=kind or plain.kind, coverage=coverage or plain.coverage)
    if (plain.kind and told.kind != plain.kind) or (plain.coverage and told.coverage != plain.coverage):
        raise _contradicts("类别或全量增量")
    if sidecar.period and day and not sidecar.period[0] <= day <= sidecar.period[1] + LATEST_EXPORT:
        raise _contradicts("数据日期")
    return replace(told, area=sidecar.area or plain.area, expected_rows=sidecar.rows)


def _contradicts(what: str) -> DeliveryRefused:
    return DeliveryRefused(
        f"清单与文件名所写的{what}不一致；请核对后改正其中之一，再重新投放。", code="manifest_contradicts"
    )


def _refuse_unnamed(plain: Incoming) -> None:
    want = "请按「类别_YYYYMMDD_全量或增量」命名，或在 zhaoren.toml 的 [files] patterns 中加一条规则。"
    if plain.kind is None:
        raise DeliveryRefused("文件名没有写明数据类别，或该类别不认识；" + want, code="unknown_kind")
    if plain.snapshot_date is None:
        raise DeliveryRefused("文件名没有写明数据日期（8 位年月日）；" + want, code="no_snapshot_date")
    if plain.coverage is None:
        raise DeliveryRefused("文件名没有写明是全量还是增量；" + want, code="no_coverage")


def _alone(name: str, path: Path, naming: Naming) -> Incoming:
    """A manifest without its file: it takes a delivery back, or it is refused."""
    plain = Incoming(path, name, hash_file(path), path.stat().st_size, **describe_name(name[: -len(SUFFIX)], naming))
    try:
        sidecar = read_sidecar(path)
    except DeliveryRefused as problem:
        return replace(plain, problem=problem)
    if sidecar.withdraws:
        return replace(plain, withdraws=sidecar.withdraws)
    alone = "只有清单，没有它所说的数据文件；请把数据文件与清单一起投放。"
    return replace(plain, problem=DeliveryRefused(alone, code="manifest_alone"))
