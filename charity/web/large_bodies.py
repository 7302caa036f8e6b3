"""How many large bodies are read at once. A file is held in memory from its first byte to the answer.

Small bodies are bounded by how many connections there are; a file of up to 64 MB is not. So a request whose body
grows beyond LARGE_FROM counts: for its caller, and its bytes for all.
"""

from collections import Counter

from charity.errors import Rule

LARGE_FROM = 524_288
"""Bytes from which on a body is a file; no form and no call without one is as long."""
OF_ONE_MAX = 2
"""Requests with a large body that one caller has under way."""
HELD_MAX = 256 * 2**20
"""Bytes of the large bodies of all callers."""
OF_ONE = Rule("body.too_many", "您已有 {count} 个文件正在上传，请等它们办完再传", 429, retry_after_s=10)
OF_ALL = Rule("body.busy", "正在上传的文件太多，请稍后再试", 503, retry_after_s=30)

_of: Counter[str] = Counter()
_held = 0


class Body:
    """The body of one request: `grew` with each part, `end` when it is answered."""

    __slots__ = ("_bytes", "_caller")

    def __init__(self) -> None:
        self._bytes = 0
        self._caller: str | None = None

    def grew(self, count: int, caller: str) -> None:
        """Count these bytes more, of `caller`; raises 429 for one body too many of his, 503 for too much of all."""
        global _held  # noqa: PLW0603 - what this process holds
        self._bytes += count
        if self._caller is None:
            if self._bytes <= LARGE_FROM:
                return
            if _of[caller] >= OF_ONE_MAX:
                raise OF_ONE(count=OF_ONE_MAX)
            self._caller, count = caller, self._bytes
            _of[caller] += 1
        _held += count
        if _held > HELD_MAX:
            raise OF_ALL()

    def end(self) -> None:
        """The request is answered: nothing of it is held."""
        global _held  # noqa: PLW0603 - see above
        if self._caller is not None:
            _held -= self._bytes
            _of[self._caller] -= 1
            if not _of[self._caller]:
                del _of[self._caller]
            self._caller = None


def held() -> tuple[int, int]:
    """Requests with a large body that are under way, and their bytes."""
    return _of.total(), _held
