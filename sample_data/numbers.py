"""Identity numbers, certificates, business numbers and phones that are well formed and belong to nobody.

The first six digits are county codes ending in 99, which the lists of GB/T 2260 do not contain, so the
structure and the check characters are right while no office ever issued such a number. Phones begin with 142 or 143,
which are not given to subscribers. Vectorised: a `(n,)` array in, a `(n,)` array of strings out.
"""

from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

AREAS = (150199, 150299, 150399, 150499, 150599, 150699, 150799, 442099)
PLANTED_AREA = 150899  # only the planted cases carry it, so no drawn number can meet theirs
PERMIT_AREAS = (810000, 820000, 830000)  # residence permits: Hong Kong, Macao, Taiwan
PHONE_PREFIXES = (142, 143)

WEIGHTS = np.array([pow(2, 17 - i) % 11 for i in range(17)])
CHECK_18 = "10X98765432"
ALPHABET_31 = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ALPHABET_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
SLOTS = 497  # sequence numbers a day, area and sex may use; keeps clear of 996-999, once for people over a hundred


def digits(values: Array, width: int) -> Array:
    """Decimal digits, most significant first. Shape: (n, width), small integers."""
    result = np.empty((len(values), width), dtype=np.uint8)
    left = values.astype(np.int64)
    for k in range(width - 1, -1, -1):
        left, result[:, k] = np.divmod(left, 10)
    return result


def serials(prefix: str, values: Array, width: int) -> Array:
    """A prefix and a zero-filled number each. `serials("SY", np.array([7]), 4)` holds SY0007."""
    return np.strings.add(prefix, joined(digits(values, width) + ord("0")))


def codes_of(characters: str) -> Array:
    """ASCII codes of the characters, to be indexed by their place in an alphabet."""
    return np.frombuffer(characters.encode("ascii"), dtype=np.uint8)


def places_in(alphabet: str, codes: Array) -> Array:
    """Place in the alphabet of each ASCII code; the inverse of `codes_of`."""
    lookup = np.zeros(128, dtype=np.int64)
    lookup[codes_of(alphabet)] = np.arange(len(alphabet))
    return lookup[codes]


def joined(codes: Array) -> Array:
    """One string per row of ASCII codes. Shape: (n, width) to (n,)."""
    rows = np.ascontiguousarray(codes, dtype=np.uint8)
    return rows.view(f"S{rows.shape[1]}").ravel().astype(f"U{rows.shape[1]}")


def compact_date(birth: Array) -> Array:
    """YYYYMMDD as integers."""
    years, months = birth.astype("datetime64[Y]"), birth.astype("datetime64[M]")
    year = years.astype(np.int64) + 1970
    month = (months - years.astype("datetime64[M]")).astype(np.int64) + 1
    day = (birth - months.astype("datetime64[D]")).astype(np.int64) + 1
    return year * 10_000 + month * 100 + day


def sequence_numbers(area: Array, birth: Array, is_male: Array) -> Array:
    """1-994, odd for men, unique within area, birth day and sex. Raises: ValueError when a day is full."""
    day = birth.astype(np.int64)
    key = (area.astype(np.int64) * 100_000 + (day + 40_000)) * 2 + is_male
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    first = np.r_[True, ordered[1:] != ordered[:-1]]
    start = np.maximum.accumulate(np.where(first, np.arange(len(key)), 0))
    rank = np.empty(len(key), dtype=np.int64)
    rank[order] = np.arange(len(key)) - start
    if len(rank) and rank.max() >= SLOTS:
        raise ValueError(f"more than {SLOTS} people of one sex, birth day and area: ask for fewer people")
    return 2 * ((day * 7919 + area + rank) % SLOTS) + np.where(is_male, 1, 2)


def identity_numbers(area: Array, birth: Array, sequence: Array) -> Array:
    """18 characters: area 6, birth date 8, sequence 3, MOD 11-2 check."""
    body = np.hstack([digits(area, 6), digits(compact_date(birth), 8), digits(sequence, 3)])
    check = codes_of(CHECK_18)[body @ WEIGHTS % 11]
    return joined(np.hstack([body + ord("0"), check[:, None]]))


def identity_number(area: int, birth: date, sequence: int) -> str:
    """One number. `identity_number(150199, date(1985, 7, 4), 321)` ends in its check character."""
    one = identity_numbers(np.array([area]), np.array([birth], dtype="datetime64[D]"), np.array([sequence]))
    return str(one[0])


def is_valid(number: str) -> bool:
    """True when the 18 characters, the date and the check agree; the area is not looked up."""
    if len(number) != 18 or not number[:17].isdigit() or number[0] not in "12345678":
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return CHECK_18[sum(int(c) * int(w) for c, w in zip(number, WEIGHTS, strict=False)) % 11] == number[17]


def disability_numbers(numbers: Array, category: Array, grade: Array, reissued: Array) -> Array:
    """20 characters (identity number, category 1-7, grade 1-4), or 22 with B1 after a loss."""
    twenty = np.strings.add(np.strings.add(numbers, category.astype("U1")), grade.astype("U1"))
    return np.strings.add(twenty, np.where(reissued, "B1", ""))


def credit_codes(serial: Array, class_code: Array, area: int = AREAS[0]) -> Array:
    """Unified social credit codes, one per serial. `class_code`: 91 firm, 92 individual business, 93 co-operative."""
    letters = codes_of(ALPHABET_31)
    count = len(serial)
    tail = [letters[(serial // 31**k) % 31] for k in range(5, -1, -1)]
    org = np.column_stack([np.full((count, 2), codes_of("MA")), *tail])
    rest = 11 - places_in(ALPHABET_36, org) @ np.array(ORG_WEIGHTS) % 11
    org_check = codes_of("?123456789X0")[rest]  # 10 is written X, 11 is written 0
    head = np.hstack([digits(class_code, 2), digits(np.full(count, area), 6)]) + ord("0")
    body = np.hstack([head, org, org_check[:, None]])
    weights = np.array([pow(3, i, 31) for i in range(17)])
    check = letters[(31 - places_in(ALPHABET_31, body) @ weights % 31) % 31]
    return joined(np.hstack([body, check[:, None]]))


def register_numbers(serial: Array, area: int = AREAS[0]) -> Array:
    """15-digit business register numbers of individual businesses (ISO 7064 MOD 11,10), one per serial."""
    body = np.hstack([digits(np.full(len(serial), area), 6), digits(60_000_000 + serial, 8)])
    rest = np.full(len(serial), 10)
    for k in range(14):
        total = (rest + body[:, k]) % 10
        rest = np.where(total == 0, 10, total) * 2 % 11
    check = ((11 - rest) % 10).astype(np.uint8)
    return joined(np.hstack([body, check[:, None]]) + ord("0"))


def phones(rng: np.random.Generator, count: int) -> Array:
    """11 digits each."""
    head = rng.choice(np.array(PHONE_PREFIXES), count).astype(np.int64)
    return (head * 100_000_000 + rng.integers(0, 100_000_000, count)).astype("U11")
