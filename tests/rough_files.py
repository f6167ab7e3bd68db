"""Files as bad days make them, and a small workspace to drop them into. All people and numbers are invented."""

import io
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, redirect_stderr, redirect_stdout
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
import openpyxl
import xlwt

from flows.night.in_order import run_night
from flows.night.outcome import Outcome
from flows.workspace import Workspace, init_workspace, locked

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "sample_data" / "small"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
DEATH = ("姓名", "证件号码", "死亡日期")
STOP = ("姓名", "证件号码", "性别", "联系电话", "单位名称", "险种", "停保原因", "最后缴费年月", "停保日期")
SURNAMES = "赵钱孙周吴郑冯陈褚卫蒋沈韩杨朱秦尤许何吕"
SHOWN_LINES = 60


def numbered(first17: str) -> str:
    """The number with its check character, by the printed weights of GB 11643."""
    return first17 + "10X98765432"[sum(int(c) * w for c, w in zip(first17, WEIGHTS, strict=True)) % 11]


def someone(serial: int, born: str = "19750315") -> tuple[str, str]:
    """An invented name and a valid number of their own for each serial."""
    given = "甲乙丙丁戊己庚辛壬癸"
    name = SURNAMES[serial // 100 % 20] + given[serial // 10 % 10] + given[serial % 10]
    return name, numbered(f"442000{born}{serial % 1000:03d}")


def phone_of(serial: int) -> str:
    return f"1390000{serial:04d}"


def stop_row(serial: int, **said: str) -> list[str]:
    """A row of the stoppage extract that puts the person into the Zhongshan ledger."""
    name, number = someone(serial)
    row = dict(zip(STOP, (name, number, "男" if int(number[16]) % 2 else "女", phone_of(serial), "某厂", "失业",
                          "单位解除", "202403", "20240331"), strict=True))  # fmt: skip
    return list((row | said).values())


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]], end: str = "\n") -> str:
    return "".join(",".join(cells) + end for cells in (header, *rows))


def deaths(*serials: int) -> list[list[str]]:
    return [[*someone(s), "20240601"] for s in serials]


def death_file(*serials: int) -> str:
    return csv_text(DEATH, deaths(*serials))


def stop_file(*serials: int) -> str:
    return csv_text(STOP, [stop_row(s) for s in serials])


def xlsx(*sheets: Iterable[Sequence[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for number, rows in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        for row in rows:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xls(rows: Iterable[Sequence[Any]]) -> bytes:
    """A BIFF8 workbook, as old offices still send it."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("名单")
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            sheet.write(r, c, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zipped(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, data)
    return out.getvalue()


def locked_xlsx() -> bytes:
    """The shell of a password-protected xlsx: an OLE container with EncryptionInfo and EncryptedPackage."""
    free, end, fat_mark = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    fat = [fat_mark, end, *range(3, 10), end, *range(11, 18), end]
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
        + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<I", 0) + struct.pack("<I", free) * 108
    )  # fmt: skip

    def entry(name: str, kind: int, child: int, left: int, start: int, size: int) -> bytes:
        wide = name.encode("utf-16-le") + b"\x00\x00" if name else b""
        return (wide.ljust(64, b"\x00") + struct.pack("<HBB", len(wide), kind, 1) + struct.pack("<III", left, free, child)
                + bytes(36) + struct.pack("<IQ", start, size))  # fmt: skip

    folder = (
        entry("Root Entry", 5, 2, free, end, 0) + entry("EncryptionInfo", 2, free, free, 2, 4096)
        + entry("EncryptedPackage", 2, free, 1, 10, 4096) + entry("", 0, free, free, 0, 0)
    )  # fmt: skip
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff")
    return header + table + folder + b"\x04\x00\x04\x00" + bytes(4092) + bytes(range(256)) * 16


def new_workspace(folder: Path, packs: Sequence[str] = ("zhongshan",)) -> Workspace:
    return init_workspace(folder / "ws", packs)


def drop(workspace: Workspace, name: str, data: str | bytes) -> None:
    (workspace.inbox / name).write_bytes(data.encode() if isinstance(data, str) else data)


def night(workspace: Workspace, day: str, *, books: bool = False) -> Outcome:
    """One night, directly. Whatever ends it is the test's failure, also what is no Exception (a Rust panic is none)."""
    try:
        with locked(workspace):
            return night_of(workspace, date.fromisoformat(day), books=books)
    except KeyboardInterrupt:
        raise
    except BaseException as death:
        raise AssertionError(f"the night died of {type(death).__name__}: {death}") from None


def night_of(workspace: Workspace, day: date, *, books: bool) -> Outcome:
    """A night that writes its workbooks only where `books` says so: they are a third of a small night's time, and most
    tests look at tables."""
    with nullcontext() if books else without_books():
        return run_night(workspace, day)


def without_books() -> AbstractContextManager[object]:
    """Nights inside it, also those of commands in this process, write no workbooks."""
    return mock.patch("reports.night.build_workbooks", return_value=[])


def table(workspace: Workspace, name: str, run_no: int = 0) -> list[dict[str, Any]]:
    """A published table: of one run, or of all runs in order."""
    folders = [f"{run_no:06d}"] if run_no else sorted(p.name for p in workspace.runs.iterdir() if p.name.isdigit())
    rows: list[dict[str, Any]] = []
    for folder in folders:
        path = workspace.runs / folder / "tables" / f"{name}.parquet"
        if path.is_file():
            found = _reader().execute("select * from read_parquet(?)", [str(path)])
            names = [d[0] for d in found.description or []]
            rows += [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return rows


@cache
def _reader() -> duckdb.DuckDBPyConnection:
    """One for the process: to open one takes longer than to read most tables."""
    con = duckdb.connect()
    con.execute(
        "set TimeZone = 'UTC'; set enable_external_file_cache = false"
    )  # a table that a test spoils is read anew
    return con


def entries(workspace: Workspace) -> list[dict[str, Any]]:
    """Every ledger entry without the time it was recorded."""
    return [{k: v for k, v in row.items() if k != "recorded_at"} for row in table(workspace, "ledger_entry")]


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "flows.cli", *map(str, words)]


def surroundings(**more: str) -> dict[str, str]:
    """The environment of a command: this checkout, no Prefect API, no proxy."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "ZHAOREN_", "PYTEST_", "COV_"))}
    return (
        kept
        | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PREFECT_HOME": tempfile.gettempdir() + "/no-prefect"}
        | more
    )


def zhaoren(*words: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own."""
    return subprocess.run(
        command(*words),
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=surroundings(**env),
        cwd=ROOT,
        timeout=300,
    )


IN_TURN = """
import json, os, sys
import flows.cli
for words, out in json.load(sys.stdin):
    if (child := os.fork()) == 0:
        told = os.open(out, os.O_WRONLY | os.O_CREAT, 0o666)
        os.dup2(told, 1)
        os.dup2(told, 2)
        sys.argv = ["zhaoren", *words]
        flows.cli.main()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def zhaoren_in_turn(
    *commands: Sequence[str | Path], into: Path, env: Mapping[str, str] | None = None, umask: int = -1
) -> list[tuple[int, str]]:
    """Commands one after another, each in a process of its own; what is loaded for all is loaded once. Their exit codes, and
    what they said, which is kept in `into` as well."""
    said = [into / f"{number}.out" for number in range(len(commands))]
    asked = json.dumps([[[str(w) for w in words], str(out)] for words, out in zip(commands, said, strict=True)])
    done = subprocess.run(
        [sys.executable, "-c", IN_TURN], input=asked, capture_output=True, text=True, env=env, umask=umask, check=True
    )
    return [(int(code), out.read_text("utf-8")) for code, out in zip(done.stdout.split(), said, strict=True)]


def zhaoren_here(*words: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    """The same command inside this process, some ten times as fast."""
    from flows.cli import run_command

    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    said = [str(w) for w in words]
    kept, argv = dict(os.environ), sys.argv
    code: object = 0
    try:
        os.environ.clear()
        os.environ.update(surroundings(**env))
        sys.argv = ["zhaoren", *said]
        with redirect_stdout(out), redirect_stderr(err):
            code = run_command()  # not `main`: with Prefect loaded that ends the process
    except SystemExit as end:
        code = end.code
    finally:
        sys.argv = argv
        os.environ.clear()
        os.environ.update(kept)
    texts = [s.buffer.getvalue().decode() for s in (out, err)]
    return subprocess.CompletedProcess(said, int(str(code or 0)), *texts)


def listed(workspace: Workspace) -> list[dict[str, Any]]:
    """The entries of the ledger of people itself (track L), without tasks and notices."""
    return [e for e in entries(workspace) if e["track"] == "L"]


def few_sample_files(folder: Path) -> None:
    """Below `folder`, the sample's first night as the pages name it, less all but those files that let most people in, and
    of each its first lines: a page shows the way, not the size."""
    night_1 = folder / "sample_data" / "small" / "night-1"
    night_1.mkdir(parents=True)
    for kind in ("社保停保", "失业登记", "失业保险待遇"):
        for file in (SAMPLE / "night-1").glob(f"{kind}_*.csv"):
            (night_1 / file.name).write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:SHOWN_LINES]))


SampleTown = Callable[[int], Workspace]  # the fixture in conftest.py


def play_sample(folder: Path) -> None:
    """The three sample nights, and in `folder` the workspace after each, by its number. Copy it before you touch it."""
    workspace = new_workspace(folder, ("zhongshan", "neimenggu"))
    for number, day in enumerate(("2024-06-29", "2024-06-30", "2024-07-01"), 1):
        for file in (SAMPLE / f"night-{number}").iterdir():
            shutil.copyfile(file, workspace.inbox / file.name)
        night(workspace, day, books=True)
        shutil.copytree(workspace.root, folder / str(number), symlinks=True)


def copy_of(workspace: Path, folder: Path) -> Workspace:
    return Workspace(Path(shutil.copytree(workspace, folder / "copy", symlinks=True)))
