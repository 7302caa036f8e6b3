"""A donor and each of the nine roles do their main job on real screens."""

import hashlib
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import asyncpg
import pytest
from browsing import PASSWORD, Served, Street, Visitor, build, street
from conftest import _apart
from goods.given import MILK, RICE, SALT, in_days
from pdf_reading import codes_in, flat, page_count

from bench import effort, faces, staff_faces, walking
from charity.roles import Role
from charity.web import pages

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

EVERYWHERE = [
    pytest.param("sqlite", "phone", True, id="phone"),
    pytest.param("postgres", "desk", True, id="desk-postgres", marks=pytest.mark.postgres),
]
WITHOUT_SCRIPTS = pytest.param("sqlite", "phone", False, id="phone-without-scripts")
ALSO_WITHOUT_SCRIPTS = [*EVERYWHERE, WITHOUT_SCRIPTS]
"""Each page once on each database, on a phone and at a desk: these journeys take minutes of the suite."""


@pytest.fixture(scope="module")
def sqlite_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("town-sqlite")
    url = f"sqlite://{folder / 'charity.db'}"
    served = Served(url, folder, build(url, folder)).begin()
    yield served
    served.end()
    checked = served.run("verify")
    shutil.rmtree(folder, ignore_errors=True)
    assert checked.returncode == 0, checked.stdout


@pytest.fixture(scope="module")
def postgres_town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    cluster = request.getfixturevalue("cluster")
    name = f"town_{uuid.uuid4().hex[:8]}"
    _apart(_make(cluster.url("postgres"), name))
    folder = tmp_path_factory.mktemp("town-postgres")
    url = cluster.url(name)
    served = Served(url, folder, build(url, folder)).begin()
    yield served
    served.end()
    checked = served.run("verify")
    assert checked.returncode == 0, checked.stdout


async def _make(admin: str, name: str) -> None:
    connection = await asyncpg.connect(admin)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()


def town(request: pytest.FixtureRequest, database: str) -> Served:
    served: Served = request.getfixturevalue(f"{database}_town")
    return served


# -- the donor ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("database", "size", "scripts"), ALSO_WITHOUT_SCRIPTS)
async def test_a_donor_gives_and_sees_where_the_money_went(request, database, size, scripts):
    served = town(request, database)
    async with street(served, size, scripts=scripts, accessible=database == "sqlite") as here:
        donor = await here.visitor()
        await _promise(donor)
        address = donor.page.url
        assert await donor.code_shown(".pay-now svg") == address
        reference = (await donor.page.locator(".ref-code strong").inner_text()).strip()
        await _money_arrives(here, reference)
        await donor.go(urlsplit(address).path)
        await donor.sees("已收到您的捐赠 ¥88.60")
        await donor.page.locator("a[href^='/r/']").first.click()
        await donor.look()
        await donor.sees("有效", "88.60", "捌拾捌元陆角整", "林*", "这笔钱还没有用到")
        assert "林小溪" not in await donor.page.content()
        receipt = donor.page.url
        pdf = await donor.pdf(await donor.href("看公开副本 PDF"))
        assert codes_in(pdf) == [receipt]
        for words in ("捐赠收据", "捌拾捌元陆角整", "林*"):
            assert words in flat(pdf)
        await _spend(served, "F-EDU", "P01", 8_860)
        await donor.go(urlsplit(receipt).path)
        await donor.sees("项目P01", "3 人次受益")


async def _promise(donor: Visitor) -> None:
    await donor.go("/")
    await donor.press("活动 dream-2026")
    await donor.press("捐一份")
    await donor.fill(amount="88.60", name="林小溪", phone="19900001234")
    await donor.page.locator("summary", has_text="留言").click()
    await donor.fill(message="祝孩子们学业有成")
    await donor.mark("channel", "bank")
    if donor.scripts:
        assert await donor.page.locator("[data-amount-echo]").inner_text() == "¥88.60"
    await donor.press("去付款", look=not donor.scripts)
    if not donor.scripts:
        await donor.sees("现在还没有登记", "¥88.60", "捌拾捌元陆角整", "林小溪", "银行转账")
        await donor.press("去付款", look=False)
    await donor.page.wait_for_url("**/p/*")
    await donor.look()
    await donor.sees("还差一步：付 ¥88.60", "临溪市慈善总会")


async def _money_arrives(here: Street, reference: str) -> None:
    cashier = await here.visitor()
    await cashier.sign_in("cashier", "/pledges")
    await cashier.page.locator("#f-reference").fill(reference)
    await cashier.page.locator("#f-reference").press("Enter")
    await cashier.page.wait_for_url("**/pledges?*")
    await cashier.look()
    await cashier.page.get_by_role("link", name=reference).click()
    await cashier.look()
    await cashier.fill(channel_ref=f"ICBC{uuid.uuid4().hex[:12]}")
    await cashier.press("登记到账并开收据", look=False)
    await cashier.page.wait_for_url("**/receipts/*")
    await cashier.look()
    await cashier.sees("林小溪", "¥88.60")


async def _spend(served: Served, fund: str, programme: str, amount_fen: int) -> None:
    """A voucher through the API: made, approved by two, paid."""
    key = uuid.uuid4().hex
    body = {
        "programme": programme,
        "fund": fund,
        "payee": {"kind": "household", "code": "HH0001"},
        "amount_fen": amount_fen,
        "recipients": 3,
        "reason": "助学",
    }
    made = await served.post("caseworker", "/aid/vouchers", body, f"{key}-1")
    for n, who in enumerate(("approver", "approver2")):
        content = {"content_hash": made["content_hash"]}
        await served.post(who, f"/aid/vouchers/{made['number']}/approve", content, f"{key}-a{n}")
    paid = {"paid_on": in_days(0).isoformat(), "channel_ref": f"OUT{key[:12]}", **content}
    await served.post("cashier", f"/aid/vouchers/{made['number']}/pay", paid, f"{key}-2")


@pytest.mark.parametrize(("database", "size", "scripts"), [EVERYWHERE[0], WITHOUT_SCRIPTS])
async def test_a_giver_changes_type_size_half_way_and_sends_by_enter(request, database, size, scripts):
    """A phone and full width as they are typed; the first button of the form, which Enter presses, is no switch."""
    served = town(request, database)
    async with street(served, size, scripts=scripts, accessible=False) as here:
        donor = await here.visitor()
        typed = {"amount": "￥ 1，000", "name": "林小溪", "phone": "（0579）8888-6666转801"}
        fields = {name: donor.page.locator(f"#f-{name}") for name in typed}
        await donor.go("/campaigns/dream-2026/give")
        await donor.mark("kind", "anonymous")
        assert [await fields[name].is_visible() for name in ("amount", "name", "phone")] == [True, False, False]
        await donor.mark("kind", "person")
        await donor.fill(**typed)
        await donor.mark("kind", "anonymous")  # what is filled in stays in sight: nothing unseen is sent
        assert [await fields[name].is_visible() for name in ("amount", "name", "phone")] == [True, True, True]
        await donor.mark("kind", "person")
        await donor.mark("channel", "bank")
        await donor.page.locator(".head-menu summary").click()
        async with donor.page.expect_navigation():
            await donor.page.locator(".head-menu button", has_text="大字").click()
        await donor.look()
        assert await donor.page.locator("html").get_attribute("data-type") == "large"
        assert {name: await fields[name].input_value() for name in typed} == typed
        await fields["name"].press("Enter")
        if not scripts:
            await donor.sees("现在还没有登记", "¥1,000.00")
            await donor.press("去付款", look=False)
        await donor.sees("还差一步：付 ¥1,000.00")


# -- the store clerk ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("database", "size", "scripts"), ALSO_WITHOUT_SCRIPTS)
async def test_a_clerk_takes_goods_in_and_hands_them_out(request, database, size, scripts):
    served = town(request, database)
    async with street(served, size, scripts=scripts, accessible=database == "sqlite") as here:
        clerk = await here.visitor()
        await clerk.sign_in("clerk", "/stores/LX01/in")
        lots = await _take_in(clerk)
        await _hand_out(clerk, served.facts["card" if database == "postgres" or size == "desk" else "card2"], lots[0])
        await clerk.go("/stores/LX01/stock")
        row = clerk.page.locator("tr").filter(has_text=lots[0])
        assert "5" in await row.inner_text()
        await clerk.sees("毛巾 纯棉")


async def scan(clerk: Visitor, code: str) -> None:
    """A hardware scanner: keys and Enter into whatever has the focus, then the till's answer."""
    if not clerk.scripts:
        await clerk.page.locator("[data-scan]").focus()
    await clerk.page.locator("[data-scan]:focus").wait_for()  # people scan when the page has drawn itself
    await clerk.page.keyboard.type(code)
    async with clerk.answered():
        await clerk.page.keyboard.press("Enter")


async def press(clerk: Visitor, name: str) -> None:
    """A button of the till."""
    async with clerk.answered():
        await clerk.named(name).click()


SCANNED_ELSEWHERE = """(code) => {
  const at = document.activeElement;
  for (const key of [...code, "Enter"]) at.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
}"""


async def _take_in(clerk: Visitor) -> list[str]:
    await clerk.sees("还没有物品。请扫第一件。")
    await scan(clerk, SALT[:-1] + "9")
    await clerk.look()
    assert await clerk.page.locator(".till-answer.is-bad").count() == 1
    await clerk.page.locator("[data-scan]").fill("")
    await scan(clerk, f"6*{SALT}")
    await clerk.sees("食用盐 400g")
    if clerk.scripts:
        await clerk.mark("donor_kind", "organisation")
        await clerk.page.locator("#f-donor_name").fill("溪东粮油")
        async with clerk.answered():
            await clerk.page.evaluate(SCANNED_ELSEWHERE, MILK)
        assert await clerk.page.locator("#f-donor_name").input_value() == "溪东粮油"
    else:
        await scan(clerk, MILK)
    await clerk.look()
    await clerk.fill(quantity__1="4", value__0="15.00", expires_on__1=in_days(90).isoformat())
    await clerk.choose(evidence__0="invoice", per__0="total")
    await clerk.mark("donor_kind", "organisation")
    await clerk.fill(donor_name="溪东粮油批发部")
    await press(clerk, "确认入库 7 件")
    await clerk.sees("10 件已入库")
    await clerk.look()
    slip, labels = await clerk.href("打印入库单"), await clerk.href("打印批次标签")
    assert "食用盐400g" in flat(await clerk.pdf(slip))
    await clerk.go(slip.removesuffix(".pdf"))
    lots = [text.strip() for text in await clerk.page.locator("tbody td[data-label='批次']").all_inner_texts()]
    assert len(lots) == 2
    assert codes_in(await clerk.pdf(labels)) == sorted(lots)
    return lots


async def _hand_out(clerk: Visitor, card: str, salt: str) -> None:
    await clerk.go("/stores/LX01/out")
    await scan(clerk, card)
    await clerk.sees("卡上")
    assert {"王*", "李*"} & {(await clerk.page.locator(".panel-who strong").inner_text()).strip()}
    for count, code, shortage in (("900", RICE, "只剩"), ("700", MILK, "只剩")):
        await scan(clerk, f"{count}*{code}")
        await clerk.look()
        refused = await clerk.page.locator(".till-answer").inner_text()
        assert "没有加入" in refused
        assert shortage in refused
    await press(clerk, "清空重来")
    await clerk.sees("请扫爱心卡")
    await scan(clerk, card)
    await scan(clerk, salt)
    await clerk.sees("食用盐 400g")
    await clerk.look()
    await press(clerk, "确认发放 1 件")
    await clerk.sees("已发给", "请扫下一张爱心卡")
    await clerk.look()
    assert "食用盐400g" in flat(await clerk.pdf(await clerk.href("打印出库单")))


# -- a new colleague ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("database", "size", "scripts"), [EVERYWHERE[-1], WITHOUT_SCRIPTS])
async def test_a_new_approver_comes_in_for_the_first_time(request, database, size, scripts):
    served = town(request, database)
    login = f"lu{size}{'x' if scripts else ''}"
    words = ("account", "create", login, "--name", "陆海燕", "--role", "approver", "--password-stdin")
    made = served.run(*words, stdin=PASSWORD + "\n")
    assert made.returncode == 0, made.stderr
    async with street(served, size, scripts=scripts, accessible=database == "sqlite") as here:
        admin = await here.visitor()
        await admin.sign_in("admin", "/accounts")
        await admin.sees(login)
        new = await here.visitor()
        await new.go("/sign-in")
        await new.fill(login=login, password=PASSWORD)
        await new.press("登录")
        await new.sees("请先换成自己的密码")
        await new.fill(current=PASSWORD, password="linxi-2026-linxi")
        await new.press("修改密码")
        await new.sees("这个密码太容易猜")
        await new.fill(current=PASSWORD, password="lanterns over water")
        await new.press("修改密码")
        await new.sees("请用新密码登录")
        await new.sign_in(login, password="lanterns over water")
        await (await here.visitor()).sign_in(login, password="lanterns over water")
        for page, words in (
            ("/sessions", "这台"),
            ("/two-step", "已启用"),
            ("/accounts/changes", "没有等待确认的变更"),
        ):
            await new.go(page)
            await new.sees(words)
        for page in ("/tokens", "/accounts/new", "/accounts/changes"):
            await admin.go(page)


# -- who looks after the store, the accounts, the books, a work unit --------------------------------------


@pytest.mark.parametrize(("database", "size", "scripts"), EVERYWHERE)
async def test_a_manager_reverses_a_slip(request, database, size, scripts):
    served = town(request, database)
    basket = {"store": "LX01", "card": served.facts["card"], "lines": [{"lot": served.facts["lot"], "quantity": 1}]}
    number = (await served.post("clerk", "/goods/issues", basket, uuid.uuid4().hex))["number"]
    async with street(served, size, scripts=scripts, accessible=database == "sqlite") as here:
        manager = await here.visitor()
        await manager.sign_in("manager", "/goods/documents")
        await manager.page.get_by_role("link", name=number).click()
        await manager.look()
        await manager.press("冲销此单")
        await manager.sees("积分退回家庭")
        await manager.fill(reason="扫错了批次")
        await manager.press("确认冲销")
        await manager.sees("扫错了批次", number)
        await manager.go(f"/goods/documents/{number}")
        await manager.sees("已冲销")
        assert await manager.page.get_by_role("link", name="冲销此单").count() == 0


@pytest.mark.parametrize(("database", "size", "scripts"), EVERYWHERE)
async def test_an_admin_makes_an_account_and_closes_it(request, database, size, scripts):
    served = town(request, database)
    async with street(served, size, scripts=scripts, accessible=database == "sqlite") as here:
        admin = await here.visitor()
        await admin.sign_in("admin", "/accounts/new")
        await admin.fill(login=f"sun{size}", name="孙店长", password=PASSWORD)
        await admin.mark("roles", "manager")
        await admin.choose(store="LX01")
        await admin.press("建立账号")
        await admin.sees(f"sun{size}", "未启用")
        await admin.press("停用账号")
        await admin.sees("该账号会立即退出登录")
        await admin.press("停用账号")
        await admin.sees("已停用")
        assert await _status(admin, "/receipts") == 403


@pytest.mark.parametrize(("database", "size", "scripts"), EVERYWHERE)
async def test_an_auditor_reads_everything_and_changes_nothing(request, database, size, scripts):
    served = town(request, database)
    async with street(served, size, scripts=scripts, accessible=database == "sqlite") as here:
        auditor = await here.visitor()
        await auditor.sign_in("auditor", "/ledgers/donations")
        await auditor.sees("500,000.00")
        for page in ("/receipts", "/pledges", "/refunds", "/vouchers", "/goods/documents", "/ledgers/stock"):
            await auditor.go(page)
            await auditor.look()
        await auditor.go(f"/receipts/{served.facts['receipt']}")
        await auditor.sees("¥500,000.00", "有效")
        assert await auditor.page.locator("main").get_by_role("link", name=re.compile("作废|换开|退款")).count() == 0
        for page in ("/donations/new", "/vouchers/new", "/stores/LX01/out", "/accounts"):
            assert await _status(auditor, page) == 403


@pytest.mark.parametrize(("database", "size", "scripts"), ALSO_WITHOUT_SCRIPTS)
async def test_an_organiser_has_his_unit_and_nothing_of_the_house(request, database, size, scripts):
    served = town(request, database)
    async with street(served, size, scripts=scripts, accessible=database == "sqlite") as here:
        organiser = await here.visitor()
        await organiser.sign_in("organiser", "/my-unit")
        await organiser.sees("市民政局", "YRJ26-02", "交给下一位联络员")
        await _a_day_of_wages(organiser)
        await organiser.go("/campaigns/one-day-2026/give")
        await _a_day_of_wages(organiser)
        if scripts:
            await organiser.page.get_by_role("button", name="填到金额里").click()
            assert await organiser.page.locator("[name=amount_yuan]").input_value() == "522.76"
            assert await organiser.page.locator("[data-amount-echo]").inner_text() == "¥522.76"
        for page in ("/receipts", "/pledges", "/vouchers", "/ledgers/donations", "/goods/documents", "/accounts"):
            assert await _status(organiser, page) == 403
        await organiser.go("/sessions")
        await organiser.sees("这台")
        await _invited_and_handed_over(here, f"LXU{size}{scripts:d}".upper())


async def _a_day_of_wages(visitor: Visitor) -> None:
    """Worked out in the browser: 9,180 yuan a month are 422.07 a day; without scripts the page says how to do it."""
    await visitor.page.locator("summary", has_text="算一天的工资").click()
    await visitor.sees("月工资 ÷ 21.75")
    field = visitor.page.locator("#f-wage")
    assert await field.is_visible() == visitor.scripts
    if not visitor.scripts:
        return
    for wage, day in (("9180", "¥422.07"), ("8,650", "¥397.70"), ("12..34", "—"), ("11370.03", "¥522.76")):
        await field.fill(wage)
        assert await visitor.page.locator("output[for=f-wage]").inner_text() == day
    await visitor.look()


async def _invited_and_handed_over(here: Street, unit: str) -> None:
    """Invited at the desk, joined on a phone by the typed code, handed over: the one before is out at his next click."""
    kept = {"code": unit, "name": f"单位{unit}", "kind": "school", "reference": unit}
    await here.served.post("accountant", "/work-units", kept, unit)
    accountant, first, second = await here.visitor(), await here.visitor(), await here.visitor()
    await accountant.sign_in("accountant", f"/work-units/{unit}")
    await accountant.press("邀请单位联络员")
    await accountant.fill(name="柳青")
    await accountant.press("邀请单位联络员")
    await accountant.sees("只显示这一次", "打印邀请函")
    code = await accountant.page.locator("input[name=code]").get_attribute("value")
    assert code
    await first.go("/join")
    await first.fill(code=code.lower())
    await first.press("继续")
    await first.sees(f"单位{unit}", "柳青")
    await first.fill(login=f"{unit.lower()}a", password=PASSWORD)
    await first.press("加入并登录")
    await first.sees(unit, "已加入")
    await first.press("交给下一位联络员")
    await first.fill(name="杨柳")
    await first.press("做邀请")
    address = await first.code_shown(".qr svg")
    await second.go(urlsplit(address).path)
    await second.fill(login=f"{unit.lower()}b", password=PASSWORD)
    await second.press("加入并登录")
    await second.sees(unit, "已加入")
    await first.go("/my-unit")
    assert urlsplit(first.page.url).path == "/sign-in"


async def _status(visitor: Visitor, path: str) -> int:
    """What a page answers to this visitor's cookies."""
    return (await visitor.page.context.request.get(visitor.base + path)).status


# -- the finance office -------------------------------------------------------------------------------


@pytest.mark.parametrize(("database", "size", "scripts"), EVERYWHERE)
async def test_the_finance_office_receives_pays_and_prints_its_ledger(request, database, size, scripts):
    served = town(request, database)
    async with street(served, size, scripts=scripts, accessible=database == "sqlite") as here:
        cashier = await here.visitor()
        await cashier.sign_in("cashier")
        await _walk_in(cashier)
        number = await _voucher(here)
        for who in ("approver", "approver2"):
            await _approve(here, who, number)
        await _pay(cashier, number)
        await _ledger(here)


async def _walk_in(cashier: Visitor) -> None:
    await cashier.go("/donations/new")
    await cashier.choose(campaign="everyday", channel="cash")
    await cashier.fill(amount_yuan="1,200.50", name="赵大伯")
    await cashier.press("登记并开收据", look=False)
    await cashier.page.wait_for_url("**/receipts/*")
    await cashier.look()
    await cashier.sees("赵大伯", "¥1,200.50")
    assert "赵大伯" in flat(await cashier.pdf(await cashier.href("看副本")))


async def _voucher(here: Street) -> str:
    maker = await here.visitor()
    await maker.sign_in("caseworker", "/vouchers/new")
    await maker.choose(programme="P03", fund="F-GEN")
    await maker.mark("payee_kind", "household")
    await maker.fill(payee_code="HH0002", amount_yuan="300", recipients="2", reason="住院自付部分较高")
    await maker.press("保存", look=False)
    await maker.page.wait_for_url(re.compile(r"/vouchers/(?!new)"))
    await maker.look()
    await maker.sees("¥300.00", "叁佰元整", "李秀英", "您是经办人，不能审批")
    assert await maker.page.get_by_role("button", name="同意以上内容").count() == 0
    return urlsplit(maker.page.url).path.rsplit("/", 1)[-1]


async def _approve(here: Street, who: str, number: str) -> None:
    approver = await here.visitor()
    await approver.sign_in(who, f"/vouchers/{number}")
    await approver.press("同意以上内容", look=False)
    await approver.sees("您已同意")
    await approver.look()


async def _pay(cashier: Visitor, number: str) -> None:
    await cashier.go(f"/vouchers/{number}")
    await cashier.press("登记付款")
    await cashier.fill(channel_ref=f"PAY{uuid.uuid4().hex[:12]}")
    await cashier.press("确认已付 ¥300.00", look=False)
    await cashier.sees("记账凭证")
    await cashier.look()
    pdf = flat(await cashier.pdf(await cashier.href("打印")))
    assert "叁佰元整" in pdf


async def _ledger(here: Street) -> None:
    accountant = await here.visitor()
    await accountant.sign_in("accountant", "/ledgers/donations")
    await accountant.sees("1,200.50")
    await accountant.press("打印 PDF", look=False)
    await accountant.page.wait_for_url("**/exports/*")
    await accountant.look()
    await accountant.named("下载 PDF").wait_for(timeout=60_000)
    await accountant.look()
    pdf = await accountant.pdf(await accountant.href("下载 PDF"))
    words = flat(pdf)
    for expected in ("捐赠", "1,200.50", "第1页共", "合计"):
        assert expected in words
    [address] = codes_in(pdf, page=page_count(pdf))[:1]
    assert address.startswith(f"{accountant.base}/v/")
    anybody = await here.visitor()
    await anybody.go(urlsplit(address).path)
    digest = hashlib.sha256(pdf).hexdigest()
    await anybody.sees("有效", digest)
    await anybody.fill(hash=digest)
    await anybody.press("比对")
    await anybody.sees("这串校验值属于这份文件")
    await anybody.go(f"{urlsplit(address).path}?hash={'0' * 64}")
    await anybody.sees("这串校验值不属于这份文件")


async def test_a_typical_gift_takes_at_most_six_taps_and_one_typed_field(sqlite_town):
    """Without scripts too, where a page reviews it; finding it again and its whole receipt take what is counted here."""
    served = sqlite_town
    donor = {"kind": "person", "name": effort.GIVER, "phone": effort.PHONE_NO}
    gift = {"campaign": "everyday", "amount_fen": 20_000, "received_on": in_days(0).isoformat(), "channel": "cash"}
    receipt = (await served.post("cashier", "/donations", gift | {"donor": donor}, uuid.uuid4().hex))["receipt"]
    async with street(served, "phone") as here:
        receipt = effort.Receipt(receipt["code"], receipt["number"])
        done = await effort.journeys(here.browser, served.base, receipt, "dream-2026")
    for way in ("", " without scripts"):
        assert done[f"gift{way} taps"] <= effort.TAPS_MOST, done
        assert done[f"gift{way} typed"] <= effort.TYPED_MOST, done
        assert (done[f"find{way} taps"], done[f"find{way} typed"]) == (2, 1), done
        assert (done[f"receipt{way} taps"], done[f"receipt{way} typed"]) == (4, 3), done


IN_ONE_SCREEN = """() => {
  const edge = (query, side) => document.querySelector(query).getBoundingClientRect()[side];
  return [scrollY, edge(".facts > div:first-child", "top") >= 0,
    edge(".facts > div:last-child", "bottom") <= edge(".is-decision", "top"), edge(".is-decision .is-main", "bottom") <= innerHeight];
}"""


async def test_staff_with_a_phone_do_daily_things_in_a_few_taps(sqlite_town):
    """An approver sees what is approved, what it leaves, who agreed and the button at once, and is led to the next."""
    served = sqlite_town
    for n in range(2):
        body = {"programme": "P03", "fund": "F-GEN", "payee": {"kind": "household", "code": "HH0001"}}
        body |= {"amount_fen": 4_200 + n, "recipients": 1, "reason": "肿瘤手术自付费用补助"}
        await served.post("caseworker", "/aid/vouchers", body, uuid.uuid4().hex)
    async with street(served, "phone") as here:
        approver = await here.visitor()
        await approver.sign_in("approver")
        by = effort.Finger(approver.page)
        await effort.approve(by, served.base)
        assert by.counts() == {"taps": effort.APPROVAL_TAPS, "typed": 0, "swipes": 0}
        await approver.look()
        await approver.sees("下一张等您审批的", "付款后余", "还没有人")
        assert await by.page.evaluate(IN_ONE_SCREEN) == [0, True, True, True]
        await effort.approve_next(by)
        assert by.counts()["taps"] == effort.APPROVAL_TAPS + effort.NEXT_TAPS
        cashier = await here.visitor()
        await cashier.sign_in("cashier")
        by = effort.Finger(cashier.page)
        await effort.walk_in(by, served.base, "everyday", "7,531.86")
        assert (by.taps, by.typed) == (effort.WALK_IN_TAPS, effort.WALK_IN_TYPED)
        by = effort.Finger(cashier.page)
        await effort.look_up(by, served.base, "7,531.86")
        assert by.counts() == {"taps": effort.LOOK_UP_TAPS, "typed": effort.LOOK_UP_TYPED, "swipes": 0}


SEEN_ROW = "() => document.activeElement.closest('main li, main tr')?.innerText.split('\\n').find(Boolean) ?? ''"
SCANNED_IN_A_LIST = """code => { for (const key of [...code, "Enter"])
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
}"""


A_PERSONS_GAP = "() => new Promise(done => setTimeout(done, 80))"


A_KEY_OF_OTHERS = """held => document.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", {key: "j", bubbles: true, [held]: true}))"""


async def _row(visitor: Visitor) -> str:
    """The row that has the caret, once what a key does is done."""
    await visitor.page.evaluate(A_PERSONS_GAP)
    return await visitor.page.evaluate(SEEN_ROW)


async def _moves(visitor: Visitor, key: str) -> str:
    """The row that has the caret after a key that moves it."""
    before = await visitor.page.evaluate(SEEN_ROW)
    await visitor.page.keyboard.press(key)
    await visitor.page.wait_for_function(f"before => ({SEEN_ROW})() !== before", arg=before)
    return await _row(visitor)


BELOW_THE_TASKS = """() => {
  const box = (name) => document.getElementById(`pane-${name}`).closest(".pane").getBoundingClientRect();
  return box("funds").top - box("tasks").bottom;
}"""


async def test_where_rows_are_ticked_keys_lead_to_the_tick(sqlite_town):
    async with street(sqlite_town, "desk") as here:
        cashier = await here.visitor()
        await cashier.sign_in("cashier", "/receipts/deliver")
        page, boxes = cashier.page, cashier.page.locator("tbody").get_by_role("checkbox")
        await page.wait_for_function("() => document.documentElement.classList.contains('has-js')")
        await _moves(cashier, "j")
        await page.keyboard.press("Space")
        assert await boxes.first.is_checked()
        await page.keyboard.press("k")
        assert await _row(cashier), "a tick is no field to write in"


async def test_an_accountant_moves_by_keys_and_a_scan_moves_nothing(sqlite_town):
    async with street(sqlite_town, "desk") as here:
        accountant = await here.visitor()
        await accountant.sign_in("accountant")
        page = accountant.page
        await page.wait_for_function("() => document.documentElement.classList.contains('has-js')")
        first = await _moves(accountant, "j")
        second = await _moves(accountant, "j")
        assert first
        assert second != first
        assert await _moves(accountant, "k") == first
        assert await _moves(accountant, "ArrowDown") == second
        address = page.url
        await page.evaluate(SCANNED_IN_A_LIST, "j6901234567892k")
        assert await _row(accountant) == second, "a burst moved the caret"
        assert page.url == address, "the Enter of a scan opened a row"
        for held in ("ctrlKey", "metaKey", "altKey", "isComposing"):
            await page.evaluate(A_KEY_OF_OTHERS, held)
            assert await _row(accountant) == second, f"a key with {held} is not ours"
        await page.keyboard.press("?")
        await page.locator("dialog.keys[open]").wait_for()
        await accountant.look()
        await page.keyboard.press("Escape")
        await page.locator("dialog.keys[open]").wait_for(state="detached")
        await page.evaluate(A_PERSONS_GAP)
        await page.keyboard.press("/")
        await page.wait_for_function("() => document.activeElement.name === 'q'")
        await page.keyboard.type("jk/?")
        assert await page.locator("header input[name='q']").input_value() == "jk/?"
        await accountant.go("/desk")
        await _moves(accountant, "j")
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        assert page.url != address
        await accountant.go("/password")
        await page.get_by_role("checkbox", name="在列表里用 j").uncheck()
        await accountant.go("/desk")
        await page.keyboard.press("j")
        assert await _row(accountant) == ""
        await page.context.add_cookies([{"name": "lang", "value": "en", "url": page.url}])
        await accountant.go("/desk")
        rows = await page.locator(".head-nav li").evaluate_all("all => new Set(all.map(one => one.offsetTop)).size")
        assert rows == 1, "the head wraps in English"
        assert await page.evaluate(BELOW_THE_TASKS) <= 64, "what stands beside the tasks keeps the funds away from them"
        clerk = await here.visitor()
        await clerk.sign_in("clerk", "/stores/LX01/stock")
        await clerk.go("/stores/LX01/out")
        await clerk.page.locator("body").press("?")
        assert await clerk.page.locator("dialog.keys[open]").count() == 0


REGISTER = """() => {
  const head = document.querySelector(".reg thead th").getBoundingClientRect();
  const foot = document.querySelector(".reg tfoot th").getBoundingClientRect();
  return {
    wide: document.documentElement.scrollWidth - innerWidth, table: document.querySelector(".reg table").offsetWidth,
    broken: [...document.querySelectorAll(".reg :is(.money, .num)")].filter(one => one.getClientRects().length > 1).length,
    head: head.top, foot: innerHeight - foot.bottom,
  };
}"""


@pytest.mark.parametrize("size", ["desk", "phone"])
async def test_a_register_fits_its_screen_and_unfolds_without_scripts(sqlite_town, size):
    await _spend(sqlite_town, "F-GEN", "P03", 4_400)
    async with street(sqlite_town, size, scripts=False) as here:
        auditor = await here.visitor()
        await auditor.sign_in("auditor", "/ledgers/disbursements")
        await auditor.go("/ledgers/disbursements?fund=F-GEN")
        shown = await auditor.page.evaluate(REGISTER)
        assert (shown["wide"], shown["broken"]) == (0, 0), shown
        assert await auditor.page.locator(".reg thead th").count() == 10
        assert await auditor.page.locator(".reg .is-detail").first.is_hidden()
        await auditor.page.locator(".row-fold summary").first.click()
        assert await auditor.page.locator(".reg .is-detail").first.is_visible()
        if size == "desk":
            assert shown["table"] <= 1232, shown
            await auditor.page.set_viewport_size({"width": 1280, "height": 480})
            assert (await auditor.page.evaluate(REGISTER))["foot"] >= 0, "the totals are out of sight"
            await auditor.page.evaluate("document.querySelector('.reg tbody:last-of-type').scrollIntoView()")
            assert (await auditor.page.evaluate(REGISTER))["head"] >= 0, "the head is out of sight"
        await auditor.page.locator(".chip.is-on", has_text="×").click()
        await auditor.page.wait_for_url("**/ledgers/disbursements?*")
        assert "fund=" not in auditor.page.url


# -- every page of the public -------------------------------------------------------------------------


async def _all_parts(web, monkeypatch, size):
    """The page of all parts in a size of type, which a demo alone shows."""

    async def demo():
        return True

    monkeypatch.setattr(pages, "is_demo", demo)
    answer = await web.as_().get("/_parts", headers={"cookie": f"type={size}"})
    assert answer.status_code == 200
    return lambda route: route.fulfill(body=answer.text, content_type="text/html; charset=utf-8")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_every_public_page_is_judged_once(sqlite_town, web, monkeypatch):
    """axe-core on a phone; no sideways scroll and targets of 44 px there and in large type at 320 px."""
    served, wrong = sqlite_town, []
    async with street(served, "phone") as here:
        phone = await faces.opened(here.browser, served.base, faces.Look("zh", "light", "normal", 390))
        page = await phone.new_page()
        first = (*faces.FIRST, f"/r/{served.facts['receipt']}", "/campaigns/everyday", "/api-docs")
        listed = await faces.addresses(page, served.base, first)
        assert {faces.kind(path) for path in listed} >= {
            "/",
            "/campaigns/…",
            "/campaigns/…/give",
            "/r/…",
            "/privacy",
            "/books",
        }
        listed.append("/_parts")
        await page.route("**/_parts", await _all_parts(web, monkeypatch, "normal"))
        for path in listed:
            await page.goto(served.base + path)
            wrong += [f"{path}: {fault}" for fault in await faces.faults(page, axe=True)]
        await page.locator("input[name='picked']").check(timeout=5_000)  # above the row, which is a link
        small = await faces.opened(here.browser, served.base, faces.Look("zh", "light", "large", 320))
        page = await small.new_page()
        await page.route("**/_parts", await _all_parts(web, monkeypatch, "large"))
        for path in listed:
            await page.goto(served.base + path)
            wrong += [f"{path} 320: {fault}" for fault in await faces.faults(page, axe=False)]
        phones = '<!doctype html><meta name="viewport" content="width=device-width, initial-scale=1">'
        await page.set_content(f"{phones}<p><a href='/x'>x</a></p><hr width='999'>")
        planted = await faces.faults(page, axe=False)
        assert [fault.split(":")[0] for fault in planted] == ["sideways", "small"]
    assert wrong == []


# -- every page of staff ------------------------------------------------------------------------------


async def test_every_staff_page_is_judged_once(sqlite_town):
    """On a phone, by the first role that reaches it: axe-core, no sideways scroll, targets of 44 px."""
    served, wrong = sqlite_town, []
    roles = [role.value for role in Role]
    async with street(served, "phone") as here, AsyncExitStack() as clients:
        ask = {role: await clients.enter_async_context(served.client(role)) for role in roles}
        ask[walking.PUBLIC] = await clients.enter_async_context(served.client())

        async def get(role, path):
            answer = await ask[role].get(path)
            return answer.status_code, answer.text

        listed = await staff_faces.listed(get, roles)
        assert {"/desk", "/vouchers/new", "/stores/{store}/out", "/goods/lots/{code}"} <= {face[1] for face in listed}
        for role in roles:
            visitor = await here.visitor()
            await visitor.page.context.set_extra_http_headers({"Authorization": f"Bearer token-{role}"})
            for _, _, address in (face for face in listed if face[0] == role):
                await visitor.go(address)
                wrong += [f"{role} {address}: {fault}" for fault in await faces.faults(visitor.page, axe=False)]
    assert wrong == []
