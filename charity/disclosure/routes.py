"""Public pages: home, campaign, receipt check and its PDF."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import words
from charity.disclosure import campaigns as public
from charity.disclosure import figures, receipts, uses
from charity.giving import campaigns
from charity.giving import receipts as gift_receipts
from charity.giving.campaigns import STATUS_WORDS
from charity.giving.donors import work_units
from charity.ledger import funds
from charity.ledger.equation import FIGURES
from charity.money import capitals
from charity.office import organisation, stores
from charity.web import contexts, limits, pages

TYPED_MAX = 200
PDFS = limits.Pace("public_pdf", 60, 60)
"""Receipts as PDF by address. How many are printed for all together: printing/pdfs.py."""
TONES = {"active": "good", "closed": "none", "archived": "none"}


def _state(status: str) -> dict[str, str]:
    return {"code": status, "label": words.translate(STATUS_WORDS[status]), "tone": TONES[status]}


async def home(request: Request) -> Response:
    """What is open, what was received, what happened with it."""
    shown = await campaigns.every()
    return await pages.page(
        request,
        "disclosure/home.html",
        active=[s for s in shown if s.row["status"] == "active"],
        past=[s for s in shown if s.row["status"] != "active"],
        state=_state,
        days_left=public.days_left,
        figures=await figures.always(),
        definitions=FIGURES,
        uses=await uses.of_funds(),
    )


async def campaign(request: Request) -> Response:
    """One campaign: its figures and uses are its fund's."""
    shown = await campaigns.get(request.path_params["slug"])
    slug, sort = shown.row["slug"], request.query_params.get("sort", "participation")
    goal, fund = shown.row["goal_fen"], shown.row["fund"]
    return await pages.page(
        request,
        "disclosure/campaign.html",
        shown=shown,
        state=_state(shown.row["status"]),
        days_left=public.days_left(shown.row),
        goal_fen=goal,
        goal_percent=min(100, shown.figures.net_fen * 100 // goal) if goal else None,
        fund=(await funds.names([fund]))[fund],
        definitions=FIGURES,
        uses=await uses.of_funds([fund]),
        gifts=await public.latest_gifts(slug),
        units=await work_units.giving(slug, sort="name" if sort == "name" else "participation"),
        sort=sort,
        statutory=public.statutory(shown),
        plan=await public.plan(shown.row["fund"]),
    )


async def goods(request: Request) -> Response:
    """How and where goods are given."""
    townships = {township.code: township.name for township in await stores.townships()}
    rows = [{"name": store.name, "township": townships[store.township]} for store in await stores.every()]
    return await pages.page(request, "disclosure/goods.html", stores=rows)


async def check(request: Request) -> Response:
    """Where a code leads that was typed from a printed document: a receipt, a pledge or a document."""
    typed = request.query_params.get("code", "")[:TYPED_MAX].strip()
    address = await receipts.address_of(typed) if typed else None
    if address is not None:
        return pages.see_other(request, address)
    errors = [{"field": "code", "message": words.translate(receipts.CODE_UNKNOWN)}] if typed else []
    return await pages.page(request, "disclosure/check.html", 404 if typed else 200, typed=typed, errors=errors)


async def receipt(request: Request) -> Response:
    """The check of a receipt."""
    checked = await receipts.check(request.path_params["code"])
    label, tone, sentence = receipts.VERDICTS[checked.row.status]
    name = (await organisation.get()).name
    response = await pages.page(
        request,
        "disclosure/receipt.html",
        checked=checked,
        row=checked.row,
        path_of=checked.path,
        verdict={"label": words.translate(label), "tone": tone, "words": words.say(sentence, organisation=name)},
        capitals=capitals(checked.row.amount_fen),
        fifo=words.translate(receipts.FIFO),
    )
    response.headers["x-robots-tag"] = "noindex"
    return response


async def receipt_pdf(request: Request) -> Response:
    """The receipt as anybody who has the code may see it: the giver masked."""
    limits.hit(PDFS, contexts.neighbourhood(contexts.of(request).address))
    body, number = await gift_receipts.masked_pdf(request.path_params["code"])
    response = pages.pdf(body, f"{number}.pdf")
    response.headers["x-robots-tag"] = "noindex"
    return response


routes = [
    Route("/", home, methods=["GET"]),
    Route("/campaigns/{slug}", campaign, methods=["GET"]),
    Route("/give/goods", goods, methods=["GET"]),
    Route("/check", check, methods=["GET"]),
    Route("/r/{code}.pdf", receipt_pdf, methods=["GET"]),
    Route("/r/{code}", receipt, methods=["GET"]),
]
