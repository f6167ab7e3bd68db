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
    `overrides` holds, by field and row, the text to deliver instead of the value; the last `late` rows were put in when
    all others stood in their order."""

    kind: str
    rows: pa.Table
    truth: Array
    night: Array
    until: Array
    damage: Array
    overrides: dict[str, dict[int, str]] = field(default_factory=dict)
    late: int = 0

    def __len__(self) -> int:
        return int(self.rows.num_rows)


def arrow_type(kind: str, name: str) -> pa.DataType:
    return ARROW_TYPES.get(LAYOUTS[kind].column(name).type, pa.string())


def extract(
    kind: str, town: Town, who: Array, person: Iterable[str], night: Array | int = 1, until: Array | int = NEVER,
    /, **columns: Array | str | bool | None,
) -> Extract:  # fmt: skip
    """Rows about the people at `who` (indices, may repeat), with the named person fields and the given columns."""
    values: dict[str, Array | str | bool | None] = {name: person_field(town, who, name) for name in person}
    truth = np.where(town.is_own[who], who, -1)
    return _built(kind, values | columns, truth, night, until)


def things(
    kind: str, count: int, night: Array | int = 1, until: Array | int = NEVER, /, **columns: Array | str | bool | None
) -> Extract:
    """Rows that are about nobody: posts, employers, complaints, fairs."""
    return _built(kind, columns, np.full(count, -1), night, until)


def _built(
    kind: str, values: Mapping[str, Array | str | bool | None], truth: Array, night: Array | int, until: Array | int
) -> Extract:
    count = len(truth)
    arrays = {}
    for name, value in values.items():
        type_ = arrow_type(kind, name)
        if value is None or isinstance(value, str | bool):
            arrays[name] = pa.repeat(pa.scalar(value, type_), count)
            continue
        days = value.astype("datetime64[D]") if value.dtype.kind == "M" else value
        arrays[name] = pa.array(np.asarray(days), type=type_, mask=_blank(days))
    full = [np.full(count, v, dtype=np.int16) if isinstance(v, int) else v.astype(np.int16) for v in (night, until)]
    return Extract(kind, pa.table(arrays), truth, full[0], full[1], np.full(count, "", dtype=object))


def _blank(values: Array) -> Array | None:
    """Which cells are empty: empty texts, and what a masked array hides."""
    if isinstance(values, np.ma.MaskedArray):
        return np.ma.getmaskarray(values)
    return values == "" if values.dtype.kind == "U" else None


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


def hand_made(part: Extract, rows: Sequence[Mapping[str, Any]], truth: list[int], night: list[int], until: list[int],
              damage: list[str]) -> Extract:  # fmt: skip
    """Hand-made rows of the kind of `part`, with all columns that either side knows."""
    known = {name for row in rows for name in row} | set(part.rows.column_names)
    schema = pa.schema([(f, arrow_type(part.kind, f)) for f in LAYOUTS[part.kind].fields if f in known])
    return Extract(
        part.kind, pa.Table.from_pylist([dict(row) for row in rows], schema=schema), np.array(truth, dtype=np.int64),
        np.array(night, dtype=np.int16), np.array(until, dtype=np.int16), np.array(damage, dtype=object),
    )  # fmt: skip


def followed(part: Extract, made: Extract) -> Extract:
    """The extract with more rows after its own, which stay as they are."""
    return replace(joined([part, made]), overrides=part.overrides, late=len(made))


def amended(part: Extract, which: Array, night: Array, **fields: Array) -> Extract:
    """The extract with corrected rows at its end: rows `which` stand until `night`, then with the given fields."""
    corrected = part.rows.take(pa.array(which))
    for name, values in fields.items():
        at = corrected.schema.get_field_index(name)
        to = corrected.schema.field(at)
        corrected = corrected.set_column(at, to, pa.array(values, type=to.type))
    part.until[which] = night
    again = replace(part, rows=corrected, truth=part.truth[which], night=night.astype(np.int16),
                    until=np.full(len(which), NEVER, dtype=np.int16), damage=part.damage[which])  # fmt: skip
    return joined([part, again])


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
