"""The page of an organiser's own unit."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity.giving import organisers
from charity.giving.my_unit import screens
from charity.web import auth, pages


async def show(request: Request) -> Response:
    """`GET /my-unit`; organiser.no_unit for whoever has none any more."""
    by = auth.allowed(request, "roster.fill")
    unit = await organisers.own_unit(by=by)
    return await pages.page(request, "giving/my_unit/show.html", **await screens.my_unit(unit, by=by))


routes = [Route("/my-unit", show, methods=["GET"])]
