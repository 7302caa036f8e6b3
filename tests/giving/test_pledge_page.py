"""The page of a pledge says what to do now and how far it is; a way to pay is offered where it can be paid."""

import re
import uuid
from datetime import timedelta
from typing import Any

import as_shown
import pytest
from cast import Cast
from giving.given import account_registered, code_registered, promised, today
from page_forms import form_of

from charity import clock
from charity.db import reading, transactions
from charity.giving import pledges
from charity.office import organisation
from charity.printing import qr_pictures
from charity.roles import SYSTEM
from charity.web import pages

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
    await as_shown.receive(code, amount_fen=fen, received_on=today(), channel="cash", by=house.cashier)


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
    for words in ("收到 ¥60.00，还差 ¥140.00", f'<time class="when" datetime="{today()}">', NUMBER, "看收据"):
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


async def test_what_is_done_stands_before_what_is_still_to_come(house: Cast, web: Any) -> None:
    await account_registered()
    await address_registered()
    code = await promised()

    async def steps() -> list[tuple[bool, str]]:
        steps = (await shown(web, code)).partition('<ol class="next">')[2].partition("</ol>")[0]
        return [(bool(done), words[:2]) for done, words in re.findall(r"<li( class=\"is-done\")?>\s*(.*?)</li>", steps)]

    paying, rest, uses = (False, "您在"), (False, "余款"), (False, "善款")
    assert await steps() == [(True, "认捐"), paying, (False, "到账"), uses]
    await paid(house, code, 6_000)
    assert await steps() == [(True, "认捐"), (True, "收到"), (True, "收据"), paying, rest, uses]
    later = (clock.today() + timedelta(days=2)).isoformat()
    with clock.fixed(clock.now() + timedelta(days=2)):
        await as_shown.receive(code, amount_fen=14_000, received_on=later, channel="cash", by=house.cashier)
        assert await steps() == [(True, "认捐"), (True, "收到"), (True, "收据"), (True, "收到"), (True, "收据"), uses]


async def test_the_pages_own_code_never_stands_beside_the_payment_code(house: Cast, web: Any) -> None:
    await account_registered()
    await code_registered()
    by_bank, by_code = [await shown(web, await promised(channel=way)) for way in ("bank", "wechat")]
    assert ("<aside>" in by_code, "<aside>" in by_bank, "不是收款码" in by_bank) == (False, True, True)
    await code_registered(text="")
    plain = await shown(web, await promised())
    assert ("这一页的二维码，请截图保存" in plain, "不是收款码" in plain) == (True, False)


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
    ("way", "counter", "code"),
    [
        ("bank", False, ""),
        ("cash", False, ""),
        ("cash", True, ""),
        ("wechat", True, ""),
        ("wechat", True, "alipay"),
        ("wechat", False, "wechat"),
        ("alipay", True, "wechat"),
        ("alipay", False, "alipay"),
    ],
)
async def test_a_way_is_offered_where_it_can_be_paid_at_every_door(
    house: Cast,
    web: Any,
    way: str,
    counter: bool,  # noqa: FBT001 - a parameter of the test
    code: str,
) -> None:
    """A transfer by the account, cash by the counter, WeChat and Alipay each by the payment code of its own."""
    if counter:
        await address_registered()
    if code:
        await code_registered(code)
    taken = way in {"bank", code} or (way == "cash" and counter)
    client = web.as_()
    page = (await client.get(GIVE)).text
    assert (f'name="channel" value="{way}"' in page) == taken
    fields = {"amount": "10000", "seen_fen": "10000", "kind": "anonymous", "channel": way}
    sent = await client.post(GIVE, data={**await form_of(client, GIVE), **fields})
    body = {"campaign": "one-day-2026", "amount_fen": 10_000, "channel": way, "donor": {"kind": "anonymous"}}
    body |= {"public_name": False, "public_amount": False}
    answer = await client.post("/api/v1/pledges", json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
    assert (sent.status_code, answer.status_code) == ((303, 201) if taken else (422, 422))
    assert await reading.value("SELECT COUNT(*) FROM pledge") == (2 if taken else 0)
    if taken and way == "cash":
        assert "善行路 1 号" in await shown(web, answer.json()["code"])


async def test_a_payment_code_is_scanned_kept_and_read_with_sum_and_reference(house: Cast, web: Any) -> None:
    await account_registered()
    await code_registered()
    code = await promised(channel="wechat")
    page, reference = await shown(web, code), (await pledges.get(code)).reference
    src = f"/p/{code}/codes/wechat.png"
    assert f'<img src="{src}" alt="微信收款码" width="288" height="288">' in page
    assert f'<a class="button is-plain" href="{src}" download="wechat-{reference}.png">' in page
    assert re.findall(r'data-copy="([^"]*)"', page)[:3] == [reference, "200.00", reference]
    for words in ("请填进付款备注", "金额填 ¥200.00", "添加备注", "出纳按备注里的参考号核对", "改用银行转账"):
        assert words in page, words
    assert "现金当场到账" not in page, "there is no counter"
    kept = await web.as_().get(src)
    assert (kept.status_code, kept.headers["content-type"]) == (200, "image/png")
    assert "noindex" in kept.headers["x-robots-tag"]
    assert await qr_pictures.read(kept.content) == "wxp://f2f1ours"
    english = (await web.as_().get(f"/p/{code}", headers={"cookie": "lang=en"})).text
    assert ("Pay by WeChat" in english, "临溪市慈善总会" in english) == (True, True)


async def test_no_code_stands_there_where_it_cannot_be_paid_by(house: Cast, web: Any) -> None:
    """No other channel's, none of a campaign that ended, of a pledge that is over, or once it was withdrawn."""
    await account_registered()
    await code_registered()
    code, client = await promised(channel="wechat"), web.as_()
    src = f"/p/{code}/codes/wechat.png"

    async def seen() -> tuple[int, bool]:
        return (await client.get(src)).status_code, src in await shown(web, code)

    assert await seen() == (200, True)
    for other in ("alipay", "bank", "cash", "sandbox", "odd"):
        assert (await client.get(f"/p/{code}/codes/{other}.png")).status_code == 404, other
    assert (await client.get(f"/p/{'X' * 26}/codes/wechat.png")).status_code == 404
    sql = "UPDATE campaign SET status = $1 WHERE slug = 'one-day-2026'"
    for status, there in (("closed", False), ("active", True)):
        await transactions.run(lambda tx, status=status: tx.many(sql, [(status,)]))
        assert await seen() == ((200, True) if there else (404, False)), status
    with clock.fixed(clock.now() + timedelta(days=31)):
        assert await seen() == (404, False)
    await code_registered(text="")
    assert await seen() == (404, False)
    await code_registered()
    await paid(house, code, 20_000)
    assert await seen() == (404, False)


@pytest.mark.parametrize("phone", ["0000-12340000", ""])
async def test_where_nothing_can_be_paid_the_form_says_whom_to_call_and_has_no_button(
    house: Cast, web: Any, phone: str
) -> None:
    await account_registered("")
    if phone:
        fact = organisation.Fact(organisation.FactKind.COMPLAINT_PHONE, phone, organisation.EVER, None)
        await transactions.run(lambda tx: organisation.add(tx, fact, by=SYSTEM))
        organisation.forget()
    pages.use(organisation.get)
    page = (await web.as_().get(GIVE)).text
    assert ("现在没有可以付款的方式" in page, 'name="channel"' in page, "去付款" in page) == (True, False, False)
    assert (f'<a class="nobr" href="tel:{phone}">' if phone else "我们还没有登记电话") in page


async def test_a_way_that_ended_while_the_form_was_filled_in_loses_nothing_typed(house: Cast, web: Any) -> None:
    await account_registered()
    client = web.as_()
    typed = {**await form_of(client, GIVE), "amount": "10000", "seen_fen": "10000", "channel": "bank"}
    await account_registered("")
    sent = await client.post(GIVE, data={**typed, "kind": "person", "name": "王小明", "message": "给孩子们"})
    assert (sent.status_code, "去付款" in sent.text, 'id="f-channel"' in sent.text) == (422, False, True)
    for kept in ('value="王小明"', "给孩子们</textarea>"):
        assert kept in sent.text
    assert await reading.value("SELECT COUNT(*) FROM pledge") == 0
