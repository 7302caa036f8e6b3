"""The page that shows who we are."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity.office import organisation
from charity.web import auth, pages


async def show(request: Request) -> Response:
    """Who we are, as printed on documents."""
    auth.allowed(request, "organisation.read")
    return await pages.page(request, "office/organisation/show.html", row=await organisation.get())


routes = [Route("/organisation", show, methods=["GET"])]
