"""The pages of fees: booking a line in one press, one of them, undoing it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import addresses, words
from charity.bank import matching
from charity.bank.fees import readers, verbs
from charity.bank.fees.api import UndoForm
from charity.bank.matching import routes as lines
from charity.db import sealed
from charity.errors import Refusal
from charity.ledger import chart, journal_vouchers, places
from charity.office import staff
from charity.web import auth, forms, pages


async def book(request: Request) -> Response:
    """`POST /bank/lines/{key}/fee`."""
    by = auth.allowed(request, "bank.match")
    data, key = await forms.data(request), request.path_params["key"]
    try:
        answer = await verbs.book(key, by=by, idem=forms.idem(request, data, "bank_fee.book"))
    except Refusal as refusal:
        return await lines.line_page(request, refusal)
    number = answer.body["number"]
    return pages.see_other(
        request, addresses.of("bank_fee", number), "{number} 已记为手续费，流水已核对", number=number
    )


async def show(request: Request) -> Response:
    """`GET /bank/fees/{number}`."""
    return await _page(request, "bank/fees/show.html")


async def ask_undo(request: Request) -> Response:
    """`GET /bank/fees/{number}/reverse`."""
    auth.allowed(request, "money.reverse")
    return await _page(request, "bank/fees/reverse.html")


async def undo(request: Request) -> Response:
    """`POST /bank/fees/{number}/reverse`."""
    by = auth.allowed(request, "money.reverse")
    data, number = await forms.data(request, UndoForm), request.path_params["number"]
    try:
        form, idem = forms.read(UndoForm, data), forms.idem(request, data, "bank_fee.undo")
        await verbs.undo(number, reason=form.reason, by=by, idem=idem)
    except Refusal as refusal:
        return await _page(request, "bank/fees/reverse.html", refusal, reason=forms.text(data, "reason"))
    return pages.see_other(
        request, addresses.of("bank_fee", number), "{number} 已冲销，这笔流水等您核对", number=number
    )


async def _page(request: Request, template: str, refusal: Refusal | None = None, *, reason: str = "") -> Response:
    by = auth.allowed(request, "statement.read")
    row, say = await readers.get(request.path_params["number"], by=by), words.say
    line, named = await matching.get(row["line"], by=by), await places.labels()
    people = await staff.names({row["made_by"], row["reversed_by"] or ""} - {""})
    facts: list[dict[str, Any]] = [
        {"term": say("金额"), "value": row["fen"], "kind": "yuan"},
        {"term": say("账户"), "value": named.get(row["place"], row["place"])},
        {"term": say("交易日期"), "value": row["on_day"], "kind": "date"},
        {"term": say("银行流水"), "value": {"value": line.memo, "href": addresses.of("bank_line", row["line"])}},
        {"term": say("记入科目"), "value": f"{row['chart']} {chart.title(row['chart'])}", "note": row["text"]},
        {"term": say("会计@bank"), "value": people.get(row["made_by"], "")},
        {"term": say("登记时间"), "value": row["made_at"], "kind": "instant"},
    ]
    undone = row["reversal_seq"] is not None
    if undone:
        kept = sealed.unseal("bank_fee", "reason", row["number"], row["reason"])
        facts.append({"term": say("冲销"), "value": people.get(row["reversed_by"] or "", ""), "note": kept})
    label, tone = ("已冲销", "none") if undone else ("有效", "good")
    context = {
        "number": row["number"],
        "facts": facts,
        "state": {"code": "reversed" if undone else "posted", "label": say(label), "tone": tone},
        "reversible": not undone and row["made_by"] != by.key,
        "entry": await journal_vouchers.shown_of(row["seq"]),
        "seq": row["seq"],
        "reason": reason,
    }
    return await pages.form(request, template, refusal, **context)


routes = [
    Route("/bank/lines/{key}/fee", book, methods=["POST"]),
    Route("/bank/fees/{number}", show, methods=["GET"]),
    Route("/bank/fees/{number}/reverse", ask_undo, methods=["GET"]),
    Route("/bank/fees/{number}/reverse", undo, methods=["POST"]),
]
