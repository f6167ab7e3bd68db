"""The rules a second time: one person, one day, plain Python.

Written from the clauses, not from the SQL, and slow on purpose: no table, no query, no pack file. Each place has a module
of its own (`oracle_zhongshan`, `oracle_neimenggu`) over what stands on the day (`oracle_facts`) of a person's rows
(`oracle_rows`). A new pack gets its module here.
"""

from datetime import date

from tests.oracle_neimenggu import neimenggu
from tests.oracle_rows import Finding, Person
from tests.oracle_zhongshan import zhongshan

# Rules of the two packs that the oracle does not read: lists and tasks over rows that its people do not have. They are
# tested through the whole pipeline, in test_clause_rules.
ONCE = frozenset(
    {
        "ZS-2", "ZS-3.1.2:group", "ZS-3.1.4", "ZS-3.1.3", "ZS-3.2", "ZS-3.2.1", "ZS-3.2.4", "ZS-3.3:training",
        "ZS-3.3:startup", "ZS-3.4", "ZS-3.4.1", "ZS-3.4.2", "ZS-3.6.3", "NM-1.1b", "NM-1.2b", "NM-1.3a:older",
        "NM-2.1c", "NM-2.1c:check", "NM-2.2:job", "NM-2.2:training", "NM-2.2:startup", "NM-2.2:unclear", "NM-2.2:other",
        "NM-2.2:blank", "NM-2.2:revisit", "NM-2.3:plan", "NM-2.3:post", "NM-3.2:founded_unit", "NM-3.2:left", "NM-4.1",
        "NM-4.1:overdue",
    }
)  # fmt: skip


def findings(person: Person, day: date, has_service_log: bool = True) -> set[Finding]:
    """Everything that both packs find of one person on one day."""
    return zhongshan(person, day) | neimenggu(person, day, has_service_log)
