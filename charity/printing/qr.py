"""QR codes as SVG or PNG: equal texts give equal bytes, on an explicit white ground.

A printed QR carries an address or a lot code and never personal data (docs/field.md 4.3).
"""

import base64
import struct
import zlib
from typing import Final, Literal

from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.main import QRCode

Level = Literal["L", "M", "Q"]
TEXT_MAX: Final = 512
"""Longest text, in bytes of UTF-8; more would print modules too small to scan at 18 mm."""
BORDER: Final = 4
"""The quiet zone of ISO/IEC 18004, in modules."""

PNG_MODULE: Final = 10
"""Pixels of a module in a PNG: a phone that keeps the picture reads it from there."""

_MASK: Final = 4
"""A fixed mask halves the time (trying all eight costs 3.5 ms) and keeps the bytes equal."""
_LEVELS: Final[dict[Level, int]] = {
    "L": ERROR_CORRECT_L,
    "M": ERROR_CORRECT_M,
    "Q": ERROR_CORRECT_Q,
}


def svg(text: str, level: Level = "M") -> str:
    """An SVG of the text: M on documents, Q on labels that get scratched.

    Raises ValueError when the text is empty or longer than TEXT_MAX bytes.
    """
    rows = _matrix(text, level)
    side = len(rows)
    path = "".join(_runs(row, y) for y, row in enumerate(rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" '
        f'shape-rendering="crispEdges"><rect width="{side}" height="{side}" fill="#fff"/>'
        f'<path fill="#000" d="{path}"/></svg>'
    )


def png(text: str, level: Level = "M") -> bytes:
    """A PNG of the text in black and white: what a phone can keep among its pictures, as it cannot an SVG."""
    rows = _matrix(text, level)
    side = len(rows) * PNG_MODULE
    lines = b"".join((b"\0" + _line(row)) * PNG_MODULE for row in rows)
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)  # one bit a pixel, grey
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _line(row: list[bool]) -> bytes:
    """One line of pixels, eight in a byte; a light one is 1, and so are those that fill the last byte."""
    bits = "".join(("0" if dark else "1") * PNG_MODULE for dark in row)
    bits += "1" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _matrix(text: str, level: Level) -> list[list[bool]]:
    """The modules of the code with its quiet zone, dark ones True."""
    if not 1 <= len(text.encode()) <= TEXT_MAX:
        raise ValueError(f"a QR carries 1 to {TEXT_MAX} bytes")
    code = QRCode(error_correction=_LEVELS[level], border=BORDER, mask_pattern=_MASK)
    code.add_data(text.encode(), optimize=0)
    rows: list[list[bool]] = code.get_matrix()
    return rows


def _runs(row: list[bool], y: int) -> str:
    """One row as rectangles, one for each run of dark modules."""
    parts, start = [], None
    for x, dark in enumerate([*row, False]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            parts.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            start = None
    return "".join(parts)


def data_uri(text: str, level: Level = "M") -> str:
    """The same SVG as a `data:` address for an <img>."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg(text, level).encode()).decode()
