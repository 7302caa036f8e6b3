"""The pages of a giver's year: for staff from a receipt, for the giver by his second secret."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import words
from charity.errors import Refusal
from charity.giving import annual, copies
from charity.giving.annual import screens
from charity.giving.annual.forms import YearForm
from charity.giving.copies.routes import PROOFS, private, proof_page
from charity.people.masking import Reader
from charity.web import auth, contexts, forms, limits, pages

BY_GIVER = "giver"
"""Who made a document that a giver printed himself."""


async def staff(request: Request) -> Response:
    """The year of whoever a receipt is made out to."""
    auth.allowed(request, "gift.read")
    code, year = request.path_params["code"], request.path_params["year"]
    one = await annual.statement(code, year, to=Reader.PERMITTED)
    return await _page(request, one, code, {})


async def staff_pdf(request: Request) -> Response:
    """The same as PDF."""
    by = auth.allowed(request, "gift.read")
    one = await annual.statement(request.path_params["code"], request.path_params["year"], to=Reader.PERMITTED)
    return private(pages.pdf(await annual.pdf(one, made_by=by.key), _name(one)))


async def own(request: Request) -> Response:
    """The year of a giver who proves himself: the page, or the PDF."""
    code = request.path_params["code"]
    data = await forms.data(request, YearForm)
    limits.hit(PROOFS, contexts.neighbourhood(contexts.of(request).address))
    try:
        form = forms.read(YearForm, data)
        await copies.prove(code, number=form.number, secret=form.secret, pledge=form.pledge)
        one = await annual.statement(code, form.year, to=Reader.GIVER)
    except Refusal as refusal:
        return await proof_page(request, data, refusal)
    if form.pdf:
        return private(pages.pdf(await annual.pdf(one, made_by=BY_GIVER), _name(one)))
    proof = {"number": form.number, "secret": form.secret, "pledge": form.pledge}
    return private(await _page(request, one, code, proof))


def _name(one: annual.Statement) -> str:
    return words.say("年度捐赠汇总 {year}.pdf", year=one.year)


async def _page(request: Request, one: annual.Statement, code: str, proof: dict[str, str]) -> Response:
    return await pages.page(
        request,
        "giving/annual/show.html",
        code=code,
        year=one.year,
        facts=screens.facts(one),
        rows=screens.rows(one),
        years=[{"value": str(year), "label": str(year)} for year in annual.years()],
        proof=proof,
    )


routes = [
    Route("/receipts/{code}/year/{year:int}", staff, methods=["GET"]),
    Route("/receipts/{code}/year/{year:int}.pdf", staff_pdf, methods=["GET"]),
    Route("/r/{code}/year", own, methods=["POST"]),
]
