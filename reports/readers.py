"""Who opens a workbook, and so which columns, digits and rows it holds. Everything is decided here, for every book alike, when
its rows are read: no sheet can forget to mask.
"""

from collections.abc import Mapping
from dataclasses import replace

import duckdb

from reports.sheet import TEXT, Column, Sheet
from schemas.readers import TELLS_OF, Reader

# The first that a book's name begins with.
BOOKS = (
    ("台账增量", "centre"), ("回写", "centre"), ("比对日志", "auditor"), ("名单/基金监督", "auditor"), ("分镇街/", "town"), ("认定申请表/", "town"),
    ("运行报告", "public"), ("月报/镇街记分牌", "public"), ("月报/县区年度记分牌", "public"), ("月报/资金调度", "public"),
    ("月报/工作落实情况", "public"), ("", "officer"),
)  # fmt: skip
# Books of which every page says that somebody is in hardship, or disabled: a reader who may not learn it gets none.
TELLING = ("认定申请表/", "名单/民政部门", "月报/重点群体就业需求台账", "月报/山东援助台账", "月报/新余援助台账", "月报/中年失业群体服务台帐", "月报/登记失业人员服务台账")  # fmt: skip
HOLDS = {
    **dict.fromkeys(("name", "came_name", "likely_name", "other_name", "owner", "staff", "contact"), "names"),
    **dict.fromkeys(("id_number", "came_number", "likely_number", "other_number"), "id_number"),
    "phone": "phone", "address": "address",
}  # fmt: skip
BESIDE = {"number_gap": "id_number"}  # says something of it, but shows none of it
MACRO = {"names": "shown_name", "id_number": "shown_id", "phone": "shown_phone", "address": "shown_address"}
# A whole number keeps its area and its tail. Anything else keeps two characters at each end: a number that lost or
# gained a digit has its birth date elsewhere than at 7-14. What is masked stays as it is.
MASKED_ID = """case when x is null or contains(x, '*') then x
    when regexp_full_match(x, '[0-9]{17}[0-9Xx]') then left(x, 6) || '********' || right(x, 4)
    when length(x) < 7 then repeat('*', length(x)) else left(x, 2) || '******' || right(x, 2) end"""
ID_IN_TEXT = r"regexp_replace({x}, '([0-9]{{6}})[0-9]{{8}}([0-9]{{3}}[0-9Xx])', '{mask}', 'g')"
PHONE_IN_TEXT = r"regexp_replace({x}, '(^|[^0-9])(1[3-9][0-9])[0-9]{{4}}([0-9]{{4}})($|[^0-9])', '{mask}', 'g')"
MASKED = {
    "names": "left(x, 1) || repeat('*', greatest(length(x) - 1, 1))",
    "id_number": MASKED_ID,
    "phone": "if(length(x) < 8, repeat('*', length(x)), left(x, 3) || '****' || right(x, 4))",
    "address": "regexp_replace(x, '[0-9０-９]+', '*', 'g')",
}
VIEWS = {
    "report_line": ("every_line", "l.pack = t.pack and l.rule_id = t.rule_id"),
    "report_entry": ("every_entry", "l.pack = t.pack and l.rule_id = t.rule_id"),
    "report_open_entry": ("open_entry", "l.pack = t.pack and coalesce(l.rule_id, l.clause) = t.rule_id"),
    "report_open_link": ("open_link", ""),
    "report_match": ("match_log", ""),
}

KNOWN = "select table_name from duckdb_tables() union all select view_name from duckdb_views()"


def reader_of(book: str, readers: Mapping[str, Reader]) -> Reader:
    """Whom a book is written for."""
    return readers[next(name for start, name in BOOKS if book.startswith(start))]


def may_open(book: str, reader: Reader) -> bool:
    return (reader.hardship and reader.disability) or not book.startswith(TELLING)


def read_as(con: duckdb.DuckDBPyConnection, reader: Reader, before: Reader | None = None) -> None:
    """Put on the connection what this reader sees: the masks as macros, and views of the rows that tell of nothing they may
    not learn. What it showed to the reader `before` and is the same for this one is left. Needs `report_tells` (pack, rule_id,
    hardship, disability) where a reader may not."""
    stands = _masks(before) if before else {}
    for name, body in _masks(reader).items():
        if stands.get(name) != body:
            con.execute(f"create or replace temp macro {name}(x) as {body}").fetchall()
    hidden = _hidden(reader)
    if before and hidden == _hidden(before):
        return
    known = {name for (name,) in con.execute(KNOWN).fetchall()}
    for name, (table, same) in VIEWS.items():
        if table in known:
            con.execute(f"create or replace temp view {name} as {_rows(table, same, hidden)}").fetchall()


def _masks(reader: Reader) -> dict[str, str]:
    shown = {MACRO[what]: _shown(getattr(reader, what), MASKED[what]) for what in MACRO}
    return {**shown, "shown_text": _text(reader)}


def _hidden(reader: Reader) -> list[str]:
    return [what for what in TELLS_OF if not getattr(reader, what)]


def _shown(how: str, masked: str) -> str:
    return {"full": "x", "masked": masked, "none": "null::varchar"}[how]


def _text(reader: Reader) -> str:
    shown = "x"
    if reader.id_number != "full":
        mask = r"\1********\2" if reader.id_number == "masked" else "******"
        shown = ID_IN_TEXT.format(x=shown, mask=mask)
    if reader.phone != "full":
        mask = r"\1\2****\3\4" if reader.phone == "masked" else r"\1******\4"
        shown = PHONE_IN_TEXT.format(x=shown, mask=mask)
    return "x" if shown == "x" else f"if(length(x) < 11, x, {shown})"


def _rows(table: str, same: str, hidden: list[str]) -> str:
    """The table's rows; without those that tell of what is hidden. A rule that nobody knows may tell of anything."""
    if not hidden:
        return f"select * from {table}"
    if not same:
        kinds = ", ".join(f"'{kind}'" for what in hidden for kind in TELLS_OF[what])
        return f"select * from {table} where kind not in ({kinds})"
    barred = " or ".join(f"t.{what}" for what in hidden)
    return f"select l.* from {table} as l inner join report_tells as t on {same} where not ({barred})"


def fit(sheet: Sheet, reader: Reader) -> Sheet:
    """The sheet as this reader gets it: without the columns they may not see, every text masked by what it holds."""
    shown = tuple(c for c in sheet.columns if getattr(reader, (HOLDS | BESIDE).get(c.field, ""), "full") != "none")
    cells = ", ".join(f'{_cell(c)} as "{c.field}"' for c in shown if not c.answer)
    return replace(sheet, columns=shown, rows=f"select {cells} from ({sheet.rows})")


def _cell(column: Column) -> str:
    if column.form != TEXT:
        return f'"{column.field}"'
    return f'{MACRO.get(HOLDS.get(column.field, ""), "shown_text")}("{column.field}"::varchar)'
