"""Every way a number gets damaged, tried out: none may pass for another number that joins by equality."""

import random
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchers.id_numbers import BROKEN, EXACT, NONE, FoldedNumber, fold_number
from matchers.number_levels import LEVELS, number_levels
from tests.rough_files import numbered

STEADY = settings(derandomize=True, max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TODAY = ("19010101", "19491001", "19600229", "19850704", "19991231", "20000101", "20050507", "20191130")
BASES = tuple(numbered(f"{area}{born}{serial:03d}") for area, born, serial in (
    *((150199 + 100 * i % 700, TODAY[i % 8], 37 * i + 1) for i in range(24)),
    *((442099, TODAY[i % 8], 111 * i + 4) for i in range(8)),
    *((area, "19850704", 321 + i) for i, area in enumerate((810000, 820000, 830000, 911840, 965156, 915840))),
    (150199, "19850704", 996), (442099, "18990101", 999),
))  # fmt: skip
WHOLE = numbered("15019919850704321")
OLD = WHOLE[:6] + WHOLE[8:17]
CUT = numbered("15019920050507043")[:15]
SECOND = numbered("44209919491001012")
WITH_X, WITH_1 = (
    next(n for n in (numbered(f"15019919850704{s:03d}") for s in range(999)) if n.endswith(end)) for end in "X1"
)
FEW, TAIWAN, HONG_KONG, PASSPORT = None, "台湾居民来往大陆通行证", "港澳居民来往内地通行证", "外国护照"


def level_of(folded: FoldedNumber, number: str | None) -> str:
    return LEVELS[
        number_levels(np.array([folded.id_class]), [(folded.key or folded.part or "").split(":")[-1]], [number])[0]
    ]


def substitutions(number: str) -> Iterator[str]:
    for place, right in enumerate(number):
        for wrong in "0123456789" + "X" * (place == 17):
            if wrong != right:
                yield number[:place] + wrong + number[place + 1 :]


def swaps(number: str) -> Iterator[str]:
    for place in range(17):
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        if swapped != number:
            yield swapped


@pytest.mark.parametrize("damage", [substitutions, swaps], ids=["one wrong digit", "two neighbours swapped"])
@pytest.mark.parametrize("base", BASES, ids=range(len(BASES)))
def test_one_slip_in_a_whole_number_is_always_seen(base: str, damage: type[Iterator[str]]) -> None:
    assert fold_number(base).id_class in EXACT
    wrong = list(damage(base))  # type: ignore[call-arg]
    folded = [fold_number(text) for text in wrong]
    assert {f.id_class for f in folded} <= BROKEN | {"truncated_float", "short"}
    assert not any(f.key for f in folded)
    plain = [(f, w) for f, w in zip(folded, wrong, strict=True) if f.part == w and f.id_class in BROKEN]
    codes = number_levels(np.array([f.id_class for f, _ in plain]), [w for _, w in plain], [base] * len(plain))
    assert {LEVELS[code] for code in codes} == {"one_slip"}
    back = number_levels(
        np.array([fold_number(base).id_class] * len(plain)), [base] * len(plain), [w for _, w in plain]
    )
    assert codes.tolist() == back.tolist()
    printed = [
        level_of(f, base) for f, w in zip(folded, wrong, strict=True) if f.part == w and f.id_class not in BROKEN
    ]
    assert set(printed) <= {"one_slip", "leading_14"}  # a float may have printed it, or one digit is wrong


@pytest.mark.parametrize("base", BASES[:8], ids=range(8))
def test_one_slip_in_a_disability_number_is_always_seen(base: str) -> None:
    for tail in ("43", "43B1"):
        assert fold_number(base + tail).key == base
        assert not any(fold_number(wrong + tail).key for wrong in (*substitutions(base), *swaps(base)))


# The document's class, the delivered text, its class and key or part, and the level beside the number it came from.
ROWS = {
    "eighteen digits": (FEW, WHOLE, "valid18", WHOLE, "equal"),
    "fifteen digits": (FEW, OLD, "valid15", WHOLE, "equal"),
    "fifteen digits, over a hundred once": (FEW, "150199850704999", "two_readings", numbered("15019919850704999"), "leading_14"),
    "fifteen digits, a number of 999 that cannot be older": (FEW, "150199490704999", "valid15", numbered("15019919490704999"), None),
    "fifteen digits cut from eighteen": (FEW, CUT, "two_readings", numbered("15019919200505070"[:8] + CUT[6:]), None),
    "fifteen digits cut from eighteen, no old number": (FEW, WHOLE[:15], "truncated_float", WHOLE[:15], "leading_14"),
    "fifteen digits of a business": (FEW, "110108000000016", "other_number", None, "missing"),
    "fifteen digits that are no date": (FEW, "150199857704321", "date_bad", "150199857704321", "one_slip"),
    "residence permit": (FEW, BASES[32], "valid_hmt", BASES[32], None),
    "foreign resident's card": (FEW, BASES[35], "valid_foreign", BASES[35], None),
    "old foreign resident's card": (FEW, "USA150185070401", "other_document", "PP:USA150185070401", None),
    "permit of Hong Kong": (FEW, "H1234567801", "other_document", "HM:H12345678", None),
    "old permit of Hong Kong": (HONG_KONG, "HA123456", "other_document", "HM:HA123456", None),
    "old permit of Hong Kong, unsaid": (FEW, "HA123456", "other_number", None, "missing"),
    "permit of Taiwan": (TAIWAN, "87654320", "other_document", "TW:87654320", None),
    "permit of Taiwan, counting up": (TAIWAN, "12345678", "other_document", "TW:12345678", None),
    "permit of Taiwan, renewed": (TAIWAN, "8765432001", "other_document", "TW:87654320", None),
    "old permit of Taiwan with its letter": (TAIWAN, "8765432001(B)", "other_document", "TW:87654320", None),
    "permit of Taiwan, unsaid": (FEW, "87654320", "short", None, "missing"),
    "eight digits on a residence permit": ("港澳台居民居住证", "87654320", "short", None, "missing"),
    "passport of China": (FEW, "E12345678", "other_document", "PP:E12345678", None),
    "new passport of China": (FEW, "EA1234567", "other_document", "PP:EA1234567", None),
    "official passport": (FEW, "S1234567", "other_document", "PP:S1234567", None),
    "old passport of China": (PASSPORT, "141234567", "other_document", "PP:141234567", None),
    "foreign passport": (PASSPORT, "AB123456", "other_document", "PP:AB123456", None),
    "foreign passport, unsaid": (FEW, "AB123456", "other_number", None, "missing"),
    "credit code": (FEW, "92150102MA0TE5TX8Y", "other_number", None, "missing"),
    "organisation code": (FEW, "MA0TE5TX-8", "other_number", None, "missing"),
    "officer's card": (FEW, "军字第1234567号", "other_number", None, "missing"),
    "disability number": (FEW, WHOLE + "43", "valid18", WHOLE, "equal"),
    "disability number, reissued": (FEW, WHOLE + "43B2", "valid18", WHOLE, "equal"),
    "disability number, B lost": (FEW, WHOLE + "431", "noted", WHOLE, "letters"),
    "disability number, grade lost": (FEW, WHOLE + "4B1", "noted", WHOLE, "letters"),
    "disability number as a float": (FEW, f"{int(WHOLE + '43') // 10**5 * 10**5:.14E}", "truncated_float", WHOLE[:15], "leading_14"),
    "disability number through a float": (FEW, str(int(float(WHOLE + "43"))), "truncated_float", WHOLE[:15], "leading_14"),
    "pupil's number": (FEW, "G" + WHOLE, "valid18", WHOLE, "equal"),
    "Excel float": (FEW, "1.50199198507043E+17", "truncated_float", WHOLE[:15], "leading_14"),
    "Excel float of fifteen digits": (FEW, "1.50199850704321E+14", "valid15", WHOLE, "equal"),
    "float of a script": (FEW, repr(float(WHOLE)), "truncated_float", WHOLE[:15], "leading_14"),
    "float printed in full": (FEW, str(int(float(WHOLE))), "truncated_float", str(int(float(WHOLE))), "leading_14"),
    "float shown with zeros": (FEW, WHOLE[:15] + "000", "truncated_float", WHOLE[:15] + "000", "leading_14"),
    "float with a point": (FEW, WHOLE[:15] + "000.0", "truncated_float", WHOLE[:15], "leading_14"),
    "whole number with a point": (FEW, WHOLE + ".0", "valid18", WHOLE, "equal"),
    "old number with a point": (FEW, OLD + ".0", "valid15", WHOLE, "equal"),
    "float cut short": (FEW, "1.50199E+17", "short", None, "missing"),
    "float out of this world": (FEW, "1.5019919850704321E+99999999999999999999", "long", None, "missing"),
    "lowercase x": (FEW, WITH_X.lower(), "valid18", WITH_X, None),
    "digits of Inner Mongolia": (FEW, "".join(chr(0x1810 + int(c)) for c in WHOLE), "valid18", WHOLE, "equal"),
    "wrapped in its cell": (FEW, WHOLE[:10] + "\n" + WHOLE[10:], "valid18", WHOLE, "equal"),
    "letters": (FEW, WHOLE.replace("0", "O"), "letters", WHOLE, "letters"),
    "letter for the check digit": (FEW, WITH_1[:17] + "l", "letters", WITH_1, None),
    "Greek letters": (FEW, WHOLE.replace("0", "Ο"), "letters", WHOLE, "letters"),
    "unreadable letter": (FEW, WHOLE[:15] + "A" + WHOLE[16:], "long", WHOLE[:15] + "A" + WHOLE[16:], "one_slip"),
    "check digit lost": (FEW, WHOLE[:17], "check_missing", WHOLE, "check_missing"),
    "another digit lost": (FEW, WHOLE[:15] + WHOLE[16:], "check_missing", numbered(WHOLE[:15] + WHOLE[16:]), "one_slip"),
    "check digit wrong": (FEW, WHOLE[:17] + "0", "checksum_bad", WHOLE[:17] + "0", "one_slip"),
    "two digits wrong": (FEW, "251" + WHOLE[3:], "checksum_bad", "251" + WHOLE[3:], "two_slips"),
    "no such day": (FEW, WHOLE[:10] + "1304" + WHOLE[14:], "date_bad", WHOLE[:10] + "1304" + WHOLE[14:], "two_slips"),
    "sixteen digits": (FEW, WHOLE[:16], "short", WHOLE[:16], "two_slips"),
    "nineteen digits": (FEW, WHOLE[:9] + "5" + WHOLE[9:], "long", WHOLE[:9] + "5" + WHOLE[9:], "one_slip"),
    "masked middle": (FEW, WHOLE[:4] + "*" * 10 + WHOLE[14:], "masked", f"{WHOLE[:4]}{'_' * 10}{WHOLE[14:]}", "mask_fits"),
    "masked with boxes": (FEW, WHOLE[:4] + "□" * 10 + WHOLE[14:], "masked", f"{WHOLE[:4]}{'_' * 10}{WHOLE[14:]}", "mask_fits"),
    "masked with wide lines": (FEW, WHOLE[:4] + "＿" * 10 + WHOLE[14:], "masked", f"{WHOLE[:4]}{'_' * 10}{WHOLE[14:]}", "mask_fits"),
    "masked with too few stars": (FEW, WHOLE[:4] + "****" + WHOLE[14:], "masked", f"{WHOLE[:4]}{'_' * 10}{WHOLE[14:]}", "mask_fits"),
    "masked both ends": (FEW, f"******{WHOLE[6:14]}****", "masked", f"______{WHOLE[6:14]}____", "birth_part"),
    "masked sequence": (FEW, WHOLE[:14] + "****", "masked", WHOLE[:14] + "____", "leading_14"),
    "masked all but the place": (FEW, WHOLE[:6] + "*" * 12, "masked", WHOLE[:6] + "_" * 12, "missing"),
    "masked old number": (FEW, OLD[:6] + "*" * 6 + OLD[12:], "masked", f"{OLD[:6]}19{'_' * 6}{OLD[12:]}_", "mask_fits"),
    "masked with a stray bracket": (FEW, WHOLE[:14] + "(***", "placeholder", None, "missing"),
    "masked with a note": (FEW, WHOLE[:14] + "****(户主)", "masked", WHOLE[:14] + "____", "leading_14"),
    "another's mask": (FEW, "4420" + "*" * 10 + "1111", "masked", "4420__________1111", "unlike"),
    "note in brackets": (FEW, WHOLE + "（户主）", "noted", WHOLE, "letters"),
    "note without brackets": (FEW, WHOLE + "已故", "noted", WHOLE, "letters"),
    "note with its comma": (FEW, WHOLE + "（已故，2020年）", "noted", WHOLE, "letters"),
    "label in front": (FEW, "身份证号：" + WHOLE, "noted", WHOLE, "letters"),
    "note on a passport": (FEW, "E12345678(旧)", "noted", "E12345678", "two_valid"),
    "a footnote's star": (FEW, WHOLE + "*", "noted", WHOLE, "letters"),
    "a sign behind it": (FEW, WHOLE + "●", "noted", WHOLE, "letters"),
    "a star before it": (FEW, "*" + WITH_X, "noted", WITH_X, None),
    "in square brackets": (FEW, f"[{WHOLE}]", "noted", WHOLE, "letters"),
    "in black brackets": (FEW, f"【{WHOLE}】", "noted", WHOLE, "letters"),
    "with a note in both brackets": (FEW, f"[{WHOLE}](户主)", "noted", WHOLE, "letters"),
    "as a formula": (FEW, f'="{WHOLE}"', "valid18", WHOLE, "equal"),
    "two digits behind it": (FEW, WHOLE + "01", "noted", WHOLE, "letters"),
    "disability number, no such grade": (FEW, WHOLE + "49", "noted", WHOLE, "letters"),
    "two numbers": (FEW, f"{WHOLE}/{SECOND}", "several", None, "missing"),
    "two numbers and a blank": (FEW, f"{WHOLE} {SECOND}", "several", None, "missing"),
    "two numbers, one in brackets": (FEW, f"{WHOLE}({SECOND})", "several", None, "missing"),
    "one number, old and new": (FEW, f"{WHOLE}({OLD})", "valid18", WHOLE, "equal"),
    "one number and a phone": (FEW, f"{WHOLE}、14200000000", "valid18", WHOLE, "equal"),
    "one number and a damaged one": (FEW, f"{WHOLE}/{SECOND[:17]}", "several", None, "missing"),
    "one number and a placeholder": (FEW, f"{WHOLE}/无", "valid18", WHOLE, "equal"),
    "two placeholders": (FEW, "无/同上0", "placeholder", None, "missing"),
    "ones": (FEW, "1" * 18, "placeholder", None, "missing"),
    "counting up": (FEW, "123456", "placeholder", None, "missing"),
    "counting down": (FEW, "987654321098765432", "placeholder", None, "missing"),
    "none": (FEW, "无", "placeholder", None, "missing"),
    "nothing": (FEW, " \u200b", "empty", None, "missing"),
    "somebody else": (FEW, SECOND, "valid18", SECOND, "two_valid"),
    "a twin": (FEW, numbered("15019919850704323"), "valid18", numbered("15019919850704323"), "two_valid"),
    "a twin in fifteen digits": (FEW, OLD[:14] + "3", "valid15", numbered("15019919850704323"), "one_slip"),
    "same day, same place, otherwise damaged": (FEW, WHOLE[:14] + "9999", "checksum_bad", WHOLE[:14] + "9999", "leading_14"),
    "same day, other place, damaged": (FEW, "442099" + WHOLE[6:14] + "9990", "checksum_bad", "442099" + WHOLE[6:14] + "9990", "unlike"),
    "same day, a slip in the place, damaged": (FEW, "9" + WHOLE[1:14] + "9990", "checksum_bad", "9" + WHOLE[1:14] + "9990", "birth_part"),
}  # fmt: skip


@pytest.mark.parametrize("label", [pytest.param(label, id=label) for label in ROWS])
def test_each_form_has_its_class_and_its_level(label: str) -> None:
    document, text, id_class, left, level = ROWS[label]
    folded = fold_number(text, document)
    assert (folded.id_class, folded.key or folded.part) == (id_class, left)
    assert (folded.key is not None) == (id_class in EXACT)
    if level:
        assert level_of(folded, WHOLE) == level
    assert level_of(folded, None) == "missing"


def test_two_valid_numbers_in_a_cell_are_both_kept() -> None:
    for between in ("/", "、", "\n", " ", "", "和", "; "):
        assert fold_number(WHOLE + between + SECOND) == FoldedNumber("several", aliases=(WHOLE, SECOND))


@pytest.mark.parametrize(
    ("text", "number", "level"),
    [
        pytest.param("150199850704999", numbered("15019918850704999"), "check_missing", id="born in 18xx"),
        pytest.param("150199850704999", numbered("15019919850704999"), "check_missing", id="born in 19xx"),
        pytest.param(CUT, numbered("15019920050507043"), "leading_14", id="born in 20xx and cut"),
        pytest.param(CUT, SECOND, "unlike", id="somebody else"),
    ],
)
def test_fifteen_digits_with_two_readings_are_compared_in_both(text: str, number: str, level: str) -> None:
    assert level_of(fold_number(text), number) == level


def test_eighteen_digits_that_a_float_may_have_printed_may_have_one_wrong() -> None:
    """A slip whose end a float can print as well: read as one, it would be another's number, of another place or day."""
    number = next(n for n in (numbered(f"15019919850704{s:03d}") for s in range(999)) if n.endswith("00"))
    found = {wrong: fold_number(wrong) for wrong in (*substitutions(number), *swaps(number))}
    printed = {wrong: folded for wrong, folded in found.items() if folded.id_class == "truncated_float"}
    assert {level_of(folded, number) for wrong, folded in printed.items() if wrong[:14] != number[:14]} == {"one_slip"}
    assert {level_of(folded, number) for wrong, folded in printed.items() if wrong[:15] == number[:15]} == {
        "leading_14"
    }
    assert {level_of(folded, SECOND) for folded in printed.values()} == {"unlike"}


def random_numbers(count: int) -> Iterator[str]:
    draw = random.Random(20260101)
    for _ in range(count):
        born = f"{draw.randint(1920, 2020)}{draw.randint(1, 12):02d}{draw.randint(1, 28):02d}"
        number = numbered(f"{draw.randint(110000, 659999)}{born}{draw.randint(1, 999):03d}")
        if number[17] != "X":
            yield number


def test_what_a_spreadsheet_leaves_always_gives_place_and_birth_date() -> None:
    for number in random_numbers(20_000):
        kept = int(number) // 1000 * 1000  # a spreadsheet cuts to fifteen digits
        for text in (f"{kept:.14e}", str(int(float(kept)))):
            folded = fold_number(text)
            by_chance = folded.key == text  # one whole number in eleven: no reading of the cell alone can tell
            assert by_chance or (folded.id_class, (folded.part or "")[:15]) == ("truncated_float", number[:15])
        shortest = fold_number(repr(float(kept)))
        left = (number[:15], number[:15].rstrip("0"))  # python drops zeros at the end
        assert shortest.part in left or shortest.id_class == "short"


def test_what_a_script_leaves_gives_another_day_once_in_a_hundred_at_most() -> None:
    """A float of eighteen digits is within 64 of them: where the last four are near 0000 the day may be the next."""
    wrong = seen = 0
    for number in random_numbers(20_000):
        for text in (str(int(float(number))), repr(float(number))):
            folded = fold_number(text)
            if folded.id_class == "truncated_float":
                seen += 1
                part = (folded.part or number)[:14]
                wrong += part != number[:14]
                assert abs(int(number[:14]) - int(part)) <= 1
    assert seen > 30_000 and wrong < seen / 100


def test_the_last_three_digits_of_a_printed_float_are_a_multiple_of_eight() -> None:
    kept = {str(int(float(int(n) // 1000 * 1000)))[15:] for n in random_numbers(20_000)}
    script = {str(int(float(n)))[15:] for n in random_numbers(20_000)}
    assert kept == {f"{step % 1000:03d}" for step in range(-64, 65, 8)}
    assert script == {f"{step:03d}" for step in range(0, 1000, 8)}


INVISIBLE = st.sampled_from(
    [*" \t\n\r\u3000\xa0\u200b\u200f\u202c\u2060\u2066\u180e\u034f\ufe0f\ufeff'\"`’“´\u00ad-–\x00\x7f\x85"]
)
SIGNS = st.text(st.sampled_from("0123456789Xx*?□_/、()（）户主已故GEHM.+:台BOlSZ \n"), max_size=40)
ANYTHING = st.one_of(st.text(max_size=30), SIGNS, st.sampled_from([text for _, text, *_ in ROWS.values()]))
PAPER = st.sampled_from([None, "", TAIWAN, HONG_KONG, PASSPORT, "居民身份证", "其他"])


@STEADY
@given(ANYTHING, PAPER)
def test_any_text_has_a_class_and_its_key_is_its_own_key(text: str, document: str | None) -> None:
    folded = fold_number(text, document)
    assert (folded.key is not None) == (folded.id_class in EXACT)
    assert folded.id_class not in NONE or folded == FoldedNumber(folded.id_class)
    if folded.key:
        assert fold_number(folded.key).key == folded.key
    for alias in folded.aliases:
        assert fold_number(alias).key == alias


@STEADY
@given(st.sampled_from(BASES), st.lists(st.tuples(st.integers(0, 18), INVISIBLE), max_size=6))
def test_nothing_unseen_changes_a_clean_number(number: str, dirt: list[tuple[int, str]]) -> None:
    dirty = number
    for place, mark in dirt:
        dirty = dirty[:place] + mark + dirty[place:]
    assert fold_number(dirty) == fold_number(number)


KNOWN = st.one_of(st.none(), st.sampled_from([*BASES, WHOLE, "H12345678", ""]))


@STEADY
@given(st.lists(st.tuples(ANYTHING, PAPER, KNOWN), max_size=12))
def test_pairs_in_a_column_are_on_the_level_they_are_on_alone(pairs: list[tuple[str, str | None, str | None]]) -> None:
    folded = [fold_number(text, document) for text, document, _ in pairs]
    codes = number_levels(
        np.array([f.id_class for f in folded], dtype=str), [f.key or f.part for f in folded], [n for *_, n in pairs]
    )
    assert codes.dtype == np.int8
    assert [LEVELS[c] for c in codes] == [level_of(f, n) for f, (*_, n) in zip(folded, pairs, strict=True)]


@STEADY
@given(st.sampled_from(BASES), st.sampled_from(BASES), st.integers(0, 16), st.integers(0, 9))
def test_the_level_of_plain_numbers_ignores_the_order(one: str, other: str, place: int, digit: int) -> None:
    left = one[:place] + str(digit) + one[place + 1 :]
    folded = fold_number(left)
    if (folded.key or folded.part) == left:
        assert level_of(folded, other) == level_of(fold_number(other), left)
