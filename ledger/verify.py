"""Checks a workspace from the first run on: the chain, every hash, every total. Names the first run that does not hold."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from ledger.conservation import Recount
from ledger.seal import MANIFEST, MANIFEST_HASH, file_hash, head, read_manifest, run_folder, sealed_runs
from ledger.store import connect


@dataclass(frozen=True)
class Fault:
    """One thing that does not hold: the run (None: the whole chain) and a Chinese sentence."""

    run_no: int | None
    message: str


# What Excel and LibreOffice lay beside a workbook while somebody has it open.
OPEN_ELSEWHERE = re.compile(r"~\$|\.~lock\.")
ROW_TOTALS = """
select count(*) from read_parquet($path)
where rows <> accepted + quarantined or accepted <> unchanged + linked + new_person + not_linked + review
   or (status <> 'accepted' and rows <> 0)
"""


def verify(
    runs: Path, archive: Path, expected_head: str | None = None, step: Callable[[int], None] = lambda _: None
) -> list[Fault]:
    """All faults of the first run that has any; an empty list when everything holds."""
    numbers = sealed_runs(runs)
    bare = (
        [p.name for p in runs.iterdir() if p.name.isdigit() and not (p / MANIFEST).is_file()] if runs.is_dir() else []
    )
    if bare:
        return [Fault(int(min(bare)), "文件夹里没有清单 manifest.json，这次运行不完整。")]
    if numbers != list(range(1, len(numbers) + 1)):
        return [Fault(None, f"运行编号不连续：{len(numbers)} 个封存文件夹，最大编号 {numbers[-1] if numbers else 0}。")]
    previous = ""
    con = connect()
    try:
        recount = Recount(con)
        for number in numbers:
            step(number)
            if faults := _verify_run(recount, runs, archive, number, previous):
                return [Fault(number, message) for message in faults]
            previous = file_hash(run_folder(runs, number) / MANIFEST)
    finally:
        con.close()
    if expected_head is not None and head(runs) != expected_head.lower():
        return [Fault(None, "最新清单的 sha256 与给定的不同：链条被整体替换，或给定的值属于另一个工作区。")]
    return []


def _verify_run(recount: Recount, runs: Path, archive: Path, number: int, previous: str) -> list[str]:
    folder = run_folder(runs, number)
    try:
        manifest = read_manifest(runs, number)
        if manifest["run_no"] != number or manifest["previous"] != previous:
            return ["清单与上一次运行的链条对不上。"]
        if number > 1 and _recorded(manifest) < _recorded(read_manifest(runs, number - 1)):
            return ["记录时间早于上一次运行，“当时所知”会前后颠倒。"]
        return [*_hashes(folder, manifest), *_archived(archive, manifest)] or _totals(recount, folder, manifest)
    except (ValueError, KeyError, OSError, duckdb.Error) as error:
        return [f"清单或数据表读不出（{type(error).__name__}）。"]


def _recorded(manifest: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(manifest["recorded_at"])


def _hashes(folder: Path, manifest: dict[str, Any]) -> list[str]:
    expected = {f"tables/{name}.parquet": t["sha256"] for name, t in manifest["tables"].items()}
    expected |= {f"workbooks/{name}": sha for name, sha in manifest["workbooks"].items()}
    found = {
        p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() and not OPEN_ELSEWHERE.match(p.name)
    } - {MANIFEST, MANIFEST_HASH}
    said = folder / MANIFEST_HASH
    if not said.is_file() or said.read_text(encoding="utf-8").split()[:1] != [file_hash(folder / MANIFEST)]:
        return [f"{MANIFEST} 与 {MANIFEST_HASH} 不符，清单被改动或缺失。"]
    faults = [f"{name} 不见了。" for name in sorted(set(expected) - found)]
    faults += [f"{name} 不在清单中，是后加的。" for name in sorted(found - set(expected))]
    faults += [
        f"{name} 的内容被改动。" for name in sorted(found & set(expected)) if file_hash(folder / name) != expected[name]
    ]
    return faults


def _archived(archive: Path, manifest: dict[str, Any]) -> list[str]:
    hashes = {i["sha256"] for i in manifest["inputs"]}
    return [
        f"archive/{sha[:12]}… 不见了或被改动。"
        for sha in sorted(hashes)
        if not (archive / sha).is_file() or file_hash(archive / sha) != sha
    ]


def _totals(recount: Recount, folder: Path, manifest: dict[str, Any]) -> list[str]:
    broken = recount.con.execute(ROW_TOTALS, {"path": str(folder / "tables" / "delivery.parquet")}).fetchall()[0][0]
    faults = [f"{broken} 个交付文件的行数合计对不上。"] if broken else []
    totals = manifest["totals"]
    for name in sorted(n[: -len(".opening")] for n in totals if n.endswith(".opening")):
        opening, inflow, outflow, closing = (totals[f"{name}.{p}"] for p in ("opening", "inflow", "outflow", "closing"))
        if opening + inflow - outflow != closing:
            faults.append(f"{name} 的期初、增减与期末对不上。")
    return [*faults, *recount.faults(folder / "tables", manifest["run_no"])]
