"""One rule on the days that are sent, at every door: none makes the house fall over, one out of our years is named."""

from collections.abc import Iterator
from datetime import date
from typing import Any, get_args

import pytest
from aid.given import made as voucher_made
from cast import Cast
from click.testing import CliRunner
from conftest import Web
from giving.given import give
from goods.given import RICE
from goods.given import opened as shop_opened
from pydantic import BaseModel, ValidationError
from whole.test_texts import _body, _may, _models, _posts, _things

from charity import cli, clock, days, words
from charity.app import DOCUMENTS, ENDPOINTS, PREFIX
from charity.documents import facts
from charity.errors import Refusal
from charity.web import fields, limits

OUTSIDE = ("0001-01-01", "0999-12-31", "1948-12-31", "3000-01-01", "9999-12-01", "9999-12-31")
EDGES = (f"{days.YEAR_MIN}-01-01", f"{days.YEAR_MAX}-12-31")
UNREADABLE = ("2026-02-30", "20261008", "2026-W10-1", "2026-10-08T00:00:00", "1790000000", "x")
WIDE = "２０２６-10-08"
"""Read in forms and commands, which people type; programs write a day in one way."""
MARKS = {mark for day in (fields.Day, fields.DayText) for mark in get_args(day)[1:]}
FORM = {"sec-fetch-site": "same-origin"}
QUERIES = {  # pages that filter by days: who reads them, and the fields
    **{f"/ledgers/{document.name}": ("accountant", ("from", "to")) for document in DOCUMENTS},
    "/receipts": ("auditor", ("from_on", "to_on")),
    "/goods/documents": ("auditor", ("from_on", "to_on")),
}
NO_MODEL = {"/exports": ("from", "to"), "/stores/{store}/in": ("expires_on.0",)}


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    limits.reset()


def _days(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every day in a model, "0" for a place in a list; fails for a date that is not read by the rule."""
    for name, info in model.model_fields.items():
        below = (*path, info.alias or name)
        kinds = [*info.metadata, *fields._kinds(info.annotation)]
        marked = any(kind in MARKS for kind in kinds if not isinstance(kind, type))
        assert marked or date not in kinds, f"{model.__name__}.{name} is a date: declare it as charity.web.fields.Day"
        if marked:
            yield below
        for kind in kinds:
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from _days(kind, (*below, "0") if "list" in str(info.annotation) else below)


FORMS = sorted(
    {model for model in _models(BaseModel) if model.__name__.endswith(("Form", "Query"))}, key=lambda m: m.__name__
)


# -- the rule -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [*EDGES, " 2026-10-08 "])
def test_a_day_of_our_years_is_read(text: str) -> None:
    assert days.read(text).isoformat() == text.strip()


@pytest.mark.parametrize("text", [*OUTSIDE, *UNREADABLE, WIDE, ""])
def test_another_day_is_refused_with_its_years_in_both_languages(text: str) -> None:
    with pytest.raises(days.DayRefused) as refused:
        days.read(text)
    outside = text in OUTSIDE
    assert str(refused.value) == refused.value.words == (days.OUTSIDE if outside else days.UNREADABLE)
    for language in ("zh", "en"):
        with words.speaking(language):
            sentence = words.say(refused.value.words, **refused.value.facts)
            assert ("1949" in sentence and "2999" in sentence) == outside, sentence


@pytest.mark.parametrize("sent", [0, 1790000000, 1.5, True, ["2026-10-08"]])
def test_a_day_is_sent_as_text_and_not_as_a_number(sent: Any) -> None:
    class Sent(BaseModel):
        on: fields.Day

    assert Sent.model_validate({"on": "2026-10-08"}).on == date(2026, 10, 8)
    with pytest.raises(ValidationError):
        Sent.model_validate({"on": sent})


@pytest.mark.parametrize("field", ["from", "to"])
@pytest.mark.parametrize("text", [*OUTSIDE, *UNREADABLE, WIDE])
def test_a_period_is_refused_at_the_field_that_is_wrong(field: str, text: str) -> None:
    assert facts.period(EDGES[0], EDGES[0]) == (EDGES[0], EDGES[0])
    period = {"from": "2026-10-08", "to": "2026-10-08"} | {field: text}
    with pytest.raises(Refusal) as refused:
        facts.period(period["from"], period["to"])
    assert refused.value.code == "report.period"
    assert [e.field for e in refused.value.fields] == [field]


# -- pages ----------------------------------------------------------------------------------------------


def test_every_form_with_a_day_names_it() -> None:
    checked = 0
    for model in FORMS:
        for path in _days(model):
            for text in OUTSIDE:
                with pytest.raises(ValidationError) as refused:
                    model.model_validate({path[0]: text})
                named = {d["loc"][0]: d["ctx"]["error"] for d in refused.value.errors() if "error" in d.get("ctx", {})}
                assert isinstance(named.get(path[0]), days.DayRefused), f"{model.__name__} {path} {text}"
                checked += 1
    assert checked >= 8 * len(OUTSIDE)


async def test_no_page_falls_over_a_day(house: Cast, web: Web) -> None:
    things = await _things(house, web)
    names = sorted({path[0] for model in FORMS for path in _days(model)})
    wrong = []
    for path, who in _posts():
        place = path
        prefix = max((p for p in things if path.startswith(p)), key=len, default="")
        for name, value in things.get(prefix, {}).items():
            place = place.replace(f"{{{name}}}", value)
        for text in (*OUTSIDE, *EDGES):
            sent = dict.fromkeys((*names, *NO_MODEL.get(path, ())), text) | {"report": "stock", "format": "csv"}
            answer = await web.as_(who).post(place, data=sent, headers=FORM)
            if answer.status_code >= 500:
                wrong.append(f"{path} {text}: {answer.status_code}")
    assert wrong == []


async def test_a_filter_by_day_takes_our_years_and_names_another_day(
    house: Cast, web: Web, refusals: list[Refusal]
) -> None:
    await give(house)
    wrong = []
    for place, (who, names) in QUERIES.items():
        for name in names:
            for text in (*OUTSIDE, *UNREADABLE):
                refusals.clear()
                answer = await web.as_(who).get(place, params={name: text})
                named = {e.field for refusal in refusals for e in refusal.fields}
                if answer.status_code != 422 or named != {name}:
                    wrong.append(f"{place}?{name}={text}: {answer.status_code} {named}")
                if f'id="f-{name}"' not in answer.text or f'value="{text}"' not in answer.text:
                    wrong.append(f"{place}?{name}={text} is not shown again for correction")
                if "<tbody" in answer.text or 'action="/exports"' in answer.text:
                    wrong.append(f"{place}?{name}={text} shows rows that nobody asked for")
        for text in EDGES:
            answer = await web.as_(who).get(place, params=dict.fromkeys(names, text))
            if answer.status_code != 200:
                wrong.append(f"{place} {text}: {answer.status_code}")
    assert wrong == []


async def test_filled_forms_take_the_edges_and_write_nothing_of_a_day_outside(
    house: Cast, web: Web, refusals: list[Refusal]
) -> None:
    await shop_opened(house)
    voucher = (await voucher_made(web))["number"]
    today = clock.today().isoformat()
    gift = {"campaign": "everyday", "kind": "person", "name": "王明", "amount_yuan": "1", "channel": "cash"}
    campaign = {"slug": "a", "name": "A", "kind": "winter", "new_fund": "F-A", "prefix": "A", "purpose": "甲"}
    campaign |= {"programme.0": "P01", "amount.0": "1"}
    forms = (
        ("cashier", "/donations/new", gift, ("received_on",)),
        ("accountant", "/desk/campaigns/new", campaign | {"starts_on": today}, ("starts_on", "ends_on")),
        ("accountant", "/desk/campaigns/draft-2027/file", {"filing_no": "1"}, ("filed_on",)),
        ("cashier", f"/vouchers/{voucher}/pay", {"channel_ref": "1"}, ("paid_on",)),
        ("clerk", "/stores/LX01/in", {"code.0": RICE, "quantity.0": "1", "act": "finish", "source": "gift"},
         ("expires_on.0",)),
        ("accountant", "/exports", {"report": "stock", "format": "csv", "from": today, "to": today}, ("from", "to")),
    )  # fmt: skip
    wrong = []
    for who, place, form, names in forms:
        for name in names:
            for text in (*OUTSIDE, *EDGES):
                refusals.clear()
                answer = await web.as_(who).post(place, data=form | {name: text}, headers=FORM)
                named = {e.field for refusal in refusals for e in refusal.fields if e.message == days.OUTSIDE}
                if answer.status_code >= 500 or named != ({name} if text in OUTSIDE else set()):
                    wrong.append(f"{place} {name}={text}: {answer.status_code} {named}")
    assert wrong == []


# -- the API --------------------------------------------------------------------------------------------


async def test_every_day_of_every_body_is_judged(house: Cast, web: Web) -> None:
    wrong, checked = [], set()
    for endpoint in (e for e in ENDPOINTS if e.body is not None):
        assert endpoint.body is not None
        client = web.as_(next(iter(sorted(_may(endpoint.permission)))))
        place = PREFIX + endpoint.path.replace("{", "").replace("}", "")
        for path in _days(endpoint.body):
            checked.add(".".join(path))
            for text in (*OUTSIDE, *UNREADABLE, WIDE):
                answer = await client.request(
                    endpoint.method, place, json=_body([path], text), headers={"Idempotency-Key": "k"}
                )
                if answer.status_code != 422 or ".".join(path) not in {e["field"] for e in answer.json()["errors"]}:
                    wrong.append(f"{place} {path} {text}: {answer.status_code}")
    assert wrong == []
    assert {"received_on", "paid_on", "from", "to", "lines.0.expires_on"} <= checked


async def test_every_day_of_every_query_is_judged(house: Cast, web: Web) -> None:
    wrong, checked = [], 0
    for endpoint in (e for e in ENDPOINTS if e.params is not None):
        assert endpoint.params is not None
        client = web.as_(next(iter(sorted(_may(endpoint.permission)))))
        fields = endpoint.params.model_fields
        needed = {name: (field.examples or [""])[0] for name, field in fields.items() if field.is_required()}
        for (name,) in _days(endpoint.params):
            for text in (*OUTSIDE, *EDGES):
                answer = await client.get(f"{PREFIX}{endpoint.path}", params=needed | {name: text})
                checked += 1
                good = {422} if text in OUTSIDE else {200, 409}  # 409: a day like others, of which there is nothing
                if answer.status_code not in good:
                    wrong.append(f"{endpoint.path}?{name}={text}: {answer.status_code}")
    assert wrong == []
    assert checked


# -- the command line -----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [*OUTSIDE, *UNREADABLE])
@pytest.mark.parametrize(
    ("args", "option"),
    [
        (["export", "stock", "--format", "csv", "--to", "2026-10-08", "-o", "x.csv"], "--from"),
        (["export", "stock", "--format", "csv", "--from", "2026-10-08", "-o", "x.csv"], "--to"),
        (["demo"], "--as-of"),
    ],
)
def test_an_option_names_its_day(args: list[str], option: str, text: str) -> None:
    done = CliRunner().invoke(cli.main, [*args, option, text])
    assert done.exit_code == 2, done.output
    assert f"'{option}'" in done.output


def test_the_story_does_not_end_before_it_begins() -> None:
    done = CliRunner().invoke(cli.main, ["demo", "--as-of", "2009-12-31"])
    assert done.exit_code == 2
    assert "2010-01-01" in done.output
