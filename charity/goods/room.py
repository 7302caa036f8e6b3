"""What goods contributes to the app."""

from functools import partial

from charity.goods import demo, desk, looked_up, points, verify
from charity.goods.cards import api as cards_api
from charity.goods.intake import api as intake_api
from charity.goods.intake import routes as intake
from charity.goods.slips import api as slips_api
from charity.goods.slips import routes as slips
from charity.goods.stock import api as stock_api
from charity.goods.stock import routes as stock
from charity.goods.till import api as till_api
from charity.goods.till import routes as till
from charity.jobs.timetable import HOUR_S, MINUTE_S, Timed
from charity.roles import SYSTEM
from charity.room import Check, Room
from charity.web.nav import NavItem

STORES = NavItem("爱心超市", "/stores", "goods.read", order=400, group="物资@menu")
"""For whoever works for no single store: all of them, to choose one."""

ROOM = Room(
    name="goods",
    models=["charity.goods.models"],
    routes=[*stock.routes, *till.routes, *intake.routes, *slips.routes],
    endpoints=[
        *intake_api.endpoints,
        *till_api.endpoints,
        *slips_api.endpoints,
        *stock_api.endpoints,
        *cards_api.endpoints,
    ],
    tasks=desk.tasks,
    panels=desk.panels,
    finders=desk.finders,
    timetable=[
        Timed("points.expire", HOUR_S, partial(points.expire, by=SYSTEM), first_s=40.0, limit_s=300.0),
        Timed("lookup.slips", MINUTE_S, looked_up.keep_up, first_s=20.0, limit_s=300.0),
    ],
    nav=[
        NavItem("入库", "/stores/{store}/in", "goods.move", order=410, instead=STORES, group="物资@menu"),
        NavItem("发放物品", "/stores/{store}/out", "goods.move", order=420, instead=STORES, group="物资@menu"),
        NavItem("库存", "/stores/{store}/stock", "goods.read", order=430, instead=STORES, group="物资@menu"),
        NavItem("物资单据", "/goods/documents", "goods.read", order=440, group="物资@menu"),
    ],
    checks=[Check("物资与积分", verify.run), Check("出入库单按金额查找", looked_up.check)],
    chapter=demo.chapter,
)
