"""The renderers: HTML becomes PDF in children that can be killed, one for staff and one for everybody else.

Threads talk to the children, so that one renderer serves any event loop, and a document that hangs
or eats memory costs one child and nobody else. The queue is bounded: a full one is RendererBusy.
Whoever stops the process awaits `close()`; children also end by themselves when the pipe ends.
"""

import asyncio
import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Literal

from charity.printing.places import ROOT

Audience = Literal["staff", "public"]
Format = Literal["pdf", "png"]
CHILDREN: Final = 1
QUEUE_MAX: Final[dict[Audience, int]] = {"staff": 32, "public": 16}
NICENESS: Final[dict[Audience, int]] = {"staff": 0, "public": 10}
"""The public's child yields the processor to everything else of ours."""
DOCUMENTS_A_CHILD: Final = 1_000
"""A child is replaced after so many documents: WeasyPrint keeps what it has seen of a font."""
HTML_MAX: Final = 8 << 20
PDF_MAX: Final = 64 << 20
START_SECONDS: Final = 20.0
TOGETHER: Final = "\f"
"""Between HTML documents that become one PDF, each with pages of its own. No text has it (charity/texts.py)."""
_LENGTH: Final = struct.Struct(">I")
_KEPT: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_CACHE_HOME", "VIRTUAL_ENV")


def layout(name: str, facts: Mapping[str, Any], fmt: Format = "pdf") -> str:
    """The document that templates/printing/{name}.typ makes of facts, where a renderer takes HTML."""
    drawn = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    return json.dumps({"layout": name, "facts": drawn, "format": fmt}, ensure_ascii=False)


class RenderingError(Exception):
    """A document could not be printed."""


class RendererBusy(RenderingError):
    """Too many documents wait already; try again later (503)."""


class RenderingTooSlow(RenderingError):
    """The document took longer than its time limit; its child was killed."""


class RenderingFailed(RenderingError):
    """The child refused or died; the words never quote the document."""


def child_environment() -> dict[str, str]:
    """What a printing child may know: never keys, database addresses or tokens."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


class _Child:
    """One process of `charity.printing.renderer_child`, used by one thread at a time."""

    def __init__(self, niceness: int) -> None:
        self.printed = 0
        self.late = False
        self._process = subprocess.Popen(  # noqa: S603 - fixed arguments
            [sys.executable, "-m", "charity.printing.renderer_child", str(niceness)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env=child_environment(),
        )
        try:
            self._timed(START_SECONDS, self._answer)
        except BaseException:
            self.kill()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def pdf(self, html: bytes, identifier: bytes, seconds: float) -> bytes:
        """One document; on RenderingTooSlow or a dead child the caller throws this child away."""
        order = json.dumps({"identifier": identifier.hex(), "seconds": seconds}).encode()

        def talk() -> bytes:
            assert self._process.stdin is not None
            for frame in (order, html):
                self._process.stdin.write(_LENGTH.pack(len(frame)) + frame)
            self._process.stdin.flush()
            return self._answer()

        self.printed += 1
        return self._timed(seconds, talk)

    def _timed(self, seconds: float, talk: Callable[[], bytes]) -> bytes:
        """Talk to the child, and kill it when the time is over: the pipe then ends."""
        timer = threading.Timer(seconds, self._expire)
        timer.daemon = True
        timer.start()
        try:
            return talk()
        except (EOFError, OSError) as error:
            if self.late:
                raise RenderingTooSlow(f"over {seconds:g} s") from None
            raise RenderingFailed("the printing child ended") from error
        finally:
            timer.cancel()

    def _expire(self) -> None:
        self.late = True
        self._process.kill()

    def _answer(self) -> bytes:
        assert self._process.stdout is not None
        head = self._process.stdout.read(1 + _LENGTH.size)
        if len(head) < 1 + _LENGTH.size:
            raise EOFError
        (length,) = _LENGTH.unpack(head[1:])
        if length > PDF_MAX:
            raise EOFError
        body = self._process.stdout.read(length)
        if len(body) < length:
            raise EOFError
        if head[:1] != b"+":
            raise RenderingFailed(body.decode("ascii", "replace"))
        return body

    def kill(self) -> None:
        """End the process and collect it."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue  # a half-written order went down with the child


class Renderer:
    """At most `children` processes, and `queue_max` documents waiting or printing."""

    def __init__(self, children: int = CHILDREN, queue_max: int = QUEUE_MAX["staff"], niceness: int = 0) -> None:
        self._threads = ThreadPoolExecutor(children, thread_name_prefix="renderer")
        self._queue_max = queue_max
        self._niceness = niceness
        self.printed = 0
        self._lock = threading.Lock()
        self._idle: list[_Child] = []
        self._waiting = 0
        self._closed = False

    async def pdf(self, html: str, *, identifier: bytes, seconds: float) -> bytes:
        """The PDF of a page; `seconds` counts from the moment its printing begins."""
        body = html.encode()
        if len(body) > HTML_MAX:
            raise RenderingFailed("the content is too long for one document")
        with self._lock:
            if self._closed or self._waiting >= self._queue_max:
                raise RendererBusy
            self._waiting += 1
            future = self._threads.submit(self._print, body, identifier, seconds)
        # The count falls when the work ends, not when a caller goes away: its child still prints.
        future.add_done_callback(lambda _: self._leave())
        return await asyncio.wrap_future(future)

    def _leave(self) -> None:
        with self._lock:
            self._waiting -= 1

    def _print(self, html: bytes, identifier: bytes, seconds: float) -> bytes:
        child = self._ready()
        try:
            printed = child.pdf(html, identifier, seconds)
        except RenderingFailed as error:
            if error.__cause__ is None:  # the child answered: it is well, its document was not
                self._keep(child)
            else:
                child.kill()
            raise
        except BaseException:
            child.kill()
            raise
        self._keep(child)
        with self._lock:
            self.printed += 1
        return printed

    def _ready(self) -> _Child:
        """A child that lives: an idle one, unless the system ended it meanwhile, or a new one."""
        while True:
            with self._lock:
                child = self._idle.pop() if self._idle else None
            if child is None:
                return _Child(self._niceness)
            if child.alive:
                return child
            child.kill()

    def _keep(self, child: _Child) -> None:
        with self._lock:
            if not self._closed and child.printed < DOCUMENTS_A_CHILD:
                self._idle.append(child)
                return
        child.kill()

    def children(self) -> list[int]:
        """The process ids of the children that wait for work."""
        with self._lock:
            return [child.pid for child in self._idle]

    def close(self) -> None:
        """Finish what prints, drop what waits, end the children."""
        with self._lock:
            self._closed = True
        self._threads.shutdown(wait=True, cancel_futures=True)
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.kill()


_renderers: dict[Audience, Renderer] = {}


def of(audience: Audience) -> Renderer:
    """The renderer of this process for an audience."""
    if audience not in _renderers:
        _renderers[audience] = Renderer(queue_max=QUEUE_MAX[audience], niceness=NICENESS[audience])
    return _renderers[audience]


async def rendered(content: str, *, identifier: bytes, seconds: float = 20, audience: Audience = "staff") -> bytes:
    """The PDF of an HTML document, or the file of a `layout`. Equal content and identifier give equal bytes.

    Raises RendererBusy, RenderingTooSlow or RenderingFailed.
    """
    return await of(audience).pdf(content, identifier=identifier, seconds=seconds)


async def close() -> None:
    """End the children of this process; the next document starts new ones."""
    closing = list(_renderers.values())
    _renderers.clear()
    for renderer in closing:
        await asyncio.to_thread(renderer.close)
