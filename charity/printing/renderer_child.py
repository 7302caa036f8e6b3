"""The child that prints, HTML with WeasyPrint and layouts with Typst: `python -m charity.printing.renderer_child`.

One argument: its niceness. Frames over stdin and stdout: four bytes of length (big endian), then that many bytes. A
request is two frames (JSON with `identifier` in hex and `seconds`, then the HTML or what `renderer.layout` made); an
answer is one byte, `+` with a PDF or `-` with the name of the error, and a frame. Only `data:` addresses and packaged
files behind `asset:` can be read; an alarm ends the child should its parent be gone.
"""

import gc
import json
import logging
import os
import resource
import signal
import struct
import sys
from typing import BinaryIO, Final
from urllib.parse import unquote, urlsplit

from charity import starting

with starting.importing():
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    from charity.printing import glyphs, typesetting
    from charity.printing.places import LAYOUTS, STATIC
    from charity.printing.renderer import TOGETHER

MEMORY_MAX: Final = 1 << 30
FILE_MAX: Final = 1 << 26
GARBAGE: Final = (50_000, 20, 20)
"""When garbage is looked for: as Python does it, an eighth of all printing is looking."""
ASSET: Final = "asset:"
_ROOMS: Final = {"vendor": STATIC / "vendor", "printing": LAYOUTS}
_TYPES: Final = {".ttf": "font/ttf", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}
_LENGTH: Final = struct.Struct(">I")


class AddressRefused(ValueError):
    """An address that a document may not read; it is not quoted, it may be somebody's text."""


class PackagedOnly(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Opens `data:` and packaged assets. The default would read file:// and http://."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """The answer for one address; AddressRefused for every other."""
        scheme = url.partition(":")[0].lower()
        if scheme == "data":
            return super().fetch(url, headers)
        if scheme == "asset":
            return self._packaged(url)
        raise AddressRefused("only data: and asset: may be read")

    @staticmethod
    def _packaged(url: str) -> URLFetcherResponse:
        room, _, rest = unquote(urlsplit(url).path).lstrip("/").partition("/")
        root = _ROOMS.get(room)
        if root is None:
            raise AddressRefused("no such asset")
        path = (root / rest).resolve()
        kind = _TYPES.get(path.suffix)
        if kind is None or not path.is_relative_to(root.resolve()) or not path.is_file():
            raise AddressRefused("no such asset")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})


class Printer:
    """WeasyPrint with its fonts and style sheet read once."""

    def __init__(self) -> None:
        self._fetcher = PackagedOnly(allowed_protocols=("data", "asset"), allow_redirects=False)
        self._fonts = FontConfiguration()
        self._css = CSS(
            string=(LAYOUTS / "print.css").read_text(encoding="utf-8"),
            base_url=ASSET + "/printing/print.css",
            url_fetcher=self._fetcher,
            font_config=self._fonts,
        )

    def pdf(self, content: str, identifier: bytes) -> bytes:
        """A layout with its facts as PDF or PNG, or HTML documents as one PDF; equal input gives equal bytes."""
        if content.startswith("{"):
            wanted = json.loads(content)
            facts = wanted["facts"]
            return typesetting.compiled(wanted["layout"], facts, rare=not glyphs.plain(facts), fmt=wanted["format"])
        return self._html(content, identifier)

    def _html(self, html: str, identifier: bytes) -> bytes:
        documents = [
            HTML(string=part, base_url=ASSET + "/printing/", url_fetcher=self._fetcher).render(
                stylesheets=[self._css], font_config=self._fonts
            )
            for part in html.split(TOGETHER)
        ]
        pages = [page for document in documents for page in document.pages]
        printed: bytes = documents[0].copy(pages).write_pdf(pdf_identifier=identifier)
        return printed


def read_frame(stream: BinaryIO) -> bytes:
    """The next frame; EOFError when the other side is gone."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    body = stream.read(length)
    if len(body) < length:
        raise EOFError
    return body


def limit() -> None:
    """Give this process its memory, file and core limits."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_MAX, FILE_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Answer requests until the parent closes the pipe."""
    limit()
    os.nice(int(sys.argv[1]) if sys.argv[1:] else 0)
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)  # its warnings quote the content
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that prints may break the frames
    printer = Printer()
    gc.freeze()  # fonts and style sheet stay
    gc.set_threshold(*GARBAGE)
    answers.write(b"+" + _LENGTH.pack(0))
    answers.flush()
    while True:
        try:
            order = json.loads(read_frame(sys.stdin.buffer))
            html = read_frame(sys.stdin.buffer).decode()
        except EOFError:
            return
        signal.alarm(int(order["seconds"]) + 5)
        try:
            mark, body = b"+", printer.pdf(html, bytes.fromhex(order["identifier"]))
        except MemoryError:
            raise  # the parent sees the pipe end and starts a fresh child
        except Exception as error:  # noqa: BLE001  # sent to the parent, which raises it
            mark, body = b"-", type(error).__name__.encode()
        signal.alarm(0)
        answers.write(mark + _LENGTH.pack(len(body)) + body)
        answers.flush()


if __name__ == "__main__":
    main()
