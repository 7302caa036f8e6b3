"""The text of the one QR code in a picture, and nothing else of it; what is no such picture is said to be none."""

import io
import struct
import zlib

import pytest
from PIL import Image

from charity.printing import qr, qr_pictures
from charity.printing.qr_pictures import Fault, Unread

TEXT = "https://qr.alipay.com/fkx00000"


def saved(image, kind="PNG", **more: object):
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def drawn(text=TEXT):
    return Image.open(io.BytesIO(qr.png(text)))


def beside(*texts: str):
    ground = Image.new("L", (620 * len(texts), 620), 255)
    for n, text in enumerate(texts):
        ground.paste(drawn(text).convert("L").resize((560, 560)), (620 * n + 30, 30))
    return saved(ground)


def seen_through():
    """Black modules on nothing at all, as some platforms send their codes."""
    grey = drawn().convert("L")
    clear = Image.new("RGBA", grey.size, (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=grey.point(lambda light: 255 - light))
    return saved(clear)


def photographed():
    """On a table, turned, unsharp, with colours and a place and a maker in its facts."""
    table = Image.new("RGB", (2400, 1800), (170, 140, 90))
    table.paste(drawn().convert("RGB").resize((800, 800)), (700, 400))
    exif = Image.Exif()
    exif[0x010F] = "<script>alert(1)</script>"
    return saved(table.rotate(17, expand=True, fillcolor=(90, 90, 90)), "JPEG", quality=60, exif=exif)


def bomb():
    """A PNG of 3.6 thousand million pixels in some hundred bytes."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 7_501)), (b"IEND", b""))
    chunks = [struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    "image",
    [
        qr.png(TEXT),
        saved(drawn().convert("RGB"), "JPEG"),
        seen_through(),
        photographed(),
        beside(TEXT, TEXT),
        qr.png(TEXT) + b"<script>alert(1)</script>PK\x03\x04",
        saved(Image.eval(drawn().convert("L"), lambda light: 255 - light)),
    ],
    ids=["drawn", "jpeg", "seen-through", "photographed", "twice-the-same", "polyglot", "light-on-dark"],
)
async def test_the_text_of_the_one_code_is_read(image):
    assert await qr_pictures.read(image) == TEXT


@pytest.mark.parametrize("text", ["HTTPS://QR.ALIPAY.COM/FKX05106", "wxp://f2f1" + "A-b_9" * 38, "收款码"])
async def test_what_is_drawn_is_read_back(text):
    assert await qr_pictures.read(qr.png(text)) == text


@pytest.mark.parametrize(
    ("image", "fault"),
    [
        (f'<svg xmlns="http://www.w3.org/2000/svg">{TEXT}</svg>'.encode(), Fault.KIND),
        (qr.svg(TEXT).encode(), Fault.KIND),
        (saved(drawn(), "GIF"), Fault.KIND),
        (saved(drawn(), "BMP"), Fault.KIND),
        (b"GIF89a" + qr.png(TEXT), Fault.KIND),
        (b"%PDF-1.7", Fault.KIND),
        (b"\xff\xd8\xff" + b"<html>" * 30, Fault.BROKEN),
        (qr.png(TEXT)[:150], Fault.BROKEN),
        (qr.png(TEXT)[:8], Fault.BROKEN),
        (bomb(), Fault.PIXELS),
        (saved(Image.new("1", (5_001, 5_000))), Fault.PIXELS),
        (saved(Image.new("L", (300, 300), 255)), Fault.NONE),
        (beside(TEXT, "wxp://f2f1"), Fault.SEVERAL),
        (qr.png(TEXT) + b"\0" * qr_pictures.BYTES_MAX, Fault.BYTES),
    ],
)
async def test_what_is_no_picture_of_one_code_is_said_to_be_none(image, fault):
    with pytest.raises(Unread) as unread:
        await qr_pictures.read(image)
    assert unread.value.fault == fault


async def test_a_picture_at_the_limit_of_pixels_is_read():
    ground = Image.new("1", (5_000, 5_000), 1)
    ground.paste(drawn().resize((2_000, 2_000)), (2_000, 1_500))
    assert await qr_pictures.read(saved(ground)) == TEXT


@pytest.mark.parametrize(("what", "value"), [("SECONDS_MAX", 0.01), ("sys.executable", "/bin/false")])
async def test_a_child_that_is_too_slow_or_dies_costs_no_more_than_a_refusal(monkeypatch, what, value):
    monkeypatch.setattr(f"charity.printing.qr_pictures.{what}", value)
    with pytest.raises(Unread) as unread:
        await qr_pictures.read(qr.png(TEXT))
    assert unread.value.fault == Fault.BROKEN
    monkeypatch.undo()
    assert await qr_pictures.read(qr.png(TEXT)) == TEXT
