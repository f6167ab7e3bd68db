"""A file of true answers laid beside the match log: for each row the latest word on whom it is about.

A row delivered unchanged is not listed again: its file is read once more to find where it was listed first. A record
that the file names several times counts once.
"""

from pathlib import Path

import duckdb
import pyarrow as pa

from flows.files.reread import read_again
from flows.who.truth_file import read_truth, wrong_truth
from flows.workspace import Workspace
from intake.prepare import record_id_of
from ledger.seal import read_manifest, sealed_runs
from schemas.extracts import LAYOUTS

SHORTEST_DELIVERY = 8  # characters of a sha256; as for `explain --row`


def lay_beside(con: duckdb.DuckDBPyConnection, workspace: Workspace, path: Path) -> None:
    """Make `truth` (one line of the file each), `word` (each listed row's latest), `found` (one per record of both)."""
    con.register("lines", read_truth(path))
    con.register("as_of_run", pa.Table.from_pylist(_days(workspace)))
    con.execute(ARRIVED, {"delivery": _glob(workspace, "delivery")})
    con.execute(WORD, {"log": _glob(workspace, "match_log"), "bad": _glob(workspace, "quarantine")})
    _refuse_unclear(con)
    con.execute(TRUTH)
    twice = con.execute(TWICE).fetchall()[0][0]
    if twice:
        raise wrong_truth(f"第 {twice} 行与前面对同一条数据给出的真实编号不同", f"line {twice} contradicts an earlier one on the same row")  # fmt: skip
    _reread(con, workspace)
    con.execute(FOUND)
    if not con.execute("select count(*) from found").fetchall()[0][0]:
        raise wrong_truth("没有一行与本工作区收下的数据对应；请核对文件名（或交付的 sha256）和行号",
                     "no line fits a row taken in here; check the file names (or deliveries) and row numbers")  # fmt: skip


def _days(workspace: Workspace) -> list[dict[str, str | int]]:
    return [{"run_no": n, "as_of": read_manifest(workspace.runs, n)["as_of"]} for n in sealed_runs(workspace.runs)]


def _glob(workspace: Workspace, table: str) -> str:
    return str(workspace.runs / "*" / "tables" / f"{table}.parquet")


def _refuse_unclear(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(PLACE, {"shortest": SHORTEST_DELIVERY})
    line = con.execute(UNCLEAR).fetchall()[0][0]
    if line:
        raise wrong_truth(f"第 {line} 行的文件对应几个交付；请改用 delivery（交付）列写明 sha256",
                     f"the file on line {line} is several deliveries; name the sha256 in a column delivery")  # fmt: skip


def _reread(con: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """Make `again` (delivery_id, row_no, kind, record_id) of the deliveries with rows that are listed elsewhere."""
    con.execute("create or replace temp table again (delivery_id varchar, row_no bigint, kind varchar, record_id varchar)")  # fmt: skip
    for (delivery,) in con.execute(UNLISTED).fetchall():
        kept, raw = read_again(con, workspace, delivery)
        record_id_of(con, LAYOUTS[kept.kind], raw, 1)  # leaves every row's in `hashed`
        con.execute("insert into again select ?, row_no, ?, record_id from hashed", [delivery, kept.kind])


ARRIVED = """
create or replace temp table arrived as
select delivery_id, min(file_name) as file_name, min(kind) filter (status = 'accepted') as kind, bool_or(status = 'accepted') as is_taken,
       max(unchanged) as unchanged, list(distinct file_name) as file_names from read_parquet($delivery) group by delivery_id
"""
# A row's latest word; rows whose number broke are the matcher's refusals and count as not found.
WORD = """
create or replace temp table word as
with logged as (
    select *, regexp_extract(filename, '([0-9]+)/tables/[^/]+$', 1)::bigint as run_no from read_parquet($log, filename = true)
),
latest as (
    select delivery_id, row_no, max_by({'kind': kind, 'record_id': record_id, 'person_id': person_id, 'match_status': match_status,
           'rule': rule, 'run_no': run_no}, run_no) as w, list(person_id) filter (match_status = 'new_person') as made
    from logged group by delivery_id, row_no
),
broken as (
    select distinct delivery_id, row_no, regexp_extract(filename, '([0-9]+)/tables/[^/]+$', 1)::bigint as run_no
    from read_parquet($bad, filename = true) where starts_with("check", 'id_')
)
select delivery_id, row_no, unnest(w), coalesce(made, []) as made from latest
union all
select b.delivery_id, b.row_no, a.kind, null, null, 'quarantine', null, b.run_no, [] from broken as b inner join arrived as a using (delivery_id)
where (b.delivery_id, b.row_no) not in (select (delivery_id, row_no) from latest)
"""
PLACE = """
create or replace temp table place as
with named as (select distinct place from lines)
select n.place, a.delivery_id, a.is_taken from named as n
inner join (select delivery_id, is_taken, unnest(file_names) as file_name from arrived) as a
    on a.file_name = n.place or a.file_name = regexp_extract(n.place, '[^/\\\\]+$')
    or (length(n.place) >= $shortest and starts_with(a.delivery_id, n.place))
group by all
"""
UNCLEAR = """
select min(line) from lines where place in (select place from place where is_taken group by place having count(*) > 1)
"""
TRUTH = """
create or replace temp table truth as
select t.line, t.row_no, t.truth_id, t.damage, p.delivery_id from lines as t left join (select * from place where is_taken) as p using (place)
"""
TWICE = """
select min(line) from (
    select max(line) as line from truth where delivery_id is not null group by delivery_id, row_no having count(distinct truth_id) > 1)
"""
UNLISTED = """
select distinct t.delivery_id from truth as t inner join arrived as a using (delivery_id)
where a.unchanged > 0 and (t.delivery_id, t.row_no) not in (select (delivery_id, row_no) from word) order by all
"""
FOUND = """
create or replace temp table line_found as
select t.line, w.delivery_id, w.row_no from truth as t inner join word as w using (delivery_id, row_no)
union all
select t.line, w.delivery_id, w.row_no from truth as t inner join again as a using (delivery_id, row_no)
inner join word as w on w.kind = a.kind and w.record_id = a.record_id
where (t.delivery_id, t.row_no) not in (select (delivery_id, row_no) from word)
qualify row_number() over (partition by t.line order by w.run_no desc, w.delivery_id, w.row_no) = 1;
create or replace temp table found as
with once as (select delivery_id, row_no, min(line) as line from line_found group by delivery_id, row_no)
select o.line, t.truth_id, t.damage, w.*, r.as_of::date as as_of from once as o inner join truth as t using (line)
inner join word as w on w.delivery_id = o.delivery_id and w.row_no = o.row_no inner join as_of_run as r using (run_no)
"""
