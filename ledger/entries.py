"""What a run commits to of its entries one by one, and how one of them, or all, are shown without the workspace.

Each entry is one canonical line of JSON. Its leaf is salted from a secret of its run, so the hashes beside one entry's
way to the root say nothing of the other entries, not even to somebody who guesses them.
"""

import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ledger.seal import file_hash, run_folder, sealed_runs
from ledger.standalone_verifier import (
    DELTA,
    MANIFEST,
    PROOF,
    SALT,
    SIGNATURE,
    leaf_hash,
    merkle_path,
    merkle_root,
    salt_of,
)
from schemas.errors import UsageError, say

TABLE = Path("tables") / "ledger_entry.parquet"


@lru_cache(maxsize=10_000)  # a run's entries hold few days, and one time
def _iso(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_iso)
ESCAPED = r'[\x00-\x1f"\\]'  # what JSON writes otherwise than it stands


def canonical_entries(table: Path) -> Iterator[tuple[str, str]]:
    """Each entry's id and its one line: JSON, keys sorted, no spaces, days and UTC times in ISO 8601, in stored order."""
    with pq.ParquetFile(table) as file:
        for batch in file.iter_batches():
            yield from zip(batch.column("entry_id").to_pylist(), _lines(batch).to_pylist(), strict=True)


def _lines(batch: pa.RecordBatch) -> pa.Array:
    """Each row as `CANONICAL` would write it, made a column at a time: row by row took nearly three times as long."""
    parts: list[pa.Array | str] = []
    for name in sorted(batch.schema.names):
        parts += [f"{',' if parts else '{'}{CANONICAL.encode(name)}:", _values(batch.column(name))]
    return pc.binary_join_element_wise(*parts, "}", "")


def _values(column: pa.Array) -> pa.Array:
    """Each value of a column as JSON."""
    if pa.types.is_list(column.type):
        items = pc.binary_join(pa.ListArray.from_arrays(column.offsets, _values(column.values)), ",")
        told = pc.binary_join_element_wise("[", items, "]", "")
        return pc.if_else(column.is_null(), "null", told)
    if pa.types.is_integer(column.type):
        return pc.fill_null(pc.cast(column, pa.string()), "null")
    if not pa.types.is_string(column.type):  # days, times, yes and no: few of each, so written once
        coded = column.dictionary_encode(null_encoding="encode")
        return pa.array(map(CANONICAL.encode, coded.dictionary.to_pylist()), pa.string()).take(coded.indices)
    odd = pc.fill_null(pc.match_substring_regex(column, ESCAPED), False)
    mended = pa.array((CANONICAL.encode(text)[1:-1] for text in column.filter(odd).to_pylist()), pa.string())
    told = pc.binary_join_element_wise('"', pc.replace_with_mask(column, odd, mended), '"', "")
    return pc.fill_null(told, "null")


def entry_leaves(folder: Path) -> list[bytes]:
    """The salted leaves of the entries of a run, in their order."""
    secret = bytes.fromhex((folder / SALT).read_text(encoding="ascii"))
    return [leaf_hash(salt_of(secret, entry), line) for entry, line in canonical_entries(folder / TABLE)]


def commit_entries(folder: Path) -> dict[str, Any]:
    """Put a new secret beside the tables of a run that is being made; what its manifest says of the entries."""
    (folder / SALT).write_text(os.urandom(32).hex() + "\n", encoding="ascii")
    leaves = entry_leaves(folder)
    return {"count": len(leaves), "root": merkle_root(leaves), "salt_sha256": file_hash(folder / SALT)}


def entry_proof(runs: Path, entry_id: str) -> str:
    """A proof that one entry is in the chain: the entry, its salt, the hashes beside its way to the root, its run's
    manifest, and the way from that to the newest. Raises: UsageError."""
    run, _, _ = entry_id.partition("-")
    number = int(run) if run.isdecimal() else 0
    folder = _sealed(runs, number)
    entries = dict(canonical_entries(folder / TABLE))
    if entry_id not in entries:
        raise UsageError(say("没有这条台账分录；编号形如 3-17。", "No such entry; ids look like 3-17."))
    index = list(entries).index(entry_id)
    secret = bytes.fromhex((folder / SALT).read_text(encoding="ascii"))
    said = {"format": PROOF, "entry": entries[entry_id], "salt": salt_of(secret, entry_id).hex(), "index": index,
            "path": merkle_path(entry_leaves(folder), index), **_vouchers(runs, number)}  # fmt: skip
    return json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def run_delta(runs: Path, number: int) -> str:
    """All entries of a run, one line each after a first line with what proves them. Raises: UsageError."""
    folder = _sealed(runs, number)
    secret = (folder / SALT).read_text(encoding="ascii").strip()
    said = {"format": DELTA, "salt": secret, **_vouchers(runs, number)}
    lines = [
        json.dumps(said, ensure_ascii=False, sort_keys=True),
        *(line for _, line in canonical_entries(folder / TABLE)),
    ]
    return "\n".join(lines) + "\n"


def _sealed(runs: Path, number: int) -> Path:
    if number not in sealed_runs(runs):
        raise UsageError(say(f"没有第 {number} 次运行。", f"There is no run {number}."))
    return run_folder(runs, number)


def _vouchers(runs: Path, number: int) -> dict[str, Any]:
    last = sealed_runs(runs)[-1]
    newest = None
    if last > number:
        heads = [leaf_hash(b"", file_hash(run_folder(runs, n) / MANIFEST)) for n in range(1, last)]
        newest = {**_manifest(runs, last), "path": merkle_path(heads, number - 1)}
    return {**_manifest(runs, number), "newest": newest}


def _manifest(runs: Path, number: int) -> dict[str, str | None]:
    folder = run_folder(runs, number)
    signed = folder / SIGNATURE
    signature = json.loads(signed.read_text())["signature"] if signed.is_file() else None
    return {"manifest": (folder / MANIFEST).read_text(encoding="utf-8"), "signature": signature}
