"""An extract as it will be delivered: rows, when each row is first told, and what was done to it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sample_data.people import CITY, ETHNICITIES, TOWNS, VILLAGES, Town
from schemas.extracts import LAYOUTS

Array = npt.NDArray[Any]
NEVER = 127
ARROW_TYPES = {"date": pa.date32(), "month": pa.date32(), "bool": pa.bool_(), "int": pa.int64(), "money": pa.float64()}
SEXES = np.array(["女", "男"])


@dataclass
class Extract:
    """Rows of one kind over all nights. `truth` is an index into the people (-1: nobody of the town); a row stands from
    `night` until the night `until`, when a corrected row takes its place. `damage` names what was done to a row;
    `overrides` holds, by field and row, the text to deliver instead of the value."""

    kind: str
    rows: pa.Table
    truth: Array
    night: Array
    until: Array
    damage: Array
    overrides: dict[str, dict[int, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return int(self.rows.num_rows)


def arrow_type(kind: str, name: str) -> pa.DataType:
    return ARROW_TYPES.get(LAYOUTS[kind].column(name).type, pa.string())


def extract(
    kind: str, town: Town, who: Array, person: Iterable[str], night: Array | int = 1, until: Array | int = NEVER,
    **columns: Array | str | None,
) -> Extract:  # fmt: skip
    """Rows about the people at `who` (indices, may repeat), with the named person fields and the given columns."""
    count = len(who)
    values: dict[str, Array | str | None] = {name: person_field(town, who, name) for name in person}
    arrays = {}
    for name, value in (values | columns).items():
        type_ = arrow_type(kind, name)
        if value is None or isinstance(value, str):
            arrays[name] = pa.repeat(pa.scalar(value, type_), count)
            continue
        days = value.astype("datetime64[D]") if value.dtype.kind == "M" else value
        blank = days == "" if days.dtype.kind == "U" else None
        arrays[name] = pa.array(days, type=type_, mask=blank)
    truth = np.where(town.is_own[who], who, -1)
    full = [np.full(count, v, dtype=np.int16) if isinstance(v, int) else v.astype(np.int16) for v in (night, until)]
    return Extract(kind, pa.table(arrays), truth, full[0], full[1], np.full(count, "", dtype=object))


def person_field(town: Town, who: Array, name: str) -> Array:
    """One of the fields any extract about people may carry."""
    if name in ("name", "phone"):
        return np.asarray(getattr(town, name)[who])
    if name == "id_number":
        return town.number[who]
    if name == "birth_date":
        return town.birth[who]
    if name == "sex":
        return SEXES[town.is_male[who].astype(int)]
    if name == "ethnicity":
        return ETHNICITIES[town.ethnicity[who]]
    if name == "id_type":
        is_permit = np.strings.startswith(town.number[who], "8")
        return np.where(is_permit, "港澳台居民居住证", "居民身份证")
    if name == "town":
        return np.array(TOWNS)[town.place[who] // len(VILLAGES)]
    if name == "village":
        return np.array(VILLAGES)[town.place[who] % len(VILLAGES)]
    if name == "address":
        streets = np.array([f"{CITY}{t}{v}" for t in TOWNS for v in VILLAGES])[town.place[who]]
        house = (town.household[who] % 300 + 1).astype("U4")
        return np.strings.add(np.strings.add(streets, house), "号")
    if name == "local_no":
        return (10_000_000 + who).astype("U8")
    raise KeyError(name)


def appended(part: Extract, rows: Sequence[Mapping[str, Any]], truth: list[int], night: list[int], until: list[int],
             damage: list[str]) -> Extract:  # fmt: skip
    """The extract with hand-made rows before the drawn ones; columns that only one side knows are null on the other."""
    known = {name for row in rows for name in row} | set(part.rows.column_names)
    schema = pa.schema([(f, arrow_type(part.kind, f)) for f in LAYOUTS[part.kind].fields if f in known])
    made = pa.Table.from_pylist([dict(row) for row in rows], schema=schema)
    merged = pa.concat_tables([made, part.rows], promote_options="default").select(schema.names).combine_chunks()
    return replace(
        part, rows=merged, truth=np.concatenate([np.array(truth, dtype=np.int64), part.truth]),
        night=np.concatenate([np.array(night, dtype=np.int16), part.night]),
        until=np.concatenate([np.array(until, dtype=np.int16), part.until]),
        damage=np.concatenate([np.array(damage, dtype=object), part.damage]),
    )  # fmt: skip


def joined(parts: list[Extract]) -> Extract:
    """Extracts of one kind as one. Made before any damage to cells."""
    rows = pa.concat_tables([p.rows for p in parts], promote_options="default").combine_chunks()
    truth, night, until, damage = (
        np.concatenate([getattr(p, f) for p in parts]) for f in ("truth", "night", "until", "damage")
    )
    return Extract(parts[0].kind, rows, truth, night, until, damage)


def shuffled(part: Extract, rng: np.random.Generator) -> Extract:
    """Rows in another order, as a system that sorts by its own keys would give them."""
    order = rng.permutation(len(part))
    rows = part.rows.take(pa.array(order))
    return Extract(part.kind, rows, part.truth[order], part.night[order], part.until[order], part.damage[order])
