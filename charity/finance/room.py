"""What finance contributes to the app."""

from charity.finance import cashbook, demo, desk, verify
from charity.finance.books import routes as books
from charity.finance.journal import api as journal
from charity.finance.opening import api as opening_calls
from charity.finance.opening import routes as opening
from charity.finance.places import api as place_calls
from charity.finance.places import routes as places
from charity.finance.reviews import api as review_calls
from charity.finance.reviews import routes as reviews
from charity.finance.transfers import api as transfer_calls
from charity.finance.transfers import routes as transfers
from charity.room import Check, Room
from charity.web.nav import NavItem

ROOM = Room(
    name="finance",
    models=["charity.finance.models"],
    routes=[*transfers.routes, *opening.routes, *reviews.routes, *books.routes, *places.routes],
    endpoints=[
        *journal.endpoints,
        *transfer_calls.endpoints,
        *opening_calls.endpoints,
        *review_calls.endpoints,
        *place_calls.endpoints,
    ],
    tasks=desk.tasks,
    panels=desk.panels,
    finders=desk.finders,
    nav=[
        NavItem("资金划转", "/transfers", "transfer.read", order=530, group="账簿@menu"),
        NavItem("基金", "/finance/funds", "fund.read", order=520, group="账簿@menu"),
        NavItem("待复核", "/journal", "ledger.read", order=505, group="账簿@menu"),
        NavItem("科目余额", "/finance/trial-balance", "ledger.read", order=510, group="账簿@menu"),
        NavItem("期初余额", "/opening", "opening.read", order=540, group="账簿@menu"),
        NavItem("出纳日记账", "/ledgers/cashbook", "cashbook.read", order=635, group="台账@menu"),
    ],
    documents=[cashbook.DOCUMENT],
    chapter=demo.chapter,
    checks=[Check("资金划转与期初余额", verify.run)],
)
