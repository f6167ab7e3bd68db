"""`python -m sample_data`: write the deliveries of an invented town."""

import argparse
import shutil
import sys
from datetime import date
from pathlib import Path

import numpy as np

from sample_data.cases import planted_people
from sample_data.damage import damaged
from sample_data.deliver import deliver, write_people, write_planted
from sample_data.extracts import shuffled
from sample_data.further import further_extracts
from sample_data.further_offices import FORMATS
from sample_data.lives import live
from sample_data.people import Town, make_town, stream, truth_ids
from sample_data.planted import Person, plant, plant_late
from sample_data.services import all_extracts


def make(
    out: Path, *, people: int, nights: int, seed: int, start: date, damage_rate: float = 0.03, formats: str = "mixed",
    later: str = "delta",
) -> dict[str, int]:  # fmt: skip
    """Write a whole set below `out`, which must be new or empty. Same arguments, same bytes. Returns rows by file."""
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"{out} is not empty")
    town = make_town(people, seed, start)
    lives = live(town, nights, seed)
    extracts = all_extracts(lives)
    extracts |= further_extracts(lives, extracts)
    cast = planted_people(start)
    first_planted = len(town.name)
    for kind, part in extracts.items():
        mixed_up = shuffled(plant(part, cast, first_planted, nights), stream(seed, f"order {kind}"))
        slipped = damaged(mixed_up, damage_rate, stream(seed, f"damage {kind}"), spare=first_planted)
        extracts[kind] = plant_late(slipped, cast, first_planted, nights)
    strangers = np.full(first_planted - town.own, "")
    everybody = np.concatenate([truth_ids(town), strangers, np.array([p.key for p in cast])])
    counts = deliver(extracts, FORMATS[formats], out, start, nights, everybody, mixed=formats == "mixed",
                     later_full=later == "full")  # fmt: skip
    write_truth(out / "truth", town, cast, nights)
    return counts


def write_truth(folder: Path, town: Town, cast: list[Person], nights: int) -> None:
    """`people.csv` and `planted.csv`; `rows.csv` comes with the deliveries."""
    own, people = slice(0, town.own), [p for p in cast if p.key]
    write_people(
        folder / "people.csv",
        np.concatenate([truth_ids(town), np.array([p.key for p in people])]),
        np.concatenate([town.name[own], np.array([p.name for p in people])]),
        np.concatenate([town.number[own], np.array([p.number for p in people])]),
        np.concatenate([town.is_male[own], np.array([p.is_male for p in people])]),
        np.concatenate([town.birth[own], np.array([p.birth for p in people], dtype="datetime64[D]")]),
    )
    write_planted(folder / "planted.csv", cast, nights)


def arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sample_data", description=__doc__)
    parser.add_argument("--people", type=int, default=1500, help="people of the town (default 1500)")
    parser.add_argument("--nights", type=int, default=3, help="nights, one snapshot day each (default 3)")
    parser.add_argument("--seed", type=int, default=20240629)
    parser.add_argument(
        "--start-date", type=date.fromisoformat, default=date(2024, 6, 29), help="snapshot date of night 1"
    )
    parser.add_argument(
        "--damage-rate", type=float, default=0.03, help="share of damaged numbers in an average office (0-0.5)"
    )
    parser.add_argument("--formats", choices=sorted(FORMATS), default="mixed", help="plain: UTF-8 csv only")
    parser.add_argument("--later", choices=("delta", "full"), default="delta", help="what later nights bring")
    parser.add_argument(
        "--replace", action="store_true", help="empty the folder first, if it is a set made by this command"
    )
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args(words)


def main(words: list[str]) -> int:
    asked = arguments(words)
    if asked.replace and (asked.out / "truth" / "planted.csv").exists():
        for folder in (asked.out / "truth", *asked.out.glob("night-*")):
            shutil.rmtree(folder)
    counts = make(asked.out, people=asked.people, nights=asked.nights, seed=asked.seed, start=asked.start_date,
                  damage_rate=asked.damage_rate, formats=asked.formats, later=asked.later)  # fmt: skip
    for file, rows in counts.items():
        print(f"{rows:>9}  {file}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
