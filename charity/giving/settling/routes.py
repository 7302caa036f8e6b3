"""The pages that settle a roster, issue its receipts, publish it, and print its papers."""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import addresses, clock, words
from charity.errors import Refusal
from charity.giving import organisers, roster_desk, settling, unidentified, unit_rosters
from charity.giving.roster_desk.routes import page as show_page
from charity.giving.settling import documents
from charity.giving.settling.forms import SettleForm, SettleQuery
from charity.giving.unit_rosters import UnitRoster
from charity.money import yuan
from charity.roles import Actor
from charity.web import auth, confirming, forms, pages

ONE = "/one-day/{key}"
SETTLE = "giving/settling/settle.html"
FIELDS = ("received_on", "received_fen", "channel_ref", "difference", "reason", "with_receipts")


async def settle_form(request: Request) -> Response:
    """`GET /one-day/{key}/settle`."""
    by = auth.allowed(request, "gift.receive")
    row = await unit_rosters.get(request.path_params["key"], by=by)
    asked, _ = forms.filters(request, SettleQuery)
    day = asked.received_on or row.remitted_on or clock.today().isoformat()
    return await _page(request, {**asked.model_dump(), "received_on": day, "with_receipts": "1"})


async def settle(request: Request) -> Response:
    """`POST /one-day/{key}/settle`."""
    by = auth.allowed(request, "gift.receive")
    data, key = await forms.data(request, SettleForm), request.path_params["key"]
    try:
        form = forms.read(SettleForm, data)
        done = await settling.settle(
            key, **form.model_dump(), by=by, idem=forms.idem(request, data, "unit_roster.settle")
        )
    except Refusal as refusal:
        return await _page(request, data, refusal)
    return pages.see_other(request, addresses.of("unit_roster", key), "已入账 {count} 笔", count=done.body["gifts"])


async def _page(request: Request, values: Any, refusal: Refusal | None = None) -> Response:
    by = auth.allowed(request, "gift.receive")
    row = await unit_rosters.get(request.path_params["key"], by=by)
    context = await roster_desk.show(row, "", 0, by=by)
    listed_errors = confirming.errors(request, refusal, context["facts"])
    typed = {name: values.get(name, "") for name in FIELDS}
    typed["received_fen"] = typed["received_fen"] or values.get("amount_yuan", "")
    differs = bool(
        refusal and refusal.code.startswith("unit_roster.") and refusal.code.endswith(("difference", "short"))
    )
    total = row.staff_fen + row.unit_fen
    held, rest = ([], 0) if unidentified.named(typed["channel_ref"]) else await _held(row, total, by)
    return await pages.page(
        request,
        SETTLE,
        refusal.status if refusal else 200,
        errors=listed_errors,
        values=typed,
        differs=differs or typed["difference"] == "unit",
        total=total,
        held=held,
        rest=rest,
        **context,
    )


async def _held(row: UnitRoster, total: int, by: Actor) -> tuple[list[dict[str, Any]], int]:
    """Sums held in 2209 that may be this transfer, each with the form that is taken from it; fen that still lack.

    What was sent too little of and what came afterwards are taken together, once both are held.
    """
    sent = row.remitted_fen or total
    rest = max(total - sent, 0)
    kept = await unidentified.untouched({total, sent, rest} - {0}, by=by)
    whole = [one for one in kept if one.fen in {total, sent}]
    first = next((one for one in whole if one.fen == sent), None)
    later = next((one for one in kept if one.fen == rest and one is not first), None)
    parts = [[one] for one in whole]
    if rest and first and later:
        parts.insert(0, [first, later])
    return [_taken_from(row, part) for part in parts], rest if first and not later else 0


def _taken_from(row: UnitRoster, part: list[Any]) -> dict[str, Any]:
    """The form that settles with these held sums, on the day of the last."""
    fen, day = sum(one.fen for one in part), max(one.on_day for one in part)
    number = "、".join(one.number for one in part)
    asked = urlencode({"amount_yuan": yuan(fen), "received_on": day, "channel_ref": number})
    href = f"{addresses.of('unit_roster', row.key)}/settle?{asked}"
    return {"number": number, "on": day, "fen": fen, "href": href}


async def issue(request: Request) -> Response:
    """`POST /one-day/{key}/issue`."""
    by = auth.allowed(request, "gift.receive")
    data = await forms.data(request)
    idem = forms.idem(request, data, "unit_roster.issue")
    return await _done(request, settling.issue(request.path_params["key"], by=by, idem=idem), "已开收据")


async def publish(request: Request) -> Response:
    """`POST /one-day/{key}/publish`."""
    by = auth.allowed(request, "campaign.manage")
    await forms.data(request)
    return await _done(request, settling.publish(request.path_params["key"], by=by), "已公示")


async def single_out(request: Request) -> Response:
    """`POST /donations/{key}/single-receipt`."""
    by = auth.allowed(request, "receipt.void")
    data, key = await forms.data(request), request.path_params["key"]
    try:
        done = await settling.single_out(key, by=by, idem=forms.idem(request, data, "unit_roster.single"))
    except Refusal as refusal:
        return pages.see_other(request, addresses.of("gift", key), "{why}", why=words.Term(refusal.words))
    return pages.see_other(request, addresses.of("receipt", done.body["code"]), "已单独开具，单位汇总收据已换开")


async def _done(request: Request, command: Any, flash: str) -> Response:
    try:
        await command
    except Refusal as refusal:
        return await show_page(request, refusal)
    return pages.see_other(request, addresses.of("unit_roster", request.path_params["key"]), flash)


async def slip(request: Request) -> Response:
    """`GET /one-day/{key}/slip.pdf`: what the unit needs to transfer."""
    by = auth.allowed(request, "roster.read")
    organisers.must_wait(by)
    key = request.path_params["key"]
    body, code = await documents.slip(key, by=by)
    return pages.pdf(body, words.say("汇款单 {code}.pdf", code=code))


routes = [
    Route(f"{ONE}/settle", settle_form, methods=["GET"]),
    Route(f"{ONE}/settle", settle, methods=["POST"]),
    Route(f"{ONE}/issue", issue, methods=["POST"]),
    Route(f"{ONE}/publish", publish, methods=["POST"]),
    Route(f"{ONE}/slip.pdf", slip, methods=["GET"]),
    Route("/donations/{key}/single-receipt", single_out, methods=["POST"]),
]
