"""What the page of the places of money shows, with words in the reader's language."""

from typing import Any

from charity import words
from charity.finance.places.forms import PlaceAnswer
from charity.ledger import accounts, places


async def every() -> list[PlaceAnswer]:
    """All places with their marks, by code."""
    pays, receives = (await places.paying()).code, (await places.receiving()).code
    return [
        PlaceAnswer(code=p.code, name=p.name, name_en=p.name_en, pays=p.code == pays, receives=p.code == receives)
        for p in await places.every()
    ]


async def page() -> dict[str, Any]:
    """The list, and what may be chosen."""
    listed = await every()
    held: dict[str, int] = {}
    for part in await places.held():
        held[part.place] = held.get(part.place, 0) + part.fen
    choices = [{"value": one.code, "label": f"{one.code} {_shown(one)}"} for one in listed]
    return {
        "rows": [_row(one, held.get(one.code, 0)) for one in listed],
        "places": choices,
        "banks": [choice for choice in choices if choice["value"].startswith(f"{accounts.BANK}/")],
        "pays": next(one.code for one in listed if one.pays),
        "receives": next(one.code for one in listed if one.receives),
    }


def _shown(one: PlaceAnswer) -> str:
    return (words.language() == "en" and one.name_en) or one.name


def _row(one: PlaceAnswer, fen: int) -> dict[str, Any]:
    uses = [word for word, marked in (("默认付款", one.pays), ("捐款收款", one.receives)) if marked]
    return {
        "code": one.code,
        "name": one.name,
        "name_en": one.name_en,
        "use": words.listed(map(words.translate, uses)),
        "fen": fen,
    }
