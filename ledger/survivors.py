"""Who was merged, and whom they are now."""

import duckdb

# A night may merge whom an earlier one merged others into.
SURVIVORS = """
create or replace temp table survivor as
with recursive last_of as (
    select person_id, merged_into as survivor from {people} where merged_into is not null
    union
    select l.person_id, p.merged_into from last_of as l inner join {people} as p on p.person_id = l.survivor where p.merged_into is not null
)
select l.person_id, l.survivor from last_of as l inner join {people} as p on p.person_id = l.survivor where p.merged_into is null
"""


def name_survivors(con: duckdb.DuckDBPyConnection, people: str) -> None:
    """Make `survivor` (person_id, survivor): everybody merged, with the one at the end of the chain. `people`: the table of
    person_id and merged_into."""
    con.execute(SURVIVORS.format(people=people))
