"""Connections: how many a process holds, and how long one may keep it waiting.

uvicorn has a deadline for an idle connection between two requests only. Here a head has to be there in
HEAD_S, from the first byte or from the beginning of the connection; an answer has to be read in SEND_S. (The
deadline of bodies is in `outer`, where the caller can be answered.) When there are as many connections as this
process may hold, the one that has been waiting longest for a request makes place for the new one, as web servers
do; only when all are busy is the new one refused (503). Both are logged, at most once in LOG_S: without that, a
process at its limit of open files drops callers without a word.
"""

import asyncio
import logging
import resource
from asyncio import TimerHandle
from functools import lru_cache
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from charity.pacing import Paced

log = logging.getLogger("charity.connections")
CONNECTIONS_MAX = 1_000
FILES_KEPT = 40
"""Of the open files that the system allows: what the database, the log and children need beside connections."""
CONNECTIONS_MIN = 8
HEAD_S = 10.0
SEND_S = 60.0
KEEP_ALIVE_S = 75
"""Between two requests; longer than the minute for which proxies commonly keep a connection to use it again."""
BACKLOG = 512
LOG_S = 10.0

_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_LATE = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


@lru_cache(maxsize=1)
def limit() -> int:
    """How many connections this process may hold, whatever the system allows it of open files."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(CONNECTIONS_MIN, min(CONNECTIONS_MAX, files - FILES_KEPT))


def open_files() -> None:
    """Ask the system for as many open files as all connections need, with room for those that come at once."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(hard, CONNECTIONS_MAX + BACKLOG + FILES_KEPT)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    limit.cache_clear()
    if limit() < CONNECTIONS_MAX:
        log.warning("connections.few", extra={"limit": limit(), "wanted": CONNECTIONS_MAX})


class Guarded(HttpToolsProtocol):
    """uvicorn's protocol over httptools, with a bound and deadlines."""

    waiting: "dict[Guarded, None]" = {}  # noqa: RUF012 - shared: the connections without a request, longest first
    evicted = Paced(log, "connections.evicted", every_s=LOG_S)
    refused = Paced(log, "connections.refused", every_s=LOG_S)
    late = Paced(log, "connections.late", every_s=LOG_S)
    unread = Paced(log, "connections.unread", every_s=LOG_S)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head: TimerHandle | None = None
        self._send: TimerHandle | None = None
        self._spoke = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Take the connection, in the place of another one when there are too many."""
        super().connection_made(transport)
        if len(self.connections) > limit() and not self._make_place():
            self.refused.happened(limit=limit())
            transport.write(_BUSY)
            transport.close()
            return
        self._wait()

    def _make_place(self) -> bool:
        oldest = next(iter(self.waiting), None)
        if oldest is None:
            return False
        self.evicted.happened(limit=limit())
        del self.waiting[oldest]
        oldest.transport.abort()
        return True

    def _wait(self) -> None:
        """From now on a head is awaited."""
        self.waiting[self] = None
        self._spoke = False
        self._head = self.loop.call_later(HEAD_S, self._head_is_late)

    def data_received(self, data: bytes) -> None:
        """Feed the parser; a head that has begun has to end in time, however slowly it drips."""
        super().data_received(data)
        if self in self.waiting:
            self._spoke = True
            if self._head is None:
                self._head = self.loop.call_later(HEAD_S, self._head_is_late)

    def _head_is_late(self) -> None:
        self._head = None
        if self.transport.is_closing():
            return
        if self._spoke:  # a browser opens connections in advance: those end without a word
            self.late.happened(limit=limit())
            self.transport.write(_LATE)
        self.transport.close()

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._stop_waiting()
        super().on_headers_complete()

    def _stop_waiting(self) -> None:
        self.waiting.pop(self, None)
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def on_response_complete(self) -> None:
        """Wait for the next head, unless it was there already; uvicorn ends the connection after KEEP_ALIVE_S."""
        super().on_response_complete()
        if self.cycle.response_complete and not self.transport.is_closing():
            self.waiting[self] = None
            self._spoke = False

    def pause_writing(self) -> None:
        """The caller does not read: not for ever."""
        super().pause_writing()
        self._send = self.loop.call_later(SEND_S, self._answer_is_unread)

    def resume_writing(self) -> None:
        """The caller reads again."""
        super().resume_writing()
        if self._send is not None:
            self._send.cancel()
            self._send = None

    def _answer_is_unread(self) -> None:
        self._send = None
        self.unread.happened(limit=limit())
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._stop_waiting()
        if self._send is not None:
            self._send.cancel()
        super().connection_lost(exc)
