"""The figures of an evaluation as a compact table for people and as CSV. Shares and counts only; never a name or number."""

import csv
import os
import unicodedata
from collections.abc import Mapping, Sequence
from math import isnan
from pathlib import Path

from flows.who.evaluating import Figure
from ledger.whole import put_whole
from matchers.measures import Share
from reports.words import KIND_WORDS
from schemas.errors import UsageError, say

MEASURES = {
    "precision": ("查准率（按行）", "precision (rows)"), "recall": ("查全率（按行）", "recall (rows)"),
    "false_links_not_exact": ("非精确关联的误联率（单侧 95% 上界）", "false links, not exact (one-sided 95% bound)"),
    "missed_in_review": ("漏联行中待核查的占比", "missed rows that stand in review"),
    "pairwise_precision": ("成对查准率，全部有编号的行", "precision of pairs, all rows"),
    "pairwise_recall": ("成对查全率，全部有编号的行", "recall of pairs, all rows"),
    "b_cubed_precision": ("B-cubed 查准率，全部有编号的行", "B-cubed precision, all rows"),
    "b_cubed_recall": ("B-cubed 查全率，全部有编号的行", "B-cubed recall, all rows"),
    "pairwise_precision_known": ("成对查准率，已建档人员的行", "precision of pairs, people known here"),
    "pairwise_recall_known": ("成对查全率，已建档人员的行", "recall of pairs, people known here"),
    "b_cubed_precision_known": ("B-cubed 查准率，已建档人员的行", "B-cubed precision, people known here"),
    "b_cubed_recall_known": ("B-cubed 查全率，已建档人员的行", "B-cubed recall, people known here"),
}  # fmt: skip
STRATA = {"source": ("按来源", "by source"), "damage": ("按损坏", "by damage"), "name": ("按姓名形态", "by name shape"),
          "age": ("按年龄", "by age")}  # fmt: skip
VALUES = {
    "two": ("两字", "two characters"), "three": ("三字", "three characters"), "compound": ("复姓", "compound surname"),
    "long": ("长名或音译", "long or transcribed"), "marked": ("含不可辨字或拉丁字母", "unreadable or Latin"), "none": ("无", "none"),
    "other": ("其他", "other"), "unknown": ("不详", "unknown"), "under_25": ("25 岁以下", "under 25"), "25_39": ("25–39 岁", "25-39"),
    "40_49": ("40–49 岁", "40-49"), "50_59": ("50–59 岁", "50-59"), "60_over": ("60 岁及以上", "60 and over"),
}  # fmt: skip
HEADINGS = (("查准率", "precision"), ("95% 区间", "95% interval"), ("对/判", "right/judged"),
            ("查全率", "recall"), ("95% 区间", "95% interval"), ("找到/应找", "found/wanted"))  # fmt: skip
CSV_COLUMNS = ("stratum", "value", "measure", "share", "low", "high", "hits", "trials")


def evaluation_text(counts: Mapping[str, int], figures: Sequence[Figure]) -> str:
    """What was compared, the figures of the whole, and a table by stratum."""
    whole = [[say(*MEASURES[f.measure]), *_cells(f.share)] for f in figures if f.stratum == "all"]
    lines = [_told(counts), *_aligned(whole)]
    table: list[list[str]] = []
    for stratum, words in STRATA.items():
        table.append([say(*words), *(say(*h) for h in HEADINGS)])
        rows: dict[str, list[str]] = {}
        for f in figures:
            if f.stratum == stratum:
                rows.setdefault(f.value, ["  " + _value(f.value)]).extend(_cells(f.share))
        table += rows.values()
    return "\n".join([*lines, "", *_aligned(table)])


def write_figures(figures: Sequence[Figure], out: Path) -> None:
    """The same figures, one a line, by code. Raises: UsageError; OSError where it cannot be written."""
    if out.suffix.lower() != ".csv":
        raise UsageError(say("--out 只能写成 .csv。", "--out must end in .csv."))
    with put_whole(out) as beside, beside.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(CSV_COLUMNS)
        for f in figures:
            shares = ("" if isnan(v) else f"{v:.6f}" for v in (f.share.value, f.share.low, f.share.high))
            writer.writerow([f.stratum, f.value, f.measure, *shares, f.share.hits, f.share.trials])


def _told(counts: Mapping[str, int]) -> str:
    c = counts
    chinese = (
        f"真实对照 {c['lines']} 行，对应 {c['records']} 条记录（{c['lines_not_found']} 行不在比对日志中）：关联 {c['linked']}，"
        f"其中 {c['not_judged']} 条无从判断对错；待核查 {c['review']}；号码残破退回 {c['broken']}；真实人员已建档的 {c['wanted']}。"
    )
    return say(
        chinese,
        f"{c['lines']} lines of truth are {c['records']} records ({c['lines_not_found']} lines are not in the match log): {c['linked']} linked, "
        f"{c['not_judged']} of them cannot be judged; {c['review']} in review; {c['broken']} sent back for a broken number; {c['wanted']} "
        "have a true person known here.",
    )


def _value(value: str) -> str:
    english = os.environ.get("ZHAOREN_LANG", "").lower().startswith("en")
    return say(*VALUES[value]) if value in VALUES else value if english else KIND_WORDS.get(value, value)


def _cells(share: Share) -> list[str]:
    """Share, interval and counts; empty where there was nothing to count."""
    if not share.trials:
        return ["—", "", "0/0"]
    interval = "" if isnan(share.low) else f"{100 * share.low:.2f}–{100 * share.high:.2f}"
    return [f"{100 * share.value:.2f}%", interval, "" if isnan(share.low) else f"{share.hits}/{share.trials}"]


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns of equal width on a terminal: the first to the left, the others to the right."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell + pad if n == 0 else pad + cell
            for n, cell in enumerate(row)
            for pad in [" " * (widths[n] - _width(cell))]
        ).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    """Places on a terminal: a Han character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
