"""The JSON call of a card (docs/api.md)."""

from typing import Any

from charity.goods.cards import readers
from charity.goods.cards.forms import CardAnswer
from charity.web.api import Call, Endpoint


async def show(call: Call) -> dict[str, Any]:
    """A card as the till sees it."""
    card = await readers.view(call.path["code"], by=call.by)
    return {
        "code": card.code,
        "points": card.points,
        "status": card.status,
        "allowed_until": card.allowed_until,
        "masked_name": card.masked_name,
        "members": card.members,
    }


endpoints = [
    Endpoint("GET", "/goods/cards/{code}", show, permission="card.call", answer=CardAnswer, summary="爱心卡@api")
]
