"""Phones are compared by the number behind what was written; words and rubbish are no number."""

import duckdb
import pytest

from matchers.phones import phone_key


def key_of(written: str | None) -> str | None:
    with duckdb.connect() as con:
        return str(found) if (found := con.execute(f"select {phone_key('$p::varchar')}", {"p": written}).fetchall()[0][0]) else None  # fmt: skip


@pytest.mark.parametrize(
    "written",
    [
        "14200000001", "142 0000 0001", "142-0000-0001", "+86 14200000001", "008614200000001", "14200000001.0", "14200000001（本人）",
        "14200000001、14200000002", "电话：14200000001",
    ],
)  # fmt: skip
def test_a_mobile_is_the_same_however_it_is_written(written: str) -> None:
    assert key_of(written) == "14200000001"


@pytest.mark.parametrize(
    ("written", "key"),
    [("0760-5550001", "07605550001"), ("(0760)5550001", "07605550001"), ("5550001", "5550001"), ("076055500011", "076055500011")],
)  # fmt: skip
def test_a_landline_is_its_digits(written: str, key: str) -> None:
    assert key_of(written) == key


@pytest.mark.parametrize(
    "written", [None, "", "电话", "同上", "12345", "00000000", "00000000000", "11111111111", "1" * 30, "0760555000123"]
)
def test_what_is_no_number_agrees_with_nothing(written: str | None) -> None:
    assert key_of(written) is None
