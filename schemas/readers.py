"""Who opens what leaves the house, and what the law protects most of what stands there."""

from collections.abc import Mapping
from dataclasses import dataclass

# Whose records tell of who is in hardship, and of who is disabled.
TELLS_OF = {
    "hardship": (
        "low_income", "poverty_list", "hardship_recognition", "household_register", "land_expropriation", "income",
        "household_visit", "public_post",
    ),
    "disability": ("disability_certificate", "work_capacity"),
}  # fmt: skip
SHOWN = ("full", "masked", "none")


@dataclass(frozen=True)
class Reader:
    """What one kind of reader sees. `names`, `id_number`, `phone` and `address` are one of `SHOWN`; masked, a name keeps its
    first character, a number all but digits 7 to 14, a telephone three and four digits, an address no figure. `hardship` and
    `disability` say whether they learn who is in hardship or disabled."""

    names: str = "full"
    id_number: str = "masked"
    phone: str = "full"
    address: str = "full"
    hardship: bool = True
    disability: bool = True


READERS: Mapping[str, Reader] = {
    "officer": Reader(),
    "town": Reader(),
    "centre": Reader(phone="none", address="none"),
    "auditor": Reader(phone="masked", address="none"),
    "public": Reader("none", "none", "none", "none", hardship=False, disability=False),
}
