"""The navigation: one list for everybody, shown by what the roles may do."""

from dataclasses import dataclass

from charity import words
from charity.roles import Actor


@dataclass(frozen=True, slots=True)
class Item:
    """One entry: its Chinese words, its address, and the act that shows it (None: the public sees it)."""

    label: str
    href: str
    act: str | None = None
    staff: bool = True


# `{store}` is the store of the account; who works for no single store chooses one at /stores.
NAV: list[Item] = [
    Item("募捐活动", "/#campaigns", None, staff=False),
    Item("捐赠物资", "/give/goods", None, staff=False),
    Item("核验", "/check", None, staff=False),
    Item("工作台", "/desk", "desk.read"),
    Item("认捐与到账", "/pledges", "pledge.read"),
    Item("登记捐赠", "/donations/new", "gift.receive"),
    Item("收据", "/receipts", "gift.read"),
    Item("入库", "/stores/{store}/in", "goods.move"),
    Item("发放物品", "/stores/{store}/out", "goods.move"),
    Item("库存", "/stores/{store}/stock", "goods.read"),
    Item("物资单据", "/goods/documents", "goods.read"),
    Item("拨付审批", "/vouchers", "voucher.read"),
    Item("退款审批", "/refunds", "refund.read"),
    Item("活动管理", "/desk/campaigns", "campaign.read"),
    Item("捐赠台账", "/ledgers/donations", "report.export"),
    Item("拨付台账", "/ledgers/disbursements", "report.export"),
    Item("收发存台账", "/ledgers/stock", "report.export"),
    Item("账号", "/accounts", "account.manage"),
]
STORES = Item("爱心超市", "/stores", "goods.read")


def shown(actor: Actor | None, path: str) -> list[dict[str, object]]:
    """The entries for this reader; the one that leads here (the longest that fits) is marked."""
    items: list[tuple[str, str]] = []
    for item in NAV:
        if actor is None:
            if not item.staff:
                items.append((item.label, item.href))
        elif item.staff and (item.act is None or actor.may(item.act)):
            if "{store}" not in item.href:
                items.append((item.label, item.href))
            elif actor.store is not None:
                items.append((item.label, item.href.format(store=actor.store)))
            elif (STORES.label, STORES.href) not in items:
                items.append((STORES.label, STORES.href))
    fits = [href for _, href in items if path == href or path.startswith(f"{href}/")]
    here = max(fits, key=len, default="")
    return [{"label": words.translate(label), "href": href, "current": href == here} for label, href in items]
