"""What a person is asked now: entries that wait for a decision, and rows that stand in review, with the candidate that was
last found. Made the same way by a night, before it is sealed, and from the store at any time."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from flows.kinds import kinds_of_tonight, people_of, standing_kinds
from flows.review.answer_effects import add_effects
from ledger.seal import read_manifest, sealed_runs
from ledger.survivors import name_survivors
from schemas.extracts import PERSON_LAYOUTS
from schemas.rows import row_columns

FOLDED = "ledger_state_on(date '9999-12-31', timestamptz '9999-12-31 00:00:00+00')"
NOTICES = "notice_days"  # in the manifest of a run that held decisions to some
OPEN_ENTRY = """
create or replace temp table open_entry as
with effective as (select * from ledger_effective(date '9999-12-31', timestamptz '9999-12-31 00:00:00+00')),
state as (select person_id, pack, track, state as state_now from {states})
select e.*, s.state_now, left(md5(concat_ws('|', e.entry_id, s.state_now, coalesce(e.answer, '-'))), 8) as code
from effective as e left join state as s using (person_id, pack, track)
where e.is_asked
"""
TOLD = "select '{kind}' as kind, office, record_id, s.delivery_id, s.row_no, {rule} as rule, s.name, s.id_number, {town} as town, {village} as village"
TONIGHT = (
    TOLD.replace("{rule}", "if(c.is_changed, c.rule, s.rule)")
    + """
from store.standing_{kind} as s left join (select *, true as is_changed from link_change where kind = '{kind}') as c using (office, record_id)
where if(c.is_changed, c.match_status, s.match_status) = 'review' and (office, record_id) not in (select (office, record_id) from ended where kind = '{kind}')
"""
)
FRESH = (
    TOLD.replace("office, record_id", "s.office, s.record_id").replace("{rule}", "l.rule")
    + """
from added_{kind} as s inner join linked as l using (rid)
where l.match_status = 'review' and (s.office, s.record_id) not in (select (office, record_id) from ended where kind = '{kind}')
"""
)
STANDING = TOLD.replace("{rule}", "s.rule") + " from standing_{kind} as s where match_status = 'review'"
NOBODY = "select null::varchar as kind, null::varchar as office, null::varchar as record_id, null::varchar as delivery_id, null::bigint as row_no, null::varchar as rule, null::varchar as name, null::varchar as id_number, null::varchar as town, null::varchar as village where false"
LOGGED = (
    "delivery_id, row_no, file_name, sheet, person_id, runner_up_person_id, match_weight, levels, cause, match_status"
)
SEALED_LOG = (
    f"select {LOGGED}, filename as place from read_parquet($log, filename = true) where match_status = 'review'"
)
LOG_TONIGHT = f"select {LOGGED}, '~' as place from match_log where match_status = 'review'"
# A candidate that was merged since stands for the one it was merged into. Of a row that was answered, and since then leads
# to nobody, there is nothing to ask.
OPEN_LINK = """
create or replace temp table open_link as
with in_review as ({rows}), logged as ({log}),
shown as (select * from logged qualify row_number() over (partition by delivery_id, row_no order by place desc) = 1),
asked as (
    select r.*, m.file_name, m.sheet, m.match_weight, m.levels, m.cause, coalesce(m.person_id, m.runner_up_person_id) as likely_person,
           if(m.person_id is not null, m.runner_up_person_id, null) as other_person
    from in_review as r left join shown as m using (delivery_id, row_no)
)
select a.* exclude (likely_person, other_person), a.delivery_id || ':' || a.row_no as question,
       coalesce(p.survivor, a.likely_person) as likely_id, coalesce(o.survivor, a.other_person) as other_id,
       left(md5(concat_ws('|', a.record_id, a.rule, coalesce(p.survivor, a.likely_person, '-'), coalesce(o.survivor, a.other_person, '-'))), 8) as code
from asked as a left join survivor as p on p.person_id = a.likely_person left join survivor as o on o.person_id = a.other_person
where a.likely_person is not null or a.cause is distinct from 'person'
"""


def gather_tonight(con: duckdb.DuckDBPyConnection, runs: Path, notices: Mapping[str, int]) -> None:
    """Make `open_entry` and `open_link` as they will stand when this night is sealed. `notices`: days of notice by pack. Needs the fold with tonight's entries
    in it, `state_after`, `match_log`, `person_now` and `survivor`."""
    con.execute(OPEN_ENTRY.format(states="state_after"))
    add_effects(con, notices)
    before, fresh = people_of(standing_kinds(con)), people_of(kinds_of_tonight(con))
    rows = [_rows(TONIGHT, kind) for kind, _ in before] + [_rows(FRESH, kind) for kind, _ in fresh]
    _links(con, runs, rows, LOG_TONIGHT)


def gather_from_store(con: duckdb.DuckDBPyConnection, runs: Path) -> None:
    """Make `open_entry`, `open_link`, `person_now` and `survivor` from the store that `con` looks at."""
    con.execute("create or replace temp view person_now as from person")
    name_survivors(con, "person_now")
    con.execute(OPEN_ENTRY.format(states=FOLDED))
    add_effects(con, notices_of_last(runs))
    _links(con, runs, [_rows(STANDING, kind) for kind in PERSON_LAYOUTS], "")


def notices_of_last(runs: Path) -> dict[str, int]:
    """The days of notice by pack that the last run held decisions to."""
    numbers = sealed_runs(runs)
    return dict(read_manifest(runs, numbers[-1]).get(NOTICES, {})) if numbers else {}


def _rows(select: str, kind: str) -> str:
    columns = {name for name, _ in row_columns(PERSON_LAYOUTS[kind])}
    places = {c: f"s.{c}" if c in columns else "null::varchar" for c in ("town", "village")}
    return select.format(kind=kind, **places)


def _links(con: duckdb.DuckDBPyConnection, runs: Path, rows: list[str], tonight: str) -> None:
    sealed = any(runs.glob("*/tables/match_log.parquet"))
    logs = [SEALED_LOG] * sealed + [tonight] * bool(tonight)
    where = {"log": str(runs / "*" / "tables" / "match_log.parquet")} if sealed else {}
    con.execute(OPEN_LINK.format(rows=" union all ".join([NOBODY, *rows]), log=" union all ".join(logs)), where)
