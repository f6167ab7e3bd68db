"""How well each source delivers: on time, complete, with numbers that hold and codes that are known; and what to ask for."""

from datetime import date

import duckdb

from flows.files.gates import late_sources
from flows.settings.read import Settings
from schemas.extracts import LAYOUTS, PERSON_LAYOUTS
from schemas.journal import Scorecard
from schemas.modelling import create_table, describe

DELIVERED = """
select kind, office, max(snapshot_date) filter (status = 'accepted') as snapshot_date, count(*) as files,
       count(*) filter (status in ('refused', 'held')) as refused_files, coalesce(sum(rows), 0)::bigint as rows,
       coalesce(sum(quarantined), 0)::bigint as quarantined, coalesce(sum(n.repeated), 0)::bigint as repeated,
       coalesce(sum(n.unknown_codes), 0)::bigint as unknown_codes
from delivery left join (
    select delivery_id, sum(rows) filter ("check" = 'repeated') as repeated, sum(rows) filter ("check" = 'unknown_code') as unknown_codes
    from notice group by delivery_id) as n using (delivery_id)
where kind is not null group by kind, office order by kind, office
"""
STANDING = """
select count(*), count(id_key) from (
    select id_key from store.standing_{kind} where office = $office
      and record_id not in (select record_id from ended where kind = '{kind}' and office = $office)
    union all
    select id_key from linked where kind = '{kind}' and office = $office and rid in (select rid from added_{kind})
      and record_id not in (select record_id from ended where kind = '{kind}' and office = $office))
"""
NEWEST = "select max(snapshot_date) from store.source where kind = ? and office = ?"
FEW_VALID = 0.95


def score_sources(con: duckdb.DuckDBPyConnection, settings: Settings, as_of: date, run_no: int) -> None:
    """Make `scorecard`: a line for each source that delivered tonight, and for each that is late."""
    con.execute("drop table if exists scorecard")
    con.execute(create_table("scorecard", [(c.name, c.sql) for c in describe(Scorecard).columns]))
    late = late_sources(con, settings, as_of)
    came = {(kind, office): rest for kind, office, *rest in con.execute(DELIVERED).fetchall()}
    for kind, office in sorted({*came, *late}):
        if kind not in LAYOUTS:
            continue
        day, *counts = came.get((kind, office), [None, 0, 0, 0, 0, 0, 0])
        day = day or con.execute(NEWEST, [kind, office]).fetchall()[0][0]
        standing = con.execute(STANDING.format(kind=kind), {"office": office}).fetchall()[0]
        days = late.get((kind, office), 0)
        text = resupply_text(kind, days, *counts, *standing)
        con.execute(
            "insert into scorecard values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [kind, office, run_no, day, settings.source(kind, office).days, days, *counts, *standing, text],
        )


def resupply_text(
    kind: str, days_late: int, files: int, refused: int, rows: int, aside: int, repeated: int, unknown: int,
    standing: int, valid: int,
) -> str | None:  # fmt: skip
    """What to ask the office for, in sentences it can act on; None where nothing is wanted."""
    asks = []
    if days_late:
        asks.append(f"数据已逾期 {days_late} 天，请尽快报送最新数据")
    if refused:
        asks.append(f"{refused} 份文件未能收下，请按《退回文件》所列原因改正后重报")
    if aside:
        asks.append(f"{rows} 行中有 {aside} 行未接收，请按《未接收的行》逐行改正后补报")
    if repeated:
        asks.append(f"有 {repeated} 行与同一文件中的另一行完全重复，请核对导出条件")
    if unknown:
        asks.append(f"有 {unknown} 处代码不在约定的代码表中（见《提示》），请提供贵单位的代码表")
    if kind in PERSON_LAYOUTS and standing and valid < standing * FEW_VALID:
        asks.append(f"有效证件号码只占 {valid / standing:.1%}，请补齐或更正证件号码")
    return f"关于「{LAYOUTS[kind].label}」：" + "；".join(asks) + "。谢谢配合。" if asks else None
