"""Who becomes known tonight. Rosters make people, registers do not, and only an exact number makes a person.

Ids are `P` and a running number, given in the order of the numbers' keys: the order of files and rows plays no part.
Two clearly different names on one number are two people on hold until somebody decides (a number is never certain
without its name). Whoever comes under a valid number that nobody has, and is like somebody known in name, birth date, sex and
phone or village, or in name and fifteen digits of which a spreadsheet may have made the known number, is on hold as well: it may
be a corrected number (identity.md 2), and the one known keeps what they have.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from matchers.claims import MADE_UP
from matchers.names import NameLevel, name_level
from matchers.phones import phone_key

AGENT_NAMES = 3  # a number under this many different unknown names is an agent's or a placeholder: it makes nobody


@dataclass(frozen=True)
class Newcomer:
    """One person to be made: the exact key and the folded name that stands for them."""

    id_key: str
    name_folded: str
    held: bool


def meet_newcomers(con: duckdb.DuckDBPyConnection, first_number: int) -> None:
    """From `claim`, `renamed` and `known` make `newcomer` (person_id, id_key, name_folded, is_held) and `held_known` (person_id)."""
    con.execute(PLAIN_NEWCOMERS)
    renamed = set(con.execute("select id_key, name_folded, other_folded from renamed").fetchall())
    made, held = _contested(con.execute(CONTESTED).fetchall(), renamed)
    con.register("made", pa.table({
        "id_key": pa.array([m.id_key for m in made], pa.string()),
        "name_folded": pa.array([m.name_folded for m in made], pa.string()),
        "is_held": pa.array([m.held for m in made], pa.bool_()),
    }))  # fmt: skip
    con.execute("create or replace temp table held_known as select unnest($ids::varchar[]) as person_id", {"ids": held})
    con.execute(NUMBER_THEM, {"first": first_number})
    con.unregister("made")


def _contested(
    rows: Iterable[tuple[str, str, str | None, int, bool]], renamed: Set[tuple[str, str, str]]
) -> tuple[list[Newcomer], list[str]]:
    """Keys with several names, or with another name than the known holder's. Rows by key: (key, folded name, known
    person or None, how many rows said so, whether every one of them is a household member who is not the holder).
    `renamed`: (key, name, other name) that a row says are one holder's."""
    by_key: dict[str, list[tuple[str, str | None, int, bool]]] = {}
    for key, *rest in rows:
        by_key.setdefault(key, []).append(tuple(rest))  # type: ignore[arg-type]
    made: list[Newcomer] = []
    held: set[str] = set()
    for key, names in by_key.items():
        known = {person for _, person, _, _ in names if person}
        groups = [[n] for n, person, _, _ in names if person]
        strangers = [n for n, person, _, member in sorted(names, key=_weight) if not person and not member]
        fresh: list[list[str]] = []
        for name in strangers:
            near = next(
                (g for g in groups + fresh if _near(name, g) or any((key, name, other) in renamed for other in g)), None
            )
            near.append(name) if near is not None else fresh.append([name])
            if len(fresh) >= AGENT_NAMES:  # whoever else stands under it changes nothing, and may be half the city
                break
        if len(fresh) >= AGENT_NAMES:
            continue
        shared = len(known) + len(fresh) > 1 and bool(fresh)
        made += [Newcomer(key, group[0], shared) for group in fresh]
        held |= known if shared else set()
    return made, sorted(held)


def _weight(row: tuple[str, str | None, int, bool]) -> tuple[bool, int, str]:
    return "?" in row[0], -row[2], row[0]


def _near(name: str, group: list[str]) -> bool:
    return any(name_level(name, other) in (NameLevel.EQUAL, NameLevel.COMPATIBLE) for other in group)


def describe_newcomers(con: duckdb.DuckDBPyConnection) -> None:
    """Make `new_known`: newcomers with what their number and their own rows say of them, shaped like `known`, and on hold
    where they may be somebody else under another number."""
    con.execute(NEW_KNOWN)
    con.execute(ANOTHER_NUMBER)


PLAIN_NEWCOMERS = """
create or replace temp table roster_name as
select id_key, name_folded, count(*) as said_count,
       bool_and(is_member) as is_member
from claim where adds_people and id_key is not null and name_folded is not null
group by id_key, name_folded;
create or replace temp table plain_newcomer as
select id_key, min(name_folded) as name_folded from roster_name
where id_key not in (select id_key from person_key)
group by id_key having count(*) = 1 and not bool_and(is_member);
"""
CONTESTED = """
with agreed as (
    select r.id_key, r.name_folded from roster_name as r
    inner join known as k on k.id_key = r.id_key and k.name_folded = r.name_folded
),
open_key as (
    select distinct id_key from roster_name
    where id_key not in (select id_key from plain_newcomer) and (id_key, name_folded) not in (select id_key, name_folded from agreed)
)
select id_key, name_folded, null as person_id, said_count, is_member from roster_name
where id_key in (select id_key from open_key) and (id_key, name_folded) not in (select id_key, name_folded from agreed)
union all
select id_key, name_folded, person_id, 1, false from known where id_key in (select id_key from open_key)
order by 1, 2, 3
"""
NUMBER_THEM = """
create or replace temp table newcomer as
with everybody as (
    select id_key, name_folded, false as is_held from plain_newcomer
    union all select id_key, name_folded, is_held from made
)
select format('P{:09d}', $first + row_number() over (order by id_key, name_folded) - 1) as person_id, *
from everybody
"""
# An 18-digit number says birth date and, by its 17th digit, sex (odd: 男). Other documents say neither.
NEW_KNOWN = """
create or replace temp table new_known as
with own as (
    select n.person_id, c.*
    from newcomer as n inner join claim as c on c.id_key = n.id_key and c.adds_people
    where c.name_folded = n.name_folded
),
told as (
    select person_id, min(name) as name, min(id_class) as id_class, min(sex) as sex, min(birth_date) as birth_date,
           arg_min(town, (kind_rank, town)) filter (town is not null) as town,
           arg_min(village, (kind_rank, village)) filter (village is not null) as village,
           arg_min(phone, (kind_rank, phone)) filter (phone is not null) as phone
    from own group by person_id
),
numbered as (
    select t.*, n.id_key, n.name_folded, n.is_held, regexp_replace(n.id_key, '^(HM|TW|PP):', '') as id_number,
           regexp_full_match(n.id_key, '[0-9]{17}[0-9X]') as is_citizen_form
    from told as t inner join newcomer as n using (person_id)
)
select person_id, name, id_number,
       case left(id_key, 3) when 'HM:' then '港澳居民来往内地通行证' when 'TW:' then '台湾居民来往大陆通行证' when 'PP:' then '护照或其他证件'
            else case id_class when 'valid_hmt' then '港澳台居民居住证' when 'valid_foreign' then '外国人永久居留身份证' else '居民身份证' end end as id_kind,
       if(is_citizen_form, if(substr(id_key, 17, 1)::integer % 2 = 1, '男', '女'), sex) as sex,
       if(is_citizen_form, strptime(substr(id_key, 7, 8), '%Y%m%d')::date, birth_date) as birth_date,
       town, village, phone, name_folded, is_held, true as is_new, id_key
from numbered order by person_id
"""
# Of two who come on one night, the one whose number sorts first is not asked about. What a spreadsheet left of a number has its
# fifteen digits, and any sex.
ANOTHER_NUMBER = f"""
update new_known set is_held = true where person_id in (
with anybody as (
    select id_key, name_folded, birth_date, sex, town, village, phone, is_new from known where id_key is not null
    union all select id_key, name_folded, birth_date, sex, town, village, phone, is_new from new_known
)
select n.person_id from new_known as n inner join anybody as o using (name_folded, birth_date, sex)
where o.id_key <> n.id_key and (not o.is_new or o.id_key < n.id_key) and n.name_folded not like '%?%'
  and ({phone_key("n.phone")} = {phone_key("o.phone")} or (n.village = o.village and n.town is not distinct from o.town))
union
select n.person_id from new_known as n
inner join (select * from anybody where {MADE_UP.format("id_key")}) as o on o.name_folded = n.name_folded and substr(o.id_key, 1, 15) = substr(n.id_key, 1, 15)
where o.id_key <> n.id_key and (not o.is_new or o.id_key < n.id_key) and length(n.id_key) = 18)
"""
