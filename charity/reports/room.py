"""What reports contribute to the app."""

from charity.reports import disbursements, donations, stock, verify
from charity.room import Check, Room
from charity.web.nav import NavItem

ROOM = Room(
    name="reports",
    documents=[donations.DOCUMENT, disbursements.DOCUMENT, stock.DOCUMENT],
    checks=[Check("台账合计", verify.run)],
    nav=[
        NavItem("捐赠台账", "/ledgers/donations", "report.export", order=610, group="台账@menu"),
        NavItem("拨付台账", "/ledgers/disbursements", "report.export", order=620, group="台账@menu"),
        NavItem("收发存台账", "/ledgers/stock", "report.export", order=630, group="台账@menu"),
    ],
)
