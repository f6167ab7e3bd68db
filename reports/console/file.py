"""A delivery: what it was, what became of its rows, and each of them."""

from collections.abc import Mapping
from typing import Any

import duckdb

from reports.console import places
from reports.console.page import Page
from reports.console.row import quarantined
from reports.console.rows import rows
from reports.words import COVERAGE_WORDS, DELIVERY_WORDS, KIND_WORDS
from schemas.errors import say

PER_PAGE = 100  # row numbers of a page, whether new in this delivery or not
CAME = "select run_no, status, shown_text(reason) as reason from finder.file_seen where delivery_id = $delivery order by run_no limit 20"
NOTICES = 'select "column", "check", rows, shown_text(message) as message from read_parquet($file) where delivery_id = $delivery order by "column", "check" limit 50'
COUNTED = ("unchanged", "linked", "new_person", "not_linked", "review", "quarantined")


def file_page(con: duckdb.DuckDBPyConnection, runs: str, file: Mapping[str, Any], number: int) -> Page:
    """The page of one delivery, with the rows of one page (numbered from 1) that were new or changed in it."""
    last = max(1, -(-file["rows"] // PER_PAGE))
    number = min(max(1, number), last)
    first, end = (number - 1) * PER_PAGE + 1, number * PER_PAGE
    where = {"delivery": file["delivery_id"]}
    values = {
        "file": file, "kind": KIND_WORDS.get(file["kind"] or "", say("未识别", "unknown")), "number": number, "last": last,
        "first_row": first, "end_row": min(end, file["rows"]), "status": DELIVERY_WORDS[file["status"]],
        "coverage": COVERAGE_WORDS.get(file["coverage"] or "", ""), "came": rows(con, CAME, where), "counted": COUNTED,
        "places": places.of_file(con, file["delivery_id"], first, end), "faults": quarantined(con, runs, file, first, end),
        "notices": rows(con, NOTICES, where | {"file": f"{runs}/{file['run_no']:06d}/tables/notice.parquet"}),
    }  # fmt: skip
    return Page("file.html", say("文件", "File"), values)
