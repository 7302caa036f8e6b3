"""Which lines are a bank's own fee, and to what account it goes (docs/field.md 9, rows 6 and 70): the first text wins.

A bank takes its fee itself: nobody's name stands on the other side, or its own. Collecting money is 筹资费用 5401,
all else 管理费用 5301; a fee for paying aid is booked with the voucher that pays it.
"""

import unicodedata
from dataclasses import dataclass
from typing import Final

from charity.bank.models import BankLineRow
from charity.bank.statements import LineView
from charity.ledger import accounts as acc
from charity.ledger import plans

FEE_MAX_FEN: Final = 100_000
"""A fee beyond this is looked at and paid by a voucher, as any cost."""


@dataclass(frozen=True, slots=True)
class FeeRule:
    """A text in the memo or in the bank's word for the line, and the account that it means."""

    text: str
    chart: str

    @property
    def purpose(self) -> str:
        """What the entry is for."""
        return plans.FUNDRAISING if self.chart == acc.FUNDRAISING else plans.ADMINISTRATION


RULES: Final = (
    FeeRule("收单手续费", acc.FUNDRAISING),
    FeeRule("收款手续费", acc.FUNDRAISING),
    FeeRule("代收手续费", acc.FUNDRAISING),
    FeeRule("商户手续费", acc.FUNDRAISING),
    FeeRule("扫码手续费", acc.FUNDRAISING),
    FeeRule("交易手续费", acc.FUNDRAISING),
    FeeRule("POS手续费", acc.FUNDRAISING),
    FeeRule("POS机手续费", acc.FUNDRAISING),
    FeeRule("手续费", acc.MANAGEMENT),
    FeeRule("汇划费", acc.MANAGEMENT),
    FeeRule("账户管理费", acc.MANAGEMENT),
    FeeRule("账户维护费", acc.MANAGEMENT),
    FeeRule("工本费", acc.MANAGEMENT),
    FeeRule("网银服务费", acc.MANAGEMENT),
    FeeRule("短信服务费", acc.MANAGEMENT),
    FeeRule("银行服务费", acc.MANAGEMENT),
    FeeRule("询证函", acc.MANAGEMENT),
)
AT_PLATFORM: Final = ("手续费", "服务费")
"""What a platform takes of what it collects is always for collecting."""


def rule_of(view: LineView) -> FeeRule | None:
    """The rule that knows a line; None for one that is no fee of the bank's."""
    row: BankLineRow = view.row
    if not 0 < row["out_fen"] <= FEE_MAX_FEN:
        return None
    text = unicodedata.normalize("NFKC", f"{view.memo} {row['kind']}").upper()
    if row["place"].startswith(f"{acc.OTHER_MONEY}/"):
        known = next((word for word in AT_PLATFORM if word in text), "")
        return FeeRule(known, acc.FUNDRAISING) if known else None
    if view.name.strip() and "银行" not in view.name:
        return None
    return next((rule for rule in RULES if rule.text in text), None)
