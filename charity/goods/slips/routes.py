"""The pages of slips: the list, one slip, its printing, its reversal."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import addresses, words
from charity.errors import Refusal
from charity.goods import rules
from charity.goods.slips import content, documents, readers, screens, verbs
from charity.goods.slips.forms import ReasonForm, SlipsQuery
from charity.ledger import funds
from charity.office import staff, stores
from charity.web import auth, confirming, forms, pages


async def show_slips(request: Request) -> Response:
    """All slips, newest first."""
    by = auth.allowed(request, "goods.read")
    query, refusal = forms.filters(request, SlipsQuery)
    chosen = readers.Filter(query.store, query.kind, query.from_on, query.to_on)
    rows, after = ([], None) if refusal else await readers.page(chosen, by=by, after=query.after)
    context = {"rows": rows, "query": query, "stores": [s for s in await stores.every() if by.store in {None, s.code}]}
    return await pages.form(request, "goods/slips/list.html", refusal, **context, **pages.pager(request, after))


async def show_slip(request: Request) -> Response:
    """One slip."""
    by = auth.allowed(request, "goods.read")
    slip = await readers.get(request.path_params["number"], by=by)
    names = await staff.names([slip.actor])
    context: dict[str, Any] = {"store": await stores.get(slip.store), "handler": names.get(slip.actor, "")}
    context["funds"] = await funds.names()
    return await pages.page(request, "goods/slips/show.html", document=slip, **context)


async def slip_pdf(request: Request) -> Response:
    """The printed slip."""
    by = auth.allowed(request, "goods.read")
    slip = await readers.get(request.path_params["number"], by=by)
    return pages.pdf(await documents.slip_pdf(slip), f"{slip.number}.pdf")


async def labels_pdf(request: Request) -> Response:
    """QR labels for the lots of an intake."""
    by = auth.allowed(request, "goods.read")
    slip = await readers.get(request.path_params["number"], by=by)
    return pages.pdf(await documents.labels_pdf(slip), words.say("{number} 标签.pdf", number=slip.number))


async def ask_reverse(request: Request) -> Response:
    """What a reversal does, before it is done."""
    by = auth.allowed(request, "goods.reverse")
    slip = await readers.get(request.path_params["number"], by=by)
    if slip.kind == "reversal":
        raise rules.REVERSAL_FINAL()
    if slip.opening:
        raise rules.OPENING_FINAL()
    return await pages.page(request, "goods/slips/reverse.html", reason="", **await _asked(slip))


async def _asked(slip: readers.Slip) -> dict[str, Any]:
    """What the page that asks once more shows and carries."""
    facts = screens.confirmed(slip, (await stores.get(slip.store)).name)
    return {"document": slip, "facts": facts, "carried": confirming.carried(content.of(slip).hash, facts)}


async def reverse(request: Request) -> Response:
    """Reverse a slip."""
    by = auth.allowed(request, "goods.reverse")
    data = await forms.data(request, ReasonForm)
    slip = await readers.get(request.path_params["number"], by=by)
    try:
        form = forms.read(ReasonForm, data)
        key = forms.idem(request, data, "goods.reverse")
        answer = await verbs.reverse(
            number=slip.number, reason=form.reason, content_hash=form.content_hash, by=by, idem=key
        )
    except Refusal as refusal:
        context = await _asked(await readers.get(slip.number, by=by)) | {"reason": forms.text(data, "reason")}
        context["errors"] = confirming.errors(request, refusal, context["facts"])
        return await pages.page(request, "goods/slips/reverse.html", refusal.status, **context)
    flash = "单据 {number} 已冲销，物资、积分和账目都已退回"
    return pages.see_other(request, addresses.of("slip", answer.body["number"]), flash=flash, number=slip.number)


routes = [
    Route("/goods/documents", show_slips, methods=["GET"]),
    Route("/goods/documents/{number}.pdf", slip_pdf, methods=["GET"]),
    Route("/goods/documents/{number}/labels.pdf", labels_pdf, methods=["GET"]),
    Route("/goods/documents/{number}/reverse", ask_reverse, methods=["GET"]),
    Route("/goods/documents/{number}/reverse", reverse, methods=["POST"]),
    Route("/goods/documents/{number}", show_slip, methods=["GET"]),
]
