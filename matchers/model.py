"""The match model: what each level of agreement is worth, in thousandths of a bit, kept as integers in `model.json`.

A level's weight is log2(m/u). Where a level's `rarity` names a frequency table, the weight is that of the value itself
(log2(m/frequency)): agreeing on a rare character proves more. A pair is weighed twice, against two strangers and
against two of a family, who share surname, home and phone not by chance; the smaller sum stands. Integers make the same pair score the same on every
machine, thread count and row order. Source: Fellegi and Sunter 1969; term frequencies as in Winkler 2000.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from math import log2
from pathlib import Path
from typing import Any

from matchers.comparisons import BIRTH_LEVELS, PHONE_LEVELS, PLACE_LEVELS, PLAIN_LEVELS
from matchers.name_levels import CHARACTER_LEVELS, LONG_LEVELS
from matchers.number_levels import LEVELS as NUMBER_LEVELS
from schemas.errors import UsageError, say

DEFAULT = Path(__file__).parent / "model.json"
MILLI = 1000
AGREES = ("missing", "equal")
COMPARISONS: dict[str, tuple[str, ...]] = {
    "surname": CHARACTER_LEVELS, "given_first": CHARACTER_LEVELS, "given_second": CHARACTER_LEVELS, "long_name": LONG_LEVELS,
    "birth_date": BIRTH_LEVELS, "sex": PLAIN_LEVELS, "phone": PHONE_LEVELS, "place": PLACE_LEVELS, "id_number": NUMBER_LEVELS,
    "household": AGREES, "local_no": AGREES, "employer": AGREES, "address": AGREES,
}  # fmt: skip
NAME_PARTS = ("surname", "given_first", "given_second", "long_name")
# Which frequency says how rare an agreement is: of the character itself, or of everything that sounds like it.
RARITY = {
    "equal": "itself", "variant": "itself", "swapped": "itself", "spelt": "sound", "sound": "sound", "near_sound": "sound",
    "respelt": "itself", "near": "itself", "cut_short": "itself", "part": "itself", "one_off": "itself",
}  # fmt: skip


@dataclass(frozen=True)
class Level:
    """How often the level holds for the same person (m), for two strangers (u), for two of a family (kin): kept for
    the reader. The weights alone count: m against u, m against kin. `reference` is the rarity that `weight` holds
    already; a value's own takes its place."""

    m: float
    u: float
    kin: float
    weight: int
    kin_weight: int
    rarity: str | None = None
    reference: int = 0


@dataclass(frozen=True)
class Model:
    """`levels` by comparison and level; `frequency` by part of the name, character (or whole long name) and share."""

    version: str
    prior: int
    kin_prior: int
    levels: Mapping[str, Mapping[str, Level]]
    frequency: Mapping[str, Mapping[str, float]]
    thresholds: Mapping[str, int]
    training: Mapping[str, Any] = field(default_factory=dict)


def milli(ratio: float) -> int:
    """Thousandths of a bit.

    >>> milli(8), milli(0.5)
    (3000, -1000)
    """
    return round(MILLI * log2(ratio))


def level_of(m: float, u: float, kin: float, rarity: str | None = None, reference: int = 0) -> Level:
    """A level with probabilities rounded as they are stored, and the weights that follow from them."""
    m, u, kin = max(round(m, 9), 1e-9), max(round(u, 12), 1e-12), max(round(kin, 9), 1e-9)
    return Level(m, u, kin, milli(m / u), milli(m / kin), rarity, reference)


def read_model(path: Path = DEFAULT) -> Model:
    """Raises: UsageError for a file that is no model of this program."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        levels = {c: {name: Level(**level) for name, level in raw["levels"][c].items()} for c in COMPARISONS}
        model = Model(
            raw["version"], raw["prior"], raw["kin_prior"], levels, raw["frequency"], raw["thresholds"], raw["training"]
        )
        lacking = [f"{c}.{n}" for c, names in COMPARISONS.items() for n in names[1:] if n not in levels[c]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(say(f"比对模型 {path.name} 读不出：{type(error).__name__}。请用 zhaoren train 重做，或删去设置中的这一行。",
                             f"The match model {path.name} cannot be read ({type(error).__name__}); make it anew with zhaoren train.")) from None  # fmt: skip
    if lacking:
        raise UsageError(say(f"比对模型 {path.name} 缺少 {lacking[0]} 等 {len(lacking)} 项；请用 zhaoren train 重做。",
                             f"The match model {path.name} lacks {lacking[0]} and others ({len(lacking)}); make it anew with zhaoren train."))  # fmt: skip
    return model


def write_model(model: Model, path: Path) -> None:
    path.write_text(json.dumps(asdict(model), ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
