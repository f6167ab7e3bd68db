"""What can befall one delivered file, and what must become of it: the events of test_many_nights. Each takes a file as it
was meant and changes what is sent; all rows are invented."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from tests.book_writers import by_openpyxl
from tests.hostile_files import SHEET
from tests.zip_tricks import repacked, zipped

LABEL = "社保停保"
HEADERS = ("姓名", "证件号码", "停保日期", "停保原因", "撤销标志", "经办科室")
DRIFTED = ("停保时间", "经办科室", "社会保障号码", "人员姓名", "撤销标志", "变更原因")
PLACES = (2, 5, 1, 0, 4, 3)  # of the drifted headers among the others
Row = tuple[str, str, str, str, str, str]  # by HEADERS; who and when are the row's key


def key_of(row: Row) -> tuple[str, str]:
    return row[1].replace(" ", "").upper(), row[2]


@dataclass(frozen=True)
class Sent:
    """One file of a night as it is sent. `rows` are those that can be read, `bad` counts the others; `expected` is what
    becomes of it whatever else there is; `content` tells what came before from what did not."""

    day: date
    coverage: str
    rows: tuple[Row, ...]
    number: int
    night: int
    bad: int = 0
    suffix: str = "csv"
    shape: tuple[str, str] = (",", "utf-8")
    headers: tuple[str, ...] = HEADERS
    manifest: dict[str, object] | None = None
    change: Callable[[bytes], bytes] = field(default=bytes)
    packed: bool = False
    expected: str | None = None
    content: int = 0

    @property
    def place(self) -> tuple[date, int, bool, str]:
        """Where it stands among all deliveries: of one day the later one has the last word; of one night a full snapshot
        comes before the deltas."""
        return (self.day, self.night, self.coverage == "增量", self.name)

    @property
    def name(self) -> str:
        return f"{LABEL}_{self.day:%Y%m%d}_{self.coverage}_{self.number:04d}.{self.suffix}"

    @property
    def seen_as(self) -> str:
        """The name in the run's report: an archive is its members, where it can be opened."""
        packed = self.name.replace(".csv", ".zip")
        return self.name if not self.packed else packed if self.expected == REFUSED else f"{packed}/{self.name}"

    def cells(self) -> list[tuple[str, ...]]:
        told = [*self.rows, *[("人坏", f"坏{n}", "很久以前", "退休", "", "") for n in range(self.bad)]]
        rows = told if self.headers != DRIFTED else [tuple(row[p] for p in PLACES) for row in told]
        width = len(self.headers)
        return [(f"第 {self.content} 号文件", *[""] * (width - 1)), self.headers, *(row[:width] for row in rows)]

    def write(self, inbox: Path) -> None:
        if self.suffix == "xlsx":
            data = by_openpyxl([list(row) for row in self.cells()])
        else:
            separator, codec = self.shape
            data = "".join(separator.join(row) + "\n" for row in self.cells()).encode(codec)
        path = inbox / self.name
        if self.packed:
            data, path = zipped({self.name: data}), path.with_suffix(".zip")
        path.write_bytes(self.change(data))
        if self.manifest is not None:
            path.with_name(path.name + ".manifest.json").write_text(json.dumps(self.manifest), encoding="utf-8")


Event = Callable[[Sent, random.Random], Sent]
REFUSED, HELD = "refused", "held"


def on_time(sent: Sent, chance: random.Random) -> Sent:
    return sent


def late(sent: Sent, chance: random.Random) -> Sent:
    return replace(sent, day=sent.day - timedelta(days=chance.randrange(1, 6)))


def of_a_day_to_come(sent: Sent, chance: random.Random) -> Sent:
    return replace(sent, day=sent.day + timedelta(days=1), expected=HELD)


def of_another_period(sent: Sent, chance: random.Random) -> Sent:
    return replace(sent, manifest={"period": "2019-01"}, expected=REFUSED)


def cut_at_a_line(sent: Sent, chance: random.Random) -> Sent:
    rows = sent.rows[: len(sent.rows) // 2]
    return replace(sent, rows=rows, manifest={"rows": len(sent.rows)}, expected=REFUSED)


def cut_within_a_line(sent: Sent, chance: random.Random) -> Sent:
    codec = chance.choice(("utf-8", "gb18030", "utf-16"))

    def cut(data: bytes) -> bytes:
        before, last = data.decode(codec).rstrip("\n").rsplit("\n", 1)
        return f"{before}\n{last[: len(last) // 3]}".encode(codec)

    return replace(sent, shape=(",", codec), change=cut, expected=REFUSED)


def cut_within_an_archive(sent: Sent, chance: random.Random) -> Sent:
    return replace(sent, packed=True, change=lambda data: data[: len(data) * 2 // 3], expected=REFUSED)


def in_an_archive(sent: Sent, chance: random.Random) -> Sent:
    return replace(sent, packed=True)


def damaged_bytes(sent: Sent, chance: random.Random) -> Sent:
    mark = f"#{sent.content}".encode()
    spoils = (lambda data: data[:9] + b"\x00\x00\x00" + data[9:], lambda data: data + mark + b"\xff\xff,\x80\n")
    return replace(sent, shape=(",", "utf-8"), change=chance.choice(spoils), expected=REFUSED)


def in_any_encoding(sent: Sent, chance: random.Random) -> Sent:
    return replace(sent, shape=(chance.choice(",\t|^"), chance.choice(("utf-8-sig", "gb18030", "utf-16", "utf-16-be"))))


def other_columns(sent: Sent, chance: random.Random) -> Sent:
    return replace(sent, headers=DRIFTED, rows=tuple((*row[:5], "三科") for row in sent.rows))


def without_a_column(sent: Sent, chance: random.Random) -> Sent:
    headers = tuple("来历" if h == "停保日期" else h for h in HEADERS)
    return replace(sent, headers=headers, expected=REFUSED)


def damaged_numbers(sent: Sent, chance: random.Random) -> Sent:
    rows = tuple((r[0], f"{float(r[1]):.14e}", *r[2:]) if chance.random() < 0.5 else r for r in sent.rows)
    return replace(sent, rows=tuple({key_of(r): r for r in rows}.values()))


def unreadable_rows(sent: Sent, chance: random.Random) -> Sent:
    return replace(sent, bad=chance.randrange(1, 3))


def far_fewer_rows(sent: Sent, chance: random.Random) -> Sent:
    return replace(sent, coverage="全量", rows=sent.rows[:1])


def taken_back_row(sent: Sent, chance: random.Random) -> Sent:
    return replace(sent, coverage="增量", rows=tuple((*r[:4], "是", r[5]) for r in sent.rows[:2]))


def as_a_workbook(sent: Sent, chance: random.Random) -> Sent:
    return replace(sent, suffix="xlsx")


def malicious_workbook(sent: Sent, chance: random.Random) -> Sent:
    bomb = b'<!DOCTYPE x [<!ENTITY a "b">]>'

    def spoil(data: bytes) -> bytes:
        return repacked(data, lambda parts: parts.update({SHEET: bomb + parts[SHEET]}))

    return replace(sent, suffix="xlsx", change=spoil, expected=REFUSED)


def no_reader(sent: Sent, chance: random.Random) -> Sent:
    """The package that reads workbooks is missing tonight."""
    return replace(sent, suffix="xlsx", expected=REFUSED)


# Sent again, corrected for its day, or with a whole file taken back: these need what came before.
HISTORY = ("again", "again under a newer date", "corrected", "a file taken back")
EVENTS: dict[str, Event] = {
    e.__name__.replace("_", " "): e
    for e in (
        on_time, late, of_a_day_to_come, of_another_period, cut_at_a_line, cut_within_a_line, cut_within_an_archive,
        in_an_archive, damaged_bytes, in_any_encoding, other_columns, without_a_column, damaged_numbers,
        unreadable_rows, far_fewer_rows, taken_back_row, as_a_workbook, malicious_workbook, no_reader,
    )
}  # fmt: skip
