"""Reads xlsx, xls, ods, and the web pages and XML of 2003 that are saved as .xls: one table for each sheet of data.

Told by content, never by the name. What may not be in a workbook is looked for before any reader opens it; the readers
run in a child process. Text stays text, no number loses digits in silence, and no formula is ever evaluated.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from intake.books.biff import check_old_workbook
from intake.books.book import Book, read_in_child
from intake.books.sheet_tables import tables_of
from intake.books.workbook_gate import check_workbook
from intake.books.workbook_marks import Marks, put_marks
from intake.books.workbook_scan import scan_workbook
from intake.raw import RawTable
from intake.reader_words import refusal
from intake.texts.decode import Data, decode
from schemas.columns import Layout

ZIP_MAGIC, OLE_MAGIC, MHTML = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"MIME-Version:"
HEAD = 64 << 10
SCANNED_FIRST = 32 << 20  # smaller books are scanned before a child is started for them, larger ones while it reads
PAGE_TAGS = rb"html|head|meta|body|table|thead|tbody|tr|div|h[1-6]|style|title|center|form|script|link|span|font|base"
MARKUP = re.compile(
    rb"\s*<(?:!--|!doctype\b|\?xml\b|\?mso-|(?:(?:\w+:)?workbook|" + PAGE_TAGS + rb")(?=[\s>/]))", re.IGNORECASE
)
COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
FIRST_TAG = re.compile(rb"<(?:\w+:)?([A-Za-z][\w.-]*)")
PAGE_TAG = re.compile(PAGE_TAGS, re.IGNORECASE)
ENTITY = re.compile(rb"<!\s*ENTITY|<!\s*DOCTYPE[^>\[]{0,1000}\[", re.IGNORECASE)
DOCTYPE = re.compile(rb"<!\s*DOCTYPE", re.IGNORECASE)
BIG5 = re.compile(rb"charset\s*=\s*[\"']?\s*big5", re.IGNORECASE)


def is_spreadsheet(data: Data) -> bool:
    """Whether the content is that of a workbook, a web page or XML."""
    head = bytes(data[:4096])
    return head.startswith((ZIP_MAGIC, OLE_MAGIC, MHTML)) or _is_markup(head)


def read_tables(data: Data, layout: Layout, aliases: Mapping[str, Sequence[str]], notes: list[str]) -> list[RawTable]:
    """One table for each sheet of data, in order; what is odd about a sheet is added to `notes`. Raises:
    DeliveryRefused."""
    return tables_of(read_sheets(data), layout, aliases, notes)


def read_sheets(data: Data) -> Book:
    """Every sheet as text. Raises: DeliveryRefused for what is damaged, locked, or holds what no delivery needs."""
    whole = data if isinstance(data, bytes) else bytes(data)
    if whole.startswith(ZIP_MAGIC):
        return _read_zipped(whole)
    if whole.startswith(OLE_MAGIC):
        found = check_old_workbook(whole)
        book = read_in_child("xls", whole, len(whole))
        return replace(book, sheets=put_marks(book.sheets, found.marks), epoch_1904=found.epoch_1904)
    if whole.startswith(MHTML):
        raise refusal("mhtml")
    return _read_markup(whole)


def _read_zipped(data: bytes) -> Book:
    parts = check_workbook(data)
    marks: list[Marks] = []

    def scan() -> None:
        marks.extend(scan_workbook(data, parts))

    if parts.unpacked <= SCANNED_FIRST:
        scan()
        book = read_in_child(parts.kind, data, parts.unpacked)
    else:
        book = read_in_child(parts.kind, data, parts.unpacked, scan)
    return replace(book, sheets=put_marks(book.sheets, marks), epoch_1904=parts.epoch_1904)


def _is_markup(head: bytes) -> bool:
    """Without NULs, UTF-16 begins as any other text does."""
    return MARKUP.match(head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")) is not None


def _read_markup(data: bytes) -> Book:
    text = _decode_markup(data)
    head = COMMENT.sub(b"", text[:HEAD])
    first = FIRST_TAG.search(head)
    is_page = first is None or PAGE_TAG.fullmatch(first[1]) is not None
    if ENTITY.search(text) or (not is_page and DOCTYPE.search(head)):
        raise refusal("entities")
    if not is_page and first is not None and first[1] != b"Workbook":
        raise refusal("unknown_xml")
    return read_in_child("html" if is_page else "xml", text, len(text))


def _decode_markup(data: bytes) -> bytes:
    """As UTF-8. What a page says of its encoding is believed only where nothing else tells Big5 from GB18030."""
    if BIG5.search(data[:HEAD]):
        for codec in ("utf-8", "cp950"):
            try:
                return data.decode(codec).encode()
            except UnicodeDecodeError:
                continue
    return decode(data)[0]
