"""What the outbound lists say that still stands after tonight, and what is known about the people on them."""

import duckdb

from schemas.rows import OPEN_LINE, PERSON_CARD

# What was answered, taken back or closed is no work any more. A finding may read otherwise tonight without a new entry (two
# of three services instead of one): the words and figures are tonight's where its rule was tested, else the entry's own.
OPEN_LINES = """
create or replace temp table open_line as
with told as (
    select list, entry_id, employer_uscc, employer_name, due_date, content, false as is_new from store.outbound
    union all select list, entry_id, employer_uscc, employer_name, due_date, content, true from outbound
),
standing as (
    select entry_id from open_item where stands and not is_decided_away and coalesce(answer, 'step') = 'step'
      and entry_id not in (select supersedes from new_entry where supersedes is not null)
    union all
    select entry_id from new_entry where valid_to is null and op <> 'WITHDRAW'
),
said as (
    select e.*, coalesce(e.person_id, 'E:' || e.basis) as finding_key, json_extract_string(e.parameters, '$.rule') as rule_id,
           if(e.op in ('ADD', 'UPD'), 'IN', e.op) as op_class
    from ledger_entry as e semi join standing as s using (entry_id) semi join told as t using (entry_id)
)
select {columns}
from told as t inner join said as e using (entry_id)
left join person_now as p on p.person_id = e.person_id
left join finding as f on f.person_id = e.finding_key and f.pack = e.pack and f.rule_id = e.rule_id and f.op_class = e.op_class
     and f.basis is not distinct from e.basis and f.ground is not distinct from e.ground
order by t.list, e.run_no, e.seq
"""
SAID_OTHERWISE = {
    "rule_id": "coalesce(e.rule_id, e.clause)", "list": "t.list", "is_new": "t.is_new", "employer_uscc": "t.employer_uscc",
    "employer_name": "t.employer_name", "content": "t.content", "due_date": "coalesce(f.due_date, t.due_date)",
    "reason": "coalesce(f.reason, e.reason)", "parameters": "coalesce(f.parameters, e.parameters)",
    "name": "coalesce(p.name, e.name)", "id_number": "coalesce(p.id_number, e.id_number)", "town": "coalesce(p.town, e.town)",
    "village": "coalesce(p.village, e.village)", "sex": "p.sex", "birth_date": "p.birth_date", "phone": "p.phone",
}  # fmt: skip
# Where each kind tells something about a person that a workbook shows, and the day it was said.
CARD_SOURCES = {
    "unemployment_registration": ("reg_date", {
        "address": "address", "owner": "owner", "ethnicity": "ethnicity", "education": "education", "skill": "skill",
        "health": "health", "training_wish": "training_wish", "job_need": "job_need", "wish": "wish",
        "certificate_no": "certificate_no", "job_lost_on": "job_loss_date",
    }),
    "household_visit": ("visit_date", {
        "address": "address", "education": "education", "skill": "skill", "health": "health", "training_wish": "training_wish",
        "job_need": "job_need",
    }),
    "hardship_recognition": ("recognised_date", {"address": "address", "owner": "owner", "ethnicity": "ethnicity"}),
    "low_income": ("start_month", {"address": "address", "ethnicity": "ethnicity"}),
    "disability_certificate": ("issue_date", {"address": "address", "ethnicity": "ethnicity"}),
    "household_register": ("residence_start", {
        "address": "address", "ethnicity": "ethnicity", "hukou_address": "coalesce(address, hukou_area)", "marital": "marital",
        "household_no": "household_no",
    }),
    "marriage": ("event_date", {"marital": "status"}),
    "service_log": ("service_date", {"last_contact_on": "service_date", "last_means": "means"}),
}  # fmt: skip
CARDS = """
create or replace temp table person_card as
with card as (select person_id, {newest} from ({said}) group by person_id)
select {columns} from card_wanted left join card using (person_id)
left join (select person_id, household_working_age, household_working from wide) using (person_id) order by person_id
"""
NEVER = "date '1900-01-01'"


def gather_open_lines(con: duckdb.DuckDBPyConnection) -> None:
    """Make `open_line`. Needs tonight's `new_entry`, `outbound`, `finding` and `open_item`, and every entry in `ledger_entry`."""
    columns = ", ".join(f"{SAID_OTHERWISE.get(c, 'e.' + c)}::{sql} as {c}" for c, sql in OPEN_LINE)
    con.execute(OPEN_LINES.format(columns=columns))


def gather_cards(con: duckdb.DuckDBPyConnection, people: str) -> None:
    """Make `person_card` for the ids that the select `people` gives as `person_id`; a later word goes before an earlier
    one, and of the same day the kind named first."""
    con.execute(
        f"create or replace temp table card_wanted as select distinct person_id from ({people}) where person_id is not null"
    )
    told = {column for _, columns in CARD_SOURCES.values() for column in columns}
    facts = [c for c, _ in PERSON_CARD if c in told]
    said = " union all by name ".join(
        f"select person_id, {place} as place, coalesce({day}, {NEVER}) as said_on, record_id, "
        + ", ".join(f"{expression} as {column}" for column, expression in columns.items())
        + f" from now_{kind} semi join card_wanted using (person_id)"
        for place, (kind, (day, columns)) in enumerate(CARD_SOURCES.items())
    )
    newest = ", ".join(f"arg_max({c}, (said_on, -place, record_id)) as {c}" for c in facts)
    con.execute(CARDS.format(newest=newest, said=said, columns=", ".join(c for c, _ in PERSON_CARD)))
