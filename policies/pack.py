"""Packs read from TOML and checked: every rule has its clause, quotation, dates, predicate and sentence, and speaks
only the documented columns of the wide view.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from schemas.errors import PolicyError
from schemas.tables import OPS, TRACKS

PACKS = Path(__file__).parent / "packs"
NATIONAL = Path(__file__).parent / "national.toml"
ADVERSE = frozenset({"PROP_EXIT", "PROP_DEREG", "FLAG_REEMP"})
FUNCTIONS = frozenset({"list_has_any", "coalesce", "concat", "date_trunc", "months_after", "if", "least", "greatest"})
WORDS = frozenset(
    {
        "and",
        "or",
        "not",
        "is",
        "null",
        "true",
        "false",
        "distinct",
        "from",
        "in",
        "between",
        "case",
        "when",
        "then",
        "else",
        "end",
    }
)


TOPIC_KIND = {
    "registration": "unemployment_registration", "stop": "insurance_stop", "hired": "insurance_active",
    "flexible": "insurance_active", "benefit": "unemployment_benefit", "benefit_ended": "unemployment_benefit",
    "aid": "low_income", "certificate": "disability_certificate", "licence": "market_entity",
    "licence_weak": "market_entity", "shop": "market_entity", "firm": "market_entity", "licence_ended": "market_entity", "pension": "pension", "death": "death",
    "service": "service_log",
}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """One clause as data. `id` is `CLAUSE` or `CLAUSE:part`; the other fields are the pack's own words."""

    id: str
    title: str
    quote: str
    when: str
    finds: Mapping[str, Any]
    proof: tuple[str, ...]
    proof_any: tuple[str, ...]
    shows: tuple[str, ...]
    sentence: str
    content: str | None
    in_force: Mapping[str, date]

    @property
    def clause(self) -> str:
        return self.id.split(":")[0]

    @property
    def kinds(self) -> frozenset[str]:
        """The extract kinds its evidence comes from."""
        return frozenset(TOPIC_KIND[t] for t in (*self.proof, *self.proof_any))

    @property
    def is_adverse(self) -> bool:
        return self.finds["op"] in ADVERSE

    def is_in_force(self, day: date) -> bool:
        return self.in_force["from"] <= day < self.in_force.get("to", date.max)


@dataclass(frozen=True)
class Pack:
    """One place's policy. `parameters` are dated; `parameter_values(day)` gives those in force."""

    code: str
    title: str
    document: str
    status: str
    version: str
    rules: tuple[Rule, ...]
    parameters: Mapping[str, tuple[Mapping[str, Any], ...]]

    def parameter_values(self, day: date) -> dict[str, Any]:
        return values_on(self.parameters, day, self.code)


def values_on(parameters: Mapping[str, tuple[Mapping[str, Any], ...]], day: date, owner: str) -> dict[str, Any]:
    """The one value of each parameter on a day. Raises: PolicyError unless exactly one version is in force."""
    found = {}
    for name, versions in parameters.items():
        fitting = [v["is"] for v in versions if v["from"] <= day < v.get("to", date.max)]
        if len(fitting) != 1:
            raise PolicyError(
                f"政策包 {owner} 的参数 {name} 在 {day} 有 {len(fitting)} 个有效值，应恰为 1 个；请检查 pack.toml。"
            )
        found[name] = fitting[0]
    return found


def find_pack(name: str) -> Path:
    """Where a pack's file lies: a built-in code, or a path to a folder or file. Raises: PolicyError."""
    for path in (PACKS / name / "pack.toml", Path(name) / "pack.toml", Path(name)):
        if path.is_file():
            return path
    known = "、".join(sorted(p.name for p in PACKS.iterdir() if (p / "pack.toml").is_file()))
    raise PolicyError(f"找不到政策包「{name}」；内置的有：{known}，也可以写自己政策包的文件夹路径。")


def read_national() -> dict[str, tuple[Mapping[str, Any], ...]]:
    return _parameters(tomllib.loads(NATIONAL.read_text(encoding="utf-8")))


def read_pack(name: str, columns: Iterable[str]) -> Pack:
    """The pack, checked against the wide view's `columns`. Raises: PolicyError, naming rule and fault."""
    data, rules = _load(name)
    parameters = _parameters(data)
    known = set(columns) | set(parameters)
    for rule in rules.values():
        _check(rule, known, data.get("guard", {}))
    head = data["pack"]
    return Pack(
        head["code"],
        head["title"],
        head["document"],
        head["status"],
        head["version"],
        tuple(rules.values()),
        parameters,
    )


def read_rules(name: str) -> tuple[str, dict[str, Rule]]:
    """A pack's code and its rules by id, unchecked: for showing what a rule says."""
    data, rules = _load(name)
    return data["pack"]["code"], rules


def _load(name: str) -> tuple[dict[str, Any], dict[str, Rule]]:
    path = find_pack(name)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        head, conditions = data["pack"], data.get("condition", {})
        named = [head[k] for k in ("code", "title", "document", "status", "version")]
        assert all(isinstance(n, str) for n in named)
        return data, {i: _rule(i, r, conditions, head["in_force"]) for i, r in data["rule"].items()}
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AssertionError) as error:
        raise PolicyError(
            f"政策包 {path.parent.name} 读不懂：缺少或写错 {error}；请对照内置政策包检查 pack.toml。"
        ) from None


def _parameters(data: Mapping[str, Any]) -> dict[str, tuple[Mapping[str, Any], ...]]:
    return {name: tuple(p["values"]) for name, p in data.get("parameter", {}).items()}


def _rule(rule_id: str, data: Mapping[str, Any], conditions: Mapping[str, str], in_force: Mapping[str, date]) -> Rule:
    when = data["when"]
    for name, text in conditions.items():
        when = re.sub(rf"\b{name}\b", f"({text})", when)
    return Rule(
        rule_id, data["title"], data["quote"], when, data["finds"], tuple(data.get("proof", ())),
        tuple(data.get("proof_any", ())), tuple(data.get("shows", ())), data["sentence"],
        data.get("content"), data.get("in_force", in_force),
    )  # fmt: skip


def _check(rule: Rule, known: set[str], guards: Mapping[str, Mapping[str, Any]]) -> None:
    spoken = words_of(rule.when)
    finds = rule.finds
    faults = [f"未知的列或函数 {w}" for w in sorted(spoken - known - WORDS - FUNCTIONS)]
    faults += [f"未知的列 {w}" for w in (*rule.shows, *re.findall(r"{(\w+)}", rule.sentence)) if w not in known]
    faults += [f"未知的证据 {p}" for p in (*rule.proof, *rule.proof_any) if f"{p}_records" not in known]
    if finds.get("op") not in OPS or finds.get("track") not in TRACKS or not rule.quote:
        faults.append("op、track 或 quote 不对")
    if ";" in rule.when or "--" in rule.when:
        faults.append("条件中不能有分号或注释")
    for clause, guard in guards.items():
        if finds.get("track") == guard["track"] and rule.is_adverse and spoken & set(guard["columns"]):
            faults.append(f"违反 {clause}：{'、'.join(guard['columns'])} 不能成为注销或退出的理由")
    if faults:
        raise PolicyError(f"政策包规则 {rule.id}：{'；'.join(faults)}。请改正 pack.toml。")


def words_of(expression: str) -> set[str]:
    """Identifiers of an expression, text literals left out."""
    return set(re.findall(r"[A-Za-z_]\w*", re.sub(r"'[^']*'", " ", expression)))
