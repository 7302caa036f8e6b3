"""What giving hands to the house."""

from charity.giving import api, demo, desk, routes, verify
from charity.giving.receipts import routes as receipts
from charity.room import Check, Room
from charity.web.nav import NavItem

ROOM = Room(
    name="giving",
    models=["charity.giving.models"],
    routes=[*routes.routes, *receipts.routes],
    endpoints=api.endpoints,
    tasks=desk.tasks,
    finders=desk.finders,
    nav=[
        NavItem("认捐与到账", "/pledges", "pledge.read", order=210),
        NavItem("登记捐赠", "/donations/new", "gift.receive", order=220),
        NavItem("收据", "/receipts", "gift.read", order=230),
        NavItem("退款审批", "/refunds", "refund.read", order=420),
        NavItem("活动管理", "/desk/campaigns", "campaign.read", order=510),
    ],
    checks=[Check("捐赠与收据", verify.run)],
    chapter=demo.chapter,
)
