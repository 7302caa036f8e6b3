"""Who may do what: the actor, the nine roles, and one table of permissions.

The table is the contract's. `auditor` may read everything that staff may read; `admin` manages
accounts and settings and moves nothing: it is never held together with a money role or a manager's. A cashier
is never an accountant (Accounting Law: the one who holds the money does not keep the books).
"""

from dataclasses import dataclass
from enum import StrEnum

from charity.errors import NOT_YOURS, OTHER_STORE, WHO_ARE_YOU, Refusal
from charity.words import Term


class Role(StrEnum):
    """The roles of the contract."""

    CLERK = "clerk"
    MANAGER = "manager"
    CASEWORKER = "caseworker"
    APPROVER = "approver"
    CASHIER = "cashier"
    ACCOUNTANT = "accountant"
    AUDITOR = "auditor"
    ORGANISER = "organiser"
    ADMIN = "admin"


ROLE_WORDS = {
    Role.CLERK: "超市店员",
    Role.MANAGER: "店长",
    Role.CASEWORKER: "经办人",
    Role.APPROVER: "审批人",
    Role.CASHIER: "出纳",
    Role.ACCOUNTANT: "会计",
    Role.AUDITOR: "审计员",
    Role.ORGANISER: "单位联络员",
    Role.ADMIN: "管理员",
}

MONEY = frozenset({Role.CASHIER, Role.ACCOUNTANT, Role.APPROVER, Role.CASEWORKER})
"""Who takes part when money goes out."""
GUARDED = MONEY | {Role.ADMIN}
"""Who gets one of these, or a password from somebody else while holding one, needs a second person's word:
whoever makes an administrator could confirm through him."""

_OURS = frozenset(Role) - {Role.ORGANISER}
"""Who works for us: an organiser works for a unit."""
_FINANCE = frozenset({Role.CASHIER, Role.ACCOUNTANT})

PERMISSIONS: dict[str, tuple[str, frozenset[Role]]] = {
    # permission: (the words of a refusal, who may)
    "gift.receive": ("登记捐款到账", frozenset({Role.CASHIER})),
    "gift.read": ("查看捐赠记录", _FINANCE | {Role.AUDITOR}),
    "box.read": ("查看募捐箱", _FINANCE | {Role.APPROVER, Role.CASEWORKER, Role.AUDITOR}),
    "box.manage": ("管理募捐箱", _FINANCE),
    "box.count": ("清点募捐箱", frozenset({Role.CASHIER})),
    "box.confirm": ("确认募捐箱的清点", _FINANCE | {Role.APPROVER, Role.CASEWORKER}),
    "pledge.read": ("查看认捐", _FINANCE | {Role.AUDITOR}),
    "receipt.void": ("作废或换开收据", _FINANCE),
    "receipt.print": ("打印收据全本", _FINANCE),
    "consent.withdraw": ("代捐赠人撤回同意", _FINANCE),
    "refund.request": ("申请退款", frozenset({Role.ACCOUNTANT})),
    "refund.read": ("查看退款", _FINANCE | {Role.APPROVER, Role.AUDITOR}),
    "refund.approve": ("批准退款", frozenset({Role.ACCOUNTANT, Role.APPROVER})),
    "refund.pay": ("登记退款付款", frozenset({Role.CASHIER})),
    "reversal.request": ("申请更正捐赠", frozenset({Role.ACCOUNTANT})),
    "reversal.read": ("查看捐赠更正", _FINANCE | {Role.APPROVER, Role.AUDITOR}),
    "reversal.approve": ("批准更正捐赠", frozenset({Role.ACCOUNTANT, Role.APPROVER})),
    "campaign.read": ("查看募捐活动管理", frozenset({Role.ACCOUNTANT, Role.AUDITOR})),
    "campaign.manage": ("管理募捐活动", frozenset({Role.ACCOUNTANT})),
    "organiser.invite": ("邀请单位联络员", frozenset({Role.ACCOUNTANT})),
    "roster.list": ("查看各单位名册", _FINANCE | {Role.AUDITOR}),
    "roster.read": ("查看单位名册", _FINANCE | {Role.AUDITOR, Role.ORGANISER}),
    "roster.fill": ("填写本单位名册", frozenset({Role.ORGANISER})),
    "roster.edit": ("填报单位名册", _FINANCE | {Role.ORGANISER}),
    "roster.manage": ("管理单位名册", _FINANCE),
    "goods.move": ("收发物资", frozenset({Role.CLERK, Role.MANAGER})),
    "goods.read": ("查看库存", frozenset({Role.CLERK, Role.MANAGER, Role.ACCOUNTANT, Role.AUDITOR})),
    # The calls of the contract, which programs of a till make: narrower than the pages for people.
    "goods.call": ("收发物资", frozenset({Role.CLERK})),
    "stock.call": ("查看库存", frozenset({Role.CLERK, Role.AUDITOR})),
    "card.call": ("查看爱心卡", frozenset({Role.CLERK, Role.AUDITOR})),
    "goods.reverse": ("冲销物资单据", frozenset({Role.MANAGER})),
    "card.read": ("查看爱心卡", frozenset({Role.CLERK, Role.MANAGER, Role.CASEWORKER, Role.AUDITOR})),
    "card.manage": ("办理爱心卡", frozenset({Role.CASEWORKER})),
    "points.grant": ("发放积分", frozenset({Role.CASEWORKER, Role.MANAGER})),
    "voucher.make": ("制作拨付审批单", frozenset({Role.CASEWORKER})),
    "voucher.approve": ("审批拨付", frozenset({Role.APPROVER})),
    "voucher.pay": ("付款", frozenset({Role.CASHIER})),
    "payee.enter": ("登记家庭的收款账号", frozenset({Role.CASEWORKER})),
    "payee.confirm": ("核对家庭的收款账号", frozenset({Role.CASEWORKER, Role.APPROVER})),
    "institution.enter": ("登记机构", frozenset({Role.CASEWORKER, Role.ACCOUNTANT})),
    "institution.confirm": ("核对机构的登记", frozenset({Role.CASEWORKER, Role.ACCOUNTANT, Role.APPROVER})),
    "voucher.read": ("查看拨付审批单", frozenset({Role.CASEWORKER, Role.APPROVER, Role.AUDITOR}) | _FINANCE),
    "money.transfer": ("登记资金划转", frozenset({Role.CASHIER})),
    "money.reverse": ("冲销资金划转", frozenset({Role.ACCOUNTANT})),
    "transfer.read": ("查看资金划转", _FINANCE | {Role.AUDITOR}),
    "statement.import": ("导入银行对账单", _FINANCE),
    "statement.read": ("查看银行对账单", _FINANCE | {Role.AUDITOR}),
    "money.hold": ("暂收来源不明的款项", frozenset({Role.CASHIER})),
    "bank.match": ("核对银行流水", frozenset({Role.ACCOUNTANT})),
    "day.prepare": ("准备一天的日结", frozenset({Role.CASHIER})),
    "day.close": ("复核一天的日结", frozenset({Role.ACCOUNTANT})),
    "place.manage": ("管理资金存放处", frozenset({Role.ACCOUNTANT})),
    "opening.make": ("填写期初余额", frozenset({Role.ACCOUNTANT})),
    "opening.confirm": ("确认期初余额", frozenset({Role.ACCOUNTANT, Role.APPROVER})),
    "opening.read": ("查看期初余额", frozenset({Role.ACCOUNTANT, Role.APPROVER, Role.AUDITOR})),
    "review.make": ("复核记账凭证", frozenset({Role.ACCOUNTANT})),
    "fund.read": ("查看基金", frozenset({Role.CASEWORKER, Role.APPROVER, Role.AUDITOR}) | _FINANCE),
    "ledger.read": ("查看账簿", frozenset({Role.ACCOUNTANT, Role.AUDITOR})),
    "report.export": ("导出台账", frozenset({Role.ACCOUNTANT, Role.AUDITOR, Role.MANAGER})),
    "staff_list.read": ("查看单位员工明细单", _FINANCE | {Role.AUDITOR}),
    "cashbook.read": ("查看出纳日记账", _FINANCE | {Role.AUDITOR}),
    "export.make": ("导出文件", _FINANCE | {Role.AUDITOR, Role.MANAGER}),
    "codes.read": ("查看基金、项目和门店", _OURS),
    "account.manage": ("管理账号", frozenset({Role.ADMIN})),
    "account.watch": ("查看待确认的账号变更", GUARDED),
    "organisation.read": ("查看单位信息", GUARDED | {Role.AUDITOR}),
    "organisation.change": ("修改单位信息", frozenset({Role.ADMIN})),
    "organisation.confirm": (
        "核对单位信息",
        frozenset({Role.CASHIER, Role.ACCOUNTANT, Role.APPROVER, Role.ADMIN}),
    ),
    "desk.read": ("打开工作台", _OURS),
}

FORBIDDEN_TOGETHER = (
    (Role.CASHIER, Role.ACCOUNTANT),
    *((Role.ADMIN, role) for role in sorted(MONEY | {Role.MANAGER})),
)


@dataclass(frozen=True, slots=True)
class Actor:
    """One staff account in one request. `key` is the account's opaque key, also in the books.

    `permissions` are those granted beside those of the roles; only SYSTEM has any.
    """

    key: str
    name: str
    roles: frozenset[Role]
    store: str | None = None
    permissions: frozenset[str] = frozenset()

    def may(self, permission: str) -> bool:
        """Whether one of the roles, or a grant of its own, gives the permission."""
        return permission in self.permissions or not self.roles.isdisjoint(PERMISSIONS[permission][1])

    def must(self, permission: str) -> None:
        """Raise the 403 refusal unless one of the roles gives the permission."""
        if not self.may(permission):
            raise not_yours(permission)

    def must_serve(self, store: str) -> None:
        """Raise unless this account works for that store: an account without a store serves all."""
        if self.store is not None and self.store != store:
            raise OTHER_STORE()


def not_yours(permission: str) -> Refusal:
    """The 403 of a permission that is missing, which it names."""
    return NOT_YOURS(permission=Term(PERMISSIONS[permission][0]))


READING = (
    "account.watch",
    "box.read",
    "campaign.read",
    "card.read",
    "gift.read",
    "pledge.read",
    "refund.read",
    "reversal.read",
    "statement.read",
    "voucher.read",
)
"""What jobs, checks and readers of the house itself may see: all rows."""
SYSTEM = Actor(
    "system",
    "系统",
    frozenset(),
    permissions=frozenset({"account.manage", "points.grant", *READING}),
)
"""Who acts when nobody does: the timetable, and the command line, whose user owns the machine.

It stands in the books as `system`, holds no role, and has neither account nor session.
"""


PUBLIC = Actor("", "", frozenset())
"""Who reads when nobody is signed in: may nothing, and sees what everybody may see."""


def required(actor: Actor | None) -> Actor:
    """The actor, or the 401 refusal."""
    if actor is None:
        raise WHO_ARE_YOU()
    return actor


def conflicts(roles: frozenset[Role]) -> bool:
    """Whether an account may not hold these roles together."""
    return any(first in roles and second in roles for first, second in FORBIDDEN_TOGETHER)
