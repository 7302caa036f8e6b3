"""What aid hands to the house."""

from charity.aid import api, demo, desk, routes, verify
from charity.room import Check, Room
from charity.web.nav import NavItem

ROOM = Room(
    name="aid",
    models=["charity.aid.models"],
    routes=routes.routes,
    endpoints=api.endpoints,
    tasks=desk.tasks,
    finders=desk.finders,
    nav=[NavItem("拨付审批", "/vouchers", "voucher.read", order=410)],
    checks=[Check("拨付", verify.run)],
    chapter=demo.chapter,
)
