"""Writes docs/extracts.md, tables.md, rules.md, columns.md and workbooks.md from schemas, packs and sheets.

    python docs/make_reference.py           write them
    python docs/make_reference.py --check   say which are stale, and end with 1 if any is

Nothing is fetched and nothing is guessed: what these pages say is what the program reads. A test holds them fresh.
"""

import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandera.pandas as pa

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))

from flows.few_rows import lighten  # noqa: E402
from ledger.store import connect  # noqa: E402
from policies.columns import column_notes  # noqa: E402
from policies.pack import NATIONAL, PACKS, read_pack  # noqa: E402
from policies.rule import OTHERS, TOPIC_KIND  # noqa: E402
from policies.trial import open_empty_view  # noqa: E402
from policies.view import wide_columns  # noqa: E402
from policies.wording import MONTH_COLUMNS  # noqa: E402
from reports import (  # noqa: E402
    jining_books,
    jining_progress,
    ledger_delta,
    lists,
    match_log,
    open_questions,
    place_ledgers,
    quality_feedback,
    run_report,
    scoreboards,
    towns,
    write_back,
    xinyu_form,
)
from reports.outbound import OUTBOUND  # noqa: E402
from reports.readers import BOOKS as READ_BY  # noqa: E402
from reports.readers import TELLING  # noqa: E402
from reports.sheet import Sheet  # noqa: E402
from schemas.columns import Column, Layout, layout_of  # noqa: E402
from schemas.extracts import LAYOUTS, MODELS  # noqa: E402
from schemas.kinds.common import PersonExtract  # noqa: E402
from schemas.readers import READERS  # noqa: E402
from schemas.tables import (  # noqa: E402
    INTERNAL,
    OPS,
    PUBLISHED,
    ROW_LINK,
    ROW_PLACE,
    BookLine,
    OutboundList,
    describe,
)

MADE = "<!-- Made by docs/make_reference.py. Do not edit: change the schema or the pack, then `{command}`. -->"
COMMAND = ".venv/bin/python docs/make_reference.py"
BOOKS: tuple[tuple[str, str, tuple[Sheet, ...]], ...] = (
    ("台账增量", "what changed in the ledger tonight, for the information centre; only sheets with lines are there",
     (*map(ledger_delta.op_sheet, OPS), ledger_delta.CLAUSES)),
    ("待核查", "what a person must decide; shaded cells are for the answer", (*open_questions.SHEETS, open_questions.BY_HAND)),
    ("运行报告", "the night in figures and charts; `运行报告.html` beside it is the same night on one page, without anybody's data, to open and print anywhere", run_report.SHEETS),
    ("比对日志", "for auditors: links that are not exact, refused files, rows put aside", match_log.SHEETS),
    ("质量反馈/<机构>", "for each office, what was wrong with what it sent",
     (quality_feedback.SCORES, quality_feedback.REFUSED, quality_feedback.ASIDE, quality_feedback.NOTICES)),
    *((f"名单/{name}", "outbound lists for one office; what is sent once shows tonight's lines, what must be done all that stands",
       sheets) for name, _, sheets in lists.RECIPIENTS),
    ("分镇街/<镇街>", "what one town has to do, about its own people only", towns.SHEETS),
    ("认定申请表/<镇街>", "Xinyu's application form, a sheet to print for each new candidate, after an index", (xinyu_form.INDEX,)),
    ("月报/重点群体就业需求台账 <月>", "Jining: what key groups need", (jining_books.NEEDS_SHEET,)),
    ("月报/企业岗位需求台账 <月>", "Jining: what employers offer", (jining_books.VACANCY_SHEET,)),
    ("月报/工作落实情况 <月>", "Jining: progress of each measure, with figures where they are known", (jining_progress.SHEET,)),
    ("月报/资金调度 <月>", "Jining: what was paid; budgets are filled in by hand", (jining_books.FUND_SHEET,)),
    ("月报/中年失业群体服务台帐 <月>", "Zhongshan's service ledger", (place_ledgers.SERVICE_LEDGER,)),
    ("月报/山东援助台账 <月>", "the assistance ledger of the city in Shandong", (place_ledgers.SD_LEDGER,)),
    ("月报/新余援助台账 <月>", "Xinyu's assistance ledger", (place_ledgers.XY_LEDGER,)),
    ("月报/登记失业人员服务台账 <月>", "Inner Mongolia: registered people and what was done for them", (place_ledgers.NM_LEDGER,)),
    ("月报/镇街记分牌 <月>", "figures per town, and what people answered", (scoreboards.TOWN_SHEET, scoreboards.SATISFACTION_SHEET)),
    ("月报/县区年度记分牌 <年>", "figures per county for the year", (scoreboards.COUNTY_SHEET, scoreboards.SATISFACTION_SHEET)),
    ("回写", "what was decided and followed up tonight, for a province's or region's system", write_back.SHEETS),
)  # fmt: skip
# Which tests would fail if a code's sheets or lines went wrong.
EVERY_LIST, ONCE = (
    "test_outbound::test_a_line_stands_in_every_sheet_of_its_code",
    "test_outbound::test_what_must_be_done_stands_until_it_is_done_and_what_is_sent_is_sent_once",
)
DECIDED, LEDGERS = (
    "test_outbound::test_a_candidate_has_a_form_and_a_decision_is_told_and_written_back",
    "test_periodic_books::test_the_ledger_of_each_place",
)
HELD_BY: dict[str, tuple[str, ...]] = {
    "O01": ("test_workbooks::test_the_cover_adds_up", LEDGERS, "test_outbound::test_the_recognised_are_in_the_ledger_of_xinyu_though_nothing_was_found_of_them"),
    "O02": (EVERY_LIST, ONCE), "O03": (EVERY_LIST, "test_outbound::test_somebody_is_visited_once_for_every_reason", "test_outbound::test_visit_forms_hold_a_page_for_everybody_new_and_no_formula"),
    "O04": (EVERY_LIST,), "O05": (DECIDED,), "O06": (EVERY_LIST,), "O07": (EVERY_LIST,), "O08": (EVERY_LIST,),
    "O09": (EVERY_LIST, "test_outbound::test_an_employers_line_goes_to_the_employers_sheet_and_no_town"), "O10": (EVERY_LIST, ONCE), "O11": (EVERY_LIST, ONCE),
    "O12": (EVERY_LIST, "test_workbooks::test_feedback_goes_to_the_office_that_sent_it"), "O13": (EVERY_LIST,), "O14": (EVERY_LIST,), "O15": (EVERY_LIST,),
    "O16": ("test_outbound::test_who_was_deregistered_stays_in_the_needs_ledger_with_a_note", "test_outbound::test_the_job_ledger_keeps_what_ran_out_in_its_month_with_a_remark"),
    "O17": ("test_periodic_books::test_the_progress_table_has_a_row_for_each_measure_and_a_figure_where_one_is_known",),
    "O18": ("test_periodic_books::test_a_town_is_one_row_of_the_scores_however_it_is_written", "test_periodic_books::test_counties_are_scored_once_a_year"),
    "O19": (EVERY_LIST, "test_post_nights::test_the_list_has_a_line_for_each_post_and_the_sheet_explains_it"),
    "O20": ("test_workbooks::test_the_match_log_lists_what_is_not_exact", "test_clerical_sample::test_answers_count_with_their_interval"),
    "O21": ("test_periodic_books::test_the_funds_sheet_adds_up_months_quarter_and_year",), "O22": (EVERY_LIST,), "O23": (DECIDED,), "O24": (DECIDED,),
}  # fmt: skip
# Report, clauses, when it is due, where it is, and the code whose tests hold it.
REPORTS = (
    ("Needs ledger", "JN-1.3", "the 5th, monthly", "月报/重点群体就业需求台账 <月>：需求台账", "O16"),
    ("Job ledger", "JN-2.3", "the 5th, monthly", "月报/企业岗位需求台账 <月>：岗位台账", "O16"),
    ("Work progress table", "JN-0", "the 27th, monthly", "月报/工作落实情况 <月>：工作落实情况", "O17"),
    (
        "Public-welfare posts developed",
        "JN-5.1a",
        "monthly",
        "月报/工作落实情况 <月>：工作落实情况（条目 5（1））",
        "O17",
    ),
    (
        "Funds dispatch and circular",
        "JN-7.2",
        "monthly; the quarter's sum in its last month",
        "月报/资金调度 <月>：资金",
        "O21",
    ),
    ("County scoreboard", "JN-10.1", "year end", "月报/县区年度记分牌 <年>：县区", "O18"),
    (
        "Satisfaction survey",
        "JN-10.2",
        "no date given",
        "月报/镇街记分牌 <月>、月报/县区年度记分牌 <年>：满意度",
        "O18",
    ),
    (
        "Town scoreboard, performance indicators",
        "ZS-4.2, SD-6.1",
        "no date given; monthly",
        "月报/镇街记分牌 <月>：镇街",
        "O18",
    ),
    (
        "Follow-ups made and due, stale and tier counts",
        "NM-3.4, NM-4.1, NM-5.1",
        "monthly",
        "月报/镇街记分牌 <月>：镇街",
        "O18",
    ),
    ("Layoff watch", "NM-5.4a, SD-3.4, XY-5.4", "nightly", "名单/失业监测：裁员预警", "O14"),
)
TYPES = (
    ("name", "a person's name, 1 to 50 characters"),
    ("id", "an identity document number, kept as delivered; folded apart for comparing"),
    ("text", "free text, up to 2000 characters"),
    ("code", "one word of a list; another word is kept as it came and reported"),
    ("phone", "a phone number, as text"),
    ("uscc", "the 18 characters of a unified social credit code"),
    ("date", "a civil date: 2024-06-30, 20240630, 2024/6/30, 2024年6月30日, or a spreadsheet's day number"),
    ("month", "a month: 202406, 2024-06, 2024年6月, or a date in it; stored as its first day"),
    ("int", "a whole number, not negative"),
    ("money", "an amount with two decimals, not negative"),
    ("bool", "是 or 否 (also 1/0, Y/N, 有/无, √/×)"),
)


def cell(text: object) -> str:
    """Text fit for a table's cell: bars and line ends would break it."""
    return str(text).replace("|", "\\|").replace("\n", " ")


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """The lines of a Markdown table, and an empty one after it."""
    lines = [f"| {' | '.join(header)} |", "|" + "---|" * len(header)]
    return [*lines, *(f"| {' | '.join(cell(c) for c in row)} |" for row in rows), ""]


def code(text: object) -> str:
    return f"`{text}`" if text not in ("", None) else ""


def page(title: str, *parts: Iterable[str]) -> str:
    lines = [f"# {title}", "", MADE.format(command=COMMAND), ""]
    for part in parts:
        lines += part
    return "\n".join(lines).rstrip() + "\n"


def extracts() -> str:
    """docs/extracts.md: each kind, its columns, and the headers it is known by."""
    person = tuple(PersonExtract.to_schema().columns)
    shared = [c for c in layout_of(MODELS[0]).columns if c.field in person]
    intro = [
        "What offices deliver. A column is found by its header, never by its place; a header is compared without spaces,",
        "signs and what stands in brackets, and any of the other headers below serves as well. More can be added per kind",
        "in `zhaoren.toml`, `[aliases.<kind>]`. Columns nobody asked for are kept beside the row.",
        "",
        "**Need**: *must*: without the column the file is refused, without the value the row is put aside; *should*: its",
        "absence is noted; *may*: welcome. A **roster** makes people known; a **register** only speaks of people known; of",
        "`education` only rows with a leaving date make people known. Five kinds are not about people.",
        "An **event** kind tells what happened: a row that vanishes from a full snapshot was taken back. Of the other",
        "kinds a vanished row is merely absent, and somebody is asked.",
        "",
        "File names: `<kind or label>_YYYYMMDD_<全量|增量|full|delta>[_anything].<csv|txt|tsv|xlsx|xls>`.",
        "",
        *table(("Type", "Reads"), [(code(n), t) for n, t in TYPES]),
    ]
    kinds = [
        "## The kinds",
        "",
        *table(
            ("Kind", "Label", "Number", "From", "Role", "One row is"),
            [(f"[`{x.kind}`](#{x.kind})", x.label, x.icode, x.agency, _role(x), x.grain) for x in LAYOUTS.values()],
        ),
        "## Columns of every kind about people",
        "",
        *_columns(shared),
    ]
    each: list[str] = []
    for layout in LAYOUTS.values():
        each += [f"## {layout.kind}", "", f"{layout.label} ({layout.icode}), from {layout.agency}: {layout.grain}; {_role(layout)}.",
                 f"A correction corrects the row with the same {_key(layout)}.", "",
                 *_columns([c for c in layout.columns if layout.who != "person" or c.field not in person])]  # fmt: skip
    return page("Extracts", intro, kinds, each)


def _role(layout: Layout) -> str:
    about = ("roster" if layout.adds_people else "register") if layout.who == "person" else f"about an {layout.who}"
    return about + (", event" if layout.is_event else "")


def _key(layout: Layout) -> str:
    return ", ".join(
        "person (whole number, else local number, else what is left of the number with the name, else name and birth date)"
        if k == "@who"
        else code(k)
        for k in layout.key
    )


def _columns(columns: Iterable[Column]) -> list[str]:
    header = ("Header", "Field", "Type", "Need", "Other headers", "Codes (and other spellings of them)")
    return table(header, [(c.header, code(c.field), _type(c), c.need, "、".join(c.alias), _codes(c)) for c in columns])


def _type(column: Column) -> str:
    if column.lenient:
        return f"{column.type}; unreadable: left out, the row stays"
    if column.type == "date" and column.month_means:
        return f"date; a mere month means its {'first' if column.month_means == 'start' else 'last'} day"
    return column.type


def _codes(column: Column) -> str:
    spelt: dict[str, list[str]] = {}
    for word, meaning in column.words.items():
        spelt.setdefault(meaning, []).append(word)
    return "、".join(c + (f"（{'、'.join(spelt[c])}）" if c in spelt else "") for c in column.codes)


def tables() -> str:
    """docs/tables.md: what a sealed run holds, and what the store shows."""
    intro = [
        "Every sealed run holds these as `runs/NNNNNN/tables/<name>.parquet`, in the order of their key. A run holds what",
        "tonight added, never a copy of what stood before. What stands now is in `store.duckdb`: the kept tables below,",
        "and views over the sealed files. Words: [glossary](glossary.md).",
        "",
        "## Published tables",
        "",
        "Their names and columns are fixed.",
        "",
    ]
    outbound = [
        "### lists/Oxx",
        "",
        "One file per outbound list that has lines tonight, such as `lists/O06.parquet`.",
        "",
    ]
    own = ["## The journal's own tables", "", "They make a rebuild and an audit possible. They may change with a version.", ""]  # fmt: skip
    return page(
        "Tables",
        intro,
        *(_model(m) for m in PUBLISHED),
        [*outbound, *_model(OutboundList)[2:]],
        _model(BookLine),
        own,
        *(_model(m) for m in INTERNAL),
        _standing(),
        _store(),
    )


def _model(model: type[pa.DataFrameModel]) -> list[str]:
    t = describe(model)
    rows = [(code(c.name), c.sql, "yes" if c.nullable else "no", ", ".join(c.codes)) for c in t.columns]
    about = " ".join(t.doc.split())
    return [f"### {t.name}", "", about, f"Key: {', '.join(code(k) for k in t.key)}.", "",
            *table(("Column", "Type", "May be empty", "Codes"), rows)]  # fmt: skip


def _standing() -> list[str]:
    rows = [(code(n), t, "where it lies") for n, t in ROW_PLACE]
    rows += [
        ("the kind's fields", "", "see [extracts](extracts.md)"),
        (code("extra"), "VARCHAR", "unbound columns, as JSON"),
    ]
    rows += [(code(n), t, "whom it was linked to when it came") for n, t in ROW_LINK]
    kinds = ", ".join(code(f"standing/{k}") for k in LAYOUTS)
    return ["### standing/KIND", "", f"New and changed rows of tonight, one file per kind: {kinds}.", "",
            *table(("Column", "Type", "Is"), rows)]  # fmt: skip


def _store() -> list[str]:
    return [
        "## Views in store.duckdb",
        "",
        "| View | Is |",
        "|---|---|",
        "| `ledger_state` | the fold of all entries on the last as-of date: (person_id, pack, track), state, basis, tier, since, needs_decision, sources, counters |",
        "| `ledger_state_on(as_of, known_at)` | the same on a date, as known at a time; `zhaoren asof` asks it |",
        "| `ledger_effective(as_of, known_at)` | the entries in effect then |",
        "| `ledger_cases_on(as_of, known_at, gap_days)` | spells of a person in a track, those up to gap_days apart as one case |",
        "| `standing_KIND` | rows that stand, linked as last found; read from the sealed files, never copied |",
        "",
    ]


def workbooks() -> str:
    """docs/workbooks.md: every workbook and sheet, what a row of it is, and its columns."""
    intro = [
        "In `runs/NNNNNN/workbooks/`. Each opens on a cover or guide, except 待核查, whose guide stands last. Numbers are",
        "masked and long sheets cut, with the whole in a CSV beside: [decision 0009](decisions/0009-masked-and-cut-workbooks.md).",
        "",
        '`[workbooks] language = "en"` says in English whatever this program says, from `reports/locale/en.po`; 待核查 may be answered',
        "in either language. What packs and offices wrote (reasons, clauses, places, files) is data and stays. Chinese in both are",
        "the names of the files and the printed forms (走访表, 认定申请表). A receiver of packages has no settings: `ZHAOREN_LANG` decides there.",
        "",
    ]
    books: list[str] = []
    for name, about, sheets in BOOKS:
        books += [f"## {name}.xlsx", "", f"{about[0].upper()}{about[1:]}.", ""]
        books += table(("Sheet", "One row is", "Columns"), [(s.name, s.grain, _headers(s)) for s in sheets])
    return page("Workbooks", intro, _readers(), _outbound(), books)


def _readers() -> list[str]:
    """Which profile each book is written for, and what that profile sees by default."""
    about = [
        "## Readers",
        "",
        "`[readers.<profile>]` in `zhaoren.toml` changes a value. A column that is not seen is not written. Without hardship or disability",
        "the rows of rules that tell of it are left out, and the books that tell of nothing else: "
        + "、".join(f"`{b}`" for b in TELLING)
        + ".",
        "",
    ]
    starts = {name: "、".join(f"`{b or 'all others'}`" for b, who in READ_BY if who == name) for name in READERS}
    rows = [
        (name, *(getattr(r, f) for f in ("names", "id_number", "phone", "address")), *("yes" if s else "no" for s in (r.hardship, r.disability)), starts[name])
        for name, r in READERS.items()
    ]  # fmt: skip
    head = ("Profile", "Names", "Numbers", "Telephone", "Address", "Hardship", "Disability", "Books that begin with")
    return [*about, *table(head, rows), ""]


def _outbound() -> list[str]:
    """What must leave the house, code by code: to whom, why, and where it is."""
    about = [
        "## Outbound lists, ledgers and files",
        "",
        "Each has its table in the run, except where a published table says the same. `分镇街/<镇街>-走访表` holds a printed page for",
        "everybody newly to be visited. What stands in `月报/` is written on the first night on or after its ready day, once, and",
        "covers a month that ended before the first run in no case. Tests stand in `tests/`.",
        "",
    ]
    rows = [
        (
            o.code,
            o.name,
            o.to,
            o.clauses,
            "；".join(_home(*h) for h in o.homes),
            code(o.table),
            o.when,
            _held_by(HELD_BY[o.code]),
        )
        for o in OUTBOUND
    ]
    heads = ("Code", "Name", "To", "Clauses", "Workbook: sheets", "Table", "When", "Held by")
    return about + table(heads, rows) + _reports()


def _reports() -> list[str]:
    """The reports that the documents ask for by the calendar, and where each is."""
    rows = [(told, clauses, due, home, _held_by(HELD_BY[held])) for told, clauses, due, home, held in REPORTS]
    return ["### Reports by the calendar", "", *table(("Report", "Clauses", "Due", "Workbook: sheet", "Held by"), rows)]


def _held_by(tests: Iterable[str]) -> str:
    return ", ".join(map(code, tests))


def _home(book: str, sheets: Sequence[Sheet]) -> str:
    names = "、".join("one per op" if s is ledger_delta.CLAUSES else s.name for s in sheets)
    return f"{book}：{names or 'a page per person'}"


def _headers(sheet: Sheet) -> str:
    return "、".join(f"**{c.header}**" if c.answer else c.header for c in sheet.columns)


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


COLUMNS_LIE = [
    "## Columns a rule may speak of",
    "",
    "Every one with its type, unit, what tells it and what it means: [columns](columns.md).",
    "",
]


def column_page() -> str:
    """docs/columns.md: what rules may speak of, by view, with what tells it."""
    columns, notes = view_columns(), column_notes()
    about = [
        "One row per person at the as-of date, per employer that people left or joined, per vacancy, and per person and post. A",
        "rule may speak of these and of the pack's parameters: [rules](rules.md). `has_…`: such a fact stands, however well it is",
        "linked. `firm_…`: it stands on an exact number, with at most a slip in the name; only a firm fact bars help.",
        "",
        "Each fact in *told by* has two columns besides, not listed: `<fact>_rank`, its link (0 exact, 1 variant, 2 probable, 3 held,",
        "4 review; empty: no such fact), and `<fact>_records`, the rows that prove it. Which extract a fact comes from: [rules](rules.md#evidence).",
        "Empty means that nobody told: a rule that needs it is undetermined. What would end something is proposed only if it also",
        "holds while every column told by a doubtful row (rank 2 or more) is empty; *firm* columns stay.",
        "",
    ]
    views = [
        [f"## {title}", "", *_column_table([n for n in notes if _view_of(n) == view], columns)]
        for view, title in (("person", "Persons and their households"), ("employer", "Employers"), ("vacancy", "Vacancies"), ("match", "A person and a post"))
    ]  # fmt: skip
    return page("Columns", about, *views)


def _view_of(column: str) -> str:
    return next((about for about in OTHERS if column.startswith(f"{about}_")), "person")


def _column_table(names: Sequence[str], columns: Mapping[str, str]) -> list[str]:
    notes = column_notes()
    rows = [
        (code(name), columns[name], _unit(name, columns[name]), ", ".join(map(code, notes[name].topics)) + (", firm" if notes[name].is_firm else ""),
         notes[name].means or ("it stands on an exact number" if notes[name].is_firm else "such a fact stands"))
        for name in names
    ]  # fmt: skip
    return table(("Column", "Type", "Unit", "Told by", "Means"), rows)


def _unit(name: str, kind: str) -> str:
    told = {"DATE": "month" if name in MONTH_COLUMNS else "day", "BOOLEAN": "yes or no"}
    return column_notes()[name].unit or told.get(kind, "text")


@cache
def view_columns() -> dict[str, str]:
    """Columns of the wide view, made over no people at all. Not to be changed: it is made once."""
    con = connect()
    lighten(con)
    open_empty_view(con, date(2024, 6, 30))
    found = wide_columns(con)
    con.close()
    return found


Pages = Mapping[str, Callable[[], str]]
PAGES: Pages = {
    "extracts.md": extracts,
    "tables.md": tables,
    "rules.md": rules,
    "columns.md": column_page,
    "workbooks.md": workbooks,
}


def stale(pages: Pages = PAGES) -> list[str]:
    """Names of the pages that do not say what the program says now."""
    found = {name: (DOCS / name).read_text(encoding="utf-8") if (DOCS / name).exists() else "" for name in pages}
    return [name for name, make in pages.items() if make() != found[name]]


def main(arguments: Sequence[str], pages: Pages = PAGES, command: str = COMMAND) -> int:
    """Write the pages, or with --check only say which are stale."""
    if "--check" in arguments:
        old = stale(pages)
        for name in old:
            print(f"docs/{name} is stale; run {command}", file=sys.stderr)
        return 1 if old else 0
    for name, make in pages.items():
        (DOCS / name).write_text(make(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
