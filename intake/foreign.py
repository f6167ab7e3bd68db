"""Files that hold no table this house reads, told by their first bytes, so that the office is told what it sent."""

from intake.reader_words import refusal
from intake.texts.decode import Data

MAGIC = {
    b"%PDF-": "PDF", b"\xff\xd8\xff": "图片", b"\x89PNG\r\n": "图片", b"GIF8": "图片", b"II*\x00": "图片", b"MM\x00*": "图片",
    b"{\\rtf": "Word（RTF）", b"SQLite format 3\x00": "SQLite 数据库", b"\x00\x01\x00\x00Standard ": "Access 数据库", b"\x09\x00\x04\x00": "Excel 2.0", b"\x09\x02\x06\x00": "Excel 3.0", b"\x09\x04\x06\x00": "Excel 4.0",
}  # fmt: skip
DBASE_VERSIONS = frozenset(b"\x02\x03\x04\x30\x31\x32\x43\x63\x83\x8b\x8c\xcb\xf5\xfb")
DBASE_HEADER, FIELD = 32, 32


def refuse_foreign(data: Data) -> None:
    """Raises: DeliveryRefused, naming the kind of file."""
    head = bytes(data[:64])
    for magic, kind in MAGIC.items():
        if head.startswith(magic):
            raise refusal("foreign", kind=kind)
    if _is_dbase(head):
        raise refusal("foreign", kind="dBase 或 FoxPro 数据表（dbf）")


def _is_dbase(head: bytes) -> bool:
    """A version, a date, and a header as long as whole fields make it; no text begins so."""
    if (
        len(head) < DBASE_HEADER + FIELD
        or head[0] not in DBASE_VERSIONS
        or not 1 <= head[2] <= 12
        or not 1 <= head[3] <= 31
    ):
        return False
    length, record = int.from_bytes(head[8:10], "little"), int.from_bytes(head[10:12], "little")
    return (
        length > DBASE_HEADER
        and length % FIELD in (0, 1, 8)
        and record > 1
        and head[DBASE_HEADER + 11 : DBASE_HEADER + 12].isalpha()
    )
