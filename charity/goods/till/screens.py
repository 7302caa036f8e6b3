"""What the till shows: a basket in, the context of its template out. No HTTP here."""

from collections.abc import Sequence
from typing import Any

from charity import tokens, words
from charity.errors import FieldError, Refusal, unreadable
from charity.goods import cards, rules, slips
from charity.goods.cards import CardView
from charity.goods.limits import SCANS_MAX
from charity.goods.scanning import Basket, Row
from charity.goods.till import readers
from charity.goods.till.answers import Answer
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


async def show(store: str, basket: Basket, answers: Sequence[Answer] = (), *, by: Actor) -> dict[str, Any]:
    """The context of the till: the basket, and the answers to what was just scanned or pressed."""
    view = await cards.view(basket.card, by=by) if basket.card else None
    preview = await readers.preview(store=store, card=view, lines=lines(basket), by=by)
    about = [error for error, _ in preview.reasons if not error.field.startswith("lines.")]
    # The same twice is said once: scans that went together may not push the field out of view.
    refused = list(dict.fromkeys(answer for answer in answers if answer.reasons))
    newest = next((answer.code for answer in reversed(answers) if answer.code), "") if not refused else ""
    return {
        "scans_most": SCANS_MAX,
        "basket": basket,
        "rare": basket.header.get("rare") == "1",
        "asks_rare": bool(glyphs.missing(basket.proxy_name, basket.proxy_reason)),
        "card": _card(view, preview) if view else None,
        "lines": [_out_line(n, basket.rows[n], preview, newest) for n in _newest_first(basket)],
        "pieces": basket.pieces,
        "ready": bool(view and basket.rows),
        "asks": bool(basket.next_card),
        "refused": refused,
        "against": [words.say(error.message, **dict(error.facts)) for error in about],
        "signals": [_signal(answer) for answer in answers],
        "signal_words": (refused or [answer for answer in answers if answer.words])[-1:],
    }


def _signal(answer: Answer) -> str:
    return "refused" if answer.reasons else "asks" if answer.asks else "accepted"


def _newest_first(basket: Basket) -> list[int]:
    """The numbers of the rows, what was scanned last first."""
    last = {row.code: n for n, row in enumerate(basket.history)}
    return sorted(range(len(basket.rows)), key=lambda n: (last.get(basket.rows[n].code, -1), n), reverse=True)


def _card(view: CardView, preview: Preview) -> dict[str, Any]:
    return {
        "code": view.code,
        "name": view.masked_name,
        "members": view.members,
        "category": words.translate(view.category),
        "points": view.points,
        "used": preview.plan.points,
        "after": view.points - preview.plan.points,
    }


def _out_line(n: int, row: Row, preview: Preview, newest: str) -> dict[str, Any]:
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
        "new": row.code == newest,
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
        "points_spent": issue.get("points_spent"),
        "name": issue.get("masked_name", ""),
        "names": words.listed(dict.fromkeys(line.name for line in slip.lines)),
    }
