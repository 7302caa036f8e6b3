"""What every page has in common: who may see it, how forms are guarded, headers, language, limits."""

import itertools
import re
from contextlib import ExitStack, nullcontext
from typing import Any

import httpx2
import pytest
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from web.given import PASSWORD, token_of

from charity import settings, words
from charity.aid.drafts import forms as draft_forms
from charity.aid.payments import forms as payment_forms
from charity.aid.vouchers import forms as voucher_forms
from charity.errors import Refusal
from charity.giving.campaigns.forms import CampaignForm, FilingForm
from charity.giving.receipts.forms import ReasonForm, ReplaceForm
from charity.giving.refunds.forms import RefundForm
from charity.goods.intake.forms import ItemForm
from charity.goods.till.forms import IssueBody
from charity.office import staff
from charity.office.sign_in import forms as sign_in_forms
from charity.office.staff import forms as staff_forms
from charity.office.staff import passwords
from charity.roles import PERMISSIONS, Actor, Role, conflicts
from charity.web import contexts, devices, forms, limits, nav, pages
from charity.web.contexts import preferred_language
from charity.web.system import local


@pytest.fixture(autouse=True)
def fresh_limits(one_step: None) -> None:
    limits.reset()


async def _sign_in(web: Any, login: str = "boss", **headers: str) -> httpx2.AsyncClient:
    client: httpx2.AsyncClient = web.as_()
    token = token_of(await client.get("/sign-in"))
    answer = await client.post("/sign-in", data={"csrf": token, "login": login, "password": PASSWORD}, headers=headers)
    assert answer.status_code == 303, answer.text
    return client


@pytest.fixture
async def boss(house: Any) -> Actor:
    made = await staff.create(
        login="boss", name="管理员甲", roles=[Role.ADMIN], password=PASSWORD, initial=False, by=house.admin
    )
    return made.actor


async def test_a_stranger_is_sent_to_sign_in_and_back(web: Any) -> None:
    answer = await web.as_().get("/accounts?x=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/accounts%3Fx%3D1"


async def test_another_role_sees_a_403_page_with_words(web: Any) -> None:
    answer = await web.as_("clerk").get("/accounts")
    assert answer.status_code == 403
    assert "您的岗位不能办理此事：管理账号" in answer.text


async def test_a_store_is_named_and_not_its_code_in_the_head_and_among_accounts(web: Any) -> None:
    head = (await web.as_("clerk").get("/desk")).text.partition("<main")[0]
    assert '<span class="sub">溪东街道爱心超市</span>' in head
    assert "溪东街道爱心超市" in (await web.as_("admin").get("/accounts")).text
    assert '<span class="sub">会计</span>' in (await web.as_("accountant").get("/desk")).text


async def test_a_missing_page_and_a_wrong_method_have_pages_of_ours(web: Any) -> None:
    missing = await web.as_().get("/no/such/page")
    assert missing.status_code == 404
    assert "回到首页" in missing.text
    assert (await web.as_().get("/language")).status_code == 405
    for method, path, back in (("POST", "/books", "/books"), ("DELETE", "/", "/")):
        wrong = await web.as_().request(method, path)
        assert wrong.status_code == 405
        assert f"这个地址不支持 {method}<" in wrong.text
        assert wrong.text.count(f'class="button is-plain" href="{back}"') == 1


async def test_a_period_that_cannot_be_read_is_named_in_the_words_of_the_page(web: Any) -> None:
    answer = await web.as_().get("/books?month=10")
    assert answer.status_code == 422
    assert "<li>月份（如 2026-10）：格式不对</li>" in answer.text
    assert ">有一处要更正</h1>" in answer.text
    assert 'class="button is-plain" href="/books"' in answer.text
    both = await web.as_().get("/books?month=10&year=1")
    assert "有几处要更正" in both.text


async def test_a_code_that_can_be_none_is_not_looked_up(web: Any) -> None:
    for path in ("/p/" + "A" * 65, "/r/%00", "/p/a%0Ab"):
        assert (await web.as_().get(path)).status_code == 404, path
    assert (await web.as_().get("/sign-in?next=%00")).status_code == 422


async def test_a_form_from_another_site_is_refused(web: Any, boss: Actor) -> None:
    client = await _sign_in(web)
    token = token_of(await client.get("/accounts"))
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://["},  # no address: it was a 500
    ):
        answer = await client.post("/sign-out", data={"csrf": token}, headers=headers)
        assert answer.status_code == 403, headers
        assert "不是从本站页面发出的" in answer.text
    assert (await client.get("/accounts")).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://127.0.0.1:8000"}, {"Origin": "", "Host": "127.0.0.1"}],
)
async def test_our_own_form_passes(web: Any, boss: Actor, headers: dict[str, str]) -> None:
    client = await _sign_in(web)
    token = token_of(await client.get("/accounts"))
    sent = {name: value for name, value in headers.items() if value}
    answer = await client.post("/sign-out", data={"csrf": token}, headers=sent)
    assert answer.status_code == 303
    assert (await client.get("/accounts")).status_code == 303


async def test_a_form_without_the_token_of_its_own_session_is_refused(web: Any, boss: Actor) -> None:
    client = await _sign_in(web)
    strangers = token_of(await web.as_().get("/sign-in"))
    for token in ("", "0" * 40, strangers):
        answer = await client.post("/sign-out", data={"csrf": token}, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 403
        assert "页面已过期" in answer.text


async def test_an_anonymous_form_is_bound_to_the_visitors_cookie(web: Any) -> None:
    visitor, other = web.as_(), web.as_()
    token = token_of(await visitor.get("/sign-in"))
    await other.get("/sign-in")
    guess = {"csrf": token, "login": "nobody", "password": "wrong wrong"}
    assert (await other.post("/sign-in", data=guess)).status_code == 403
    assert (await visitor.post("/sign-in", data=guess)).status_code == 422, "read, and refused as a wrong password"


async def test_pages_carry_a_strict_policy_and_no_inline_script_or_style(web: Any) -> None:
    answer = await web.as_().get("/sign-in")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "strict-transport-security" not in answer.headers
    assert not re.search(r"<script(?![^>]*\ssrc=)|\sstyle=|<style|\son\w+=|javascript:", answer.text)
    assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", answer.text)


async def test_https_brings_hsts_and_host_bound_cookies(web: Any, boss: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings.settings(), "public_url", "https://cs.example")
    client = web.as_()
    first = await client.get("/sign-in")
    assert first.headers["strict-transport-security"] == "max-age=31536000"
    set_cookie = first.headers["set-cookie"]
    assert set_cookie.startswith("__Host-visit=")
    assert "Secure" in set_cookie
    # The client of this test speaks http, so it hands its cookies over by hand.
    cookie = {"Cookie": set_cookie.split(";")[0]}
    form = {"csrf": token_of(first), "login": "boss", "password": PASSWORD}
    answer = await client.post("/sign-in", data=form, headers=cookie)
    session = answer.headers["set-cookie"]
    assert session.startswith("__Host-session=")
    assert all(word in session for word in ("Secure", "HttpOnly", "Path=/", "SameSite=lax"))
    plain = session.split(";")[0].replace("__Host-", "")
    assert (await web.as_().get("/accounts", headers={"Cookie": plain})).status_code == 303


async def test_without_https_nobody_signs_in_from_another_machine(web: Any, boss: Actor) -> None:
    transport = httpx2.ASGITransport(app=web.app, client=("192.0.2.9", 5))
    async with httpx2.AsyncClient(transport=transport, base_url="http://10.0.0.1:8000") as far:
        token = token_of(await far.get("/sign-in"))
        answer = await far.post("/sign-in", data={"csrf": token, "login": "boss", "password": PASSWORD})
        assert answer.status_code == 403
        assert "https" in answer.text
        near = await _sign_in(web)
        stolen = {"Cookie": f"session={near.cookies['session']}"}
        assert (await far.get("/accounts", headers=stolen)).status_code == 303


async def test_the_language_is_chinese_unless_english_is_wanted(web: Any) -> None:
    client = web.as_()
    page = await client.get("/sign-in")
    assert page.headers["content-language"] == "zh-CN"
    assert "工作人员登录" in page.text
    english = await client.get("/sign-in", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert english.headers["content-language"] == "en"
    assert "Staff sign-in" in english.text
    answer = await client.post("/language", data={"csrf": token_of(page), "lang": "en", "next": "/sign-in?next=/desk"})
    assert answer.headers["location"] == "/sign-in?next=/desk"
    assert "Staff sign-in" in (await client.get("/sign-in")).text


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh"),
        ("en", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-US,en;q=0.9,zh-CN;q=0.8", "en"),
        ("en;q=0.5,zh;q=0.7", "zh"),
        ("fr,de", "zh"),
        ("en;q=x", "zh"),
        ("zh,en", "zh"),
        ("en,zh", "en"),
    ],
)
def test_the_browsers_languages_are_weighed(header: str, language: str) -> None:
    scope = {"headers": [(b"accept-language", header.encode())]}
    assert preferred_language(scope, "") == language
    assert preferred_language(scope, "en") == "en"


async def test_large_type_is_remembered(web: Any) -> None:
    client = web.as_()
    token = token_of(await client.get("/sign-in"))
    await client.post("/type", data={"csrf": token, "size": "large", "next": "/sign-in"})
    assert 'data-type="large"' in (await client.get("/sign-in")).text


@pytest.mark.parametrize("url", ["//evil.example", "https://evil.example", "/\\evil.example", "", "x", "/a\nb"])
def test_a_foreign_way_back_leads_home(url: str) -> None:
    assert local(url) == "/"


def test_an_own_way_back_is_kept() -> None:
    assert local("/p/ABC?x=1") == "/p/ABC?x=1"


async def test_a_form_over_its_routes_limit_is_413_and_says_the_limit(web: Any) -> None:
    client = web.as_()
    token = token_of(await client.get("/sign-in"))
    answer = await client.post("/sign-in", data={"csrf": token, "login": "x" * 20_000})
    assert answer.status_code == 413
    assert "16 KB" in answer.text
    answer = await client.post("/language", data={"csrf": token, "lang": "x" * 300_000})
    assert answer.status_code == 413
    assert "256 KB" in answer.text


async def test_800_pledges_worth_of_posts_from_one_address_pass_in_ten_minutes(web: Any) -> None:
    client = web.as_()
    token = token_of(await client.get("/sign-in"))
    statuses = {(await client.post("/language", data={"csrf": token, "lang": "zh"})).status_code for _ in range(800)}
    assert statuses == {303}


def test_a_flood_from_one_address_does_not_pass() -> None:
    for _ in range(limits.WRITE.amount):
        limits.hit(limits.WRITE, "198.51.100.1")
    with pytest.raises(Refusal) as refused:
        limits.hit(limits.WRITE, "198.51.100.1")
    assert refused.value.status == 429
    assert refused.value.retry_after_s
    limits.hit(limits.WRITE, "198.51.100.2")


def test_others_who_come_push_out_who_has_been_away_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CALLERS_MAX", 2)
    pace = limits.Pace("few", 2, 600)
    for caller in ("busy", "quiet", "busy", "new"):
        limits.hit(pace, caller)
    with pytest.raises(Refusal):
        limits.hit(pace, "busy")  # whom a crowd does not make forgotten
    limits.hit(pace, "quiet")


def _guess(*circles: limits.Circle, code: str = "wrong") -> None:
    """One guess that ends in a refusal with this code, or in a right answer without one."""
    with pytest.raises(Refusal) if code else nullcontext(), limits.guessing(*circles, wrong={"wrong"}):
        if code:
            raise Refusal(code, "")


def _stranger(login: str, address: str, code: str = "wrong") -> None:
    _guess(*limits.strangers(login, address), code=code)


def _waits(*circles: limits.Circle) -> int:
    """How long the next guess has to wait, in seconds; 0 for not at all."""
    try:
        with limits.guessing(*circles, wrong=()):
            raise Refusal("asked", "")  # noqa: TRY301 - so that asking is no guess
    except Refusal as refusal:
        return refusal.retry_after_s or 0


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The limits' clock."""
    seconds = [1000.0]
    monkeypatch.setattr(limits.time, "monotonic", lambda: seconds[0])
    return seconds


def test_wrong_passwords_wait_longer_and_longer(now: list[float]) -> None:
    waits: list[int] = []
    for _ in range(5):
        _stranger("boss", "198.51.100.1")
    for _ in range(4):
        waits.append(_waits(*limits.strangers("boss", "198.51.100.1")))
        now[0] += waits[-1]
        _stranger("boss", "198.51.100.1")
    assert waits == [15, 30, 60, 120]
    assert _waits(*limits.strangers("other", "198.51.100.1")) == 0
    assert _waits(*limits.strangers("boss", "198.51.100.2")) == 0


def test_one_account_guessed_from_many_addresses_waits_too() -> None:
    for n in range(limits.ACCOUNT.free):
        _stranger("boss", f"198.51.100.{n}")
    assert _waits(*limits.strangers("boss", "198.51.100.200")) > 0
    assert _waits(*limits.strangers("other", "198.51.100.200")) == 0


def test_many_accounts_guessed_from_one_address_wait_too() -> None:
    for n in range(limits.ADDRESS.free):
        _stranger(f"account{n}", "198.51.100.1")
    assert _waits(*limits.strangers("other", "198.51.100.1")) > 0
    assert _waits(*limits.strangers("other", "198.51.100.2")) == 0


def test_a_right_password_forgets_the_wrong_ones(now: list[float]) -> None:
    for _ in range(50):
        for _ in range(limits.HERE.free - 1):
            _stranger("boss", "198.51.100.1")
        _stranger("boss", "198.51.100.1", code="")
    # A house of people who mistype every fifth password never keeps itself out.
    for n in range(5 * limits.ADDRESS.free):
        _stranger(f"account{n}", "198.51.100.1", code="wrong" if n % 5 == 0 else "")
        assert _waits(*limits.strangers("boss", "198.51.100.1")) == 0


def test_wrong_guesses_of_months_do_not_add_up(now: list[float]) -> None:
    for n in range(90 * 20):  # twenty a day from one town hall, for three months, and never a right one after them
        _stranger(f"account{n % 40}", "198.51.100.1")
        now[0] += 24 * 3600 / 20
        assert _waits(*limits.strangers("boss", "198.51.100.1")) == 0


@pytest.mark.parametrize("code", ["sign_in.busy", "password.weak"])
def test_what_is_no_wrong_guess_is_not_counted(code: str) -> None:
    for _ in range(100):
        _stranger("boss", "198.51.100.1", code=code)
    with pytest.raises(ZeroDivisionError), limits.guessing(*limits.strangers("boss", "198.51.100.1"), wrong={"wrong"}):
        raise ZeroDivisionError
    assert limits._wrong == {}


def test_guesses_under_way_count_so_that_many_at_once_do_not_slip_through() -> None:
    circles = limits.strangers("boss", "198.51.100.1")
    with ExitStack() as stack:
        for _ in range(limits.HERE.free):
            stack.enter_context(limits.guessing(*circles, wrong=()))
        assert _waits(*circles) > 0
    assert _waits(*circles) == 0


async def test_a_busy_address_still_signs_in(web: Any, boss: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    client = web.as_()
    token = token_of(await client.get("/sign-in"))
    monkeypatch.setattr(limits, "WRITE", limits.Pace("write", 0, 600))
    monkeypatch.setattr(limits, "READ", limits.Pace("read", 0, 600))
    assert (await client.post("/language", data={"csrf": token, "lang": "zh"})).status_code == 429
    assert (await client.get("/")).status_code == 429
    await _sign_in(web)
    monkeypatch.setattr(limits, "SIGN_IN", limits.Pace("sign_in", 0, 600))
    answer = await client.post("/sign-in", data={"csrf": token, "login": "boss", "password": PASSWORD})
    assert answer.status_code == 429


async def test_a_busy_sign_in_is_no_wrong_password(web: Any, boss: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    client = web.as_()
    form = {"csrf": token_of(await client.get("/sign-in")), "login": "boss", "password": PASSWORD}
    with monkeypatch.context() as patch:
        patch.setattr(passwords, "_waiting", passwords.WAITING_MAX)
        for _ in range(3 * limits.HERE.free):
            answer = await client.post("/sign-in", data=form)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, str(passwords.RETRY_AFTER_S))
    assert (await client.post("/sign-in", data=form)).status_code == 303


async def _guessed_elsewhere(web: Any) -> None:
    """Twenty wrong passwords for boss, four from each of five addresses."""
    for n in range(5):
        transport = httpx2.ASGITransport(app=web.app, client=(f"192.0.2.{n}", 5))
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as far:
            token = token_of(await far.get("/sign-in"))
            for _ in range(4):
                answer = await far.post("/sign-in", data={"csrf": token, "login": "boss", "password": "wrong"})
                assert answer.status_code == 422


async def test_guesses_from_elsewhere_do_not_keep_the_owner_out_of_the_own_browser(
    web: Any, boss: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wrong(stored: str | None, password: str) -> bool:
        return password == PASSWORD

    monkeypatch.setattr(passwords, "matches", wrong)
    known = await _sign_in(web)
    await known.post("/sign-out", data={"csrf": token_of(await known.get("/accounts"))})
    await _guessed_elsewhere(web)
    stranger = web.as_()
    form = {"login": "boss", "password": PASSWORD}
    assert (
        await stranger.post("/sign-in", data=form | {"csrf": token_of(await stranger.get("/sign-in"))})
    ).status_code == 429
    page = await known.get("/sign-in")
    assert (await known.post("/sign-in", data=form | {"csrf": token_of(page)})).status_code == 303


async def test_a_browser_that_is_known_guesses_no_faster(web: Any, boss: Actor, house: Any) -> None:
    known = await _sign_in(web)
    await known.post("/sign-out", data={"csrf": token_of(await known.get("/accounts"))})
    token = token_of(await known.get("/sign-in"))
    codes = [
        (await known.post("/sign-in", data={"csrf": token, "login": "boss", "password": "wrong"})).status_code
        for _ in range(limits.DEVICE.free + 1)
    ]
    assert codes == [422] * limits.DEVICE.free + [429]


async def test_the_cookie_of_a_known_browser_is_signed_and_says_nothing(web: Any, boss: Actor) -> None:
    client = await _sign_in(web)
    cookie = client.cookies["device"]
    assert "boss" not in cookie
    assert boss.key not in cookie
    for text, login, known in (
        (cookie, "boss", True),
        (cookie, "other", False),
        (cookie[:-1] + ("0" if cookie[-1] != "0" else "1"), "boss", False),
        ("", "boss", False),
        ("." + cookie, "boss", False),
        ("x" * 5000, "boss", False),
    ):
        request = Request({"type": "http", "headers": [(b"cookie", f"device={text}".encode())]})
        assert bool(devices.known(request, login)) is known, text


def test_a_browser_is_known_to_the_last_eight_who_signed_in_here() -> None:
    cookie = ""
    for n in range(10):
        response = Response()
        devices.remember(Request({"type": "http", "headers": [(b"cookie", cookie.encode())]}), response, f"clerk{n}")
        header = response.headers["set-cookie"]
        assert all(word in header for word in ("HttpOnly", "SameSite=lax", "Max-Age=31536000"))
        cookie = header.split(";")[0]
    request = Request({"type": "http", "headers": [(b"cookie", cookie.encode())]})
    assert [bool(devices.known(request, f"clerk{n}")) for n in range(10)] == [False] * 2 + [True] * 8


async def test_a_wrong_present_password_keeps_nobody_else_waiting(web: Any, boss: Actor) -> None:
    client = await _sign_in(web)
    form = {"csrf": token_of(await client.get("/password")), "current": "wrong", "password": "another good one"}
    codes = [(await client.post("/password", data=form)).status_code for _ in range(limits.OWN.free + 1)]
    assert codes == [422] * limits.OWN.free + [429]
    assert _waits((limits.OWN, "somebody-else")) == 0
    weak = form | {"current": PASSWORD, "password": "short"}
    limits.reset()
    codes = [(await client.post("/password", data=weak)).status_code for _ in range(limits.OWN.free + 1)]
    assert codes == [422] * (limits.OWN.free + 1)


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "address"),
    [
        ("198.51.100.1", "203.0.113.9", "", "198.51.100.1"),
        ("10.0.0.2", "203.0.113.9", "10.0.0.0/8", "203.0.113.9"),
        ("10.0.0.2", "6.6.6.6, 203.0.113.9, 10.0.0.3", "10.0.0.0/8", "203.0.113.9"),
        ("198.51.100.1", "203.0.113.9", "10.0.0.0/8", "198.51.100.1"),
        ("10.0.0.2", "", "10.0.0.0/8", "10.0.0.2"),
    ],
)
def test_only_a_trusted_proxy_says_who_asks(
    monkeypatch: pytest.MonkeyPatch, peer: str, forwarded: str, proxies: str, address: str
) -> None:
    monkeypatch.setattr(settings.settings(), "trusted_proxies", proxies)
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    assert contexts.place({"client": (peer, 1), "scheme": "http", "headers": headers})[0] == address


def test_an_ipv6_household_is_counted_as_one() -> None:
    assert contexts.neighbourhood("2001:db8:1:2:aaaa::1") == contexts.neighbourhood("2001:db8:1:2:bbbb::2")
    assert contexts.neighbourhood("2001:db8:1:2::1") != contexts.neighbourhood("2001:db8:1:3::1")


async def test_figures_are_for_the_machine_itself_or_an_adminstoken_of(web: Any) -> None:
    assert "charity_requests_total" in (await web.as_().get("/metrics")).text
    transport = httpx2.ASGITransport(app=web.app, client=("192.0.2.9", 5))
    async with httpx2.AsyncClient(transport=transport, base_url="http://10.0.0.1") as far:
        for token, status in (("", 401), ("token-clerk", 403), ("token-admin", 200)):
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            answer = await far.get("/metrics", headers=headers, follow_redirects=False)
            assert answer.status_code == (303 if status == 401 else status)
    proxied = await web.as_().get("/metrics", headers={"X-Forwarded-For": "192.0.2.9"})
    assert proxied.status_code == 303


async def test_health_and_readiness_are_told(web: Any) -> None:
    assert (await web.as_().get("/healthz")).text == "ok\n"
    assert (await web.as_().get("/readyz")).json() == {"ready": True}


async def test_the_log_of_a_request_holds_no_path_query_or_name(
    web: Any, house: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="charity.request")
    await web.as_("admin").get(f"/accounts/{house.cashier.key}?name=%E7%8E%8B")
    record = next(r for r in caplog.records if r.message == "request")
    facts = vars(record)
    assert facts["route"] == "/accounts/{key}"
    assert facts["account"] == house.admin.key
    assert house.cashier.key not in str({k: v for k, v in facts.items() if k not in {"account", "args", "msg"}})


def test_the_table_of_permissions_keeps_admins_away_from_money_and_goods() -> None:
    moving = [permission for permission, (_, roles) in PERMISSIONS.items() if Role.ADMIN in roles]
    assert set(moving) == {
        "codes.read",
        "account.manage",
        "account.watch",
        "desk.read",
        "organisation.read",
        "organisation.change",
        "organisation.confirm",  # of another person's entry
    }


def test_some_roles_are_never_held_together() -> None:
    both = {frozenset(pair) for pair in itertools.combinations(Role, 2) if conflicts(frozenset(pair))}
    admin = [Role.CASHIER, Role.ACCOUNTANT, Role.APPROVER, Role.CASEWORKER, Role.MANAGER]
    assert both == {frozenset({Role.CASHIER, Role.ACCOUNTANT})} | {frozenset({Role.ADMIN, role}) for role in admin}


def test_the_navigation_shows_what_the_roles_may_do() -> None:
    clerk = Actor("k", "n", frozenset({Role.CLERK}), "LX01")
    shown = nav.shown(clerk, "/stores/LX01/out")
    assert [item.href for item in shown if item.current] == ["/stores/LX01/out"]
    assert "/accounts" not in [item.href for item in shown]
    everywhere = nav.shown(Actor("k", "n", frozenset({Role.CLERK})), "/desk")
    assert [item.href for item in everywhere].count("/stores") == 1
    assert all("{" not in item.href for item in everywhere)


def test_the_public_menu_marks_giving_on_campaigns_their_forms_and_pledges() -> None:
    def marked(path: str) -> list[str]:
        return [item.href for item in nav.shown(None, path) if item.current]

    for path in ("/campaigns/everyday", "/campaigns/everyday/give", "/i/CODE/give", "/p/CODE"):
        assert marked(path) == ["/#campaigns"], path
    assert (marked("/give/goods"), marked("/"), marked("/campaign"), marked("/privacy")) == (
        ["/give/goods"],
        ["/"],
        [],
        [],
    )


def test_whoever_may_see_much_is_shown_groups_and_a_volunteer_is_not() -> None:
    accountant = nav.shown(Actor("k", "n", frozenset({Role.ACCOUNTANT})), "/finance/funds/F-GEN")
    marked = [item for item in accountant if item.current]
    assert [item.label for item in marked] == ["账簿"]
    assert [below.label for below in marked[0].entries if below.current] == ["基金"]
    assert marked[0].href == marked[0].entries[0].href
    assert all(not item.entries for item in nav.shown(Actor("k", "n", frozenset({Role.CLERK}), "LX01"), "/desk"))
    with words.speaking("en"):
        english = nav.shown(Actor("k", "n", frozenset({Role.ACCOUNTANT})), "/desk")
    assert "Spending" in [item.label for item in english]


async def test_a_message_is_shown_once_and_only_if_it_is_ours(web: Any, boss: Actor) -> None:
    client = await _sign_in(web)
    token = token_of(await client.get("/accounts/new"))
    form = {"csrf": token, "login": "newone", "name": "新人", "roles": "clerk", "store": "LX01", "password": PASSWORD}
    answer = await client.post("/accounts/new", data=form)
    assert answer.status_code == 303, answer.text
    assert "账号已建立" in (await client.get(answer.headers["location"])).text
    assert "账号已建立" not in (await client.get(answer.headers["location"])).text
    forged = answer.headers["set-cookie"].split(";")[0][:-4] + "0000"
    assert "账号已建立" not in (await web.as_().get("/sign-in", headers={"Cookie": forged})).text


def test_a_redirect_leads_nowhere_else() -> None:
    scope = {"type": "http", "headers": [], "path": "/", "query_string": b"", "method": "POST"}
    with pytest.raises(AssertionError):
        pages.see_other(Request(scope), "//evil.example")


EMPTY = {
    # what a form says for what it misses: no two fields of one form in the same words
    draft_forms.VoucherForm: {
        "programme": "请选择慈善项目",
        "fund": "请选择基金",
        "payee_code": "请填写收款方编号",
        "reason": "请写明理由",
    },
    payment_forms.PayForm: {"paid_on": "请填写付款日期", "paid_from": "请选择付款账户"},
    voucher_forms.ReasonForm: {"reason": "请写明理由"},
    RefundForm: {"reason": "请写明理由"},
    ReasonForm: {"reason": "请写明理由"},
    ReplaceForm: {"reason": "请写明理由"},
    CampaignForm: {
        "slug": "请填写代号",
        "name": "请填写名称",
        "purpose": "请写明用途",
    },
    FilingForm: {"filing_no": "请填写备案号"},
    ItemForm: {"name": "请填写名称", "measure": "请填写计量单位"},
    sign_in_forms.SignInForm: {"login": "请填写账号", "password": "请填写密码"},
    staff_forms.NewAccountForm: {"login": "请填写账号", "name": "请填写姓名", "password": "请填写密码"},
    sign_in_forms.OwnPasswordForm: {"current": "请填写现在的密码", "password": "请填写密码"},
}


@pytest.mark.parametrize("form", EMPTY, ids=lambda form: f"{form.__module__}.{form.__name__}")
def test_a_form_says_what_each_empty_field_wants(form: type[BaseModel]) -> None:
    with pytest.raises(Refusal) as refused:
        forms.read(form, {})
    messages = {error.field: error.message for error in refused.value.fields}
    assert EMPTY[form].items() <= messages.items()
    assert "请填写此项" not in {messages[field] for field in EMPTY[form]}


def test_a_field_inside_a_field_says_its_own_words_too() -> None:
    with pytest.raises(Refusal) as refused:
        forms.read(IssueBody, {"store": "LX01", "card": "C", "lines": [{}], "proxy": {"name": ""}})
    messages = {error.field: error.message for error in refused.value.fields}
    assert messages == {"lines.0.quantity": "请填写此项", "proxy.name": "请填写姓名", "proxy.reason": "请写明理由"}
