"""The way of one gift as its receipt's page draws it: each use with its share, what went back, what waits.

Always true: the steps add up to what was given, to the fen; a use is told as `uses` tells it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from charity import words
from charity.disclosure.receipts import Checked
from charity.web import pictures
from charity.web.formats import share_of
from charity.web.pictures import End, Flow

_KINDS: Final = {"aid": "aid", "forwarded": "aid", "bought": "goods"}
"""How a use is drawn; others are costs, or are with a branch whose roster is still to come."""


@dataclass(frozen=True, slots=True)
class Step:
    """An end of the way: its kind in the picture, its words, fen, share of the gift; `on` is "" for what is no use."""

    kind: str
    title: str
    amount_fen: int
    share: str
    on: str
    says: str

    def end(self) -> End:
        """As a row beside the picture."""
        note = " · ".join(part for part in (self.share, self.on, self.says) if part)
        return End(self.kind, self.amount_fen, self.title, note, stays=self.kind == pictures.REST)


def steps(checked: Checked) -> list[Step]:
    """The steps of what is on a receipt, uses first, what waits last."""
    path = checked.path
    listed = [
        (_KINDS.get(use.kind, "cost"), use.title, use.amount_fen, use.on, use.share)
        for use in path.uses
        if use.amount_fen
    ]
    if path.refunded_fen:
        listed.append(("cost", words.translate("已退还捐赠人"), path.refunded_fen, "", ""))
    if path.unspent_fen:
        title = words.translate("还没有转交@line" if path.agency else "还没有用@line")
        says = words.say("在“{fund}”里，用到时写在这里", fund=checked.fund)
        listed.append((pictures.REST, title, path.unspent_fen, "", says))
    return [Step(kind, title, fen, share_of(fen, path.given_fen), on, says) for kind, title, fen, on, says in listed]


def drawn(way: Sequence[Step], given_fen: int) -> Flow | None:
    """Its picture; None for a gift that was taken out of the books."""
    return pictures.flow([End("in", given_fen, "")], [step.end() for step in way]) if given_fen else None
