"""Broken and malicious files of every kind, made from a seed: what a reader must refuse or read, but never die of.

`expected` is the refusal's code; READ where the file must be read; ANY where either is right.
"""

import csv
import io
import random
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
import xlwt

from tests.rough_files import DEATH, deaths
from tests.zip_tricks import declaring, marked, overlapping, renamed, repacked, with_link, wrong_crc, zipped

READ, ANY = "", "*"
SHEET, BOOK, TYPES = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ROWS = [list(DEATH), *deaths(*range(1, 9))]


@dataclass(frozen=True)
class Hostile:
    name: str
    data: bytes
    expected: str


DBF = bytes((3, 124, 6, 30)) + struct.pack("<IHH", 1, 97, 38) + bytes(20)
FOREIGN = {
    "a dBase table": DBF + "姓名".encode("gb18030").ljust(11, b"\0") + b"C" + bytes(20) + b"DAY".ljust(11, b"\0") + b"D" + bytes(20) + b"\r" + b" " * 38,
    "a PDF": b"%PDF-1.7\n%\xe2\xe3\n", "a photo": b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(40), "an Access file": b"\x00\x01\x00\x00Standard Jet DB\x00" + bytes(90),
}  # fmt: skip


# Good files, from which the bad ones are made.


def good_csv(encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(ROWS)
    return (("\ufeff" if encoding == "utf-16" else "") + out.getvalue()).encode(encoding.replace("16", "16-le"))


def good_xlsx() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("名单")
        for place, row in enumerate(ROWS):
            sheet.write_row(place, 0, row)
    return out.getvalue()


def good_xls() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("名单")
    for r, row in enumerate(ROWS):
        for c, text in enumerate(row):
            sheet.write(r, c, text)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def good_html() -> bytes:
    rows = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>\n" for row in ROWS)
    return f"<html><head><meta charset=utf-8></head><body><table border=1>{rows}</table></body></html>".encode()


def good_xml() -> bytes:
    rows = "".join(
        f"<Row>{''.join(f'<Cell><Data ss:Type={chr(34)}String{chr(34)}>{c}</Data></Cell>' for c in row)}</Row>\n"
        for row in ROWS
    )
    return (
        '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="S"><Table>{rows}</Table></Worksheet></Workbook>'
    ).encode()


def good_zip() -> bytes:
    return zipped({"死亡_20240629_增量.csv": good_csv("gb18030"), "镇区/死亡_20240630_增量.csv": good_csv()})


# What is done to any of them.


def cuts(kind: str, data: bytes, count: int, expected: str = ANY) -> Iterator[Hostile]:
    for number in range(count):
        at = 8 + (len(data) - 8) * number // count
        yield Hostile(f"{kind} cut at {at}", data[:at], expected)


def flips(kind: str, data: bytes, count: int, rng: random.Random) -> Iterator[Hostile]:
    for number in range(count):
        hurt = bytearray(data)
        for _ in range(rng.choice((1, 1, 3, 20))):
            hurt[rng.randrange(len(hurt))] ^= 1 << rng.randrange(8)
        yield Hostile(f"{kind} with bits turned, {number}", bytes(hurt), ANY)


def overwritten(kind: str, data: bytes, count: int, rng: random.Random) -> Iterator[Hostile]:
    for number in range(count):
        at, size = rng.randrange(len(data)), rng.choice((4, 64, 512))
        junk = rng.choice((bytes(size), b"\xff" * size, rng.randbytes(size)))
        yield Hostile(f"{kind} overwritten at {at}, {number}", data[:at] + junk + data[at + size :], ANY)


# CSV.


def hostile_csv(rng: random.Random) -> Iterator[Hostile]:
    for encoding in ("utf-8", "gb18030", "utf-16"):
        data = good_csv(encoding)
        yield from cuts(f"csv in {encoding}", data, 25)
        yield from flips(f"csv in {encoding}", data, 25, rng)
    text = good_csv().decode()
    yield Hostile("csv of quotes only", text.encode() + b'"' * 100_001, ANY)
    yield Hostile("csv with one quote never closed", text.replace("赵", '"赵', 1).encode() + text.encode() * 50, ANY)
    yield Hostile("csv with a line of a million commas", text.encode() + b"," * 1_000_000 + b"\n", ANY)
    yield Hostile("csv with a cell of five million letters", text.encode() + b"x" * 5_000_000 + b",1,20240601\n", ANY)
    yield Hostile("csv with NULs", text.replace("2024", "\x00\x0024").encode(), "nul_byte")
    yield Hostile("csv of UTF-16 with a lone surrogate", b"\xff\xfe" + text.encode("utf-16-le") + b"\x00\xd8", ANY)
    yield Hostile("csv of UTF-16 with an odd byte", b"\xff\xfe" + text.encode("utf-16-le") + b"\x41", ANY)
    yield Hostile("csv of overlong UTF-8", text.encode() + b"\xc0\x80,1,20240601\n", ANY)
    yield Hostile("csv that begins like a tag", b"<b>," + text.encode(), ANY)
    yield Hostile("bytes of chance", rng.randbytes(5000), ANY)


# Workbooks of zipped XML.


def with_part(name: str, content: bytes = b"x") -> bytes:
    return repacked(good_xlsx(), lambda parts: parts.update({name: content}))


def with_sheet(cells: str, after: str = "") -> bytes:
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData>{after}</worksheet>'
    return repacked(good_xlsx(), lambda parts: parts.update({SHEET: sheet.encode()}))


def laughing(encoding: str) -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE w [<!ENTITY l0 "ha">{entities}]><worksheet xmlns="{MAIN}"><sheetData><row><c t="inlineStr"><is><t>&l9;</t></is></c></row></sheetData></worksheet>'
    return text.encode(encoding)


def hostile_xlsx(rng: random.Random) -> Iterator[Hostile]:
    good = good_xlsx()
    yield from cuts("xlsx", good, 60, "truncated")
    yield from flips("xlsx", good, 60, rng)
    yield from overwritten("xlsx", good, 30, rng)
    yield from _gated_xlsx(good)
    yield from _odd_sheets()


def _gated_xlsx(good: bytes) -> Iterator[Hostile]:
    stored = repacked(good, lambda _: None, zipfile.ZIP_STORED)
    yield Hostile("xlsx with macros", with_part("xl/vbaProject.bin"), "macros")
    yield Hostile("xlsx with macros of WPS", with_part("xl/JDEData.bin"), "macros")
    yield Hostile("xlsx with a macro sheet", with_part("xl/macrosheets/sheet1.xml", b"<x/>"), "macros")
    yield Hostile("xlsx with external links", with_part("xl/externalLinks/externalLink1.xml"), "external_links")
    yield Hostile("xlsx with an embedded object", with_part("xl/embeddings/oleObject1.bin"), "embedded_object")
    yield Hostile("xlsx with a control", with_part("xl/activeX/activeX1.bin"), "embedded_object")
    yield Hostile("xlsx with a path upwards", with_part("xl/../../../tmp/x"), "zip_path")
    yield Hostile("xlsx with an absolute path", with_part("/etc/cron.d/x"), "zip_path")
    yield Hostile("xlsx with a drive", with_part("C:/x"), "zip_path")
    yield Hostile("xlsx with a backslash", with_part("xl\\x.xml"), "zip_path")
    yield Hostile("xlsx with one name twice", renamed("xl/styles.xml", "xl/sTyles.xml", with_part("xl/sTyles.xml")), "zip_duplicate")  # fmt: skip
    yield Hostile("xlsx of too many parts", repacked(good, lambda p: p.update({f"x/{n}": b"" for n in range(2100)})), "zip_members")  # fmt: skip
    yield Hostile("xlsx with an encrypted part", marked(SHEET, 8, 1, good), "locked")
    yield Hostile("xlsx with an unknown packing", marked(SHEET, 10, 14, good), "zip_method")
    yield Hostile("xlsx with a wrong checksum", wrong_crc(SHEET, stored), "zip_crc")
    yield Hostile("xlsx that declares too little", declaring(SHEET, 100, good), "zip_size")
    yield Hostile("xlsx that declares too much", declaring(SHEET, 100_000, good), "truncated")
    yield Hostile("xlsx that declares nothing for its texts", declaring("xl/sharedStrings.xml", 1, good), "zip_size")
    yield Hostile("xlsx of overlapping parts", overlapping(), "zip_overlap")
    yield Hostile("xlsx bomb", repacked(good, lambda p: p.update({"xl/media/a.xml": bytes(60 << 20)})), "zip_bomb")
    huge = bytes(21 << 20)
    yield Hostile("xlsx bomb in its sheet", repacked(good, lambda p: p.update({SHEET: p[SHEET] + huge})), "zip_bomb")
    yield Hostile("xlsx that claims 4 GB", declaring(SHEET, 0xFFFFFFF0, with_part("x", b"y")), ANY)
    for encoding in ("utf-8", "utf-16", "utf-16-be", "utf-32"):
        yield Hostile(f"xlsx with entities in {encoding}", repacked(good, lambda p, e=encoding: p.update({SHEET: laughing(e)})), "entities")  # type: ignore[misc]  # fmt: skip
    outer = b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><sst/>'
    yield Hostile("xlsx with an outer document type", repacked(good, lambda p: p.update({"xl/sharedStrings.xml": outer})), "entities")  # fmt: skip
    lying = f'<sst xmlns="{MAIN}" count="4000000000" uniqueCount="4000000000"><si><t>x</t></si></sst>'.encode()
    yield Hostile("xlsx with four thousand million texts", repacked(good, lambda p: p.update({"xl/sharedStrings.xml": lying})), "shared_strings")  # fmt: skip
    twice = b'<sheet name="Z" sheetId="9" r:id="rId1"/></sheets>'
    yield Hostile("xlsx with one part as two sheets", repacked(good, lambda p: p.update({BOOK: p[BOOK].replace(b"</sheets>", twice)})), "truncated")  # fmt: skip
    yield Hostile("xlsx with a picture that declares its type", with_part("xl/media/image1.svg", b"<!DOCTYPE svg><svg/>"), READ)  # fmt: skip
    yield Hostile("xlsx without a workbook", repacked(good, lambda p: p.pop(BOOK)), "truncated")
    yield Hostile("xlsx without relations", repacked(good, lambda p: p.pop("xl/_rels/workbook.xml.rels")), "truncated")
    yield Hostile("xlsx without its sheet", repacked(good, lambda p: p.pop(SHEET)), "truncated")
    yield Hostile("xlsx whose workbook is no XML", repacked(good, lambda p: p.update({BOOK: b"\x00\xff" * 50})), "truncated")  # fmt: skip
    yield Hostile("a document of Word", zipped({TYPES: b"<Types/>", "word/document.xml": b"<x/>"}), "not_workbook")
    for kind, head in FOREIGN.items():
        yield Hostile(kind, head, "foreign")
    yield Hostile("a binary workbook", zipped({TYPES: b"<Types/>", "xl/workbook.bin": b"x"}), "xlsb")


def _odd_sheets() -> Iterator[Hostile]:
    far = '<row r="1"><c r="A1" t="str"><v>x</v></c></row><row r="1048576"><c r="{0}1048576"><v>1</v></c></row>'
    yield Hostile("xlsx with a cell in the last corner", with_sheet(far.format("XFD")), "far_cell")
    yield Hostile("xlsx with a cell in the last row", with_sheet(far.format("J")), "far_cell")
    yield Hostile("xlsx with a cell outside of any sheet", with_sheet(far.format("ZZZ")), "far_cell")
    yield Hostile("xlsx with only the looks of far cells", with_sheet('<row r="1048576"><c r="XFD1048576" s="1"/></row>'), "empty_file")  # fmt: skip
    beyond = '<row r="4294967295"><c r="A4294967295"><v>1</v></c></row>'
    yield Hostile("xlsx with a row outside of any sheet", with_sheet(beyond), "far_cell")
    hidden = '<row r="1048576"><c><v>1</v></c><c t="str"><v>x</v></c></row><row r="1"><c r="XFD1"><v>1</v></c></row>'
    yield Hostile("xlsx with far cells that name no place", with_sheet(hidden), "far_cell")
    yield Hostile(
        "xlsx with texts that are not there", with_sheet('<row r="1"><c r="A1" t="s"><v>99</v></c></row>'), ANY
    )
    yield Hostile("xlsx with a text numbered below nothing", with_sheet('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>'), ANY)  # fmt: skip
    yield Hostile("xlsx with a number that is none", with_sheet('<row r="1"><c r="A1"><v>1e99999</v></c></row>'), ANY)
    yield Hostile("xlsx with an error without a place", with_sheet('<row r="1"><c t="e"><v>#N/A</v></c></row>'), "error_cells")  # fmt: skip
    yield Hostile("xlsx with rows in rows", with_sheet("<row>" * 5000 + "</row>" * 5000), ANY)
    yield Hostile("xlsx with tags never closed", with_sheet('<row r="1"><c r="A1"' * 2000), ANY)
    yield Hostile("xlsx with an attribute of a megabyte", with_sheet(f'<row r="1"><c r="A1" s="{"9" * (1 << 20)}"/></row>'), ANY)  # fmt: skip
    merges = '<mergeCells><mergeCell ref="A1:XFD1048576"/><mergeCell ref="ZZZZ9:A1"/></mergeCells>'
    yield Hostile(
        "xlsx with merges over everything", with_sheet('<row r="1"><c r="A1"><v>1</v></c></row>', merges), ANY
    )


# Workbooks of BIFF.


def hostile_xls(rng: random.Random) -> Iterator[Hostile]:
    good = good_xls()
    yield from cuts("xls", good, 30, "truncated")
    yield from flips("xls", good, 30, rng)
    yield from overwritten("xls", good, 30, rng)
    for name, at, value in (
        ("a sector that follows itself", 512, 0), ("a FAT outside of the file", 76, 0x00FFFFFF),
        ("a directory outside of the file", 48, 0x00FFFFFF), ("a directory in a circle", 48, 0),
        ("sectors of two bytes", 30, 0x00060001), ("sectors of four gigabytes", 30, 0x00060020),
    ):  # fmt: skip
        hurt = bytearray(good)
        struct.pack_into("<I", hurt, at, value)
        yield Hostile(f"xls with {name}", bytes(hurt), ANY)
    circle = bytearray(good)
    fat = (struct.unpack_from("<I", good, 76)[0] + 1) * 512
    struct.pack_into("<4I", circle, fat, 1, 2, 3, 0)
    yield Hostile("xls with its chain in a circle", bytes(circle), "truncated")
    yield Hostile("xls with a password", biff_with(0x2F, bytes(54)), "locked")
    yield Hostile("xls with an external link", biff_with(0x1AE, b"\x01\x00\x05\x00\x00C:\\x"), "external_links")
    yield Hostile("xls with a macro sheet", biff_with(0x85, struct.pack("<IBB", 0, 0, 1) + b"\x01\x00x"), "macros")
    yield Hostile("xls with code", with_storage(good, "_VBA_PROJECT_CUR"), "macros")
    yield Hostile("xls with an embedded object", with_storage(good, "MBD0001"), "embedded_object")
    yield Hostile("a document of Word 97", good.replace(wide("Workbook"), wide("WordDocument")[:16]), "truncated")


def wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def biff_with(kind: int, content: bytes) -> bytes:
    """An xls with one more record right behind its beginning, in place of the workbook's own list of fonts."""
    data = bytearray(good_xls())
    start = data.index(struct.pack("<HHHH", 0x809, 16, 0x600, 5)) + 20
    end = start
    while end - start < len(content) + 8:
        end += 4 + struct.unpack_from("<H", data, end + 2)[0]
    room = end - start - len(content) - 8
    data[start:end] = struct.pack("<HH", kind, len(content)) + content + struct.pack("<HH", 0x1B6, room) + bytes(room)
    return bytes(data)


def with_storage(data: bytes, name: str) -> bytes:
    """An xls with one more storage in an unused place of its directory."""
    hurt = bytearray(data)
    first = (struct.unpack_from("<I", data, 48)[0] + 1) * 512
    place = next(at for at in range(first, first + 512, 128) if hurt[at + 66] == 0)
    hurt[place : place + 128] = wide(name).ljust(64, b"\x00") + struct.pack("<HBB", len(name) * 2 + 2, 1, 1) + b"\xff" * 12 + bytes(48)  # fmt: skip
    return bytes(hurt)


# Markup saved as .xls.


def hostile_html(rng: random.Random) -> Iterator[Hostile]:
    good = good_html()
    yield from cuts("html", good, 25)
    yield from flips("html", good, 20, rng)
    for encoding in ("gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"):
        yield Hostile(f"html in {encoding}", good.decode().encode(encoding), READ)
    rows = good[good.index(b"<tr>") : good.index(b"</table>")]
    yield Hostile("html without its end", good[: good.index(b"</table>")], "truncated")
    yield Hostile("html without any table", b"<html><body><h1>502 Bad Gateway</h1></body></html>", "no_table")
    yield Hostile("html of tables in tables", b"<table><tr><td>" * 5000 + b"</table>" * 5000, "markup_depth")
    yield Hostile("html of a hundred thousand tags in tags", b"<div>" * 100_000 + good, ANY)
    yield Hostile("html of two thousand tables", b"<table><tr><td>x</td></tr></table>" * 2000, "too_many_sheets")
    yield Hostile("html with entities", b'<!DOCTYPE html [<!ENTITY a "b">]>' + good, "entities")
    yield Hostile("html with a cell a thousand million wide", b"<table><tr><td colspan=1000000000>x</td><td>y</td></tr>" + rows + b"</table>", READ)  # fmt: skip
    yield Hostile("html with wide cells in each row", b"<table>" + b"<tr><td colspan=16000>x</td></tr>" * 5000 + b"</table>", "far_cell")  # fmt: skip
    yield Hostile("html with a cell a thousand million high", b"<table>" + rows + b"<tr><td rowspan=1000000000>x</td></tr></table>", READ)  # fmt: skip
    yield Hostile(
        "html with control characters", good.replace(b"</td>", b"&#1;&#0;&#xD800;&#x110000;\x02</td>", 3), ANY
    )
    yield Hostile("html with NULs", good.replace(b"</td>", b"\x00</td>", 1), "nul_byte")
    yield Hostile("html with an attribute of a megabyte", good.replace(b"<td>", b"<td class='" + b"x" * (1 << 20) + b"'>", 1), ANY)  # fmt: skip
    yield Hostile("a page in one file", b"MIME-Version: 1.0\r\n\r\n" + good, "mhtml")


def hostile_xml(rng: random.Random) -> Iterator[Hostile]:
    good = good_xml()
    yield from cuts("xml", good, 25)
    yield from flips("xml", good, 20, rng)
    yield Hostile("xml in UTF-16", good.decode().replace('version="1.0"', 'version="1.0" encoding="UTF-16"').encode("utf-16"), READ)  # fmt: skip
    yield Hostile("xml that says GB2312 and is", good.decode().replace('version="1.0"', 'version="1.0" encoding="GB2312"').encode("gb18030"), READ)  # fmt: skip
    yield Hostile(
        "xml with entities", good.replace(b"<Workbook", b'<!DOCTYPE w [<!ENTITY a "b">]><Workbook'), "entities"
    )
    yield Hostile("xml with an outer document type", good.replace(b"<Workbook", b'<!DOCTYPE w SYSTEM "http://127.0.0.1/x"><Workbook'), "entities")  # fmt: skip
    yield Hostile("xml of something else", b'<?xml version="1.0"?><root><row>1</row></root>', "unknown_xml")
    yield Hostile("xml with another namespace", good.replace(b"office:spreadsheet", b"office:something"), "unknown_xml")
    for index in ("1048577", "999999999", "0", "-5", "x"):
        expected = "far_cell" if index in ("1048577", "999999999") else ANY
        yield Hostile(
            f"xml with row {index}", good.replace(b"<Row>", f'<Row ss:Index="{index}">'.encode(), 2), expected
        )
        yield Hostile(f"xml with column {index}", good.replace(b"<Cell>", f'<Cell ss:Index="{index}">'.encode(), 2), expected)  # fmt: skip
    yield Hostile("xml with a cell merged over everything", good.replace(b"<Cell>", b'<Cell ss:MergeAcross="999999999" ss:MergeDown="999999999">', 1), ANY)  # fmt: skip
    yield Hostile("xml with an external link", good.replace(b"<Worksheet", b'<x:SupBook xmlns:x="urn:schemas-microsoft-com:office:excel"/><Worksheet'), "external_links")  # fmt: skip
    yield Hostile("xml of tags in tags", good.replace(b"</Workbook>", b"<a>" * 100_000), ANY)
    yield Hostile("xml with two endings", good + b"</Workbook>", "markup_broken")


# Archives.


def hostile_zip(rng: random.Random) -> Iterator[Hostile]:
    good = good_zip()
    yield from cuts("zip", good, 40)
    yield from flips("zip", good, 40, rng)
    name = "a.csv"
    one = zipped({name: good_csv()})
    stored = zipped({name: good_csv()}, zipfile.ZIP_STORED)
    for path in ("../a.csv", "x/../../a.csv", "/etc/a.csv", "C:/a.csv", "..\\a.csv", "a\x01.csv"):
        yield Hostile(f"zip with {path!r}", zipped({path: good_csv()}), "zip_path")
    yield Hostile("zip with a link", with_link(), "zip_path")
    yield Hostile("zip with a password", marked(name, 8, 1, one), "locked")
    yield Hostile("zip packed otherwise", zipped({name: good_csv()}, zipfile.ZIP_LZMA), "zip_method")
    yield Hostile("zip in a zip", zipped({"b.zip": one}), "archive_nested")
    yield Hostile("zip in a zip under another name", zipped({"b.csv": one}), "archive_nested")
    yield Hostile("rar in a zip", zipped({"b.csv": b"Rar!\x1a\x07\x01\x00"}), "archive_nested")
    yield Hostile("zip with a wrong checksum", wrong_crc(name, stored), "zip_crc")
    yield Hostile("zip that declares too little", declaring(name, 10, one), "zip_size")
    yield Hostile("zip that declares too much", declaring(name, 10_000, one), "truncated")
    yield Hostile("zip bomb", zipped({name: bytes(40 << 20)}), "zip_bomb")
    yield Hostile("zip of overlapping members", overlapping(), "zip_overlap")
    yield Hostile("zip joined behind another", zipped({"b.csv": good_csv()}) + one, "zip_hidden")
    yield Hostile("zip behind bytes of nobody's", b"PK\x03\x04" + bytes(60) + one, "zip_hidden")
    yield Hostile("zip of too many members", zipped({f"{n}.csv": b"" for n in range(501)}), "zip_members")
    yield Hostile("zip of far too many members", zipped({f"{n:09d}.csv": b"" for n in range(60_000)}), "zip_members")
    yield Hostile("zip with one name twice", renamed("b.csv", "A.csv", zipped({"a.csv": b"x", "b.csv": b"y"})), "zip_duplicate")  # fmt: skip
    for kind, magic in (("rar", b"Rar!\x1a\x07\x00"), ("7z", b"7z\xbc\xaf\x27\x1c"), ("gz", b"\x1f\x8b\x08")):
        yield Hostile(f"an archive of {kind}", magic + bytes(600), "archive_kind")


# Small files that ask for much memory or time.


def hostile_heavy(_: random.Random) -> Iterator[Hostile]:
    page, book, text = good_html(), good_xml(), good_csv()
    header, rows = text.split(b"\n", 1)
    yield Hostile("csv with a line of seventeen million letters", b"".join((text, b"x" * 17_000_000)), "long_line")
    yield Hostile("csv of GB18030 with a line of seventeen megabytes", good_csv("gb18030") + "张".encode("gb18030") * 8_500_000, "long_line")  # fmt: skip
    yield Hostile("csv with a header of a million columns", header + b"," * 1_000_000 + b"\n" + rows, "wide_table")
    yield Hostile("csv with a header of a hundred thousand names", header + b"".join(b",x%d" % n for n in range(100_000)) + b"\n" + rows, "wide_table")  # fmt: skip
    yield Hostile("csv with a header of brackets never closed", "（".encode() * 300_000 + b"," + header + b"\n", READ)
    yield Hostile("csv of a million rows of one cell", text + b"x\n" * 1_000_000, READ)
    yield Hostile("csv of a million rows of nothing", text + b",,\n" * 1_000_000 + b",\n", READ)
    yield Hostile("csv with a quote open over four million lines", text + b'"' + b"x\n" * 4_000_000, "broken_quotes")
    yield Hostile("parquet of four million rows in a few bytes", _constant_parquet(40), "too_large")
    brackets = with_sheet("<row>" + '<c t="s"><v>0</v></c>' * 16_000 + "</row>")
    opened = f'<sst xmlns="{MAIN}"><si><t>{"（" * 500}</t></si></sst>'.encode()
    yield Hostile("xlsx of brackets never closed", repacked(brackets, lambda p: p.update({"xl/sharedStrings.xml": opened})), "no_header")  # fmt: skip
    shared = f'<sst xmlns="{MAIN}"><si><t>{"x" * 32_000}</t></si></sst>'.encode()
    many = with_sheet(("<row>" + '<c t="s"><v>0</v></c>' * 10 + "</row>") * 80_000)
    yield Hostile("xlsx that tells one long text very often", repacked(many, lambda p: p.update({"xl/sharedStrings.xml": shared})), "too_large")  # fmt: skip
    yield Hostile("xlsx with a text of fifteen megabytes", with_sheet(f'<row><c t="inlineStr"><is><t>{"x" * 15_000_000}</t></is></c></row>'), ANY)  # fmt: skip
    yield Hostile("xlsx of a million tags in tags", with_sheet("<a>" * 1_000_000), ANY)
    yield Hostile("xls with a cell in the last corner", _far_xls(), "too_large")
    yield Hostile("html of a row of a million cells", b"<table>" + b"<td>" * 1_000_000 + b"</table>", "far_cell")
    yield Hostile("html of three hundred thousand rows", b"<table>" + b"<tr><td>x" * 300_000 + b"</table>", "no_header")
    yield Hostile("html of a million tags in tags", b"<b>" * 1_000_000 + page, ANY)
    yield Hostile("html of cells a thousand rows high and wide", b"<table>" + (b"<tr>" + b"<td rowspan=65534 colspan=1000>x" * 9) * 900 + b"</table>", "far_cell")  # fmt: skip
    yield Hostile(
        "xml with a cell of twenty megabytes", book.replace(b"</Data>", b"x" * 20_000_000 + b"</Data>", 1), ANY
    )
    yield Hostile("xml of a million tags in tags", book.replace(b"</Workbook>", b"<a>" * 1_000_000), "markup_depth")
    yield Hostile(
        "xml with a million blank rows", book.replace(b"<Row>", b'<Row ss:Span="1048575"/><Row>', 1), "far_cell"
    )
    yield Hostile("xml with a tag of many attributes", book.replace(b"<Row>", b"<Row " + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b">", 1), ANY)  # fmt: skip


def _constant_parquet(runs: int) -> bytes:
    """Runs of a hundred thousand rows that all say the same, packed to next to nothing."""
    table = pa.table({header: pa.repeat(pa.scalar(text), 100_000) for header, text in zip(DEATH, ROWS[1], strict=True)})
    out = io.BytesIO()
    with pq.ParquetWriter(out, table.schema, compression="zstd") as writer:
        for _ in range(runs):
            writer.write_table(table)
    return out.getvalue()


def _far_xls() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    sheet.write(0, 0, "x")
    sheet.write(65_535, 255, "y")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


GROUPS: dict[str, Callable[[random.Random], Iterator[Hostile]]] = {
    "csv": hostile_csv, "xlsx": hostile_xlsx, "xls": hostile_xls, "html": hostile_html, "xml": hostile_xml,
    "zip": hostile_zip, "heavy": hostile_heavy,
}  # fmt: skip


def hostile_files(group: str, seed: int = 1) -> list[Hostile]:
    """Every hostile file of one kind."""
    return list(GROUPS[group](random.Random(f"{group}-{seed}")))
