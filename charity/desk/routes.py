"""The desk's pages: what waits, the search box, and the forms that filter lists."""

from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from charity import addresses, money, words
from charity.desk import screens, search
from charity.desk.panels import panels
from charity.desk.search import TEXT_MAX, Asked, Hits
from charity.desk.tasks import tasks
from charity.errors import NOT_FOUND as NO_PAGE
from charity.errors import FieldError, Refusal, unreadable
from charity.roles import Actor, required
from charity.web import auth, forms, pages, sealed_words
from charity.web.nav import NavItem

NOT_FOUND = "没有找到，请核对后再试；附言按其中连续的字查找；留言和事由是加密保存的，不能按内容查找"


async def desk(request: Request) -> Response:
    """`GET /desk`."""
    by = required(auth.actor(request))
    if not by.may("desk.read") and by.may("roster.fill"):
        return RedirectResponse(addresses.MY_UNIT, 303)
    return await _desk(request, auth.allowed(request, "desk.read"))


async def find(request: Request) -> Response:
    """`POST /desk/search`: to the page of what was typed, or a list by kind, or back with a word."""
    by = auth.allowed(request, "desk.read")
    text = forms.text(await forms.data(request), "q")
    if len(text) > TEXT_MAX:
        return await _desk(request, by, status=422, q=text, errors=pages.errors(_too_long("q", TEXT_MAX)))
    asked, groups = search.read(text), await search.find(text, by)
    if (hit := search.only(groups, asked)) is not None:
        return pages.see_other(request, hit.href)
    if groups:
        return await _listed(request, text, asked, groups)
    return await _desk(request, by, status=404, q=text, errors=[{"field": "q", "message": words.say(NOT_FOUND)}])


async def _listed(request: Request, text: str, asked: Asked, groups: list[Hits]) -> Response:
    kinds = [
        {
            "kind": words.translate(hits.kind),
            "rows": [{**asdict(hit), "amount": hit.amount_fen} for hit in hits.items],
            "more": hits.more,
            "all_href": hits.all_href,
        }
        for hits in groups
    ]
    readings = [money.yuan_sign(fen) for fen in asked.amounts]
    return await pages.page(request, "desk/search.html", q=text, kinds=kinds, readings=readings)


async def choose(request: Request) -> Response:
    """`POST /desk/filter`: to a list with the filters of its form; a name goes sealed into the address."""
    auth.allowed(request, "desk.read")
    data = await forms.data(request)
    path = forms.text(data, "list")
    if path not in addresses.LISTS:
        raise NO_PAGE()
    chosen = {name: forms.text(data, name).strip() for name in data if name != "list"}
    if len(chosen.get("who", "")) > sealed_words.TEXT_MAX:
        raise _too_long("who", sealed_words.TEXT_MAX)
    chosen["who"] = sealed_words.sealed(chosen.get("who", ""))
    chosen = {name: value for name, value in chosen.items() if value}
    return pages.see_other(request, f"{path}?{urlencode(chosen)}" if chosen else path)


def _too_long(field: str, most: int) -> Refusal:
    return unreadable(FieldError(field, "最多 {max_length} 个字符", (("max_length", most),)))


async def _desk(
    request: Request, by: Actor, *, status: int = 200, q: str = "", errors: list[dict[str, Any]] | None = None
) -> Response:
    return await pages.page(
        request,
        "desk/desk.html",
        status=status,
        **screens.listed(await tasks(by)),
        panels=await panels(by),
        today=screens.today(),
        q=q,
        errors=errors or [],
    )


nav = [NavItem("工作台", "/desk", "desk.read", order=100)]
routes = [
    Route("/desk", desk, methods=["GET"]),
    Route("/desk/search", find, methods=["POST"]),
    Route("/desk/filter", choose, methods=["POST"]),
]
