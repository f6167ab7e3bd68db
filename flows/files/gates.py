"""What a source's own history says against a delivery: its date, its size; and which sources are late tonight."""

from datetime import date, timedelta

import duckdb

from flows.settings.read import Settings
from flows.settings.sources import Source
from intake.receive import Incoming
from schemas.errors import DeliveryRefused
from schemas.extracts import LAYOUTS

FULL_BEFORE = """
with told as (
    select 1 as rank, kind, office, coverage, snapshot_date, rows from source_tonight
    union all select 2, kind, office, coverage, snapshot_date, rows from store.source
)
select snapshot_date, rows from told where kind = ? and office = ? and coverage = 'full' order by rank, snapshot_date desc limit 1
"""
NEWEST = """
with told as (
    select kind, office, coverage, snapshot_date from source_tonight union all
    select kind, office, coverage, snapshot_date from store.source
    where (kind, office, coverage) not in (select (kind, office, coverage) from source_tonight)
)
select kind, office, max(snapshot_date) from told group by kind, office order by kind, office
"""


def refuse_future(incoming: Incoming, as_of: date) -> None:
    """Raises: DeliveryRefused, held, for data of a day that has not come: counted now, they would make every right
    delivery after them look old."""
    if incoming.snapshot_date and incoming.snapshot_date > as_of:
        raise DeliveryRefused(
            f"数据日期晚于业务日期（{as_of}），本次扣下不用；请核对文件名中的日期，日期无误的到那一天再投放。",
            code="future_snapshot", held=True,
        )  # fmt: skip


def gate(con: duckdb.DuckDBPyConnection, habits: Source, incoming: Incoming, rows: int) -> DeliveryRefused | None:
    """An older snapshot than what stands is refused; a full one that left its band is held."""
    last = con.execute(FULL_BEFORE, [incoming.kind, incoming.office]).fetchall()
    if not last or last[0][0] is None:  # taken back tonight
        return None
    newest, before = last[0]
    if incoming.snapshot_date and incoming.snapshot_date < newest:
        return DeliveryRefused(
            f"数据日期早于已接收的全量（{newest}），不能覆盖较新的数据；如确需更正，请以新日期重发。",
            code="older_snapshot",
        )
    return _out_of_band(habits, rows, before) if incoming.coverage == "full" else None


def _out_of_band(habits: Source, rows: int, before: int) -> DeliveryRefused | None:
    mend = "请向报送机构核实，确属正常时调整 zhaoren.toml 的 [bands]。"
    lost, more = before - rows, rows - before
    if lost >= habits.shrink_rows and lost > before * habits.shrink_share:
        return DeliveryRefused(
            f"全量只有 {rows} 行，上次为 {before} 行，减少超过 {habits.shrink_share:.0%}，疑似不完整，本次扣下不用；{mend}",
            code="shrunken", held=True,
        )  # fmt: skip
    if before and more >= habits.grow_rows and rows > before * habits.grow_times:
        return DeliveryRefused(
            f"全量有 {rows} 行，上次为 {before} 行，超过 {habits.grow_times:g} 倍，疑似重复或混入他类，本次扣下不用；{mend}",
            code="swollen", held=True,
        )  # fmt: skip
    return None


def late_sources(con: duckdb.DuckDBPyConnection, settings: Settings, as_of: date) -> dict[tuple[str, str], int]:
    """By (kind, office), how many days after its due day a source still has brought nothing new. Only sources with
    `days` in the settings can be late; one that never delivered is as late as can be said: from the first due day on
    it counts one."""
    newest = {(kind, office): day for kind, office, day in con.execute(NEWEST).fetchall()}
    named = {(n.partition("@")[0], n.partition("@")[2]) for n in settings.sources}
    late = {}
    for kind, office in sorted({*newest, *(n for n in named if n[1] or not any(k == n[0] for k, _ in newest))}):
        days, last = settings.source(kind, office).days, newest.get((kind, office))
        if days is None or kind not in LAYOUTS:
            continue
        over = (as_of - (last + timedelta(days=days))).days if last else 1
        if over > 0:
            late[(kind, office)] = over
    return late
