"""What the office hands to the house."""

from charity.jobs.timetable import HOUR_S, Timed
from charity.office import api, demo, desk, routes, sessions
from charity.room import Room
from charity.web.nav import NavItem

ROOM = Room(
    name="office",
    models=["charity.office.models"],
    routes=routes.routes,
    endpoints=api.endpoints,
    tasks=desk.tasks,
    timetable=[Timed("sessions.sweep", HOUR_S, sessions.sweep, first_s=20.0)],
    nav=[NavItem("账号", "/accounts", "account.manage", order=900)],
    chapter=demo.chapter,
)
