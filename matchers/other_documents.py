"""Numbers that are not a resident's identity number: permits, passports, cards of foreign residents, and numbers of
businesses that strayed into the column. None but a business's has a check digit, so most count only where the row says
which document it is. Source: identity.md 1.1.
"""

import re

from matchers.check_digits import is_credit_code, is_organisation_code

PERMIT = re.compile(r"[HM]\d{8}(?:\d{2})?")  # the first eight digits are for life, the last two count renewals
OLD_PERMIT = re.compile(r"[HM][A-Z]?\d{6,7}")
TAIWAN_PERMIT = re.compile(r"\d{8}(?:\d{2}\(?[A-Z]?\)?)?")  # here too eight are for life
CHINESE_PASSPORT = re.compile(r"E\d{8}|E[A-HJ-NP-Z]\d{7}|[GDSPK]\d{7,8}")  # K: Hong Kong
RESIDENT_CARD = re.compile(r"[A-Z]{3}\d{12}")  # foreigners' cards until 2023
ANY_PASSPORT = re.compile(r"(?!\d{15,17}$)[A-Z0-9]{5,17}")
LIKE_A_PASSPORT = re.compile(r"[A-Z]{1,3}\d{6,9}")
MILITARY = re.compile(r"\w{0,4}字第?\d{6,8}号?")
SAYS_PASSPORT, SAYS_HONG_KONG = re.compile("护照|護照|PASSPORT"), re.compile("港|澳|回乡|HM:")
SAYS_TAIWAN = re.compile("^(?!.*居住).*(?:台|臺)|TW:")  # a residence permit has eighteen digits and no other form
OWN_KEY = re.compile(r"(HM|TW|PP):(.+)")
DOCUMENT_OF_KEY = {"HM": "回乡证", "TW": "台胞证", "PP": "护照"}


def document_key(clean: str, document: str | None) -> str | None:
    """The linkage key of a permit, a passport or an old foreign resident's card; None where it is none, or where its
    form alone does not tell and `document` does not say so.

    >>> document_key("H1234567801", None), document_key("12345678", None), document_key("12345678", "台胞证")
    ('HM:H12345678', None, 'TW:12345678')
    """
    said = (document or "").upper()
    if own := OWN_KEY.fullmatch(clean):
        said, clean = DOCUMENT_OF_KEY[own[1]], own[2]
    if SAYS_PASSPORT.search(said) and ANY_PASSPORT.fullmatch(clean):
        return f"PP:{clean}"
    if PERMIT.fullmatch(clean):
        return f"HM:{clean[:9]}"
    if SAYS_HONG_KONG.search(said) and OLD_PERMIT.fullmatch(clean):
        return f"HM:{clean}"
    if SAYS_TAIWAN.search(said) and TAIWAN_PERMIT.fullmatch(clean):
        return f"TW:{clean[:8]}"
    if CHINESE_PASSPORT.fullmatch(clean) or RESIDENT_CARD.fullmatch(clean):
        return f"PP:{clean}"
    return None


def is_other_number(clean: str) -> bool:
    """True for what is whole, but no key: a business's number, an officer's card, a passport nobody calls one."""
    return bool(LIKE_A_PASSPORT.fullmatch(clean) or MILITARY.fullmatch(clean)) or (
        is_credit_code(clean) if len(clean) == 18 else is_organisation_code(clean)
    )
