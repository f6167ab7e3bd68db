"""Writes docs/coverage.md: every clause of the five documents with its rules, what they post, and the tests that show it.

    python docs/make_coverage.py           write it
    python docs/make_coverage.py --check   say whether it is stale, and end with 1 if it is

Clauses are declared in policies/clauses.toml; rules are found in the packs, tests in tests/test_*.py.
"""

import ast
import importlib
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from docs.make_reference import main  # noqa: E402
from docs.reference.markdown import code, table  # noqa: E402
from policies.pack import PACKS, read_rules  # noqa: E402
from policies.rule import Rule  # noqa: E402
from tests.nightshift import Case  # noqa: E402

COMMAND = ".venv/bin/python docs/make_coverage.py"
MADE = f"<!-- Made by docs/make_coverage.py. Do not edit: change clauses.toml, a pack or a test, then `{COMMAND}`. -->"
CLAUSES = ROOT / "policies" / "clauses.toml"
NUMBERED = re.compile(r"(\d+) ")
MODES = {"A": "the machine decides", "P": "it proposes, a person decides", "S": "it only supports"}


@dataclass(frozen=True)
class Clause:
    """One clause as declared: what it asks, and what serves it beside the rules of its own id."""

    id: str
    pack: str
    mode: str
    asks: str
    also: tuple[str, ...] = ()
    by: str = ""
    tests: tuple[str, ...] = ()
    reason: str = ""


@dataclass
class Shown:
    """The tests that speak of one clause: acceptance scenarios by number, cases per module, functions by name."""

    scenarios: set[int] = field(default_factory=set)
    cases: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    functions: set[str] = field(default_factory=set)


@cache
def declared() -> tuple[Clause, ...]:
    data = tomllib.loads(CLAUSES.read_text(encoding="utf-8"))["clause"]
    return tuple(
        Clause(
            name, c["pack"], c["mode"], c["asks"], tuple(c.get("also", ())), c.get("by", ""), tuple(c.get("tests", ())),
            c.get("reason", ""),
        ) for name, c in data.items()
    )  # fmt: skip


@cache
def packs() -> Mapping[str, Mapping[str, Rule]]:
    """The rules of each built-in pack, by id."""
    return dict(read_rules(p.name) for p in sorted(PACKS.iterdir()) if (p / "pack.toml").is_file())


def rules_of(clause: Clause) -> list[Rule]:
    own = [r for r in packs()[clause.pack].values() if r.clause == clause.id]
    return own + [packs()[clause.pack][name] for name in clause.also]


@cache
def test_functions() -> Mapping[str, str]:
    """The source of every test, by `module::name`."""
    found = {}
    for path in sorted((ROOT / "tests").glob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found[f"{path.stem}::{node.name}"] = ast.get_source_segment(text, node) or ""
    return found


def scenario_cases() -> Iterator[tuple[str, Case]]:
    """Every case of the scenario tests with its module."""
    for path in sorted((ROOT / "tests").glob("test_scenarios_*.py")):
        module = importlib.import_module(f"tests.{path.stem}")
        seen: set[int] = set()
        for value in vars(module).values():
            for case in value if isinstance(value, tuple) else ():
                if isinstance(case, Case) and id(case) not in seen:
                    seen.add(id(case))
                    yield path.stem, case


@cache
def shown() -> Mapping[str, Shown]:
    """The tests by the clause that they speak of."""
    found: dict[str, Shown] = defaultdict(Shown)
    for module, case in scenario_cases():
        told = {line.split()[2] for lines in case.expect.values() for line in lines} | {case.clause}
        for clause in told:
            found[clause].cases[module] += 1
            if numbered := NUMBERED.match(case.id):
                found[clause].scenarios.add(int(numbered[1]))
    for name, source in test_functions().items():
        for clause in set(re.findall(r"(?<![\w.])(?:ZS|SD|JN|XY|NM)-[0-9A-Z][\w.]*", source)):
            found[clause.rstrip(".")].functions.add(name)
    return found


def scenarios() -> set[int]:
    """The numbers of all acceptance scenarios that a case or a test is named by."""
    numbers = {int(n[1]) for _, case in scenario_cases() if (n := NUMBERED.match(case.id))}
    return numbers | {int(n[1]) for name in test_functions() if (n := re.search(r"::test_(\d+)_", name))}


def faults(clauses: Sequence[Clause]) -> list[str]:
    """What the declaration lacks or says wrongly, one sentence each."""
    known = {(c.pack, c.id) for c in clauses}
    told = [
        f"{pack}: rule {rule.id} belongs to no declared clause"
        for pack, rules in packs().items()
        for rule in rules.values()
        if (pack, rule.clause) not in known
    ]
    for clause in clauses:
        strange = [name for name in clause.also if name not in packs()[clause.pack]]
        told += [f"{clause.id}: no rule {name}" for name in strange]
        told += [f"{clause.id}: no test {name}" for name in clause.tests if name not in test_functions()]
        if clause.mode not in MODES or strange:
            told += [f"{clause.id}: mode {clause.mode}"] if clause.mode not in MODES else []
            continue
        rules = rules_of(clause)
        if clause.mode == "S":
            told += [] if rules or clause.by else [f"{clause.id}: nothing serves it"]
        elif not (rules or (clause.by and clause.tests) or clause.reason):
            told += [f"{clause.id}: neither rule nor reason"]
        if clause.reason and rules:
            told += [f"{clause.id}: a reason beside rules"]
        told += [f"{clause.id}: rule {r.id} has no test" for r in rules if not is_tested(r)]
    return told


def is_tested(rule: Rule) -> bool:
    """Whether any test speaks of the rule's clause."""
    told = shown().get(rule.clause, Shown())
    return bool(told.cases or told.functions)


def coverage() -> str:
    """docs/coverage.md."""
    lines = ["# Clauses", "", MADE, ""]
    lines += [
        "Every clause of the five documents: the rules that put it in force, what they post, and the tests that show it. Scenarios",
        "are the acceptance scenarios by number; cases are played through whole nights. A clause without a rule says what else",
        "serves it, or why nothing does. Words of the documents: [rules](rules.md).",
        "",
        "Mode: " + "; ".join(f"**{m}** {words}" for m, words in MODES.items()) + ".",
        "",
        *table(("Document", "Clauses", "With rules", "Served otherwise", "With a reason only"), _counts()),
    ]
    for pack in dict.fromkeys(c.pack for c in declared()):
        rows = [_row(c) for c in declared() if c.pack == pack]
        lines += [
            f"## {pack}",
            "",
            *table(("Clause", "Mode", "Asks for", "Rules", "Posts", "Tests, or why none"), rows),
        ]
    lines += ["## Not done, and why", "", *table(("Clause", "Mode", "Reason"), [(c.id, c.mode, c.reason) for c in declared() if c.reason])]  # fmt: skip
    return "\n".join(lines).rstrip() + "\n"


def _counts() -> list[tuple[object, ...]]:
    found = []
    for pack in dict.fromkeys(c.pack for c in declared()):
        own = [c for c in declared() if c.pack == pack]
        ruled = sum(bool(rules_of(c)) for c in own)
        bare = sum(bool(c.reason) for c in own)
        found.append((pack, len(own), ruled, len(own) - ruled - bare, bare))
    return found


def _row(clause: Clause) -> tuple[object, ...]:
    rules = rules_of(clause)
    posts = "; ".join(dict.fromkeys(_posts(r) for r in rules))
    said = "; ".join(filter(None, (clause.by, clause.reason, _tests(clause))))
    return clause.id, clause.mode, clause.asks, ", ".join(code(r.id) for r in rules), posts, said


def _posts(rule: Rule) -> str:
    to = rule.finds.get("list")
    return f"{rule.finds['track']} {rule.finds['op']}" + (f" → {to}" if to else "")


def _tests(clause: Clause) -> str:
    found = [shown().get(c, Shown()) for c in dict.fromkeys((clause.id, *(r.clause for r in rules_of(clause))))]
    numbers = sorted(set().union(*(s.scenarios for s in found)))
    cases: dict[str, int] = defaultdict(int)
    for one in found:
        for module, count in one.cases.items():
            cases[module] += count
    names = sorted(set(clause.tests).union(*(s.functions for s in found)))
    parts = [f"scenarios {', '.join(map(str, numbers))}"] if numbers else []
    parts += [f"{n} cases in {module}" if n > 1 else f"1 case in {module}" for module, n in sorted(cases.items())]
    return "; ".join([*parts, *names])


PAGES = {"coverage.md": coverage}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], PAGES, COMMAND))
