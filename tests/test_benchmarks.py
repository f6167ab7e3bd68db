"""Benchmarks are run by hand and rarely: what they take over from a night must not fall behind it."""

from pathlib import Path

from benchmarks.evaluation import make_city, run_quiet_night
from ledger.seal import require_chain, sealed_runs


def test_a_sealed_city_is_judged_and_sealed_again(tmp_path: Path) -> None:
    workspace = make_city(tmp_path / "city", people=60)
    spent = run_quiet_night(workspace.root, 0, threads=2)
    assert spent["entries"] > 0
    require_chain(workspace.runs)
    assert sealed_runs(workspace.runs) == [1, 2]
