"""Files in every order, late, again, corrected, damaged and taken back, against a model that only knows this: what
stands is what the accepted deliveries say, told in the order of their dates. All rows are invented."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

import pytest

from flows.workspace import init_workspace
from tests.light_nights import Nights

KIND, LABEL = "work_capacity", "劳动能力鉴定"
LEVELS = ("完全丧失", "大部分丧失", "部分丧失", "未丧失")
START = date(2024, 1, 1)
taken_ids: dict[int, str] = {}  # a file's number -> the delivery it became
Row = tuple[str, str, str]  # name, day found, level; the first two are the row's key


@dataclass
class Sent:
    """One delivery as the model knows it."""

    day: date
    coverage: str
    rows: tuple[Row, ...]
    number: int
    night: int
    file: str = ""

    @property
    def place(self) -> tuple[date, int, bool, int]:
        """Where it stands among all deliveries: of one day the later one has the last word; of one night a full
        snapshot comes before the deltas."""
        return (self.day, self.night, self.coverage == "增量", self.number)


@dataclass
class Model:
    """What the sources have said, and what follows."""

    accepted: list[Sent] = field(default_factory=list)
    partial: set[tuple[date, int]] = field(default_factory=set)

    def newest_full(self) -> date | None:
        return max((s.day for s in self.accepted if s.coverage == "全量"), default=None)

    def expects(self, sent: Sent, as_of: date) -> str:
        newest = self.newest_full()
        if any(s.coverage == sent.coverage and s.rows == sent.rows and s.day == sent.day for s in self.accepted):
            return "duplicate"
        if sent.day > as_of:
            return "held"
        if newest and sent.day < newest:
            return "refused"
        return "accepted"

    def standing(self) -> set[Row]:
        """The fold, snapshot by snapshot in the order of their dates."""
        rows: set[Row] = set()
        for whole, told in self.snapshots():
            if whole:
                rows = told
            else:
                keys = {r[:2] for r in told - rows}
                rows = {r for r in rows if r[:2] not in keys} | told
        return rows

    def snapshots(self) -> Iterator[tuple[bool, set[Row]]]:
        """Full files of one day and night are one snapshot, and only a whole one ends what it lacks."""
        ordered = sorted(self.accepted, key=lambda s: s.place)
        for (day, night, is_delta, _), group in groupby(
            ordered, key=lambda s: (*s.place[:3], s.number if s.place[2] else 0)
        ):
            yield not is_delta and (day, night) not in self.partial, {r for s in group for r in s.rows}


class Office:
    """Invents rows and files; every file's content is its own, so that nothing is a duplicate by accident."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.made = 0

    def rows(self, count: int) -> tuple[Row, ...]:
        made = {}
        for _ in range(count):
            who = self.chance.randrange(12)
            key = (f"人{'甲乙丙丁戊己庚辛壬癸子丑'[who]}", f"2023-01-{who + 1:02d}")
            made[key] = (*key, self.chance.choice(LEVELS))
        return tuple(made.values())

    def send(self, night: int, as_of: date) -> Sent:
        self.made += 1
        late = self.chance.choice((0, 0, 0, 1, 2, 3, 6, -1))
        coverage = self.chance.choice(("全量", "增量", "增量", "增量"))
        return Sent(as_of - timedelta(days=late), coverage, self.rows(self.chance.randrange(1, 9)), self.made, night)


def standing(nights: Nights) -> set[Row]:
    found = nights.con.sql(f"select name, found_date::varchar, level from store.standing_{KIND}").fetchall()
    assert len(found) == len(set(found)), "a row stands twice"
    return set(found)


def told_by(nights: Nights) -> dict[str, str]:
    """The delivery that each of tonight's files became."""
    rows = nights.con.sql("select file_name, delivery_id, rows, accepted, quarantined from delivery").fetchall()
    assert all(n == a + q for _, _, n, a, q in rows)
    return {name: sha for name, sha, *_ in rows}


def write(inbox: Path, sent: Sent, chance: random.Random) -> str:
    """One of the shapes a file comes in; the row order plays no part."""
    suffix, separator, codec = chance.choice((("csv", ",", "utf-8"), ("txt", "\t", "gb18030"), ("csv", "|", "utf-16")))
    rows = [(f"第 {sent.number} 号文件",), ("姓名", "鉴定日期", "鉴定结论"), *sent.rows]
    name = f"{LABEL}_{sent.day:%Y%m%d}_{sent.coverage}_{sent.number:04d}.{suffix}"
    (inbox / name).write_bytes("".join(separator.join(r) + "\n" for r in rows).encode(codec))
    return name


def mishap(inbox: Path, name: str, chance: random.Random) -> bool:
    """Sometimes the file arrives broken."""
    if chance.random() > 0.12:
        return False
    path = inbox / name
    data = path.read_bytes()
    own = name.encode()  # two files broken alike would be the same content
    kinds = (own[:40] + b"\x00" + own, data[:9] + b"\x00\x00\x00" + data[9:], b"a,b,c\n1,2," + own + b"\n")
    path.write_bytes(chance.choice(kinds))
    return True


def play(nights: Nights, seed: int, count: int) -> Iterator[tuple[int, set[Row], set[Row]]]:
    """Night after night: what stands, and what should."""
    office, model, chance = Office(seed), Model(), random.Random(seed + 1)
    inbox = nights.workspace.inbox
    for number in range(count):
        as_of = START + timedelta(days=number)
        sent = [office.send(number, as_of) for _ in range(chance.choice((0, 1, 1, 2)))]
        for one in sent:
            one.file = write(inbox, one, chance)
        broken = {s.number for s in sent if mishap(inbox, s.file, chance)}
        gone = chance.choice(model.accepted) if model.accepted and chance.random() < 0.1 else None
        if gone:
            said = json.dumps({"withdraws": taken_ids[gone.number]})
            (inbox / f"撤回{number}.manifest.json").write_text(said, encoding="utf-8")
        status = {name: state for name, state, _ in nights.run(as_of)}
        told = told_by(nights)
        if gone and not _outdone(model, gone):
            model.accepted.remove(gone)
        for one in sorted(sent, key=lambda s: s.place):
            expected = model.expects(one, as_of)
            expected = "refused" if one.number in broken and expected != "held" else expected
            assert status[one.file] == expected, (seed, number, one.file, status[one.file], expected)
            if one.number in broken and expected == "refused" and one.coverage == "全量":
                model.partial.add((one.day, number))
            if expected == "accepted":
                model.accepted.append(one)
                taken_ids[one.number] = told[one.file]
        yield number, standing(nights), model.standing()


def _outdone(model: Model, gone: Sent) -> bool:
    """A full snapshot that came after it, of its day or a later one, has the last word."""
    return any(s.coverage == "全量" and s is not gone and s.place > gone.place for s in model.accepted)


def sweep(root: Path, seeds: Sequence[int], count: int) -> None:
    for seed in seeds:
        taken_ids.clear()
        nights = Nights(init_workspace(root / f"ws{seed}", ["zhongshan"]))
        settings = nights.workspace.root / "zhaoren.toml"
        settings.write_text(settings.read_text().replace("shrink_rows = 3", "shrink_rows = 1000"))
        for number, found, expected in play(nights, seed, count):
            assert found == expected, f"seed {seed}, night {number}: {len(found ^ expected)} rows differ"
        nights.con.close()


def test_sixty_nights_of_files_in_disorder(tmp_path: Path) -> None:
    sweep(tmp_path, (1,), 60)


@pytest.mark.slow
def test_two_hundred_nights_of_files_in_disorder(tmp_path: Path) -> None:
    sweep(tmp_path, range(10, 13), 200)
