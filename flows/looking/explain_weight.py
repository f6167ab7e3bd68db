"""A weighed link as a small table: what was compared, on which level, what it is worth, and the sum."""

from collections.abc import Mapping

from reports.words import COMPARISON_WORDS, LEVEL_WORDS

AGAINST = {"stranger": "无关的人", "relative": "同家庭的人"}


def weight_lines(
    weight: float | None,
    weights: Mapping[str, float] | None,
    levels: Mapping[str, str] | None,
    runner_up: str | None,
    second: float | None,
) -> list[str]:
    """Lines in bits, one a comparison that had something to compare; nothing where the link was not weighed."""
    if weight is None or weights is None or levels is None:
        return []
    shown = [(name, levels.get(name)) for name in weights if name == "prior" or levels.get(name) != "missing"]
    lines = [f"  权重表（比特，正数支持同一人，负数相反；与{AGAINST[levels['against']]}相比）："]
    for name, level in shown:
        word = (
            f"{COMPARISON_WORDS.get(name, name)}：{LEVEL_WORDS.get(level or '', level)}"
            if level
            else COMPARISON_WORDS[name]
        )
        lines.append(f"    {weights[name]:+8.3f}  {word}")
    lines.append(f"    {weight:+8.3f}  合计（同一人的概率 {1 / (1 + 2.0**-weight):.6f}）")
    if runner_up and second is not None:
        lines.append(f"    {second:+8.3f}  次选 {runner_up}，相差 {weight - second:.3f}")
    return lines
