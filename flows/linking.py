"""Who tonight's rows are about: claims from what was added and from what still stands unlinked, then the ladder."""

from collections.abc import Iterable
from pathlib import Path

import duckdb

from flows.judged_links import hear_reviewers, honour
from flows.kinds import kinds_of_tonight, standing_kinds
from flows.not_people import settle_not_people
from matchers.agreements import values_of
from matchers.blocking import BlockingCount
from matchers.claims import claim_select, fold_claim_names, fold_claim_numbers, fold_people
from matchers.fold_columns import names_folded
from matchers.ladder import climb
from matchers.model import Model
from matchers.numberless import meet_numberless
from matchers.other_numbers import find_replaced, follow_replaced, settle_on_known
from matchers.person_index import describe_newcomers, meet_newcomers
from matchers.phones import phone_key
from schemas.columns import Layout
from schemas.extracts import PERSON_LAYOUTS
from schemas.stages import LOCAL, Engine
from schemas.tables import row_columns

FIRST_PERSON = "select coalesce(max(substr(person_id, 2)::bigint), 0) + 1 from store.person"
BROKEN_NUMBER = {
    "checksum_bad": "「证件号码」校验位不符，且不能由姓名和出生日期确认是谁；请核对证件后重报。",
    "date_bad": "「证件号码」中的出生日期不存在，或晚于数据日期；请核对证件后重报。",
    "short": "「证件号码」位数不足；请核对证件后重报。",
    "long": "「证件号码」位数过多；请核对证件后重报。",
}


def link(
    con: duckdb.DuckDBPyConnection,
    run_no: int,
    model: Model,
    runs: Path,
    threads: int = 2,
    *,
    is_new_model: bool = False,
    engine: Engine = LOCAL,
) -> list[BlockingCount]:
    """Make `linked` (by rid), `person`, `person_hold`, `everybody`, `link_change`, `match_log`. `is_new_model`: the last
    run had another, so what was presumed under that one is asked again."""
    con.execute(
        "create or replace temp table this_run as select $run_no::bigint as run_no, $is_new::boolean as is_new_model",
        {"run_no": run_no, "is_new": is_new_model},
    )
    con.execute("create or replace temp view person as select * from store.person")
    con.execute("create or replace temp view person_hold as select * from store.person_hold")
    fold_people(con)
    hear_reviewers(con, runs)
    _claims_of_tonight(con)
    fold_claim_numbers(con)
    con.execute(UNBORN)
    is_told = HOUSEHOLDS in standing_kinds(con)
    find_replaced(con, f"store.standing_{HOUSEHOLDS}" if is_told else None)
    _claims_still_open(con)
    follow_replaced(con)
    settle_on_known(con)
    fold_claim_names(con)
    _names_that_stood(con)
    first = con.execute(FIRST_PERSON).fetchall()[0][0]
    meet_newcomers(con, first)
    describe_newcomers(con)
    _what_stands(con)
    counts = climb(con, model, threads, engine)
    honour(con)
    meet_numberless(con, model, first + con.sql("select count(*) from newcomer").fetchall()[0][0], threads, engine)
    _put_down(con, model)
    return counts


def _put_down(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    """What came of it, in the tables that the night keeps; all others are let go."""
    con.execute(
        "create or replace temp table model_version as select $version as model_version", {"version": model.version}
    )
    _quarantine_broken_numbers(con)
    settle_not_people(con)
    con.execute(LINK_CHANGE)
    con.execute(TONIGHT_PEOPLE)
    con.execute(MATCH_LOG)
    con.execute(COUNTS)
    for name in NO_MORE:
        con.execute(f"drop table if exists {name}")


def _what_stands(con: duckdb.DuckDBPyConnection) -> None:
    """What standing rows with an exact link say of known people: `standing_value` and `standing_name`, former names
    folded. Only values that a row without an exact number asks about tonight."""
    con.execute(ASKED)
    values, names = [NO_VALUE], ["select null::varchar as person_id, null::varchar as former_name where false"]
    is_asked = con.execute("select exists (from claim)").fetchall()[0][0]
    for kind, layout in _people(standing_kinds(con)) if is_asked else ():
        columns = {name for name, _ in row_columns(layout)}
        told = tuple(field for field, column in ASKS_FOR.items() if column in columns)
        values.append(
            STANDING_VALUE.format(
                kind=kind, fields=", ".join(told), values=values_of(told, "employer_name", layout.agency)
            )
        )
        if "former_name" in columns:
            names.append(STANDING_NAME.format(kind=kind))
    con.execute("create or replace temp table standing_value as " + " union ".join(values))
    con.execute("create or replace temp table told_name as " + " union ".join(names))
    with names_folded(con, "select distinct former_name from told_name"):
        con.execute(
            "create or replace temp table standing_name as "
            "select person_id, name_folded from told_name inner join fold on fold.name = told_name.former_name"
        )
    con.execute("drop table told_name; drop table asked")


def _names_that_stood(con: duckdb.DuckDBPyConnection) -> None:
    """Add to `renamed` what standing rows say of the numbers that tonight's rows carry."""
    told = " union ".join(FORMERLY.format(kind=kind) for kind, _ in _people(standing_kinds(con)))
    if not told:
        return
    con.execute(f"create or replace temp table formerly as {told}")
    with names_folded(con, "select name from formerly union select former_name from formerly"):
        con.execute(ALSO_RENAMED)
    con.execute("drop table formerly")


def _people(kinds: Iterable[str]) -> list[tuple[str, Layout]]:
    return [(kind, PERSON_LAYOUTS[kind]) for kind in kinds if kind in PERSON_LAYOUTS]


def _claims_of_tonight(con: duckdb.DuckDBPyConnection) -> None:
    selects = [
        "select rid, false as is_retry, null::varchar as prior_status, null::varchar as prior_person, null::varchar as prior_rule, c.* exclude (rid) from ("
        + claim_select(kind, f"added_{kind}", {name for name, _ in row_columns(layout)}, "rid")
        + ") as c"
        for kind, layout in _people(kinds_of_tonight(con)) or [next(iter(PERSON_LAYOUTS.items()))]
    ]
    con.execute("create or replace temp table incoming_claim as " + " union all ".join(selects))


def _claims_still_open(con: duckdb.DuckDBPyConnection) -> None:
    """Standing rows that may speak of somebody else than we think: those of nobody (without an exact number, whose
    number is new tonight, or with a number from before), those of people without a number, and presumed ones that a newcomer may fit as well, or
    that were presumed under another model."""
    con.execute(NEW_TONIGHT)
    con.execute(
        "create or replace temp sequence retry_rid start with 4611686018427387904"
    )  # above every row of tonight
    for kind, layout in _people(standing_kinds(con)):
        columns = {name for name, _ in row_columns(layout)}
        replaced = "old_id <> ''" if "old_id" in columns else "false"
        _touched_tonight(con, kind)
        con.execute(f"""
            create or replace temp table retry as
            select * from store.standing_{kind} where {STANDING.format(kind=kind)}
              and ((match_status in ('not_linked', 'review') and (id_key is null or id_key in (select id_key from roster_key)
                        or id_key in (select new_key from replaced) or {replaced}))
                   or rule = 'no_number' or (link_grade = 'probable' and (select is_new_model from this_run))
                   or (office, record_id) in (from touched) or {JUDGED.format(kind=kind)})
        """)
        if not con.execute("select exists (from retry)").fetchall()[0][0]:
            continue
        con.execute(f"""
            insert into incoming_claim
            select nextval('retry_rid'), true, if(r.match_status = 'new_person', 'linked', r.match_status), r.person_id, r.rule, c.* exclude (rid)
            from ({claim_select(kind, "retry", columns, "0")}) as c inner join retry as r using (office, record_id)
        """)
        con.execute("""
            insert into claim_number select i.rid, r.id_class, r.id_key, r.id_part
            from incoming_claim as i inner join retry as r using (office, record_id) where i.is_retry and i.kind = ?
        """, [kind])  # fmt: skip


def _touched_tonight(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    """Make `touched` (office, record_id): the presumed rows of a kind that a newcomer may fit as well, names and phones compared
    as everywhere, whatever way they were written."""
    con.execute(f"create or replace temp table presumed as {PRESUMED.format(kind=kind)}")
    with names_folded(con, "select name from presumed union select value from new_tonight where field = 'name'"):
        con.execute(TOUCHED)
    con.execute("drop table presumed")


def _quarantine_broken_numbers(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "create or replace temp table number_message as select unnest($classes) as id_class, unnest($messages) as message",
        {"classes": list(BROKEN_NUMBER), "messages": list(BROKEN_NUMBER.values())},
    )
    con.execute(QUARANTINE)
    for (kind,) in con.execute("select distinct kind from broken order by kind").fetchall():
        con.execute(STILL_THERE.format(kind=kind))
        con.execute(f"delete from added_{kind} where rid in (select rid from broken where kind = '{kind}')")


# A number of somebody born after the day that the file describes is nobody's.
UNBORN = """
update claim_number set id_class = 'date_bad', id_key = null, id_part = id_key
from incoming_claim as c inner join delivery as d using (delivery_id)
where c.rid = claim_number.rid and regexp_full_match(id_key, '[0-9]{17}[0-9X]') and substr(id_key, 7, 8) > strftime(d.snapshot_date, '%Y%m%d')
"""
HOUSEHOLDS = "household_register"  # where the police tell of a number that they replaced
# What is as large as the night, and asked by nobody after linking.
NO_MORE = ("claim", "exact_link", "unsettled", "by_name", "by_number", "known", "roster_name", "tonight_value", "replaced",
           "known_value", "person_owner", "claimant", "new_tonight", "touched", "new_known", "newcomer", "plain_newcomer", "roster_key")  # fmt: skip
# The column that a kind must have for each field, and the one that names an employer.
ASKS_FOR = {"household": "household_no", "local_no": "local_no", "employer": "employer_name", "address": "address"}
NO_VALUE = "select null::varchar as person_id, null::varchar as field, null::varchar as value where false"
ASKED = f"""
create or replace temp table asked as
with told as (select {values_of()} from claim where id_key is null)
select distinct value from (unpivot told on household, local_no, employer, address into name field value value)
"""
STANDING_VALUE = """
select person_id, field, value from (unpivot (
    select person_id, {values} from store.standing_{kind} where person_id is not null and link_grade = 'exact'
) on {fields} into name field value value) where value in (select value from asked)"""
STANDING_NAME = """
select person_id, former_name from store.standing_{kind} where person_id is not null and link_grade = 'exact' and former_name <> ''"""
FORMERLY = """
select id_key, name, former_name from store.standing_{kind}
where former_name <> '' and id_key in (select id_key from claim where id_key is not null)"""
ALSO_RENAMED = """
insert into renamed
with told as (
    select t.id_key, n.name_folded, f.name_folded as other_folded
    from formerly as t inner join fold as n on n.name = t.name inner join fold as f on f.name = t.former_name
    where n.name_folded <> f.name_folded
)
from told union select id_key, other_folded, name_folded from told
except from renamed
"""
# A presumed link is asked again when tonight's rosters bring somebody of that birth date, name or phone.
NEW_TONIGHT = """
create or replace temp table new_tonight as
with fresh as (
    select c.name, c.phone, coalesce(if(regexp_full_match(n.id_key, '[0-9]{17}[0-9X]'), try_strptime(substr(n.id_key, 7, 8), '%Y%m%d')::date, null),
                                     c.birth_date) as birth_date
    from incoming_claim as c inner join claim_number as n using (rid)
    where c.adds_people and n.id_key is not null and n.id_key not in (select id_key from person_key)
)
select unnest(['name', 'phone', 'birth_date']) as field, unnest([name, phone, birth_date::varchar]) as value from fresh
"""
# What a reviewer has spoken of is looked at every night, and so is what one had linked whose word is gone.
JUDGED = "((office, record_id) in (select (office, record_id) from judged where kind = '{kind}') or rule = 'reviewer')"
PRESUMED = """
select office, record_id, name, phone, birth_date from store.standing_{kind}
where (link_grade = 'probable' or rule = 'id_name_conflict') and exists (from new_tonight)"""
TOUCHED = f"""
create or replace temp table touched as
with newcomers as (select field, value from new_tonight where value is not null),
alike as (
    select p.name from fold as p inner join fold as n using (name_folded) inner join newcomers as c on c.field = 'name' and c.value = n.name
)
select office, record_id from presumed
where name in (select name from alike) or {phone_key("phone")} in (select {phone_key("value")} from newcomers where field = 'phone')
   or birth_date::varchar in (select value from newcomers where field = 'birth_date')
"""
STANDING = "(office, record_id) not in (select (office, record_id) from ended where kind = '{kind}')"
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
# A row taken in anew carries its link itself; of an older one only a change is kept. Whoever came tonight is data; without
# them, under a new model, the model is why.
LINK_CHANGE = """
create or replace temp table link_change as
with fresh as (select person_id from new_known union all select person_id from numberless)
select l.kind, l.office, l.record_id, l.person_id, if(l.match_status = 'quarantine', 'review', l.match_status) as match_status,
       if(l.match_status = 'quarantine', 'no_usable_number', l.rule) as rule, l.link_grade, l.delivery_id, l.row_no, l.runner_up,
       l.match_weight, l.runner_up_weight, l.weights, l.levels,
       (select run_no from this_run) as run_no,
       if(l.rule is not distinct from 'reviewer' or c.prior_rule is not distinct from 'reviewer' or (l.kind, l.office, l.record_id) in (select (kind, office, record_id) from judged),
          'person', if((select is_new_model from this_run) and l.person_id not in (select person_id from fresh) is distinct from false
                       and l.runner_up not in (select person_id from fresh) is distinct from false, 'model', 'data')) as cause
from linked as l inner join claim as c using (rid)
where c.is_retry and l.match_status <> 'new_person' and (l.match_status <> 'quarantine' or c.prior_status = 'linked')
  and (l.match_status is distinct from c.prior_status or l.person_id is distinct from c.prior_person)
"""
# An 18-digit number says sex and birth date itself; whoever has another document has them from the rosters, as last told.
TONIGHT_PEOPLE = """
create or replace temp table told as
with said as (
    select l.person_id, c.town, c.village, c.phone, c.sex, c.birth_date, (c.kind_rank, c.office, c.record_id) as place
    from linked as l inner join claim as c using (rid)
    where c.adds_people and not c.is_retry and l.rule = 'id_and_name' and l.person_id in (select person_id from known)
)
select person_id, arg_min(town, place) filter (town is not null) as town,
       arg_min(village, place) filter (village is not null) as village, arg_min(phone, place) filter (phone is not null) as phone,
       arg_min(sex, place) filter (sex is not null) as sex, arg_min(birth_date, place) filter (birth_date is not null) as birth_date
from said group by person_id;
create or replace temp table person_tonight as
select person_id, name, id_kind, id_number, sex, birth_date, town, village, phone, r.run_no as first_run,
       r.run_no as last_run, null::varchar as merged_into
from new_known cross join this_run as r
union all
select person_id, name, null, null, sex, birth_date, town, village, phone, r.run_no, r.run_no, null from numberless cross join this_run as r
union all
select p.person_id, p.name, p.id_kind, p.id_number, if(SAYS_ITSELF, p.sex, coalesce(t.sex, p.sex)),
       if(SAYS_ITSELF, p.birth_date, coalesce(t.birth_date, p.birth_date)), coalesce(t.town, p.town), coalesce(t.village, p.village),
       coalesce(t.phone, p.phone), p.first_run, r.run_no, coalesce(g.merged_into, p.merged_into)
from store.person as p left join told as t using (person_id) left join merged as g using (person_id) cross join this_run as r
where coalesce(t.town <> p.town or (t.town is not null and p.town is null), false)
   or coalesce(t.village <> p.village or (t.village is not null and p.village is null), false)
   or coalesce(t.phone <> p.phone or (t.phone is not null and p.phone is null), false)
   or (not SAYS_ITSELF and (coalesce(t.sex, p.sex), coalesce(t.birth_date, p.birth_date)) is distinct from (p.sex, p.birth_date))
   or p.person_id in (select person_id from held_known) or g.person_id is not null;
create or replace temp table person_now as
select * from store.person where person_id not in (select person_id from person_tonight)
union all select * from person_tonight;
create or replace temp table hold_tonight as
select person_id, if(n.is_held, 'id_shared', 'another_number') as cause from new_known as k inner join newcomer as n using (person_id) where k.is_held
union select person_id, 'id_shared' from held_known;
create or replace temp table everybody as
with hold as (select * from hold_tonight union all select * from store.person_hold where person_id not in (select person_id from hold_tonight))
select p.*, h.cause as held_for, h.cause is not null as is_held
from person_now as p left join hold as h using (person_id) where p.merged_into is null
""".replace("SAYS_ITSELF", "regexp_full_match(coalesce(p.id_number, ''), '[0-9]{17}[0-9X]')")
MATCH_LOG = """
create or replace temp table match_log as
with shown as (
    select l.delivery_id, l.row_no, l.record_id, l.kind, l.person_id, l.match_status, l.rule, l.runner_up, null as supersedes, null as cause,
           l.match_weight, l.runner_up_weight, l.weights, l.levels
    from linked as l left join claim as c using (rid) where not coalesce(c.is_retry, false) and l.match_status <> 'quarantine'
    union all
    select delivery_id, row_no, record_id, kind, person_id, match_status, rule, runner_up, record_id, cause,
           match_weight, runner_up_weight, weights, levels from link_change
)
select s.delivery_id, s.row_no, s.record_id, s.kind, d.file_name, d.sheet, s.person_id, s.match_status, s.rule,
       s.match_weight, 1 / (1 + pow(2, -s.match_weight)) as match_probability, s.weights, s.levels, s.runner_up as runner_up_person_id,
       s.runner_up_weight, (select model_version from model_version) as model_version, s.supersedes, s.cause
from shown as s
left join (select delivery_id, file_name, sheet from delivery union all
           select delivery_id, min(file_name), min(sheet) from store.delivery
           where delivery_id not in (select delivery_id from delivery) group by delivery_id) as d using (delivery_id)
"""
COUNTS = """
update delivery set linked = n.linked, new_person = n.new_person, not_linked = n.not_linked, review = n.review
from (select delivery_id, count(*) filter (match_status = 'linked') as linked, count(*) filter (match_status = 'new_person') as new_person,
             count(*) filter (match_status = 'not_linked') as not_linked, count(*) filter (match_status = 'review') as review
      from match_log where supersedes is null group by delivery_id) as n
where n.delivery_id = delivery.delivery_id
"""
