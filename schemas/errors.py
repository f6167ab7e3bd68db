"""Errors and messages of the whole house.

ZhaorenError
├── UsageError      exit 2: wrong command, workspace or settings
├── DeliveryRefused this delivery alone is refused, the night goes on (exit 3)
├── WorkspaceBusy   exit 5: another run holds the workspace
├── PolicyError     exit 2: a pack that cannot be read or has a gap
└── IntegrityError  exit 1: totals, hashes or the chain do not hold

Messages for people are Chinese, or English with ZHAOREN_LANG=en. What is stored in tables is always Chinese,
so that the same night gives the same bytes on every desk. No message ever carries a cell's value.
"""

import os
import re


class ZhaorenError(Exception):
    """Base of everything we raise on purpose; `exit_code` is what the command line ends with."""

    exit_code = 1


class UsageError(ZhaorenError):
    exit_code = 2


class PolicyError(ZhaorenError):
    exit_code = 2


class IntegrityError(ZhaorenError):
    exit_code = 1


class WorkspaceBusy(ZhaorenError):
    exit_code = 5


class DeliveryRefused(ZhaorenError):
    """Raised while one delivery is received or read; carries the Chinese sentence that is stored and shown, and the
    settings lines that might mend it."""

    exit_code = 3

    def __init__(self, reason: str, *, code: str, held: bool = False, settings: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code
        self.held = held
        self.settings = settings


def reader_language() -> str:
    """`en` or `zh`: what messages are said in here."""
    return "en" if os.environ.get("ZHAOREN_LANG", "").lower().startswith("en") else "zh"


def say(chinese: str, english: str) -> str:
    """The sentence in the reader's language."""
    return english if reader_language() == "en" else chinese


def not_written(place: object, error: OSError) -> UsageError:
    """What to raise where a file that somebody asked for cannot be written."""
    kind = type(error).__name__
    return UsageError(
        say(f"写不进 {place}（{kind}）；请换一个文件名或换一处。", f"{place} cannot be written ({kind}).")
    )


PERSONAL_DIGITS = re.compile(r"(?<!\d)(?:([1-9]\d{5})(?:18|19|20)\d{6}(\d{3}[\dXx])|(1[3-9]\d)\d{4}(\d{4}))(?!\d)")


def without_numbers(text: str) -> str:
    """An office's own words, such as a file name, as they may be shown: identity and mobile numbers masked.

    >>> without_numbers("低保_150102198507043219_13900000000_20240630.csv")
    '低保_150102********3219_139****0000_20240630.csv'
    """
    return PERSONAL_DIGITS.sub(lambda m: f"{m[1]}********{m[2]}" if m[1] else f"{m[3]}****{m[4]}", text)
