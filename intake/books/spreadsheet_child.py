"""Opens one workbook in a process of its own, under limits of memory and time, and hands its cells back as text.

A crafted or damaged workbook can make the reader ask for half a terabyte or abort; then this process dies, not the
night. Run as a script with the kind of file, bytes of memory and seconds of processor as arguments: takes the workbook
on standard input and writes cell_frames to standard output, so no copy of it lies anywhere. Imports only what it needs:
starting it costs a few hundredths of a second.
"""

import io
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from intake.books.cell_frames import BookWriter

LONG = 2**53  # from here on a spreadsheet number no longer holds every digit


def cell_text(cell: object) -> str:
    """A cell as text, by its own type. A number too long to be exact keeps every digit it has, in the form
    1.50102198507043e+17, which the identity fold knows as damaged.

    >>> cell_text(1.0), cell_text(1.50102198507043e17), cell_text(True), cell_text(date(2024, 6, 30))
    ('1', '1.50102198507043e+17', '是', '2024-06-30')
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        return _number(float(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell) if isinstance(cell, timedelta) else ""


def _number(number: float) -> str:
    return str(int(number)) if number.is_integer() and -LONG < number < LONG else _long(number)


def _long(number: float) -> str:
    """At least 15 digits, as Excel keeps them; the 16th and 17th where a script wrote them."""
    text = repr(number)
    return text if abs(number) < LONG or len(text.split("e")[0].replace(".", "")) > 15 else f"{number:.14e}"


class _Texts(dict[Any, str]):
    """Each distinct value's text, made once: a million dates are a few thousand days."""

    def __missing__(self, cell: object) -> str:
        self[cell] = text = cell_text(cell)
        return text


def column_texts(cells: Sequence[Any], dates: dict[Any, str]) -> Sequence[str]:
    """Every cell of a column as cell_text gives it, faster where all are of one type.

    >>> column_texts((1.0, 2.5), {}), column_texts(("a", True, 1.0), {})
    (['1', '2.5'], ['a', '是', '1'])
    """
    types = set(map(type, cells))
    if types == {str}:
        return cells
    if types == {float}:
        return [_number(c) for c in cells]
    if types <= {str, float}:
        return [c if type(c) is str else _number(c) for c in cells]
    if types <= {str, date, datetime}:
        return (
            list(map(dates.__getitem__, cells))
            if str not in types
            else [c if type(c) is str else dates[c] for c in cells]
        )
    return [cell_text(c) for c in cells]


def read_workbook(data: bytes, writer: "BookWriter") -> None:
    """Every sheet of an xlsx, xls or ods. A number, a date and an error are told apart by the cell, never by its look."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    dates = _Texts()
    for number, said in enumerate(book.sheets_metadata):
        out, sheet = writer.open_sheet(said.name), book.get_sheet_by_index(number)
        left = sheet.start[1] if sheet.start else 0
        for rows in _runs(iter(sheet.iter_rows()), sheet.width):
            gap = [[""] * len(rows)] * left
            out.columns(len(rows), [*gap, *(column_texts(c, dates) for c in zip(*rows, strict=True))])
        merges = ((*first, *last) for first, last in sheet.merged_cell_ranges or ())
        out.close(merges, is_hidden=not str(said.visible).endswith(".Visible"))


def _runs(rows: Iterator[list[Any]], width: int) -> Iterator[list[list[Any]]]:
    from intake.books.cell_frames import CHUNK_CELLS, CHUNK_ROWS

    count = max(1, min(CHUNK_ROWS, CHUNK_CELLS // max(width, 1)))
    while run := list(islice(rows, count)):
        yield run


def reader_of(kind: str) -> Callable[[bytes, "BookWriter"], None]:
    if kind == "html":
        from intake.books.markup_child import read_html

        return read_html
    if kind == "xml":
        from intake.books.spreadsheetml_child import read_spreadsheetml

        return read_spreadsheetml
    return read_workbook


def read_all(kind: str, data: bytes, writer: "BookWriter") -> None:
    """Writes all sheets, or what is wrong as the last line. What is not foreseen is damage: nobody else made it."""
    from intake.books.cell_frames import Refused

    try:
        reader_of(kind)(data, writer)
        writer.line(end=True)
    except Refused as problem:
        writer.line(refused=problem.code, **problem.numbers)
    except MemoryError:
        writer.line(refused="too_large")
    except ImportError:
        writer.line(refused="missing_dependency")
    except BaseException as problem:  # the reader's panics are no Exception
        writer.line(refused="locked" if type(problem).__name__ == "PasswordError" else "truncated")


def within(wanted: int, hard: int) -> int:
    """What may be asked for where the account's own limit is `hard` (-1: none). Asking for more fails, and a good file would be taken
    for a damaged one.

    >>> within(6, 4), within(4, 6), within(6, -1)
    (4, 4, 6)
    """
    return wanted if hard < 0 else min(wanted, hard)


def main(kind: str, memory: int, seconds: int) -> None:
    import resource

    for what, wanted in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds)):
        most = within(wanted, resource.getrlimit(what)[1])
        resource.setrlimit(what, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.path.append(str(Path(__file__).parent.parent.parent))
    from intake.books.cell_frames import BookWriter

    out = sys.stdout.buffer
    read_all(kind, sys.stdin.buffer.read(), BookWriter(out))
    out.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
