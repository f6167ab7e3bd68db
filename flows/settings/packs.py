"""What an office sets about its packs: `[parameters.<pack>]` in zhaoren.toml. No document gives these values, so none is
made up: until one is set, a judgement that needs it is undetermined, and both `init` and a run say so."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from policies.pack import Pack, read_asks, read_pack, read_units
from schemas.errors import PolicyError, say

Values = Mapping[str, Mapping[str, Any]]


def read_parameters(data: Any) -> dict[str, dict[str, Any]]:
    """The section as it stands in the settings: pack, parameter, value. Raises: ValueError."""
    if not isinstance(data, dict) or not all(isinstance(values, dict) for values in data.values()):
        raise ValueError("parameters 应写成 [parameters.政策包代码]，下面是 参数 = 值")
    for pack, values in data.items():
        for name, value in values.items():
            _require_value(f"parameters.{pack}.{name}", value)
    return {pack: dict(values) for pack, values in data.items()}


def _require_value(place: str, value: Any) -> None:
    """A number, a truth, a text, a date or a list of these; or versions `{from = …, is = …}`, one after another."""
    versions = value if isinstance(value, list) and any(isinstance(v, dict) for v in value) else None
    if isinstance(value, dict) or (versions and not all(isinstance(v, dict) and {"from", "is"} <= set(v) for v in versions)):  # fmt: skip
        raise ValueError(f"{place} 应是一个值，或几个 {{from = 日期, is = 值}}")
    if versions and not all(isinstance(v["from"], date) for v in versions):
        raise ValueError(f"{place} 的 from 应是日期")


def read_packs(names: Sequence[str], columns: Iterable[str], parameters: Values | None = None) -> tuple[Pack, ...]:
    """The packs with the office's own values in them. Raises: PolicyError for a parameter that a pack does not have, for a value of
    another kind than it asks for, and where two packs have one code."""
    known, set_here = list(columns), parameters or {}
    packs = tuple(read_pack(name, known) for name in names)
    require_distinct(pack.code for pack in packs)
    for name, pack in zip(names, packs, strict=True):
        if faults := value_faults(pack, read_units(name), set_here.get(pack.code, {})):
            raise PolicyError(f"zhaoren.toml 的 [parameters.{pack.code}] 不对：{'；'.join(faults)}；请改正。")
    return tuple(pack.with_values(set_here.get(pack.code, {})) for pack in packs)


def value_faults(pack: Pack, units: Mapping[str, str], values: Mapping[str, Any]) -> list[str]:
    """What is wrong with the office's values: they must be of the kind that the document's own are, or that the unit says."""
    faults = []
    for name, value in values.items():
        sample = next((v["is"] for v in pack.parameters.get(name, ())), None)
        kind = _kind(sample, units.get(name, ""))
        versions = value if isinstance(value, list) and any(isinstance(v, dict) for v in value) else [{"is": value}]
        if kind and not all(KINDS[kind](v["is"]) for v in versions):
            faults.append(f"{name} 应是{kind}")
    return faults


def _kind(sample: Any, unit: str) -> str:
    """The kind of value that a parameter takes; empty where neither a value nor the unit says."""
    if sample is None:
        counted = (unit.split() or [""])[0]
        return COUNT if counted in COUNTED else AMOUNT if counted in MEASURED else ""
    return {bool: TRUTH, int: COUNT, float: AMOUNT, list: WORDS, date: DAY}.get(type(sample), "")


COUNTED, MEASURED = ("days", "months", "years", "calendar"), ("yuan", "times", "share", "of")
TRUTH, COUNT, AMOUNT, WORDS, DAY = "true 或 false", "不小于 0 的整数", "不小于 0 的数", '列表，如 ["…", "…"]', "日期"
KINDS: Mapping[str, Callable[[Any], bool]] = {
    TRUTH: lambda v: isinstance(v, bool),
    COUNT: lambda v: type(v) is int and v >= 0,
    AMOUNT: lambda v: type(v) in (int, float) and v >= 0,
    WORDS: lambda v: isinstance(v, list) and all(isinstance(one, str) for one in v),
    DAY: lambda v: type(v) is date,
}


def require_distinct(codes: Iterable[str]) -> None:
    """Raises: PolicyError where two packs have one code."""
    if twice := [code for code, n in Counter(codes).items() if n > 1]:
        raise PolicyError(
            say(
                f"政策包 {twice[0]} 列了不止一次（代码相同的算同一个）；请在 packs 里只留一个。",
                f"Pack {twice[0]} is listed more than once; keep one of that code in packs.",
            )
        )


def questions(packs: Iterable[Pack]) -> list[str]:
    """What the office has not set yet, one Chinese sentence each."""
    return [sentence for pack in packs for sentence in pack.unset()]


def template(names: Sequence[str]) -> str:
    """What `init` adds to zhaoren.toml: the values that the chosen packs ask for, to be filled in."""
    parts = []
    for name in names:
        code, asks = read_asks(name)
        if asks:
            lines = [f"# {ask}\n# {parameter} = " for parameter, ask in asks.items()]
            parts.append(
                f"\n[parameters.{code}]\n# 文件没有写明，须由本单位设定；未设定前，需要它的判断不下结论。\n"
                + "\n".join(lines)
                + "\n"
            )
    return "".join(parts)


def open_values(names: Sequence[str]) -> list[str]:
    """What the chosen packs ask the office to set, one line each."""
    return [
        f"[parameters.{code}] {name}：{ask}" for code, asked in map(read_asks, names) for name, ask in asked.items()
    ]
