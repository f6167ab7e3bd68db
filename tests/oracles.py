"""The rules a second time: one person, one day, plain Python.

Written from the clauses, not from the SQL, and slow on purpose: no table, no query, no pack file. Each place has a module
of its own (`oracle_zhongshan` … `oracle_xinyu`) over what stands on the day (`oracle_facts`, `oracle_life`) of a person's
rows (`oracle_rows`) and of a household's (`oracle_households`). A new pack gets its module here.
"""

from collections.abc import Iterator
from datetime import date

from tests.oracle_answers import Unsure
from tests.oracle_employers import employers
from tests.oracle_facts import may_act
from tests.oracle_households import Everybody
from tests.oracle_jining import Jining, jining
from tests.oracle_life import Life
from tests.oracle_neimenggu import neimenggu
from tests.oracle_neimenggu_lists import neimenggu_lists
from tests.oracle_posts import pushes
from tests.oracle_rows import Finding, Person, Place, Vacancy
from tests.oracle_shandong import shandong
from tests.oracle_truth import is_sure
from tests.oracle_xinyu import xinyu
from tests.oracle_zhongshan import is_listable, zhongshan
from tests.oracle_zhongshan_lists import zhongshan_lists

LATER = (shandong, jining, xinyu)


def findings(person: Person, day: date, has_service_log: bool = True) -> set[Finding]:
    """Everything that the first two packs find of one person on one day: they look at nobody else."""
    return zhongshan(person, day) | neimenggu(person, day, has_service_log)


def everything(place: Place, day: date) -> tuple[set[tuple[str, Finding]], set[tuple[str, Unsure]]]:
    """What all packs find of everybody, of employers and of vacancies, and what the later ones leave undecided for whom."""
    everybody = Everybody(place, day)
    found, unsure = employers(everybody), set()
    for who, life in everybody.lives.items():
        found |= {(who, f) for f in findings(life.person, day, place.has_service_log)}
        for lists in (zhongshan_lists, neimenggu_lists):
            found |= {(who, f) for f in lists(everybody, life).found}
        for pack in LATER:
            said = pack(everybody, life)
            found |= {(who, f) for f in said.found}
            unsure |= {(who, u) for u in said.unsure}
    return found | set(_posts(everybody)), unsure


def _posts(everybody: Everybody) -> Iterator[tuple[str, Finding]]:
    """Each open post that is named to somebody, by each policy that may."""
    rules: dict[str, list[tuple[str, str]]] = {}

    def may(life: Life, post: Vacancy) -> bool:
        return bool(rules[life.person.person_id]) and (not post.public_welfare or is_sure(life.is_working_age))

    for who, life in everybody.lives.items():
        allows = (
            ("zhongshan", "ZS-3.4.2", is_listable(life.person, life.day)),
            ("jining", "JN-4.1", Jining(everybody, life).in_ledger and life.is_jobless),
        )
        is_sure_enough = may_act(life.person, *([life.reg] if life.reg else []))
        rules[who] = [(pack, rule_id) for pack, rule_id, allowed in allows if allowed and is_sure_enough]
    for who, post in pushes(everybody, may):
        if may(everybody.lives[who], post):
            kind = "public" if post.public_welfare else "vacancy"
            for pack, rule_id in rules[who]:
                yield who, Finding(pack, rule_id, "T", "TASK", f"{kind}:{post.vacancy_no}", None)
