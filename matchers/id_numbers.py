"""Identity numbers folded to a class and a linkage key. The delivered form stays in its row.

A checksum can reject, never identify: only the classes in `EXACT` may join by equality; the others are damaged and
need a name and a birth date beside them. Source: GB 11643 (MOD 11-2), identity.md 1 and 2.

valid18, valid_hmt, valid_foreign   eighteen digits and their check; also inside a disability or a pupil's number
valid15          fifteen digits with a date, read as 19xx; no check digit protects it
other_document   a permit or passport, see other_documents.py; no check digit protects it either
two_readings     fifteen digits that can be two people's: born 18xx by an old rule, or the front of eighteen digits
letters, noted   eighteen digits and their check once letters are read as digits, or notes and odd tails taken off
check_missing    seventeen digits; `part` has the check digit that belongs to them
truncated_float  place and birth date are left; `part` is those 14 digits, and the 15th where it is left too; None where
                 even they are not a date; all eighteen where they begin so, for one of them may be mistyped instead
masked           `part` has `_` for each hidden place
checksum_bad, date_bad, short, long   broken; `part` is what can be compared, if anything
several          two numbers; `aliases` are their keys where both are valid
other_number     whole, but no person's key: a business's number, an officer's card, a passport not said to be one
placeholder, empty   nothing
"""

import re
from dataclasses import dataclass

from matchers.check_digits import check_digit, is_birth_date, is_registration_number
from matchers.number_damage import (
    FOOTNOTE,
    LETTER_DIGITS,
    MASK,
    clean_number,
    float_head,
    is_run,
    mask_of,
    without_notes,
)
from matchers.other_documents import document_key, is_other_number

EXACT = frozenset({"valid18", "valid15", "valid_hmt", "valid_foreign", "other_document"})
BROKEN = frozenset({"checksum_bad", "date_bad", "short", "long"})
NONE = frozenset({"empty", "placeholder"})
PROVINCES = frozenset(
    str(code)
    for code in (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66))
)
SEPARATORS = re.compile(r"[/\\、,;和与及或]|\((?=[0-9X]{15,22}\))")
# A pupil's number is G and the eighteen; a disability number has type and grade behind them, and B1 after a loss.
EIGHTEEN = re.compile(r"G?(\d{17}[\dX])|(\d{17}[\dX])[1-7][1-4](?:B\d)?")
# One character lost from or added to a disability number, or two digits that are no type and grade. Of such with eighteen valid digits in front 9 to 17 in a
# hundred (100 000 drawn) show another, wrong number: never exact. Of nineteen digits 80 in a hundred do: long.
ODD_TAIL = re.compile(r"(\d{17}[\dX])(?:[1-7][1-4]?B\d?|[1-7]?B\d|[1-7][1-4]\d|\d[1-7][1-4]|[1-7]\d[1-4]|\d\d)")
PLAIN = re.compile(r"[0-9]{17}[0-9X]")
LINE_BREAKS, ANY_DIGIT, WITH_ZEROS = re.compile(r"[\r\n]+"), re.compile("[0-9]"), re.compile(r"(\d+)\.0+")
FLOAT = re.compile(r"(\d)(?:\.(\d*))?E\+?0*(\d{1,3})")


@dataclass(frozen=True)
class FoldedNumber:
    """`id_class` is one of the classes above; `key` joins by equality when the class is exact; `part` is what is left
    of a damaged number; `aliases` are the keys of several numbers in one cell."""

    id_class: str
    key: str | None = None
    part: str | None = None
    aliases: tuple[str, ...] = ()


def fold_number(text: str | None, document: str | None = None) -> FoldedNumber:
    """
    >>> fold_number("150102850704321").key, fold_number(" １５０１０２１９８５０７０４３２１９").id_class
    ('150102198507043219', 'valid18')
    """
    raw = (text or "").strip()
    clean = clean_number(LINE_BREAKS.sub("/", raw)).strip(".。:=")
    if not clean:
        return FoldedNumber("empty")
    if _says_nothing(clean) and not (len(clean) == 8 and document_key(clean, document)):
        return FoldedNumber("placeholder")
    if PLAIN.fullmatch(clean):  # most of what is damaged: nothing more to take off
        return _eighteen(clean)
    if "\n" in raw or "\r" in raw:  # a long cell may be broken inside its one number
        whole = _fold_one(clean_number(raw), document)
        if whole.id_class.startswith("valid"):
            return whole
    parts = [p if "(" in p else p.rstrip(")") for p in SEPARATORS.split(clean)]
    if len(parts) > 1:
        return _several([_fold_one(p, document) for p in parts if not _says_nothing(p)])
    return (_two_in_one(clean) if len(clean) >= 30 else None) or _fold_one(parts[0], document)


def _says_nothing(clean: str) -> bool:
    """True for one digit or two over and over, for counting, and for words alone (无, 不详, 同上)."""
    return len(set(clean)) <= (1 if len(clean) < 6 else 2) or not ANY_DIGIT.search(clean) or is_run(clean)


def _several(parts: list[FoldedNumber]) -> FoldedNumber:
    """One number twice, or beside what is none, is that number. A valid one beside a damaged one settles nothing."""
    if len(parts) < 2:
        return parts[0] if parts else FoldedNumber("placeholder")
    found = {p.key or p.part: p for p in reversed(parts) if p.key or p.part}
    if len(found) == 1:
        return next(iter(found.values()))
    keys = tuple(dict.fromkeys(p.key for p in parts if p.key))
    return FoldedNumber("several", aliases=keys if len(keys) > 1 else ())


def _two_in_one(clean: str) -> FoldedNumber | None:
    """Two valid numbers with nothing, or only a blank, between them."""
    if not re.fullmatch(r"[\dX]{30}|[\dX]{33}|[\dX]{36}", clean):
        return None
    cuts = ([_fold_one(clean[:at], None), _fold_one(clean[at:], None)] for at in (15, 18))
    return next((_several(two) for two in cuts if two[0].key and two[1].key), None)


def _fold_one(clean: str, document: str | None) -> FoldedNumber:
    if found := FLOAT.fullmatch(clean):
        return _from_float(found[1] + (found[2] or ""), int(found[3]))
    if found := WITH_ZEROS.fullmatch(clean):
        return _fold_digits(found[1], document, is_number=True)
    if MASK.search(clean):
        if PLAIN.fullmatch(shown := FOOTNOTE.sub("", clean)) and (key := _eighteen(shown).key):
            return FoldedNumber("noted", part=key)
        mask = mask_of(without_notes(clean))
        return FoldedNumber("masked", part=mask) if mask else FoldedNumber("placeholder")
    return _fold_digits(clean, document)


def _fold_digits(clean: str, document: str | None, is_number: bool = False) -> FoldedNumber:
    """`is_number`: the cell was one, so digits that a float prints are damaged even where the check holds by chance."""
    head = float_head(clean) if len(clean) == 20 or (is_number and len(clean) == 18) else None
    if head and is_birth_date(head[6:14]):
        return FoldedNumber("truncated_float", part=head)
    if found := EIGHTEEN.fullmatch(clean):
        return _eighteen(found[1] or found[2])
    if key := document_key(clean, document):
        return FoldedNumber("other_document", key)
    if re.fullmatch(r"[1-9]\d{14}", clean):
        return _fifteen(clean)
    if re.fullmatch(r"\d{17}", clean) and is_birth_date(clean[6:14]):
        return FoldedNumber("check_missing", part=clean + check_digit(clean))
    return _mended(clean, document)


def _eighteen(clean: str) -> FoldedNumber:
    is_dated = is_birth_date(clean[6:14]) and clean[0] != "0"
    if is_dated and check_digit(clean[:17]) == clean[17]:
        if clean[0] == "9" and clean[1:3] in PROVINCES:
            return FoldedNumber("valid_foreign", clean)
        return FoldedNumber("valid_hmt" if clean[:2] in ("81", "82", "83") else "valid18", clean)
    head = float_head(clean)
    if head and clean[0] != "0" and is_birth_date(head[6:14]):
        return FoldedNumber("truncated_float", part=clean if clean.startswith(head) else head)
    return FoldedNumber("checksum_bad" if is_dated else "date_bad", part=clean)


def _fifteen(clean: str) -> FoldedNumber:
    """Numbers 996 to 999 were for people over a hundred, so 19xx may be 18xx; and the first fifteen digits of somebody
    born in 2005 read as somebody born in 1920. Neither is certain. Source: GB 11643-1989."""
    body = f"{clean[:6]}19{clean[6:]}"
    is_cut = is_birth_date(clean[6:14])
    if not is_birth_date(body[6:14]):
        if is_cut:
            return FoldedNumber("truncated_float", part=clean)
        return FoldedNumber("other_number") if is_registration_number(clean) else FoldedNumber("date_bad", part=clean)
    if is_cut or (clean[12:] >= "996" and is_birth_date(f"18{clean[6:12]}")):
        return FoldedNumber("two_readings", part=body + check_digit(body))
    return FoldedNumber("valid15", body + check_digit(body))


def _from_float(written: str, exponent: int) -> FoldedNumber:
    """Excel keeps 15 digits, a script writes 16 or 17: the first 14 (place and birth date) are certain, the 15th but for
    a carry. Cut, never rounded: rounding may carry into the birth day. A disability number has two digits more."""
    if exponent == 14 and len(written) == 15:
        return _fold_digits(written, None)
    if len(written) < 14 or exponent not in (17, 19):
        return FoldedNumber("short")
    return FoldedNumber("truncated_float", part=written[:15] if is_birth_date(written[6:14]) else None)


def _mended(clean: str, document: str | None) -> FoldedNumber:
    """Letters typed for digits are read as digits only where the check digit then agrees, and stay marked; so does a
    number with a note or an odd tail."""
    read = clean.translate(LETTER_DIGITS)
    if read != clean and re.fullmatch(r"\d{17}[\dX]", read) and (key := _eighteen(read).key):
        return FoldedNumber("letters", part=key)
    if is_other_number(clean):
        return FoldedNumber("other_number")
    if (bare := without_notes(clean)) != clean:
        folded = FoldedNumber("placeholder") if _says_nothing(bare) else _fold_one(bare, document)
        return FoldedNumber("noted", part=folded.key.split(":")[-1]) if folded.key else folded
    if (odd := ODD_TAIL.fullmatch(clean)) and (key := _eighteen(odd[1]).key):
        return FoldedNumber("noted", part=key)
    part = clean if re.fullmatch(r"[0-9A-Z]{16,19}", clean) else None
    return FoldedNumber("short" if len(clean) < 18 else "long", part=part)
