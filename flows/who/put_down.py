"""What came of linking, in the tables that the night keeps; all others are let go."""

from pathlib import Path

import duckdb

from flows.files.not_people import settle_not_people
from matchers.model import Model

TABLES = Path(__file__).with_name("put_down.sql").read_text(encoding="utf-8")
BROKEN_NUMBER = {
    "checksum_bad": "「证件号码」校验位不符，且不能由姓名和出生日期确认是谁；请核对证件后重报。",
    "date_bad": "「证件号码」中的出生日期不存在，或晚于数据日期；请核对证件后重报。",
    "short": "「证件号码」位数不足；请核对证件后重报。",
    "long": "「证件号码」位数过多；请核对证件后重报。",
}
# What is as large as the night, and asked by nobody after linking.
NO_MORE = ("claim", "exact_link", "unsettled", "by_name", "known", "roster_name", "tonight_value", "replaced",
           "known_value", "person_owner", "claimant", "new_tonight", "touched", "new_known", "newcomer", "plain_newcomer", "roster_key", "told_apart", "kept_apart", "told_tonight")  # fmt: skip
QUARANTINE = """
create or replace temp table broken as
select rid, kind, delivery_id, row_no, id_class from linked
where match_status = 'quarantine' and rid in (select rid from claim where not is_retry);
insert into quarantine
select b.delivery_id, b.row_no, '证件号码', 'id_' || b.id_class, 'id', m.message, d.file_name, d.sheet
from broken as b inner join number_message as m using (id_class) inner join delivery as d using (delivery_id);
update delivery set accepted = accepted - n.row_count, quarantined = quarantined + n.row_count
from (select delivery_id, count(*) as row_count from broken group by delivery_id) as n where n.delivery_id = delivery.delivery_id
"""
# A row whose number broke has not gone: what stood for that name stays until a readable row or nothing comes.
STILL_THERE = """
delete from ended where kind = '{kind}' and cause in ('vanished', 'absent') and (office, record_id) in (
    select (s.office, s.record_id) from store.standing_{kind} as s inner join added_{kind} as a using (office, name)
    where a.rid in (select rid from broken where kind = '{kind}'))
"""


def put_down(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    """What came of it, in the tables that the night keeps; all others are let go."""
    con.execute(
        "create or replace temp table model_version as select $version as model_version", {"version": model.version}
    )
    _quarantine_broken_numbers(con)
    settle_not_people(con)
    con.execute(TABLES)
    for name in NO_MORE:
        con.execute(f"drop table if exists {name}")


def _quarantine_broken_numbers(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "create or replace temp table number_message as select unnest($classes) as id_class, unnest($messages) as message",
        {"classes": list(BROKEN_NUMBER), "messages": list(BROKEN_NUMBER.values())},
    )
    con.execute(QUARANTINE)
    for (kind,) in con.execute("select distinct kind from broken order by kind").fetchall():
        con.execute(STILL_THERE.format(kind=kind))
        con.execute(f"delete from added_{kind} where rid in (select rid from broken where kind = '{kind}')")
