"""The power goes: what a disk may hold then, after it lost or reordered what was not synced.

    make power                          500 images of one night, each opened and verified
    make power ARGS="--images 2000 --encrypted"

One night is stopped before every call that changes the disk. What was synced by then is on the disk: the content of a file at its last
fsync, the names in a folder at the folder's. Of everything since, each by itself, an image holds what a coin says: the name as
synced or as it is now, the content as synced, as it is now, half of it, or none. In each image the chain must open and verify, and
the store be read; the first of each kind must also heal to the ledger of an undisturbed night. This is harsher than a
journalling file system, which keeps the order of names.
"""

import argparse
import json
import random
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.fault_sweep import Point, _in_child, _night, _primed, _restored, _sound, forked, prepare
from tests.kill_states import KEPT, Room, digest, driven, opened_room, stops

Names = Mapping[str, int]  # inode by name


@dataclass
class Disk:
    """What is known of the files and folders of a place, by inode. `synced`: what is surely on the disk; `seen`: what was ever
    read of a file, so that one can come back whose removal was lost."""

    place: Path
    synced: dict[int, bytes] = field(default_factory=dict)
    names: dict[int, Names] = field(default_factory=dict)
    seen: dict[int, bytes] = field(default_factory=dict)
    folders: set[int] = field(default_factory=set)
    is_kept: bool = False

    def settle(self) -> None:
        """All that is there now is on the disk."""
        for path in (self.place, *self.place.rglob("*")):
            self.sync(path)

    def sync(self, path: Path) -> None:
        try:
            inode = path.stat().st_ino
            if path.is_dir():
                self.folders.add(inode)
                self.names[inode] = listing(path)
            else:
                self.folders.discard(inode)  # a file system gives a removed folder's number to the next file
                self.synced[inode] = self.seen[inode] = path.read_bytes()
        except FileNotFoundError:  # renamed or removed since
            return

    def image(self, now: Path, out: Path, draw: random.Random) -> None:
        """Write what the disk may hold, below `now`, without scratch."""
        out.mkdir()
        current = listing(now)
        synced = self.names.get(now.stat().st_ino, {})
        for name in sorted({*current, *synced} - {".work"}):
            inode = current.get(name) if draw.random() < 0.5 else synced.get(name)
            inode = current[name] if current.get(name) == synced.get(name) else inode
            if inode is None:
                continue
            if (now / name).is_dir():
                self.image(now / name, out / name, draw)
            elif name not in current and inode in self.folders:
                continue
            else:
                there = (now / name).read_bytes() if current.get(name) == inode else self.seen.get(inode, b"")
                (out / name).write_bytes(self._content(inode, there, draw))
                (out / name).chmod(0o600)

    def _content(self, inode: int, there: bytes, draw: random.Random) -> bytes:
        synced = self.synced.get(inode, b"")
        return there if synced == there else draw.choice([synced, there, there[: len(there) // 2], b""])


def listing(folder: Path) -> Names:
    return {p.name: p.stat().st_ino for p in folder.iterdir()}


def moments(room: Room, count_file: Path) -> Iterator[Disk]:
    """The disk before each call of a night, and after the last; `is_kept` where the call before was no scratch file's."""
    _restored(room.before, room.place)
    disk = Disk(room.place)
    disk.settle()
    count_file.write_text("", encoding="utf-8")
    more = {"FAULT_STOP": "1", "FAULT_COUNT": str(count_file)}
    child = forked(room.into / "said", lambda: _night(room.place), Point(0).environment(room.place) | more)
    with count_file.open(encoding="utf-8") as told:
        calls: list[str] = []  # two threads may have told theirs before both stopped
        for _ in stops(child):
            for call in calls:
                kind, _, name = call.rstrip("\n").partition(" ")
                if kind == "sync":
                    disk.sync(Path(f"{room.place}{name}"))
            disk.is_kept = any(" /.work/" not in call for call in calls)
            yield disk
            calls = [*told]


def images(room: Room, count: int, draw: random.Random) -> Iterator[Path]:
    """So many images at random moments, half of them where what is kept changes, which most calls do not."""
    told = room.into / "calls"
    kept = [disk.is_kept for disk in moments(room, told)]
    changing = [moment for moment, is_kept in enumerate(kept) if is_kept]
    wanted = sorted(draw.choice(changing) if draw.random() < 0.5 else draw.randrange(len(kept)) for _ in range(count))
    print(f"{len(kept) - 1} calls, {len(changing)} of them outside scratch", flush=True)
    out = room.into / "image"
    for moment, disk in enumerate(moments(room, told)):  # a night's calls differ by a few from the next one's
        due = [m for m in wanted if m <= moment]
        del wanted[: len(due)]
        for _ in due:
            shutil.rmtree(out, ignore_errors=True)
            disk.image(room.place, out, draw)
            yield out


def drive(folder: Path, count: int, heal: int) -> int:
    room = opened_room(folder / "first" / "ws", folder / "room")
    kept = room.into / "images"
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir()
    number = 0
    for image in images(room, count, random.Random(count)):
        number += 1
        if not (target := kept / digest(image)).exists():
            image.rename(target)
    wrong, healed = [], 0
    distinct = sorted(kept.iterdir())
    print(f"{number} images, {len(distinct)} of them distinct", flush=True)
    for done, image in enumerate(distinct, 1):
        _restored(image, room.place)
        if _in_child(room.into / "sound", lambda: _sound(room.place) or _primed(room.place), {}):
            wrong.append(f"{image.name[:12]}: {(room.into / 'sound').read_text(encoding='utf-8')[-300:]}")
        elif done % max(1, len(distinct) // heal) == 0:
            healed += 1
            if not room.heals():
                wrong.append(
                    f"{image.name[:12]} does not heal: {(room.into / 'healed').read_text(encoding='utf-8')[-300:]}"
                )
        if done % 25 == 0:
            print(f"{done} of {len(distinct)}, {len(wrong)} wrong", flush=True)
    print(
        "\n".join(
            [
                *wrong,
                f"{number} images, {len(distinct)} distinct, {healed} healed by a further night; {len(wrong)} wrong",
            ]
        )
    )
    (folder / "power.json").write_text(
        json.dumps({"images": number, "distinct": len(distinct), "wrong": wrong}), encoding="utf-8"
    )
    return int(bool(wrong))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=500)
    parser.add_argument("--heal", type=int, default=10, help="so many of them are healed by a further night")
    parser.add_argument("--encrypted", action="store_true", help="archive and runs lie encrypted")
    parser.add_argument("--drive", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    folder = KEPT.with_name("power") / ("encrypted" if asked.encrypted else "plain")
    if asked.drive:
        return drive(folder, asked.images, asked.heal)
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "first").mkdir(parents=True)
    prepare(folder / "first", is_encrypted=asked.encrypted)
    words = ["--images", str(asked.images), "--heal", str(asked.heal)]
    return driven(folder, "tests.power_loss", words, is_encrypted=asked.encrypted)


if __name__ == "__main__":
    sys.exit(main())
