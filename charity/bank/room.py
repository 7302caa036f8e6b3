"""What the bank contributes to the app."""

from charity.bank import demo, desk, matching, statements, verify
from charity.bank.closing import api as closing_api
from charity.bank.closing import routes as closing_routes
from charity.bank.fees import api as fees_api
from charity.bank.fees import routes as fees_routes
from charity.bank.matching import api as matching_api
from charity.bank.matching import routes as matching_routes
from charity.bank.reconciliation import api as reconciliation_api
from charity.bank.reconciliation import register
from charity.bank.reconciliation import routes as reconciliation_routes
from charity.bank.statements import api, routes
from charity.bank.unidentified import api as unidentified_api
from charity.bank.unidentified import routes as unidentified_routes
from charity.jobs.timetable import HOUR_S, MINUTE_S, Timed
from charity.room import Check, Room
from charity.web.nav import NavItem

ROOM = Room(
    name="bank",
    models=["charity.bank.models"],
    routes=[
        *routes.routes,
        *matching_routes.routes,
        *reconciliation_routes.routes,
        *unidentified_routes.routes,
        *fees_routes.routes,
        *closing_routes.routes,
    ],
    endpoints=[
        *api.endpoints,
        *matching_api.endpoints,
        *reconciliation_api.endpoints,
        *unidentified_api.endpoints,
        *fees_api.endpoints,
        *closing_api.endpoints,
    ],
    timetable=[
        Timed("statements.sweep", HOUR_S, statements.sweep, first_s=50.0, limit_s=300.0),
        Timed("bank.match", MINUTE_S, matching.keep_up, first_s=30.0, limit_s=300.0),
    ],
    finders=desk.finders,
    documents=[register.DOCUMENT],
    checks=[Check("银行流水的核对", verify.run)],
    tasks=desk.tasks,
    chapter=demo.chapter,
    nav=[
        NavItem("银行对账单", "/bank/statements", "statement.read", order=535, group="账簿@menu"),
        NavItem("核对银行流水", "/bank/matching", "statement.read", order=536, group="账簿@menu"),
        NavItem("暂收款", "/bank/unidentified", "statement.read", order=537, group="账簿@menu"),
        NavItem("余额调节表", "/bank/reconciliation", "statement.read", order=538, group="账簿@menu"),
        NavItem("日结@bank", "/bank/days", "statement.read", order=539, group="账簿@menu"),
        NavItem("流水核对明细", "/ledgers/bank_lines", "ledger.read", order=640, group="台账@menu"),
    ],
)
