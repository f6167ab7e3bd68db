"""Checks a workspace from the first run on: the chain, every hash, every total. Names the first run that does not hold.

The chain, hashes and signatures are checked by `standalone_verifier`, the file an auditor takes along; here is added
what needs the tables opened.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from ledger.conservation import Recount
from ledger.entries import entry_leaves
from ledger.seal import run_folder
from ledger.standalone_verifier import Chain, Fault, Folder, Outside, check, merkle_root, note_unopened
from ledger.store import connect

ROW_TOTALS = """
select count(*) from read_parquet($path)
where rows <> accepted + quarantined or accepted <> unchanged + linked + new_person + not_linked + review
   or (status <> 'accepted' and rows <> 0)
"""


def verify(runs: Path, archive: Path, expected_head: str | None = None) -> list[Fault]:
    """All faults of the first run that has any; an empty list when everything holds."""
    return examine(runs, archive, Outside(head=expected_head or "")).faults


def examine(
    runs: Path, archive: Path, outside: Outside, keys: Mapping[str, bytes] | None = None, lost: Iterable[str] = ()
) -> Chain:
    """The chain and what does not hold of it, by itself and against what is known from outside. `keys` open what lies encrypted
    (`Folder`)."""
    con = connect()
    recount = Recount(con)

    def tables(number: int, manifest: dict[str, Any]) -> list[Fault]:
        return _tables(recount, runs, number, manifest)

    files = Folder(runs, archive, keys, lost)
    try:
        chain = check(files, outside, tables)
        note_unopened(files, chain)
        return chain
    finally:
        con.close()


def _tables(recount: Recount, runs: Path, number: int, manifest: dict[str, Any]) -> list[Fault]:
    folder, faults = run_folder(runs, number), []
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
