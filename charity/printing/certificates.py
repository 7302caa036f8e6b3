"""The certificate of a gift 捐赠证书 (D3): A4 landscape with a border, by Typst, which makes the picture of it too.

It draws no seal: there is a place for one.
"""

from dataclasses import asdict, dataclass

from charity.printing import glyphs, pdfs, qr, renderer
from charity.printing.renderer import Format


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedCertificate:
    """All that one prints, in words that are ready to be read; `demo` "" when it is none."""

    number: str
    title: str
    dear: str
    text: str
    organisation: str
    day: str
    seal: str
    number_label: str
    check: str
    verify_url: str
    demo: str
    lang: str


async def made(document: PrintedCertificate, fmt: Format) -> bytes:
    """The PDF or the PNG; raises press.busy or press.failed (503)."""
    facts = glyphs.all_drawable(asdict(document)) | {"qr": qr.svg(document.verify_url)}
    return await pdfs.for_anybody(renderer.layout("certificate", facts, fmt), identifier=b"certificate")
