"""The places where a fund's money lies, in words, as the forms call them: 现金, 工商银行基本户, 微信支付."""

from collections.abc import Mapping
from dataclasses import dataclass

from charity import words
from charity.ledger import accounts, chart
from charity.ledger.places import Place
from charity.money import yuan


@dataclass(frozen=True, slots=True)
class MoneyPlace:
    """A place of money as a fact of a refusal: formatted, it reads in the language of whoever is refused."""

    account: str
    opened: Mapping[str, Place]
    """The places that are known, by their codes."""

    def __format__(self, spec: str) -> str:
        place = self.opened.get(accounts.place_of(self.account))
        return format(place.shown if place else chart.name(self.account), spec)


@dataclass(frozen=True, slots=True)
class MoneyHeld:
    """Places of money with what lies in each, fen; those with nothing are left out."""

    held: tuple[tuple[MoneyPlace, int], ...]

    def __format__(self, spec: str) -> str:
        parts = [words.say("{place} {yuan} 元", place=place, yuan=yuan(fen)) for place, fen in self.held if fen > 0]
        return format(words.translate("；").join(parts) or words.translate("别处也没有"), spec)
