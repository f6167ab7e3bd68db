"""Workbooks as WPS 表格 saves them, written by hand after its files: targets that begin at the root, texts in runs with their
readings, days as numbers under forms of its own, drop-downs in an extension, pictures in cells. The values are those of a
workbook that is given."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
from openpyxl.utils import get_column_letter

EPOCH = date(1899, 12, 30)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PICTURE = "DISPIMG(&quot;ID_2F0E&quot;,1)"
DAY_STYLE, TEXT_STYLE = 1, 2
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="176" formatCode="yyyy/m/d;@"/>'
    '<numFmt numFmtId="177" formatCode="[$-804]yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"/></numFmts>'
    '<fonts count="1"><font><sz val="11"/><name val="宋体"/><charset val="134"/></font></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" xfId="0"/>'
    '<xf numFmtId="177" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>'
)
APP = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    "<Application>WPS 表格</Application><DocSecurity>0</DocSecurity></Properties>"
)
CUSTOM = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
    'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"><property '
    'fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="KSOProductBuildVer"><vt:lpwstr>2052-12.1.0.16729</vt:lpwstr></property></Properties>'
)
CELL_IMAGES = (
    '<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData" xmlns:r="' + OFFICE + '">'
    '<etc:cellImage><xdr:pic xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"/></etc:cellImage></etc:cellImages>'
)


class Shared:
    """The table of texts: every second longer one in two runs, with how it is read aloud."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}

    def place(self, text: str) -> int:
        return self.places.setdefault(text, len(self.places))

    def xml(self) -> str:
        items = "".join(f"<si>{_item(text, place)}</si>" for text, place in self.places.items())
        return f'{HEAD}<sst xmlns="{MAIN}" count="{len(self.places)}" uniqueCount="{len(self.places)}">{items}</sst>'


def _item(text: str, place: int) -> str:
    if len(text) < 2 or place % 2:
        return _t(text)
    runs = f'<r>{_t(text[0])}</r><r><rPr><b/><sz val="11"/><rFont val="宋体"/></rPr>{_t(text[1:])}</r>'
    return f'{runs}<rPh sb="0" eb="1"><t>wang</t></rPh><phoneticPr fontId="0" type="noConversion"/>'


def _t(text: str) -> str:
    return f'<t xml:space="preserve">{escape(text)}</t>'


def save_as_wps(source: Path, out: Path) -> Path:
    """`source` with the same values, as an .xlsx of WPS."""
    book, shared = openpyxl.load_workbook(source), Shared()
    sheets = [_sheet_xml(sheet.iter_rows(values_only=True), shared) for sheet in book.worksheets]
    listed = "".join(
        f'<sheet name="{escape(s.title)}" sheetId="{n + 40}" r:id="rId{n}"/>' for n, s in enumerate(book.worksheets, 1)
    )
    related = [(f"{OFFICE}/worksheet", f"/xl/worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)]
    related += [(f"{OFFICE}/sharedStrings", "/xl/sharedStrings.xml"), (f"{OFFICE}/styles", "/xl/styles.xml")]
    related += [("http://www.wps.cn/officeDocument/2020/cellImage", "cellimages.xml")]
    parts = {
        "[Content_Types].xml": _content_types(len(sheets)),
        "_rels/.rels": _relations([(f"{OFFICE}/officeDocument", "/xl/workbook.xml"), (f"{OFFICE}/extended-properties", "docProps/app.xml")]),
        "docProps/app.xml": HEAD + APP, "docProps/custom.xml": HEAD + CUSTOM,
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><fileVersion appName="xl" lastEdited="3"/><workbookPr/><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(related), "xl/styles.xml": HEAD + STYLES, "xl/sharedStrings.xml": shared.xml(),
        "xl/cellimages.xml": HEAD + CELL_IMAGES,
        **{f"xl/worksheets/sheet{n}.xml": xml for n, xml in enumerate(sheets, 1)},
    }  # fmt: skip
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return out


def _sheet_xml(rows: Iterator[tuple[Any, ...]], shared: Shared) -> str:
    """The rows, the second column hidden and a picture pasted into a cell beside the first row; the drop-down is in an
    extension, as one whose list lies on another sheet is."""
    lines, across = [], 1
    for number, row in enumerate(rows, 1):
        across = max(across, len(row))
        cells = [_cell(f"{get_column_letter(c)}{number}", v, shared, (number + c) % 3 == 0) for c, v in enumerate(row, 1) if v is not None]  # fmt: skip
        if number == 1:
            at = f"{get_column_letter(len(row) + 2)}1"
            cells.append(f'<c r="{at}" t="str"><f>_xlfn.{PICTURE}</f><v>={PICTURE}</v></c>')
        lines.append(f'<row r="{number}" spans="1:{across}" ht="13.5" customFormat="1">{"".join(cells)}</row>')
    asked = f'<x14:dataValidation type="list" allowBlank="1"><x14:formula1><xm:f>"确认,驳回"</xm:f></x14:formula1><xm:sqref>B2:B{len(lines)}</xm:sqref></x14:dataValidation>'
    return (
        f'{HEAD}<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}" xmlns:xdr="x" xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData">'
        f'<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><dimension ref="A1:{get_column_letter(across)}{len(lines)}"/>'
        '<sheetViews><sheetView workbookViewId="0"/></sheetViews><cols><col min="2" max="2" width="9" hidden="1"/></cols>'
        f'<sheetData>{"".join(lines)}</sheetData><autoFilter ref="A1:{get_column_letter(across)}{len(lines)}"><extLst/></autoFilter>'
        f'<extLst><ext uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}" xmlns:x14="{X14}"><x14:dataValidations count="1" '
        f'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">{asked}</x14:dataValidations></ext></extLst></worksheet>'
    )


def _cell(at: str, value: Any, shared: Shared, is_inline: bool) -> str:
    if isinstance(value, (date, datetime)):
        day = value.date() if isinstance(value, datetime) else value
        return f'<c r="{at}" s="{DAY_STYLE}"><v>{(day - EPOCH).days}</v></c>'
    if isinstance(value, str):
        if is_inline:
            return f'<c r="{at}" s="{TEXT_STYLE}" t="inlineStr"><is>{_item(value, 0)}</is></c>'
        return f'<c r="{at}" s="{TEXT_STYLE}" t="s"><v>{shared.place(value)}</v></c>'
    return f'<c r="{at}"><v>{value}</v></c>'


def _relations(related: list[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{kind}" Target="{target}"/>' for n, (kind, target) in enumerate(related, 1)
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}">{listed}</Relationships>'


def _content_types(sheets: int) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    listed = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>'
        for n in range(1, sheets + 1)
    )
    return (
        f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>'
        f'<Override PartName="/xl/cellimages.xml" ContentType="application/vnd.wps-officedocument.cellimage+xml"/>{listed}</Types>'
    )
