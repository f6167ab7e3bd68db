"""Which packs a night used, kept so that the night can be shown again under the pack of its time.

Every file of a pack lies in `archive/` by its sha256; table `pack_in_force` says from which run on which files, with which
values of the office, were in force, and what changed. The manifest names them all, so that `verify` misses none.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from policies.differences import changed_rules, changes
from policies.old_rules import POLICY, can_read
from policies.pack import NATIONAL, Pack, pack_of
from policies.versions import History, Version, at_run
from policies.view import wide_columns
from schemas.errors import IntegrityError, say
from schemas.journal import PackInForce
from schemas.modelling import create_table, describe

SHARED = "national"  # what all packs read; its own values are no office's to set
KNOWN = """
select pack, version, content_sha256, files, parameters, since_run, as_of, status from store.pack_in_force order by pack, since_run
"""


@dataclass(frozen=True)
class Kept:
    """One pack as a run used it: its files by name and sha256, and the office's values, as JSON."""

    pack: str
    version: str
    files: str
    parameters: str

    @property
    def content(self) -> str:
        return hashlib.sha256(f"{self.files}\n{self.parameters}".encode()).hexdigest()

    @property
    def hashes(self) -> dict[str, str]:
        return dict(json.loads(self.files))


def kept_of(pack: Pack) -> Kept:
    return Kept(pack.code, pack.version, _hashes(pack.files), _json(pack.set_here))


def shared_kept() -> Kept:
    return Kept(SHARED, "", _hashes(_shared_files()), "{}")


def _shared_files() -> dict[str, bytes]:
    return {NATIONAL.name: NATIONAL.read_bytes()}


def _hashes(files: Mapping[str, bytes]) -> str:
    return _json({name: hashlib.sha256(content).hexdigest() for name, content in files.items()})


def _json(values: Mapping[str, Any]) -> str:
    """Values as text that `_values` gives back as they were, dates as well."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=lambda d: {"date": d.isoformat()})  # fmt: skip


def _values(text: str) -> dict[str, Any]:
    read = json.loads(text, object_hook=lambda o: date.fromisoformat(o["date"]) if set(o) == {"date"} else o)
    return dict(read)


def named(packs: Sequence[Pack]) -> dict[str, Any]:
    """What the manifest says of the packs beside their versions: every file's sha256, and the office's values."""
    kept = [*map(kept_of, packs), shared_kept()]
    return {"pack_files": {k.pack: k.hashes for k in kept}, "pack_parameters": {k.pack: json.loads(k.parameters) for k in kept if k.pack != SHARED}}  # fmt: skip


def read_history(con: duckdb.DuckDBPyConnection, archive: Path) -> History:
    """The versions of each pack that runs used, oldest first, read from what was kept of them. Raises: IntegrityError."""
    found: dict[str, list[Version]] = {}
    read: dict[str, Pack] = {}
    for code, _, content, files, parameters, since_run, as_of, status in con.execute(KNOWN).fetchall():
        if code != SHARED and status != "removed":
            if content not in read:
                read[content] = restore(archive, json.loads(files), _values(parameters), code)
            found.setdefault(code, []).append(Version(since_run, as_of, read[content]))
    return found


def restore(archive: Path, hashes: Mapping[str, str], values: Mapping[str, Any], code: str) -> Pack:
    """A pack from its kept files and the office's values. Raises: IntegrityError where a file is gone or was changed."""
    files = {}
    for name, sha in hashes.items():
        path = archive / sha
        content = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(content).hexdigest() != sha:
            raise IntegrityError(
                say(f"政策包 {code} 存档的文件 archive/{sha[:12]}… 不见了或被改动；请运行 zhaoren verify 查明，并从备份恢复。",
                    f"Pack {code}: kept file archive/{sha[:12]}… is gone or was changed; run zhaoren verify, restore it.")
            )  # fmt: skip
        files[name] = content
    return pack_of(files, code).with_values(values)


def keep_files(packs: Sequence[Pack], archive: Path, work: Path) -> None:
    """Put the packs' files, and what all packs read, into the archive by their sha256."""
    for files in (*(p.files for p in packs), _shared_files()):
        for content in files.values():
            sha = hashlib.sha256(content).hexdigest()
            target = archive / sha
            if target.is_file() and hashlib.sha256(target.read_bytes()).hexdigest() == sha:
                continue
            beside = work / f"pack-{sha}"
            with beside.open("wb") as stream:
                stream.write(content)
                os.fsync(stream.fileno())
            os.replace(beside, target)


def note_packs(
    con: duckdb.DuckDBPyConnection,
    packs: Sequence[Pack],
    history: History,
    run_no: int,
    as_of: date,
    before: date | None,
) -> None:
    """Make `pack_tonight`: the packs that read otherwise tonight than in the run before, whose as-of date was `before`."""
    con.execute("drop table if exists pack_tonight")
    con.execute(create_table("pack_tonight", [(c.name, c.sql) for c in describe(PackInForce).columns]))
    for kept, status, told in _tonight(_last_known(con), packs, history, run_no, as_of, before):
        con.execute(
            "insert into pack_tonight values (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
            [kept.pack, kept.version, kept.content, kept.files, kept.parameters, run_no, as_of, status, told],
        )
    _count_caused(con, packs, history, run_no, as_of, before)


def told(con: duckdb.DuckDBPyConnection) -> tuple[tuple[str, int, str], ...]:
    """One line for each pack in `pack_tonight`: how many entries its change made, and what changed."""
    return tuple(con.execute("select pack, caused, array_to_string(changes, '；') from pack_tonight order by pack").fetchall())  # fmt: skip


def _last_known(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[Kept, str]]:
    rows = con.execute(KNOWN).fetchall()
    return {code: (Kept(code, version, files, parameters), status) for code, version, _, files, parameters, _, _, status in rows}  # fmt: skip


def _tonight(
    known: Mapping[str, tuple[Kept, str]], packs: Sequence[Pack], history: History, run_no: int, as_of: date, before: date | None
) -> Iterator[tuple[Kept, str, list[str]]]:  # fmt: skip
    shared, (old_shared, _) = shared_kept(), known.get(SHARED, (None, ""))
    if old_shared is None or old_shared.content != shared.content:
        told = ["全国通用的参数（法定退休年龄等）已改变"] if old_shared else ["启用全国通用的参数"]
        yield shared, "changed" if old_shared else "new", told
    for pack in packs:
        kept, (old, status) = kept_of(pack), known.get(pack.code, (None, "removed"))
        if old is None or status == "removed" or before is None:
            yield kept, "new", [f"启用政策包 {pack.code}（版本 {pack.version}）"]
            continue
        was = at_run(history[pack.code], run_no).pack
        told = changes(was, before, pack, as_of)
        if kept.content != old.content:
            yield kept, "changed", told or ["文字改动，不影响判断"]
        elif told:
            yield kept, "dated", told
    for code in sorted(set(known) - {SHARED} - {p.code for p in packs}):
        if known[code][1] != "removed":
            yield known[code][0], "removed", [f"不再使用政策包 {code}；已记入的台账保持原样"]


CAUSED = """
update pack_tonight set caused = caused + (
    select count(*) from new_entry where pack = $pack and json_extract_string(parameters, '$.rule') = $rule
      and json_extract_string(parameters, '$.policy') is null and {who})
where pack = $pack
"""
OF_POLICY = """
update pack_tonight as t set caused = caused + (
    select count(*) from new_entry as n where n.pack = t.pack
      and (t.status = 'new' or ends_with(json_extract_string(n.parameters, '$.rule'), $policy) or json_extract_string(n.parameters, '$.policy') is not null))
"""


def _count_caused(
    con: duckdb.DuckDBPyConnection,
    packs: Sequence[Pack],
    history: History,
    run_no: int,
    as_of: date,
    before: date | None,
) -> None:
    """Fill in how many of tonight's entries (`new_entry`) the packs' changes made: those of rules that came or went, those
    of people about whom the rule as it read before says otherwise of the same facts, and all that a change has looked at."""
    changed = {code for (code,) in con.execute("select pack from pack_tonight where status in ('changed', 'dated')").fetchall()}  # fmt: skip
    columns = wide_columns(con) if changed and before else {}
    for pack in (p for p in packs if p.code in changed and before):
        was = at_run(history[pack.code], run_no).pack
        for rule_id, (old, new) in changed_rules(was, before or as_of, pack, as_of).items():
            who = "true"
            if old and new and can_read(columns, old):
                who = f"coalesce(person_id, 'E:' || basis) in (select person_id from {new.rule.view} where ({old.when}) is distinct from ({new.when}))"
            con.execute(CAUSED.format(who=who), {"pack": pack.code, "rule": rule_id})
    con.execute(OF_POLICY, {"policy": POLICY})
