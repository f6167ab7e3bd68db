"""`python -m benchmarks.make_model`: the model that ships, trained without labels on an invented city.

The city is of seed 0, which no other benchmark uses. An office replaces the model by `zhaoren train` on its own records.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from benchmarks.match_world import load_world, train_on_world
from matchers.model import DEFAULT, write_model

PEOPLE, SEED = 400_000, 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=DEFAULT)
    parser.add_argument("--version", default="zh-2")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        world = [
            sys.executable,
            "-m",
            "benchmarks.world",
            "--people",
            str(PEOPLE),
            "--seed",
            str(SEED),
            "--out",
            folder,
        ]
        subprocess.run(world, check=True)
        con = duckdb.connect()
        load_world(con, Path(folder), ("hard", "no_number"))
        write_model(train_on_world(con, args.version), args.out)


if __name__ == "__main__":
    main()
