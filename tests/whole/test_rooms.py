"""What rooms hand to the house: nothing half added, and the menu shows what opens."""

import ast
import dataclasses
import importlib
import inspect
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import guides
import pytest
from starlette.routing import Match, Route
from whole.given import PAGES, READ_APART

from charity import app, words
from charity.desk import routes as desk
from charity.desk import search, tasks
from charity.errors import Rule
from charity.giving import channels
from charity.jobs import worker
from charity.ledger import accounts
from charity.office.demo import STAFF
from charity.printing.document import Document
from charity.roles import PERMISSIONS, READING, ROLE_WORDS, SYSTEM, Actor, Role
from charity.room import Room
from charity.settings import Settings
from charity.web import nav
from charity.web.nav import NavItem

PACKAGE = Path(__file__).resolve().parents[2] / "charity"
DESK = "工作台 /desk"


def entries() -> list[NavItem]:
    """What desk and the rooms put into the menu, in its order."""
    return sorted([*desk.nav, *(item for room in app.ROOMS for item in room.nav)], key=lambda item: item.order)


def page_of(href: str) -> str:
    """The page at this address, as PAGES of tests/whole/given.py names it; "" when there is none."""
    scope = {"type": "http", "method": "GET", "path": href.format(store="LX01").partition("#")[0]}
    routes = [route for route in app.ROUTES if isinstance(route, Route) and route.matches(scope)[0] is Match.FULL]
    return f"GET {routes[0].path}" if routes else ""


def menu(role: Role | None, store: str | None) -> list[str]:
    for item in entries():
        assert item.permission is None or item.permission in PERMISSIONS, (
            f"{item.label}: a room.py asks for {item.permission!r}, charity/roles.py has no such permission"
        )
    actor = role and Actor("k", "n", frozenset({role}), store)
    words_of = [entry for item in nav.shown(actor, "/") for entry in item.entries or [item]]
    return [f"{entry.label} {entry.href}" for entry in words_of]


@pytest.mark.parametrize("role", [None, *Role])
@pytest.mark.parametrize("store", [None, "LX01"])
def test_everybody_is_shown_the_entries_whose_pages_open_to_them_and_no_others(
    role: Role | None, store: str | None
) -> None:
    wanted = []
    for item in entries():
        page = page_of(item.href)
        opens = (role.value if role else None) in READ_APART.get(item.href, PAGES.get(page, set()))
        if role == Role.ORGANISER and page == "GET /desk":
            opens = False  # leads on to his unit
        chosen = item.instead if item.instead and store is None else item
        line = f"{words.translate(chosen.label)} {chosen.href.format(store=store)}"
        if opens and (role is None) == (item.permission is None) and line not in wanted:
            wanted.append(line)
    shown = menu(role, store)
    differ = [line for line in [*shown, *wanted] if (line in shown) != (line in wanted)]
    assert shown == wanted, (
        f"{role or 'the public'}: the menu and PAGES of tests/whole/given.py do not agree on {differ or 'the order'}: "
        "let the permission of the NavItem in room.py, the page in routes.py and PAGES say the same"
    )


def test_the_menu_has_its_order_and_names_the_store() -> None:
    public = ["首页 /", "捐赠 /#campaigns", "账本公开 /books", "查我的捐款 /check", "捐物资 /give/goods"]
    assert menu(None, None) == public
    assert menu(Role.CLERK, None) == [DESK, "爱心超市 /stores", "物资单据 /goods/documents"]
    assert menu(Role.CLERK, "LX01") == [
        DESK,
        "入库 /stores/LX01/in",
        "发放物品 /stores/LX01/out",
        "库存 /stores/LX01/stock",
        "物资单据 /goods/documents",
    ]
    cashier = [
        DESK,
        "认捐与到账 /pledges",
        "登记捐赠 /donations/new",
        "募捐箱 /boxes",
        "收据 /receipts",
        "退款 /refunds",
        "捐赠更正 /reversals",
        "单位名册 /one-day",
        "捐款单位 /work-units",
    ]
    cashier += ["拨付审批 /vouchers", "待交花名册 /advances", "基金 /finance/funds", "资金划转 /transfers"]
    cashier += [
        "银行对账单 /bank/statements",
        "核对银行流水 /bank/matching",
        "暂收款 /bank/unidentified",
        "余额调节表 /bank/reconciliation",
    ]
    cashier += ["日结 /bank/days", "出纳日记账 /ledgers/cashbook", "一日捐员工明细单 /ledgers/unit-staff"]
    cashier += ["单位信息 /organisation"]
    assert menu(Role.CASHIER, None) == cashier
    assert menu(Role.ADMIN, None) == [DESK, "账号 /accounts", "单位信息 /organisation"]


def test_every_room_with_a_room_py_stands_in_the_list() -> None:
    listed = {room.name for room in app.ROOMS}
    packages = {path.parent.name for path in PACKAGE.glob("*/room.py")}
    assert packages - listed == set(), "has a room.py, but app.ROOMS does not name it"
    assert len(listed) == len(app.ROOMS)


def test_the_house_shows_what_every_room_lists() -> None:
    assert [*tasks._sources] == [source for room in app.ROOMS for source in room.tasks]
    assert [*worker.TIMETABLE] == [timed for room in app.ROOMS for timed in room.timetable]
    assert [*search._finders] == [finder for room in app.ROOMS for finder in room.finders]


def test_every_job_that_is_asked_for_has_one_handler() -> None:
    handled = [kind for room in app.ROOMS for kind in room.jobs]
    for module in modules("jobs"):
        for kind in module.jobs:
            assert kind in handled, f"{module.__name__}: write `jobs=jobs.jobs` into its room.py: {kind!r} runs nowhere"
    assert len(handled) == len(set(handled)), "two rooms handle one kind of job"
    assert worker.HANDLERS.keys() == set(handled)
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "queue.enqueue":
                module = importlib.import_module(
                    ".".join(("charity", *path.relative_to(PACKAGE).with_suffix("").parts))
                )
                kind = getattr(module, ast.unparse(node.args[1]))
                assert kind in handled, (
                    f"{path.name} asks for the job {kind!r}: write its handler into jobs.py of the room"
                )


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
def test_what_a_file_of_a_room_lists_its_room_py_contributes(file: str, attribute: str, field: str) -> None:
    contributed = [thing for room in app.ROOMS for thing in getattr(room, field)]
    for module in modules(file):
        lost = missing(getattr(module, attribute, []), contributed)
        assert lost == [], f"{module.__name__}.{attribute}: contribute them as `{field}` in its room.py: {lost}"


def test_every_models_py_verify_py_and_demo_py_takes_part() -> None:
    for module in modules("models"):
        assert module.__name__ in app.MODELS, f"{module.__name__}: write it into `models` of its room.py"
    for module in modules("verify"):
        runs = [check.run for check in app.CHECKS]
        assert module.run in runs, f"{module.__name__}: write `Check(…, run)` into `checks` of its room.py"
    for module in modules("demo"):
        assert module.chapter in app.CHAPTERS, f"{module.__name__}: write it as `chapter` into its room.py"


def test_app_reads_every_field_of_a_room() -> None:
    source = inspect.getsource(app)
    for field in dataclasses.fields(Room):
        asked = field.name == "name" or f"room.{field.name}" in source
        assert asked, f"Room.{field.name} is filled by rooms and read by nobody: app must join it"


def test_every_entry_of_the_menu_leads_to_a_page_that_its_permission_opens() -> None:
    items = entries()
    items = list(dict.fromkeys([*items, *(item.instead for item in items if item.instead)]))
    for item in items:
        assert page_of(item.href), f"{item.label}: a room.py puts it into the menu, no routes.py has {item.href}"
        assert item.label in words.catalog("en"), (
            f"{item.label}: no English words: write them into charity/locale/en/<room>.json"
        )
    places: dict[int, str] = {}
    for item in items:
        other = places.setdefault(item.order, item.label)
        assert other == item.label, f"{other} and {item.label} claim place {item.order} in the menu: change one room.py"


def test_every_channel_has_all_it_needs() -> None:
    for code, channel in channels.CHANNELS.items():
        for text in (channel.words,):
            assert text in words.catalog("en"), f"{code}: {text!r} has no English: charity/locale/en/giving.json"
        place = channel.place or channel.chart == accounts.BANK  # whose place is data (ledger/places.py)
        assert all((channel.chart, place)), (
            f"{code}: no account where its money lies: charity/giving/channels/{code}.py"
        )


def test_every_document_is_contributed_and_speaks_both_languages() -> None:
    for path in PACKAGE.rglob("*.py"):
        if "Document(" in path.read_text(encoding="utf-8") and path.parent.name != "printing":
            module = importlib.import_module(".".join(("charity", *path.relative_to(PACKAGE).with_suffix("").parts)))
            made = [thing for thing in vars(module).values() if isinstance(thing, Document)]
            boards = [document.board for document in app.DOCUMENTS if document.board]
            assert missing(made, [*app.DOCUMENTS, *boards]) == [], (
                f"{module.__name__}: write its DOCUMENT into `documents` of its room.py"
            )
    for document in app.DOCUMENTS:
        for title in (document.title, *(column.title for column in document.columns)):
            assert title in words.catalog("en"), (
                f"{document.name}: {title!r} has no English: charity/locale/en/<room>.json"
            )
        assert (f"/ledgers/{document.name}", document.permission) in {
            (item.href, item.permission) for item in entries()
        }, (
            f"{document.name}: a register without an entry in the menu: write "
            f'`NavItem("…", "/ledgers/{document.name}", "{document.permission}", order=…)` into `nav` of the room.py '
            "that contributes it as a document"
        )


def test_every_printed_form_is_linked_from_a_page_of_its_room() -> None:
    printed = [route for route in app.ROUTES if isinstance(route, Route) and route.path.endswith(".pdf")]
    for route in printed:
        room = route.endpoint.__module__.split(".")[1]
        begins, ends = f'"{route.path.partition("{")[0]}', f'{route.path.rpartition("}")[2]}"'
        pages = [path.read_text(encoding="utf-8") for path in (PACKAGE.parent / "templates" / room).rglob("*.html")]
        assert any(begins in page and ends in page for page in pages), (
            f'{route.path}: no page of {room} links to it: write `ui.button(_("打印"), href={begins}" ~ … ~ "{ends})` '
            f"into templates/{room}/"
        )
    assert len(printed) > 3


def test_every_role_has_words_and_an_account_in_the_demo() -> None:
    in_demo = {role for _, _, roles, _ in STAFF for role in roles}
    for role in Role:
        assert ROLE_WORDS.get(role) in words.catalog("en"), (
            f"{role}: no words in ROLE_WORDS of charity/roles.py, or no English in charity/locale/en/core.json"
        )
        assert role.value in in_demo, (
            f"{role}: nobody holds it in the demo: write a line in STAFF of charity/office/demo.py"
        )


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
                assert rule.words in words.catalog("en"), (
                    f"{name}: {rule.words!r} has no English: charity/locale/en/<room>.json"
                )
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
    for permission, (text, roles) in PERMISSIONS.items():
        assert permission in asked, (
            f"charity/roles.py lists {permission!r}: nothing asks for it: delete it, or ask in a route or verb"
        )
        assert text in words.catalog("en"), f"{permission}: {text!r} has no English: charity/locale/en/core.json"
        assert roles, f"{permission}: nobody may do it: charity/roles.py"


@pytest.mark.parametrize("language", guides.LANGUAGES)
def test_every_setting_and_every_entry_of_the_timetable_is_in_running_md(language: str) -> None:
    text = guides.guide(language)
    settings = {f"CHARITY_{name.upper()}" for name in Settings.model_fields}
    written = set(re.findall(r"CHARITY_[A-Z_]*[A-Z]", text))
    lacking, more = sorted(settings - written), sorted(written - settings)
    assert not lacking, f"charity/settings.py has {lacking}: say in docs/running.md and docs/zh/running.md what they do"
    assert not more, f"docs/running.md names {more}, charity/settings.py has none: delete them there"
    names = [timed.name for room in app.ROOMS for timed in room.timetable]
    assert len(names) == len(set(names)), "two entries of the timetable bear one name"
    for name in names:
        assert f"`{name}`" in text, f"{name}: say in docs/running.md and docs/zh/running.md what it does by the clock"
