"""The places where a fund's money lies, in words: 库存现金, 银行存款 ICBC-01, 其他货币资金 WECHAT."""

from dataclasses import dataclass

from charity import words
from charity.ledger import accounts
from charity.money import yuan

CHART_WORDS = {accounts.CASH: "库存现金", accounts.BANK: "银行存款", accounts.OTHER_MONEY: "其他货币资金"}


@dataclass(frozen=True, slots=True)
class MoneyPlace:
    """A place of money as a fact of a refusal: formatted, it reads in the language of whoever is refused."""

    account: str

    def __format__(self, spec: str) -> str:
        chart, place, _ = accounts.split(self.account)
        name = words.translate(CHART_WORDS[chart])
        return format(name if place == "-" else f"{name} {place}", spec)


@dataclass(frozen=True, slots=True)
class MoneyHeld:
    """Places of money with what lies in each, fen; those with nothing are left out."""

    held: tuple[tuple[str, int], ...]

    def __format__(self, spec: str) -> str:
        parts = [
            words.say("{place} {yuan} 元", place=MoneyPlace(account), yuan=yuan(fen))
            for account, fen in self.held
            if fen > 0
        ]
        return format(words.translate("；").join(parts) or words.translate("别处也没有"), spec)
