"""The rules a second time: one person, one day, plain Python.

Written from the clauses, not from the SQL, and slow on purpose: no table, no query, no pack file. Each place has a module
of its own (`oracle_zhongshan`, `oracle_neimenggu`) over what stands on the day (`oracle_facts`) of a person's rows
(`oracle_rows`). A new pack gets its module here.
"""

from datetime import date

from tests.oracle_neimenggu import neimenggu
from tests.oracle_rows import Finding, Person
from tests.oracle_zhongshan import zhongshan


def findings(person: Person, day: date, has_service_log: bool = True) -> set[Finding]:
    """Everything that both packs find of one person on one day."""
    return zhongshan(person, day) | neimenggu(person, day, has_service_log)
