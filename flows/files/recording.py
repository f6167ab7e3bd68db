"""What tonight's `delivery`, `quarantine` and `notice` tables are told of each file."""

import duckdb
import pyarrow as pa

from intake.raw import RawTable
from intake.receive import Incoming
from intake.standing import Intake
from schemas.errors import IntegrityError
from schemas.journal import Notice, Retold, Source
from schemas.modelling import create_table, describe
from schemas.tables import Delivery, Quarantine

SHOWN_WORDS = 20
MANY_FAULTS = 100_000  # at a time; each is written out with its sentence


def make_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Empty `delivery`, `quarantine`, `notice`, `retold` and `ended`."""
    for model in (Delivery, Quarantine, Notice, Retold):
        table = describe(model)
        con.execute(f"drop table if exists {table.name}")
        con.execute(create_table(table.name, [(c.name, c.sql) for c in table.columns]))
    con.execute(ENDED)


def make_source_tonight(con: duckdb.DuckDBPyConnection) -> None:
    """Empty `source_tonight`: the newest snapshots of the sources that deliver tonight."""
    con.execute(create_table("source_tonight", [(c.name, c.sql) for c in describe(Source).columns]))


ENDED = """
create or replace table ended (kind varchar, office varchar, record_id varchar, cause varchar, delivery_id varchar, run_no bigint,
                    primary key (kind, office, record_id))
"""
RECORD = """
insert into delivery by name
select $delivery_id as delivery_id, $file_name as file_name, $sheet as sheet, $kind as kind, $day::date as snapshot_date, $coverage as coverage,
       $encoding as encoding, $rows as rows, $rows - $bad as accepted, $bad as quarantined, $unchanged as unchanged, 0 as linked,
       0 as new_person, 0 as not_linked, 0 as review, $status as status, $reason as reason, $archived as file_sha256,
       $withdraws as withdraws, $office as office
where $delivery_id not in (select delivery_id from delivery)
"""


def record(
    con: duckdb.DuckDBPyConnection,
    incoming: Incoming,
    status: str,
    reason: str | None,
    *,
    archived: str,
    raw: RawTable | None = None,
    intake: Intake | None = None,
    notes: tuple[str, ...] = (),
) -> None:
    """One line of `delivery`, and what was odd about it. `archived`: the kept file that it came in."""
    rows, bad = (intake.rows, len(intake.faults)) if intake else (0, 0)
    con.execute(RECORD, {
        "delivery_id": incoming.delivery_id, "file_name": incoming.file_name, "sheet": raw.sheet if raw else None,
        "kind": incoming.kind, "day": incoming.snapshot_date, "coverage": incoming.coverage,
        "encoding": raw.encoding if raw else None, "rows": rows, "bad": bad, "status": status,
        "unchanged": intake.unchanged if intake else 0, "reason": "；".join([*([reason] if reason else []), *notes]) or None,
        "archived": archived, "withdraws": incoming.withdraws, "office": incoming.office,
    })  # fmt: skip
    for number, note in enumerate(notes, 1):
        notice(con, incoming.delivery_id, "整个文件", f"drift_{number}", 0, note)
    if intake and raw:
        _record_faults(con, incoming, raw.sheet, intake)
        _record_oddities(con, intake)


def notice(con: duckdb.DuckDBPyConnection, delivery_id: str, column: str, check: str, rows: int, text: str) -> None:
    con.execute("insert into notice values (?, ?, ?, ?, ?)", [delivery_id, column, check, rows, text])


def _record_oddities(con: duckdb.DuckDBPyConnection, intake: Intake) -> None:
    typed, delivery = intake.typed, intake.delivery_id
    if intake.repeated:
        text = f"有 {intake.repeated} 行与本文件中的另一行完全相同，只计一次。"
        notice(con, delivery, "整个文件", "repeated", intake.repeated, text)
    for header, rows in typed.unknown_codes.items():
        words = "、".join(f"「{w}」" for w in typed.unknown_words.get(header, ())[:SHOWN_WORDS])
        text = f"「{header}」有 {rows} 行不在代码表中，原样保留，不参与判断" + (f"：{words}。" if words else "。")
        notice(con, delivery, header, "unknown_code", rows, text)
    for header, rows in typed.garbled.items():
        text = f"「{header}」有 {rows} 行含无法显示的字，可能在转码时损坏，原样保留；请核对原文后重报。"
        notice(con, delivery, header, "garbled", rows, text)
    for header, rows in typed.unread.items():
        notice(con, delivery, header, "unread", rows, f"「{header}」有 {rows} 行读不懂，未采用，其余内容照用。")


def _record_faults(con: duckdb.DuckDBPyConnection, incoming: Incoming, sheet: str | None, intake: Intake) -> None:
    names, types = ("row_no", "column", "check", "value_kind", "message"), [pa.int64(), *[pa.string()] * 4]
    for start in range(0, len(intake.faults), MANY_FAULTS):
        some = intake.faults[start : start + MANY_FAULTS]
        columns = [pa.array([getattr(f, n) for f in some], t) for n, t in zip(names, types, strict=True)]
        con.register("fault", pa.table(columns, names))
        con.execute(
            "insert into quarantine select ?, f.*, ?, ? from fault as f",
            [incoming.delivery_id, incoming.file_name, sheet],
        )
        con.unregister("fault")


BROKEN_TOTALS = """
select count(*) from delivery
left join (select delivery_id, count(*) as told from quarantine group by delivery_id) using (delivery_id)
where rows <> accepted + quarantined or quarantined <> coalesce(told, 0) or accepted <> unchanged + linked + new_person + not_linked + review
"""


def require_totals(con: duckdb.DuckDBPyConnection) -> None:
    """Raises: IntegrityError, where some file's rows are not all accounted for: then nothing is published."""
    broken = con.execute(BROKEN_TOTALS).fetchall()[0][0]
    if broken:
        raise IntegrityError(f"{broken} 个交付文件的行数合计对不上，本夜没有发布；请保留收件箱中的文件并报告。")
