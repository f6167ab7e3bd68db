"""Files hurt at random, for as long as one likes: each must be read or refused with a sentence, in time, and rows must add
up. `make fuzz ARGS='--minutes 60'`. What fails is kept in build/fuzz/ with the seed that made it.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from intake.sidecar import read_sidecar
from schemas.errors import DeliveryRefused
from tests.hostile_files import ANY, Hostile, good_csv, good_html, good_xls, good_xlsx, good_xml, good_zip
from tests.test_hostile_files import fault

KEPT = Path("build/fuzz")
MANIFEST = json.dumps(
    {"rows": 3, "sha256": "0" * 64, "period": "2024-06", "area": "东区", "withdraws": "1" * 64}
).encode()
SEEDS: dict[str, Callable[[], bytes]] = {
    "csv": good_csv, "csv gb18030": lambda: good_csv("gb18030"), "csv utf-16": lambda: good_csv("utf-16"), "xlsx": good_xlsx,
    "xls": good_xls, "html": good_html, "xml": good_xml, "zip": good_zip, "manifest": lambda: MANIFEST,
}  # fmt: skip
TOKENS = (
    b'"',
    b",",
    b"\n",
    b"\r",
    b"\x00",
    b"\xff",
    b"<",
    b">",
    b"&#x0;",
    b"]]>",
    b"{",
    b"[",
    b"PK\x03\x04",
    "合计".encode(),
    b"=1+1",
)


def hurt(data: bytes, chance: random.Random) -> bytes:
    """A few changes: bits, bytes, cuts, repetitions, and signs that mean something to a reader."""
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 30))):
        at = chance.randrange(len(made) + 1)
        match chance.randrange(6):
            case 0 if made:
                made[at % len(made)] ^= 1 << chance.randrange(8)
            case 1:
                made[at:at] = chance.choice(TOKENS) * chance.choice((1, 1, 3, 1000))
            case 2:
                del made[at : at + chance.choice((1, 8, 200))]
            case 3:
                made[at:at] = made[at : at + chance.choice((4, 64, 512))]
            case 4:
                made[at : at + 8] = chance.randbytes(8)
            case _:
                made = made[: max(at, 8)] if chance.random() < 0.2 else made
    return bytes(made)


def one(kind: str, data: bytes, folder: Path) -> str | None:
    """What is wrong with how the file was taken; None where nothing is."""
    if kind != "manifest":
        return fault(Hostile(kind, data, ANY), folder)
    path = folder / "x.manifest.json"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    try:
        read_sidecar(path)
    except DeliveryRefused:
        return None
    except Exception as problem:
        return f"{type(problem).__name__}"
    return None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", choices=sorted(SEEDS))
    said = parser.parse_args()
    good = {k: make() for k, make in SEEDS.items() if said.kind in (None, k)}
    count: Counter[str] = Counter()
    faults, number, end = 0, 0, time.monotonic() + 60 * said.minutes
    with tempfile.TemporaryDirectory() as scratch:
        while time.monotonic() < end:
            number += 1
            chance = random.Random(f"{said.seed}:{number}")
            kind = chance.choice(list(good))
            data = hurt(good[kind], chance)
            count[kind] += 1
            if problem := one(kind, data, Path(scratch) / str(number)):
                faults += 1
                KEPT.mkdir(parents=True, exist_ok=True)
                (KEPT / f"{said.seed}-{number}.bin").write_bytes(data)
                print(f"{kind} {said.seed}:{number}: {problem}", file=sys.stderr)
    print(json.dumps({"files": dict(count), "faults": faults}, ensure_ascii=False))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
