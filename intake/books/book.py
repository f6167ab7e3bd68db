"""A workbook's sheets as text, read by a child process under limits that grow with what the file unpacks to.

The cells become Arrow columns here without ever being Python objects.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc

from intake.books.cell_frames import LAST_COLUMN, LAST_ROW, SEPARATOR, SPARSE_AREA, SPARSE_SHARE
from intake.reader_words import refusal
from schemas.errors import DeliveryRefused

CHILD = Path(__file__).parent / "spreadsheet_child.py"
HEAD_ROWS, LONGEST_LABEL = 40, 500
LONGEST_LINE = 64 << 20  # the merged cells of a sheet stand in one line
BASE_MEMORY, MEMORY_SHARE, MOST_MEMORY = 256 << 20, 12, 6 << 30  # a long text told in each row is kept for each
BASE_SECONDS = 8  # of processor, and so many more for each MB: calamine needs 0.03, a dense web page 0.6
SECONDS_PER_MB = {"html": 2.0, "xml": 1.0}
PATIENCE = 10  # times the processor's seconds: only where the machine has far too much else to do
LIMIT_SIGNALS = (-6, -9, -24)  # no memory for the reader (it aborts), killed, out of processor time


@dataclass(frozen=True)
class Sheet:
    """All cells of a sheet as text, from its first row and column on: columns c0..cn. `merges` are first row, first
    column, last row and last column, from 0; `unvalued` counts formulas that were saved without their value."""

    name: str
    cells: pa.Table
    merges: tuple[tuple[int, int, int, int], ...] = ()
    is_hidden: bool = False
    unvalued: int = 0

    @property
    def head(self) -> list[list[str]]:
        """The first rows, for finding the header; no label is longer than this."""
        first = self.cells.slice(0, HEAD_ROWS)
        columns = [pc.utf8_slice_codeunits(column, 0, LONGEST_LABEL).to_pylist() for column in first.columns]
        return [list(row) for row in zip(*columns, strict=True)]


@dataclass(frozen=True)
class Book:
    """Sheets in order. `encoding` is what the file was: xlsx, xls, ods, html or xml. Under `epoch_1904` a plain number
    that stands for a day counts from 1904; cells that are dates are right already."""

    sheets: tuple[Sheet, ...]
    encoding: str
    epoch_1904: bool = False


@dataclass
class _Arriving:
    """A sheet of which some runs of rows have come."""

    name: str
    runs: list[list[pa.Array]] = field(default_factory=list)
    merges: tuple[tuple[int, int, int, int], ...] = ()
    is_hidden: bool = False


def memory_for(unpacked: int) -> int:
    return min(BASE_MEMORY + MEMORY_SHARE * unpacked, MOST_MEMORY)


def read_in_child(kind: str, data: bytes, unpacked: int, meanwhile: Callable[[], None] = lambda: None) -> Book:
    """Every sheet; `meanwhile` is done while the child reads. Raises: DeliveryRefused."""
    memory, seconds = memory_for(unpacked), BASE_SECONDS + int(unpacked / 1e6 * SECONDS_PER_MB.get(kind, 0.5))
    command = [sys.executable, "-I", str(CHILD), kind, str(memory), str(seconds)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as child:
        timer = Timer(seconds * PATIENCE, child.kill)
        timer.start()
        try:
            assert child.stdin is not None and child.stdout is not None
            _feed(child.stdin, data)
            meanwhile()
            book = read_frames(kind, child.stdout, memory)
            child.wait()
        except BaseException:
            child.kill()
            raise
        finally:
            timer.cancel()
    if book is None:  # it died in the middle: of a limit, or of something that no reader should meet
        raise refusal("too_large" if child.returncode in LIMIT_SIGNALS else "truncated")
    return book


def _feed(stdin: IO[bytes], data: bytes) -> None:
    with suppress(BrokenPipeError):  # it died before it had read all; what it wrote says why
        stdin.write(data)
    with suppress(BrokenPipeError):
        stdin.close()


def read_frames(kind: str, stream: IO[bytes], most_bytes: int) -> Book | None:
    """The book that was written, or None where the writing stopped in the middle. Raises: DeliveryRefused."""
    arriving: dict[int, _Arriving] = {}
    epoch = False
    while (line := stream.readline(LONGEST_LINE)).endswith(b"\n"):
        said = json.loads(line)
        if "end" in said:
            sheets = tuple(Sheet(a.name, _table(a.runs, n), a.merges, a.is_hidden) for n, a in sorted(arriving.items()))
            return Book(sheets, kind, epoch)
        if "refused" in said:
            raise _refusal(kind, said)
        if "open" in said:
            arriving[said["open"]] = _Arriving(said["name"])
        elif "rows" in said:
            most_bytes -= said["size"]
            if most_bytes < 0:
                raise refusal("too_large")
            text = stream.read(said["size"])
            if len(text) != said["size"]:
                return None
            arriving[said["sheet"]].runs.append(_columns(text, said["rows"], said["columns"]))
        elif "close" in said:
            sheet = arriving[said["close"]]
            sheet.merges, sheet.is_hidden = tuple((a, b, c, d) for a, b, c, d in said["merges"]), said["hidden"]
        epoch = epoch or said.get("epoch_1904", False)
    return None


def _refusal(kind: str, said: dict[str, Any]) -> DeliveryRefused:
    code = str(said.pop("refused"))
    package = "lxml" if kind in ("html", "xml") else "python-calamine"
    return refusal(code, package=package, **said)


def _columns(text: bytes, rows: int, count: int) -> list[pa.Array]:
    """One run of rows, by column."""
    whole = pa.array([text], pa.large_binary()).cast(pa.large_string())
    cells = pc.split_pattern(whole, SEPARATOR).flatten().cast(pa.string())
    assert len(cells) == rows * count
    return [cells.slice(i * rows, rows) for i in range(count)]


def _table(runs: list[list[pa.Array]], number: int) -> pa.Table:
    """The runs one below the other, all as wide as the widest."""
    width, rows = max(map(len, runs), default=0), sum(len(r[0]) for r in runs)
    given = sum(len(r) * len(r[0]) for r in runs)
    if rows > LAST_ROW or width > LAST_COLUMN or rows * width > max(SPARSE_AREA, SPARSE_SHARE * given):
        raise refusal("far_cell", sheet=number)
    blank = {len(r[0]): pa.repeat(pa.scalar(""), len(r[0])) for r in runs if len(r) < width}
    columns = [[r[i] if i < len(r) else blank[len(r[0])] for r in runs] for i in range(width)]
    return pa.table({f"c{i}": pa.chunked_array(c, pa.string()) for i, c in enumerate(columns)})
