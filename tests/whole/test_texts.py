"""One rule on the characters of every text, at every door: all fields of all forms, bodies and addresses."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Union, get_args, get_origin

import pytest
from aid.given import Aid, advanced, branch_opened, gift_to, recorded, returned, roster
from aid.given import made as voucher_made
from bank.files import wechat_fund
from bank.given import BANK, Line, came, lines
from cast import Cast
from click.testing import CliRunner
from conftest import Web
from finance.given import asked as transfer_asked
from giving.given import give, promised, requested, roster_filled, wrong_gift
from giving.test_invitations import invited, targeted
from goods.given import RICE
from goods.given import opened as shop_opened
from pydantic import BaseModel
from reports.given import whole_year
from starlette.routing import Route
from whole.given import EVERYBODY, PAGES

from charity import cli, clock, texts, words
from charity.aid import accounts, branch_reversals, institutions, rosters
from charity.app import ENDPOINTS, PREFIX, ROUTES
from charity.arguments import Judged
from charity.bank import closing, fees, matching, statements, unidentified
from charity.db import reading
from charity.documents import exports
from charity.errors import Refusal
from charity.finance import reviews, transfers
from charity.giving import boxes, organisers
from charity.giving import unidentified as held_money
from charity.goods.intake.screens import HEADER, NEW
from charity.office import organisation
from charity.roles import PERMISSIONS
from charity.web import fields, forms, limits

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = {
    "Cc nul": "王\x00", "Cc tab": "王\t明", "Cc return": "王\r明", "Cc delete": "王\x7f", "Cc next line": "王\x85明",
    "Cf soft hyphen": "a\xadb", "Cf zero width": "\u200b", "Cf direction": "王\u202e明小", "Cf isolate": "王\u2066小",
    "Cf word joiner": "王\u2060明", "Cf byte order": "王\ufeff", "Cf tag": "王\U000e0041", "Cf arabic mark": "\u061c",
    "Zl": "王\u2028明", "Zp": "王\u2029明", "Cs": "王\ud800", "Cn": "王\U00050000", "Cn never": "王\ufdd0",
    "filler": "王\u3164", "grapheme joiner": "a\u034fb", "selector after Han": "王\ufe0f", "selector of Han": "葛\U000e0100",
    "Mongolian selector alone": "\u180b", "Mongolian selector after Han": "王\u180b", "joiner between Han": "王\u200d明",
    "joiner at the end": "کتاب\u200c", "joiner between Latin": "a\u200cb", "selector after a digit": "1\ufe0f",
    "joiner after one emoji": "👨\u200d", "braille blank": "\u2800", "unreadable": "王\ufffd",
}  # fmt: skip
ALLOWED = {
    "Chinese": "你好", "rare": "𠮷\U00031350\U000323b0", "blank": "欧阳　明 O'Brien–é", "Tibetan": "བཀྲ་ཤིས་བདེ་ལེགས།",
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ", "Mongolian with a selector": "ᠪᠢᠴᠢᠭ\u180c", "Mongolian vowel separator": "ᠬᠠᠷᠠ\u180eᠠ",
    "Mongolian suffix": "ᠮᠣᠩᠭᠣᠯ\u202fᠤᠨ", "Uyghur": "ئۇيغۇر تىلى", "Arabic": "مُحَمَّد", "Persian": "کتاب\u200cها",
    "Persian after hamza": "جزء\u200cها", "Hindi": "क्\u200dष", "Hindi apart": "क्\u200cष", "Sinhala": "ශ්\u200dරී",
    "Bengali": "র\u200d্যাব", "heart": "❤\ufe0f", "family": "👨\u200d👩\u200d👧", "health": "👩🏽\u200d⚕\ufe0f", "keycap": "1\ufe0f\u20e3",
    "rainbow": "🏳\ufe0f\u200d🌈",
}  # fmt: skip
FORM = {"sec-fetch-site": "same-origin"}


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    limits.reset()


# -- the rule -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_nobody_sees_is_refused_with_its_place_and_code(text: str) -> None:
    for area in (False, True):
        refused = texts.refused(text, area=area)
        assert refused is not None
        assert f"U+{ord(text[refused.at - 1]):04X}" == refused.code
    assert texts.refused(texts.cleaned(text)) is None


@pytest.mark.parametrize("text", ALLOWED.values(), ids=ALLOWED)
def test_what_a_language_is_written_with_is_allowed(text: str) -> None:
    assert texts.refused(text) is None
    assert texts.refused(f"{text}，{text}。") is None
    assert texts.cleaned(text) == text


def test_line_feeds_stand_in_texts_of_several_lines_only() -> None:
    assert texts.refused("一\n二") == (2, "U+000A")
    assert texts.refused("一\n二", area=True) is None
    assert texts.refused(texts.line_feeds("一\r\n二\r三"), area=True) is None


def test_the_quick_look_lets_nothing_through_that_the_rule_refuses() -> None:
    """Over every character there is: the rule itself, and what Python and a short list take for harmless."""
    wrong = [hex(c) for c in range(0x110000) if (texts.refused(chr(c)) is None) == bool(texts._LINE.search(chr(c)))]
    assert wrong == []


# -- the forms ------------------------------------------------------------------------------------------


def _named(refusals: list[Refusal]) -> set[str]:
    """The fields of which the rule of texts said no."""
    return {e.field for refusal in refusals for e in refusal.fields if e.message == texts.REFUSED}


TILL = ("act", "scan", "card", "proxy", "proxy_name", "proxy_reason", "code.0", "quantity.0", "expires_on.0",
        "value.0", "evidence.0", "per.0", "expires_read.0", "expires_checked.0", "value_checked.0", *HEADER, *NEW)  # fmt: skip
NO_MODEL = {  # the forms that no model judges, and what their pages send
    "/language": ("lang", "next"),
    "/type": ("size", "next"),
    "/check": ("code",),
    "/desk/search": ("q",),
    "/stores/{store}/out": TILL,
    "/stores/{store}/in": TILL,
    "/exports": ("report", "format", "from", "to", "store", "fund", "campaign", "programme", "copy"),
}

ADDRESSEES = {"/journal/questions/{key}": "cashier"}  # open to everybody, but what was asked goes to one


async def _things(house: Cast, web: Web) -> dict[str, dict[str, str]]:
    """One thing for each path with a code in it: a prefix of the path, and how its places are filled."""
    shop = await shop_opened(house)
    gift = await give(house)
    moved = await transfers.make(await transfer_asked(lines=(("F-GEN", 100),)), by=house.cashier)
    number = str(await reading.value("SELECT MIN(number) FROM journal_voucher"))
    question = await reviews.ask(number=number, question="问", by=house.accountant)
    export = await exports.start(report="donations", fmt="csv", filters=whole_year(), by=house.accountant)
    await targeted(house)
    invitation = await invited(house)
    household = str(await reading.value("SELECT MIN(code) FROM household WHERE status = 'active'"))
    phone = organisation.FactKind.PHONE
    fact = await organisation.enter(
        kind=phone, value="0577-12345678", starts_on=clock.today(), ends_on=None, by=house.admin
    )
    account = await accounts.enter(household=household, account="6217000012345678", by=house.caseworker)
    entry = await institutions.enter(code="LXI99", name="某医院", kind="hospital", by=house.caseworker)
    await branch_opened()
    await gift_to("F-GEN", 300_000)
    advance = await advanced(Aid(house, household, ""))
    back = await returned(Aid(house, household, ""), advance, 100)
    booked, seen = await recorded(house, advance, roster(200, 1))
    await rosters.confirm(number=booked, content_hash=seen, by=house.approver)
    undoing = await branch_reversals.request(kind="roster", target=booked, cause="错", by=house.caseworker)
    statement = await statements.upload(place="1009/WECHAT", name="a.csv", data=wechat_fund(), by=house.cashier)
    filled = await roster_filled(house)
    await came(house, Line(100), Line(200, at="10:00:00"), Line(-5, name="", memo="手续费", at="11:00:00"))
    line, nameless, charged = await lines(house)
    kept = await unidentified.hold(nameless.row["key"], note="问", by=house.cashier)
    await matching.keep_up()
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    shown = (await closing.shown_day(BANK, yesterday, by=house.cashier)).shown().hash
    closed = await closing.prepare(
        place=BANK,
        on=yesterday,
        content_hash=shown,
        asked=closing.Prepared(balance_fen=1_000_000),
        by=house.cashier,
    )
    prepared = closed.body["key"]
    fee = await fees.book(charged.row["key"], by=house.accountant)
    sent_back = await held_money.returns.ask(kept.body["number"], amount_fen=1, reason="错", by=house.accountant)
    await boxes.make(code="MX-01", site="超市", keeper="李四", campaign="everyday", by=house.accountant)
    opening = boxes.Opened(box="MX-01", on=yesterday, time="09:00", sheets={100: 1}, opener="王", witness="赵")
    opened_box = (await boxes.count(opening, by=house.cashier)).body["number"]
    return {
        "/advances/": {"voucher": advance},
        "/bank/days/": {"key": prepared},
        "/boxes/openings/": {"number": opened_box},
        "/boxes/": {"code": "MX-01"},
        "/bank/lines/": {"key": line.row["key"]},
        "/bank/statements/": {"key": statement},
        "/bank/unidentified/": {"number": kept.body["number"]},
        "/bank/fees/": {"number": fee.body["number"]},
        "/bank/unidentified-returns/": {"number": sent_back.body["number"]},
        "/branch-returns/": {"number": back.body["number"]},
        "/branch-reversals/": {"number": undoing.body["number"]},
        "/rosters/": {"number": (await recorded(house, advance, roster(100, 1)))[0]},
        "/i/": {"invitation": invitation.code},
        "/join/": {"code": (await organisers.invite("LXU02", name="余涛", by=house.accountant)).code},
        "/household-accounts/": {"key": account},
        "/institutions/entries/": {"key": entry},
        "/campaigns/": {"slug": "everyday"},
        "/pledges/": {"code": await promised()},
        "/donations/": {"id": gift.body["id"]},
        "/receipts/": {"code": gift.body["receipt"]["code"]},
        "/r/": {"code": gift.body["receipt"]["code"]},
        "/p/": {"code": await promised()},
        "/organisation/facts/": {"id": str(fact.id)},
        "/refunds/": {"number": await requested(house, gift, 100)},
        "/reversals/": {"number": await wrong_gift(house, await give(house))},
        "/desk/campaigns/": {"slug": "everyday", "step": "file"},
        "/stores/": {"store": "LX01"},
        "/goods/": {"number": (await shop.bring_answer(RICE, 3))["number"]},
        "/vouchers/": {"number": (await voucher_made(web))["number"]},
        "/transfers/": {"number": moved.body["number"]},
        "/journal/": {"number": number},
        "/journal/questions/": {"key": question.body["key"]},
        "/accounts/": {"key": house.cashier2.key},
        "/accounts/changes/": {},
        "/exports/": {"id": export.id},
        "/one-day/": {"key": filled[0], "line": filled[1]},
        "/unit-rosters/": {"key": filled[0], "line": filled[1]},
        "/work-units/": {"code": "LXU02"},
        "/work-units/{code}/organiser/": {"code": "LXU99"},  # ending the organiser would shut his own pages
    }


def _posts() -> Iterator[tuple[str, str | None]]:
    """Every page that takes a form, and one who may send it."""
    for route in ROUTES:
        if isinstance(route, Route) and "POST" in (route.methods or ()):
            assert f"POST {route.path}" in PAGES, f"POST {route.path}: write into PAGES of tests/whole/given.py who may"
            may = PAGES[f"POST {route.path}"]
            yield route.path, ADDRESSEES.get(route.path, "admin" if may >= EVERYBODY else min(may))


async def test_every_field_of_every_form_is_judged(
    house: Cast, web: Web, refusals: list[Refusal], monkeypatch: pytest.MonkeyPatch
) -> None:
    things = await _things(house, web)
    models: dict[str, type[BaseModel] | None] = {}
    inner = forms.data

    async def spied(request: Any, model: type[BaseModel] | None = None, **limits: int) -> Any:
        models[request.scope["route"].path] = model
        return await inner(request, model, **limits)

    monkeypatch.setattr(forms, "data", spied)
    wrong = []
    for path, who in _posts():
        prefix = max((p for p in things if path.startswith(p)), key=len, default="")
        place = re.sub(r"\{(\w+)\}", lambda m, p=prefix: things.get(p, {}).get(m[1], "0" * 26), path)  # type: ignore[misc]
        client = web.as_(who)
        await client.post(place, data={"nothing": "二"}, headers=FORM)
        assert path in models, f"{path}: {who} did not get as far as the form"
        model = models[path]
        names = {*NO_MODEL.get(path, ()), *(model.model_fields if model else ()), "idem", "unknown"}
        alone = {name for name in names if model is None or name not in fields.lists(model)}
        areas = {name for name in names if model is not None and name in fields.areas(model)}
        for kind, text, judged in (
            ("hidden", "王\u200b明", names),
            ("a line feed", "一\r\n二", names - areas),
            ("twice", ["一", "二"], alone),
        ):
            limits.reset()  # what is judged is the text, not the pace
            refusals.clear()
            sent = alone if kind == "twice" else names
            answer = await client.post(place, data=dict.fromkeys(sorted(sent), text), headers=FORM)
            twice = {name for name in alone if f"“{name}” 只能填写一次" in answer.text}
            named = twice if kind == "twice" else _named(refusals)
            if named != judged or (judged and answer.status_code != 422):
                wrong.append(f"{path} {kind}: {answer.status_code} {named ^ judged}")
        hidden = await client.post(place, data={"na\u200bme": "x"}, headers=FORM)
        if hidden.status_code != 422:
            wrong.append(f"{path}: a hidden character in a name {hidden.status_code}")
    assert wrong == []
    assert set(NO_MODEL) <= set(models)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_every_hostile_text_is_named_in_every_field_of_every_form(text: str) -> None:
    """The forms by their models, so that each kind of character meets each field."""
    models = {*_models(BaseModel)}
    assert len(models) > 20
    for model in models:
        for name, info in model.model_fields.items():
            sent = info.alias or name
            if stands(text, fields.areas(model).get(sent, "")):
                continue
            with pytest.raises(Refusal) as refused:
                forms.read(model, {sent: text})
            assert sent in _named([refused.value]), f"{model.__name__}.{sent}"


def stands(text: str, signs: str) -> bool:
    """Whether a field takes it: the end of a line, whichever way it is sent, and a tab where rows are copied."""
    return bool(signs) and ("\r" in text or ("\t" in text and "\t" in signs))


def _models(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for model in base.__subclasses__():
        yield from _models(model)
        if model.__module__.startswith("charity.") and model.__module__.endswith(".forms"):
            yield model


def test_every_text_area_of_a_page_is_one_in_its_form() -> None:
    areas = {path for model in _models(BaseModel) for path in fields.areas(model)}
    drawn = set()
    for page in (ROOT / "templates").rglob("*.html"):
        if page.name != "_parts/show.html":
            drawn |= set(re.findall(r'field\("(\w+)"[^}]*kind="textarea"', page.read_text(encoding="utf-8")))
    assert drawn
    assert drawn <= areas


async def test_a_clean_form_passes_with_every_script(house: Cast, web: Web) -> None:
    for n, name in enumerate(ALLOWED.values()):
        form = {
            "campaign": "everyday", "kind": "person", "name": name, "amount_yuan": "1", "channel": "cash",
            "received_on": clock.today().isoformat(), "memo": f"{name}\r\n{name}", "rare": "1", "idem": f"{n:032x}",
        }  # fmt: skip
        answer = await web.as_("cashier").post("/donations/new", data=form)
        assert answer.status_code == 303, f"{name}: {answer.text[:2000]}"
    kept = {row["name"] for row in await reading.rows("SELECT name FROM person")}
    assert set(ALLOWED.values()) <= kept


# -- the API --------------------------------------------------------------------------------------------


def _leaves(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every field of a body that holds no fields itself; "0" stands for a place in a list."""
    for name, info in model.model_fields.items():
        yield from _below(info.annotation, (*path, info.alias or name))


def _below(kind: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    parts = [part for part in get_args(kind) if part is not type(None)]
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from _leaves(kind, path)
    elif get_origin(kind) is list:
        yield from _below(parts[0], (*path, "0"))
    elif get_origin(kind) is dict:
        yield (*path, "store")
    elif get_origin(kind) is Union or len(parts) == 1:
        yield from _below(parts[0], path)
    else:
        yield path


def _body(paths: Iterable[tuple[str, ...]], text: str) -> Any:
    """A body that has this text in each of these places."""
    beneath: dict[str, list[tuple[str, ...]]] = {}
    for first, *rest in paths:
        beneath.setdefault(first, []).append(tuple(rest))
    inner = {part: text if rests == [()] else _body(rests, text) for part, rests in beneath.items()}
    return [inner["0"]] if "0" in inner else inner


BODIES = [e for e in ENDPOINTS if e.body is not None]


async def test_every_field_of_every_body_is_judged(house: Cast, web: Web) -> None:
    assert {"donor.name", "lines.0.barcode", "proxy.reason", "filters.store"} <= {
        ".".join(path) for e in BODIES for path in _leaves(e.body or BaseModel)
    }
    wrong = []
    for endpoint in BODIES:
        assert endpoint.body is not None
        who = next(iter(sorted(_may(endpoint.permission))))
        place = PREFIX + re.sub(r"\{\w+\}", "x", endpoint.path)
        areas = fields.areas(endpoint.body)
        for text in HOSTILE.values():
            judged = [
                path
                for path in _leaves(endpoint.body)
                if not stands(text, areas.get(".".join(part for part in path if part != "0"), ""))
            ]
            answer = await web.as_(who).request(
                endpoint.method, place, content=_json(_body(judged, text)),
                headers={"Idempotency-Key": "k", "Content-Type": "application/json"},
            )  # fmt: skip
            named = {e["field"] for e in answer.json().get("errors", ()) if "U+" in e["message"]}
            if named != {".".join(path) for path in judged} or (judged and answer.status_code != 422):
                wrong.append(f"{endpoint.method} {place} {text!a}: {answer.status_code} {named} {judged}")
    assert wrong == []


def _json(value: Any) -> bytes:
    """Escaped where it has to be, so that a lone surrogate can be sent too."""
    plain = json.dumps(value, ensure_ascii=False)
    return (json.dumps(value) if "\ud800" in plain else plain).encode()


def _may(permission: str | None) -> set[str]:
    return {role.value for role in PERMISSIONS[permission][1]} if permission else {"auditor"}


async def test_a_key_with_a_hidden_character_is_named_without_it(house: Cast, web: Web) -> None:
    answer = await web.as_("cashier").post(
        f"{PREFIX}/donations", json={"cam\u200bpaign": 1}, headers={"Idempotency-Key": "k"}
    )
    assert answer.status_code == 422
    assert {"campaign"} == {e["field"] for e in answer.json()["errors"]}
    assert "\u200b" not in answer.text


async def test_a_clean_body_passes_with_every_script_however_it_is_spaced(house: Cast, web: Web) -> None:
    for n, name in enumerate(ALLOWED.values()):
        body = {
            "campaign": "everyday", "amount_fen": 100, "channel": "cash", "received_on": clock.today().isoformat(),
            "donor": {"kind": "person", "name": name, "rare": True},
        }  # fmt: skip
        for m, sent in enumerate((json.dumps(body), json.dumps(body, ensure_ascii=False, indent="\t"))):
            headers = {"Idempotency-Key": f"k{n}-{m}", "Content-Type": "application/json"}
            answer = await web.as_("cashier").post(f"{PREFIX}/donations", content=sent.encode(), headers=headers)
            assert answer.status_code == 201, f"{name}: {answer.text}"


@pytest.mark.parametrize("body", [b'{"reason":"\\u200b', b'{"a":"' + b"\\" * 9, "[" * 60_000, b'{"a":"\xff\x80"}'])
async def test_a_body_that_is_no_json_is_said_to_be_none(house: Cast, web: Web, body: bytes | str) -> None:
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    answer = await web.as_("cashier").post(f"{PREFIX}/donations", content=body, headers=headers)
    assert answer.status_code == 400


async def test_several_lines_are_taken_by_the_api_where_the_page_has_a_text_area(house: Cast, web: Web) -> None:
    number = (await voucher_made(web, reason="住院\n自付"))["number"]
    shown = await web.as_("caseworker").get(f"{PREFIX}/aid/vouchers/{number}")
    assert shown.json()["reason"] == "住院\n自付"


# -- addresses ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=issued&status=voided", "status"),
        ("status=%E2%80%8B", "status"),
        ("number=a%0Ab", "number"),
        ("from_on=1&x=%00", "x"),
        ("a%E2%80%AEb=1", "ab"),
        ("number=%FF", ""),
    ],
)
async def test_the_query_of_a_page_is_judged(
    house: Cast, web: Web, refusals: list[Refusal], query: str, field: str
) -> None:
    refusals.clear()
    assert (await web.as_("auditor").get(f"/receipts?{query}")).status_code == 422
    assert {e.field for refusal in refusals for e in refusal.fields} == {field}


async def test_every_parameter_of_every_call_is_judged(house: Cast, web: Web) -> None:
    wrong = []
    for endpoint in ENDPOINTS:
        for name in endpoint.params.model_fields if endpoint.params else ():
            place = f"{PREFIX}{endpoint.path}"
            who = next(iter(sorted(_may(endpoint.permission))))
            for query in (f"{name}=%E2%80%8B1", f"{name}=1&{name}=1"):
                answer = await web.as_(who).get(f"{place}?{query}")
                named = [e["field"] for e in answer.json().get("errors", ())]
                if answer.status_code != 422 or named != [name]:
                    wrong.append(f"{place}?{query}: {answer.status_code} {named}")
    assert wrong == []


@pytest.mark.parametrize("path", ["/p/a%E2%80%8Bb", "/p/a%0Ab", "/api/v1/pledges/a%E2%80%8B", "/r/%F3%A0%81%81"])
async def test_a_path_with_a_hidden_character_leads_nowhere(house: Cast, web: Web, path: str) -> None:
    assert (await web.as_().get(path)).status_code == 404


# -- the command line -----------------------------------------------------------------------------------


PERIOD = ("--format", "csv", "--from", "2026-10-01", "--to", "2026-10-08")


@pytest.mark.parametrize(
    ("args", "name"),
    [
        (["token", "create", "--role", "clerk", "--name", "程\u200b序"], "--name"),
        (["token", "create", "--role", "clerk", "--account", "a\u202eb"], "--account"),
        (
            ["export", "dona\u200btions", *PERIOD, "-o", "x.csv"],
            "REPORT",
        ),
        (
            ["export", "donations", *PERIOD, "-o", "x\u200b.csv"],
            "--output",
        ),
        (["init", "--organisation", "临溪\n慈善"], "--organisation"),
    ],
)
def test_an_argument_with_a_hidden_character_is_named(args: list[str], name: str) -> None:
    done = CliRunner().invoke(cli.main, args)
    assert done.exit_code == 2
    assert name in done.output
    assert "U+" in done.output


def test_every_command_judges_its_arguments() -> None:
    def below(group: Any) -> Iterator[Any]:
        for command in group.commands.values():
            if hasattr(command, "commands"):
                yield from below(command)
            else:
                yield command

    commands = list(below(cli.main))
    assert len(commands) > 10
    assert [c.name for c in commands if not isinstance(c, Judged)] == []


async def test_the_words_of_the_rule_are_in_english_too(web: Web) -> None:
    with words.speaking("en"):
        assert "U+200B" in words.say(texts.REFUSED, at=2, code="U+200B")
        assert "Character 2" in words.say(texts.REFUSED, at=2, code="U+200B")
