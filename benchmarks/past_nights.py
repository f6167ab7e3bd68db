"""What a night costs for the nights behind it: `python -m benchmarks.past_nights --nights 200`.

An invented town in which each night one person comes and four or five offices send a row or two. What changes is the same every
night, so what a later night takes more than an early one it takes for the past. Processor seconds of whole nights without
workbooks, the mean of each twenty.
"""

import argparse
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from tests.nightshift import Someone, Town, insured, pension, registered, service, stop

PACKS = ("zhongshan", "neimenggu")
FIRST = date(2021, 6, 1)
MEAN_OF = 20


def send(town: Town, known: list[Someone], day: date) -> None:
    """Tonight's deltas: a newcomer's stoppage and registration, and what happened to others."""
    said, number = day.isoformat(), len(known)
    who = town.person(f"{1965 + number % 20}-03-{1 + number % 28:02d}")
    known.append(who)
    other, older = known[number // 2], known[number // 3]
    town.deliver("社保停保", said, "增量", [stop((day - timedelta(days=40)).isoformat()[:7]).about(who)])
    town.deliver("失业登记", said, "增量", [registered(said).about(who)])
    town.deliver("服务记录", said, "增量", [service(said, "职业介绍").about(other)])
    town.deliver("社保参保", said, "增量", [insured(said[:7]).about(other)])
    if number % 3 == 0:
        town.deliver("养老待遇", said, "增量", [pension(said).about(older)])


def run(root: Path, nights: int) -> None:
    town, known, spent = Town.found(root, *PACKS), list[Someone](), 0.0
    for number in range(1, nights + 1):
        day = FIRST + timedelta(days=number)
        send(town, known, day)
        began = time.process_time()
        town.run(day.isoformat())
        spent += time.process_time() - began
        if number % MEAN_OF == 0:
            print(
                f"nights {number - MEAN_OF + 1} to {number}: {spent / MEAN_OF:.2f} processor seconds each", flush=True
            )
            spent = 0.0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nights", type=int, default=200)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zhaoren-past-") as made:
        run(Path(made) / "town", asked.nights)
