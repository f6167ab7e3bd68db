"""Opens one workbook in a process of its own, under limits of memory and time, and hands its cells back as text.

A crafted or damaged workbook can make the reader ask for half a terabyte or abort; then this process dies, not the
night. Run as a script: takes the workbook on standard input and writes the sheets with marshal to standard output, so
no copy of it lies anywhere. Imports only what it needs: starting it costs a few hundredths of a second.
"""

import io
import marshal
import resource
import sys
from datetime import date, datetime, time, timedelta

MEMORY, CPU_SECONDS = 6 << 30, 600  # a 1 M x 15 sheet needs about 2 GB and 20 s
LONG = 2**53  # from here on a spreadsheet number no longer holds every digit
LOCKED, BROKEN = 3, 4


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
        number = float(cell)
        return str(int(number)) if number.is_integer() and abs(number) < LONG else _long(number)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell) if isinstance(cell, timedelta) else ""


def _long(number: float) -> str:
    """At least 15 digits, as Excel keeps them; the 16th and 17th where a script wrote them."""
    text = repr(number)
    return text if abs(number) < LONG or len(text.split("e")[0].replace(".", "")) > 15 else f"{number:.14e}"


def read_sheets(data: bytes) -> dict[str, list[list[str]]]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {
        name: [[cell_text(c) for c in row] for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]
        for name in book.sheet_names
    }


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        sheets = read_sheets(sys.stdin.buffer.read())
    except BaseException as problem:  # the reader's panics are no Exception
        return LOCKED if type(problem).__name__ == "PasswordError" else BROKEN
    sys.stdout.buffer.write(marshal.dumps(sheets))
    return 0


if __name__ == "__main__":
    sys.exit(main())
