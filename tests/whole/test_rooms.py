"""What rooms hand to the house: nothing half added, and the menus stay as they are."""

import ast
import dataclasses
import importlib
import inspect
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args

import pytest
from starlette.routing import Match

from charity import app, words
from charity.desk import routes as desk
from charity.desk import search, tasks
from charity.errors import Rule
from charity.giving import channels
from charity.giving.donations.forms import DonationBody
from charity.jobs import worker
from charity.office.demo import STAFF
from charity.printing.document import Document
from charity.roles import PERMISSIONS, READING, ROLE_WORDS, SYSTEM, Actor, Role
from charity.room import Room
from charity.settings import Settings
from charity.web import nav

PACKAGE = Path(__file__).resolve().parents[2] / "charity"
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
    assert (
        {permission for permission in PERMISSIONS if SYSTEM.may(permission)}
        == SYSTEM.permissions
        == {"account.manage", "points.grant", *READING}
    )
    assert not Actor("k", "n", frozenset({Role.CASHIER})).may("points.grant")


# -- nothing half added: each list of the house is walked, and what is missing is said ------------------


def modules(name: str) -> list[Any]:
    """All modules of this file name, wherever they stand."""
    paths = [
        path for path in PACKAGE.rglob(f"{name}.py") if path.parts[-2] not in {"web", "db", "desk", "demo", "jobs"}
    ]
    return [
        importlib.import_module(".".join(("charity", *p.relative_to(PACKAGE).with_suffix("").parts))) for p in paths
    ]


def missing(wanted: Iterable[Any], listed: Iterable[Any]) -> list[Any]:
    known = list(listed)
    return [thing for thing in wanted if thing not in known]


@pytest.mark.parametrize(
    ("file", "attribute", "field"),
    [
        ("routes", "routes", "routes"),
        ("api", "endpoints", "endpoints"),
        ("desk", "tasks", "tasks"),
        ("desk", "finders", "finders"),
        ("jobs", "timetable", "timetable"),
    ],
)
def test_what_a_file_of_a_room_lists_its_room_py_hands_in(file: str, attribute: str, field: str) -> None:
    handed = [thing for room in app.ROOMS for thing in getattr(room, field)]
    for module in modules(file):
        lost = missing(getattr(module, attribute, []), handed)
        assert lost == [], f"{module.__name__}.{attribute}: no room.py hands these in as `{field}`"


def test_every_models_py_verify_py_and_demo_py_takes_part() -> None:
    for module in modules("models"):
        assert module.__name__ in app.MODELS, f"{module.__name__}: no room.py lists it in `models`"
    for module in modules("verify"):
        runs = [check.run for check in app.CHECKS]
        assert module.run in runs, f"{module.__name__}: no room.py lists its `run` in `checks`"
    for module in modules("demo"):
        assert module.chapter in app.CHAPTERS, f"{module.__name__}: no room.py contributes its `chapter`"


def test_app_reads_every_field_of_a_room() -> None:
    source = inspect.getsource(app)
    for field in dataclasses.fields(Room):
        asked = field.name == "name" or f"room.{field.name}" in source
        assert asked, f"Room.{field.name} is filled by rooms and read by nobody: app must join it"


def test_every_entry_of_the_menu_leads_to_a_page_that_its_permission_opens() -> None:
    items = [*desk.nav, *(item for room in app.ROOMS for item in room.nav)]
    items = list(dict.fromkeys([*items, *(item.instead for item in items if item.instead)]))
    for item in items:
        path = item.href.format(store="LX01").partition("#")[0]
        scope = {"type": "http", "method": "GET", "path": path}
        assert any(r.matches(scope)[0] is Match.FULL for r in app.ROUTES), f"{item.label}: no page at {item.href}"
        assert item.permission is None or item.permission in PERMISSIONS, (
            f"{item.label}: no permission {item.permission!r}"
        )
        assert item.label in words.catalog("en"), f"{item.label}: no English words"
    places = [item.order for item in items]
    assert len(places) == len(set(places)), "two entries claim one place"


def test_every_channel_has_all_it_needs() -> None:
    for code, channel in channels.CHANNELS.items():
        assert channel.words in words.catalog("en"), f"{code}: its words have no English"
        assert not channel.hint or channel.hint in words.catalog("en"), f"{code}: its hint has no English"
        assert "" not in {channel.chart, channel.place}, f"{code}: no account where its money lies"
        offered = code in channels.PLEDGE_CHANNELS
        assert offered == bool(channel.hint), f"{code}: a channel of pledges needs a hint, and only such a one"
    assert get_args(DonationBody.model_fields["channel"].annotation) == tuple(channels.CHANNELS)


def test_every_document_is_handed_in_and_speaks_both_languages() -> None:
    for path in PACKAGE.rglob("*.py"):
        if "Document(" in path.read_text(encoding="utf-8") and path.parent.name != "printing":
            module = importlib.import_module(".".join(("charity", *path.relative_to(PACKAGE).with_suffix("").parts)))
            made = [thing for thing in vars(module).values() if isinstance(thing, Document)]
            assert missing(made, app.DOCUMENTS) == [], f"{module.__name__}: no room.py lists it in `documents`"
    for document in app.DOCUMENTS:
        for title in (document.title, *(column.title for column in document.columns)):
            assert title in words.catalog("en"), f"{document.name}: {title!r} has no English"
        assert any(f"/ledgers/{document.name}" == item.href for room in app.ROOMS for item in room.nav), document.name


def test_every_role_has_words_a_permission_and_an_account_in_the_demo() -> None:
    in_demo = {role for _, _, roles, _ in STAFF for role in roles}
    for role in Role:
        assert ROLE_WORDS.get(role) in words.catalog("en"), f"{role}: no words in ROLE_WORDS, or no English"
        assert any(role in roles for _, roles in PERMISSIONS.values()), f"{role}: may do nothing"
        assert role.value in in_demo, f"{role}: nobody holds it in office/demo.py"
        assert role in MENUS, f"{role}: its menu is not written down in this test"


def test_every_refusal_has_a_code_with_one_status_and_words_in_both_languages() -> None:
    seen: dict[str, int] = {}
    for path in PACKAGE.rglob("*.py"):
        if "Rule(" not in path.read_text(encoding="utf-8"):
            continue
        module = importlib.import_module(".".join(("charity", *path.relative_to(PACKAGE).with_suffix("").parts)))
        for name, rule in vars(module).items():
            if isinstance(rule, Rule):
                assert re.fullmatch(r"[a-z_]+(\.[a-z_]+)*", rule.code), f"{name}: {rule.code!r} is no code"
                assert 400 <= rule.status < 600, f"{name}: {rule.status} is no refusal"
                assert rule.words in words.catalog("en"), f"{name}: no English for {rule.words!r}"
                assert seen.setdefault(rule.code, rule.status) == rule.status, f"{name}: {rule.code!r} has two statuses"
    assert len(seen) > 50


def asked_for() -> dict[str, str]:
    """Every permission that code or a template asks for, and where."""
    asked: dict[str, str] = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func).rsplit(".", 1)[-1]
            given = [word.value for word in node.keywords if word.arg == "permission"] if called[0].isupper() else []
            given += node.args if called in {"may", "must", "allowed"} else []
            given += node.args[2:3] if called == "NavItem" else []
            for value in given:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    asked[value.value] = str(path.relative_to(PACKAGE))
    for path in (PACKAGE.parent / "templates").rglob("*.html"):
        for permission in re.findall(r"\bmay\(\"([^\"]+)\"\)", path.read_text(encoding="utf-8")):
            asked[permission] = path.name
    return asked


def test_every_permission_is_asked_for_and_every_one_asked_for_is_known() -> None:
    asked = asked_for()
    for permission, where in asked.items():
        assert permission in PERMISSIONS, f"{where} asks for {permission!r}: roles.py does not know it"
    for permission, (said, roles) in PERMISSIONS.items():
        assert permission in asked, f"roles.py lists {permission!r}: nothing asks for it"
        assert said in words.catalog("en"), f"{permission}: its words have no English"
        assert roles, f"{permission}: nobody may do it"


def test_every_setting_and_every_entry_of_the_timetable_is_in_running_md() -> None:
    text = (PACKAGE.parent / "docs" / "running.md").read_text(encoding="utf-8")
    settings = {f"CHARITY_{name.upper()}" for name in Settings.model_fields}
    written = set(re.findall(r"CHARITY_[A-Z_]*[A-Z]", text))
    assert settings - written == set(), "settings.py has them, running.md does not"
    assert written - settings == set(), "running.md names them, settings.py has none"
    names = [timed.name for room in app.ROOMS for timed in room.timetable]
    assert len(names) == len(set(names)), "two entries of the timetable bear one name"
    for name in names:
        assert f"`{name}`" in text, f"{name}: running.md does not say what happens by the clock"
