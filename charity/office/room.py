"""What the office contributes to the app."""

from charity.jobs.timetable import HOUR_S, Timed
from charity.office import demo, desk, verify
from charity.office.organisation import api as facts
from charity.office.organisation import routes as organisation
from charity.office.privacy import api as privacy_api
from charity.office.privacy import routes as privacy
from charity.office.sign_in import routes as sign_in
from charity.office.sign_in import sessions
from charity.office.staff import changes
from charity.office.staff import routes as staff
from charity.office.stores import api as stores
from charity.room import Check, Room
from charity.web.nav import NavItem

MINUTE_S = 60.0
ROOM = Room(
    name="office",
    models=["charity.office.models"],
    routes=[*sign_in.routes, *staff.routes, *organisation.routes, *privacy.routes],
    endpoints=[*stores.endpoints, *facts.endpoints, *privacy_api.endpoints],
    tasks=desk.tasks,
    timetable=[
        Timed("sessions.sweep", HOUR_S, sessions.sweep, first_s=20.0),
        Timed("accounts.due", MINUTE_S, changes.settle_due, first_s=10.0),
    ],
    nav=[
        NavItem("账号", "/accounts", "account.manage", order=900, group="设置@menu"),
        NavItem("单位信息", "/organisation", "organisation.read", order=910, group="设置@menu"),
    ],
    checks=[Check("账号", verify.run), Check("单位信息", verify.facts), Check("隐私告知", verify.notices)],
    chapter=demo.chapter,
)
