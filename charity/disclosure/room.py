"""What disclosure contributes to the app."""

from charity.disclosure import api, routes
from charity.disclosure.books import api as books_api
from charity.disclosure.books import routes as books_routes
from charity.room import Room
from charity.web.nav import NavItem

ROOM = Room(
    name="disclosure",
    routes=[*routes.routes, *books_routes.routes],
    endpoints=[*api.endpoints, *books_api.endpoints],
    nav=[
        NavItem("首页", "/", None, order=10),
        NavItem("捐赠@menu", "/#campaigns", None, order=12, below=("/campaigns", "/i", "/p")),
        NavItem("账本公开", "/books", None, order=15),
        NavItem("查我的捐款", "/check", None, order=17),
        NavItem("捐物资", "/give/goods", None, order=20),
    ],
)
