"""What two phone numbers are compared by, however each was written."""


def phone_key(column: str) -> str:
    """The expression that gives the number behind a written one: of a mobile its eleven digits, whatever stands before, between
    or after them (the first of several in a cell); of a landline its 7 to 12 digits. Null for what is no number: a word,
    too few digits, one digit over and over. Source: identity.md 6, phone."""
    digits = f"regexp_replace({column}, '[^0-9]', '', 'g')"
    mobile = f"nullif(regexp_extract({digits}, '1[3-9][0-9]{{9}}'), '')"
    landline = (
        f"if(length({digits}) between 7 and 12 and replace({digits}, left({digits}, 1), '') <> '', {digits}, null)"
    )
    return f"coalesce({mobile}, {landline})"
