"""The giver's own page of a receipt, and the print of staff. Secrets are posted: no address and no log has one."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity.errors import Refusal
from charity.giving import copies, receipts
from charity.giving.copies import screens
from charity.giving.copies.forms import ProofForm
from charity.people.masking import Reader
from charity.web import auth, contexts, forms, limits, pages

PROOFS = limits.Pace("receipt_proof", 60, 60)
"""Tries by address, of any receipt; those of one receipt are counted in the database."""
Data = dict[str, str | list[str]]


def private(response: Response) -> Response:
    """Kept by nobody on the way, found by no search engine."""
    response.headers["x-robots-tag"] = "noindex"
    response.headers["cache-control"] = "no-store"
    return response


async def proof_form(request: Request) -> Response:
    """Ask for the second secret."""
    return await proof_page(request, {})


async def proof_page(request: Request, values: Data, refusal: Refusal | None = None) -> Response:
    """Ask for it again, with what was wrong."""
    row = await receipts.get(request.path_params["code"])
    # after a wrong one the secret is typed anew
    typed = {name: forms.text(values, name) for name in ("number", *(() if refusal else ("secret",)))}
    return private(await pages.form(request, "giving/copies/prove.html", refusal, row=row, values=typed))


async def full(request: Request) -> Response:
    """The whole receipt for its giver: the page, or the PDF."""
    code = request.path_params["code"]
    data = await forms.data(request, ProofForm)
    if forms.text(data, "again"):
        return await proof_page(request, data)
    limits.hit(PROOFS, contexts.neighbourhood(contexts.of(request).address))
    try:
        form = forms.read(ProofForm, data)
        await copies.prove(code, number=form.number, secret=form.secret, pledge=form.pledge)
    except Refusal as refusal:
        return await proof_page(request, data, refusal)
    if form.pdf:
        body, number = await receipts.full_pdf(code)
        return private(pages.pdf(body, f"{number}.pdf"))
    printed = await receipts.printed_for(code, to=Reader.GIVER)
    proof = {"number": form.number, "secret": form.secret, "pledge": form.pledge, "pdf": "1"}
    row, facts = await receipts.get(code), screens.facts(printed)
    return private(
        await pages.page(
            request,
            "giving/copies/full.html",
            proof=proof,
            row=row,
            facts=facts,
            lines=printed.lines,
            facts_year=printed.received_on[:4],
        )
    )


async def print_whole(request: Request) -> Response:
    """Print a receipt for its giver: the original once, then copies."""
    actor = auth.allowed(request, "receipt.print")
    await forms.data(request)
    body, number = await copies.print_whole(request.path_params["code"], by=actor)
    return private(pages.pdf(body, f"{number}.pdf"))


routes = [
    Route("/r/{code}/full", proof_form, methods=["GET"]),
    Route("/r/{code}/full", full, methods=["POST"]),
    Route("/receipts/{code}/print", print_whole, methods=["POST"]),
]
