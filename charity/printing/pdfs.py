"""What rooms call to print HTML or a layout (renderer.layout): a file, or the refusal that says when to try again.

Staff and the public have a renderer process each. What anybody may ask for is printed once for all who ask
at the same time, kept while there is room, and printed at most RENDERINGS_MAX times in RENDERINGS_S: neither
a crowd at one receipt nor a walk over many holds up a clerk's slip.
"""

import asyncio
import hashlib
import logging
import time
from collections import OrderedDict, deque
from collections.abc import Sequence
from io import BytesIO
from math import ceil
from typing import Final

import pikepdf

from charity.errors import Refusal, Rule
from charity.printing import renderer, rules
from charity.printing.renderer import Audience

log = logging.getLogger("charity.printing")
SECONDS: Final = 20.0
RETRY_S: Final = 5
KEPT_BYTES: Final = 32 << 20
"""PDFs kept in each process: some five hundred receipts."""
RENDERINGS_MAX: Final = 60
RENDERINGS_S: Final = 60.0


class Shared:
    """PDFs that anybody may ask for. One process of the server has one."""

    def __init__(self, kept_bytes: int = KEPT_BYTES, renderings_max: int = RENDERINGS_MAX) -> None:
        self._kept_bytes, self._renderings_max = kept_bytes, renderings_max
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()
        self._making: dict[bytes, asyncio.Task[bytes]] = {}
        self._begun: deque[float] = deque()
        self.bytes = 0

    async def pdf(self, content: str, *, identifier: bytes) -> bytes:
        """The PDF of this content, kept or printed now; raises press.busy or press.failed (503).

        The key is the whole content: status, language and every word that is printed are part of it.
        """
        key = hashlib.sha256(identifier + content.encode()).digest()
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        if key not in self._making:
            at = self._pace()
            self._making[key] = asyncio.create_task(self._made(key, content, identifier, at), name="public-pdf")
            self._making[key].add_done_callback(lambda _: self._making.pop(key, None))
        return await asyncio.shield(self._making[key])  # a reader who goes away takes it from nobody else

    def _pace(self) -> float:
        """Count one rendering, and answer when; refuses when the last RENDERINGS_S have had enough."""
        now = time.monotonic()
        while self._begun and self._begun[0] <= now - RENDERINGS_S:
            self._begun.popleft()
        if len(self._begun) >= self._renderings_max:
            raise _later(rules.RENDERER_BUSY, ceil(self._begun[0] + RENDERINGS_S - now))
        self._begun.append(now)
        return now

    async def _made(self, key: bytes, content: str, identifier: bytes, at: float) -> bytes:
        try:
            body = await _rendered(content, identifier, SECONDS, "public")
        except Refusal as refusal:
            # What found no place was not printed: a crowd of a moment does not use up the minute.
            if refusal.code == rules.RENDERER_BUSY.code and at in self._begun:
                self._begun.remove(at)
            raise
        self._kept[key] = body
        self.bytes += len(body)
        while self.bytes > self._kept_bytes:
            self.bytes -= len(self._kept.popitem(last=False)[1])
        return body


_shared = Shared()


def forget() -> None:
    """Keep no PDF and no pace; tests."""
    global _shared  # noqa: PLW0603 - one a process
    _shared = Shared()


async def for_staff(content: str, *, identifier: bytes, seconds: float = SECONDS) -> bytes:
    """A document for staff. Equal content and identifier give equal bytes; raises press.busy or press.failed (503)."""
    return await _rendered(content, identifier, seconds, "staff")


async def for_anybody(content: str, *, identifier: bytes) -> bytes:
    """A document for whoever has its code. Raises press.busy or press.failed (503)."""
    return await _shared.pdf(content, identifier=identifier)


async def joined(parts: Sequence[bytes], *, title: str) -> bytes:
    """One PDF of several, in their order. Equal parts give equal bytes."""
    return await asyncio.to_thread(_joined, parts, title)


def _joined(parts: Sequence[bytes], title: str) -> bytes:
    with pikepdf.open(BytesIO(parts[0])) as whole:
        for body in parts[1:]:
            with pikepdf.open(BytesIO(body)) as part:
                whole.pages.extend(part.pages)
        whole.docinfo["/Title"] = title
        out = BytesIO()
        whole.save(out, deterministic_id=True)
        return out.getvalue()


async def _rendered(content: str, identifier: bytes, seconds: float, audience: Audience) -> bytes:
    try:
        return await renderer.rendered(content, identifier=identifier, seconds=seconds, audience=audience)
    except renderer.RendererBusy:
        raise _later(rules.RENDERER_BUSY, RETRY_S) from None
    except renderer.RenderingError as error:
        log.error("rendering.failed", extra={"error": type(error).__name__})  # noqa: TRY400 - its words may be data
        raise _later(rules.RENDERING_FAILED, RETRY_S) from None


def _later(rule: Rule, seconds: int) -> Refusal:
    return Refusal(rule.code, rule.words, rule.status, retry_after_s=seconds, seconds=seconds)
