"""Tests everybody against every rule in force, set-wise, and says what was found and what could not be decided.

A rule's predicate gives true, false or null; null is `undetermined`, and the missing columns are named. What a link
is worth decides the form of a finding: weaker than exact, nothing adverse is proposed, only a review asked for; and so
it is where the rule holds only by what a doubtful row tells, be that part of its proof or not.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

import duckdb

from policies.columns import as_if_sure, ranks_behind
from policies.pack import Pack
from policies.rule import APART, VIEWS, Rule, words_of
from policies.versions import literal
from policies.view import OF_CITY, WIDE_PARTS, one_row, open_wide, wide_columns
from policies.wording import grade_note, sentence, stale_note, values_used
from schemas.stages import Stage
from schemas.tables import TRACKS

# What tells one row of a view from another, where that is not the person.
ROW_KEYS = {"wide_match": "match_key"}
# What every finding needs of a person, whatever its rule speaks of.
ALWAYS = frozenset({"person_id", "id_number", "is_held", "held_for", "as_of"})
FINDING = """
create or replace temp table finding (
    person_id varchar, pack varchar, rule_id varchar, rule_no integer, clause varchar, track varchar, op varchar,
    op_class varchar, basis varchar, ground varchar, field varchar, needs_decision boolean, state_to varchar,
    evidence varchar[], parameters varchar, reason varchar, list varchar, employer_uscc varchar, employer_name varchar,
    due_date date, content varchar, needs_row boolean, is_exit boolean,
    needs_basis varchar, state_from varchar);
create or replace temp table evaluated_rule (pack varchar, rule_id varchar);
create or replace temp table rule_trait (pack varchar, rule_id varchar, is_exit boolean, needs_row boolean);
create or replace temp table rule_outcome (pack varchar, rule_id varchar, outcome varchar, missing varchar, people bigint);
"""


def evaluate(
    con: duckdb.DuckDBPyConnection, packs: Sequence[Pack], as_of: date, barred: frozenset[str], rows: str = ""
) -> None:
    """Fill `finding`, `evaluated_rule`, `rule_trait` and `rule_outcome`. A rule whose evidence comes from a
    barred kind is left as it stood: that source adds nothing and ends nothing tonight. `rows` names a table (person_id,
    pack, track) of who ever had a row in the ledger: what only speaks of a row or of a basis in it is then found of
    these alone, or of whoever may come in tonight."""
    con.execute(FINDING)
    con.execute("create or replace temp table employer_finding as from finding limit 0")
    columns = wide_columns(con)
    filled = [v for v in VIEWS.values() if con.execute(f"select exists (from {v})").fetchall()[0][0]]
    said: dict[str, list[tuple[str | bool | int | None, ...]]] = {
        "rule_trait": [],
        "evaluated_rule": [],
        "rule_outcome": [],
    }
    for pack in packs:
        values = pack.parameter_values(as_of)
        one_row(con, "parameter_now", values or {"none": None})
        rules = list(enumerate(pack.all_rules))
        tested = [(n, r) for n, r in rules if r.is_in_force(as_of) and not barred & r.kinds]
        said["rule_outcome"] += [
            (pack.code, r.id, "source_barred" if r.is_in_force(as_of) else "not_in_force", None, 0)
            for _, r in rules if not r.is_in_force(as_of) or barred & r.kinds
        ]  # fmt: skip
        said["rule_trait"] += [
            (pack.code, r.id, bool(r.finds.get("is_exit")), bool(r.finds.get("needs_row"))) for _, r in rules
        ]
        said["evaluated_rule"] += [(pack.code, rule.id) for _, rule in tested]
        for view in filled:  # of nobody nothing holds, and nothing is undetermined
            asked = [(number, rule) for number, rule in tested if rule.view == view]
            counted = _test(con, pack, asked, view, columns, values) if asked else {}
            held = [(number, rule) for number, rule in asked if counted[number]]
            said["rule_outcome"] += [(pack.code, rule.id, "holds", None, counted[number]) for number, rule in held]
            if held:
                _gather(con, pack, held, view, columns, rows)
                _ask_surely(con, pack, [(n, r) for n, r in held if r.is_adverse], view, columns, values)
            for number, rule in held:
                _find(con, pack, rule, number, columns, set(values), stale_note(rule, barred))
    for table, lines in said.items():
        _add(con, table, lines)


def findings_stage(packs: Sequence[Pack], as_of: date, barred: frozenset[str]) -> Stage:
    """`evaluate` in parts: once the wide view stands, nobody is asked about anybody else. Needs `ledger_row`."""
    tables = ("everybody", *WIDE_PARTS, "wide_employer", "wide_vacancy", "post_match", "ledger_row")
    return Stage(
        "findings",
        partial(evaluate, packs=packs, as_of=as_of, barred=barred, rows="ledger_row"),
        gives={
            "finding": "from {parts}", "employer_finding": "from {parts}",
            "evaluated_rule": "select distinct * from {parts}", "rule_trait": "select distinct * from {parts}",
            "rule_outcome": "select pack, rule_id, outcome, missing, sum(people)::bigint as people from {parts} group by all",
        },
        cut={name: f"select *, person_id as part_key from {name}" for name in tables},
        whole=("source_flag", *OF_CITY),
        opens=partial(open_wide, as_of=as_of),
    )  # fmt: skip


def _test(
    con: duckdb.DuckDBPyConnection,
    pack: Pack,
    asked: Sequence[tuple[int, Rule]],
    view: str,
    columns: Mapping[str, str],
    values: Mapping[str, Any],
) -> dict[int, int]:
    """Make `tested` (the row's key and one truth value per rule, `t<number>`) in one pass over the view, write down how
    many rows each rule could not be decided for, and give how many it held for."""
    truths = ", ".join(f"({rule.said}) as t{number}" for number, rule in asked)
    con.execute(
        f"create or replace temp table tested as select {_key(view)}, {truths} from ({_asked_of(pack, asked, view, view, columns, values)})"
    )
    counts = ", ".join(f"count_if(t{n}), count(*) - count(t{n})" for n, _ in asked)  # ten times as fast as by filters
    counted = con.execute(f"select {counts} from tested").fetchall()[0]
    true, unknown = (dict(zip((n for n, _ in asked), counted[start::2], strict=True)) for start in (0, 1))
    missing = set(columns) | {name for name, value in values.items() if value is None}
    _undetermined(con, pack, [(n, rule) for n, rule in asked if unknown[n]], view, missing)
    return true


def _asked_of(
    pack: Pack,
    asked: Sequence[tuple[int, Rule]],
    view: str,
    source: str,
    columns: Mapping[str, str],
    values: Mapping[str, Any],
    told: Callable[[str], str] = str,
) -> str:
    """The select from `source` (the view, or some of its rows) whose columns are what the rules' conditions speak of, each as
    it is `told`, and these conditions by name: each is tested once, however many rules call it."""
    spoken = set().union(*(words_of(rule.when) for _, rule in asked)) & {*columns, *values} | {_key(view)}
    source = f"select {', '.join(map(told, sorted(spoken)))} from {source} cross join parameter_now"
    for level in pack.condition_levels(rule for _, rule in asked):
        named = ", ".join(f"({text}) as {name}" for name, text in level.items())
        source = f"select *, {named} from ({source})"
    return source


def _key(view: str) -> str:
    return ROW_KEYS.get(view, "person_id")


def _gather(
    con: duckdb.DuckDBPyConnection,
    pack: Pack,
    held: Sequence[tuple[int, Rule]],
    view: str,
    columns: Mapping[str, str],
    rows: str,
) -> None:
    """Make `concerned`: whom any of these rules holds for, its truth values, and all columns that the rules speak of."""
    key = _key(view)
    truths = {number: f"t{number}" for number, _ in held}
    holders = f"select null::varchar as {key} where false"
    if rows and view == "wide":
        tracks = ", ".join(f"bool_or(track = '{t}') as in_{t}" for t in TRACKS)
        holders = f"select person_id, {tracks} from {rows} where pack = {literal(pack.code)} group by person_id"
        for number, rule in held:
            track = rule.finds["track"]
            had = f"coalesce(in_{track}, false)"
            if rule.finds.get("needs_basis"):
                truths[number] += f" and {had}"
            elif rule.finds.get("needs_row"):
                truths[number] += f" and ({' or '.join([had, *(f't{n}' for n, r in held if r.brings_in(track))])})"
    told = ", ".join(f"({truth}) as t{number}" for number, truth in truths.items())
    con.execute(f"""
        create or replace temp table held as
        select * from (select {key}, {told} from tested left join ({holders}) using ({key}))
        where {" or ".join(f"t{number}" for number, _ in held)}
    """)
    words = ALWAYS.union(*(rule.words for _, rule in held))
    words |= {
        rank for _, rule in held if rule.is_adverse for word in words_of(rule.when) for rank in ranks_behind(word)
    }
    spoken = sorted((words & set(columns)) - {key})
    con.execute(f"""
        create or replace temp table concerned as
        select {", ".join(f"w.{c}" for c in spoken)}, h.* from {view} as w inner join held as h using ({key})
    """)


def _ask_surely(
    con: duckdb.DuckDBPyConnection,
    pack: Pack,
    adverse: Sequence[tuple[int, Rule]],
    view: str,
    columns: Mapping[str, str],
    values: Mapping[str, Any],
) -> None:
    """Make `surely`: of whom `concerned` holds, whether each of these rules (`s<number>`) would hold too if what no firm link
    tells had not been told."""
    if adverse:
        truths = ", ".join(f"coalesce({rule.said}, false) as s{number}" for number, rule in adverse)
        asked = _asked_of(pack, adverse, view, "concerned", columns, values, as_if_sure)
        con.execute(f"create or replace temp table surely as select {_key(view)}, {truths} from ({asked})")


def _undetermined(
    con: duckdb.DuckDBPyConnection, pack: Pack, rules: Sequence[tuple[int, Rule]], view: str, missing: set[str]
) -> None:
    """For those for whom a rule is undetermined, which of the columns and parameters that it speaks of are missing."""
    if not rules:
        return
    lacks = {number: sorted(words_of(rule.when) & missing) for number, rule in rules}
    spoken = ", ".join(f"{c} is null as no_{c}" for c in sorted(set().union(*lacks.values())))
    unsure = ", ".join(f"t{number} is null as u{number}" for number, _ in rules)
    con.execute(f"""
        create or replace temp table unsure as
        select {unsure}, {spoken} from {view} inner join tested using ({_key(view)}) cross join parameter_now
        where {" or ".join(f"t{number} is null" for number, _ in rules)}
    """)
    counted = [
        f"select {literal(pack.code)}, {literal(rule.id)}, 'undetermined', {_named(lacks[number])} as missing, count(*) from unsure where u{number} group by missing"
        for number, rule in rules
    ]
    con.execute(f"insert into rule_outcome {' union all '.join(counted)}")


def _named(missing: Sequence[str]) -> str:
    """The names of those of these columns that are missing in a row of `unsure`, as one text."""
    named = ", ".join(f"if(no_{c}, '{c}', null)" for c in missing)
    return f"concat_ws(',', {named})"


def _add(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[str | bool | int | None, ...]]) -> None:
    """Insert rows of codes, truths and counts, all at once."""
    if rows:
        lines = ", ".join(f"({', '.join(literal(value) for value in row)})" for row in rows)
        con.execute(f"insert into {table} values {lines}")


def _find(
    con: duckdb.DuckDBPyConnection,
    pack: Pack,
    rule: Rule,
    number: int,
    columns: dict[str, str],
    parameters: set[str],
    stale: str,
) -> None:
    finds = rule.finds
    target = "employer_finding" if rule.about in APART else "finding"
    rank, records = proof_of(rule)
    op = op_of(rule)
    concerned, is_sure = "concerned", "true"
    if rule.is_adverse:
        concerned, is_sure = f"concerned inner join surely using ({_key(rule.view)})", f"s{number}"
    said = sorted((ALWAYS | rule.words) & {*columns, *parameters})  # all of them would cost more to bind than to read
    employer = finds.get("employer")
    basis = finds.get("basis_from") or literal(finds.get("basis"))
    state = (
        f"case when op = '{finds['op']}' then {literal(finds.get('state'))} when op = 'HOLD' then '{finds['track']}X' "
    )
    state += f"when '{finds['track']}' = 'R' then 'R1' end"
    state = f"{literal(finds.get('state') or 'open')}" if finds["track"] == "T" else state
    told = f"""select person_id, {literal(pack.code)}, {literal(rule.id)}, {number}, {literal(rule.clause)}, {literal(finds["track"])}, op,
               case when op in ('ADD', 'UPD') then 'IN' else op end, {basis}, {finds.get("ground_from") or literal(finds.get("ground"))},
               {literal(finds.get("field"))}, {str(finds["needs_decision"]).lower()} or op in ('REVIEW', 'HOLD'), {state},
               list_sort(list_distinct(proof_records)), {values_used(rule, columns, parameters)},
               {sentence(rule.sentence, columns)} || {grade_note()} || {literal(stale)}, case when op = '{finds["op"]}' then {literal(finds.get("list"))} end,
               {f"{employer}_uscc" if employer else "null"}, {f"{employer}_name" if employer else "null"},
               {_due(finds)}, {literal(rule.content)},
               {str(finds.get("needs_row", False)).lower()}, {str(finds.get("is_exit", False)).lower()},
               {literal(finds.get("needs_basis"))}, {literal(finds.get("state_from"))}
        from graded where op is not null"""
    con.execute(f"""
        insert into {target}
        with held as (
            select {", ".join(said)}, {rank} as worst, {is_sure} as is_sure, {records} as proof_records
            from {concerned} cross join parameter_now where t{number}
        ),
        graded as (select *, {op} as op from held)
        {told}
    """)


def _due(finds: Mapping[str, Any]) -> str:
    if "due" in finds:
        return f"({finds['due']})::date"
    return f"as_of + {int(finds['due_days'])}" if "due_days" in finds else "null"


def proof_of(rule: Rule) -> tuple[str, str]:
    """The rank of the weakest record a finding rests on, and all those records."""
    ranks = [f"coalesce({p}_rank, 0)" for p in rule.proof]
    if rule.proof_any:
        ranks.append(f"coalesce(least({', '.join(f'{p}_rank' for p in rule.proof_any)}), 0)")
    records = [f"coalesce({p}_records, []::varchar[])" for p in (*rule.proof, *rule.proof_any)]
    records += [f"if({p}_rank <= 1, {p}_records, []::varchar[])" for p in rule.beside]
    joined = records[0]
    for more in records[1:]:
        joined = f"list_concat({joined}, {more})"
    return f"greatest({', '.join(ranks)})" if len(ranks) > 1 else ranks[0], joined


def op_of(rule: Rule) -> str:
    """The op a finding takes by `worst`, the rank of its weakest record, `is_held`, and, of an adverse rule, `is_sure`: whether
    it holds by firm links alone."""
    op, track = rule.finds["op"], rule.finds["track"]
    if rule.is_adverse:
        return f"case when worst = 0 and is_sure and not is_held then '{op}' else 'REVIEW' end"
    if op == "REVIEW":
        return "'REVIEW'"
    if track == "T":
        limit = 1 if op == "URGE" else 2
        return f"case when worst <= {limit} and not is_held then '{op}' end"
    return f"case when is_held or worst = 3 then 'HOLD' when worst = 4 then 'REVIEW' else '{op}' end"
