"""Check digits and birth dates inside numbers. A check digit can reject, never identify. Source: GB 11643 (MOD 11-2),
GB 32100 (credit code, mod 31), GB 11714 (organisation code), GS 15 (registration number, ISO 7064 MOD 11,10).
"""

import re
from datetime import date
from operator import mul

FIRST_BIRTH_YEAR, LAST_BIRTH_YEAR = 1880, 2049  # no clock here; 1880 is the standard's own printed example
WEIGHTS = [pow(2, 17 - i) % 11 for i in range(17)]
CHECK = "10X98765432"
ALPHABET_31 = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ALPHABET_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def check_digit(first17: str) -> str:
    """
    >>> check_digit("15010219850704321")
    '9'
    """
    return CHECK[sum(map(mul, map(int, first17), WEIGHTS)) % 11]


def is_birth_date(digits: str) -> bool:
    """True for YYYYMMDD in the years people are born in."""
    try:
        found = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return FIRST_BIRTH_YEAR <= found.year <= LAST_BIRTH_YEAR


def is_credit_code(clean: str) -> bool:
    """
    >>> is_credit_code("92150102MA0TE5TX8Y"), is_credit_code("92150102MA0TE5TX8X")
    (True, False)
    """
    if len(clean) != 18 or any(c not in ALPHABET_31 for c in clean):
        return False
    total = sum(ALPHABET_31.index(c) * pow(3, place, 31) for place, c in enumerate(clean[:17]))
    return ALPHABET_31[-total % 31] == clean[17]


def is_organisation_code(clean: str) -> bool:
    """With at least one letter: nine digits may be anything.

    >>> is_organisation_code("MA0TE5TX8"), is_organisation_code("D2143569X"), is_organisation_code("123456788")
    (True, True, False)
    """
    if not re.fullmatch(r"(?=.*[A-Z])[0-9A-Z]{8}[0-9X]", clean):
        return False
    total = sum(ALPHABET_36.index(c) * w for c, w in zip(clean[:8], (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return "0X987654321"[total % 11] == clean[8]


def is_registration_number(clean: str) -> bool:
    """Fifteen digits whose ISO 7064 MOD 11,10 check holds; so does that of one identity number in ten.

    >>> is_registration_number("110108000000016"), is_registration_number("110108000000017")
    (True, False)
    """
    product = 10
    for digit in clean[:14]:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return len(clean) == 15 and str((11 - product) % 10) == clean[14]
