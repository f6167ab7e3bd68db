"""Checks a workspace from the first run on: the chain, every hash, every total. Names the first run that does not hold.

The chain, hashes and signatures are checked by `standalone_verifier`, the file an auditor takes along; here is added
what needs the tables opened.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from ledger.at_rest import RestKey, Vault
from ledger.conservation import Recount
from ledger.entries import entry_leaves
from ledger.opening import BOOKS, encrypted_files, expected, open_files
from ledger.seal import head, read_manifest, run_folder, sealed_runs
from ledger.standalone_verifier import (
    Chain,
    Fault,
    Folder,
    Outside,
    check,
    check_signing,
    key_of,
    merkle_root,
    note_unopened,
)
from ledger.store import connect

ROW_TOTALS = """
select count(*) from read_parquet($path)
where rows <> accepted + quarantined or accepted <> unchanged + linked + new_person + not_linked + review
   or (status <> 'accepted' and rows <> 0)
"""


def verify(runs: Path, archive: Path, expected_head: str | None = None) -> list[Fault]:
    """All faults of the first run that has any; an empty list when everything holds."""
    return examine(runs, archive, Outside(head=expected_head or "")).faults


def newest_signature(runs: Path, archive: Path) -> list[Fault]:
    """What does not hold of the newest run's signature, taken that the run before it holds. What a night seals upon it, it vouches for."""
    numbers = sealed_runs(runs)
    if not numbers:
        return []
    before, manifest = (read_manifest(runs, n) if n else {"signing": None} for n in ([0, *numbers])[-2:])
    chain = Chain(keys=[before["signing"]["public_key"]] if before["signing"] else [])
    try:
        return check_signing(Folder(runs, archive), numbers[-1], manifest, head(runs), chain)
    except (ValueError, KeyError, TypeError, OSError) as error:
        kind = type(error).__name__
        return [Fault(numbers[-1], f"签名读不出（{kind}）。", f"the signature cannot be read ({kind}).")]


def examine(
    runs: Path, archive: Path, outside: Outside, keys: Mapping[str, bytes] | None = None, lost: Iterable[str] = (),
    scratch: Path | None = None,
) -> Chain:  # fmt: skip
    """The chain and what does not hold of it, by itself and against what is known from outside. `keys` open what lies encrypted
    (`Folder`); tables of such runs are opened in `scratch`, a run at a time."""
    con = connect()
    recount = Recount(con)
    files = Folder(runs, archive, keys, lost)
    vault = Vault(None, {key_id: RestKey(secret) for key_id, secret in (keys or {}).items()})

    def tables(number: int, manifest: dict[str, Any]) -> list[Fault]:
        if any(name.startswith(f"runs/{number:06d}/tables/") for name in files.unopened):
            return []
        with _readable(run_folder(runs, number), vault, scratch) as folder:
            return _tables(recount, folder, number, manifest)

    try:
        chain = check(files, outside, tables)
        note_unopened(files, chain)
        return chain
    finally:
        con.close()


@contextmanager
def _readable(folder: Path, vault: Vault, scratch: Path | None) -> Iterator[Path]:
    """The run, or a plain copy of it for as long as it is looked at, without its workbooks."""
    if scratch is None or not any(key_of(path) for path, _ in encrypted_files(folder.parent, [int(folder.name)])):
        yield folder
        return
    copy = scratch / f"verify-{folder.name}"
    try:
        open_files(folder, copy, vault, (name for name in expected(folder) if not name.startswith(BOOKS)))
        yield copy
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def _tables(recount: Recount, folder: Path, number: int, manifest: dict[str, Any]) -> list[Fault]:
    faults = []
    try:
        broken = recount.con.execute(ROW_TOTALS, {"path": str(folder / "tables" / "delivery.parquet")}).fetchall()[0][0]
        if broken:
            faults.append(
                Fault(
                    number, f"{broken} 个交付文件的行数合计对不上。", f"the rows of {broken} deliveries do not add up."
                )
            )
        there = {n: t for n, t in manifest["tables"].items() if (folder / "tables" / f"{n}.parquet").is_file()}
        for name, table in there.items():
            if pq.read_metadata(folder / "tables" / f"{name}.parquet").num_rows != table["rows"]:
                faults.append(
                    Fault(number, f"{name} 的行数与清单不符。", f"{name} has not the rows its manifest says.")
                )
        if merkle_root(entry_leaves(folder)) != manifest["entries"]["root"]:
            faults.append(
                Fault(number, "台账分录与所封存的汇总哈希不符。", "the entries do not give the root that was sealed.")
            )
        if "conservation" in manifest["tables"]:
            faults += recount.faults(folder / "tables", number)
    except duckdb.Error as error:
        kind = type(error).__name__
        faults.append(Fault(number, f"数据表读不出（{kind}）。", f"a table cannot be read ({kind})."))
    return faults
