"""Answers of three kinds, as a careful clerk gives them: yes, no, or "that depends on what nobody told me"."""

from collections.abc import Callable
from typing import TypeVar


class Missing(frozenset[str]):
    """The answer depends on these facts or values, which nobody told. It may name none where a doubt, not a gap, stands."""


Answer = bool | Missing
DOUBT = Missing()
Told = TypeVar("Told")


def all_of(*answers: Answer) -> Answer:
    """One no is a no, whatever else is missing."""
    missing: Missing | None = None
    for a in answers:
        if a is False:
            return False
        if isinstance(a, Missing):
            missing = Missing(a | missing) if missing is not None else a
    return True if missing is None else missing


def any_of(*answers: Answer) -> Answer:
    """One yes is a yes, whatever else is missing."""
    return no(all_of(*(no(a) for a in answers)))


def no(answer: Answer) -> Answer:
    return answer if isinstance(answer, Missing) else not answer


def is_sure(answer: Answer) -> bool:
    return answer is True


def may_be(answer: Answer) -> bool:
    return answer is not False


def told(name: str, value: Told | None, test: Callable[[Told], bool] = bool) -> Answer:
    """The test of a value that may not have been told."""
    return Missing({name}) if value is None else test(value)
