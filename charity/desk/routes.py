"""The desk's pages."""

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import clock, words
from charity.desk.search import TEXT_MAX, find
from charity.desk.tasks import tasks
from charity.roles import Actor
from charity.web import auth, forms, pages
from charity.web.nav import NavItem

NOT_FOUND = "没有找到这个号码，请核对后再试"


async def desk(request: Request) -> Response:
    """`GET /desk`."""
    return await _desk(request, auth.allowed(request, "desk.read"))


async def search(request: Request) -> Response:
    """`POST /desk/search`: to the page of a number, or back with a word."""
    by = auth.allowed(request, "desk.read")
    text = forms.text(await forms.data(request), "q")[:TEXT_MAX]
    address = await find(text, by)
    if address is not None:
        return pages.see_other(request, address)
    return await _desk(request, by, status=404, q=text, errors=[{"field": "q", "message": words.say(NOT_FOUND)}])


async def _desk(
    request: Request, by: Actor, *, status: int = 200, q: str = "", errors: list[dict[str, Any]] | None = None
) -> Response:
    waiting = [asdict(task) for task in await tasks(by)]
    today = clock.today().isoformat()
    return await pages.page(
        request, "desk/desk.html", status=status, tasks=waiting, today=today, q=q, errors=errors or []
    )


nav = [NavItem("工作台", "/desk", "desk.read", order=100)]
routes = [
    Route("/desk", desk, methods=["GET"]),
    Route("/desk/search", search, methods=["POST"]),
]
