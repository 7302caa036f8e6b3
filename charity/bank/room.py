"""What the bank contributes to the app."""

from charity.bank.statements import api, routes
from charity.room import Room
from charity.web.nav import NavItem

ROOM = Room(
    name="bank",
    models=["charity.bank.models"],
    routes=[*routes.routes],
    endpoints=[*api.endpoints],
    nav=[NavItem("银行对账单", "/bank/statements", "statement.read", order=535, group="账簿@menu")],
)
