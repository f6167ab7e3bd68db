"""What offices and spreadsheets do to an identity number, undone as far as it can be: text in, text out. Nothing here
says that a number is somebody's. Source: identity.md 2.
"""

import re
import unicodedata
from decimal import Decimal

X_LOOKALIKES = str.maketrans(dict.fromkeys("ХхΧχ×✕✖╳", "X") | dict.fromkeys("ОоΟο〇", "O"))
# Blanks, controls, formats, variation selectors, accents (NFKC makes a blank and an accent of ´), quotes, dashes.
INVISIBLE = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f\u00ad\u0300-\u036f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff'‘’‚‛`′\"“”„‟″«»\u2010-\u2015\u2212-]+"
)
LETTER_DIGITS = str.maketrans("OIL|SBZ", "0111582")
HIDDEN = r"*?□■●○•#\ufffd"
MASK = re.compile(rf"[{HIDDEN}]|X{{3,}}|_{{3,}}")
FOOTNOTE = re.compile(rf"^[{HIDDEN}]+|[{HIDDEN}]+$")
NOTE = r"(?:\([^()]*\)|\[[^\[\]]*\]|[【〔][^】〕]*[】〕]|[\u3400-\u9fff\uf900-\ufaff]+|[:.。])"
WRAPPED = re.compile(r"[(\[【〔]([0-9X]{15,22})[)\]】〕]")
NOTES = re.compile(rf"^{NOTE}+|{NOTE}+$|[(\[【〔][^0-9]*$")
COUNTING = "0123456789" * 3
FEWEST_SHOWN = 6  # a mask that shows less is a placeholder


def clean_number(text: str) -> str:
    """Without anything that is not seen, every kind of digit as 0-9, every look-alike of the X as X, capitals."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(X_LOOKALIKES)
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(c, c)) for c in text)
    return INVISIBLE.sub("", text).upper()


def is_run(clean: str) -> bool:
    """True for digits that only count up or down, as in 123456789012345678."""
    return len(clean) > 4 and (clean in COUNTING or clean[::-1] in COUNTING)


def without_notes(clean: str) -> str:
    """Without Han and brackets before, after or around it: `150102198507043219(户主)`."""
    return NOTES.sub("", WRAPPED.sub(r"\1", clean))


def went_through_float(digits: str) -> bool:
    """True where these are the very digits that a binary float prints: all of them, or the shortest and zeros.

    Not a list of last three digits: a spreadsheet's fifteen digits come out with 17 endings (000 and within 64 of it),
    a script's eighteen with all 125 multiples of 8, but of the numbers so ending only one in 2 to 16 is a float.
    """
    number = int(digits)
    near = float(number)
    return int(near) == number or Decimal(repr(near)) == number


def float_head(digits: str) -> str | None:
    """The first 15 of 18 or 20 digits that went through a float, None if they did not. Where fifteen digits and zeros
    make the same float, those fifteen were the number: 150102198507049984 was 150102198507050000 in its spreadsheet."""
    if not digits.isdigit() or not went_through_float(digits):
        return None
    unit = 10 ** (len(digits) - 15)
    rounded = (int(digits) + unit // 2) // unit * unit
    return str(rounded if float(rounded) == float(int(digits)) else digits)[:15]


def mask_of(clean: str) -> str | None:
    """Eighteen places with `_` for a hidden one; of a fifteen-place mask with its century. A mask in the middle with
    too few or too many places keeps both ends. None where too little is shown."""
    mask = re.sub(r"X{3,}", lambda run: "_" * len(run[0]), re.sub(f"[{HIDDEN}]", "_", clean))
    mask = re.sub(r"X(?!$)", "_", mask)
    if not re.fullmatch(r"[0-9_]+X?", mask) or sum(c != "_" for c in mask) < FEWEST_SHOWN:
        return None
    if len(mask) == 15:
        return f"{mask[:6]}19{mask[6:].replace('X', '_')}_"
    if len(mask) == 18:
        return mask
    ends = re.fullmatch(r"(\d{3,})_+(\d{2,}[\dX])", mask)
    hidden = 18 - len(ends[1] + ends[2]) if ends else 0
    return f"{ends[1]}{'_' * hidden}{ends[2]}" if ends and hidden > 0 else None
