"""What a training run learnt, in a few lines for people."""

from matchers.model import MILLI, Model
from reports.words import COMPARISON_WORDS, LEVEL_WORDS
from schemas.errors import say

SHOWN = 5


def training_text(model: Model, shipped: Model) -> str:
    """What was learnt: counts, and the weights that moved most from the shipped model's."""
    facts = model.training
    shares, rounds = " / ".join(f"{100 * s:.2f}%" for s in facts["matched"]), " / ".join(map(str, facts["rounds"]))
    moved = [
        (model.levels[c][n].weight, shipped.levels[c][n].weight, c, n)
        for c in model.levels for n in model.levels[c] if n in shipped.levels[c]
    ]  # fmt: skip
    moved.sort(key=lambda m: (-abs(m[0] - m[1]), m[2], m[3]))
    lines = [
        say(f"比对模型 {model.version} 已写好，下一次运行起使用。", f"Match model {model.version} is written; the next run uses it."),
        say(f"用了 {facts['records']} 行、{facts['people']} 人；候选对中同一人占 {shares}（同生日 / 同姓名），迭代 {rounds} 轮。",
            f"{facts['records']} rows, {facts['people']} people; {shares} of the pairs are matches (same birth date / same name), EM rounds {rounds}."),
        say("与自带模型相差最大的权重（比特）：", "Weights that differ most from the shipped model's (bits):"),
    ]  # fmt: skip
    return "\n".join(lines + [_moved(*m) for m in moved[:SHOWN]])


def _moved(now: int, before: int, comparison: str, level: str) -> str:
    what = say(f"{COMPARISON_WORDS[comparison]}：{LEVEL_WORDS[level]}", f"{comparison}: {level}")
    return f"  {before / MILLI:+8.3f} → {now / MILLI:+8.3f}  {what}"
