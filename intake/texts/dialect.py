"""How a delimited text is cut: the delimiter that makes the header bind, and where rows end that hold quotes.

Also says why a header cannot be read.
"""

import codecs
import csv
import io
import re
from _csv import Reader
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from intake.bind import HEADER_SEARCH, Binding, find_header
from intake.texts.decode import BLOCK
from schemas.columns import MUST, Layout
from schemas.errors import DeliveryRefused

DELIMITERS = (",", "\t", "||", "|", "^", ";")
# A delimiter of several bytes is replaced by one of these, which no text holds; such files know no quotes.
STAND_INS = "\x1f\x1e\x1d\x1c\x06\x05\x04\x03\x02\x01"
# How a text was read wrongly and saved again, as Python's codecs: read as, really was, what to say.
MISREAD = (
    ("latin-1", "gb18030", "GBK 文本曾被当作西欧文字打开后另存"),
    ("cp1252", "gb18030", "GBK 文本曾被当作西欧文字打开后另存"),
    ("latin-1", "utf-8", "UTF-8 文本曾被当作西欧文字打开后另存"),
    ("cp1252", "utf-8", "UTF-8 文本曾被当作西欧文字打开后另存"),
    ("gb18030", "utf-8", "UTF-8 文本曾被当作 GBK 打开后另存"),
)
MOST_HELD = 4 * BLOCK  # a cell that is still open after this is a quote never closed
QUOTE, NEWLINE, RETURN = 34, 10, 13
NUMBER_DIGITS = 15  # of an identity number, an old one too
LOST = re.compile("\ufffd|锟斤拷|烫烫|屯屯|[?？]{2,}[^?？]{1,3}[?？]{2,}[^?？]{1,3}[?？]{2,}")


@dataclass(frozen=True)
class Dialect:
    """The delimiter, the header's 0-based place among the rows, and its binding. A row may lack the cells after the
    header's last `named` one."""

    delimiter: str
    place: int
    binding: Binding
    header: list[str]

    @property
    def named(self) -> int:
        return max(i for i, text in enumerate(self.header) if text.strip()) + 1


def find_dialect(
    head: str, layout: Layout, aliases: Mapping[str, Sequence[str]], delimiter: str | None = None
) -> Dialect:
    """The first delimiter under which the head of the text has the layout's header; or the one that is said.
    Raises: DeliveryRefused, the most telling of the reasons."""
    problems: list[DeliveryRefused] = []
    for trial in (delimiter,) if delimiter else DELIMITERS:
        try:
            return _dialect(head, layout, aliases, trial)
        except DeliveryRefused as problem:
            problems.append(problem)
    telling = next((p for p in problems if p.code != "no_header"), problems[0])
    lost = _garbled(head, layout, aliases) if telling.code in ("no_header", "missing_column") else None
    raise lost or telling


def needs_stand_in(delimiter: str) -> bool:
    return len(delimiter.encode()) > 1


def rows_of(text: str, delimiter: str, *, strict: bool = True) -> Reader:
    """The rows of a text by the standard library; a delimiter that stands in for another comes without quotes."""
    stream = io.StringIO(text, newline="")
    if delimiter in STAND_INS:
        return csv.reader(stream, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    return csv.reader(stream, delimiter=delimiter, strict=strict)


def _dialect(head: str, layout: Layout, aliases: Mapping[str, Sequence[str]], delimiter: str) -> Dialect:
    rows = _first_rows(head, delimiter)
    place, binding = find_header(rows, layout, aliases)
    if delimiter == "||" and any("|" in cell for cell in rows[place]):  # single bars, and a column without a name
        raise DeliveryRefused("分隔符不是 ||；请核对文件。", code="no_header")
    _refuse_rows_above(rows[:place], layout, binding)
    return Dialect(delimiter, place, binding, rows[place])


def _refuse_rows_above(rows: Sequence[Sequence[str]], layout: Layout, binding: Binding) -> None:
    """What stands above the header is left out; a row of data there, as in files joined to one, would be lost."""
    must = [binding.fields[c.field] for c in layout.columns if c.need == MUST and c.field in binding.fields]
    for line, row in enumerate(rows, start=1):
        filled = len(row) == binding.width and all(row[place].strip() for place in must)
        if filled and any(sum(c.isdigit() for c in cell) >= NUMBER_DIGITS for cell in row):
            raise DeliveryRefused(
                f"第 {line} 行像是数据，却在表头之前，会被漏掉；请把表头移到最前，或核对是否由不同编码的文件拼接而成。",
                code="rows_above_header",
            )


def _first_rows(head: str, delimiter: str) -> list[list[str]]:
    if needs_stand_in(delimiter):
        head, delimiter = head.replace(STAND_INS[0], "").replace(delimiter, STAND_INS[0]), STAND_INS[0]
    return list(islice(rows_of(head, delimiter, strict=False), HEADER_SEARCH))


def _garbled(head: str, layout: Layout, aliases: Mapping[str, Sequence[str]]) -> DeliveryRefused | None:
    """Says that a header cannot be read because its characters were lost or misread before delivery."""
    top = "\n".join(head[: 1 << 14].splitlines()[:HEADER_SEARCH])
    for read_as, was, said in MISREAD:
        mended = top.encode(read_as, errors="ignore").decode(was, errors="ignore")
        if mended != top and any(_binds(mended, layout, aliases, d) for d in DELIMITERS):
            return DeliveryRefused(
                f"表头是乱码（{said}），认不出列名；请从原系统重新导出，不要经其他软件转存。", code="mojibake"
            )
    if LOST.search(top) or _is_gibberish(top):
        return DeliveryRefused(
            "表头是乱码（汉字在导出或转存时已经丢失），认不出列名；请从原系统按 UTF-8 或 GBK 重新导出。",
            code="mojibake",
        )
    return None


def _is_gibberish(text: str) -> bool:
    """More accented letters and signs than letters, as no header has: what is left of Han read as Western text."""
    shown = [c for c in text if c.isprintable() and not c.isspace() and c not in ",;|^"]
    odd = sum("\x80" <= c < "\u2e80" for c in shown)
    return odd * 2 > len(shown)


def _binds(text: str, layout: Layout, aliases: Mapping[str, Sequence[str]], delimiter: str) -> bool:
    try:
        _dialect(text, layout, aliases, delimiter)
    except DeliveryRefused as problem:
        return problem.code == "missing_column"  # some of its words came back: that is what happened
    return True


def without_marks(block: bytes) -> bytes:
    """The block without byte order marks before quotes at line starts; those before other cells go later."""
    marked = codecs.BOM_UTF8 + b'"'
    if b'"' not in block:
        return block
    block = block[len(codecs.BOM_UTF8) :] if block.startswith(marked) else block
    return block.replace(b"\n" + marked, b'\n"')


def plain_lines(block: bytes) -> bytes:
    """The block with one kind of line end, where no cell is quoted and may hold one."""
    if b"\r" in block and b'"' not in block and block.count(b"\r") != block.count(b"\r\n"):
        return block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return block


def with_stand_in(block: bytes, delimiter: str) -> tuple[bytes, str]:
    """A block with a delimiter of one byte."""
    if not needs_stand_in(delimiter):
        return block, delimiter
    free = next((c for c in STAND_INS if c.encode() not in block), None)
    if free is None:
        raise DeliveryRefused("文件含有多种控制字符，无法可靠分列；请换一种分隔符重新导出。", code="undecodable")
    return block.replace(delimiter.encode(), free.encode()), free


def whole_rows(blocks: Iterable[bytes], delimiter: str) -> Iterator[bytes]:
    """The blocks, cut so that no quoted cell goes on in the next."""
    held = b""
    for block in blocks:
        block, held = held + block if held else block, b""
        if b'"' in block and not needs_stand_in(delimiter):
            block, held = _split_open(block, delimiter)
        if block:
            yield block
    if held:
        yield held


def _split_open(block: bytes, delimiter: str) -> tuple[bytes, bytes]:
    """Whole rows, and the rest in which a quoted cell is still open."""
    quoting = quoting_of(block, 0, delimiter)
    if quoting == "none" or (quoting == "clean" and block.count(b'"') % 2 == 0):
        return block, b""
    line = block.rfind(b"\n", 0, block.rfind(b'"')) + 1
    if line and block.count(b'"') % 2 and quoting_of(block[:line], 0, delimiter) != "messy":
        return block[:line], block[line:]
    return (b"", block) if len(block) <= MOST_HELD and _ends_open(block, delimiter) else (block, b"")


def _ends_open(block: bytes, delimiter: str) -> bool:
    try:
        deque(rows_of(block.decode("utf-8", errors="replace"), delimiter), maxlen=0)
    except csv.Error as error:
        return "end of data" in str(error)
    return False


def quoting_of(content: bytes, start: int, delimiter: str) -> str:
    """clean: every opening quote begins a cell and every closing one ends it, a quote within is doubled; none: no cell
    begins with a quote, so that quotes are but characters (="1501"); messy: anything else."""
    data = np.frombuffer(content, dtype=np.uint8)
    quotes = np.flatnonzero(data[start:] == QUOTE) + start
    edges = (ord(delimiter), NEWLINE, RETURN)
    before = data[np.maximum(quotes - 1, 0)]
    begins = np.isin(before, edges) | (quotes == start)
    if not begins.any():
        return "none"
    if len(quotes) % 2:
        return "messy"
    after = np.append(data, NEWLINE)[quotes[1::2] + 1]
    opens = begins[::2] | (before[::2] == QUOTE)
    return "clean" if opens.all() and np.isin(after, (*edges, QUOTE)).all() else "messy"
