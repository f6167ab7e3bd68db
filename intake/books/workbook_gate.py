"""What an xlsx or ods may not hold, looked for before any reader opens it: bombs, tricks, code, links, entities.

Reads the zip's directory, the first 64 KB of each part and the list of sheets; unpacks nothing else.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from xml.etree import ElementTree

from intake.archives.zip_members import Caps, inflate, read_directory
from intake.books.cell_frames import MOST_SHEETS
from intake.reader_words import refusal

CAPS = Caps("工作簿", members=2000, unpacked=4 << 30)  # a 1 M x 15 sheet unpacks to about 1 GB
HEAD = 64 << 10
SMALL_PART = 4 << 20  # the list of sheets and its relations; a thousand sheets need 200 KB
MOST_SHARED = 1 << 30
SHORTEST_SHARED = 5  # <si/>
MACROS = re.compile(
    r"(^|/)(vbaproject|jsaproject|jdedata)[^/]*\.bin$|^xl/(macrosheets|dialogsheets)/|^(basic|scripts)/"
)
LINKS = re.compile(r"^xl/externallinks/")
OBJECTS = re.compile(r"^xl/(embeddings|activex|oleobjects)/|^object [^/]*/|^objectreplacements/")
DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
COUNTS = re.compile(rb"<(?:\w+:)?sst\b[^<>]{0,2000}?\buniqueCount\s*=\s*[\"'](\d{1,20})[\"']")
PICTURES = ("xl/media/", "pictures/", "thumbnails/")  # an SVG may declare its document type; nobody reads it
ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"


@dataclass(frozen=True)
class Parts:
    """A workbook that passed: all its `members`, and as `sheets` its worksheets in the order of the book, None for a
    chart."""

    kind: str
    members: Sequence[zipfile.ZipInfo]
    sheets: Sequence[zipfile.ZipInfo | None]
    epoch_1904: bool

    @property
    def unpacked(self) -> int:
        return sum(m.file_size for m in self.members)


def check_workbook(data: bytes) -> Parts:
    """What the reader needs to know of an xlsx or ods. Raises: DeliveryRefused, with a code for each thing found."""
    stream = io.BytesIO(data)
    members = read_directory(stream, CAPS)
    names = {m.orig_filename.casefold(): m for m in members}
    kind = _kind(stream, names)
    _refuse_code(names)
    for member in members:
        if not member.orig_filename.casefold().startswith(PICTURES):
            _refuse_declarations(stream, member)
    if kind == "ods":
        return Parts(kind, members, (names["content.xml"],), False)
    _refuse_shared(stream, names.get("xl/sharedstrings.xml"))
    sheets, epoch = _sheets(stream, names)
    return Parts(kind, members, sheets, epoch)


def _kind(stream: io.BytesIO, names: Mapping[str, zipfile.ZipInfo]) -> str:
    if "mimetype" in names and "content.xml" in names:
        if _read(stream, names["mimetype"]).strip() != ODS_TYPE:
            raise refusal("not_workbook")
        if b"encryption-data" in _read(stream, names.get("meta-inf/manifest.xml")):
            raise refusal("locked")
        return "ods"
    if "[content_types].xml" not in names:
        raise refusal("zip")
    if not any(n.startswith("xl/") for n in names):
        raise refusal("not_workbook")
    if any(n.startswith("xl/workbook") and n.endswith(".bin") for n in names):
        raise refusal("xlsb")
    return "xlsx"


def _refuse_code(names: Mapping[str, zipfile.ZipInfo]) -> None:
    for code, pattern in (("macros", MACROS), ("external_links", LINKS), ("embedded_object", OBJECTS)):
        if any(pattern.search(name) for name in names):
            raise refusal(code)


def _refuse_declarations(stream: io.BytesIO, member: zipfile.ZipInfo) -> None:
    """No part of a real workbook declares a document type. Without NULs, so that UTF-16 hides nothing."""
    head = b""
    for piece in inflate(stream, member, CAPS):
        head += piece[: HEAD - len(head)]
        if len(head) >= HEAD:
            break
    plain = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if plain.startswith(b"<") and DECLARATION.search(plain):
        raise refusal("entities")


def _refuse_shared(stream: io.BytesIO, shared: zipfile.ZipInfo | None) -> None:
    """A table of more texts than its bytes can hold makes a reader ask for memory in vain."""
    if shared is None:
        return
    head = next(inflate(stream, shared, CAPS), b"")
    said = COUNTS.search(head[:HEAD])
    if shared.file_size > MOST_SHARED or (said and int(said[1]) * SHORTEST_SHARED > shared.file_size):
        raise refusal("shared_strings")


def _sheets(stream: io.BytesIO, names: Mapping[str, zipfile.ZipInfo]) -> tuple[Sequence[zipfile.ZipInfo | None], bool]:
    """The worksheets in the order of the book, and whether its days count from 1904."""
    book = _main_part(stream, names)
    try:
        root = ElementTree.fromstring(_read(stream, names.get(book)))
        folder, leaf = posixpath.split(book)
        related = _relations(_read(stream, names.get(f"{folder}/_rels/{leaf}.rels")))
    except (ElementTree.ParseError, ValueError, LookupError):
        raise refusal("truncated") from None
    found: list[zipfile.ZipInfo | None] = []
    epoch = False
    for element in root.iter():
        tag, said = _local(element.tag), {_local(k): v for k, v in element.attrib.items()}
        if tag == "workbookPr":
            epoch = said.get("date1904", "0").lower() in ("1", "true", "on")
        elif tag == "sheet":
            target, kind = related.get(said.get("id", ""), ("", ""))
            path = posixpath.normpath(posixpath.join(folder, target)).casefold().lstrip("/")
            found.append(names.get(path) if kind == "worksheet" else None)
    if len(found) > MOST_SHEETS:
        raise refusal("too_many_sheets")
    if len({id(part) for part in found if part}) < sum(part is not None for part in found):
        raise refusal("truncated")  # one part as several sheets: no program writes that, and its rows would count twice
    return found, epoch


def _main_part(stream: io.BytesIO, names: Mapping[str, zipfile.ZipInfo]) -> str:
    try:
        related = _relations(_read(stream, names.get("_rels/.rels")))
    except (ElementTree.ParseError, ValueError, LookupError):
        raise refusal("truncated") from None
    main = [target for target, kind in related.values() if kind == "officeDocument"]
    return main[0].casefold().lstrip("/") if main else "xl/workbook.xml"


def _relations(xml: bytes) -> dict[str, tuple[str, str]]:
    """Each relation's target and the last word of its type, by its id."""
    return {
        e.get("Id", ""): (e.get("Target", ""), e.get("Type", "").rpartition("/")[2])
        for e in ElementTree.fromstring(xml).iter()
        if _local(e.tag) == "Relationship"
    }


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _read(stream: io.BytesIO, member: zipfile.ZipInfo | None) -> bytes:
    """A small part, whole. Raises: DeliveryRefused, where it is missing or not small."""
    if member is None or member.file_size > SMALL_PART:
        raise refusal("truncated")
    return b"".join(islice(inflate(stream, member, CAPS), 2 + SMALL_PART // 1024))
