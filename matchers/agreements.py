"""What else a claim and a known person have in common: household, the bureau's own number, employer, address.

The person's side comes from rows that an exact link has already given them. Only agreement counts: people change jobs
and homes, and a file that says nothing says nothing.
"""

from collections.abc import Mapping

import duckdb
import numpy as np

from matchers.han import Levels

FIELDS = ("household", "local_no", "employer", "address")
# How each field's value is written wherever two are to be equal: numbers reach as far as the office that gave them.
VALUE_OF = {
    "household": "office || ' ' || {agency}household_no", "local_no": "office || ' ' || {agency}local_no", "employer": "{employer}",
    "address": r"regexp_replace(address, '\s', '', 'g')",
}  # fmt: skip
MOST_MEMBERS = 30  # people under one household number or address; more is a hostel, an office or a placeholder


def values_of(fields: tuple[str, ...] = FIELDS, employer: str = "employer", agency: str = "") -> str:
    """The select list with which a table (office, household_no, local_no, address, and an employer's column) tells the
    values of these fields. `agency`: put before numbers that do not name their agency yet, as a claim's do."""
    before = f"'{agency} ' || " if agency else ""
    return ", ".join(f"{VALUE_OF[field].format(employer=employer, agency=before)} as {field}" for field in fields)


def agree(con: duckdb.DuckDBPyConnection) -> None:
    """From `left_value` (id, field, value) and `known_value` (owner, field, value) make `agreement` (l, r, and a flag
    for each field), and add to `candidate` the pairs of one household, address or bureau number."""
    con.execute(AGREED, {"most": MOST_MEMBERS})
    con.execute(CANDIDATES)


def agreement_levels(con: duckdb.DuckDBPyConnection) -> Mapping[str, Levels]:
    """Levels (0 missing, 1 equal) of each field, in the order of `candidate`."""
    found = con.sql(LEVELS).fetchnumpy()
    return {field: np.asarray(found[field]).astype(np.int8) for field in FIELDS}


AGREED = """
create or replace temp table agreement as
with wanted as (select field, value from left_value group by all),
known as (
    select k.field, k.value, r.n as r from known_value as k inner join wanted using (field, value)
    inner join right_source as s using (owner) inner join right_record as r on r.id = s.id group by all
),
rare as (select field, value from known group by all having count(*) <= $most or field = 'employer')
select l.n as l, k.r,
       bool_or(field = 'household') as household, bool_or(field = 'local_no') as local_no,
       bool_or(field = 'employer') as employer, bool_or(field = 'address') as address
from (select n, field, value from left_value inner join left_record using (id)) as l inner join known as k using (field, value) inner join rare using (field, value)
where field <> 'employer' or (l.n, k.r) in (select (l, r) from candidate)
group by l.n, k.r
"""
CANDIDATES = """
create or replace temp table candidate as
select l, r from candidate union select l, r from agreement where household or local_no or address order by l, r
"""
LEVELS = """
select coalesce(a.household, false) as household, coalesce(a.local_no, false) as local_no,
       coalesce(a.employer, false) as employer, coalesce(a.address, false) as address
from candidate as c left join agreement as a on a.l = c.l and a.r = c.r order by c.l, c.r
"""
