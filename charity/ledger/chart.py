"""Names of the accounts that the books use, in the 2024 edition (docs/field.md 4.6), for papers and pages."""

from charity import words
from charity.ledger import accounts as acc

NAMES = {
    acc.CASH: "现金",
    acc.BANK: "银行存款",
    acc.OTHER_MONEY: "其他货币资金",
    acc.ADVANCED: "其他应收款",
    acc.PREPAID: "预付账款",
    acc.STOCK: "存货",
    acc.AGENCY_ASSETS: "受托代理资产",
    acc.OTHER_PAYABLE: "其他应付款",
    acc.AGENCY_DEBT: "受托代理负债",
    acc.NET_UNRESTRICTED: "非限定性净资产",
    acc.NET_RESTRICTED: "限定性净资产",
    "3201": "以前年度净资产调整",
    acc.GIFTS: "捐赠收入",
    acc.OTHER_INCOME: "其他收入",
    acc.COST: "业务活动成本",
    acc.MANAGEMENT: "管理费用",
    acc.FUNDRAISING: "筹资费用",
    "5901": "其他费用",
}
PARTS = {"unidentified": "来源不明"}
"""Parts of an account that is no place of money."""


def title(charted: str) -> str:
    """What the chart calls an account, as `银行存款`; one that it does not know stands for itself."""
    return words.translate(NAMES[charted]) if charted in NAMES else charted


def name(account: str) -> str:
    """The account of a code in words, as `银行存款 ICBC-01`; a chart that is not known stands for itself."""
    charted, place, _ = acc.split(account)
    if place == "-":
        return title(charted)
    return f"{title(charted)} {words.translate(PARTS[place]) if place in PARTS else place}"
