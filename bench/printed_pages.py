"""What is wrong with a printed document, read as its pages show it: pdfium for text and places, zxing for codes.

`faults` names, for one PDF: pages whose counts do not agree, codes that do not lead where they should, glyphs
that no font has, type under SIZE_MIN, text that is cut, outside its page or over other text, values that are not
there, and signatures on a page of their own.
"""

import ctypes
import io
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
import zxingcpp
from fontTools.ttLib import TTFont

SIZE_MIN = 7.5
MARK_SIZE = 20.0
"""Points: words so high are a mark or a watermark, which lies over other text."""
OVERLAP = 0.2
"""Share of the smaller box of two characters that may lie in the other one."""
EDGE = 1.0
"""Points beyond the edge of a page that are no fault: hinting."""
DPI = 200
CELL = 24.0
MISSING = "〓\ufffd\u25a1"
PAGE_OF = re.compile(r"第(\d+)页共(\d+)页|Page(\d+)of(\d+)")
HYPHENS = {0x02: "-", 0xFFFE: "-"}
"""What pdfium makes of a hyphen at the end of a line."""
Box = tuple[float, float, float, float]
"""left, bottom, right, top in points"""


@dataclass(frozen=True)
class Wanted:
    """What a document must be: `copies` of the same, each with all `texts`, and its `codes` on its last page.

    `numbered`: each page says which of how many it is. `every_page`: the codes stand on each page.
    Where it is `signed`, that page has the codes, and one of `kept` too, so that nobody signs an empty page.
    `cut` are the texts with … in them that are meant.
    """

    where: str
    texts: Sequence[str]
    codes: Sequence[str]
    copies: int = 1
    numbered: bool = True
    every_page: bool = False
    signed: Sequence[str] = ()
    kept: Sequence[str] = ()
    cut: Sequence[str] = ()


@dataclass(frozen=True)
class Char:
    """A character that can be seen."""

    text: str
    size: float
    box: Box


@dataclass
class Sheet:
    """A page: its text without blanks, its characters, its codes."""

    box: Box
    text: str = ""
    chars: list[Char] = field(default_factory=list)
    codes: dict[str, Box] = field(default_factory=dict)


def sheets(pdf: bytes) -> list[Sheet]:
    """The pages of a document as they are shown."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [_sheet(page) for page in document]


def _sheet(page: pypdfium2.PdfPage) -> Sheet:
    read = Sheet(page.get_mediabox())
    text_page = page.get_textpage()
    raw, parts = text_page.raw, []
    places = [ctypes.c_double() for _ in range(4)]
    matrix = pdfium.FS_MATRIX()
    for at in range(pdfium.FPDFText_CountChars(raw)):
        if pdfium.FPDFText_IsGenerated(raw, at) == 1:
            continue
        point = pdfium.FPDFText_GetUnicode(raw, at)
        text = HYPHENS.get(point) or chr(point)
        if not text.strip("\0") or text.isspace():
            continue
        parts.append(text)
        pdfium.FPDFText_GetCharBox(raw, at, *places)
        pdfium.FPDFText_GetMatrix(raw, at, matrix)
        scale = math.sqrt(abs(matrix.a * matrix.d - matrix.b * matrix.c))
        size = pdfium.FPDFText_GetFontSize(raw, at) * scale
        left, right, bottom, top = (place.value for place in places)
        read.chars.append(Char(text, size, (left, bottom, right, top)))
    read.text = _surrogates("".join(parts))
    image = page.render(scale=DPI / 72, grayscale=True).to_pil()
    for code in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode):
        corners = (code.position.top_left, code.position.bottom_right)
        (left, top), (right, bottom) = [(at.x * 72 / DPI, read.box[3] - at.y * 72 / DPI) for at in corners]
        read.codes[code.text] = (left, bottom, right, top)
    return read


def _surrogates(text: str) -> str:
    """Characters beyond the first plane as one again, should they come in halves."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def page_count(pdf: bytes) -> int:
    """How many pages a document has."""
    with pypdfium2.PdfDocument(pdf) as document:
        return len(document)


def flat(text: str) -> str:
    """A text without blanks, as pages are compared."""
    return "".join(text.split())


def faults(pdf: bytes, wanted: Wanted) -> list[str]:
    """What is wrong with a document, each with the page; nothing when all is well."""
    read = sheets(pdf)
    runs = list(_runs(read)) if wanted.numbered else [read]
    named = [f"page {n}: {fault}" for n, sheet in enumerate(read, 1) for fault in _on(sheet, wanted)]
    named += [f"page {n}: a glyph that the font does not have" for n in _notdef(pdf)]
    if len(runs) != wanted.copies:
        named.append(f"{len(runs)} copies, not {wanted.copies}")
    for n, run in enumerate(runs, 1):
        named += [f"copy {n}: {fault}" for fault in _of_copy(run, wanted)]
    return [f"{wanted.where}: {fault}" for fault in named]


def _runs(read: Sequence[Sheet]) -> Iterator[list[Sheet]]:
    """The pages copy by copy: a page that is its first begins one."""
    run: list[Sheet] = []
    for sheet in read:
        if run and _page_of(sheet)[0] == 1:
            yield run
            run = []
        run.append(sheet)
    yield run


def _page_of(sheet: Sheet) -> tuple[int, int]:
    """Which page it says it is, of how many; zeros when it does not."""
    numbers = [[int(number) for number in match.groups() if number] for match in PAGE_OF.finditer(sheet.text)]
    return (numbers[-1][0], numbers[-1][1]) if numbers else (0, 0)


def _of_copy(run: Sequence[Sheet], wanted: Wanted) -> Iterator[str]:
    if wanted.numbered:
        counted = [_page_of(sheet) for sheet in run]
        if counted != [(n, len(run)) for n in range(1, len(run) + 1)]:
            yield f"pages {counted}"
    text = "".join(sheet.text for sheet in run)
    for value in dict.fromkeys(wanted.texts):
        if flat(value) not in text:
            yield f"without {value!r}"
    signed = [sheet for sheet in run if any(flat(word) in sheet.text for word in wanted.signed)]
    for sheet in run if wanted.every_page else (signed or run)[-1:]:
        if sorted(sheet.codes) != sorted(wanted.codes):
            yield f"codes {sorted(sheet.codes)}, not {sorted(wanted.codes)}"
    if wanted.signed and not signed:
        yield "without a place to sign"
    if signed and not any(flat(word) in signed[-1].text for word in wanted.kept):
        yield "signatures on a page of their own"


def _on(sheet: Sheet, wanted: Wanted) -> Iterator[str]:
    small = {char.text for char in sheet.chars if char.size < SIZE_MIN - 0.01}
    if small:
        least = min(char.size for char in sheet.chars)
        yield f"type of {least:.2f} points: {''.join(sorted(small))[:40]}"
    if missing := [char for char in MISSING if char in sheet.text]:
        yield f"characters that no font has: {''.join(missing)}"
    shown = sheet.text
    for meant in wanted.cut:
        shown = shown.replace(flat(meant), "")
    if "…" in shown:
        at = shown.index("…")
        yield f"cut text: {shown[max(0, at - 12) : at + 1]}"
    if beyond := [char.text for char in sheet.chars if _outside(char, sheet.box)]:
        yield f"text beyond the page: {''.join(beyond)[:40]}"
    if hidden := [c.text for c in sheet.chars for box in sheet.codes.values() if _share(c.box, box) > OVERLAP]:
        yield f"text behind a code: {''.join(hidden)[:40]}"
    if over := list(_overlaps(sheet.chars)):
        yield f"text over text: {' '.join(over[:10])}"


def _outside(char: Char, page: Box) -> bool:
    left, bottom, right, top = char.box
    return char.size < MARK_SIZE and (
        left < page[0] - EDGE or bottom < page[1] - EDGE or right > page[2] + EDGE or top > page[3] + EDGE
    )


def _overlaps(chars: Iterable[Char]) -> Iterator[str]:
    """Pairs of characters that lie on one another; two in a row may, as ligatures and kerned letters do."""
    near: dict[tuple[int, int], list[Char]] = {}
    before: Char | None = None
    for char in chars:
        left, bottom, right, top = char.box
        if char.size >= MARK_SIZE or right <= left or top <= bottom:
            continue
        cells = [
            (x, y)
            for x in range(int(left // CELL), int(right // CELL) + 1)
            for y in range(int(bottom // CELL), int(top // CELL) + 1)
        ]
        others = {id(other): other for cell in cells for other in near.get(cell, ())}
        for other in others.values():
            if other is not before and _share(char.box, other.box) > OVERLAP:
                yield other.text + char.text
        for cell in cells:
            near.setdefault(cell, []).append(char)
        before = char


def _share(a: Box, b: Box) -> float:
    """How much of the smaller box lies in the other."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if wide <= 0 or high <= 0:
        return 0.0
    return wide * high / min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))


def _notdef(pdf: bytes) -> list[int]:
    """The pages on which a font draws a box: its glyph 0, or one that it does not have."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        counts: dict[tuple[int, int], int] = {}
        return [
            n for n, page in enumerate(document.pages, 1) if any(_draws_none(*one, counts) for one in _contents(page))
        ]


def _contents(page: pikepdf.Page) -> Iterator[tuple[Any, Any]]:
    """A page and the forms that it draws, each with its resources."""
    yield page, page.resources
    waiting, seen = [page.resources], set()
    while waiting:
        for form in waiting.pop().get("/XObject", {}).values():
            if form.get("/Subtype") == "/Form" and form.objgen not in seen:
                seen.add(form.objgen)
                yield form, form.get("/Resources", {})
                waiting.append(form.get("/Resources", {}))


def _draws_none(content: Any, resources: Any, counts: dict[tuple[int, int], int]) -> bool:
    """`counts` keeps how many glyphs each font has."""
    fonts, glyphs = resources.get("/Font", {}), 0
    for operands, operator in pikepdf.parse_content_stream(content, "Tf Tj TJ"):
        if str(operator) == "Tf":
            font = fonts[operands[0]]
            if font.objgen not in counts:
                counts[font.objgen] = _glyphs(font)
            glyphs = counts[font.objgen]
            continue
        for string in operands[0] if str(operator) == "TJ" else operands:
            if isinstance(string, pikepdf.String):
                codes = bytes(string)
                if any(not 0 < int.from_bytes(codes[at : at + 2], "big") < glyphs for at in range(0, len(codes), 2)):
                    return True
    return False


def _glyphs(font: Any) -> int:
    """How many glyphs an embedded font has."""
    described = font["/DescendantFonts"][0]["/FontDescriptor"]
    with TTFont(io.BytesIO(described["/FontFile2"].read_bytes()), lazy=True) as embedded:
        return int(embedded["maxp"].numGlyphs)
