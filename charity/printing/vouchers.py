"""The payment voucher as printed: what is paid, to whom, who approved exactly this.

A 拨付审批单 pays aid, a 费用支出审批单 our own costs. A4 portrait; a list of recipients follows. The content hash
that the approvers saw is printed whole; each approval repeats the beginning of the hash it was given over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from charity import words
from charity.printing import pages

APPROVALS_MAX: Final = 20
TITLES: Final = {"aid": "拨付审批单", "administration": "费用支出审批单", "fundraising": "费用支出审批单"}
PURPOSES: Final = {"aid": "救助支出", "administration": "管理费用", "fundraising": "筹资费用"}
PAYEES: Final = {"household": "家庭", "person": "个人", "institution": "机构", "supplier": "供应商", "branch": "分会"}
STATUSES: Final = {
    "draft": "待审批",
    "approving": "审批中",
    "approved": "已批准",
    "paid": "已付款",
    "bounced": "已退汇",
    "delivered": "已签收",
    "rejected": "已驳回",
    "cancelled": "已取消",
}
NATURES: Final = {"unrestricted": "非限定性", "restricted": "限定性", "agency": "受托代理"}
"""What kind of money it is (资金性质): agency money is nobody's restriction, it is passed on."""
DECISIONS: Final = {"approve": "同意", "return": "退回", "reject": "驳回"}
VOID: Final = frozenset({"rejected", "cancelled", "bounced"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One decision; `at` as printed (local time), `content_hash` what was shown to the person."""

    name: str
    decision: Literal["approve", "return", "reject"]
    at: str
    reason: str = ""
    content_hash: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One recipient of the list; the name comes masked."""

    kind: str
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedVoucher:
    """All that a payment voucher prints. Bank accounts come masked."""

    number: str
    status: str
    purpose: str = "aid"
    organisation: str
    applied_on: str
    programme: str
    fund: str
    nature: str
    payee_kind: str
    payee_code: str
    payee_name: str
    bank: str = ""
    bank_account: str = ""
    amount_fen: int
    recipients: int
    listed: Sequence[Listed] = ()
    reason: str
    maker: str
    approvals: Sequence[Approval] = ()
    needed: int = 2
    paid_on: str = ""
    payer: str = ""
    paid_from: str = ""
    channel_ref: str = ""
    in_cash: bool = False
    entry: str = ""
    content_hash: str
    verify_url: str
    demo: bool = False
    lang: str = "zh"


def voucher_html(document: PrintedVoucher) -> str:
    """The HTML of a payment voucher, A4 portrait."""
    assert len(document.approvals) <= APPROVALS_MAX, len(document.approvals)
    with words.speaking(document.lang):
        status = words.say(STATUSES[document.status])
        return pages.render(
            "voucher.html",
            lang=document.lang,
            document=document,
            title=words.say(TITLES[document.purpose]),
            purpose=words.say(PURPOSES[document.purpose]),
            kinds={kind: words.say(text) for kind, text in PAYEES.items()},
            status=status,
            nature=words.say(NATURES[document.nature]),
            mark=status if document.status in VOID else "",
            payee_kind=words.say(PAYEES[document.payee_kind]),
            decisions={key: words.say(text) for key, text in DECISIONS.items()},
            fillers=max(0, document.needed - len(document.approvals)),
            demo=document.demo,
        )
