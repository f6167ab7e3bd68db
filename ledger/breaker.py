"""The circuit breaker: whether a night moves more people than a night should, by figure, pack and town.

A figure is outside its band above max(minimum, min(share of who stood before, times the highest of the last nights)). It
is tested only where somebody stood before: a pack's first night, and a town's, has nothing to be compared with.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

SQL = (Path(__file__).parent / "breaker.sql").read_text(encoding="utf-8")
FIGURE_TABLE = """
create or replace temp table figure (run_no bigint, figure varchar, pack varchar, town varchar, people bigint, standing bigint, band bigint,
                                     released_by varchar, note varchar)
"""
# A record that came tonight names its file; one that ended tonight, the file that ended it.
SOURCES = """
with told as (
    select distinct seq, unnest(evidence) as record_id from breaker_entry where figure = $figure and pack = $pack and ($town is null or town = $town)
),
brought as (select record_id, delivery_id from linked union select record_id, delivery_id from ended)
select d.file_name, count(distinct t.seq) as entries
from told as t inner join brought as b using (record_id) inner join delivery as d using (delivery_id)
group by d.file_name order by entries desc, d.file_name
"""


@dataclass(frozen=True)
class Band:
    """Up to `share` of those who stood before, and never fewer than `minimum` people."""

    share: float
    minimum: int


# Why these: a right night moves few. Two or three in a hundred reach retirement, find work or are found again in a month;
# a file of the wrong month or with shifted columns moves tens in a hundred. The minimum lets a small town be small.
DEFAULT_BANDS: Mapping[str, Band] = {
    "exit": Band(0.05, 100),
    "loss": Band(0.03, 100),
    "reemployed": Band(0.10, 200),
    "merge": Band(0.01, 50),
    "addition": Band(0.50, 1000),
    "review": Band(0.20, 500),
}


@dataclass(frozen=True)
class Bands:
    """A band for each figure. After `history_runs` nights of a pack, `history_times` the highest of them counts as well."""

    bands: Mapping[str, Band] = field(default_factory=lambda: DEFAULT_BANDS)
    history_runs: int = 30
    history_times: float = 5.0

    def limit(self, figure: str, standing: int, highest: int | None) -> int | None:
        """The most people that are inside the band; None where nobody stood and nothing can be compared."""
        if standing == 0:
            return None
        band = self.bands[figure]
        most = _times(band.share, standing)
        if highest is not None:
            most = min(most, _times(self.history_times, highest))
        return max(band.minimum, most)


def _times(factor: float, count: int) -> int:
    """Rounded down, in decimals: 0.07 of 100 is 7, not a hair more."""
    return int(Decimal(str(factor)) * count)


@dataclass(frozen=True)
class Figure:
    """How many people one figure moves tonight in a pack and town (None: all towns). `nights` are the
    numbers of the last nights that had any, newest first."""

    figure: str
    pack: str
    town: str | None
    people: int
    standing: int
    highest: int | None
    limit: int | None
    nights: tuple[tuple[int, int], ...] = ()

    @property
    def is_outside(self) -> bool:
        return self.limit is not None and self.people > self.limit


def weigh(con: duckdb.DuckDBPyConnection, run_no: int, bands: Bands) -> tuple[Figure, ...]:
    """Every figure of tonight that is not nought, and table `figure` with the same, not yet released by anybody."""
    *making, counting = SQL.split(";\n\n")
    for statement in making:
        con.execute(statement)
    con.execute(counting, {"run_no": run_no, "history_runs": bands.history_runs})
    figures = tuple(
        Figure(name, pack, town, people, standing, highest, bands.limit(name, standing, highest), tuple((n["run_no"], n["people"]) for n in nights))
        for name, pack, town, people, standing, highest, nights in con.execute("from figure_count").fetchall()
    )  # fmt: skip
    con.execute(FIGURE_TABLE)
    for f in figures:
        con.execute(
            "insert into figure values (?, ?, ?, ?, ?, ?, ?, null, null)",
            [run_no, f.figure, f.pack, f.town, f.people, f.standing, f.limit],
        )
    return figures


def sources(con: duckdb.DuckDBPyConnection, figure: Figure) -> list[tuple[str, int]]:
    """Tonight's files that a figure comes from, and how many of its entries rest on each. Time alone has no file."""
    found: list[tuple[str, int]] = con.execute(
        SOURCES, {"figure": figure.figure, "pack": figure.pack, "town": figure.town}
    ).fetchall()
    return found


def mark_released(con: duckdb.DuckDBPyConnection, release: Mapping[str, Any]) -> None:
    """Write into `figure` who let those outside their band pass, and why."""
    con.execute(
        "update figure set released_by = $officer, note = $note where people > band",
        {"officer": release["officer"], "note": release["note"]},
    )
