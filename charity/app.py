"""The whole application: every room's pages, calls and rows, and what runs beside them.

Nothing is discovered: a room takes part when it stands in ROOMS, with what its `room.py` lists. Beyond that
list this module names three rooms: ledger (models and the writer), office (who signs in, who we are). `build`
makes the ASGI app without touching the database; its lifespan opens the database and starts the writer.
"""

import asyncio
import gc
import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from functools import lru_cache, partial
from typing import Any

from pydantic_core import to_json
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

import charity
import charity.aid.room
import charity.bank.room
import charity.disclosure.room
import charity.documents.room
import charity.finance.room
import charity.giving.room
import charity.goods.room
import charity.office.room
import charity.people.room
import charity.reports.room
from charity import metrics as counted
from charity import words
from charity.background import supervised
from charity.db import engine, gauges, health, installation, integrity
from charity.db import verify as columns
from charity.db.health import Probe
from charity.db.locks import FileLock
from charity.demo.plan import Chapter
from charity.desk import api as desk_calls
from charity.desk import panels, search, tasks
from charity.desk import routes as desk
from charity.documents import registry
from charity.errors import Refusal
from charity.jobs import health as jobs_health
from charity.jobs import worker
from charity.ledger import demo, head_file, writer
from charity.ledger import health as books_health
from charity.ledger import verify as books
from charity.office import organisation, sign_in, stores
from charity.printing import glyphs
from charity.printing.document import Document
from charity.roles import PERMISSIONS, ROLE_WORDS
from charity.room import Check, Room
from charity.settings import settings
from charity.web import auth, inner, metrics, nav, openapi, pages, problems, system
from charity.web.api import Api, Call, Endpoint
from charity.web.outer import Outer

log = logging.getLogger("charity.app")
ROOMS: tuple[Room, ...] = (
    charity.office.room.ROOM,
    charity.people.room.ROOM,
    charity.documents.room.ROOM,
    charity.giving.room.ROOM,
    charity.goods.room.ROOM,
    charity.aid.room.ROOM,
    charity.bank.room.ROOM,
    charity.finance.room.ROOM,
    charity.reports.room.ROOM,
    charity.disclosure.room.ROOM,
)
PREFIX = "/api/v1"
GC_YOUNG = 20_000
PULSE_S = 60.0
SWITCH_S = 0.0005


async def openapi_json(call: Call) -> Response:  # noqa: ARG001 - a handler's signature
    """The OpenAPI document."""
    return Response(_document(), media_type="application/json", headers={"cache-control": "no-cache"})


@lru_cache(maxsize=1)
def _document() -> bytes:
    title = "慈善平台接口"
    return to_json(openapi.document(PREFIX, ENDPOINTS, title=title, version=charity.__version__))


async def api_docs(request: Request) -> Response:
    """The calls of the API as a table."""
    calls = [
        {
            "method": endpoint.method,
            "path": PREFIX + endpoint.path,
            "summary": words.translate(endpoint.summary),
            "who": _who(endpoint),
            "idempotent": words.translate("必填") if endpoint.idempotent else "",
        }
        for endpoint in ENDPOINTS
    ]
    return await pages.page(request, "api_docs.html", calls=calls)


def _who(endpoint: Endpoint) -> str:
    if endpoint.public:
        return words.translate("公众")
    if endpoint.permission is None:
        return words.translate("所有工作人员")
    return words.listed(words.translate(ROLE_WORDS[role]) for role in sorted(PERMISSIONS[endpoint.permission][1]))


ROUTES: list[BaseRoute] = [
    *system.routes,
    Route("/api-docs", api_docs),
    *desk.routes,
    *(route for room in ROOMS for route in room.routes),
]
ENDPOINTS: list[Endpoint] = [
    Endpoint("GET", "/openapi.json", openapi_json, public=True, summary="本接口的 OpenAPI 文档"),
    *desk_calls.endpoints,
    *(endpoint for room in ROOMS for endpoint in room.endpoints),
]
MODELS: list[str] = [
    "charity.db.models",
    "charity.ledger.models",
    *(model for room in ROOMS for model in room.models),
]
DOCUMENTS: list[Document] = [document for room in ROOMS for document in room.documents]
CHECKS: list[Check] = [
    Check("数据库文件", integrity.run),
    Check("密钥", installation.run),
    Check("最近的分录", head_file.run),
    Check("账簿", books.run),
    *(check for room in ROOMS for check in room.checks),
    Check("用词", columns.run),  # short ones last: two run at a time, and the long ones should not wait for them
]
CHAPTERS: list[Chapter] = [demo.chapter, *(room.chapter for room in ROOMS if room.chapter)]
PROBES: list[Probe] = [
    *health.PROBES,
    *books_health.PROBES,
    *jobs_health.PROBES,
    *(probe for room in ROOMS for probe in room.health),
]
system.use(PROBES)
metrics.use([gauges.measure, books_health.measure, partial(gauges.problems, PROBES)], [gauges.pool])
nav.use([*desk.nav, *(item for room in ROOMS for item in room.nav)])
tasks.use(source for room in ROOMS for source in room.tasks)
panels.use(source for room in ROOMS for source in room.panels)
worker.use(
    {kind: handler for room in ROOMS for kind, handler in room.jobs.items()},
    [timed for room in ROOMS for timed in room.timetable],
)
search.use(finder for room in ROOMS for finder in room.finders)
registry.use(DOCUMENTS)


class ServedAlready(Exception):
    """Another server has this SQLite database open."""


class Front:
    """Sends calls under /api/ straight to the API and all else to the pages."""

    def __init__(self, api: ASGIApp, site: ASGIApp) -> None:
        self.api = api
        self.site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Choose."""
        if scope["type"] == "http" and scope["path"].startswith("/api/"):
            await self.api(scope, receive, send)
        else:
            await self.site(scope, receive, send)


def build() -> ASGIApp:
    """The application. Makes no connection; its lifespan does."""
    auth.use(sign_in.Authenticator())
    pages.use(organisation.get, stores.names)
    site = Starlette(
        routes=ROUTES,
        middleware=inner.MIDDLEWARE,
        exception_handlers=dict.fromkeys((Refusal, HTTPException, ClientDisconnect, Exception), problems.answer),
        lifespan=lifespan,
    )
    site.router.redirect_slashes = False  # problems.answer does it, without the caller's Host
    return Outer(Front(Api(PREFIX, ENDPOINTS), site))


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:  # noqa: ARG001 - Starlette's signature
    """Open the database, start the writer; on SQLite also the job worker and the checkpoints."""
    settings().require_keys()
    async with AsyncExitStack() as stack:
        stack.callback(_stopped, time.monotonic())
        if not settings().postgres:
            stack.callback(serve_lock().release)
        opened = await stack.enter_async_context(engine.opened(MODELS, serving=True))
        await installation.require_own_keys()
        await stack.enter_async_context(writer.running())
        await stack.enter_async_context(supervised("health", partial(health.watch, PROBES)))
        if not settings().postgres:
            await stack.enter_async_context(_jobs())
            await stack.enter_async_context(_checkpoints(opened))
            await stack.enter_async_context(supervised("file", health.watch_file))
        await stack.enter_async_context(metrics.written())
        await stack.enter_async_context(supervised("pulse", _pulse))
        stack.enter_context(_ending_with_the_parent())
        _calm()
        _warm()
        log.info("server.started", extra=_facts())
        yield


def _facts() -> dict[str, Any]:
    return {
        "version": charity.__version__,
        "pid": os.getpid(),
        "database": "postgresql" if settings().postgres else "sqlite",
    }


def _stopped(began: float) -> None:
    log.info("server.stopped", extra=_facts() | {"seconds": int(time.monotonic() - began)})


async def _pulse() -> None:
    """Log the gauges once a minute, for those who have logs and no Prometheus."""
    while True:
        await asyncio.sleep(PULSE_S)
        await metrics.measure()
        log.info("server.pulse", extra=counted.gauges())


@contextmanager
def _ending_with_the_parent() -> Iterator[None]:
    """Let a worker process end as after SIGTERM when the process that started it was killed: it would keep the port."""
    parent = multiprocessing.parent_process()
    if parent is None:  # one process serves
        yield
        return
    loop = asyncio.get_running_loop()

    def gone() -> None:
        loop.remove_reader(parent.sentinel)
        log.critical("parent.gone")
        os.kill(os.getpid(), signal.SIGTERM)

    loop.add_reader(parent.sentinel, gone)
    try:
        yield
    finally:
        loop.remove_reader(parent.sentinel)


def _calm() -> None:
    """Settle the interpreter for serving.

    What start-up made lives as long as the process: the collector need not look at it again. SQLite works
    in a thread of its own, a dozen short calls a batch; with Python's 5 ms switch interval each of them
    waits for the busy event loop: 1,020 gifts a second, against 1,290 at 0.1 ms and 1,310 at 0.5 ms.
    """
    sys.setswitchinterval(SWITCH_S)
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_YOUNG, 20, 50)


def _warm() -> threading.Thread:
    """Read the fonts beside the first requests; a daemon, so that nobody who stops the server waits for it."""
    thread = threading.Thread(target=glyphs.warm, name="glyphs", daemon=True)
    thread.start()
    return thread


def serve_lock() -> FileLock:
    """Take the lock that admits one server a SQLite database; raises ServedAlready."""
    lock = FileLock(settings().lock_path("serve"))
    if not lock.take():
        raise ServedAlready(str(lock.path))
    return lock


@asynccontextmanager
async def _jobs() -> AsyncIterator[None]:
    """The job worker beside the server: SQLite has one process that writes much."""
    async with worker.running():
        yield


def _checkpoints(opened: engine.State) -> AbstractAsyncContextManager[object]:
    """Move an old WAL into the database file every now and then."""
    assert opened.checkpoints is not None
    return supervised("checkpoints", partial(opened.checkpoints.keep, opened))
