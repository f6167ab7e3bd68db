"""Packs read from TOML and checked: every rule has its clause, quotation, dates, predicate and sentence, and speaks
only the documented columns of the wide view.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from policies.rule import APART, OTHERS, Rule, check_rule, words_of
from policies.windows import faults_in_time
from schemas.errors import PolicyError

PACKS = Path(__file__).parent / "packs"
NATIONAL = Path(__file__).parent / "national.toml"
# Read by no rule: how many calendar days after a decision to let somebody go it takes effect.
NOTICE, LONGEST_NOTICE = "notice_days", 366


@dataclass(frozen=True)
class Pack:
    """One place's policy. `parameters` are dated; `parameter_values(day)` gives those in force. `asks` are the parameters
    that no document gives and the office must set, with what to set; until it does they have no value (null), and a
    rule that needs one is undetermined. `rules` are about people; those about employers and vacancies stand apart.
    `files` are what it was read from, by name; `set_here` are the office's own values in it;
    `in_force` is when a rule holds that has no dates of its own; `conditions` are what rules call by a name."""

    code: str
    title: str
    document: str
    status: str
    version: str
    rules: tuple[Rule, ...]
    parameters: Mapping[str, tuple[Mapping[str, Any], ...]]
    other_rules: tuple[Rule, ...] = ()
    asks: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    set_here: Mapping[str, Any] = field(default_factory=dict)
    in_force: Mapping[str, Any] = field(default_factory=dict)
    conditions: Mapping[str, str] = field(default_factory=dict)

    def condition_levels(self, rules: Iterable[Rule]) -> list[dict[str, str]]:
        """The conditions that these rules call by name, in levels: each speaks of columns and of levels before its own."""
        called: dict[str, int] = {}
        names = set().union(*(words_of(rule.said) for rule in rules)) & set(self.conditions)
        while names:
            called |= dict.fromkeys(names, 0)
            names = set().union(*(words_of(self.conditions[n]) for n in names)) & set(self.conditions) - set(called)
        for name in reversed([n for n in self.conditions if n in called]):  # one may only call those that come after it
            called[name] = 1 + max((called[n] for n in words_of(self.conditions[name]) & set(called)), default=0)
        levels = sorted(set(called.values()))
        return [{n: text for n, text in self.conditions.items() if called.get(n) == level} for level in levels]

    @property
    def all_rules(self) -> tuple[Rule, ...]:
        return (*self.rules, *self.other_rules)

    def parameter_values(self, day: date) -> dict[str, Any]:
        given = {name: versions for name, versions in self.parameters.items() if versions or name not in self.asks}
        return values_on(given, day, self.code) | {name: None for name in self.asks if name not in given}

    def with_values(self, values: Mapping[str, Any]) -> "Pack":
        """The pack with an office's own values: one value for always, or dated ones as in a pack. Raises: PolicyError."""
        if strange := sorted(set(values) - set(self.parameters)):
            raise PolicyError(f"政策包 {self.code} 没有参数 {'、'.join(strange)}；请改正 [parameters.{self.code}]。")
        given = {n: _dated(v) for n, v in values.items()}
        if faults := _notice_faults(given):
            raise PolicyError(f"政策包 {self.code}：{'；'.join(faults)}；请改正 [parameters.{self.code}]。")
        return replace(self, parameters=dict(self.parameters) | given, set_here=dict(values))

    def unset(self) -> list[str]:
        """One sentence for each parameter that the office must still set."""
        return [
            f"政策包 {self.code}：{ask}（参数 {name}）文件没有写明，须由本单位设定；请在 zhaoren.toml 的 [parameters.{self.code}] 中写"
            f" {name} = …。未设定前，需要它的判断不下结论。"
            for name, ask in self.asks.items()
            if not self.parameters[name]
        ]


def notices_of(packs: Iterable[Pack], day: date) -> dict[str, int]:
    """The days of notice that each pack gives on a day; none where it has no such parameter."""
    return {
        p.code: values_on({NOTICE: p.parameters[NOTICE]}, day, p.code)[NOTICE] for p in packs if NOTICE in p.parameters
    }


def _notice_faults(parameters: Mapping[str, tuple[Mapping[str, Any], ...]]) -> list[str]:
    """Terms of notice that are no number of days."""
    given = [v["is"] for v in parameters.get(NOTICE, ())]
    return [
        f"参数 {NOTICE} 的值 {v} 应是 0 至 {LONGEST_NOTICE} 的整数（天）"
        for v in given
        if type(v) is not int or not 0 <= v <= LONGEST_NOTICE
    ]


def fed_lists(packs: Iterable[Pack]) -> frozenset[str]:
    """The outbound lists that a rule of these packs can bring a line to."""
    return frozenset(str(r.finds["list"]) for pack in packs for r in pack.all_rules if "list" in r.finds)


def _dated(value: Any) -> tuple[Mapping[str, Any], ...]:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return tuple(value)
    return ({"from": date.min, "is": value, "source": "zhaoren.toml"},)


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


@cache
def read_national() -> Mapping[str, tuple[Mapping[str, Any], ...]]:
    return _parameters(tomllib.loads(NATIONAL.read_text(encoding="utf-8")))


def read_pack(name: str, columns: Iterable[str]) -> Pack:
    """The pack, checked against the wide view's `columns`. Raises: PolicyError, naming rule and fault."""
    place = find_pack(name)
    return _checked(tuple(pack_files(name).items()), place, frozenset(columns))


@lru_cache(maxsize=64)
def _checked(files: tuple[tuple[str, bytes], ...], place: Path, columns: frozenset[str]) -> Pack:
    """The same files against the same columns are checked once in a process."""
    pack = pack_of(dict(files), place.parent.name)
    guards = _parse(pack.files, place.parent.name)[0].get("guard", {})
    columns_of = {name: {c for c in columns if c.startswith(f"{name}_")} for name in OTHERS}
    of_persons = columns.difference(*columns_of.values())
    for rule in pack.all_rules:
        own = columns_of.get(rule.about, set())
        spoken_of = own | {"as_of"} if rule.about in APART else of_persons | own
        check_rule(rule, spoken_of | set(pack.parameters), guards, place)
    if faults := [*faults_in_time(pack)] or _notice_faults(pack.parameters):
        raise PolicyError(f"政策包 {pack.code}（{place}）：{'；'.join(faults)}。")
    return pack


def pack_files(name: str) -> dict[str, bytes]:
    """What a pack is read from, by file name. Raises: PolicyError."""
    path = find_pack(name)
    return {path.name: path.read_bytes()}


def pack_of(files: Mapping[str, bytes], place: str) -> Pack:
    """The pack that these files make, unchecked: what an older program accepted can still be read. Raises: PolicyError,
    naming `place`, where they are no pack at all."""
    data, rules = _parse(files, place)
    head = data["pack"]
    return Pack(
        head["code"], head["title"], head["document"], head["status"], head["version"],
        tuple(r for r in rules.values() if r.about == "person"), _parameters(data),
        tuple(r for r in rules.values() if r.about != "person"), _asks(data), files,
        in_force=head["in_force"], conditions=data.get("condition", {}),
    )  # fmt: skip


def read_rules(name: str) -> tuple[str, dict[str, Rule]]:
    """A pack's code and its rules by id, unchecked: for showing what a rule says."""
    data, rules = _load(name)
    return data["pack"]["code"], rules


def read_head(name: str) -> dict[str, str]:
    """What a pack says of itself: code, title, document, status, version."""
    head = _load(name)[0]["pack"]
    return {k: head[k] for k in ("code", "title", "document", "status", "version")}


def read_asks(name: str) -> tuple[str, dict[str, str]]:
    """A pack's code, and the parameters that an office must set, with what to set."""
    data, _ = _load(name)
    return data["pack"]["code"], _asks(data)


def read_units(name: str) -> dict[str, str]:
    """What each parameter of a pack counts in."""
    return {n: str(p.get("unit", "")) for n, p in _load(name)[0].get("parameter", {}).items()}


def _asks(data: Mapping[str, Any]) -> dict[str, str]:
    return {n: p["ask"] for n, p in data.get("parameter", {}).items() if "ask" in p}


def _load(name: str) -> tuple[dict[str, Any], dict[str, Rule]]:
    return _parse(pack_files(name), find_pack(name).parent.name)


def _parse(files: Mapping[str, bytes], place: str) -> tuple[dict[str, Any], dict[str, Rule]]:
    try:
        (text,) = files.values()
        return _understand(text.decode("utf-8-sig"))
    except (ValueError, KeyError, TypeError, AssertionError) as error:
        raise PolicyError(
            f"政策包 {place} 读不懂：缺少或写错 {error}；请对照内置政策包检查 {'、'.join(files)}。"
        ) from None


@cache
def _understand(text: str) -> tuple[dict[str, Any], dict[str, Rule]]:
    """The same text is the same pack, read once in a process. Not to be changed by whoever gets it."""
    data = tomllib.loads(text)
    head, conditions = data["pack"], data.get("condition", {})
    named = [head[k] for k in ("code", "title", "document", "status", "version")]
    assert all(isinstance(n, str) for n in named)
    return data, {i: _rule(i, r, conditions, head["in_force"]) for i, r in data["rule"].items()}


def _parameters(data: Mapping[str, Any]) -> dict[str, tuple[Mapping[str, Any], ...]]:
    return {name: tuple(p["values"]) for name, p in data.get("parameter", {}).items()}


def _rule(rule_id: str, data: Mapping[str, Any], conditions: Mapping[str, str], in_force: Mapping[str, date]) -> Rule:
    when = data["when"]
    for name, text in conditions.items():
        when = re.sub(rf"\b{name}\b", f"({text})", when)
    return Rule(
        rule_id, data["title"], data["quote"], when, data["finds"], tuple(data.get("proof", ())),
        tuple(data.get("proof_any", ())), tuple(data.get("shows", ())), data["sentence"],
        data.get("content"), data.get("in_force", in_force), data["when"], data.get("about", "person"),
        tuple(data.get("beside", ())),
    )  # fmt: skip
