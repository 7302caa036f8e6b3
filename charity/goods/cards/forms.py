"""What the call of a card answers."""

from datetime import date
from typing import Literal

from pydantic import BaseModel


class CardAnswer(BaseModel):
    """A card, without a name."""

    code: str
    points: int
    status: Literal["active", "suspended", "lost"]
    allowed_until: date | None
    masked_name: str
    members: int
