"""What aid contributes to the app."""

from charity.aid import demo, desk, verify
from charity.aid.accounts import api as accounts_api
from charity.aid.accounts import routes as accounts
from charity.aid.branch_reversals import api as reversals_api
from charity.aid.branch_reversals import routes as reversals
from charity.aid.branches import api as branches_api
from charity.aid.branches import routes as branches
from charity.aid.drafts import api as drafts_api
from charity.aid.drafts import routes as drafts
from charity.aid.institutions import api as institutions_api
from charity.aid.institutions import routes as institutions
from charity.aid.payments import api as payments_api
from charity.aid.payments import routes as payments
from charity.aid.printed_rosters import routes as printed_rosters
from charity.aid.rosters import api as rosters_api
from charity.aid.rosters import routes as rosters
from charity.aid.vouchers import api as vouchers_api
from charity.aid.vouchers import routes as vouchers
from charity.room import Check, Room
from charity.web.nav import NavItem

ROOM = Room(
    name="aid",
    models=["charity.aid.models"],
    routes=[
        *accounts.routes,
        *institutions.routes,
        *printed_rosters.routes,
        *branches.routes,
        *rosters.routes,
        *reversals.routes,
        *drafts.routes,
        *vouchers.routes,
        *payments.routes,
    ],
    endpoints=[
        *accounts_api.endpoints,
        *institutions_api.endpoints,
        *branches_api.endpoints,
        *rosters_api.endpoints,
        *reversals_api.endpoints,
        *drafts_api.endpoints,
        *vouchers_api.endpoints,
        *payments_api.endpoints,
    ],
    tasks=desk.tasks,
    finders=desk.finders,
    nav=[
        NavItem("拨付审批", "/vouchers", "voucher.read", order=310, group="支出@menu"),
        NavItem("待交花名册", "/advances", "voucher.read", order=320, group="支出@menu"),
        NavItem("家庭收款账号", "/household-accounts", "payee.confirm", order=330, group="支出@menu"),
    ],
    checks=[Check("拨付", verify.run)],
    chapter=demo.chapter,
)
