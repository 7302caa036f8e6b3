"""The lists of what waits, and what is done with the ticked rows."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import addresses, clock, words
from charity.errors import Refusal
from charity.giving import copies, deliveries
from charity.giving.deliveries.forms import GiftsForm, PrintForm, TogetherForm
from charity.giving.deliveries.screens import gift_rows
from charity.giving.receipts import DELIVERY_WORDS
from charity.giving.receipts.screens import receipt_rows
from charity.web import auth, forms, pages
from charity.web.choices import choices

ROWS = 100
Data = dict[str, str | list[str]]


async def missing(request: Request) -> Response:
    """Gifts that are on no receipt."""
    return await _missing_page(request, {})


async def _missing_page(
    request: Request, values: Data, errors: Sequence[dict[str, str]] = (), status: int = 200
) -> Response:
    actor = auth.allowed(request, "gift.read")
    rows = await deliveries.unreceipted(request.query_params.get("after", ""), ROWS + 1, by=actor)
    last = rows[ROWS - 1] if len(rows) > ROWS else None
    return await pages.page(
        request,
        "giving/deliveries/missing.html",
        status,
        errors=list(errors),
        rows=await gift_rows(rows[:ROWS], ticked=forms.many(values, "gift")),
        **pages.pager(request, f"{last['received_on']}|{last['key']}" if last else None),
    )


async def issue(request: Request) -> Response:
    """Issue receipts over the ticked gifts."""
    actor = auth.allowed(request, "gift.receive")
    data = await forms.data(request, GiftsForm)
    try:
        form = forms.read(GiftsForm, data)
        idem = forms.idem(request, data, "receipt.issue")
        issued, refused = await deliveries.issue_for(form.gift, by=actor, idem=idem)
    except Refusal as refusal:
        return await _missing_page(request, data, pages.errors(refusal), refusal.status)
    numbers = words.listed(receipt["number"] for receipt in issued)
    if refused:
        listed = [error for refusal in refused for error in pages.errors(refusal)]
        done = [{"field": "", "message": words.say("已开具收据 {numbers}。", numbers=numbers)}] if issued else []
        return await _missing_page(request, data, [*done, *listed], refused[0].status)
    if len(issued) == 1:
        message = "已重新开具收据 {number}。"
        return pages.see_other(request, addresses.of("receipt", issued[0]["code"]), flash=message, number=numbers)
    return pages.see_other(request, "/receipts/missing", flash="已开具收据 {numbers}。", numbers=numbers)


async def waiting(request: Request) -> Response:
    """Receipts that wait for their giver."""
    return await _waiting_page(request, {})


async def _waiting_page(request: Request, values: Data, refusal: Refusal | None = None) -> Response:
    actor = auth.allowed(request, "gift.read")
    rows = await deliveries.waiting(request.query_params.get("after", ""), ROWS + 1, by=actor)
    last = rows[ROWS - 1] if len(rows) > ROWS else None
    ticked = forms.many(values, "receipt")
    codes = [row["code"] for row in rows[:ROWS]]
    shown: list[dict[str, Any]] = [
        {**row, "tick": {"value": code, "label": row["number"], "on": code in ticked}}
        for row, code in zip(await receipt_rows(rows[:ROWS]), codes, strict=True)
    ]
    return await pages.form(
        request,
        "giving/deliveries/waiting.html",
        refusal,
        rows=shown,
        values={"delivery": forms.text(values, "delivery"), "note": forms.text(values, "note")},
        options=choices({how: label for how, label in DELIVERY_WORDS.items() if how != "pending"}),
        **pages.pager(request, f"{last['issued_on']}|{last['number']}" if last else None, "/receipts/deliver"),
    )


async def deliver(request: Request) -> Response:
    """Note how the ticked receipts reached their givers."""
    actor = auth.allowed(request, "gift.receive")
    data = await forms.data(request, TogetherForm)
    try:
        form = forms.read(TogetherForm, data)
        done = await deliveries.deliver_together(
            form.receipt,
            delivery=form.delivery,
            note=form.note,
            by=actor,
            idem=forms.idem(request, data, "receipt.deliver"),
        )
    except Refusal as refusal:
        return await _waiting_page(request, data, refusal)
    count, ended = len(done.body["delivered"]), words.listed(done.body["ended"])
    if ended:
        message = "{count} 张收据的送达情况已记下；{ended} 已作废、已更换或已经送达，没有改动。"
        return pages.see_other(request, "/receipts/deliver", flash=message, kind="warn", count=count, ended=ended)
    return pages.see_other(request, "/receipts/deliver", flash="{count} 张收据的送达情况已记下。", count=count)


async def print_ticked(request: Request) -> Response:
    """Print the ticked receipts in one file: the original once, then copies."""
    actor = auth.allowed(request, "receipt.print")
    data = await forms.data(request, PrintForm)
    try:
        form = forms.read(PrintForm, data)
        body = await copies.print_together(form.receipt, by=actor)
    except Refusal as refusal:
        return await _waiting_page(request, data, refusal)
    name = words.say("收据 {day}.pdf", day=clock.today().isoformat())
    response = pages.pdf(body, name)
    response.headers["cache-control"] = "no-store"
    return response


routes = [
    Route("/receipts/missing", missing, methods=["GET"]),
    Route("/receipts/missing", issue, methods=["POST"]),
    Route("/receipts/deliver", waiting, methods=["GET"]),
    Route("/receipts/deliver", deliver, methods=["POST"]),
    Route("/receipts/print", print_ticked, methods=["POST"]),
]
