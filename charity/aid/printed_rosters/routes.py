"""The pages that print rosters: of what was recorded, and before a distribution of what was typed."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import words
from charity.aid.printed_rosters import documents
from charity.aid.rosters import routes as rosters
from charity.aid.rosters.forms import RosterForm
from charity.errors import Refusal
from charity.web import auth, forms, pages


async def internal(request: Request) -> Response:
    """`GET /rosters/{number}.pdf`."""
    by = auth.allowed(request, "voucher.read")
    document = await documents.recorded(request.path_params["number"], by, "internal")
    return pages.pdf(await documents.pdf(document), f"{document.number}.pdf")


async def notice(request: Request) -> Response:
    """`GET /rosters/{number}/copy.pdf`: for others to look into."""
    by = auth.allowed(request, "voucher.read")
    document = await documents.recorded(request.path_params["number"], by, "notice")
    return pages.pdf(await documents.pdf(document), words.say("{number} 外部查阅.pdf", number=document.number))


async def unsigned(request: Request) -> Response:
    """`POST /advances/{voucher}/roster.pdf`: the list to be signed, of what was typed; nothing is kept."""
    by = auth.allowed(request, "voucher.make")
    data, voucher = await forms.data(request, RosterForm), request.path_params["voucher"]
    try:
        content = forms.read(RosterForm, data).content()
        document = await documents.unsigned(voucher, content, by)
    except Refusal as refusal:
        return await rosters.form_page(request, data, refusal)
    response = pages.pdf(await documents.pdf(document), words.say("{number} 花名册（待签字）.pdf", number=voucher))
    response.headers["cache-control"] = "no-store"
    return response


routes = [
    Route("/rosters/{number}.pdf", internal, methods=["GET"]),
    Route("/rosters/{number}/copy.pdf", notice, methods=["GET"]),
    Route("/advances/{voucher}/roster.pdf", unsigned, methods=["POST"]),
]
