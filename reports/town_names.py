"""One name for each town, however it is written."""

import duckdb

# A town written without its 镇 or 街道 is the one town that has it, if there is but one; an office of a street is the street.
TOWN_NAMES = """
create or replace temp table town_name as
with told as (
    select town from person_now where town <> '' union select town from open_line where town <> ''
    union select town from ledger_entry where town <> ''
),
parted as (
    select town, regexp_replace(town, '(街道办事处|街道|民族乡|乡|镇|苏木)$', '') as short,
        replace(replace(substr(town, length(short) + 1), '街道办事处', '街道'), '民族乡', '乡') as rank
    from told
),
whole as (select short, rank, arg_min(town, (length(town), town)) as meant from parted where short <> '' and rank <> '' group by all),
lone as (select short, min(meant) as meant from whole group by short having count(*) = 1)
select p.town, coalesce(w.meant, l.meant, p.town) as meant
from parted as p left join whole as w using (short, rank) left join lone as l on l.short = p.town order by p.town
"""


def name_towns(con: duckdb.DuckDBPyConnection) -> None:
    """Make `town_name`: every town that stands in `person_now`, `open_line` or `ledger_entry`, and the name it is meant by."""
    con.execute(TOWN_NAMES).fetchall()


def meant_towns(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The name that each town is meant by."""
    return dict(con.execute("from town_name order by town").fetchall())
