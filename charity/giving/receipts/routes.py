"""The page of a receipt that is only printed."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity.giving.receipts import documents
from charity.web import auth, pages


async def pdf(request: Request) -> Response:
    """The whole receipt, for staff."""
    auth.allowed(request, "gift.read")
    body, number = await documents.whole_pdf(request.path_params["code"])
    return pages.pdf(body, f"{number}.pdf")


routes = [Route("/receipts/{code}/paper.pdf", pdf, methods=["GET"])]
