"""Workbooks that no reader may trust: what claims too much, is damaged, or refers elsewhere."""

from collections.abc import Callable
from functools import cache
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZipFile

from openpyxl import Workbook

SHEET = "xl/worksheets/sheet1.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
HEAD = "<?xml version='1.0' encoding='UTF-8'?>"
LAUGHS = (
    "<!DOCTYPE w ["
    + "<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
    + "]>"
)


@cache
def plain_workbook() -> bytes:
    """A workbook that is in order: a header and two names."""
    book = Workbook()
    page = book.worksheets[0]
    for row in (["title", "note"], ["University of Leeds", "a"], ["Durham", "b"]):
        page.append(row)
    data = BytesIO()
    book.save(data)
    return data.getvalue()


def with_parts(
    parts: dict[str, bytes], compression: int = ZIP_DEFLATED, without: tuple[str, ...] = ()
) -> bytes:
    """The plain workbook with some of its parts replaced, added or left out."""
    data = BytesIO()
    with ZipFile(BytesIO(plain_workbook())) as old, ZipFile(data, "w", compression) as new:
        for entry in old.infolist():
            if entry.filename not in (*without, *parts):
                new.writestr(entry.filename, old.read(entry))
        for name, body in parts.items():
            new.writestr(name, body)
    return data.getvalue()


def sheet(body: str, before: str = "", after: str = "") -> bytes:
    """The sheet of a workbook with the rows in ``body``."""
    return (
        f"{HEAD}<worksheet {MAIN}>{before}<sheetData>{body}</sheetData>{after}</worksheet>".encode()
    )


HEADER_ROW = '<row r="1"><c r="A1" t="inlineStr"><is><t>title</t></is></c></row>'


def claim_of_cells() -> bytes:
    """A small file whose sheet claims, and has a cell at, the last row and column."""
    last = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    dimension = '<dimension ref="A1:XFD1048576"/>'
    return with_parts({SHEET: sheet(HEADER_ROW + last, dimension)})


def false_claim() -> bytes:
    """A small file whose sheet claims all cells and has one."""
    return with_parts({SHEET: sheet(HEADER_ROW, '<dimension ref="A1:XFD1048576"/>')})


@cache
def many_rows(rows: int = 3_000_000) -> bytes:
    """A small file of many rows."""
    return with_parts({SHEET: sheet(HEADER_ROW + "<row><c><v>1</v></c></row>" * rows)})


def wide_rows() -> bytes:
    """Rows of one cell each, in the last column."""
    return with_parts({SHEET: sheet('<row><c r="XFD1"><v>1</v></c></row>' * 50_000)})


@cache
def zip_bomb(megabytes: int = 1500) -> bytes:
    """A part that unpacks to more than a gigabyte."""
    data = BytesIO()
    with ZipFile(data, "w", ZIP_DEFLATED, compresslevel=1) as new:
        for entry in (old := ZipFile(BytesIO(plain_workbook()))).infolist():
            new.writestr(entry.filename, old.read(entry))
        with new.open("xl/media/image1.bin", "w", force_zip64=True) as part:
            for _ in range(megabytes):
                part.write(bytes(1024 * 1024))
        old.close()
    return data.getvalue()


def lying_sizes() -> bytes:
    """A workbook whose directory says that a part is shorter than it is."""
    data = bytearray(with_parts({SHEET: sheet(HEADER_ROW + "<row/>" * 100_000)}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (500).to_bytes(4, "little")
    return bytes(data)


def password_protected() -> bytes:
    """The first bytes of an OLE container and the name of the stream of encrypted workbooks."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le")


def encrypted_parts() -> bytes:
    """A ZIP file whose parts are marked as encrypted."""
    data = bytearray(plain_workbook())
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + place] |= 1
            at = data.find(signature, at + 4)
    return bytes(data)


def external_relation(target: str) -> bytes:
    """A sheet that stands in another file."""
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    body = (
        f'{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{relation}/worksheet" Target="{target}" '
        'TargetMode="External"/></Relationships>'
    )
    return with_parts({"xl/_rels/workbook.xml.rels": body.encode()})


def external_link() -> bytes:
    """A workbook with a link to another one."""
    return with_parts({"xl/externalLinks/externalLink1.xml": b"<externalLink/>"})


def entities() -> bytes:
    """A sheet with a billion laughs."""
    body = f"{HEAD}{LAUGHS}<worksheet {MAIN}><sheetData><row><c><v>&a9;</v></c></row></sheetData>"
    return with_parts({SHEET: f"{body}</worksheet>".encode()})


def hidden_entities() -> bytes:
    """The same in UTF-16, where a search for the bytes finds nothing."""
    text = f"{LAUGHS}<worksheet {MAIN}><sheetData><row><c><v>&a9;</v></c></row></sheetData>"
    return with_parts({SHEET: f"{text}</worksheet>".encode("utf-16")})


def external_entity() -> bytes:
    """A sheet that asks for a file of the machine."""
    declared = "<!DOCTYPE w [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
    text = f"{HEAD}{declared}<worksheet {MAIN}><sheetData><row><c><v>&x;</v></c></row></sheetData>"
    return with_parts({SHEET: f"{text}</worksheet>".encode()})


def text_out_of_range() -> bytes:
    """A cell whose shared text does not exist."""
    return with_parts({SHEET: sheet('<row><c t="s"><v>99</v></c></row>')})


def merged_cells() -> bytes:
    """A merged range over all cells, each of which openpyxl would make."""
    after = '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    return with_parts({SHEET: sheet(HEADER_ROW, after=after)})


def linked_cells() -> bytes:
    """A link on all cells."""
    after = '<hyperlinks><hyperlink ref="A1:XFD1048576" location="a"/></hyperlinks>'
    return with_parts({SHEET: sheet(HEADER_ROW, after=after)})


REFUSED: dict[str, Callable[[], bytes]] = {
    "claim of cells": claim_of_cells,
    "rows": many_rows,
    "wide rows": wide_rows,
    "zip bomb": zip_bomb,
    "lying sizes": lying_sizes,
    "password": password_protected,
    "encrypted parts": encrypted_parts,
    "old workbook": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
    "bzip2": lambda: with_parts({}, ZIP_BZIP2),
    "lzma": lambda: with_parts({}, ZIP_LZMA),
    "text out of range": text_out_of_range,
    "text of no number": lambda: with_parts({SHEET: sheet('<row><c t="s"><v>x</v></c></row>')}),
    "number of digits": lambda: with_parts(
        {SHEET: sheet(f"<row><c><v>{'9' * 5000}</v></c></row>")}
    ),
    "column of no name": lambda: with_parts({SHEET: sheet('<row><c r="ZZZZ1"><v>1</v></c></row>')}),
    "row far away": lambda: with_parts(
        {SHEET: sheet('<row r="99999999999"><c><v>1</v></c></row>')}
    ),
    "entities": entities,
    "entities in UTF-16": hidden_entities,
    "external entity": external_entity,
    "external sheet": lambda: external_relation("file:///etc/passwd"),
    "external link": external_link,
    "no sheet": lambda: with_parts({}, without=(SHEET,)),
    "no styles that are XML": lambda: with_parts({"xl/styles.xml": b"\x00\x01"}),
    "no texts that are XML": lambda: with_parts({"xl/sharedStrings.xml": b"<sst><si>"}),
    "a cut sheet": lambda: with_parts({SHEET: sheet(HEADER_ROW)[:-20]}),
    "cut": lambda: plain_workbook()[:-100],
    "nothing but a signature": lambda: b"PK\x03\x04",
    "styles without end": lambda: with_parts(
        {"xl/styles.xml": f"<styleSheet {MAIN}>{'<xf/>' * 300_000}</styleSheet>".encode()}
    ),
    "a value without end": lambda: with_parts(
        {SHEET: sheet(HEADER_ROW, f'<sheetPr codeName="{"A1 " * 20_000}"/>')}
    ),
}
"""Builder of each workbook that must be refused, by what is wrong with it."""

FULL_ONLY: dict[str, Callable[[], bytes]] = {
    "merged cells": merged_cells,
    "linked cells": linked_cells,
}
"""What only a reader of merged ranges and links would suffer from."""
