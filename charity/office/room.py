"""What the office hands to the house."""

from charity.office import api, desk, routes
from charity.room import Room
from charity.web.nav import NavItem

ROOM = Room(
    name="office",
    models=["charity.office.models"],
    routes=routes.routes,
    endpoints=api.endpoints,
    tasks=desk.tasks,
    nav=[NavItem("账号", "/accounts", "account.manage", order=900)],
)
