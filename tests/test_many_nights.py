"""Files late, again, partial, corrected, damaged, drifted, malicious and taken back, in pairs on one night, against a model
that only knows this: what stands is what the accepted deliveries say, told in the order of their dates. All rows are
invented."""

import json
import random
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import combinations_with_replacement, groupby
from pathlib import Path
from unittest.mock import patch

import pytest

from flows.workspace import init_workspace
from intake.reader_words import refusal
from tests.file_mishaps import EVENTS, HISTORY, Row, Sent, key_of
from tests.light_nights import Nights

KIND = "insurance_stop"
REASONS = ("合同期满", "单位解除", "个人辞职", "退休")
START = date(2024, 1, 1)
FEWER_ROWS, FEWER_SHARE = 3, 0.5  # the settings' own band
PAIRS = list(combinations_with_replacement([*EVENTS, *HISTORY], 2))


@dataclass
class Model:
    """What the source has said, and what follows. `told` is the fold's list, `kept` all accepted files not taken back."""

    told: list[Sent] = field(default_factory=list)
    kept: list[Sent] = field(default_factory=list)
    partial: set[tuple[date, int]] = field(default_factory=set)
    source: tuple[date, int] | None = None  # the newest full snapshot's date and rows

    def repeated(self, sent: Sent, files: Sequence[Sent], as_of: date) -> str | None:
        """`duplicate` for known content that says nothing; it may say that nothing has changed."""
        before = [k for k in self.kept if k.content == sent.content]
        if not before:
            return None
        last = max(k.day for k in before)
        if sent.coverage == "增量" or sent.day <= last:
            return "duplicate"
        others = [o for o in (*self.kept, *files) if o.content != sent.content and last <= o.day <= sent.day]
        if others or any(k.coverage == "增量" for k in before):
            return None
        if self.source and sent.day <= as_of:
            self.source = (max(sent.day, self.source[0]), self.source[1])
        return "duplicate"

    def take_in(self, group: Sequence[Sent]) -> str:
        """The verdict on one snapshot, or one delta."""
        first, rows = group[0], sum(len(s.rows) + s.bad for s in group)
        if self.source and first.day < self.source[0]:
            return "refused"
        if first.coverage == "全量":
            before = self.source[1] if self.source else rows
            if before - rows >= FEWER_ROWS and before - rows > before * FEWER_SHARE:
                return "held"
            self.source = (first.day, rows)
        self.told += group
        self.kept += group
        return "accepted"

    def take_back(self, content: int) -> None:
        gone = [k for k in self.kept if k.content == content]
        self.kept = [k for k in self.kept if k.content != content]
        self.told = [t for t in self.told if t.content != content or self._outdone(t)]
        full = [k for k in self.kept if k.coverage == "全量"]
        newest = max((k.day for k in gone if k.coverage == "全量"), default=None)
        if newest and newest >= max((k.day for k in full), default=newest):
            last = max(((k.day, k.night) for k in full), default=None)
            rows = sum(len(k.rows) + k.bad for k in full if (k.day, k.night) == last)
            self.source = (last[0], rows) if last else None

    def _outdone(self, gone: Sent) -> bool:
        """A full snapshot that came after it has the last word."""
        return any(s.coverage == "全量" and s.content != gone.content and s.place > gone.place for s in self.told)

    def standing(self) -> set[Row]:
        """The fold, snapshot by snapshot in the order of their dates."""
        rows: set[Row] = set()
        for whole, told in self.snapshots():
            keys = {key_of(r) for r in told - rows}
            rows = told if whole else {r for r in rows if key_of(r) not in keys} | told
        return rows

    def snapshots(self) -> Iterator[tuple[bool, set[Row]]]:
        """Full files of one day and night are one snapshot, and only a whole one ends what it lacks."""
        for (day, night, is_delta, _), group in groupby(sorted(self.told, key=lambda s: s.place), key=snapshot_of):
            yield not is_delta and (day, night) not in self.partial, {r for s in group for r in s.rows}


def snapshot_of(sent: Sent) -> tuple[date, int, bool, str]:
    return (*sent.place[:3], sent.name if sent.coverage == "增量" else "")


class Office:
    """Invents rows and files; every file's content is its own, so that nothing is a duplicate by accident."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.made = 0

    def rows(self, count: int) -> tuple[Row, ...]:
        made = {}
        for who in (self.chance.randrange(12) for _ in range(count)):
            name, number = f"人{'甲乙丙丁戊己庚辛壬癸子丑'[who]}", f"4420001990{who + 1:02d}01123{who % 10}"
            row = (name, number, f"2023-01-{who + 1:02d}", self.chance.choice(REASONS), "", "")
            made[key_of(row)] = row
        return tuple(made.values())

    def send(self, event: str, night: int, as_of: date, model: Model) -> Sent:
        """The file of one event; where it needs what came before and nothing did, a plain one."""
        self.made += 1
        coverage = self.chance.choice(("全量", "增量", "增量"))
        sent = Sent(as_of, coverage, self.rows(self.chance.randrange(1, 12)), self.made, night, content=self.made)
        if event == "corrected" and model.source:
            return replace(sent, day=model.source[0], coverage="全量")
        if event.startswith("again") and (before := [k for k in model.kept if k.suffix != "xlsx"]):
            old = self.chance.choice(before)
            return replace(old, day=as_of if "newer" in event else old.day, number=self.made, night=night)
        return EVENTS[event](sent, self.chance) if event in EVENTS else sent


def standing(nights: Nights) -> set[Row]:
    columns = "name, id_number, stop_date::varchar, stop_reason, if(withdrawn, '是', ''), extra"
    rows = nights.con.sql(f"select {columns} from store.standing_{KIND}").fetchall()
    found = [(*row, json.loads(extra)["经办科室"]) for *row, extra in rows]
    assert len(found) == len(set(found)), "a row stands twice"
    return set(found)


def told_by(nights: Nights) -> dict[str, str]:
    """The delivery that each of tonight's files became."""
    rows = nights.con.sql("select file_name, delivery_id, rows, accepted, quarantined from delivery").fetchall()
    aside = dict(nights.con.sql("select delivery_id, count(*) from quarantine group by all").fetchall())
    assert all(n == a + q and q == aside.get(sha, 0) for _, sha, n, a, q in rows)
    return {name: sha for name, sha, *_ in rows}


def verdicts(model: Model, files: Sequence[Sent], as_of: date) -> dict[str, str]:
    """What becomes of each file; the model takes in what is accepted."""
    found = {f.name: v for f in files if (v := model.repeated(f, files, as_of))}
    rest = [f for f in files if f.name not in found]
    found |= {f.name: f.expected for f in rest if f.expected}
    model.partial |= {(f.day, f.night) for f in rest if f.expected and f.coverage == "全量"}
    good = sorted((f for f in rest if not f.expected), key=lambda s: s.place)
    for _, group in groupby(good, key=snapshot_of):
        members = list(group)
        verdict = model.take_in(members)
        found |= {f.name: verdict for f in members}
    return found


def play(nights: Nights, seed: int, pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[int, set[Row], set[Row]]]:
    """Night after night: what stands, and what should."""
    office, model, ids = Office(seed), Model(), dict[int, str]()
    inbox = nights.workspace.inbox
    for number, pair in enumerate(pairs):
        as_of = START + timedelta(days=number)
        files = [office.send(event, number, as_of, model) for event in pair]
        files = list({f.content: f for f in files}.values())
        for one in files:
            one.write(inbox)
        before = [k for k in model.kept if k.content not in {f.content for f in files}]
        gone = office.chance.choice(before).content if before and "a file taken back" in pair else None
        if gone is not None:
            (inbox / f"撤回{number}.manifest.json").write_text(json.dumps({"withdraws": ids[gone]}), encoding="utf-8")
        broken = patch("intake.books.spreadsheet.read_in_child", side_effect=refusal("missing_dependency", package="python-calamine"))  # fmt: skip
        with broken if "no reader" in pair else nullcontext():
            status = {name: state for name, state, _ in nights.run(as_of)}
        if "no reader" in pair:
            files = [replace(f, expected=f.expected or "refused") if f.suffix == "xlsx" else f for f in files]
        told = told_by(nights)
        ids |= {f.content: told[f.seen_as] for f in files}
        if gone is not None:
            model.take_back(gone)
        expected = verdicts(model, files, as_of)
        assert {f.name: status[f.seen_as] for f in files} == expected, (seed, number, pair)
        yield number, standing(nights), model.standing()


def sweep(root: Path, seeds: Sequence[int], count: int) -> None:
    for seed in seeds:
        pairs = random.Random(seed).sample(PAIRS, len(PAIRS))[:count]
        nights = Nights(init_workspace(root / f"ws{seed}", ["zhongshan"]))
        for number, found, expected in play(nights, seed, pairs):
            assert found == expected, (
                f"seed {seed}, night {number}, {pairs[number]}: {len(found ^ expected)} rows differ"
            )
        nights.con.close()


def test_forty_nights_of_pairs_of_events(tmp_path: Path) -> None:
    sweep(tmp_path, (1,), 40)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 13))
def test_every_pair_of_events_on_some_night(seed: int, tmp_path: Path) -> None:
    assert len(PAIRS) >= 200
    sweep(tmp_path, (seed,), len(PAIRS))
