"""Lines of people without a number that an office told anew: corrected, with a number at last, or back after a while. What they
say is asked like anything else; but whose they were is known, so the person keeps the id, or leaves a pointer."""

import duckdb

from flows.kinds import kinds_of_tonight, people_of, standing_kinds

# The same line: office, name and what else stays the same when it is corrected, and nothing that speaks against it.
GOES_ON = """
insert into goes_on
with gone as (
    select office, record_id, person_id, name, sex, birth_date, {fields} from store.standing_{kind}
    where rule in ('no_number', 'reviewer') and person_id in (select person_id from known where id_number is null) and (office, record_id) in (select (office, record_id) from ended where kind = '{kind}')
)
select a.rid, g.person_id from added_{kind} as a inner join gone as g on a.office = g.office and a.name = g.name and {same}
where not coalesce(a.sex <> g.sex, false) and not coalesce(a.birth_date <> g.birth_date, false)
  and (a.office, a.record_id) not in (select (office, record_id) from ended where kind = '{kind}')
qualify count(*) over (partition by a.rid) = 1 and count(*) over (partition by g.office, g.record_id) = 1
"""
# Whoever is known without a number, in every word that is known of them.
RETURNS = """
insert into goes_on
select c.rid, min(k.person_id) from claim as c inner join known as k
    on k.name_folded = c.name_folded and k.birth_date = c.birth_date and k.sex = c.sex and k.phone is not distinct from c.phone
    and k.town is not distinct from c.town and k.village is not distinct from c.village
where k.id_number is null and c.adds_people and c.id_key is null and (not c.is_retry or c.prior_status = 'review') and c.rid not in (select rid from goes_on)
group by c.rid
"""


def remember_lines(con: duckdb.DuckDBPyConnection) -> None:
    """Give the claims of such lines `was_of`, whose they were."""
    if not con.execute("select exists (from known where id_number is null)").fetchall()[0][0]:
        return
    con.execute("create or replace temp table goes_on (rid bigint, person_id varchar)")
    tonight = {kind for kind, _ in people_of(kinds_of_tonight(con))}
    for kind, layout in people_of(standing_kinds(con)):
        if kind in tonight and layout.adds_people:
            fields = [f for f in layout.key if f != "@who"] or ["name"]
            same = " and ".join(f"a.{f} is not distinct from g.{f}" for f in fields)
            con.execute(GOES_ON.format(kind=kind, fields=", ".join(fields), same=same))
    con.execute(RETURNS)
    con.execute("update claim set was_of = g.person_id from goes_on as g where g.rid = claim.rid; drop table goes_on")
