"""The printed papers of a work unit."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import words
from charity.giving.one_day import documents
from charity.web import auth, pages


async def poster(request: Request) -> Response:
    """`GET /work-units/{code}/poster/{slug}.pdf`."""
    by = auth.allowed(request, "gift.read")
    code, slug = request.path_params["code"], request.path_params["slug"]
    return pages.pdf(await documents.poster(code, slug, by=by), words.say("海报 {code}.pdf", code=code))


async def own_poster(request: Request) -> Response:
    """`GET /my-unit/poster/{slug}.pdf`."""
    by, slug = auth.allowed(request, "roster.fill"), request.path_params["slug"]
    return pages.pdf(await documents.own_poster(slug, by=by), words.say("海报 {code}.pdf", code=slug))


routes = [
    Route("/work-units/{code}/poster/{slug}.pdf", poster, methods=["GET"]),
    Route("/my-unit/poster/{slug}.pdf", own_poster, methods=["GET"]),
]
