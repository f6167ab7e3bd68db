"""Identity numbers folded to a class and a linkage key. The delivered form stays in its row.

A checksum can reject, never identify: only the classes in `EXACT` may join by equality; the others are damaged and
need a name and a birth date beside them. Source: GB 11643 (MOD 11-2), GB 32100 and the permits' own formats.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

FIRST_BIRTH_YEAR, LAST_BIRTH_YEAR = 1880, 2049  # no clock here; 1880 is the standard's own printed example
WEIGHTS = [pow(2, 17 - i) % 11 for i in range(17)]
CHECK = "10X98765432"
EXACT = frozenset({"valid18", "valid15", "valid_hmt", "valid_foreign", "other_document"})
BROKEN = frozenset({"checksum_bad", "date_bad", "short", "long"})
NONE = frozenset({"empty", "placeholder"})
X_LOOKALIKES = str.maketrans(dict.fromkeys("ХхΧχ×✕✖╳ⅹⅩ", "X"))
INVISIBLE = re.compile(r"[\s'‘’`\"“”\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff\x00-\x1f-]+")
LETTER_DIGITS = str.maketrans("OIL|SBZ", "0111582")
PLACEHOLDERS = {"无", "不详", "未知", "同上", "暂无", "没有", "NULL", "NONE", "123456789012345678", "0", "-"}
LAST_OF_FLOAT = {"000", "008", "016", "024", "032", "040", "048", "056", "064", "072", "080", "088", "096", "984", "992",
                 "976", "968", "960", "952", "944", "936", "928", "920", "912", "904"}  # fmt: skip
PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
    ]
)
PERMIT = re.compile(r"^[HM]\d{8}(?:\d{2})?$")
PASSPORT = re.compile(r"^(?:[EGDSPK]\d{7,8}|E[A-HJ-NP-Z]\d{7}|[A-Z]{1,3}\d{6,9}|[A-Z]{3}\d{12})$")


@dataclass(frozen=True)
class FoldedNumber:
    """`id_class` is one of the classes of the ladder; `key` joins by equality when the class is exact; `part` is what
    is left of a damaged number: leading digits, or a mask with `_` for each hidden place."""

    id_class: str
    key: str | None = None
    part: str | None = None


def check_digit(first17: str) -> str:
    """
    >>> check_digit("15010219850704321")
    '9'
    """
    return CHECK[sum(int(c) * w for c, w in zip(first17, WEIGHTS, strict=True)) % 11]


def fold_number(text: str | None, document: str | None = None) -> FoldedNumber:
    """
    >>> fold_number("150102850704321").key, fold_number(" １５０１０２１９８５０７０４３２１９").id_class
    ('150102198507043219', 'valid18')
    """
    clean = _clean(re.sub(r"[\r\n]+", "/", (text or "").strip()))
    if not clean:
        return FoldedNumber("empty")
    if clean in PLACEHOLDERS or (len(clean) > 5 and len(set(clean)) <= 2) or not re.search(r"[0-9]", clean):
        return FoldedNumber("placeholder")
    parts = [p for p in re.split(r"[/、,，;；]", clean) if p]
    if len(parts) > 1:
        valid = {f.key: f for p in parts if (f := _fold_one(p, document)).id_class in EXACT}
        return next(iter(valid.values())) if len(valid) == 1 else FoldedNumber("several")
    return _fold_one(parts[0], document) if parts else FoldedNumber("placeholder")


def _clean(text: str) -> str:
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", text).translate(X_LOOKALIKES)).upper()


def _fold_one(clean: str, document: str | None) -> FoldedNumber:
    if re.fullmatch(r"\d(?:\.\d+)?E\+?\d+", clean):
        return _from_float(clean)
    if re.search(r"[*＊?？]|X{3,}|_{3,}", clean):
        return _masked(clean)
    if re.fullmatch(r"\d{17}[\dX](?:[1-7][1-4])?(?:B\d)?|\d{17}[\dX][1-7]", clean):
        return _eighteen(clean[:18])
    if PERMIT.match(clean):
        return FoldedNumber("other_document", f"HM:{clean[:9]}")
    if document and re.search("台|臺", document) and re.fullmatch(r"\d{8}(?:\d{2})?", clean):
        return FoldedNumber("other_document", f"TW:{clean[:8]}")
    if PASSPORT.match(clean):
        return FoldedNumber("other_document", f"PP:{clean}")
    if re.fullmatch(r"[1-9]\d{14}", clean):
        return _fifteen(clean)
    if re.fullmatch(r"\d{17}", clean) and _is_date(clean[6:14]):
        return FoldedNumber("check_missing", part=clean + check_digit(clean))
    return _by_letters(clean)


def _eighteen(clean: str) -> FoldedNumber:
    if not _is_date(clean[6:14]) or clean[0] == "0":
        return FoldedNumber("date_bad", part=clean)
    if check_digit(clean[:17]) != clean[17]:
        if clean[15:] in LAST_OF_FLOAT:
            return FoldedNumber("truncated_float", part=clean[:14])
        return FoldedNumber("checksum_bad", part=clean)
    if clean[0] == "9" and clean[1:3] in PROVINCES:
        return FoldedNumber("valid_foreign", clean)
    return FoldedNumber("valid_hmt" if clean[:2] in ("81", "82", "83") else "valid18", clean)


def _fifteen(clean: str) -> FoldedNumber:
    body = f"{clean[:6]}19{clean[6:]}"
    if not _is_date(body[6:14]):
        return FoldedNumber("date_bad", part=clean)
    return FoldedNumber("valid15", body + check_digit(body))


def _from_float(clean: str) -> FoldedNumber:
    """Excel keeps 15 digits, a script writes 16 or 17: the first 14 (place and birth date) are certain. Cut, never
    rounded: rounding may carry into the birth day."""
    written = clean.split("E")[0].replace(".", "")
    if len(written) < 14 or Decimal(clean).adjusted() != 17:
        return FoldedNumber("short")
    return FoldedNumber("truncated_float", part=written[:14] if _is_date(written[6:14]) else None)


def _masked(clean: str) -> FoldedNumber:
    mask = re.sub(r"X{3,}", lambda run: "_" * len(run[0]), re.sub(r"[*＊?？]", "_", clean))
    mask = re.sub(r"X(?!$)", "_", mask)
    shown = sum(c != "_" for c in mask)
    return FoldedNumber("masked", part=mask) if len(mask) in (15, 18) and shown >= 6 else FoldedNumber("placeholder")


def _by_letters(clean: str) -> FoldedNumber:
    """Letters typed for digits are read as digits only where the check digit then agrees, and stay marked."""
    mended = clean[:17].translate(LETTER_DIGITS) + clean[17:]
    if len(clean) == 18 and mended != clean and re.fullmatch(r"\d{17}[\dX]", mended):
        folded = _eighteen(mended)
        if folded.id_class in EXACT:
            return FoldedNumber("letters", part=folded.key)
    return FoldedNumber("short" if len(clean) < 18 else "long", part=clean if len(clean) in (16, 17, 18, 19) else None)


def _is_date(digits: str) -> bool:
    try:
        found = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return FIRST_BIRTH_YEAR <= found.year <= LAST_BIRTH_YEAR
