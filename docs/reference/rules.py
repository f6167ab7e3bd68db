"""docs/rules.md: every pack, its parameters and its rules, and which extract tells a fact."""

import tomllib
from collections.abc import Mapping
from typing import Any

from docs.reference.columns import view_columns
from docs.reference.markdown import code, page, table
from policies.pack import NATIONAL, PACKS, read_pack
from policies.rule import TOPIC_KIND

COLUMNS_LIE = [
    "## Columns a rule may speak of",
    "",
    "Every one with its type, unit, what tells it and what it means: [columns](columns.md).",
    "",
]


def rules() -> str:
    """docs/rules.md: every rule and parameter of every pack, and the columns a rule may speak of."""
    columns = view_columns()
    national = tomllib.loads(NATIONAL.read_text(encoding="utf-8"))
    packs = sorted(p.name for p in PACKS.iterdir() if (p / "pack.toml").is_file())
    intro = [
        "Rules are data: one folder of TOML per place. A rule holds for a person, does not hold, is undetermined (a fact",
        "is missing), or is not in force on the day. Each says its clause, a few quoted words, what it finds, and which",
        "records prove it. How to add one: [CONTRIBUTING](../CONTRIBUTING.md).",
        "",
    ]
    shared = ["## National parameters", "", "Read by every pack.", "", *_parameters(national)]
    return page("Rules", intro, *(_pack(name, columns) for name in packs), shared, _topics(), COLUMNS_LIE)


def _pack(name: str, columns: Mapping[str, str]) -> list[str]:
    read_pack(name, columns)  # a pack that the program would refuse is not documented as if it ran
    data = tomllib.loads((PACKS / name / "pack.toml").read_text(encoding="utf-8"))
    head = data["pack"]
    lines = [f"## {name}", "", f"{head['title']}. {head['document']}.", "",
             f"Status `{head['status']}`, version {head['version']}, in force {_span(head['in_force'])}.", ""]  # fmt: skip
    lines += ["### Parameters", "", *_parameters(data)]
    if conditions := data.get("condition"):
        lines += [
            "### Named conditions",
            "",
            *table(("Name", "Means"), [(code(k), code(v)) for k, v in conditions.items()]),
        ]
    for clause, guard in data.get("guard", {}).items():
        lines += [f"Guard {clause}: {guard['quote']}. The loader refuses a rule of track {guard['track']} that takes away on "
                  f"{' or '.join(code(c) for c in guard['columns'])}.", ""]  # fmt: skip
    lines += ["### Rules", ""]
    for rule_id, rule in data["rule"].items():
        lines += _rule(rule_id, rule)
    return lines


def _rule(rule_id: str, rule: Mapping[str, Any]) -> list[str]:
    finds = rule["finds"]
    outcome = f"{finds['track']} {finds['op']}"
    details = {k: v for k, v in finds.items() if k not in ("track", "op")}
    rows: list[tuple[str, object]] = [
        ("Quote", rule["quote"]),
        ("When", code(rule["when"])),
        ("Finds", f"**{outcome}**: " + ", ".join(f"{k} {code(_plain(v))}" for k, v in details.items())),
        ("Proof", _proof(rule)),
        ("Shows", ", ".join(code(s) for s in rule.get("shows", ()))),
        ("Sentence", rule["sentence"]),
    ]
    rows += [("In force", _span(rule["in_force"]))] if "in_force" in rule else []
    rows += [("Push text", rule["content"])] if "content" in rule else []
    return [f"#### {rule_id}", "", rule["title"], "", *table(("", ""), rows)]


def _proof(rule: Mapping[str, Any]) -> str:
    every = ", ".join(code(p) for p in rule.get("proof", ()))
    some = ", ".join(code(p) for p in rule.get("proof_any", ()))
    beside = ", ".join(code(p) for p in rule.get("beside", ()))
    return "; ".join(filter(None, (every, f"any of {some}" if some else "", f"beside: {beside}" if beside else "")))


def _parameters(data: Mapping[str, Any]) -> list[str]:
    rows = [
        (code(name), _plain(v["is"]), p["unit"], _span(v), v["source"] + (f". {p['note']}" if "note" in p else ""), v["checked"])
        for name, p in data.get("parameter", {}).items()
        for v in p["values"]
    ]  # fmt: skip
    return table(("Parameter", "Value", "Unit", "In force", "Source", "Checked"), rows)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _span(dates: Mapping[str, Any]) -> str:
    return f"from {dates['from']}" + (f" to before {dates['to']}" if "to" in dates else "")


def _topics() -> list[str]:
    rows = [(code(t), f"[`{k}`](extracts.md#{k})") for t, k in TOPIC_KIND.items()]
    return ["## Evidence", "", "What `proof` may name, and the extract its records come from.", "",
            *table(("Topic", "Extract"), rows)]  # fmt: skip
