"""What a run commits to of its entries: the lines, made a column at a time, are those that JSON makes of each row."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.entries import canonical_entries

SCHEMA = pa.schema([
    ("entry_id", pa.string()), ("run_no", pa.int64()), ("recorded_at", pa.timestamp("us", "UTC")), ("valid_from", pa.date32()),
    ("needs_decision", pa.bool_()), ("evidence", pa.list_(pa.string())), ("parameters", pa.string()), ("reason", pa.string()),
])  # fmt: skip
TEXT = st.none() | st.text(alphabet=st.sampled_from('明a"\\/\n\t\b\f\r\x00\x1f\x7f\u2028\U0002b740'), max_size=6)
ROW = st.fixed_dictionaries({
    "run_no": st.none() | st.integers(-5, 2**62), "recorded_at": st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    "valid_from": st.none() | st.dates(date(1900, 1, 1)), "needs_decision": st.none() | st.booleans(), "evidence": st.none() | st.lists(TEXT, max_size=3),
    "parameters": TEXT, "reason": TEXT,
})  # fmt: skip


def naive(row: dict[str, Any]) -> str:
    """The line as the program that checks it without us would make it."""
    days = {k: v.isoformat() if isinstance(v, date) else v for k, v in row.items()}
    return json.dumps(days, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@given(st.lists(ROW, max_size=8))
def test_a_line_is_the_json_of_its_row(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]) -> None:
    told = [{"entry_id": f"1-{n}", **row} for n, row in enumerate(rows)]
    assert lines(tmp_path_factory.mktemp("run") / "ledger_entry.parquet", told) == [
        (row["entry_id"], naive(row)) for row in told
    ]


def test_lines_of_more_rows_than_are_read_at_a_time_stay_in_order(tmp_path: Path) -> None:
    told = [
        {"entry_id": f"1-{n}", "run_no": 1, "evidence": [f"r{n}", "r"][: n % 3], "reason": f"第{n}条"}
        for n in range(70_000)
    ]
    read = lines(tmp_path / "ledger_entry.parquet", told)
    assert [json.loads(line)["reason"] for _, line in read] == [row["reason"] for row in told]
    assert [json.loads(line)["evidence"] for _, line in read] == [row["evidence"] for row in told]


def lines(path: Path, rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), path)
    return list(canonical_entries(path))
