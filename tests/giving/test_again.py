"""The form to give in the hands of people: sent twice, in another language half-way, without cookies."""

import html
import re
import uuid
from typing import Any

import pytest
from cast import Cast
from giving.test_invitations import invited, targeted
from page_forms import form_of, hidden_of

from charity.db import reading
from charity.giving import campaigns, pledges
from charity.web import csrf, limits

GIVE = "/campaigns/one-day-2026/give"
SENT = {
    "kind": "person",
    "name": "林小溪",
    "phone": "13900000000",
    "channel": "bank",
    "amount": "10000",
    "message": "早日康复",
}
PLEDGE = {
    "campaign": "everyday", "amount_fen": 100, "channel": "bank", "public_name": True, "public_amount": False,
    "donor": {"kind": "person", "name": "林", "phone": "13900000000", "notice": 1},
}  # fmt: skip
HERE = {"Sec-Fetch-Site": "same-origin"}
KEY_REUSED = "同一个 Idempotency-Key"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    limits.reset()


async def pledged() -> list[int]:
    return [int(row["amount_fen"]) for row in await reading.rows("SELECT amount_fen FROM pledge ORDER BY created_at")]


# -- sent twice -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("scripts", [True, False])
async def test_back_another_sum_and_send_leads_to_the_first_pledge_and_offers_a_second(
    web: Any,
    house: Cast,
    scripts: bool,  # noqa: FBT001 - a table
) -> None:
    client = web.as_()
    form = {**await form_of(client, GIVE), **SENT}

    async def send(**fields: str) -> Any:
        answer = await client.post(GIVE, data=form | fields)
        if scripts:
            return answer
        assert "现在还没有登记" in answer.text
        return await client.post(GIVE, data=hidden_of(answer.text))

    first = await send(seen_fen="10000" if scripts else "")
    same = await send(seen_fen="10000" if scripts else "")
    assert (first.status_code, same.headers["location"]) == (303, first.headers["location"])
    row = await pledges.get(first.headers["location"].removeprefix("/p/"))
    other = await send(amount="20000", seen_fen="20000" if scripts else "")
    assert other.status_code == 409
    campaign = (await campaigns.names([row.campaign_id]))[row.campaign_id or ""]
    for words in (
        f"您刚才已给“{campaign}”提交过一笔（¥100.00，参考号 {row.reference}）",
        f'href="/p/{row.code}"',
        "再捐一笔 ¥200.00",
        "返回",
    ):
        assert words in other.text, words
    assert KEY_REUSED not in other.text
    assert await pledged() == [10_000]
    again = fields_of(other.text, "ask")
    assert again["idem"] != form["idem"]
    assert {name: again[name] for name in SENT} == SENT | {"amount": "20000"}
    made = [await client.post(GIVE, data=again) for _ in range(2)]
    assert [answer.status_code for answer in made] == [303, 303]
    assert await pledged() == [10_000, 20_000]


async def test_a_sum_seen_or_not_is_one_pledge(web: Any, house: Cast) -> None:
    """What differs is only how the page was shown."""
    client = web.as_()
    form = {**await form_of(client, GIVE), **SENT}
    first = await client.post(GIVE, data=form | {"seen_fen": "10000"})
    review = hidden_of((await client.post(GIVE, data=form | {"seen_fen": ""})).text)
    assert (await client.post(GIVE, data=review)).headers["location"] == first.headers["location"]


@pytest.mark.parametrize("key", ["1", "k" * 32, "0" * 31, "F" * 32, "0" * 32, f"{uuid.UUID(int=0)}", "1" * 33])
async def test_a_key_that_somebody_could_guess_is_refused_with_words_at_page_and_call(
    web: Any, house: Cast, key: str
) -> None:
    client, words = web.as_(), "别人猜得到，什么都没有登记"
    form = {**await form_of(client, GIVE), **SENT, "idem": key, "seen_fen": "10000"}
    page = await client.post(GIVE, data=form)
    assert (page.status_code, words in page.text) == (400, True)
    assert fields_of(page.text, "ask")["name"] == "林小溪"
    call = await client.post("/api/v1/pledges", json=PLEDGE, headers={"Idempotency-Key": key})
    assert (call.status_code, call.json()["type"]) == (400, "urn:charity:problem:idempotency.guessable")
    assert words in call.json()["detail"]
    assert await pledged() == []
    again = fields_of(page.text, "ask") | {"seen_fen": "10000"}
    assert again["idem"] != key  # it can be sent once more
    assert (await client.post(GIVE, data=again)).status_code == 303
    with_token = [
        await web.as_("cashier").post("/api/v1/pledges", json=PLEDGE, headers={"Idempotency-Key": key})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in with_token] == [201, 201]
    assert await pledged() == [10_000, 100]


@pytest.mark.parametrize(
    "key",
    ["daeaae0dfe1dee3f5476f7f1d610cc13", "D6A46D231A2657EDD83B0972AAB40713", "2be0353d-cbf5-4667-9039-ed9eb9fe02ad"],
)
async def test_a_key_nobody_guesses_gives_its_sender_one_pledge(web: Any, house: Cast, key: str) -> None:
    sent = [await web.as_().post("/api/v1/pledges", json=PLEDGE, headers={"Idempotency-Key": key}) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [201, 201]
    assert await pledged() == [100]


async def test_a_key_of_another_verb_or_account_reveals_nothing(web: Any, house: Cast) -> None:
    form = {**await form_of(client := web.as_(), GIVE), **SENT, "seen_fen": "10000"}
    await client.post(GIVE, data=form)
    cashier = await web.as_("cashier").post(GIVE, data=form | {"amount": "20000", "seen_fen": "20000"})
    assert cashier.status_code == 303  # the key of somebody else is another key
    assert await pledged() == [10_000, 20_000]


# -- the switches ---------------------------------------------------------------------------------------


def fields_of(text: str, form: str) -> dict[str, str]:
    """What a form of this id would send as it stands: texts, areas, ticks and choices."""
    body = re.search(rf'<form[^>]* id="{form}".*?</form>', text, re.DOTALL)
    assert body is not None
    sent = {}
    for tag in re.findall(r"<input[^>]*>", body[0]):
        at = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        if "name" in at and (at.get("type") not in {"radio", "checkbox"} or " checked" in tag):  # without one, none
            assert at["name"] not in sent, "no field is sent twice"
            sent[at["name"]] = html.unescape(at.get("value", ""))
    for name, inner in re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>(.*?)</textarea>', body[0], re.DOTALL):
        sent[name] = html.unescape(inner)
    for name, inner in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', body[0], re.DOTALL):
        sent[name] = next(iter(re.findall(r'value="([^"]*)" selected', inner)), "")
    return sent


def switches_of(text: str) -> list[str]:
    """What the switches of the head send with the form `ask`."""
    return re.findall(
        r'<button class="tool" type="submit" form="ask" formmethod="post" name="again" value="([\w.]+)"', text
    )


FILLED = SENT | {
    "amount": "", "amount_yuan": "6６.6", "fund": "", "public_name": "1", "fiscal_receipt": "1", "tax_id": "９１", "sensitive": "1",
}  # fmt: skip


@pytest.mark.parametrize("invitation", [False, True])
async def test_a_switch_in_the_middle_keeps_all_that_was_typed(
    web: Any,
    house: Cast,
    invitation: bool,  # noqa: FBT001 - a table
) -> None:
    """The switches are buttons of the form itself, so it is the same without a script."""
    address = GIVE
    if invitation:
        await targeted(house)
        address = f"/i/{(await invited(house)).code}/give"
    client = web.as_()
    page = await client.get(address)
    assert switches_of(page.text) == ["type.large", "lang.en"] * 2  # in the head and in its menu
    assert re.search(r'<button class="sr"[^>]*form="ask"', page.text).start() < page.text.index('class="tool"')  # type: ignore[union-attr]
    form = hidden_of(page.text) | FILLED
    english = await client.post(address, data=form | {"again": "lang.en"})
    assert (english.status_code, english.headers["content-language"]) == (200, "en")
    assert "How much" in english.text or "捐多少" not in english.text
    assert {name: fields_of(english.text, "ask").get(name, "") for name in FILLED} == FILLED
    assert fields_of(english.text, "ask")["idem"] == form["idem"]
    large = await client.post(address, data=fields_of(english.text, "ask") | {"again": "type.large"})
    assert 'lang="en" data-type="large"' in large.text
    assert {name: fields_of(large.text, "ask").get(name, "") for name in FILLED} == FILLED
    assert switches_of(large.text) == ["type.normal", "lang.zh"] * 2
    for answer in (english, large):
        cookies = " ".join(answer.headers.get_list("set-cookie"))
        assert not re.search(r"林|13900000000|6[6６]\.6", cookies + str(answer.url))
    assert 'lang="en" data-type="large"' in (await client.get("/")).text  # both are remembered
    assert await pledged() == []


async def test_a_switch_on_the_review_keeps_the_review(web: Any, house: Cast) -> None:
    client = web.as_()
    review = await client.post(GIVE, data={**await form_of(client, GIVE), **SENT, "seen_fen": "9000"})
    english = await client.post(GIVE, data=fields_of(review.text, "ask") | {"again": "lang.en"})
    assert (english.status_code, english.headers["content-language"]) == (200, "en")
    assert "¥100.00" in english.text
    assert hidden_of(english.text) == hidden_of(review.text)
    done = await client.post(GIVE, data=fields_of(english.text, "ask"))
    assert (done.status_code, await pledged()) == (303, [10_000])


@pytest.mark.parametrize("elsewhere", [False, True])
async def test_a_switch_on_the_page_of_a_form_sent_twice_keeps_its_warning(
    web: Any,
    house: Cast,
    elsewhere: bool,  # noqa: FBT001 - a table
) -> None:
    client, second = web.as_(), "/campaigns/everyday/give" if elsewhere else GIVE
    form = {**await form_of(client, GIVE), **SENT}
    first = (await client.post(GIVE, data=form | {"seen_fen": "10000"})).headers["location"]
    page = await client.post(second, data=form | {"amount": "20000", "seen_fen": "20000"})
    assert f"您刚才已给“{(await campaigns.names(['one-day-2026']))['one-day-2026']}”提交过一笔" in page.text
    for switch in ("lang.en", "type.large", "lang.zh"):
        sent = fields_of(page.text, "ask")
        page = await client.post(second, data=sent | {"again": switch})
        assert page.status_code == 200
        assert f'href="{first}"' in page.text
        assert ("You have just promised" in page.text) == (switch != "lang.zh")
        assert fields_of(page.text, "ask") == sent
    assert await pledged() == [10_000]
    made = [await client.post(second, data=fields_of(page.text, "ask")) for _ in range(2)]
    assert [answer.status_code for answer in made] == [303, 303]
    assert await pledged() == [10_000, 20_000]


@pytest.mark.parametrize("key", ["", "1", "0" * 32])
async def test_a_key_of_nothing_first_shows_the_review(web: Any, house: Cast, key: str) -> None:
    client = web.as_()
    form = {**await form_of(client, GIVE), **SENT, "at": "twice", "first": key, "again": "lang.en"}
    page = await client.post(GIVE, data=form)
    assert (page.status_code, "first" in fields_of(page.text, "ask")) == (200, False)
    assert fields_of(page.text, "ask")["at"] == "review"


@pytest.mark.parametrize("again", ["lang.fr", "type.huge", "lang", "lang.en.x", "csrf.1", "form"])
async def test_what_is_no_switch_changes_nothing_but_shows_the_form(web: Any, house: Cast, again: str) -> None:
    client = web.as_()
    page = await client.post(GIVE, data={**await form_of(client, GIVE), **FILLED, "again": again})
    assert (page.status_code, page.headers["content-language"]) == (200, "zh-CN")
    assert "set-cookie" not in page.headers
    assert fields_of(page.text, "ask")["name"] == "林小溪"


async def test_the_other_forms_of_the_public_keep_what_is_typed_too(web: Any, house: Cast) -> None:
    cashier, client = web.as_("cashier"), web.as_()
    body = {
        "campaign": "everyday", "amount_fen": 100, "channel": "cash", "received_on": "2026-10-08", "public_name": True,
        "donor": {"kind": "person", "name": "林", "phone": "13900000000", "notice": 1},
    }  # fmt: skip
    made = await cashier.post("/api/v1/donations", json=body, headers={"Idempotency-Key": "1"})
    code = made.json()["receipt"]["code"]
    number = made.json()["receipt"]["number"]
    proof = {"number": "CS-20", "secret": "00"}
    page = await client.get(f"/r/{code}/full")
    asked = await client.post(f"/r/{code}/full", data=hidden_of(page.text) | proof | {"again": "lang.en"})
    assert (asked.status_code, asked.headers["content-language"]) == (200, "en")
    assert {name: fields_of(asked.text, "ask")[name] for name in proof} == proof
    proof = {"number": number, "secret": "0000", "csrf": hidden_of(page.text)["csrf"]}
    ticks = (await client.post(f"/r/{code}/consents/withdraw", data=proof | {"name": "1", "again": "type.large"})).text
    assert 'data-type="large"' in ticks
    assert fields_of(ticks, "ask")["name"] == "1"
    assert await reading.value("SELECT COUNT(*) FROM consent_withdrawal") == 0
    code = (await client.post("/api/v1/pledges", json=PLEDGE)).json()["code"]
    page = await client.get(f"/p/{code}/consents")
    asked = await client.post(f"/p/{code}/consents", data=hidden_of(page.text) | {"name": "1", "again": "lang.en"})
    assert (asked.status_code, asked.headers["content-language"]) == (200, "en")
    assert fields_of(asked.text, "ask")["name"] == "1"
    assert await reading.value("SELECT COUNT(*) FROM consent_withdrawal") == 0
    taken = await client.post(f"/p/{code}/consents", data=fields_of(asked.text, "ask"))
    assert (taken.status_code, await reading.value("SELECT COUNT(*) FROM consent_withdrawal")) == (303, 1)
    page = await client.post("/check", data={"code": "ＡＢ 12", "again": "lang.zh"})
    assert (page.status_code, fields_of(page.text, "ask")["code"]) == (200, "ＡＢ 12")
    assert switches_of(page.text) == ["type.normal", "lang.en"] * 2
    assert (
        await client.post("/check", data={"code": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    ).status_code == 403


# -- without cookies ------------------------------------------------------------------------------------


async def test_a_browser_that_keeps_no_cookies_is_told_so_and_loses_nothing(web: Any, house: Cast) -> None:
    client = web.as_()
    form = {**await form_of(client, GIVE), **SENT, "seen_fen": "10000"}
    client.cookies.clear()
    page = await client.post(GIVE, data=form, headers=HERE)
    assert page.status_code == 403
    for words in ("浏览器没有送回 cookie", "什么都没有保存", "允许本站使用 cookie", "原样再提交一次"):
        assert words in page.text, words
    assert "页面已过期" not in page.text
    assert await pledged() == []
    sent = hidden_of(page.text)
    assert {name: sent[name] for name in SENT} == SENT
    done = await client.post(GIVE, data=sent, headers=HERE)  # cookies are allowed now: this page set one
    assert (done.status_code, await pledged()) == (303, [10_000])


async def test_a_page_that_is_too_old_is_another_thing_and_is_sent_once_more_too(web: Any, house: Cast) -> None:
    client = web.as_()
    form = {**await form_of(client, GIVE), **SENT, "seen_fen": "10000"}
    page = await client.post(GIVE, data=form | {"csrf": csrf.token("1" * 32)}, headers=HERE)
    assert page.status_code == 403
    assert "页面已过期" in page.text
    assert "cookie" not in page.text
    done = await client.post(GIVE, data=hidden_of(page.text), headers=HERE)
    assert (done.status_code, await pledged()) == (303, [10_000])


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "none"}, {"Origin": "https://evil.example"}])
async def test_what_no_page_of_ours_is_known_to_have_sent_is_not_offered_again(
    web: Any, house: Cast, headers: dict[str, str]
) -> None:
    client = web.as_()
    form = {**await form_of(client, GIVE), **SENT, "seen_fen": "10000"}
    client.cookies.clear()
    page = await client.post(GIVE, data=form, headers=headers)
    assert page.status_code == 403
    assert "林小溪" not in page.text
    assert "原样再提交一次" not in page.text


async def test_a_password_is_never_offered_again(web: Any, house: Cast) -> None:
    client = web.as_()
    form = await form_of(client, "/sign-in")
    client.cookies.clear()
    page = await client.post("/sign-in", data={**form, "login": "x", "password": "geheim-123"}, headers=HERE)
    assert (page.status_code, "geheim-123" in page.text, "cookie" in page.text) == (403, False, True)
