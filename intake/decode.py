"""Strict decoding: byte order mark, then UTF-8, then GB18030. Never replaces or ignores a byte."""

import codecs

import pyarrow as pa

from schemas.errors import DeliveryRefused

BOMS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-bom"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
)
DOS_END = "\x1a"


def decode(data: bytes) -> tuple[bytes, str]:
    """The file as UTF-8 bytes, and the encoding it came in. Raises: DeliveryRefused with the first bad byte's offset.

    >>> decode("姓名".encode("gb18030"))[0].decode()
    '姓名'
    """
    for bom, codec, label in BOMS:
        if data.startswith(bom):
            return _strict(data[len(bom) :], codec, len(bom)), label
    if _looks_like_utf16(data):
        return _strict(data, "utf-16-le", 0), "utf-16-le"
    try:
        if not _is_utf8(data):
            data.decode("utf-8")  # says where
        return _clean(data), "utf-8"
    except UnicodeDecodeError as as_utf8:
        try:
            return _clean(data.decode("gb18030").encode("utf-8"), "gb18030"), "gb18030"
        except UnicodeDecodeError as as_gb:
            raise _undecodable(max(as_utf8.start, as_gb.start), len(data)) from None


def _is_utf8(data: bytes) -> bool:
    """Whether the bytes are UTF-8; Arrow checks at memory speed, without making a text of them."""
    try:
        pa.array([data], pa.large_binary()).cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True


def _strict(data: bytes, codec: str, offset: int) -> bytes:
    try:
        return _clean(data.decode(codec).encode("utf-8"), codec, offset)
    except UnicodeError as error:
        raise _undecodable(offset + getattr(error, "start", 0), len(data) + offset) from None


def _clean(data: bytes, codec: str = "utf-8", offset: int = 0) -> bytes:
    if data.endswith(DOS_END.encode()):
        data = data.rstrip(DOS_END.encode())
    if b"\x00" in data:
        before = data[: data.index(0)].decode("utf-8").encode(codec)
        raise DeliveryRefused(
            f"第 {offset + len(before) + 1} 字节是空字节，文件已损坏或不是文本；请重新导出为 CSV 或 Excel。",
            code="nul_byte",
        )
    return data


def _looks_like_utf16(data: bytes) -> bool:
    head = data[:4096]
    high, low = head[1::2].count(0), head[::2].count(0)  # 一 and 开 have a zero low byte too
    return len(data) % 2 == 0 and len(head) > 8 and high > len(head) // 20 and low * 4 < high


def _undecodable(start: int, size: int) -> DeliveryRefused:
    where = f"第 {start + 1} 字节（共 {size} 字节）"
    if size - start <= 4:
        return DeliveryRefused(f"文件在{where}处中断，末尾的字不完整；请重新发送完整文件。", code="truncated")
    return DeliveryRefused(f"{where}起既不是 UTF-8 也不是 GB18030 文本；请核对编码后重新导出。", code="undecodable")
