"""A register and delivered rows of invented people, with the truth beside each row.

`python -m benchmarks.world --people 1000000 --seed 1 --out DIR` writes person.parquet and row.parquet, the same bytes
for the same arguments. The hard slice (`slice = 'hard'`) are rows without a number and with a damaged name; three in ten
of them are strangers, whom the register does not hold, some of them very like somebody whom it holds.
"""

import argparse
import random
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.world_damage import damage_names
from benchmarks.world_names import Array
from benchmarks.world_people import DAY_ZERO, People, draw_names, id_numbers, phones, places, populate
from benchmarks.world_rows import PHONE_KNOWN, SLICES, SOURCES, damage_numbers, leave_out_and_err
from benchmarks.world_strangers import plant, strangers_last

ROWS_PER_PERSON = 0.7
NORMAL_NAME_DAMAGED = 0.03  # of the rows with a number
PHONE_SHARED = 0.20
SKEWED_SURNAME, SKEWED_BIRTH, SKEWED_PHONE_ROWS, SKEWED_PHONE_PEOPLE = 0.10, 0.03, 50_000, 2_000


@dataclass(frozen=True)
class World:
    """`person`: one row per person of the register. `row`: one per delivered row; truth_id NULL for a stranger."""

    person: pa.Table
    row: pa.Table


@dataclass
class Town:
    """Everyone there is: first those in the register, then the strangers, with what sort of stranger each is."""

    known: int
    who: People
    name: Array
    id_number: Array
    phone: Array  # "" for none
    household_no: Array
    stranger_kind: Array


def make_world(people: int, seed: int, skew: bool = False) -> World:
    """The world of these arguments. `skew`: one phone on very many rows, default birth dates, a surname of 10 %."""
    rng, slow = np.random.default_rng(seed), random.Random(seed)
    counts = {s: round(share * ROWS_PER_PERSON * people) for s, (share, _) in SLICES.items()}
    strangers = {s: round(counts[s] * SLICES[s][1]) for s in ("hard", "no_number", "exact", "damaged")}
    town = _make_town(rng, people, strangers, skew)
    person = _table(_columns(town, np.arange(people)), {"truth_id": pa.array(np.arange(people))})
    return World(person, _make_rows(rng, slow, town, counts, strangers, skew))


def _make_town(rng: np.random.Generator, people: int, strangers: dict[str, int], skew: bool) -> Town:
    total = people + sum(strangers.values())
    who = populate(rng, total, SKEWED_SURNAME if skew else None)
    if skew:
        _default_births(rng, who)
    without_number = strangers["hard"] + strangers["no_number"]
    who = who.take(strangers_last(rng, who, people, without_number))
    name = draw_names(rng, who)
    kind = plant(rng, who, name, people, strangers)
    turn = np.random.default_rng(rng.integers(2**32)).permutation(who.household.max() + 1)
    household_no = np.strings.add("H", np.char.zfill(turn[who.household].astype("<U8"), 8))
    return Town(people, who, name, id_numbers(rng, who), _phones(rng, who, people, skew), household_no, kind)


def _default_births(rng: np.random.Generator, who: People) -> None:
    u = rng.random(len(who.year))
    january = (who.year - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    of_1900 = int((np.datetime64("1900-01-01") - DAY_ZERO).astype(int))
    who.birth = np.where(u < SKEWED_BIRTH / 3, of_1900, np.where(u < SKEWED_BIRTH, january, who.birth))


def _phones(rng: np.random.Generator, who: People, people: int, skew: bool) -> Array:
    count = len(who.year)
    own = phones(0, count, 77)
    _, first, family = np.unique(who.household, return_index=True, return_inverse=True)
    u = rng.random(count)
    phone = np.where(u < PHONE_SHARED, own[first][family], own)
    phone = np.where(u >= PHONE_KNOWN, "", phone)
    by_cadre = rng.random(count) < 0.002
    phone = np.where(by_cadre, _cadre_phones(count)[who.home], phone)
    if skew:
        phone[rng.permutation(people)[: min(SKEWED_PHONE_PEOPLE, people // 20)]] = _hotline(count)
    return phone


def _cadre_phones(count: int) -> Array:
    return phones(count, 375, 77)


def _hotline(count: int) -> str:
    return str(phones(count + 375, 1, 77)[0])


def _make_rows(
    rng: np.random.Generator,
    slow: random.Random,
    town: Town,
    counts: dict[str, int],
    strangers: dict[str, int],
    skew: bool,
) -> pa.Table:
    index, labels, start = [], [], town.known
    for part, others in strangers.items():
        index += [rng.integers(0, town.known, counts[part] - others), np.arange(start, start + others)]
        labels.append(np.full(counts[part], part, dtype="<U9"))
        start += others
    turn = rng.permutation(sum(counts.values()))
    who, label = np.concatenate(index)[turn], np.concatenate(labels)[turn]
    row = _columns(town, who)
    numberless = np.isin(label, ("hard", "no_number"))
    fresh = phones(len(town.name) + 376, len(who), 77)
    cadre = _cadre_phones(len(town.name))[row["home"]]
    leave_out_and_err(rng, slow, row, numberless, {"phone": fresh, "cadre": cadre})
    if skew:
        rows = rng.permutation(len(who))[: min(SKEWED_PHONE_ROWS, len(who) * 8 // 100)]
        row["phone"][rows], row["phone_missing"][rows] = _hotline(len(town.name)), False
    dirty = (label == "hard") | (~numberless & (rng.random(len(who)) < NORMAL_NAME_DAMAGED))
    for which in (label == "hard", dirty & (label != "hard")):  # apart, so that the hard rows have the shares by class
        _damage(row, "name", which, damage_names(slow, row["name"][which].tolist()))
    damaged = label == "damaged"
    heads = _heads(town)[who[damaged]]
    _damage(row, "id_number", damaged, damage_numbers(slow, row["id_number"][damaged].tolist(), heads.tolist()))
    row["id_number_missing"] = numberless
    truth = pa.array(np.where(who < town.known, who, 0), mask=who >= town.known)
    front = {"row_id": pa.array(np.arange(len(who))), "truth_id": truth, "slice": _text(label),
             "source": _text(np.array(SOURCES)[rng.integers(0, len(SOURCES), len(who))])}  # fmt: skip
    back = {
        c: _text(row[c]) for c in row if c.endswith("_damage") and c not in ("village_damage", "household_no_damage")
    }
    return _table(row, front, {**back, "stranger_kind": _text(town.stranger_kind[who])})


def _damage(row: dict[str, Any], field: str, part: Array, result: tuple[list[str], list[str]]) -> None:
    texts, kinds = result
    width = max(row[field].dtype.itemsize // 4, *map(len, texts), 1) if texts else 1
    row[field] = row[field].astype(f"<U{max(width, row[field].dtype.itemsize // 4)}")
    row.setdefault(f"{field}_damage", np.zeros(len(part), dtype="<U16"))
    row[field][part], row[f"{field}_damage"][part] = texts, kinds


def _heads(town: Town) -> Array:
    """The householder's number for everyone: the first of the household who is in these arrays."""
    _, first, family = np.unique(town.who.household, return_index=True, return_inverse=True)
    return town.id_number[first][family]


def _columns(town: Town, rows: Array) -> dict[str, Any]:
    who = town.who
    return {
        "name": town.name[rows], "sex": who.sex[rows], "birth_date": who.birth[rows], "id_number": town.id_number[rows],
        "home": who.home[rows], "phone": town.phone[rows], "household_no": town.household_no[rows],
    }  # fmt: skip


def _text(values: Array, missing: Array | None = None) -> pa.Array:
    """Strings; the empty ones and the missing ones are NULL."""
    empty = values == ""
    return pa.array(values.tolist(), type=pa.string(), mask=empty if missing is None else empty | missing)


def _table(columns: dict[str, Any], front: dict[str, pa.Array], back: dict[str, pa.Array] | None = None) -> pa.Table:
    towns, villages = places()
    home = columns["home"]
    texts = {
        "name": columns["name"], "sex": np.array(["女", "男"])[columns["sex"]], "birth_date": columns["birth_date"],
        "id_number": columns["id_number"], "town": np.array(towns)[home // 15],
        "village": np.array([v for t in villages for v in t])[home],
        "phone": columns["phone"], "household_no": columns["household_no"],
    }  # fmt: skip
    data = dict(front)
    for field, values in texts.items():
        missing = columns.get(f"{field}_missing")
        data[field] = (
            pa.array(values.astype("int32"), mask=missing).cast(pa.date32())
            if field == "birth_date"
            else _text(values, missing)
        )
    return pa.table({**data, **(back or {})})


def write_world(world: World, folder: Path) -> None:
    """person.parquet and row.parquet, the same bytes for the same world."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in fields(world):
        pq.write_table(getattr(world, part.name), folder / f"{part.name}.parquet", compression="zstd")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--skew", action="store_true")
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    write_world(make_world(asked.people, asked.seed, asked.skew), asked.out)
