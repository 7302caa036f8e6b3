"""The certificate of a gift 捐赠证书 (D3): A4 landscape with a border, by Typst, which makes the picture of it too.

It draws no seal: there is a place for one. The child is fresh each time, and at most AT_ONCE run; what was made is kept
while there is room, and printed at most so often a minute, as everything that anybody may ask for (pdfs.Shared).
"""

import asyncio
import hashlib
import json
import sys
from dataclasses import asdict, dataclass
from typing import Final, Literal

from charity.printing import glyphs, pdfs, qr
from charity.printing.places import ROOT
from charity.printing.renderer import child_environment

AT_ONCE: Final = 2
SECONDS: Final = 30.0
Format = Literal["pdf", "png"]


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
    facts = {name: glyphs.drawable(value) for name, value in asdict(document).items()}
    facts |= {"lang": document.lang, "verify_url": document.verify_url, "qr": qr.svg(document.verify_url)}
    content = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    return await _shared[fmt].pdf(content, identifier=hashlib.sha256(fmt.encode()).digest()[:16])


_running: list[int] = []


async def _compiled(content: str, fmt: Format) -> bytes:
    """One child; pdfs.later(…) when too many run, or it failed."""
    if len(_running) >= AT_ONCE:
        raise pdfs.busy()
    _running.append(1)
    process = None
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "charity.printing.typst_child",
            "certificate",
            fmt,
            *([] if glyphs.plain(content) else ["rare"]),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=ROOT,
            env=child_environment(),
        )
        async with asyncio.timeout(SECONDS):
            body, _ = await process.communicate(content.encode())
    except TimeoutError:
        raise pdfs.failed("too slow") from None
    finally:
        _running.pop()
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0 or not body:
        raise pdfs.failed(f"the certificate child ended with {process.returncode}")
    return body


async def _pdf(content: str, _identifier: bytes) -> bytes:
    return await _compiled(content, "pdf")


async def _png(content: str, _identifier: bytes) -> bytes:
    return await _compiled(content, "png")


def forget() -> None:
    """Keep nothing and no pace; tests."""
    _shared.update({"pdf": pdfs.Shared(render=_pdf), "png": pdfs.Shared(render=_png)})


_shared: dict[Format, pdfs.Shared] = {}
forget()
