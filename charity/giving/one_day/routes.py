"""The printed papers of a work unit."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import words
from charity.giving import organisers
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
    organisers.must_wait(by)
    return pages.pdf(await documents.own_poster(slug, by=by), words.say("海报 {code}.pdf", code=slug))


async def together(request: Request) -> Response:
    """`GET /one-day/{key}/all.pdf`."""
    by = auth.allowed(request, "roster.read")
    organisers.must_wait(by)
    body, reference = await documents.together(request.path_params["key"], by=by)
    response = pages.pdf(body, words.say("一日捐材料 {reference}.pdf", reference=reference))
    response.headers["cache-control"] = "no-store"
    return response


routes = [
    Route("/one-day/{key}/all.pdf", together, methods=["GET"]),
    Route("/work-units/{code}/poster/{slug}.pdf", poster, methods=["GET"]),
    Route("/my-unit/poster/{slug}.pdf", own_poster, methods=["GET"]),
]
