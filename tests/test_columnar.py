"""Parquet is read as the same rows in CSV would be, whatever types its writer gave it."""

import io
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from intake.read import Habits, read_cells
from intake.typed import type_rows
from schemas.errors import DeliveryRefused
from schemas.extracts import LAYOUTS

LAYOUT = LAYOUTS["insurance_stop"]
NAMES = ["甲一", "乙二", None]


def written(**columns: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"姓名": pa.array(NAMES), "证件号码": pa.array(["1", "2", "3"])} | columns), out)
    return out.getvalue()


@pytest.mark.parametrize(
    "days",
    [
        pytest.param(pa.array([date(2024, 3, 1), date(2024, 3, 31), None]), id="dates"),
        pytest.param(pa.array([datetime(2024, 3, 1), datetime(2024, 3, 31), None], pa.timestamp("ns")), id="moments"),
        pytest.param(pa.array(["2024-03-01", "20240331", None]), id="texts"),
        pytest.param(pa.array([20240301, 20240331, None], pa.int64()), id="numbers"),
        pytest.param(pa.array(["20240301", "20240331", None]).dictionary_encode(), id="coded texts"),
    ],
)
def test_a_date_is_read_from_whatever_it_was_written_as(days: pa.Array) -> None:
    (raw,) = read_cells(written(停保日期=days), LAYOUT, Habits(), [])
    typed = type_rows(raw, LAYOUT, pa.array([1, 2, 3]))
    assert typed.rows["stop_date"].to_pylist() == [date(2024, 3, 1), date(2024, 3, 31)]
    assert [(f.row_no, f.check) for f in typed.faults] == [(3, "required")]


def test_other_types_become_the_text_of_a_csv() -> None:
    told = written(
        停保日期=pa.array(["2024-03-01"] * 3), 撤销标志=pa.array([True, False, None]),
        备注=pa.array([Decimal("1.50"), Decimal("2.00"), None], pa.decimal128(9, 2)),
    )  # fmt: skip
    (raw,) = read_cells(told, LAYOUT, Habits(), [])
    place = raw.binding.fields["withdrawn"]
    assert raw.cells[f"c{place}"].to_pylist() == ["是", "否", ""]
    assert raw.cells["c4"].to_pylist() == ["1.50", "2.00", ""]
    assert raw.encoding == "parquet"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(written(停保日期=pa.array(["2024-03-01"] * 3))[:-9], "damaged_parquet", id="cut short"),
        pytest.param(b"PAR1" + bytes(64), "damaged_parquet", id="no such file"),
        pytest.param(written(停保日期=pa.array([["2024"]] * 3)), "nested_column", id="a list in a cell"),
        pytest.param(written(), "missing_column", id="a column that must be there is not"),
    ],
)
def test_what_is_no_plain_table_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        read_cells(data, LAYOUT, Habits(), [])
    assert refused.value.code == code
