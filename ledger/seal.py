"""Sealing a run: tables and workbooks are written beside, hashed, chained to the manifest before, synced, and renamed
into `runs/` in one step. A reader sees the whole run or none of it.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from ledger.signing import Key
from ledger.standalone_verifier import MANIFEST, MANIFEST_HASH, SETTINGS, SIGNATURE, history_root
from ledger.whole import sync_file, sync_folder
from schemas.declaring import Model
from schemas.errors import IntegrityError
from schemas.modelling import Table, describe


def run_folder(runs: Path, run_no: int) -> Path:
    return runs / f"{run_no:06d}"


def sealed_runs(runs: Path) -> list[int]:
    """Numbers of the sealed runs, ascending."""
    if not runs.is_dir():
        return []
    return sorted(int(p.name) for p in runs.iterdir() if _is_run(p) and (p / MANIFEST).is_file())


def _is_run(folder: Path) -> bool:
    """Whether a folder is named as runs are: other digits, or more or fewer of them, are nobody's."""
    return folder.name.isdecimal() and folder.name == f"{int(folder.name):06d}"


TOLD = {"as_of", "entries", "inputs", "previous", "recorded_at", "settings_sha256", "signing", "tables", "workbooks"}


def read_manifest(runs: Path, run_no: int) -> dict[str, Any]:
    """Raises: IntegrityError where it is no manifest any more."""
    path = run_folder(runs, run_no) / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(manifest, dict) and manifest.keys() >= TOLD:
            return manifest
    except (ValueError, RecursionError):
        pass
    raise IntegrityError(
        f"第 {run_no} 次运行的清单损坏，读不出（{path}）；请运行 zhaoren verify 查明，从备份恢复这个文件夹后再运行。"
    )


def standing_files(runs: Path, kind: str, numbers: Iterable[int] | None = None) -> list[Path]:
    """The sealed rows of a kind, of all runs or of these: each run's own table or, where a later one of them sealed what is
    left of it, that."""
    return list(standing_by_run(runs, numbers).get(kind, {}).values())


def standing_by_run(runs: Path, numbers: Iterable[int] | None = None) -> dict[str, dict[int, Path]]:
    """The same of every kind, by the run whose rows they are, in their order. One look at the folders serves all kinds."""
    last = None if numbers is None else max(numbers, default=0)
    found: dict[str, dict[int, Path]] = {}
    for run in sorted(p for p in runs.iterdir() if _is_run(p)) if runs.is_dir() else ():
        number = int(run.name)
        if last is not None and number > last:
            break
        for path in _parquet_in(run / "tables" / "standing"):
            found.setdefault(path.stem, {})[number] = path
        for path in (p for rest in _parts_of(run / "tables" / "retained") for p in _parquet_in(rest)):
            found.setdefault(path.stem, {})[int(path.parts[-2])] = path
    return {kind: dict(sorted(files.items())) for kind, files in found.items()}


def _parquet_in(folder: Path) -> list[Path]:
    return [p for p in _parts_of(folder) if p.suffix == ".parquet"]


def _parts_of(folder: Path) -> list[Path]:
    """What lies in a folder, in order; nothing where there is none."""
    try:
        return [folder / name for name in sorted(os.listdir(folder))]
    except (FileNotFoundError, NotADirectoryError):
        return []


def require_chain(runs: Path) -> None:
    """Raises: IntegrityError unless the sealed runs are numbered 1..n, each names the manifest before it, and each manifest is as
    its own hash beside it says: a rotten newest one is named by no later one yet."""
    previous = ""
    numbered = sorted(p.name for p in runs.iterdir() if p.name.isdigit()) if runs.is_dir() else []
    for expected, name in enumerate(numbered, 1):
        path = runs / name / MANIFEST
        if name != f"{expected:06d}" or not path.is_file() or read_manifest(runs, expected)["previous"] != previous:
            raise IntegrityError(
                f"运行链在第 {expected} 次断开（文件夹缺失、没有清单或与前一次对不上），不能在其上继续；请运行 zhaoren verify 查明，从备份恢复后再运行。"
            )
        previous = file_hash(path)
        if not _is_hash_of(previous, runs / name / MANIFEST_HASH):
            raise IntegrityError(
                f"第 {expected} 次运行的 {MANIFEST} 与 {MANIFEST_HASH} 不符，或缺 {MANIFEST_HASH}：清单可能已损坏，不能在其上继续；请从备份恢复 {runs / name} 里的这两个文件后再运行。"
            )


def _is_hash_of(said: str, path: Path) -> bool:
    return path.is_file() and path.read_bytes() == _hash_line(said)


def _hash_line(sha: str) -> bytes:
    return f"{sha}  {MANIFEST}\n".encode()


def head(runs: Path) -> str:
    """sha256 of the newest manifest, or "" before the first run."""
    numbers = sealed_runs(runs)
    return file_hash(run_folder(runs, numbers[-1]) / MANIFEST) if numbers else ""


def file_hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_table(con: duckdb.DuckDBPyConnection, model: type[Model], source: str, folder: Path, name: str = "") -> None:
    """Write `source` as the model's parquet, in key order, after checking it. Raises: IntegrityError."""
    table = describe(model)
    columns = ", ".join(f'"{c.name}"::{c.sql} as "{c.name}"' for c in table.columns)
    con.execute(f"create or replace temp view outgoing as select {columns} from {source}")
    _check(con, table)
    order = "run_no, seq" if table.name == "ledger_entry" else ", ".join(f'"{k}"' for k in table.key)
    write_parquet(con, f"select * from outgoing order by {order}", folder / f"{name or table.name}.parquet")


def write_parquet(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """Write an ordered query's rows; the same rows give the same bytes, whatever the number of threads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    where = str(path).replace("'", "''")
    con.execute(
        f"copy ({query}) to '{where}' (format parquet, compression zstd, compression_level 1, row_group_size 122880)"
    )


def _check(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    tests = [f'count(*) - count("{c.name}")' for c in table.columns if not c.nullable]
    for column in table.columns:
        if column.codes:
            allowed = ", ".join(f"'{code}'" for code in column.codes)
            tests.append(f'count_if("{column.name}" not in ({allowed}))')
    key = ", ".join(f'"{k}"' for k in table.key)
    tests.append(f"count(*) - count(distinct hash({key}))")
    broken = con.execute(f"select {', '.join(tests)} from outgoing").fetchall()[0]
    if any(broken):
        raise IntegrityError(
            f"数据表 {table.name} 不合自身约定（{sum(1 for b in broken if b)} 项），本次运行未发布；请保留现场并报告。"
        )


def seal(
    staging: Path, runs: Path, run_no: int, facts: Mapping[str, Any], key: Key | None = None,
    keep: Callable[[Path, int], None] | None = None,
) -> str:  # fmt: skip
    """Hash what `staging` holds, write its manifest, sign that, sync it, and rename it into `runs`. Returns the manifest's
    sha256. With `keep` that is what publishes the run (`ledger/opening.py`), and `runs` is where it is read."""
    tables = {
        p.relative_to(staging / "tables").with_suffix("").as_posix(): {
            "rows": pq.read_metadata(p).num_rows,
            "sha256": file_hash(p),
        }
        for p in sorted((staging / "tables").rglob("*.parquet"))
    }
    workbooks = {
        p.relative_to(staging / "workbooks").as_posix(): file_hash(p)
        for p in sorted((staging / "workbooks").rglob("*"))
        if p.is_file()
    }
    heads = [file_hash(run_folder(runs, number) / MANIFEST) for number in sealed_runs(runs)]
    manifest = {
        **facts, "tables": tables, "workbooks": workbooks, "settings_sha256": file_hash(staging / SETTINGS),
        "previous": heads[-1] if heads else "", "history": {"count": len(heads), "root": history_root(heads)},
    }  # fmt: skip
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True, default=str)
    (staging / MANIFEST).write_text(text + "\n", encoding="utf-8")
    sealed = file_hash(staging / MANIFEST)
    (staging / MANIFEST_HASH).write_bytes(_hash_line(sealed))
    if key:
        (staging / SIGNATURE).write_text(key.sign_head(sealed), encoding="ascii")
    _sync(staging)
    target = run_folder(runs, run_no)
    if target.exists():
        raise IntegrityError(f"运行 {run_no} 已经存在，未覆盖；请检查 runs 文件夹。")
    if keep:
        keep(staging, run_no)
    os.rename(staging, target)
    sync_folder(runs)
    return sealed


def _sync(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            sync_file(path)
        else:
            sync_folder(path)
    sync_folder(folder)
