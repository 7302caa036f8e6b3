"""How many large bodies are taken at once: what a request sent is held in memory until it is answered.

Small bodies are bounded by how many connections there are; a file of up to 64 MB is not. So a request whose body
grows beyond LARGE_FROM takes one of its caller's places, and waits for one while its connection reads no further;
and its bytes count for all. Held is more than what is counted: a call's file is decoded from Base64 once more, a form's
lies on the disk until it has arrived.
"""

import asyncio
import time
from collections import Counter

from charity.errors import Rule

LARGE_FROM = 524_288
"""Bytes from which on a body is large: a file, or the long text of an opening or a roster."""
OF_ONE_MAX = 3
"""Requests with a large body that one caller has under way; the next one waits."""
WAIT_S = 60.0
"""Seconds after which it is refused."""
LOOK_S = 0.1
"""How often it looks for a place."""
HELD_MAX = 256 * 2**20
"""Bytes of the large bodies of all callers."""
OF_ONE = Rule("body.too_many", "您已有 {count} 份文件或长表单正在办理，请等它们办完再发", 429, retry_after_s=60)
OF_ALL = Rule("body.busy", "正在上传的文件太多，请稍后再试", 503, retry_after_s=60)

_of: Counter[str] = Counter()
_held = 0


class Body:
    """The body of one request: `grew` with each part, `end` when it is answered."""

    __slots__ = ("_bytes", "_caller")

    def __init__(self) -> None:
        self._bytes = 0
        self._caller: str | None = None

    async def grew(self, count: int, caller: str) -> float:
        """Count these bytes more, of `caller`; the seconds that it waited for a place.

        Raises 429 when there was none in time, 503 for too many bytes of all.
        """
        global _held  # noqa: PLW0603 - what this process holds
        self._bytes += count
        waited = 0.0
        if self._caller is None:
            if self._bytes <= LARGE_FROM:
                return waited
            waited = await _place(caller)
            self._caller, count = caller, self._bytes
            _of[caller] += 1
        _held += count
        if _held > HELD_MAX:
            raise OF_ALL()
        return waited

    def end(self) -> None:
        """Nothing of it is held any more: the request is answered, or refused for its body."""
        global _held  # noqa: PLW0603 - see above
        if self._caller is not None:
            _held -= self._bytes
            _of[self._caller] -= 1
            if not _of[self._caller]:
                del _of[self._caller]
            self._caller = None


async def _place(caller: str) -> float:
    """Wait until the caller has a place; how many seconds it took."""
    began = time.monotonic()
    while _of[caller] >= OF_ONE_MAX:
        if time.monotonic() - began >= WAIT_S:
            raise OF_ONE(count=OF_ONE_MAX)
        await asyncio.sleep(LOOK_S)
    return time.monotonic() - began


def held() -> tuple[int, int]:
    """Requests with a large body that are under way, and their bytes."""
    return _of.total(), _held
