"""Nights judged twice go on where they stopped, and what a changed program did before does not count."""

from datetime import date
from pathlib import Path

import pytest

from tests import oracle_nights
from tests.oracle_nights import Night, days_of, main, read_done


def test_a_later_call_goes_on_and_a_changed_program_begins_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "oracle.tsv"
    asked = ["--people", "40", "--done", str(kept), "--person-nights"]
    assert main([*asked, "1"]) == main([*asked, "500"]) == 0
    first, second = read_done(kept)
    assert [first.day, second.day] == days_of(0)[:2] == [date(2024, 1, 28), date(2024, 1, 29)]
    assert first.people == second.people > 40
    assert f"{first.people + second.people} person-nights on 2 days, 0 differ" in capsys.readouterr().out
    monkeypatch.setattr(oracle_nights, "program", lambda: "another")
    assert read_done(kept) == []


def test_a_difference_is_told_and_ends_with_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oracle_nights, "judged", lambda place, seed, day: (Night(seed, day, 10, 1), "who and what"))
    assert main(["--people", "40", "--person-nights", "5", "--done", str(tmp_path / "oracle.tsv")]) == 1
