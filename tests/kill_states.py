"""Kills without number: every state that a kill can leave, and random kills that add up over many sittings.

    make kills                         states first, then random kills for 15 minutes
    make kills ARGS="--minutes 60"     longer; goes on from where build/kills/ is
    make kills ARGS="--encrypted"      the same with archive and runs encrypted

**States**: one night is stopped before every call that changes the disk; a kill there leaves what then lies on the disk, less the
scratch folder, which the next night wipes before it looks. Each state that differs in a byte is healed once: what is published must
verify, and the next night must leave the ledger of an undisturbed one. **Random kills**: nights killed at a random moment. One that
left a state byte for byte equal to one that was healed is healed; any other is verified and healed by a night of its own.
"""

import argparse
import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.fault_sweep import (
    ROOT,
    Point,
    _healed,
    _in_child,
    _night,
    _primed,
    _restored,
    _sound,
    build,
    forked,
    prepare,
)  # fmt: skip

KEPT = ROOT / "build" / "kills"


@dataclass
class Tally:
    """What came of it so far. `healed`: digests of states that a next night made whole."""

    calls: int = 0
    states: int = 0
    kills: int = 0
    published: int = 0
    by_a_night: int = 0
    wrong: list[str] = field(default_factory=list)
    healed: list[str] = field(default_factory=list)

    def save(self, file: Path) -> None:
        beside = file.with_suffix(".new")
        beside.write_text(json.dumps(asdict(self)), encoding="utf-8")
        os.replace(beside, file)


def digest(place: Path) -> str:
    """Everything on the disk of a workspace but its scratch."""
    whole = hashlib.sha256()
    for path in sorted(p for p in place.rglob("*") if p.is_file() and ".work" not in p.relative_to(place).parts):
        whole.update(f"{path.relative_to(place)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


@dataclass
class Room:
    """Where trials are made: the place before the night, and the one that is hurt."""

    before: Path
    into: Path
    expected: list[object]

    @property
    def place(self) -> Path:
        return self.into / "ws"

    def heals(self) -> bool:
        """Whether what is published holds, and the next night leaves the ledger it should."""
        sound = _in_child(self.into / "sound", lambda: _sound(self.place), {}) == 0
        return sound and _in_child(self.into / "healed", lambda: _healed(self.place, self.expected), {}) == 0


def opened_room(before: Path, into: Path) -> Room:
    import flows.night.in_order  # noqa: F401
    import reports.night  # noqa: F401

    room = Room(into / "before", into, [])
    if not (into / "ready").is_file():  # the same bytes in every sitting, or what was healed would not be known again
        shutil.rmtree(into, ignore_errors=True)
        into.mkdir()
        _restored(before, room.place)
        _in_child(into / "said", lambda: _primed(room.place), {})  # a store knows where its runs lie
        shutil.copytree(room.place, room.before)
        _in_child(into / "expected", lambda: _healed(room.place, []), {})
        (into / "ready").touch()
    room.expected = json.loads((into / "expected").read_text(encoding="utf-8"))["entries"]
    return room


def stopped_states(room: Room, tally: Tally) -> Iterator[Path]:
    """One night, stopped before each call; the states that differ, each as a copy."""
    _restored(room.before, room.place)
    child = forked(
        room.into / "said", lambda: _night(room.place), Point(0).environment(room.place) | {"FAULT_STOP": "1"}
    )
    seen = set()
    for _ in stops(child):
        tally.calls += 1
        state = digest(room.place)
        if state not in seen:
            seen.add(state)
            yield Path(shutil.copytree(room.place, room.into / "states" / str(len(seen)), ignore=_scratch))
    tally.calls -= 1  # the end is no call


def stops(child: int) -> Iterator[None]:
    """Each time the child has stopped, and once more when it has ended; it goes on when we do, and does not outlive us."""
    try:
        while os.WIFSTOPPED(os.waitpid(child, os.WUNTRACED)[1]):
            yield
            os.kill(child, signal.SIGCONT)
        yield
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        raise


def _scratch(_folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name == ".work"]


def heal(room: Room, tally: Tally, state: str, what: str) -> None:
    """Run a night over what lies there, and note how that ended."""
    if room.heals():
        tally.healed.append(state)
    else:
        tally.wrong.append(f"{what}: {(room.into / 'healed').read_text(encoding='utf-8')[-400:]}")


def heal_states(room: Room, tally: Tally, file: Path) -> None:
    for copy in list(stopped_states(room, tally)):
        _restored(copy, room.place)
        state = digest(room.place)
        tally.states += 1
        heal(room, tally, state, f"state {copy.name}")
        tally.save(file)
    print(f"{tally.calls} calls, {tally.states} states, {len(tally.wrong)} wrong", flush=True)


def kill_at_random(room: Room, tally: Tally, file: Path, end: float) -> None:
    _restored(room.before, room.place)
    begun = time.monotonic()
    _in_child(room.into / "said", lambda: _night(room.place), {})
    longest, draw = (time.monotonic() - begun) * 1.05, random.Random()
    while time.monotonic() < end:
        _restored(room.before, room.place)
        child = forked(room.into / "said", lambda: _night(room.place), {})
        time.sleep(draw.uniform(0, longest))
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        state = digest(room.place)
        tally.kills += 1
        tally.published += (room.place / "runs" / "000002").is_dir()
        if state not in tally.healed:
            tally.by_a_night += 1
            heal(room, tally, state, f"kill {tally.kills}")
        tally.save(file)


def told(tally: Tally) -> str:
    return (
        f"{tally.calls} calls, {tally.states} states; {tally.kills} random kills, {tally.published} of them after the seal, "
        f"{tally.by_a_night} healed by a night of their own; {len(tally.wrong)} wrong"
    )


def drive(folder: Path, minutes: float) -> int:
    """The trials, in a process that has faults.so before the C library. Nothing is computed here: threads would not survive a fork."""
    file = folder / "tally.json"
    tally = Tally(**json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else Tally()
    end = time.monotonic() + 60 * minutes
    room = opened_room(folder / "first" / "ws", folder / "room")
    if not tally.states:
        shutil.rmtree(room.into / "states", ignore_errors=True)
        heal_states(room, tally, file)
    kill_at_random(room, tally, file, end)
    print("\n".join([*tally.wrong, told(tally)]), flush=True)
    return int(bool(tally.wrong))


def driven(folder: Path, module: str, words: list[str], *, is_encrypted: bool) -> int:
    """The module once more with --drive, in a process that has faults.so before the C library; its exit code."""
    return subprocess.run(
        [sys.executable, "-m", module, "--drive", *words, *["--encrypted"] * is_encrypted], cwd=ROOT, check=False,
        env=os.environ | {"LD_PRELOAD": str(build(folder)), "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT), "PREFECT_HOME": str(folder)},
    ).returncode  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--encrypted", action="store_true", help="archive and runs lie encrypted")
    parser.add_argument("--drive", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    folder = KEPT / ("encrypted" if asked.encrypted else "plain")
    if asked.drive:
        return drive(folder, asked.minutes)
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "first" / "ready").is_file():
        shutil.rmtree(folder / "first", ignore_errors=True)
        (folder / "first").mkdir()
        prepare(folder / "first", is_encrypted=asked.encrypted)
        (folder / "first" / "ready").touch()
    return driven(folder, "tests.kill_states", ["--minutes", str(asked.minutes)], is_encrypted=asked.encrypted)


if __name__ == "__main__":
    sys.exit(main())
