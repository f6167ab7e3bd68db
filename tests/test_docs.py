"""What the documents say is what the program does: reference pages fresh, nothing left out, commands run, links lead
somewhere."""

import os
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from typer.main import get_group
from typer.testing import CliRunner

from docs import make_coverage, make_states
from docs.make_reference import PAGES, stale
from docs.reference.workbooks import BOOKS
from flows.cli import app
from flows.settings.read import Settings
from policies.pack import PACKS, read_rules
from schemas.extracts import LAYOUTS
from schemas.journal import INTERNAL
from schemas.modelling import describe
from schemas.tables import PUBLISHED
from tests.rough_files import few_sample_files

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
SKIPPED = {".venv", "build", "dist", ".pytest_cache", ".hypothesis", ".git"}
PAPERS = sorted(p for p in ROOT.rglob("*.md") if not SKIPPED & set(p.relative_to(ROOT).parts))
DECISIONS = sorted((DOCS / "decisions").glob("*.md"))
COMMANDS = sorted(get_group(app).commands)
RUN_BLOCK = re.compile(r"<!--[^>]*-->\n```sh\n(.*?)```", re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
MAX_IMAGE = 200_000


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def shown_commands(readme: Path) -> list[list[list[str]]]:
    """The commands of each block that is marked to be run, without their comments."""
    blocks = [block.splitlines() for block in RUN_BLOCK.findall(text_of(readme))]
    return [[shlex.split(line, comments=True) for line in block if line.strip()] for block in blocks]


def anchors(path: Path) -> set[str]:
    """What a heading may be linked by: its words in small letters, joined by hyphens."""
    headings = re.findall(r"^#+ (.+)$", text_of(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def test_reference_pages_say_what_the_program_says() -> None:
    assert stale() == [], "run .venv/bin/python docs/make_reference.py"


@pytest.mark.parametrize("maker", [make_coverage, make_states], ids=lambda m: m.__name__.split(".")[-1])
def test_clauses_and_states_say_what_packs_tests_and_decisions_say(maker: ModuleType) -> None:
    assert stale(maker.PAGES) == [], f"run {maker.COMMAND}"
    assert [(r.name, page) for r in READMES for page in maker.PAGES if f"docs/{page}" not in text_of(r)] == []


@pytest.mark.parametrize("kind", LAYOUTS)
def test_every_extract_is_described(kind: str) -> None:
    page = text_of(DOCS / "extracts.md")
    assert f"\n## {kind}\n" in page
    assert all(f"`{c.field}`" in page and c.header in page for c in LAYOUTS[kind].columns)


def test_every_table_is_described() -> None:
    page = text_of(DOCS / "tables.md")
    missing = [describe(m).name for m in (*PUBLISHED, *INTERNAL) if f"\n### {describe(m).name}\n" not in page]
    assert missing == []


@pytest.mark.parametrize("pack", sorted(p.parent.name for p in PACKS.glob("*/pack.toml")))
def test_every_rule_is_described_with_its_words(pack: str) -> None:
    page = text_of(DOCS / "rules.md")
    _, rules = read_rules(pack)
    assert [i for i, r in rules.items() if f"\n#### {i}\n" not in page or r.quote not in page] == []
    assert all(f"`{pack}`" in text_of(readme) for readme in READMES)


def test_every_sheet_is_described() -> None:
    page = text_of(DOCS / "workbooks.md")
    assert [s.name for _, _, sheets in BOOKS for s in sheets if f"| {s.name} |" not in page] == []


@pytest.mark.parametrize("readme", READMES, ids=lambda p: p.name)
def test_every_command_is_listed(readme: Path) -> None:
    assert [c for c in COMMANDS if f"| `zhaoren {c} " not in text_of(readme)] == []


@pytest.mark.parametrize("paper", PAPERS, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_paper_shows_a_command_that_does_not_exist(paper: Path) -> None:
    shown = set(re.findall(r"`zhaoren ([a-z]+)", text_of(paper))) | set(
        re.findall(r"^zhaoren ([a-z]+)", text_of(paper), re.M)
    )
    assert sorted(shown - set(COMMANDS)) == []


@pytest.mark.parametrize("readme", READMES, ids=lambda p: p.name)
def test_readme_numbers_are_the_programs(readme: Path) -> None:
    said = text_of(readme)
    assert re.search(rf"\b{Settings(('x',)).rows_per_sheet}\b", said)
    assert f"{len(LAYOUTS)} of 32" in said or f"32 类中的 {len(LAYOUTS)} 类" in said


def test_both_readmes_show_the_same_commands() -> None:
    english, chinese = map(shown_commands, READMES)
    assert english == chinese and [len(b) > 1 for b in english] == [True, True]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder like a fresh clone with less of the sample, with no Prefect configured; the environment is as before afterwards."""
    folder, before = tmp_path_factory.mktemp("desk"), dict(os.environ)
    few_sample_files(folder)
    os.environ.pop("PREFECT_API_URL", None)
    os.environ["PREFECT_HOME"] = str(folder / "prefect")
    there = Path.cwd()
    os.chdir(folder)
    yield folder
    os.chdir(there)
    os.environ.clear()
    os.environ.update(before)


def run_line(words: list[str], *, demo: str) -> str:
    """Run one shown command in the current folder; what it prints. Reads `demo` where the line says build/demo."""
    words = [demo if w == "build/demo" else w for w in words]
    if words[0] == "cp":
        for path in Path().glob(words[1]):
            shutil.copyfile(path, Path(words[2]) / path.name)
        return "copied"
    assert words[0] == "zhaoren"
    result = CliRunner().invoke(app, words[1:])
    assert result.exit_code == 0, f"{' '.join(words)}: {result.output} {result.exception}"
    return str(result.output)


def test_the_commands_that_the_readme_shows_run(desk: Path) -> None:
    look, own = shown_commands(READMES[0])
    for words in own:
        assert run_line(words, demo="office"), words
    assert (desk / "office" / "runs" / "000001" / "workbooks" / "台账增量.xlsx").is_file()
    for words in look:
        assert run_line(words, demo="office"), words


@pytest.mark.parametrize("paper", PAPERS, ids=lambda p: str(p.relative_to(ROOT)))
def test_relative_links_lead_somewhere(paper: Path) -> None:
    broken = []
    for target in LINK.findall(re.sub(r"```.*?```", "", text_of(paper), flags=re.DOTALL)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = (paper.parent / name).resolve() if name else paper
        if not there.exists() or (anchor and there.suffix == ".md" and anchor not in anchors(there)):
            broken.append(target)
    assert broken == []


def test_pictures_are_small() -> None:
    assert [p.name for p in (DOCS / "images").iterdir() if p.stat().st_size > MAX_IMAGE] == []


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda p: p.stem)
def test_a_decision_has_its_parts(decision: Path) -> None:
    said = text_of(decision)
    assert said.startswith(f"# {decision.name[:4]}. ")
    assert [h for h in ("Context", "Choice", "Rejected", "Price") if f"\n## {h}\n" not in said] == []


def test_reference_pages_are_linked_from_the_readmes() -> None:
    assert [n for n in PAGES for r in READMES if f"docs/{n}" not in text_of(r)] == []
