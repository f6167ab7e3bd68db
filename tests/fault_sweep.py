"""A night with one disk call failing, or killed there, over and over; each time the next night must make it whole.

    make faults                              every call fails once with ENOSPC and once with EROFS, and 2,000 random kills
    make faults ARGS="--every 20 --kills 50"   a part of it

Each trial is forked from one process that has everything imported; tests/faults.c, put before the C library, makes the
call fail. A trial that does not heal is printed and ends the sweep with 1.
"""

import argparse
import contextlib
import errno
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
FIRST, SECOND = "2024-06-29", "2024-06-30"


@dataclass(frozen=True)
class Point:
    """Which call fails: the `at`-th (0: none) of those that `on` names ("rename /runs"; empty: of all), how, and whether all later
    ones do too, or the process dies there."""

    at: int
    error: int = errno.ENOSPC
    on: str = ""
    stays: bool = False
    kills: bool = False

    def environment(self, under: Path) -> dict[str, str]:
        said = {"FAULT_UNDER": str(under), "FAULT_AT": str(self.at), "FAULT_ERRNO": str(self.error)}
        said |= {"FAULT_ON": self.on} if self.on else {}
        return said | ({"FAULT_FROM": "1"} if self.stays else {}) | ({"FAULT_KILL": "1"} if self.kills else {})


def build(folder: Path) -> Path:
    """The shared object made of faults.c. Raises: CalledProcessError, FileNotFoundError without a C compiler."""
    made = folder / "faults.so"
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", made, HERE / "faults.c", "-ldl", "-lpthread"], check=True)
    return made


def trials(before: Path, points: Sequence[Point], **more: str) -> Iterator[dict[str, Any]]:
    """Run each point in a process that has faults.so before the C library. What came of it, as the driver tells."""
    with tempfile.TemporaryDirectory() as scratch:
        library = build(Path(scratch))
        said = json.dumps([asdict(p) for p in points])
        with subprocess.Popen(
            [sys.executable, "-m", "tests.fault_sweep", "--drive", before, "--into", scratch], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env=os.environ | {"LD_PRELOAD": str(library), "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT), "PREFECT_HOME": scratch} | more,
        ) as driver:  # fmt: skip
            assert driver.stdin and driver.stdout
            driver.stdin.write(said)
            driver.stdin.close()
            yield from map(json.loads, driver.stdout)
        if driver.returncode:
            raise RuntimeError(f"the driver ended with {driver.returncode}")


def prepare(folder: Path, *, is_encrypted: bool = False) -> Path:
    """A small place after its first night, with the second night's files in the inbox. `is_encrypted`: archive and runs lie
    encrypted, with the key and the open place beside."""
    from tests.rough_files import death_file, drop, new_workspace, night, stop_file

    workspace = new_workspace(folder)
    if is_encrypted:
        _lock_up(workspace.root)
    drop(workspace, "社保停保_20240629_全量.csv", stop_file(*range(1, 21)))
    night(workspace, FIRST)
    drop(workspace, "社保停保_20240630_全量.csv", stop_file(*range(5, 31)))
    drop(workspace, "社保停保_20240630_全量.csv.manifest.json", '{"rows": 26}')
    drop(workspace, "死亡_20240630_增量.csv", death_file(12, 13))
    return workspace.root


def _lock_up(root: Path) -> None:
    from flows.files.kept_files import make_rest_key
    from flows.settings.read import FILE

    key, ram = root.parent / "rest.key", root.parent / "ram"
    make_rest_key(key)
    ram.mkdir()
    with (root / FILE).open("a", encoding="utf-8") as settings:
        settings.write(f'\n[at_rest]\nkey = "{key}"\nopen_at = "{ram}"\n')


def drive(before: Path, into: Path, points: Iterable[Point]) -> None:
    """One line of JSON for each point. Nothing is computed in this process: DuckDB's threads would not survive a fork."""
    import flows.night.in_order  # noqa: F401
    import reports.night  # noqa: F401

    place = into / "ws"
    _restored(before, place)
    _in_child(into / "said", lambda: _primed(place), {})  # a store knows where its runs lie
    before = Path(shutil.copytree(place, into / "before"))
    _in_child(into / "expected", lambda: _healed(place, []), {})
    expected = json.loads((into / "expected").read_text(encoding="utf-8"))["entries"]
    for point in points:
        _restored(before, place)
        code = _in_child(into / "said", lambda: _night(place), point.environment(place))
        said = (into / "said").read_text(encoding="utf-8")
        runs = sorted(p.name for p in (place / "runs").iterdir())
        whole = _in_child(into / "sound", lambda: _sound(place), {})
        healed = _in_child(into / "healed", lambda: _healed(place, expected), {})
        told = (into / "healed").read_text(encoding="utf-8")
        print(json.dumps(asdict(point) | {"code": code, "said": said, "runs": runs, "sound": whole == 0, "healed": healed == 0, "told": told if healed else ""}), flush=True)  # fmt: skip


def _restored(before: Path, place: Path) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(before, place)
    return place


def _in_child(out: Path, work: Any, environment: dict[str, str]) -> int:
    """Run `work` in a fork; its exit code, and what it printed in `out`."""
    return os.waitstatus_to_exitcode(os.waitpid(forked(out, work, environment), 0)[1])


def forked(out: Path, work: Any, environment: dict[str, str]) -> int:
    """A child at that work, by its number."""
    out.write_text("", encoding="utf-8")
    child = os.fork()
    if child == 0:
        code = 70
        try:
            os.environ.update(environment)
            stream = io.StringIO()
            with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
                code = work()
            os.environ.pop("FAULT_AT", None)
            out.write_text(stream.getvalue(), encoding="utf-8")
        finally:
            os._exit(code)
    return child


def _primed(place: Path) -> int:
    from flows.looking.look import opened_store
    from flows.opened import find_workspace

    with opened_store(find_workspace(place)):
        return 0


def _night(place: Path) -> int:
    from flows.cli import run_command

    sys.argv = ["zhaoren", "run", str(place), "--as-of", SECOND]
    return run_command()


def _sound(place: Path) -> int:
    """0 if what is published holds, whether or not this night is."""
    from flows.opened import unopened
    from flows.trust.verifying import verification

    return len(verification(unopened(place), "", None, "")[1])


def _healed(place: Path, expected: list[Any]) -> int:
    """The next night; 0 if it leaves the ledger that an undisturbed one leaves."""
    from flows.opened import find_workspace
    from flows.trust.verifying import verification
    from tests.rough_files import entries, night

    workspace = find_workspace(place)
    night(workspace, SECOND)
    found = json.loads(json.dumps(entries(workspace), default=str))
    faults = verification(workspace, "", None, "")[1]
    print(json.dumps({
        "entries": found, "faults": faults,
        "inbox": [p.name for p in workspace.inbox.iterdir()], "staging": workspace.staging.exists(),
    }, ensure_ascii=False))  # fmt: skip
    is_clean = not faults and not any(workspace.inbox.iterdir()) and not workspace.staging.exists()
    return int(not is_clean or (bool(expected) and found != expected))


def calls(before: Path, scratch: Path) -> int:
    """How many disk calls an undisturbed night makes."""
    told = scratch / "calls"
    list(trials(before, [Point(0)], FAULT_COUNT=str(told)))
    return len(told.read_text(encoding="utf-8").splitlines())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="only every so many-th call fails")
    parser.add_argument("--kills", type=int, default=2000, help="so many nights killed at a random call")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--encrypted", action="store_true", help="archive and runs lie encrypted")
    parser.add_argument("--drive", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.drive:
        drive(asked.drive, asked.into, [Point(**p) for p in json.load(sys.stdin)])
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        before = prepare(Path(scratch), is_encrypted=asked.encrypted)
        count = calls(before, Path(scratch))
        draw = random.Random(asked.seed)
        points = [Point(n, e) for n in range(1, count + 1, asked.every) for e in (errno.ENOSPC, errno.EROFS)]
        points += [Point(draw.randrange(1, count + 1), kills=True) for _ in range(asked.kills)]
        draw.shuffle(points)  # a sweep that is cut short has looked everywhere
        print(f"{count} calls, {len(points)} trials", flush=True)
        wrong = 0
        for number, one in enumerate(trials(before, points), 1):
            if not (one["sound"] and one["healed"]):
                wrong += 1
                print(json.dumps(one, ensure_ascii=False), flush=True)
            elif number % 50 == 0:
                print(f"{number} of {len(points)}, {wrong} wrong", flush=True)
    print(f"{len(points)} trials, {wrong} wrong")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
