"""docs/workbooks.md: every workbook and sheet, what a row of it is, its columns, and which test holds it."""

from collections.abc import Iterable, Sequence

from docs.reference.markdown import code, page, table
from reports import (
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
from reports.outbound import OUTBOUND
from reports.readers import BOOKS as READ_BY
from reports.readers import TELLING
from reports.sheet import Sheet
from schemas.readers import READERS
from schemas.tables import OPS

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
