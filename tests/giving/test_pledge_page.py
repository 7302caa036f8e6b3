"""The page of a pledge says what to do now and how far it is; a way to pay is offered where it can be paid."""

import re
from datetime import timedelta
from typing import Any

import as_shown
import pytest
from cast import Cast
from giving.given import TODAY, account_registered, promised
from page_forms import form_of

from charity import clock
from charity.db import reading, transactions
from charity.giving import pledges
from charity.office import organisation
from charity.roles import SYSTEM

NUMBER = "8800000020260001"
GIVE = "/campaigns/one-day-2026/give"


async def shown(web: Any, code: str) -> str:
    answer = await web.as_().get(f"/p/{code}")
    assert answer.status_code == 200
    return str(answer.text)


async def address_registered() -> None:
    fact = organisation.Fact(organisation.FactKind.ADDRESS, "善行路 1 号", organisation.EVER, None)
    await transactions.run(lambda tx: organisation.add(tx, fact, by=SYSTEM))
    organisation.forget()


async def paid(house: Cast, code: str, fen: int) -> None:
    await as_shown.receive(code, amount_fen=fen, received_on=TODAY, channel="cash", by=house.cashier)


async def test_the_reference_comes_first_and_each_line_is_copied_by_itself(house: Cast, web: Any) -> None:
    await account_registered()
    code = await promised()
    page = await shown(web, code)
    copied = re.findall(r'data-copy="([^"]*)"', page)
    assert copied == [(await pledges.get(code)).reference, "临溪市慈善总会", NUMBER, "临溪农商银行", "200.00"]
    assert "8800 0000 2026 0001" in page
    # the buttons are there where the script runs
    assert page.count('type="button" hidden data-done=') == len(copied) + 1
    assert "还差一步：付 ¥200.00" in page


async def test_each_state_says_what_happened_when_and_what_comes_next(house: Cast, web: Any) -> None:
    await account_registered()
    code = await promised()
    await paid(house, code, 6_000)
    partial = await shown(web, code)
    for words in ("收到 ¥60.00，还差 ¥140.00", f'<time class="when" datetime="{TODAY}">', NUMBER, "看收据"):
        assert words in partial, words
    assert '"140.00"' in partial, "what is left is what is copied"
    await paid(house, code, 14_000)
    done = await shown(web, code)
    assert NUMBER not in done
    assert "已收到您的捐赠 ¥200.00，谢谢您" in done
    assert done.count("收据开好了") == 2
    assert re.search(r'<button class="button is-main[^>]*>看收据', done)
    late = await promised()
    with clock.fixed(clock.now() + timedelta(days=31)):
        over = await shown(web, late)
    assert "这笔认捐已经过期" in over
    assert NUMBER not in over
    assert f'href="{GIVE}">再捐一次</a>' in over


async def test_no_account_stands_there_once_the_campaign_has_ended(house: Cast, web: Any) -> None:
    await account_registered()
    code = await promised()
    assert NUMBER in await shown(web, code)
    await transactions.run(
        lambda tx: tx.many("UPDATE campaign SET status = 'closed' WHERE slug = 'one-day-2026'", [()])
    )
    page = await shown(web, code)
    assert (NUMBER in page, "活动已经结束，请不要再付款" in page) == (False, True)
    await transactions.run(
        lambda tx: tx.many("UPDATE campaign SET status = 'active' WHERE slug = 'one-day-2026'", [()])
    )
    await account_registered("")
    page = await shown(web, code)
    assert ("现在没有可以付款的方式，请先不要付款" in page, "data-copy" in page) == (True, False)


@pytest.mark.parametrize(
    ("way", "counter"), [("bank", False), ("cash", False), ("cash", True), ("wechat", True), ("alipay", True)]
)
async def test_a_way_is_offered_where_it_can_be_paid_at_every_door(
    house: Cast,
    web: Any,
    way: str,
    counter: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """A transfer by the account, cash by the counter; a payment code there is none of yet."""
    if counter:
        await address_registered()
    taken = way == "bank" or (way == "cash" and counter)
    client = web.as_()
    page = (await client.get(GIVE)).text
    assert (f'name="channel" value="{way}"' in page) == taken
    fields = {"amount": "10000", "seen_fen": "10000", "kind": "anonymous", "channel": way}
    sent = await client.post(GIVE, data={**await form_of(client, GIVE), **fields})
    body = {"campaign": "one-day-2026", "amount_fen": 10_000, "channel": way, "donor": {"kind": "anonymous"}}
    body |= {"public_name": False, "public_amount": False}
    answer = await client.post("/api/v1/pledges", json=body, headers={"Idempotency-Key": "k"})
    assert (sent.status_code, answer.status_code) == ((303, 201) if taken else (422, 422))
    assert await reading.value("SELECT COUNT(*) FROM pledge") == (2 if taken else 0)
    if taken and way == "cash":
        assert "善行路 1 号" in await shown(web, answer.json()["code"])
