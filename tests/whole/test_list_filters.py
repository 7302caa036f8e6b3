"""Lists of receipts, pledges, refunds and vouchers by name, amount, day, bank number and code; no name in an address."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cast import Cast
from conftest import Web
from desk.test_desk import made
from giving.given import give, promised, refunded, today

from charity.giving import lookup
from charity.people.persons import Donor
from charity.web import sealed_words

API = "/api/v1"
LI = Donor("person", "李丽", "19900003333")


async def filtered(client: Any, path: str, **chosen: str) -> Any:
    """The list that the form of its filters leads to."""
    sent = await client.post("/desk/filter", data={"list": path, **chosen})
    assert sent.status_code == 303
    return await client.get(sent.headers["location"])


async def listed(client: Any, path: str, numbers: dict[str, str], **chosen: str) -> set[str]:
    """Which of these things the list shows."""
    page = await filtered(client, path, **chosen)
    assert page.status_code == 200, page.text
    return {name for name, number in numbers.items() if number in page.text}


@pytest.mark.parametrize("written", ["tail", "written"])
async def test_receipts_by_name_amount_and_bank_number(house: Cast, web: Web, written: str) -> None:
    client = web.as_("auditor")
    answers = {
        "wang": await give(house, 10_000, channel="bank", channel_ref="AB-1"),
        "li": await give(house, 25_000, donor=LI, channel="bank", channel_ref="AB-2"),
        "firm": await give(house, 123_456, donor=Donor("organisation", "恒溪纺织有限公司")),
    }
    numbers = {name: answer.body["receipt"]["number"] for name, answer in answers.items()}
    if written == "written":
        await lookup.keep_up()
    for chosen, expected in (
        ({}, {"wang", "li", "firm"}),
        ({"who": "王小"}, {"wang"}),
        ({"who": "纺织"}, {"firm"}),
        ({"who": "赵"}, set()),
        ({"least": "100", "most": "250.00"}, {"wang", "li"}),
        ({"least": "1,234.56", "most": "¥1234.56"}, {"firm"}),
        ({"most": "99.99"}, set()),
        ({"bank": "ab 2"}, {"li"}),
        ({"bank": "nothing"}, set()),
        ({"who": "李丽", "most": "100"}, set()),
        ({"from_on": today(), "to_on": today(), "status": "issued", "who": "李"}, set()),
        ({"from_on": today(), "to_on": today(), "status": "issued", "who": "李丽"}, {"li"}),
    ):
        assert await listed(client, "/receipts", numbers, **chosen) == expected, chosen


async def test_pledges_refunds_and_vouchers(house: Cast, web: Web) -> None:
    client = web.as_("accountant")
    await promised(amount_fen=30_000)
    await promised(amount_fen=40_000, donor=LI)
    pledges = {"wang": "300.00", "li": "400.00"}
    assert await listed(client, "/pledges", pledges, who="李丽") == {"li"}
    assert await listed(client, "/pledges", pledges, least="300", most="300") == {"wang"}
    assert await listed(client, "/pledges", pledges, to_on="2020-01-01") == set()
    assert await listed(client, "/pledges", pledges, from_on=today(), to_on=today()) == {"wang", "li"}
    first, second = await give(house, 5_000, channel="bank", channel_ref="X1"), await give(house, 6_000, donor=LI)
    refunds = {"wang": await refunded(house, first, 5_000), "li": await refunded(house, second, 6_000)}
    assert await listed(client, "/refunds", refunds, who="李丽") == {"li"}
    assert await listed(client, "/refunds", refunds, least="50", most="50") == {"wang"}
    assert await listed(client, "/refunds", refunds, bank=f"back {refunds['wang']}") == {"wang"}
    assert await listed(client, "/refunds", refunds, to_on="2020-01-01") == set()
    number, _ = await made(house)
    vouchers = {"one": number}
    for chosen, expected in (
        ({"who": "王建"}, {"one"}),
        ({"who": "李秀英"}, set()),
        ({"least": "1500", "most": "1500"}, {"one"}),
        ({"most": "1499.99"}, set()),
        ({"bank": "nothing"}, set()),
        ({"from_on": today(), "to_on": today()}, {"one"}),
        ({"to_on": "2020-01-01"}, set()),
    ):
        assert await listed(client, "/vouchers", vouchers, **chosen) == expected, chosen


async def test_a_name_goes_sealed_into_the_address_and_no_other_list_is_led_to(house: Cast, web: Web) -> None:
    client = web.as_("auditor")
    sent = await client.post("/desk/filter", data={"list": "/receipts", "who": "王小明", "status": "issued"})
    place = urlsplit(sent.headers["location"])
    assert "王" not in sent.headers["location"]
    assert "%E7%8E%8B" not in sent.headers["location"]
    assert parse_qs(place.query)["status"] == ["issued"]
    assert sealed_words.opened(parse_qs(place.query)["who"][0]) == "王小明"
    assert 'value="王小明"' in (await client.get(sent.headers["location"])).text
    for path in ("https://example.org", "//example.org", "/accounts", ""):
        assert (await client.post("/desk/filter", data={"list": path})).status_code == 404, path
    assert (await client.get("/receipts?who=王小明")).status_code == 422


async def test_a_name_that_is_too_long_is_refused_and_a_rare_one_comes_back_whole(house: Cast, web: Web) -> None:
    client = web.as_("auditor")
    rare = "\U00020bb7" * sealed_words.TEXT_MAX
    page = await filtered(client, "/receipts", who=rare)
    assert page.status_code == 200, page.text
    assert f'value="{rare}"' in page.text
    answer = await client.post("/desk/filter", data={"list": "/receipts", "who": "王" * 65})
    assert answer.status_code == 422
    assert "最多 64 个字符" in answer.text


async def test_a_code_that_does_not_exist_is_refused_at_every_door(house: Cast, web: Web) -> None:
    client = web.as_("accountant")
    for address in (
        "/receipts?status=nope",
        "/receipts?delivery=nope",
        "/pledges?status=nope",
        "/pledges?campaign=nope",
        "/refunds?status=nope",
        "/vouchers?status=nope",
        "/vouchers?purpose=nope",
        "/vouchers?fund=F-NOPE",
        "/vouchers?programme=P00",
        "/receipts?least=abc",
        "/receipts?least=2&most=1",
        "/receipts?from_on=2026-13-01",
        f"{API}/aid/vouchers?fund=F-NOPE",
        f"{API}/aid/vouchers?programme=P00",
        f"{API}/aid/vouchers?status=nope",
    ):
        assert (await client.get(address)).status_code == 422, address
    assert (await client.get("/vouchers?fund=F-GEN&status=open&programme=P03")).status_code == 200
    assert (await client.get(f"{API}/aid/vouchers?fund=F-GEN")).status_code == 200


async def test_a_list_has_a_hundred_rows_a_page_and_goes_on_behind_them(house: Cast, web: Web) -> None:
    for n in range(101):
        await give(house, 1_000 + n)
    client = web.as_("auditor")
    page = await client.get("/receipts")
    assert page.text.count('class="row-link"') == 100
    following = re.search(r'href="([^"]+)"[^>]*rel="next"', page.text)
    assert following is not None
    rest = await client.get(following[1].replace("&amp;", "&"))
    assert rest.text.count('class="row-link"') == 1
    assert "-000001<" in rest.text
