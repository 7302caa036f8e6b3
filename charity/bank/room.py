"""What the bank contributes to the app."""

from charity.bank import demo, statements
from charity.bank.statements import api, routes
from charity.jobs.timetable import HOUR_S, Timed
from charity.room import Room
from charity.web.nav import NavItem

ROOM = Room(
    name="bank",
    models=["charity.bank.models"],
    routes=[*routes.routes],
    endpoints=[*api.endpoints],
    timetable=[Timed("statements.sweep", HOUR_S, statements.sweep, first_s=50.0, limit_s=300.0)],
    chapter=demo.chapter,
    nav=[NavItem("银行对账单", "/bank/statements", "statement.read", order=535, group="账簿@menu")],
)
