"""Keys that half the rows share (a phone, a default date, a surname, a village) end under a small memory cap, and the cap
changes nothing in who is linked to whom."""

import csv
import random
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from flows.engines.capped import Capped
from flows.night.beginning import begin
from flows.night.steps import STEPS
from flows.settings.machine import LEAST, Machine
from flows.workspace import Workspace, init_workspace
from ledger import store
from matchers import blocking, other_numbers, person_index
from matchers.names import NameLevel
from matchers.scored import PAIR_BYTES
from sample_data.numbers import identity_numbers
from schemas.stages import LOCAL, Engine
from tests.nightshift import AREA

DAY = date(2024, 6, 29)
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红娥玲芬燕彩兰凤洁梅琳素云莲真环雪荣爱妹香月莺媛"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
SMALL_CAP, NO_CAP = Machine(memory=LEAST).session, 2 << 30  # the least that the settings allow
ALL_PAIRS = 1 << 40


def town(rng: random.Random, people: int) -> dict[str, list[dict[str, str]]]:
    """A roster with numbers, and another of half the people without any: what most of a share of them says is one value."""
    skew = {name: rng.choice((0.0, 0.1, 0.5, 0.9)) for name in ("surname", "born", "phone", "village")}
    skew[rng.choice(sorted(skew))] = 0.5  # never none at all
    births = np.datetime64("1964-01-01") + np.array([rng.randrange(12_000) for _ in range(people)])
    births[np.array([rng.random() < skew["born"] for _ in range(people)])] = np.datetime64("1970-01-01")
    order = np.array([rng.randrange(1, 994) for _ in range(people)])
    numbers = identity_numbers(np.full(people, AREA - 100) + np.arange(people) // 900 % 40, births, order)
    rows = [
        {
            "姓名": (SURNAMES[0] if rng.random() < skew["surname"] else rng.choice(SURNAMES)) + "".join(rng.choices(GIVEN, k=2)),
            "证件号码": number, "性别": "男" if int(number[16]) % 2 else "女", "出生日期": str(born),
            "联系电话": "13900000000" if rng.random() < skew["phone"] else f"1{rng.randrange(3 * 10**9, 10**10)}",
            "镇街": "甲镇", "村居": "一村" if rng.random() < skew["village"] else f"村{rng.randrange(200)}",
        }
        for number, born in zip(numbers, births, strict=True)
    ]  # fmt: skip
    asks = [row | {"证件号码": "", "起领年月": "202401", "止领年月": "202412"} for row in rows[::2]]
    return {"失业登记": [row | {"登记日期": "2024-03-01"} for row in rows], "失业保险待遇": asks}


def drop(workspace: Workspace, label: str, rows: list[dict[str, str]], day: str = "20240629") -> None:
    with (workspace.inbox / f"{label}_{day}_全量.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def linked(root: Path, seed: int, people: int, engine: Engine, memory: int, pairs: int) -> list[tuple[object, ...]]:
    """Every row with whom it was linked to and by what, when the sessions may hold so much."""
    workspace = init_workspace(root, ("neimenggu",))
    for label, rows in town(random.Random(seed), people).items():
        drop(workspace, label, rows)
    with pytest.MonkeyPatch.context() as patch:
        night = begin(workspace, DAY)
        patch.setattr(store.LIMITS, "memory", memory)
        patch.setattr(blocking, "PAIRS_AT_ONCE", pairs)
        night.con.execute(f"set memory_limit = '{memory >> 20}MiB'")
        night.engine = engine
        for _, _, step in STEPS[:3]:
            step(night)
        found = night.con.execute("select * exclude (file_name) from match_log order by delivery_id, row_no").fetchall()
        assert {status for _, status in night.con.execute("select file_name, status from delivery").fetchall()} == {
            "accepted"
        }
        night.close()
    return found


def same_under_a_cap(tmp_path: Path, seed: int, people: int, *, pairs: int) -> None:
    """`pairs`: how many may be held at once; more are told apart and scored in parts."""
    free = linked(tmp_path / "free", seed, people, LOCAL, NO_CAP, ALL_PAIRS)
    capped = linked(tmp_path / "capped", seed, people, Capped(PAIR_BYTES * pairs), SMALL_CAP, pairs)
    told = [tuple(row.values()) for rows in town(random.Random(seed), people).values() for row in rows]
    assert len(free) == len(set(told))  # without a number two rows may say the same word for word
    assert capped == free


@pytest.mark.parametrize("seed", range(1))
def test_a_skewed_key_changes_nothing_under_a_small_cap(tmp_path: Path, seed: int) -> None:
    same_under_a_cap(tmp_path, seed, 2_000, pairs=40_000)  # half a dozen parts


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 51))
def test_fifty_thousand_rows_of_one_key_change_nothing_under_a_small_cap(tmp_path: Path, seed: int) -> None:
    same_under_a_cap(tmp_path, seed, 50_000, pairs=blocking.PAIRS_AT_ONCE)


def test_a_number_that_half_the_rows_share_makes_nobody_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """An office's own number in every line: two thousand names are not laid beside each other."""
    asked: list[str] = []

    def never_near(name: str, group: list[str]) -> bool:
        asked.append(name)
        return False

    monkeypatch.setattr(person_index, "_near", never_near)
    rows = [("110101197001010018", f"张{chr(0x4E00 + n)}", None, 1, False) for n in range(2_000)]
    assert person_index._contested(rows, set()) == ([], [])
    assert len(asked) < 10


def test_of_an_old_number_under_thousands_of_names_only_the_same_name_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    holders = {f"张{chr(0x4E00 + n)}" for n in range(2_000)}
    asked: list[str] = []

    def told_apart(name: str, other: str) -> NameLevel:
        asked.append(other)
        return NameLevel.EQUAL if name == other else NameLevel.CONFLICT

    monkeypatch.setattr(other_numbers, "name_level", told_apart)
    assert other_numbers._whose({"张一"}, {"K"}, {"K": holders}, is_replaced=False) == "K"
    assert other_numbers._whose({"王一"}, {"K"}, {"K": holders}, is_replaced=False) is None
    assert len(asked) < 10


def test_a_key_that_half_the_rows_share_fits_under_a_small_cap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside each other two by two these lines would take gigabytes. The next day's list lacks one and words one anew."""
    workspace = init_workspace(tmp_path, ("neimenggu",))
    told = {"证件号码": "150102197001010015", "登记日期": "2024-03-01"}
    lines = [{"姓名": f"张{chr(0x4E00 + n)}", **told} for n in range(20_000)]
    monkeypatch.setattr(store.LIMITS, "memory", Machine(memory=LEAST).session)
    for rows, day in ((lines, "0629"), ([{"姓名": "张改正", **told}, *lines[2:]], "0630")):
        drop(workspace, "失业登记", rows, f"2024{day}")
    night = begin(workspace, DAY + timedelta(days=1))
    for _, _, step in STEPS[:2]:
        step(night)
    assert night.con.execute("select cause, count(*) from ended group by all").fetchall() == [("replaced", 2)]
    night.close()
