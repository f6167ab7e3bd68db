"""docs/change-a-rule.md, followed word for word: its edits fit the files, its commands run, and what it promises happens."""

import re
import shlex
from pathlib import Path

import openpyxl
import pytest

from policies.pack import PACKS
from tests.rough_files import ROOT, few_sample_files, zhaoren_here
from tests.test_docs import RUN_BLOCK

PAGE = (ROOT / "docs" / "change-a-rule.md").read_text(encoding="utf-8")
EDIT = re.compile(r"```toml\n(.*?)\n```\n[^`]*?```toml\n(.*?)\n```", re.DOTALL)
TOLD = "> ✗ "


def run(line: str, office: Path, folder: Path) -> str:
    """One shown command, as if started beside the workspace; what it prints."""
    words = shlex.split(line, comments=True)
    put = [str(office.parent / w) if w.startswith("office") else str(folder / w) if w.endswith(".xlsx") else w for w in words]  # fmt: skip
    if put[0] == "mkdir":
        Path(put[-1]).mkdir(parents=True)
    elif put[0] == "cp":
        Path(put[2]).write_bytes((ROOT / put[1]).read_bytes())
    else:
        assert put[0] == "zhaoren"
        done = zhaoren_here(*put[1:])
        assert done.returncode == 0, f"{line}: {done.stdout} {done.stderr}"
        return str(done.stdout)
    return ""


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The workspace after the whole page, and what each command said. Edits are made where the page shows them."""
    folder = tmp_path_factory.mktemp("change")
    office = folder / "office"
    assert zhaoren_here("init", office, "--pack", "zhongshan,neimenggu").returncode == 0
    few_sample_files(folder)
    for file in (folder / "sample_data" / "small" / "night-1").iterdir():
        (office / "inbox" / file.name).write_bytes(file.read_bytes())
    assert zhaoren_here("run", office, "--as-of", "2024-06-29").returncode in (0, 3)
    said: dict[str, str] = {}
    steps = sorted([*RUN_BLOCK.finditer(PAGE), *EDIT.finditer(PAGE)], key=lambda m: m.start())
    for step in steps:
        if step.re is EDIT:
            old, new = step.groups()
            place = office / ("zhaoren.toml" if old.startswith("packs") else "packs/zhongshan/pack.toml")
            text = place.read_text(encoding="utf-8")
            assert text.count(old) == 1, old
            place.write_text(text.replace(old, new), encoding="utf-8")
        else:
            said |= {line: run(line, office, folder) for line in step.group(1).splitlines()}
    return office, said


def test_every_step_is_shown_in_its_order() -> None:
    assert len(EDIT.findall(PAGE)) == 3 and len(RUN_BLOCK.findall(PAGE)) == 5
    assert [n for n in re.findall(r"^## (\d)", PAGE, re.MULTILINE)] == ["1", "2", "3", "4", "5"]


def test_the_check_names_the_days_of_change(followed: tuple[Path, dict[str, str]]) -> None:
    said = followed[1]["zhaoren doctor office --pack office/packs/zhongshan"]
    assert "2024-07-31、2024-08-01" in said and "无空档" in said


def test_the_refusal_that_the_page_shows_is_the_one_that_is_given(followed: tuple[Path, dict[str, str]], tmp_path: Path) -> None:  # fmt: skip
    text = (followed[0] / "packs" / "zhongshan" / "pack.toml").read_text(encoding="utf-8")
    (tmp_path / "pack.toml").write_text(text.replace(", to = 2024-08-01", ""), encoding="utf-8")
    done = zhaoren_here("doctor", followed[0], "--pack", tmp_path)
    (shown,) = [line.removeprefix("> ") for line in PAGE.splitlines() if line.startswith(TOLD)]
    assert done.returncode == 1 and done.stdout.strip() == shown.replace("…", str(tmp_path / "pack.toml"))


def test_the_impact_is_shown_before_and_comes_true_on_the_day(followed: tuple[Path, dict[str, str]]) -> None:
    office, said = followed
    (told,) = [text for line, text in said.items() if "--out effect.xlsx" in line]
    assert "参数 min_age 由 40 改为 45" in told
    foretold = set(re.findall(r"改变 (P\d{9}) zhongshan ZS-3.1 ADD → REVIEW", told))
    book = openpyxl.load_workbook(office.parent / "effect.xlsx")
    rows = list(book["逐人变化"].iter_rows(min_row=2, values_only=True))
    # Lines of the ledger stand before tasks, so the people who are told of are among those whom the pack treats otherwise.
    assert foretold and foretold <= {row[1] for row in rows if row[0] == "改变"}
    report = openpyxl.load_workbook(office / "runs" / "000003" / "workbooks" / "台账增量.xlsx")
    posted = [row for row in report["待核查 REVIEW"].iter_rows(values_only=True) if "政策变动" in str(row)]
    # Whoever turns forty before August is lost to a night in August, and was let in by one in July.
    assert posted and {row[1] for row in posted} == {row[1] for row in rows if row[0] in ("改变", "失去")}


def test_each_night_says_what_changed(followed: tuple[Path, dict[str, str]]) -> None:
    for run_no, says in ((2, "版本由 2026.11 改为 2024.08"), (3, "参数 min_age 由 40 改为 45")):
        book = openpyxl.load_workbook(followed[0] / "runs" / f"{run_no:06d}" / "workbooks" / "运行报告.xlsx")
        rows = [row for row in book["概况"].iter_rows(values_only=True) if row[0] == "zhongshan"]
        assert any(says in str(row) for row in rows)


def test_the_built_in_pack_is_untouched() -> None:
    assert "is = 45" not in (PACKS / "zhongshan" / "pack.toml").read_text(encoding="utf-8")
