"""What the till's screens show: a basket in, facts for the template out. No HTTP here."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from charity import clock, money, tokens, words
from charity.db import reading
from charity.errors import FieldError, Refusal, unreadable
from charity.goods import baskets, cards, checkout, documents, forms, items, lots, rules
from charity.goods.baskets import Basket, Row
from charity.goods.cards import CardView
from charity.goods.intake import EVIDENCE_WORDS, Evidence, IntakeLine
from charity.goods.items import Item
from charity.goods.lots import ALERT_DAYS, StockLine
from charity.ledger import funds
from charity.people.forms import DonorForm
from charity.people.persons import Donor
from charity.roles import Actor
from charity.web.choices import choices
from charity.web.forms import read

HEADER = ("source", "donor_kind", "donor_name", "donor_phone", "fund", "voucher")
NEW_ITEM = ("new_barcode", "name", "measure", "category", "points", "shelf_life_days", "fair_value_yuan")


def sentence(refusal: Refusal) -> list[str]:
    """Every reason of a refusal in the current language."""
    if refusal.fields:
        return [words.say(e.message, **dict(e.facts)) for e in refusal.fields]
    return [words.say(refusal.words, **refusal.facts)]


# -- goods out ----------------------------------------------------------------------------------------


async def scan_out(basket: Basket, *, by: Actor) -> Basket:
    """The basket after a scan: a card begins it, goods fill it. Raises what is wrong with the code."""
    if not basket.scanned:
        return basket
    quantity, code = baskets.counted(basket.scanned)
    if tokens.card_valid(code):
        if basket.rows and basket.card and basket.card != code:
            raise rules.BASKET_OPEN()
        view = await cards.view(code, by=by)
        return replace(basket, card=view.code)
    if not basket.card:
        raise rules.CARD_UNREADABLE() if code.startswith(tokens.CARD_PREFIX) else rules.CARD_FIRST()
    if tokens.lot_valid(code):
        return basket.with_code((await lots.get(code)).code, quantity)
    refusal = baskets.unknown_code(code)
    if refusal is not None:
        raise refusal
    return basket.with_code((await items.get(code)).barcode, quantity)


def counted(basket: Basket) -> None:
    """Refuse a basket with a count that could not be read."""
    if any(row.quantity < 1 for row in basket.rows):
        raise rules.COUNT_UNREADABLE()


def proxy_of(basket: Basket) -> checkout.Proxy | None:
    """Who collects instead; refuses a proxy without name or reason."""
    if not basket.proxy:
        return None
    if not basket.proxy_name or not basket.proxy_reason:
        raise rules.PROXY_MISSING()
    return checkout.Proxy(basket.proxy_name[:100], basket.proxy_reason[:200])


async def out(store: str, basket: Basket, *, by: Actor, scan_error: str = "", refusals: Sequence[str] = ()) -> Any:
    """The facts of the issue screen."""
    view = await cards.view(basket.card, by=by) if basket.card else None
    preview = await checkout.preview(store=store, card=view, lines=basket.lines(), by=by)
    # Shortages of a line stand beside it; what is about the whole basket stands above.
    said = [words.say(e.message, **dict(e.facts)) for e, _ in preview.reasons if not e.field.startswith("lines.")]
    return {
        "basket": basket,
        "card": _card(view, preview.points_after) if view else None,
        "lines": [_out_line(n, row, preview) for n, row in enumerate(basket.rows)],
        "points": preview.plan.points,
        "ready": bool(view and basket.rows),
        "scan_error": scan_error,
        "refusals": list(refusals) or said,
        "screen": "refused" if refusals or scan_error else "none",
        "screen_words": scan_error or (refusals[0] if refusals else ""),
    }


def _card(view: CardView, after: int | None) -> dict[str, Any]:
    return {
        "code": view.code,
        "name": view.masked_name,
        "members": view.members,
        "category": words.translate(view.category),
        "points": view.points,
        "after": after,
    }


def _out_line(n: int, row: Row, preview: checkout.Preview) -> dict[str, Any]:
    lot = preview.by_code.get(row.code)
    item = preview.items.get(lot.barcode if lot else row.code)
    picks = [pick for pick in preview.plan.picks if pick.line == n]
    expiries = sorted(pick.lot.expires_on for pick in picks if pick.lot.expires_on)
    note = words.say("最早 {on} 到期", on=expiries[0]) if expiries else ""
    if lot:
        note = "　".join(part for part in (words.say("批次 {lot}", lot=lot.code), note) if part)
    reason = preview.plan.by_line.get(n)
    return {
        "id": str(n),
        "name": item.name if item else row.code,
        "quantity": row.quantity,
        "points": item.points * row.quantity if item else None,
        "note": note,
        "hidden": row.hidden(n),
        "error": words.say(reason[0].message, **dict(reason[0].facts)) if reason else "",
    }


async def done(number: str, *, by: Actor) -> dict[str, Any] | None:
    """What was just handed out or taken in, for the next screen; None when there is no such slip."""
    if not number:
        return None
    try:
        document = await documents.get(number, by=by)
    except Refusal:
        return None
    return {
        "number": document.number,
        "pieces": document.pieces,
        "points_left": document.issue["points_left"] if document.issue else None,
        "name": document.issue["masked_name"] if document.issue else "",
        "receipt": document.intake["receipt_number"] if document.intake else None,
        "receipt_code": document.intake["receipt_code"] if document.intake else None,
    }


# -- goods in -----------------------------------------------------------------------------------------


async def scan_in(basket: Basket) -> tuple[Basket, str]:
    """The basket after a scan, and the barcode that is not registered yet ("" when it is)."""
    if not basket.scanned:
        return basket, ""
    quantity, code = baskets.counted(basket.scanned)
    refusal = baskets.unknown_code(code)
    if refusal is not None:
        raise refusal
    item = (await items.found([code])).get(code)
    if item is None:
        return basket, code
    return basket.with_code(code, quantity, expires_on=expiry_of(item)), ""


def expiry_of(item: Item) -> str:
    """The usual last good day of goods made today; "" when they do not expire."""
    days = item.shelf_life_days
    return (clock.today() + timedelta(days=days)).isoformat() if days else ""


def intake_lines(basket: Basket) -> list[IntakeLine]:
    """The rows as the intake takes them; refuses everything that cannot be read, all at once."""
    lines: list[IntakeLine] = []
    wrong: list[FieldError] = []
    bought = basket.header.get("source") == "purchase"
    for n, row in enumerate(basket.rows):
        if row.quantity < 1:
            wrong.append(FieldError(f"quantity.{n}", rules.COUNT_UNREADABLE.words))
        if row.evidence and row.evidence not in EVIDENCE_WORDS:
            wrong.append(FieldError(f"evidence.{n}", "没有这个选项"))
            continue
        evidence: Evidence = row.evidence or "none"  # type: ignore[assignment]  # one of EVIDENCE_WORDS
        if bought and evidence == "none":
            evidence = "invoice"
        if row.value and evidence == "none":
            wrong.append(FieldError(f"evidence.{n}", rules.EVIDENCE_MISSING.words))
        try:
            expires_on = forms.day(row.expires_on, f"expires_on.{n}")
            total = _amount(row.value, f"value.{n}") if evidence != "none" else None
        except Refusal as refusal:
            wrong += refusal.fields
            continue
        lines.append(IntakeLine(row.code, row.quantity, expires_on, total_value_fen=total, evidence=evidence))
    if not basket.rows:
        wrong.append(FieldError("scan", rules.BASKET_EMPTY.words))
    if wrong:
        raise unreadable(*wrong)
    return lines


_AMOUNT_WORDS = {"too_large": "金额超过上限", "too_many_decimals": "金额最多两位小数", "not_positive": "金额必须大于 0"}


def _amount(text: str, field: str) -> int | None:
    if not text:
        return None
    try:
        return money.parse_yuan(text)
    except money.AmountUnreadable as error:
        said = _AMOUNT_WORDS.get(error.reason, "金额只能用数字填写，例如 100 或 99.50")
        raise unreadable(FieldError(field, said)) from None


def donor_of(basket: Basket) -> Donor | None:
    """Who brought it; None for bought goods."""
    if basket.header.get("source") == "purchase":
        return None
    kind = basket.header.get("donor_kind") or "anonymous"
    if kind not in {"person", "organisation", "anonymous"}:
        kind = "anonymous"
    name, phone = basket.header.get("donor_name", ""), basket.header.get("donor_phone", "")
    try:
        return read(DonorForm, {"kind": kind, "name": name, "phone": phone}).donor()
    except Refusal as refusal:
        told = [FieldError("donor_phone" if e.field == "phone" else "donor_name", e.message) for e in refusal.fields]
        raise unreadable(*told) from None


async def into(
    basket: Basket,
    *,
    unknown: str = "",
    new: dict[str, str] | None = None,
    scan_error: str = "",
    errors: Sequence[dict[str, str]] = (),
) -> dict[str, Any]:
    """The facts of the intake screen. `errors` are spoken already: {field, message}."""
    known = await items.found(row.code for row in basket.rows)
    return {
        "basket": basket,
        "header": {"source": "gift", "donor_kind": "anonymous", **{k: v for k, v in basket.header.items() if v}},
        "lines": [_in_line(n, row, known.get(row.code)) for n, row in enumerate(basket.rows)],
        "unknown": unknown,
        "new": new or {},
        "funds": choices(await funds.labels()),
        "evidence": [{"value": k, "label": words.translate(v)} for k, v in EVIDENCE_WORDS.items()],
        "scan_error": scan_error,
        "errors": list(errors),
        "screen": "refused" if scan_error or errors else "none",
        "screen_words": scan_error or (errors[0]["message"] if errors else ""),
        "pieces": sum(row.quantity for row in basket.rows),
    }


def _in_line(n: int, row: Row, item: Item | None) -> dict[str, Any]:
    return {
        "id": str(n),
        "name": item.name if item else row.code,
        "measure": item.measure if item else "",
        "code": row.code,
        "quantity": row.quantity or "",
        "expires_on": row.expires_on,
        "expires": item is not None and item.shelf_life_days is not None,
        "value": row.value,
        "evidence": row.evidence or "none",
    }


# The verb names lines as the API does; the screen's fields carry the line's number at the end.
_FIELD = {"barcode": "code", "expires_on": "expires_on", "unit_value_fen": "value", "quantity": "quantity"}


def screen_field(field: str) -> str:
    """`lines.2.expires_on` as the intake screen names it: `expires_on.2`."""
    parts = field.split(".")
    if len(parts) == 3 and parts[0] == "lines":  # noqa: PLR2004 - lines, number, field
        return f"{_FIELD.get(parts[2], parts[2])}.{parts[1]}"
    return field


# -- stock --------------------------------------------------------------------------------------------


async def slips_of(lines: Sequence[StockLine]) -> dict[str, str]:
    """By lot: the number of the slip it came in with."""
    codes = sorted({line.lot for line in lines})
    if not codes:
        return {}
    sql = f"SELECT code, document FROM lot WHERE code IN ({reading.places(len(codes))})"  # noqa: S608
    return {row["code"]: row["document"] for row in await reading.rows(sql, *codes)}


def expiry_notes(lines: Sequence[StockLine]) -> tuple[dict[str, str], dict[str, str]]:
    """By lot: what to say about its expiry ("" when it is far off), and the tone of its row."""
    said = {line.lot: _expiry(line.expires_on) for line in lines}
    return {lot: note for lot, (note, _) in said.items()}, {lot: tone for lot, (_, tone) in said.items()}


def _expiry(expires_on: str | None) -> tuple[str, str]:
    if expires_on is None:
        return "", ""
    days = (date.fromisoformat(expires_on) - clock.today()).days
    if days < 0:
        return words.say("已过期"), "bad"
    return (words.say("还有 {days} 天", days=days), "wait") if days <= ALERT_DAYS[1] else ("", "")
