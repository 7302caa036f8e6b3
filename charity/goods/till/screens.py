"""What the till shows: a basket in, the context of its template out. No HTTP here."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from charity import tokens, words
from charity.errors import FieldError, Refusal, unreadable
from charity.goods import cards, items, rules, scanning, slips, stock
from charity.goods.cards import CardView
from charity.goods.scanning import Basket, Row, Scan
from charity.goods.till import readers
from charity.goods.till.picking import Line
from charity.goods.till.readers import Preview
from charity.goods.till.verbs import Proxy
from charity.printing import glyphs
from charity.roles import Actor
from charity.web.rare import RARE_TEXT

PROXY_NAME_MAX, PROXY_REASON_MAX = 100, 200


def reasons(refusal: Refusal) -> list[str]:
    """Every reason of a refusal in the current language."""
    if refusal.fields:
        return [words.say(e.message, **dict(e.facts)) for e in refusal.fields]
    return [words.say(refusal.words, **refusal.facts)]


async def scanned(basket: Basket, *, by: Actor) -> Basket:
    """The basket after a scan: a card begins it, goods fill it. Raises what is wrong with the code."""
    if not basket.scanned:
        return basket
    for scan in scanning.read_scan(basket.scanned):
        basket = await _taken(basket, scan, by)
    return basket


async def _taken(basket: Basket, scan: Scan, by: Actor) -> Basket:
    if scan.kind == "command":
        return replace(basket, pressed=scan.code)
    if scan.kind == "card":
        if basket.rows and basket.card and basket.card != scan.code:
            raise rules.BASKET_OPEN()
        return replace(basket, card=(await cards.view(scan.code, by=by)).code)
    if not basket.card:
        raise rules.CARD_FIRST()
    known = await stock.get(scan.code) if scan.kind == "lot" else None
    return basket.with_code(known.code if known else (await items.get(scan.code)).barcode, scan.quantity)


def counted(basket: Basket) -> None:
    """Refuse a basket with a count that could not be read."""
    if any(row.quantity < 1 for row in basket.rows):
        raise rules.COUNT_UNREADABLE()


def lines(basket: Basket) -> list[Line]:
    """The rows of a basket as they are issued."""
    return [
        Line(row.quantity, lot=row.code) if tokens.lot_valid(row.code) else Line(row.quantity, barcode=row.code)
        for row in basket.rows
    ]


def proxy_of(basket: Basket) -> Proxy | None:
    """Who collects instead; refuses a proxy without name or reason, or with longer ones than are kept."""
    if not basket.proxy:
        return None
    if not basket.proxy_name or not basket.proxy_reason:
        raise rules.PROXY_MISSING()
    wrong = []
    if len(basket.proxy_name) > PROXY_NAME_MAX:
        wrong.append(FieldError("proxy_name", "代领人姓名最多 {most} 个字", (("most", PROXY_NAME_MAX),)))
    if len(basket.proxy_reason) > PROXY_REASON_MAX:
        wrong.append(FieldError("proxy_reason", "代领原因最多 {most} 个字", (("most", PROXY_REASON_MAX),)))
    if basket.header.get("rare") != "1" and glyphs.missing(basket.proxy_name, basket.proxy_reason):
        wrong.append(FieldError("rare", RARE_TEXT))
    if wrong:
        raise unreadable(*wrong)
    return Proxy(basket.proxy_name, basket.proxy_reason)


async def show(store: str, basket: Basket, *, by: Actor, scan_error: str = "", refusals: Sequence[str] = ()) -> Any:
    """The context of the till."""
    view = await cards.view(basket.card, by=by) if basket.card else None
    preview = await readers.preview(store=store, card=view, lines=lines(basket), by=by)
    # Shortages are shown beside their line, what is about the whole basket above it.
    above = [words.say(e.message, **dict(e.facts)) for e, _ in preview.reasons if not e.field.startswith("lines.")]
    return {
        "basket": basket,
        "rare": basket.header.get("rare") == "1",
        "asks_rare": bool(glyphs.missing(basket.proxy_name, basket.proxy_reason)),
        "card": _card(view, preview.points_after) if view else None,
        "lines": [_out_line(n, row, preview) for n, row in enumerate(basket.rows)],
        "points": preview.plan.points,
        "ready": bool(view and basket.rows),
        "scan_error": scan_error,
        "refusals": list(refusals) or above,
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


def _out_line(n: int, row: Row, preview: Preview) -> dict[str, Any]:
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
    """What was just handed out, for the next screen; None when there is no such slip."""
    slip = await slips.find(number, by=by)
    if slip is None:
        return None
    issue = slip.issue or {}
    return {
        "number": slip.number,
        "pieces": slip.pieces,
        "points_left": issue.get("points_left"),
        "name": issue.get("masked_name", ""),
    }
