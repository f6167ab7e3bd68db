"""Random attacks on a sealed chain, by somebody who can write in the workspace and knows how everything is made, but has
neither the signing key nor the copies kept elsewhere. Each gives the first run that does not hold afterwards."""

import random
from collections.abc import Callable

from ledger.standalone_verifier import MANIFEST
from tests.sealed_chains import THIEF, Memory

Attack = Callable[[random.Random, Memory], int]


def damaged(chance: random.Random, data: bytes) -> bytes:
    """Other bytes than these: a bit turned, some cut out, put in, doubled, or noise in their place."""
    at = chance.randrange(len(data) + 1)
    upto = min(len(data), at + chance.randrange(1, 9))
    ways = (
        data[:at] + bytes(b ^ 1 << chance.randrange(8) for b in data[at:upto]) + data[upto:],
        data[:at],
        data[:at] + chance.randbytes(upto - at + 1) + data[at:],
        data[:at] + data[upto:],
        data + data[:upto],
        chance.randbytes(len(data)),
        b"",
    )
    return next(w for w in (chance.choice(ways), data + b" ") if w != data)


def edit_a_file(chance: random.Random, files: Memory) -> int:
    run = chance.randrange(1, files.last + 1)
    name = chance.choice(files.of_run(run))
    files.runs[name] = damaged(chance, files.runs[name])
    return run


def edit_the_archive(chance: random.Random, files: Memory) -> int:
    run = chance.randrange(1, files.last + 1)
    sha = files.manifest(run)["inputs"][0]["sha256"]
    files.archive[sha] = damaged(chance, files.archive[sha])
    return run


def delete_a_file(chance: random.Random, files: Memory) -> int:
    run = chance.randrange(1, files.last + 1)
    if chance.random() < 0.2:
        del files.archive[files.manifest(run)["inputs"][0]["sha256"]]
    else:
        del files.runs[chance.choice(files.of_run(run))]
    return run


def delete_a_run(chance: random.Random, files: Memory) -> int:
    run = chance.randrange(1, files.last + 1)
    for name in files.of_run(run):
        del files.runs[name]
    if chance.random() < 0.5:  # and close the gap
        for later in range(run + 1, files.last + 1):
            files.move(later, later - 1)
    return run


def insert_a_file(chance: random.Random, files: Memory) -> int:
    run = chance.randrange(1, files.last + 1)
    where = chance.choice(("", "tables/", "tables/lists/", "workbooks/"))
    files.runs[f"{run:06d}/{where}{chance.randbytes(4).hex()}.parquet"] = chance.randbytes(chance.randrange(40))
    return run


def insert_a_run(chance: random.Random, files: Memory) -> int:
    at = chance.randrange(1, files.last + 2)
    for later in range(files.last, at - 1, -1):
        files.move(later, later + 1)
    model = chance.choice([n for n in range(1, files.last + 2) if n not in (at, at + 1)])
    for name in files.of_run(model):
        files.runs[f"{at:06d}{name[6:]}"] = files.runs[name]
    files.last += 1
    if chance.random() < 0.7:
        files.chain_anew(at, THIEF if chance.random() < 0.5 else None)
    return at


def swap_two_runs(chance: random.Random, files: Memory) -> int:
    low, high = sorted(chance.sample(range(1, files.last + 1), 2))
    files.move(low, 999_999)
    files.move(high, low)
    files.move(999_999, high)
    return low


def swap_two_files(chance: random.Random, files: Memory) -> int:
    while True:
        first, second = chance.sample(sorted(files.runs), 2)
        if files.runs[first] != files.runs[second]:
            files.runs[first], files.runs[second] = files.runs[second], files.runs[first]
            return min(int(first[:6]), int(second[:6]))


def truncate(chance: random.Random, files: Memory) -> int:
    keep = chance.randrange(files.last)
    for run in range(keep + 1, files.last + 1):
        for name in files.of_run(run):
            del files.runs[name]
    return keep + 1


def rewrite(chance: random.Random, files: Memory) -> int:
    """Change what a run says and make every hash after it right again."""
    run = chance.randrange(1, files.last + 1)
    name = chance.choice([n for n in files.of_run(run) if n.endswith((".parquet", ".xlsx", ".toml", ".salt"))])
    if chance.random() < 0.5:
        files.runs[name] = damaged(chance, files.runs[name])
    else:
        manifest = files.manifest(run)
        field = chance.choice(("as_of", "recorded_at", "packs", "barred"))
        files.put(run, manifest | {field: chance.randbytes(3).hex()})
    way = chance.randrange(3)
    files.chain_anew(run, THIEF if way == 1 else None, strip=way == 2)
    return run


def roll_back_and_fork(chance: random.Random, files: Memory) -> int:
    """Go back to an older run and go on from there otherwise, for fewer, as many or more runs."""
    run = chance.randrange(1, files.last + 1)
    length = run + chance.randrange(4)
    for number in range(run, max(files.last, length) + 1):
        kept = files.of_run(number)
        for name in kept if number > length else ():
            del files.runs[name]
        if number <= length and not kept:
            for name in files.of_run(run):
                files.runs[f"{number:06d}{name[6:]}"] = files.runs[name]
    for number in range(run, length + 1):
        files.put(number, files.manifest(number) | {"recorded_at": f"2025-01-0{number % 9}T00:00:00+00:00"})
    files.last = length
    way = chance.randrange(3)
    files.chain_anew(run, THIEF if way == 1 else None, strip=way == 2)
    return run


def rename_a_run(chance: random.Random, files: Memory) -> int:
    run = chance.randrange(1, files.last + 1)
    files.move(run, files.last + chance.randrange(1, 5))
    return run


def manifest_of_another(chance: random.Random, files: Memory) -> int:
    run, other = chance.sample(range(1, files.last + 1), 2)
    for name in (MANIFEST, "manifest.sha256", "signature.json"):
        if f"{other:06d}/{name}" in files.runs:
            files.runs[f"{run:06d}/{name}"] = files.runs[f"{other:06d}/{name}"]
    return run


ATTACKS: tuple[Attack, ...] = (
    edit_a_file, edit_the_archive, delete_a_file, delete_a_run, insert_a_file, insert_a_run, swap_two_runs,
    swap_two_files, truncate, rewrite, roll_back_and_fork, rename_a_run, manifest_of_another,
)  # fmt: skip
