"""A key that too many share is narrowed, bounded and reported; no other key feels it."""

from collections.abc import Iterator, Mapping

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from matchers import blocking
from matchers.blocking import BlockingRule, block

BY_DATE = BlockingRule("same_date", ("born",), ("surname",))


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 2, "python_enable_replacements": False}) as opened:
        yield opened


def fill(
    con: duckdb.DuckDBPyConnection, left: Mapping[str, int | None], right: Mapping[str, int | None], surnames: int
) -> None:
    """So many rows a side of one date; surnames are dealt out in turn, and five dates more have three rows a side."""
    for side, sizes in (("left", left), ("right", right)):
        con.execute(f"create table {side}_record (n bigint, born bigint, surname bigint)")
        for born, size in sizes.items():
            con.execute(
                f"insert into {side}_record select (select count(*) from {side}_record) + i, $born, i % $surnames from range($size) as t(i)",
                {"born": int(born), "surnames": surnames, "size": size},
            )


SMALL = {str(19_800_100 + n): 3 for n in range(5)}


@pytest.mark.parametrize(
    ("left", "right", "surnames", "expected"),
    [
        pytest.param(1, 50_000, 1, 0, id="fifty thousand known people under one date and surname"),
        pytest.param(50_000, 5, 1, 0, id="fifty thousand rows, five people: too many pairs"),
        pytest.param(50_000, 4, 1, 200_000, id="fifty thousand rows, four people: just few enough"),
        pytest.param(1, 50_000, 50, 1_000, id="narrowed by surname"),
        pytest.param(50_000, 50_000, 1, 0, id="both sides"),
    ],
)
def test_a_key_that_fifty_thousand_share_brings_no_more_than_its_bound(
    con: duckdb.DuckDBPyConnection, left: int, right: int, surnames: int, expected: int
) -> None:
    fill(con, {"19700101": left} | SMALL, {"19700101": right} | SMALL, surnames)
    (count,) = block(con, (BY_DATE,))
    small = con.execute(SMALL_PAIRS).fetchall()
    common = right > blocking.MOST_HOLDERS or left * right > blocking.MOST_PAIRS
    assert small == [(5, 9)]
    assert count.pairs - 45 == expected <= blocking.MOST_PAIRS
    assert (count.narrowed, count.too_common) == (int(common), int(common and not expected))


SMALL_PAIRS = """
select count(distinct l.born), count(*) // count(distinct l.born)
from candidate as c inner join left_record as l on l.n = c.l inner join right_record as r on r.n = c.r
where l.born <> 19700101 and l.born = r.born
"""


def test_one_key_brings_no_more_than_its_bound_however_many_surnames_narrow_it(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocking, "MOST_PAIRS", 200)
    fill(con, {"19700101": 500} | SMALL, {"19700101": 500} | SMALL, 50)
    (count,) = block(con, (BY_DATE,))
    assert count.pairs - 45 <= blocking.MOST_PAIRS


ROWS = st.lists(st.tuples(st.sampled_from((None, 1, 2, 3)), st.sampled_from((None, 1, 2))), max_size=14)


@settings(max_examples=25, deadline=None)
@given(ROWS, ROWS)
@example([(2, 1), (2, 1), (2, 2), (2, 2), (2, 2), (2, 2)], [(2, 1), (2, 2), (2, 2)])
def test_blocking_proposes_what_ten_lines_of_python_propose(
    left: list[tuple[int | None, ...]], right: list[tuple[int | None, ...]]
) -> None:
    with pytest.MonkeyPatch.context() as patch, duckdb.connect() as con:
        patch.setattr(blocking, "MOST_HOLDERS", 3)
        patch.setattr(blocking, "MOST_PAIRS", 9)
        for side, rows in (("left", left), ("right", right)):
            con.execute(f"create table {side}_record (n bigint, born bigint, surname bigint)")
            if rows:
                con.executemany(
                    f"insert into {side}_record values (?, ?, ?)", [(n, *row) for n, row in enumerate(rows)]
                )
        (count,) = block(con, (BY_DATE,))
        found = con.execute("select l, r from candidate order by l, r").fetchall()

    def shared(key: tuple[int | None, ...]) -> tuple[int, int]:
        a, b = (sum(row[: len(key)] == key for row in rows) for rows in (left, right))
        return a, b

    def many(key: tuple[int | None, ...]) -> bool:
        a, b = shared(key)
        return (b > 3 and a > 0) or a * b > 9

    def kept(date: int | None) -> list[tuple[int | None, ...]]:
        """Of a common date the rarest surnames that few enough share, until nine pairs are reached."""
        told = {row for row in left if row in right and row[0] == date and row[1] is not None and shared(row)[1] <= 3}
        ranked = sorted((a * b, row) for row in told for a, b in (shared(row),))
        return [row for n, (_, row) in enumerate(ranked, 1) if sum(pairs for pairs, _ in ranked[:n]) <= 9]

    expected = [
        (m, n) for m, a in enumerate(left) for n, b in enumerate(right)
        if a[0] is not None and a[0] == b[0] and (not many(a[:1]) or (a == b and a in kept(a[0])))
    ]  # fmt: skip
    assert (found, count.pairs, count.narrowed) == (expected, len(expected), sum(many((d,)) for d in (1, 2, 3)))
