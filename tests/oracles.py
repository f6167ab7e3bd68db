"""The rules a second time: one person, one day, plain Python.

Written from the clauses, not from the SQL, and slow on purpose: no table, no query, no pack file. Each place has a module
of its own (`oracle_zhongshan` … `oracle_xinyu`) over what stands on the day (`oracle_facts`, `oracle_life`) of a person's
rows (`oracle_rows`) and of a household's (`oracle_households`). A new pack gets its module here.
"""

from datetime import date

from tests.oracle_answers import Unsure
from tests.oracle_employers import employers
from tests.oracle_households import Everybody
from tests.oracle_jining import jining
from tests.oracle_neimenggu import neimenggu
from tests.oracle_rows import Finding, Person, Place
from tests.oracle_shandong import shandong
from tests.oracle_xinyu import xinyu
from tests.oracle_zhongshan import zhongshan

LATER = (shandong, jining, xinyu)
# Rules that the oracle does not read: lists and tasks over rows that its people do not have. They are
# tested through the whole pipeline, in test_clause_rules.
ONCE = frozenset(
    {
        "ZS-2", "ZS-3.1.2:group", "ZS-3.1.4", "ZS-3.1.3", "ZS-3.2", "ZS-3.2.1", "ZS-3.2.4", "ZS-3.3:training",
        "ZS-3.3:startup", "ZS-3.4", "ZS-3.4.1", "ZS-3.4.2", "ZS-3.6.3", "NM-1.1b", "NM-1.2b", "NM-1.3a:older",
        "NM-2.1c", "NM-2.1c:check", "NM-2.2:job", "NM-2.2:training", "NM-2.2:startup", "NM-2.2:unclear", "NM-2.2:other",
        "NM-2.2:blank", "NM-2.2:revisit", "NM-2.3:plan", "NM-2.3:post", "NM-3.2:founded_unit", "NM-3.2:left", "NM-4.1",
        "NM-4.1:overdue", "SD-3.1", "SD-3.2.2:willing", "SD-3.3.1", "SD-5.4", "JN-1.6:not_drawing", "JN-3.1:offline", "JN-3.4",
        "JN-4.1", "JN-4.4:revisit", "JN-10.1", "XY-2.2", "XY-2.3", "XY-3.0", "XY-3.8:left", "XY-4.2", "XY-6.1:owner", "XY-6.1:plan",
        "XY-7.3",
    }
)  # fmt: skip


def findings(person: Person, day: date, has_service_log: bool = True) -> set[Finding]:
    """Everything that the first two packs find of one person on one day: they look at nobody else."""
    return zhongshan(person, day) | neimenggu(person, day, has_service_log)


def everything(place: Place, day: date) -> tuple[set[tuple[str, Finding]], set[tuple[str, Unsure]]]:
    """What all packs find of everybody, of employers and of vacancies, and what the later ones leave undecided for whom."""
    everybody = Everybody(place, day)
    found, unsure = employers(everybody), set()
    for who, life in everybody.lives.items():
        found |= {(who, f) for f in findings(life.person, day, place.has_service_log)}
        for pack in LATER:
            said = pack(everybody, life)
            found |= {(who, f) for f in said.found}
            unsure |= {(who, u) for u in said.unsure}
    return found, unsure
