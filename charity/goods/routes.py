"""The pages of the supermarket: the till in and out, stock, documents."""

from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import words
from charity.errors import Refusal
from charity.goods import baskets as tills
from charity.goods import checkout, documents, intake, items, lots, reversals, rules, screens
from charity.goods.baskets import Basket
from charity.goods.forms import DocumentsQuery, ItemForm, ReasonForm
from charity.goods.slips import documents as printed
from charity.ledger import funds
from charity.office import accounts, stores
from charity.office.stores import Store
from charity.roles import Actor
from charity.web import auth, forms, pages
from charity.web.policies import CAMERA

FIELDS = 422


async def _counter(request: Request) -> tuple[Actor, Store]:
    """Who serves, at which store; refuses another store's clerk."""
    by = auth.allowed(request, "goods.move")
    store = await stores.get(request.path_params["store"].upper())
    by.must_serve(store.code)
    return by, store


# -- goods out ----------------------------------------------------------------------------------------


async def show_out(request: Request) -> Response:
    """The till: an empty basket, or what was just handed out."""
    by, store = await _counter(request)
    done = await screens.done(request.query_params.get("done", ""), by=by)
    facts = await screens.out(store.code, Basket(), by=by)
    today = await documents.issued_today(store.code)
    return await pages.page(request, "goods/out.html", policy=CAMERA, store=store, done=done, today=today, **facts)


async def work_out(request: Request) -> Response:
    """One press at the till: a scan, a step, or the end."""
    by, store = await _counter(request)
    data = await forms.data(request, forms.Numbered)
    basket = tills.read(data)
    scan_error, refusals, status = "", list[str](), 200
    try:
        forms.read(forms.Numbered, data)
        basket = await _worked_out(basket, by)
        if basket.act == "finish":
            answer = await checkout.issue(
                store=store.code,
                card=basket.card,
                lines=basket.lines(),
                proxy=screens.proxy_of(basket),
                by=by,
                idem=forms.idem(request, data, "goods.issue"),
            )
            return pages.see_other(request, f"/stores/{store.code}/out?done={answer.body['number']}")
    except Refusal as refusal:
        status = refusal.status
        said = screens.sentence(refusal)
        scan_error, refusals = (said[0], []) if basket.act == "scan" else ("", said)
    facts = await screens.out(store.code, basket, by=by, scan_error=scan_error, refusals=refusals)
    today = await documents.issued_today(store.code)
    return await pages.page(
        request, "goods/out.html", status, policy=CAMERA, store=store, done=None, today=today, **facts
    )


async def _worked_out(basket: Basket, by: Actor) -> Basket:
    if basket.act == "clear":
        return Basket()
    if basket.act == "proxy":
        return replace(basket, proxy=not basket.proxy)
    if basket.act == "finish":
        screens.counted(basket)
        return basket
    if basket.act == "scan":
        return await screens.scan_out(basket, by=by)
    return basket.changed()


# -- goods in -----------------------------------------------------------------------------------------


async def show_in(request: Request) -> Response:
    """The intake screen: an empty slip, or what was just taken in."""
    by, store = await _counter(request)
    done = await screens.done(request.query_params.get("done", ""), by=by)
    return await pages.page(
        request, "goods/in.html", policy=CAMERA, store=store, done=done, **await screens.into(Basket())
    )


async def work_in(request: Request) -> Response:
    """One press at the intake screen: a scan, a step, a new item, or the end."""
    by, store = await _counter(request)
    data = await forms.data(request, forms.Numbered)
    basket = tills.read_intake(data, screens.HEADER)
    new = {name: tills.said(data, name) for name in screens.NEW_ITEM}
    unknown, scan_error, errors, status = "", "", list[dict[str, str]](), 200
    try:
        forms.read(forms.Numbered, data)
        basket, unknown = await _worked_in(basket, new, by)
        if basket.act == "finish":
            number = await _take_in(request, store, basket, data, by)
            return pages.see_other(request, f"/stores/{store.code}/in?done={number}")
    except Refusal as refusal:
        status = refusal.status
        unknown = new["new_barcode"] if basket.act == "item" else ""
        spoken = [{**e, "field": screens.screen_field(e["field"])} for e in pages.errors(refusal)]
        scan_error, errors = (spoken[0]["message"], []) if basket.act == "scan" else ("", spoken)
    facts = await screens.into(basket, unknown=unknown, new=new, scan_error=scan_error, errors=errors)
    return await pages.page(request, "goods/in.html", status, policy=CAMERA, store=store, done=None, **facts)


async def _worked_in(basket: Basket, new: dict[str, str], by: Actor) -> tuple[Basket, str]:
    """The basket after one press, and the barcode whose small form is open."""
    if basket.act == "clear":
        return Basket(header=basket.header, limit=basket.limit), ""
    if basket.act == "item":
        item = await items.register(forms.read(ItemForm, dict(new)).item(new["new_barcode"]), by=by)
        return basket.with_code(item.barcode, expires_on=screens.expiry_of(item)), ""
    if basket.act == "scan":
        return await screens.scan_in(basket)
    return basket.changed(), ""


async def _take_in(request: Request, store: Store, basket: Basket, data: forms.Data, by: Actor) -> str:
    source = "purchase" if basket.header.get("source") == "purchase" else "gift"
    answer = await intake.take_in(
        store=store.code,
        source=source,  # type: ignore[arg-type]  # one of the two
        lines=screens.intake_lines(basket),
        donor=screens.donor_of(basket),
        voucher=basket.header.get("voucher") or None if source == "purchase" else None,
        fund=basket.header.get("fund") or None,
        by=by,
        idem=forms.idem(request, data, "goods.intake"),
    )
    return str(answer.body["number"])


# -- stock and documents ------------------------------------------------------------------------------


async def show_stores(request: Request) -> Response:
    """Choose a store: for accounts that serve all of them."""
    by = auth.allowed(request, "goods.read")
    shown = [s for s in await stores.every() if by.store in {None, s.code}]
    figures = {s.code: await lots.figures(lots.Filter(store=s.code), by=by) for s in shown}
    return await pages.page(request, "goods/stores.html", stores=shown, figures=figures)


async def show_stock(request: Request) -> Response:
    """What stands in a store, by lot, with what expires soon."""
    by = auth.allowed(request, "goods.read")
    store = await stores.get(request.path_params["store"].upper())
    by.must_serve(store.code)
    query = request.query_params
    within = query.get("within", "")
    chosen = lots.Filter(
        store=store.code,
        text=query.get("q", "")[:60].strip(),
        within_days=int(within) if within in {"7", "30", "90"} else None,
        expired=within == "expired",
    )
    lines, after = await lots.stock(chosen, by=by, after=query.get("after", "")[:120])
    figures = await lots.figures(lots.Filter(store=store.code), by=by)
    notes, tones = screens.expiry_notes(lines)
    context: dict[str, Any] = {"store": store, "lines": lines, "after": after, "figures": figures}
    context |= {"slips": await screens.slips_of(lines), "funds": await funds.names()}
    context |= {"notes": notes, "tones": tones, "paged": "after" in query, "q": chosen.text, "within": within}
    return await pages.page(request, "goods/stock.html", **context)


async def show_documents(request: Request) -> Response:
    """All slips, newest first."""
    by = auth.allowed(request, "goods.read")
    query = forms.read(DocumentsQuery, dict(request.query_params))
    chosen = documents.Filter(query.store, query.kind, query.from_on, query.to_on)
    rows, after = await documents.every(chosen, by=by, after=query.after)
    shown = [s for s in await stores.every() if by.store in {None, s.code}]
    return await pages.page(request, "goods/documents.html", rows=rows, after=after, query=query, stores=shown)


async def show_document(request: Request) -> Response:
    """One slip."""
    by = auth.allowed(request, "goods.read")
    return await _document(request, await documents.get(request.path_params["number"], by=by))


async def _document(request: Request, document: documents.Slip, status: int = 200, **more: Any) -> Response:
    names = await accounts.names([document.actor])
    store = await stores.get(document.store)
    context = {"document": document, "store": store, "handler": names.get(document.actor, ""), **more}
    context["funds"] = await funds.names()
    return await pages.page(request, "goods/document.html", status, **context)


async def slip_pdf(request: Request) -> Response:
    """The printed slip."""
    by = auth.allowed(request, "goods.read")
    document = await documents.get(request.path_params["number"], by=by)
    return pages.pdf(await printed.slip_pdf(document), f"{document.number}.pdf")


async def labels_pdf(request: Request) -> Response:
    """QR labels for the lots of an intake."""
    by = auth.allowed(request, "goods.read")
    document = await documents.get(request.path_params["number"], by=by)
    return pages.pdf(await printed.labels_pdf(document), words.say("{number} 标签.pdf", number=document.number))


async def ask_reverse(request: Request) -> Response:
    """What a reversal does, before it is done."""
    by = auth.allowed(request, "goods.reverse")
    document = await documents.get(request.path_params["number"], by=by)
    if document.kind == "reversal":
        raise rules.REVERSAL_FINAL()
    return await pages.page(request, "goods/reverse.html", document=document, reason="")


async def reverse(request: Request) -> Response:
    """Take a slip back."""
    by = auth.allowed(request, "goods.reverse")
    data = await forms.data(request, ReasonForm)
    document = await documents.get(request.path_params["number"], by=by)
    try:
        reason = forms.read(ReasonForm, data).reason
        answer = await reversals.reverse(
            number=document.number, reason=reason, by=by, idem=forms.idem(request, data, "goods.reverse")
        )
    except Refusal as refusal:
        errors = pages.errors(refusal)
        return await pages.page(
            request,
            "goods/reverse.html",
            refusal.status,
            document=document,
            reason=forms.text(data, "reason"),
            errors=errors,
        )
    flash = "单据 {number} 已冲销，物资、积分和账目都已退回"
    return pages.see_other(request, f"/goods/documents/{answer.body['number']}", flash=flash, number=document.number)


routes = [
    Route("/stores", show_stores, methods=["GET"]),
    Route("/stores/{store}/out", show_out, methods=["GET"]),
    Route("/stores/{store}/out", work_out, methods=["POST"]),
    Route("/stores/{store}/in", show_in, methods=["GET"]),
    Route("/stores/{store}/in", work_in, methods=["POST"]),
    Route("/stores/{store}/stock", show_stock, methods=["GET"]),
    Route("/goods/documents", show_documents, methods=["GET"]),
    Route("/goods/documents/{number}.pdf", slip_pdf, methods=["GET"]),
    Route("/goods/documents/{number}/labels.pdf", labels_pdf, methods=["GET"]),
    Route("/goods/documents/{number}/reverse", ask_reverse, methods=["GET"]),
    Route("/goods/documents/{number}/reverse", reverse, methods=["POST"]),
    Route("/goods/documents/{number}", show_document, methods=["GET"]),
]
