"""The packs' SQL beside the naive second evaluator, night after night of many invented people: `make oracle`.

    python -m tests.oracle_nights [--person-nights 1000000] [--people 20000] [--minutes 30] [--done build/oracle.tsv]

Each place is judged on three days in a row, around which its dates lie, by turns with what an office has set. What is done
is kept in a file, and a later call goes on from there, as long as neither packs nor oracle changed. Ends with 1 if both
ever differ, and shows a few of the people on whom they do.
"""

import argparse
import gc
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.oracle_rows import Place
from tests.strategies import OWN_VALUES, random_place
from tests.town import settle, shown

ROOT = Path(__file__).parents[1]
# What the office has set of the parameters that no document gives, by turns.
SET: tuple[dict[str, Any], ...] = (OWN_VALUES, OWN_VALUES | {"home_areas": ["3605", "新余"]}, {})
FIRST, APART, ROUND = date(2024, 1, 29), 29, 270  # days; all of it lies in 2024 to 2045
IN_A_ROW = 3


@dataclass(frozen=True)
class Night:
    """One place on one day, and on how many people both differ."""

    seed: int
    day: date
    people: int
    differences: int


def middle(seed: int) -> date:
    return FIRST + timedelta(days=APART * (seed % ROUND))


def days_of(seed: int) -> list[date]:
    return [middle(seed) + timedelta(days=n) for n in range(-(IN_A_ROW // 2), IN_A_ROW - IN_A_ROW // 2)]


def program() -> str:
    """Changes with packs, views and oracle."""
    files = [*(ROOT / "policies").rglob("*.*"), *(ROOT / "tests").glob("oracle*.py"), ROOT / "tests/strategies.py"]
    told = [p.read_bytes() for p in sorted(files) if p.suffix in (".py", ".sql", ".toml")]
    return sha256(b"\0".join(told)).hexdigest()[:12]


def read_done(kept: Path) -> list[Night]:
    """Nights done by this very program."""
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    told = [line.split("\t") for line in lines]
    return [Night(int(s), date.fromisoformat(d), int(n), int(apart)) for by, s, d, n, apart in told if by == program()]


@lru_cache(maxsize=1)
def place_of(seed: int, people: int) -> Place:
    return random_place(1000 + seed, middle(seed), people, SET[seed % len(SET)])


def judged(place: Place, seed: int, day: date) -> tuple[Night, str]:
    """The night, and the people on whom both differ."""
    gc.disable()  # millions of small values, none of them in a ring
    town = settle(place, day)
    apart = town.apart()
    night = Night(seed, day, len(place.people), len({who for who, _ in apart}))
    told = shown(town, apart) if apart else ""
    town.con.close()
    gc.enable()
    return night, told


def nights(kept: Path, people: int, wanted: int, minutes: float) -> Iterator[tuple[Night, str]]:
    """Night after night, those done before left out, until so many person-nights are done or the time is over."""
    until = time.monotonic() + 60 * minutes
    done = read_done(kept)
    count, known = sum(n.people for n in done), {(n.seed, n.day) for n in done}
    seed = 0
    while count < wanted:
        left = [day for day in days_of(seed) if (seed, day) not in known]
        for day in left:
            if count >= wanted or time.monotonic() > until:
                return
            night, told = judged(place_of(seed, people), seed, day)
            with kept.open("a", encoding="utf-8") as stream:
                print(program(), night.seed, night.day, night.people, night.differences, sep="\t", file=stream)
            count += night.people
            yield night, told
        seed += 1


def main(arguments: Sequence[str]) -> int:
    ask = argparse.ArgumentParser(description="SQL and oracle beside each other, on many people and days")
    ask.add_argument("--person-nights", type=int, default=1_000_000)
    ask.add_argument("--people", type=int, default=20_000)
    ask.add_argument("--minutes", type=float, default=1e6)
    ask.add_argument("--done", type=Path, default=ROOT / "build" / "oracle.tsv")
    asked = ask.parse_args(arguments)
    asked.done.parent.mkdir(parents=True, exist_ok=True)
    for night, told in nights(asked.done, asked.people, asked.person_nights, asked.minutes):
        print(f"{night.day} seed {night.seed}: {night.people} people, {night.differences} differ", flush=True)
        if told:
            print(told, flush=True)
    done = read_done(asked.done)
    apart = sum(n.differences for n in done)
    print(f"{sum(n.people for n in done)} person-nights on {len({n.day for n in done})} days, {apart} differ")
    return 1 if apart else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
