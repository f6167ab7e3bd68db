"""Work that can be done in parts, and who does it: the seam between what is computed and where.

A stage is a pure function of named tables on a connection. What it makes of all rows at once is what it makes of each
part's rows, put together: so one machine runs it on everything, and a cluster on the parts, and both give the same.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import duckdb

Connection = duckdb.DuckDBPyConnection
Job = TypeVar("Job")
Result = TypeVar("Result")
Work = Callable[[Connection, Job], Result]
Asked = Callable[[Job], Iterable[str]]


def nothing_to_make(_con: Connection) -> None:
    """A stage that needs no more than its tables."""


@dataclass(frozen=True)
class Stage:
    """One such work. `work` makes the tables of `gives` from those of `cut`, `spread` and `whole`.

    `cut`: by table, the select of its rows with a column `part_key`; rows of one key come to one part. `spread`: the same
    where several parts may ask for one row; each part has it once. `whole`: tables that every part has in full; small
    ones. `gives`: by table, the select that makes it of the parts' rows, `{parts}`. `opens`: what a new connection needs
    beside its tables, before `work` (macros, views). `binds` makes what the selects of `cut` and `spread` ask, and is only called where
    something is cut. `holds`: by table, the bytes that `work` keeps in arrays for each of its rows. `work` and `opens` must be functions that another process can be sent.
    """

    name: str
    work: Callable[[Connection], None]
    gives: Mapping[str, str]
    cut: Mapping[str, str]
    spread: Mapping[str, str] = field(default_factory=dict)
    whole: tuple[str, ...] = ()
    holds: Mapping[str, int] = field(default_factory=dict)
    binds: Callable[[Connection], None] = nothing_to_make
    opens: Callable[[Connection], None] = nothing_to_make


class Engine(Protocol):
    """Where stages are run. Each way of running gives the same tables, up to the order of their rows."""

    def run(self, con: Connection, stage: Stage) -> None:
        """Make the stage's tables on `con` from those that are there."""

    def each(
        self, con: Connection, function: Work[Job, Result], jobs: Sequence[Job], tables: Asked[Job]
    ) -> Iterator[Result]:
        """The function of every job, in the jobs' order, each on a connection that has the tables that the job asks."""

    def close(self) -> None:
        """Let go of what it holds. Nothing is run after."""


class Local:
    """This process and this connection: every stage has one part, and that is everything."""

    def run(self, con: Connection, stage: Stage) -> None:
        stage.work(con)

    def each(
        self, con: Connection, function: Work[Job, Result], jobs: Sequence[Job], tables: Asked[Job]
    ) -> Iterator[Result]:
        return (function(con, job) for job in jobs)

    def close(self) -> None:
        """Nothing is held."""


LOCAL = Local()
