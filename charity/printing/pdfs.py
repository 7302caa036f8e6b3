"""What rooms call to print HTML: a PDF, or the refusal that says when to try again."""

import logging
from typing import Final

from charity.errors import Refusal, Rule
from charity.printing import renderer, rules

log = logging.getLogger("charity.printing")
SECONDS: Final = 20.0
RETRY_S: Final = 5


async def for_staff(html: str, *, identifier: bytes, seconds: float = SECONDS) -> bytes:
    """A document for staff. Equal html and identifier give equal bytes; raises press.busy or press.failed (503)."""
    return await _rendered(html, identifier, seconds)


async def for_anybody(html: str, *, identifier: bytes) -> bytes:
    """A document for whoever has its code. Raises press.busy or press.failed (503)."""
    return await _rendered(html, identifier, SECONDS)


async def _rendered(html: str, identifier: bytes, seconds: float) -> bytes:
    try:
        return await renderer.html_to_pdf(html, identifier=identifier, seconds=seconds)
    except renderer.RendererBusy:
        raise _later(rules.RENDERER_BUSY) from None
    except renderer.RenderingError as error:
        log.error("rendering.failed", extra={"error": type(error).__name__})  # noqa: TRY400 - its words may be data
        raise _later(rules.RENDERING_FAILED) from None


def _later(rule: Rule) -> Refusal:
    return Refusal(rule.code, rule.words, rule.status, retry_after_s=RETRY_S, seconds=RETRY_S)
