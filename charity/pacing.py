"""Lines of the log that would come again and again: one when it begins, then at most one in a while, with the count."""

import logging
import time
from typing import Any


class Paced:
    """One event of a log. Its line says by `count` how often it happened since the line before."""

    def __init__(self, log: logging.Logger, event: str, *, every_s: float, level: int = logging.WARNING) -> None:
        self.log, self.event, self.every_s, self.level = log, event, every_s, level
        self._count = 0
        self._next = 0.0

    def happened(self, exc_info: BaseException | None = None, **facts: Any) -> None:
        """Count it; the line has the facts, and the exception, of the one that it is written at."""
        self._count += 1
        now = time.monotonic()
        if now >= self._next:
            self.log.log(self.level, self.event, extra={"count": self._count, **facts}, exc_info=exc_info)
            self._count, self._next = 0, now + self.every_s

    def over(self) -> None:
        """It has stopped happening: the next one is a beginning, said at once."""
        self._next = 0.0
