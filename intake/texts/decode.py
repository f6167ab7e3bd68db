"""Strict decoding: byte order mark, then UTF-8, then GB18030. Never replaces or ignores a byte.

A file is handled in blocks that end at line ends, so that no second copy of it is ever whole in memory; a line too long
for any row is refused. In UTF-8 and in GB18030 no byte below 0x30 is part of another character: lines, commas and quotes can be found before decoding.
"""

import codecs
import mmap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from intake.texts.mixture import utf8_among
from schemas.errors import DeliveryRefused

BOMS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-bom"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
)
UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
DOS_END, SPACE = b"\x1a", 0x20
BLOCK = 16 << 20
LONGEST_LINE = 16 << 20  # a thousand cells of the longest sort take 6 MB
PIECE = 256 << 10  # decoding lets no other thread in: a piece takes one or two milliseconds

Data = bytes | memoryview | mmap.mmap


@dataclass(frozen=True)
class Source:
    """A file's bytes after its byte order mark of `mark` bytes. `label` is the encoding as it is reported."""

    data: memoryview
    codec: str
    label: str
    mark: int = 0

    @property
    def splits_raw(self) -> bool:
        """Whether line ends, commas, tabs, semicolons and quotes can be found in the bytes as they are."""
        return self.codec in ("utf-8", "gb18030")


def decode(data: Data) -> tuple[bytes, str]:
    """The file as UTF-8 bytes, and the encoding it came in. Raises: DeliveryRefused with the first bad byte's offset.

    >>> decode("姓名".encode("gb18030"))[0].decode()
    '姓名'
    """
    source = open_source(data)
    return b"".join(text_blocks(source)), source.label


def open_source(data: Data) -> Source:
    """The file's encoding. Only UTF-8 is proved here; another may still break. Raises: DeliveryRefused."""
    view = memoryview(data)
    head = bytes(view[:4096])
    if head.startswith(UTF32) and len(view) % 4 == 0:
        raise DeliveryRefused(
            "文件是 UTF-32 编码（开头 4 字节是它的标记），不能读取；请另存为 UTF-8 后重发。", code="undecodable"
        )
    for bom, codec, label in BOMS:
        if head.startswith(bom):
            source = Source(_without_end(view[len(bom) :], codec), codec, label, len(bom))
            if codec == "utf-8" and not _is_utf8(source.data):
                raise damage(source)
            return source
    if wide := _wide(head, len(view)):
        return Source(view, wide, wide)
    view = _without_end(view, "utf-8")
    return Source(view, "utf-8", "utf-8") if _is_utf8(view) else Source(view, "gb18030", "gb18030")


def raw_blocks(source: Source) -> Iterator[bytes]:
    """The bytes as they are, in blocks that end at line ends; only where `splits_raw`. Raises: DeliveryRefused."""
    start, size, length = 0, len(source.data), BLOCK
    line_end = _line_end(bytes(source.data[:BLOCK]))
    while start < size:
        block = bytes(source.data[start : start + length])
        if start + length < size:
            block = block[: block.rfind(line_end) + 1]
        if not block:  # a line longer than this
            if length >= LONGEST_LINE:
                raise _long_line()
            length *= 2
            continue
        if b"\x00" in block:
            raise _nul_byte(source.mark + start + block.index(0))
        if source.codec == "gb18030":
            _refuse_mixture(source, block, start)
        yield block
        start += len(block)
        _let_go(source.data, start)


def text_blocks(source: Source) -> Iterator[bytes]:
    """The text as UTF-8, in blocks that end at line ends. Raises: DeliveryRefused."""
    if source.codec == "utf-8":
        yield from raw_blocks(source)
        return
    for block in _cut(_decoded(source)):
        if b"\x00" in block:
            raise _nul_byte(source.mark + _place_of_nul(source))
        yield block


def damage(source: Source) -> DeliveryRefused:
    """The refusal of a file that breaks, with the place of its first bad byte."""
    tried = ("utf-8", "gb18030") if source.codec == "gb18030" else (source.codec,)
    start = max(_first_bad(source.data, codec) for codec in tried)
    line = bytes(source.data[:start]).decode(source.codec, errors="ignore").count("\n") + 1
    place, size = source.mark + start, source.mark + len(source.data)
    where = f"第 {place + 1} 字节（第 {line} 行，共 {size} 字节）"
    if size - place <= 4:
        return DeliveryRefused(f"文件在{where}处中断，末尾的字不完整；请重新发送完整文件。", code="truncated")
    name = {"utf-8": "UTF-8", "gb18030": "UTF-8 也不是 GB18030"}.get(source.codec, source.codec.upper())
    said = "既不是" if source.codec == "gb18030" else "不是完好的"
    return DeliveryRefused(f"{where}起{said} {name} 文本；请核对编码后重新导出。", code="undecodable")


def _decoded(source: Source) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(source.codec)()
    try:
        for start in range(0, len(source.data), PIECE):
            piece = bytes(source.data[start : start + PIECE])
            if source.codec == "gb18030":
                _refuse_mixture(source, piece, start)
            yield decoder.decode(piece).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError:
        raise damage(source) from None


def _cut(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces joined to blocks that end at line ends."""
    held: list[bytes] = []
    size, line, line_end = 0, 0, b""
    for piece in pieces:
        line_end = line_end or _line_end(piece)
        end = piece.rfind(line_end) + 1
        line = len(piece) - end if end else line + len(piece)
        if line > LONGEST_LINE:
            raise _long_line()
        if size + len(piece) >= BLOCK and end:
            yield b"".join([*held, piece[:end]])
            held, size = [], 0
            piece = piece[end:]
        held.append(piece)
        size += len(piece)
    if size:
        yield b"".join(held)


def _line_end(start: bytes) -> bytes:
    """Old Macs end a line with a carriage return alone."""
    return b"\r" if b"\r" in start and b"\n" not in start else b"\n"


def _is_utf8(data: memoryview) -> bool:
    """Whether the bytes are UTF-8; Arrow checks them where they lie, without making a text of them."""
    start = 0
    while start < len(data):
        end = min(start + BLOCK, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80 and start + BLOCK - end < 4:  # inside a character
            end -= 1
        piece = data[start:end]
        ends = pa.py_buffer(np.array([0, len(piece)], np.int32))
        try:
            pa.Array.from_buffers(pa.string(), 1, [None, ends, pa.py_buffer(piece)]).validate(full=True)
        except pa.ArrowInvalid:
            return False
        start = end
    return True


def _first_bad(data: memoryview, codec: str) -> int:
    """Where the first character begins that is none, or the length."""
    decoder = codecs.getincrementaldecoder(codec)()
    for start in range(0, len(data) + 1, PIECE):
        pending = len(decoder.getstate()[0])
        try:
            decoder.decode(bytes(data[start : start + PIECE]), final=start + PIECE > len(data))
        except UnicodeDecodeError as error:
            return start - pending + error.start
    return len(data)


def _without_end(data: memoryview, codec: str) -> memoryview:
    """Without the marks that DOS put at the end of a text."""
    mark, size = DOS_END.decode().encode(codec), len(data)
    while size >= len(mark) and data[size - len(mark) : size] == mark:
        size -= len(mark)
    return data[:size]


def _wide(head: bytes, size: int) -> str | None:
    """UTF-16 without its mark: every second byte of its ASCII characters is zero."""
    odd, even = head[1::2].count(0), head[::2].count(0)  # 一 and 开 have a zero low byte too
    if size % 2 or len(head) <= 8 or max(odd, even) <= len(head) // 20:
        return None
    if even * 4 < odd:
        return "utf-16-le"
    return "utf-16-be" if odd * 4 < even else None


def _place_of_nul(source: Source) -> int:
    text = bytes(source.data).decode(source.codec)
    return len(text[: text.index("\x00")].encode(source.codec))


def _nul_byte(place: int) -> DeliveryRefused:
    return DeliveryRefused(
        f"第 {place + 1} 字节是空字节，文件已损坏或不是文本；请重新导出为 CSV 或 Excel。", code="nul_byte"
    )


def _refuse_mixture(source: Source, block: bytes, start: int) -> None:
    """GB18030 reads UTF-8 as other words, and so as people who do not exist."""
    place = utf8_among(block)
    if place is None:
        return
    if _first_bad(source.data, source.codec) < len(source.data):
        raise damage(source)
    if _first_bad(source.data, "utf-8") > start + place:  # UTF-8 from its beginning, up to a damaged byte
        raise damage(replace(source, codec="utf-8"))
    line = bytes(source.data[: start + place]).count(b"\n") + 1
    raise DeliveryRefused(
        f"第 {line} 行起是 UTF-8 文本，别处是 GB18030，像是由不同编码的文件拼接而成；请统一编码后重新导出。",
        code="mixed_encodings",
    )


def _long_line() -> DeliveryRefused:
    return DeliveryRefused(
        f"文件里有一行超过 {LONGEST_LINE >> 20} MB，不是按行写的名单，或换行符已丢失；请重新导出为 CSV 或 Excel。",
        code="long_line",
    )


def _let_go(data: memoryview, end: int) -> None:
    """A mapped file's pages are not needed again once a block is read."""
    pages = end // mmap.PAGESIZE * mmap.PAGESIZE
    if pages and isinstance(data.obj, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        data.obj.madvise(mmap.MADV_DONTNEED, 0, pages)


def trimmed_text(cells: pa.ChunkedArray, codec: str) -> pa.ChunkedArray:
    """Cells as text, bytes decoded, without white space at their ends. Raises: UnicodeDecodeError where one is no text."""
    return pa.chunked_array([_trimmed_text(chunk, codec) for chunk in cells.chunks], pa.string())


def _trimmed_text(cells: pa.Array, codec: str) -> pa.Array:
    """A column of digits is text already; of one that repeats itself each distinct word is decoded once."""
    valid, ends, held = cells.buffers()
    content = np.frombuffer(held, np.uint8) if held is not None else np.zeros(0, np.uint8)
    if not len(content) or content.max() < 0x80:
        text = pa.Array.from_buffers(pa.string(), len(cells), [valid, ends, held], offset=cells.offset)
        return pc.utf8_trim_whitespace(text) if len(content) and content.min() <= SPACE else text
    if pa.types.is_string(cells.type):
        return pc.utf8_trim_whitespace(cells)
    coded = cells.dictionary_encode()
    if len(coded.dictionary) * 2 > len(cells):
        return pc.utf8_trim_whitespace(_decoded_words(cells, codec))
    return pc.utf8_trim_whitespace(_decoded_words(coded.dictionary, codec)).take(coded.indices)


def _decoded_words(words: pa.Array, codec: str) -> pa.Array:
    """All at once, each ended by the zero byte that no file may hold."""
    ended = pc.binary_join_element_wise(words, b"\x00", b"")
    ends = np.frombuffer(ended.buffers()[1], np.int32)[ended.offset :]
    text = str(memoryview(ended.buffers()[2])[ends[0] : ends[len(ended)]], codec)
    return pc.split_pattern(pa.array([text], pa.string()), "\x00").flatten()[:-1]
