"""What rooms hand to the house: nothing half added, and the menus stay as they are."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest
from cast import Cast

from charity import app
from charity.desk import search, tasks
from charity.jobs import worker
from charity.roles import ACTS, SYSTEM, Actor, Role
from charity.web import nav

PACKAGE = Path(__file__).resolve().parents[1] / "charity"
DESK = "工作台 /desk"
NO_STORE = ("爱心超市 /stores",)
REGISTERS = ("捐赠台账 /ledgers/donations", "拨付台账 /ledgers/disbursements", "收发存台账 /ledgers/stock")
MOVE = ("入库 /stores/LX01/in", "发放物品 /stores/LX01/out")
STOCK = ("库存 /stores/LX01/stock",)
SLIPS = "物资单据 /goods/documents"
PLEDGES, RECEIPTS = "认捐与到账 /pledges", "收据 /receipts"
VOUCHERS, REFUNDS, CAMPAIGNS = "拨付审批 /vouchers", "退款审批 /refunds", "活动管理 /desk/campaigns"
CHECKING = (SLIPS, VOUCHERS, REFUNDS, CAMPAIGNS, *REGISTERS)
MENUS: dict[Role | None, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # role: the menu of an account without a store, and with the store LX01; None is the public
    None: (("募捐活动 /#campaigns", "捐赠物资 /give/goods", "核验 /check"),) * 2,
    Role.CLERK: ((DESK, *NO_STORE, SLIPS), (DESK, *MOVE, *STOCK, SLIPS)),
    Role.MANAGER: ((DESK, *NO_STORE, SLIPS, *REGISTERS), (DESK, *MOVE, *STOCK, SLIPS, *REGISTERS)),
    Role.CASEWORKER: ((DESK, VOUCHERS),) * 2,
    Role.APPROVER: ((DESK, VOUCHERS, REFUNDS),) * 2,
    Role.CASHIER: ((DESK, PLEDGES, "登记捐赠 /donations/new", RECEIPTS, VOUCHERS, REFUNDS),) * 2,
    Role.ACCOUNTANT: (
        (DESK, PLEDGES, RECEIPTS, *NO_STORE, *CHECKING),
        (DESK, PLEDGES, RECEIPTS, *STOCK, *CHECKING),
    ),
    Role.AUDITOR: (
        (DESK, PLEDGES, RECEIPTS, *NO_STORE, *CHECKING),
        (DESK, PLEDGES, RECEIPTS, *STOCK, *CHECKING),
    ),
    Role.ORGANISER: ((DESK,),) * 2,
    Role.ADMIN: ((DESK, "账号 /accounts"),) * 2,
}


@pytest.mark.parametrize("role", [None, *Role])
@pytest.mark.parametrize("store", [None, "LX01"])
def test_every_role_has_its_menu(role: Role | None, store: str | None) -> None:
    actor = role and Actor("k", "n", frozenset({role}), store)
    menu = tuple(f"{item['label']} {item['href']}" for item in nav.shown(actor, "/"))
    assert menu == MENUS[role][store is not None]


def test_every_room_with_a_room_py_stands_in_the_list() -> None:
    standing = {room.name for room in app.ROOMS}
    packages = {path.parent.name for path in PACKAGE.glob("*/room.py")}
    assert packages - standing == set(), "has a room.py, but app.ROOMS does not name it"
    assert len(standing) == len(app.ROOMS)


async def test_who_may_do_nothing_is_asked_for_nothing_and_finds_nothing(house: Cast) -> None:
    idle = Actor("k", "n", frozenset())
    for room in app.ROOMS:
        for source in room.tasks:
            assert await source(idle) == [], f"{room.name}: {source.__name__} asks no permission"


def test_the_house_shows_what_every_room_lists() -> None:
    assert [*tasks._sources] == [source for room in app.ROOMS for source in room.tasks]
    assert [*worker.TIMETABLE] == [timed for room in app.ROOMS for timed in room.timetable]
    assert [*search._finders] == [finder for room in app.ROOMS for finder in room.finders]


def test_every_job_that_is_asked_for_has_one_handler() -> None:
    handled = [kind for room in app.ROOMS for kind in room.jobs]
    assert len(handled) == len(set(handled)), "two rooms handle one kind of job"
    assert worker.HANDLERS.keys() == set(handled)
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "queue.enqueue":
                module = importlib.import_module(
                    ".".join(("charity", *path.relative_to(PACKAGE).with_suffix("").parts))
                )
                kind = getattr(module, ast.unparse(node.args[1]))
                assert kind in handled, f"{path.name} asks for the job {kind!r}: no room.py lists its handler"


def test_the_system_holds_no_role_and_may_only_what_is_written_out() -> None:
    assert not SYSTEM.roles
    assert {act for act in ACTS if SYSTEM.may(act)} == SYSTEM.permissions == {"account.manage", "points.grant"}
    assert not Actor("k", "n", frozenset({Role.CASHIER})).may("points.grant")


def test_every_verify_py_stands_among_the_checks() -> None:
    checked = {Path(inspect.getfile(check.run)) for check in app.CHECKS}
    assert set(PACKAGE.glob("*/verify.py")) - checked == set(), "has a verify.py that no room.py lists in `checks`"
