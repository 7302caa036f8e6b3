"""The child that reads QR codes from a picture: `python -m charity.printing.qr_child`.

The picture comes on stdin, JSON goes to stdout: `{"fault": "…"}` or `{"texts": […]}`. Decoders of pictures are large
and written in C: what breaks them ends this process, which knows nothing and may use little, and not the server. A file
is told by its first bytes and opened by the decoder of that kind alone; its size in pixels is read before any pixel is.
"""

import io
import json
import resource
import sys
from typing import Final

import zxingcpp
from PIL import Image

from charity.printing.qr_pictures import MEMORY_MAX, PIXELS_MAX, SECONDS_MAX, Fault

_KINDS: Final = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}
_WHITE: Final = 255
_EDGE: Final = 3_000
"""Pixels of the longer side: of a larger picture every second or third is enough, in a fraction of the time."""


def main() -> None:
    """Read stdin, say what is in it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MAX, SECONDS_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Image.MAX_IMAGE_PIXELS = None  # PIXELS_MAX is ours
    print(json.dumps(read(sys.stdin.buffer.read())))  # noqa: T201 - that is how a child answers


def read(image: bytes) -> dict[str, object]:
    """The different texts of the QR codes in a picture, or why it cannot be read."""
    kind = next((kind for mark, kind in _KINDS.items() if image.startswith(mark)), None)
    if kind is None:
        return {"fault": Fault.KIND}
    try:
        with Image.open(io.BytesIO(image), formats=[kind]) as opened:
            if opened.width * opened.height > PIXELS_MAX:
                return {"fault": Fault.PIXELS}
            grey = _grey(opened).reduce(1 + max(opened.size) // _EDGE)
    except (OSError, SyntaxError, ValueError, MemoryError):
        return {"fault": Fault.BROKEN}
    codes = zxingcpp.read_barcodes(
        grey, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode), text_mode=zxingcpp.TextMode.Plain
    )
    return {"texts": sorted({code.text for code in codes})}


def _grey(image: Image.Image) -> Image.Image:
    """Without colours; what is transparent is white, as a page shows it."""
    if not image.has_transparency_data:
        return image.convert("L")
    clear = image.convert("LA")
    ground = Image.new("L", clear.size, _WHITE)
    ground.paste(clear.getchannel("L"), mask=clear.getchannel("A"))
    return ground


if __name__ == "__main__":
    main()
