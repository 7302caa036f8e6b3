"""The page of the reconciliation, its paper, its sheet, and the balance that an accountant states."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import clock
from charity.bank import rules
from charity.bank.reconciliation import documents, readers, screens, verbs
from charity.bank.reconciliation.forms import DayQuery, OpeningForm
from charity.bank.reconciliation.readers import Reconciliation
from charity.errors import Refusal
from charity.ledger import places
from charity.sheets import files
from charity.web import auth, forms, pages


async def _asked(request: Request) -> tuple[str, str, Refusal | None]:
    asked, refusal = forms.filters(request, DayQuery)
    place = asked.place or (await places.receiving()).code
    return place, asked.on if not refusal and asked.on else clock.today().isoformat(), refusal


async def show(request: Request) -> Response:
    """`GET /bank/reconciliation`."""
    auth.allowed(request, "statement.read")
    return await _page(request)


async def _page(request: Request, refused: Refusal | None = None, data: forms.Data | None = None) -> Response:
    by = auth.allowed(request, "statement.read")
    place, on, refusal = await _asked(request)
    one: Reconciliation | None = None
    refusal = refused or refusal
    if data is not None:
        place = forms.text(data, "place")
    if refusal is None:
        try:
            await readers.brought_up()
            one = await readers.of(place, on, by=by)
        except Refusal as missing:
            refusal = missing
    context = await screens.show(place, on, one, by)
    context["needs_opening"] = refused is not None or (
        refusal is not None and refusal.code == rules.OPENING_NEEDED.code
    )
    if data is not None:
        context |= {"stated_on": forms.text(data, "on"), "stated": forms.text(data, "balance_yuan")}
    return await pages.form(request, "bank/reconciliation/show.html", refusal, **context)


async def state(request: Request) -> Response:
    """`POST /bank/reconciliation`: the bank's balance at the end of a day."""
    by = auth.allowed(request, "bank.match")
    data = await forms.data(request, OpeningForm)
    try:
        form = forms.read(OpeningForm, data)
        await verbs.state_opening(place=form.place, on=form.on.isoformat(), fen=form.balance_yuan, by=by)
    except Refusal as refusal:
        return await _page(request, refusal, data)
    return pages.see_other(request, f"/bank/reconciliation?place={form.place}", "已记下对账单余额")


async def pdf(request: Request) -> Response:
    """`GET /bank/reconciliation.pdf`."""
    by = auth.allowed(request, "statement.read")
    one = await _one(request)
    return pages.pdf(await documents.pdf(one, by), f"{one.place.place}-{one.on}.pdf")


async def xlsx(request: Request) -> Response:
    """`GET /bank/reconciliation.xlsx`."""
    by = auth.allowed(request, "statement.read")
    one = await _one(request)
    return pages.attachment(await documents.xlsx(one, by), f"{one.place.place}-{one.on}.xlsx", files.MEDIA["xlsx"])


async def _one(request: Request) -> Reconciliation:
    by = auth.allowed(request, "statement.read")
    place, on, refusal = await _asked(request)
    if refusal is not None:
        raise refusal
    await readers.brought_up()
    return await readers.of(place, on, by=by)


routes = [
    Route("/bank/reconciliation", show, methods=["GET"]),
    Route("/bank/reconciliation", state, methods=["POST"]),
    Route("/bank/reconciliation.pdf", pdf, methods=["GET"]),
    Route("/bank/reconciliation.xlsx", xlsx, methods=["GET"]),
]
