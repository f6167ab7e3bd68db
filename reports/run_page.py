"""运行报告.html: the night on one page, in figures and charts. It opens without a server, needs no script and nothing from
elsewhere, and prints on A4. Only counts, kinds and offices stand on it: nothing about anybody, and no file name.

The same figures give the same bytes: what the steps took is in the workbook, not here.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from html import escape
from pathlib import Path
from typing import Any

from reports.assemble import Desk
from reports.catalogue import Words
from reports.run_report import FIGURE_WORDS, FIGURES, OPS_TONIGHT, OUTCOMES
from reports.svg import Ray, bars, columns, lines
from reports.words import KIND_WORDS

NAME = "运行报告.html"
BLUE, SKY, ORANGE, GREY, GREEN = "#0072B2", "#56B4E9", "#E69F00", "#BBBBBB", "#009E73"  # Okabe and Ito
MOST_NIGHTS, MOST_WEEKS = 14, 26
PAST = "select as_of, added, reemployed, decided, asked, open_after, rows, quarantined, standing_rows, valid_numbers from night_past order by run_no"
AGES = ((7, "七天以内"), (30, "八至三十天"), (90, "三十一至九十天"), (None, "九十天以上"))
SOURCES = """
select word_agency(agency_of(kind)), word_kind(kind), office, snapshot_date, due_days, days_late from scorecard order by days_late desc, agency_of(kind), kind, office
"""
CHANGES = """
select pack, count(*) filter (op = 'ADD'), count(*) filter (op = 'UPD'), count(*) filter (op = 'FLAG_REEMP'), count(*) filter (op in ('PROP_EXIT', 'PROP_DEREG')),
    count(*) filter (op in ('REVIEW', 'HOLD')), count(*) filter (track = 'T' and op not in ('ADD', 'UPD', 'REVIEW', 'HOLD')), count(*), count(*) filter (needs_decision)
from ledger_entry group by pack order by pack
"""
CHANGE_WORDS = (
    "政策包",
    "新增",
    "更新",
    "再就业标记",
    "建议退出或注销",
    "待核查和暂挂",
    "任务、告知、预警等",
    "合计",
    "需人工决定",
)
STYLE = """
@page{size:A4;margin:12mm}
*{box-sizing:border-box}
body{margin:0 auto;max-width:190mm;padding:6mm 0;color:#222;background:#fff;font:10pt/1.45 "Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","PingFang SC",sans-serif}
h1{font-size:18pt;margin:0;color:#1F4E78}
h2{font-size:11.5pt;margin:6mm 0 2mm;color:#1F4E78;border-bottom:1px solid #1F4E78;break-after:avoid}
p{margin:.6mm 0}
.draft{color:#C00000;font-weight:bold}
.quiet{color:#595959;font-size:8.5pt}
.cards{display:grid;grid-template-columns:repeat(4,1fr);gap:2.5mm;margin-top:3mm}
.card{border:1px solid #BFBFBF;border-radius:1.5mm;padding:1.5mm 2.5mm;break-inside:avoid}
.card b{display:block;font-size:15pt;line-height:1.25}
.card.look{border-color:#E69F00;background:#FFF8E8}
.charts{display:grid;grid-template-columns:1fr 1fr;gap:5mm}
figure{margin:0;break-inside:avoid}
figcaption{font-weight:bold;font-size:9.5pt;margin-bottom:1mm}
svg{width:100%;height:auto;display:block}
table{border-collapse:collapse;width:100%;font-size:8.5pt}
thead{display:table-header-group}
tr{break-inside:avoid}
th{background:#1F4E78;color:#fff;text-align:left;font-weight:bold;-webkit-print-color-adjust:exact;print-color-adjust:exact}
th,td{border:1px solid #D9D9D9;padding:.6mm 1.5mm}
td.n,th.n{text-align:right}
tr.late td{background:#FFF3D6}
svg,.card,tr.late td{-webkit-print-color-adjust:exact;print-color-adjust:exact}
""".strip()
LANGS = {"zh": "zh-CN", "en": "en"}


def build(desk: Desk) -> list[Path]:
    """Write the page beside the workbook of the same name."""
    path = desk.out / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(desk), encoding="utf-8", newline="\n")
    return [path]


def page(desk: Desk) -> str:
    say, night = desk.say, desk.night
    counted = dict(zip(FIGURE_WORDS, desk.con.execute(FIGURES).fetchall()[0], strict=True))
    past = periods(desk.con.execute(PAST).fetchall())
    title = say("运行报告")
    head = [_tag("h1", title), _tag("p", f"{say(night.title)}　{say(night.recorded_line)}")]
    head += [_tag("p", say(banner), "draft") for banner in night.banners]
    head += [
        _tag("p", say("今夜不据此作任何增减：{what}", what="、".join(_kinds(desk))), "draft") for _ in night.barred[:1]
    ]
    body = [
        *head,
        _cards(say, counted, desk.con.execute("select count(*) from question_age").fetchall()[0][0]),
        _tag("h2", say("今夜")),
        _charts([_outcomes(desk), _ops(desk)]),
        _tag("h2", say("再就业与待核查")),
        _charts([_reemployed(say, past), _load(say, past), _ages(desk)]),
        _tag("h2", say("数据来源与质量")),
        _charts([_quality(say, past), _put_aside(say, past)]),
        _sources(desk),
        _tag("h2", say("台账变化")),
        _changes(desk),
        _tag("h2", say("本次运行")),
        *_about(desk),
    ]
    return (
        f'<!DOCTYPE html>\n<html lang="{LANGS[say.language]}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(title)} {night.as_of}</title>\n<style>\n{STYLE}\n</style>\n</head>\n<body>\n'
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def periods(rows: Sequence[tuple[Any, ...]]) -> list[tuple[date, tuple[Any, ...]]]:
    """Nights as they were, or weeks by their Monday where there are more: counts summed, what stands as the week left it."""
    if len(rows) <= MOST_NIGHTS:
        return [(row[0], row[1:]) for row in rows]
    weeks: dict[date, list[tuple[Any, ...]]] = {}
    for row in rows:
        weeks.setdefault(row[0] - timedelta(days=row[0].weekday()), []).append(row[1:])
    stands = 4  # open_after
    folded = [
        (day, tuple(nights[-1][n] if n == stands else sum(night[n] for night in nights) for n in range(len(nights[0]))))
        for day, nights in weeks.items()
    ]
    return folded[-MOST_WEEKS:]


def _kinds(desk: Desk) -> list[str]:
    return [desk.say(KIND_WORDS.get(kind, kind)) for kind in desk.night.barred]


def _cards(say: Words, counted: dict[str, int], waiting: int) -> str:
    shown = (
        (say("收下文件"), counted["　已接收"], False),
        (say("未收下文件"), counted["　已拒收"] + counted["　暂停处理"], True),
        (say("读到行数"), counted["读到行数"], False),
        (say("未接收的行"), counted["　隔离"], True),
        (say("关联到已知人员"), counted["　已关联"], False),
        (say("新增人员"), counted["　新增人员"], False),
        (say("台账分录"), counted["台账分录"], False),
        (say("待核查事项"), waiting, True),
    )
    cards = [
        f"<div{_class('card look' if asks and n else 'card')}>{escape(word)}<b>{n:,}</b></div>"
        for word, n, asks in shown
    ]
    return f'<div class="cards">{"".join(cards)}</div>'


def _outcomes(desk: Desk) -> str:
    rows = desk.con.sql(OUTCOMES.rows).to_arrow_table().to_pylist()
    rows = [r for r in rows if r["linked"] + r["new_person"] + r["not_linked"] + r["review"]]
    named = (("linked", "已关联", BLUE), ("new_person", "新增人员", SKY), ("not_linked", "未关联", GREY), ("review", "待核查", ORANGE))  # fmt: skip
    rays = [Ray(desk.say(word), colour, tuple(r[f] for r in rows)) for f, word, colour in named]
    title = desk.say("新到或有变的行，比对结果（按类别占比，数字为行数）")
    return _figure(desk.say, title, bars(title, [r["kind"] or "" for r in rows], rays, is_share=True) if rows else "")


def _ops(desk: Desk) -> str:
    rows = desk.con.sql(OPS_TONIGHT.rows).to_arrow_table().to_pylist()
    named = (("to_decide", "需人工决定", ORANGE), ("direct", "直接记入", SKY))
    rays = [Ray(desk.say(word), colour, tuple(r[f] for r in rows)) for f, word, colour in named]
    title = desk.say("今夜台账分录（条）")
    return _figure(desk.say, title, bars(title, [r["op"] or "" for r in rows], rays) if rows else "")


def _reemployed(say: Words, past: Sequence[tuple[date, tuple[Any, ...]]]) -> str:
    title = say("新增、再就业标记与人工决定（条）")
    named = ((0, "新增", SKY), (1, "再就业标记", GREEN), (2, "人工决定", GREY))
    rays = [Ray(say(word), colour, tuple(float(row[n]) for _, row in past)) for n, word, colour in named]
    return _figure(say, title, columns(title, _days(past), rays))


def _load(say: Words, past: Sequence[tuple[date, tuple[Any, ...]]]) -> str:
    title = say("待决定的台账事项（每夜之后）")
    return _figure(say, title, lines(title, _days(past), [Ray(say("待决定"), ORANGE, tuple(float(row[4]) for _, row in past))]))  # fmt: skip


def _ages(desk: Desk) -> str:
    say, names = desk.say, tuple(desk.say(word) for _, word in AGES)
    days = desk.con.execute("select what, days from question_age").fetchall()
    counted = {what: [0] * len(AGES) for what in ("entry", "row")}
    for what, age in days:
        counted[what][next(n for n, (most, _) in enumerate(AGES) if most is None or age <= most)] += 1
    rays = [Ray(say(word), colour, tuple(counted[what])) for what, word, colour in (("entry", "台账事项", ORANGE), ("row", "身份未定的行", BLUE))]  # fmt: skip
    title = say("待核查已等多久")
    return _figure(say, title, bars(title, names, rays) if days else "")


def _quality(say: Words, past: Sequence[tuple[date, tuple[Any, ...]]]) -> str:
    title = say("现存各行中证件号码有效的占比")
    shares = tuple(row[8] / row[7] if row[7] else None for _, row in past)
    return _figure(say, title, lines(title, _days(past), [Ray(say("有效证件号码"), BLUE, shares)], is_share=True))


def _put_aside(say: Words, past: Sequence[tuple[date, tuple[Any, ...]]]) -> str:
    title = say("读到的行中未接收的占比")
    shares = tuple(row[6] / row[5] if row[5] else None for _, row in past)
    return _figure(say, title, lines(title, _days(past), [Ray(say("未接收"), ORANGE, shares)], is_share=True))


def _sources(desk: Desk) -> str:
    say, rows = desk.say, desk.con.execute(SOURCES).fetchall()
    if not rows:
        return _tag("p", say("还没有数据来源"), "quiet")
    late = sum(1 for row in rows if row[5] > 0)
    told = _tag("p", say("{n} 个来源，{late} 个逾期。", n=len(rows), late=late))
    header = (say("来源单位"), say("类别"), say("地区"), say("最新数据日期"), say("应在几天内"), say("逾期天数"))
    marks = ["late" if row[5] > 0 else "" for row in rows]
    return told + _table(header, rows, marks)


def _changes(desk: Desk) -> str:
    rows, say = desk.con.execute(CHANGES).fetchall(), desk.say
    if not rows:
        return _tag("p", say("今夜无变化"), "quiet")
    return _table([say(word) for word in CHANGE_WORDS], rows)


def _about(desk: Desk) -> list[str]:
    say, night = desk.say, desk.night
    rows = [(p.code, p.title, p.version, say("征求意见稿") if p.is_draft else "") for p in night.packs]
    return [
        _table((say("政策包"), say("名称"), say("版本"), say("备注")), rows),
        _tag("p", f"{say('签名')}　{night.signing or say('未给出')}", "quiet"),
        _tag("p", f"{say('回执')}　{night.receipt}", "quiet"),
    ]


def _days(past: Sequence[tuple[date, tuple[Any, ...]]]) -> list[str]:
    return [f"{day:%m-%d}" for day, _ in past]


def _charts(figures: Iterable[str]) -> str:
    return f'<div class="charts">{"".join(figures)}</div>'


def _figure(say: Words, title: str, drawn: str) -> str:
    return f"<figure><figcaption>{escape(title)}</figcaption>{drawn or _tag('p', say('今夜没有'), 'quiet')}</figure>"


def _tag(name: str, text: str, kind: str = "") -> str:
    return f"<{name}{_class(kind)}>{escape(text)}</{name}>"


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""


def _table(header: Sequence[str], rows: Sequence[Sequence[Any]], marks: Sequence[str] = ()) -> str:
    """Numbers to the right, as the heads above them."""
    looks = [_class("n" if any(isinstance(row[n], int) for row in rows) else "") for n in range(len(header))]
    heads = "".join(f"<th{look}>{escape(text)}</th>" for look, text in zip(looks, header, strict=True))
    body = "".join(
        f"<tr{_class(mark)}>{''.join(f'<td{look}>{_shown(value)}</td>' for look, value in zip(looks, row, strict=True))}</tr>"
        for row, mark in zip(rows, marks or [""] * len(rows), strict=True)
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _shown(value: Any) -> str:
    return "" if value is None else escape(f"{value:,}" if isinstance(value, int) else str(value))
