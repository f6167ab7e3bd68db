"""One received file to its raw table, whatever its kind, with the gates that concern the whole file."""

from collections.abc import Mapping, Sequence

from intake.delimited import read_delimited
from intake.raw import RawTable
from intake.receive import Incoming
from intake.spreadsheet import is_spreadsheet, read_spreadsheet
from schemas.columns import Layout
from schemas.errors import DeliveryRefused

HTML = (b"<html", b"<!doctype", b"<?xml", b"<table")


def read_delivery(incoming: Incoming, data: bytes, layout: Layout, aliases: Mapping[str, Sequence[str]]) -> RawTable:
    """The file's data rows as text, by content and never by extension. Raises: DeliveryRefused."""
    if incoming.problem:
        raise incoming.problem
    if not data[:4096].strip() and not data.strip():
        raise DeliveryRefused("文件是空的（0 行）；请确认导出成功后重发。", code="empty_file")
    if data[:4096].lstrip()[:200].lower().startswith(HTML):
        raise DeliveryRefused(
            "这是网页或 XML 格式，不是真正的表格；请用「另存为」存成 xlsx 或 CSV 后重发。", code="html"
        )
    raw = read_cells(data, layout, aliases)
    _refuse_wrong_count(raw, incoming)
    return raw


def read_cells(data: bytes, layout: Layout, aliases: Mapping[str, Sequence[str]]) -> RawTable:
    """A file's data rows as text, whatever its name says. Raises: DeliveryRefused."""
    return read_spreadsheet(data, layout, aliases) if is_spreadsheet(data) else read_delimited(data, layout, aliases)


def _refuse_wrong_count(raw: RawTable, incoming: Incoming) -> None:
    rows = raw.cells.num_rows
    for said, where in ((incoming.expected_rows, "清单"), (raw.trailer, "表尾合计")):
        if said is not None and said != rows:
            raise DeliveryRefused(
                f"{where}写明 {said} 行，实际读到 {rows} 行，文件可能不完整；请核对后重新发送。", code="row_count"
            )
