"""The certificate for whoever has the code of a receipt: a PDF to print, a picture to share."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity.giving import certificates
from charity.web import contexts, limits, pages

CERTIFICATES = limits.Pace("certificates", 30, 60)
"""Certificates from one address in that many seconds."""


async def pdf(request: Request) -> Response:
    """The PDF."""
    limits.hit(CERTIFICATES, contexts.neighbourhood(contexts.of(request).address))
    one = await certificates.of(request.path_params["code"])
    return _unlisted(pages.pdf(await certificates.made(one, "pdf"), f"{one.number}.pdf"))


async def png(request: Request) -> Response:
    """The picture."""
    limits.hit(CERTIFICATES, contexts.neighbourhood(contexts.of(request).address))
    one = await certificates.of(request.path_params["code"])
    return _unlisted(pages.attachment(await certificates.made(one, "png"), f"{one.number}.png", "image/png"))


def _unlisted(response: Response) -> Response:
    response.headers["x-robots-tag"] = "noindex"
    response.headers["cache-control"] = "no-store"
    return response


routes = [
    Route("/r/{code}/certificate.pdf", pdf, methods=["GET"]),
    Route("/r/{code}/certificate.png", png, methods=["GET"]),
]
