"""Public pages and answers: figures of the books, masked givers, the path of the money, the PDF."""

import re
import subprocess
from datetime import date
from pathlib import Path

import as_shown
import pytest
from aid.given import Aid, advanced, branch_opened, recorded, roster
from finance.given import gifts, settlement
from giving.given import give, promised, spend, today
from pdf_reading import flat

from charity.aid import rosters
from charity.db import reading, transactions
from charity.finance import transfers
from charity.giving import campaigns
from charity.giving.campaigns import NewCampaign
from charity.giving.receipts import documents
from charity.ledger import funds
from charity.money import capitals
from charity.office import organisation
from charity.people.persons import Donor
from charity.printing import pages as document_pages
from charity.web import pages

API = "/api/v1"
EVIL = "<link rel=attachment href=file:///etc/hostname>"


def text_of(pdf: bytes, tmp_path: Path) -> str:
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, text=True).stdout


async def test_the_public_list_says_what_the_books_say_at_its_seq(web, house):
    await give(house, 10_000)
    await give(house, 500, campaign="dream-2026")
    answer = (await web.as_().get(f"{API}/campaigns")).json()
    assert answer["next"] is None
    by_slug = {item["slug"]: item for item in answer["items"]}
    assert by_slug["one-day-2026"]["received_fen"] == 10_000
    assert by_slug["dream-2026"]["received_fen"] == 500
    assert {item["seq"] for item in answer["items"]} == {2}
    assert "draft-2027" not in by_slug
    keys = {
        "slug",
        "name",
        "kind",
        "status",
        "starts_on",
        "ends_on",
        "received_fen",
        "refunded_fen",
        "gifts",
        "donors",
        "seq",
    }
    assert set(by_slug["everyday"]) == keys


async def test_the_list_pages_by_a_cursor(web):
    client = web.as_()
    whole = [i["slug"] for i in (await client.get(f"{API}/campaigns")).json()["items"]]
    seen, after = [], None
    for _ in range(len(whole)):
        params = {"limit": 2} | ({"after": after} if after else {})
        page = (await client.get(f"{API}/campaigns", params=params)).json()
        seen += [i["slug"] for i in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == whole


async def test_a_campaign_page_shows_figures_gifts_and_filing_but_no_pledge(web, house):
    await give(house, 12_300, public_name=True, public_amount=True)
    await give(house, 45_600, donor=Donor("organisation", "恒溪纺织有限公司"), work_unit="LXU02")
    await promised(amount_fen=77_700)
    page = (await web.as_().get("/campaigns/one-day-2026")).text
    assert "¥579.00" in page
    assert "王小明" in page
    assert "爱心单位" in page
    assert "恒溪纺织" not in page
    assert "456.00" not in page
    assert "不公开金额" in page
    assert "777.00" not in page
    assert "市民政局" in page
    assert "备TEST" in page
    assert "/campaigns/one-day-2026/give" in page


async def test_the_figures_of_a_campaign_name_its_costs_as_soon_as_there_are_some(web, house):
    await gifts(house)
    page = (await web.as_().get("/campaigns/one-day-2026")).text
    shown = page[: page.index("善款用到了哪里")]
    assert "筹资费用" not in shown
    await transfers.make(await settlement(fee_fen=217), by=house.cashier)
    page = (await web.as_().get("/campaigns/one-day-2026")).text
    shown = page[: page.index("善款用到了哪里")]
    assert "筹资费用" in shown
    assert "¥2.17" in shown
    assert "管理费用" not in shown


async def test_a_campaign_of_before_the_books_shows_its_archive_and_counts_nowhere(web, house):
    await give(house, 10_000)
    before = (await web.as_().get("/")).text
    old = NewCampaign(
        slug="quake-2008",
        name="汶川地震募捐",
        kind="agency",
        fund="F-YS10",
        purpose="代收转交",
        starts_on="2008-05-13",
        ends_on="2008-06-30",
    )

    async def fund(tx):
        await funds.open_fund(tx, code="F-YS10", name="玉树", kind="agency", programmes=("P90",))

    await transactions.run(fund)
    await campaigns.keep_archived(old, received_fen=846_231_500, gifts=21_406, by=house.accountant)
    page = (await web.as_().get("/campaigns/quake-2008")).text
    assert "¥8,462,315.00" in re.sub(r"<[^>]*>", "", page)
    assert "21,406" in page
    assert "数字取自档案" in page
    for absent in ("捐一份", "公开募捐", "收款账户", "尚未使用"):
        assert absent not in page[: page.index("</main>")], absent
    home = (await web.as_().get("/")).text
    assert "8,462,315.00" in home
    assert "据档案" in home
    totals = [page[page.index("<main") : page.index("正在募捐")] for page in (before, home)]
    assert totals[0] == totals[1], "no total of the books changes"
    (item,) = [i for i in (await web.as_().get(f"{API}/campaigns")).json()["items"] if i["slug"] == "quake-2008"]
    assert (item["received_fen"], item["gifts"]) == (0, 0)


async def test_a_giver_who_does_not_consent_has_no_name_no_employer_and_no_minute(web, house):
    await give(house, 50, work_unit="LXU02")
    page = (await web.as_().get("/campaigns/one-day-2026")).text
    (shown,) = re.findall(r'<ul class="gifts">(.*?)</ul>', page, re.DOTALL)
    assert re.sub(r"<[^>]*>|\s", "", shown) == f"爱心人士不公开金额{today()}"
    await give(house, 100, work_unit="LXU02", public_amount=True)
    page = (await web.as_().get("/campaigns/one-day-2026")).text
    (shown,) = re.findall(r'<ul class="gifts">(.*?)</ul>', page, re.DOTALL)
    assert re.sub(r"<[^>]*>|\s", "", shown).startswith(f"爱心人士¥1.00{today()}爱心人士")
    await give(house, 200, work_unit="LXU02", public_name=True, public_amount=True)
    page = (await web.as_().get("/campaigns/one-day-2026")).text
    (shown,) = re.findall(r'<ul class="gifts">(.*?)</ul>', page, re.DOTALL)
    assert re.sub(r"<[^>]*>|\s", "", shown).startswith(f"王小明¥2.00{today()}·")


async def test_an_organisation_is_named_at_the_check_by_consent_only(web, house):
    firm = "恒溪纺织有限公司"
    for consent in (False, True):
        made = (await give(house, 100, donor=Donor("organisation", firm), public_name=consent)).body["receipt"]
        code, client = made["code"], web.as_()
        answer = (await client.get(f"{API}/receipts/{code}")).json()
        assert answer["donor"] == (firm if consent else "爱心单位")
        page = await client.get(f"/r/{code}")
        pdf = flat((await client.get(f"/r/{code}.pdf")).content)
        for text in (page.text, pdf):
            assert (firm in text) is consent
            assert ("爱心单位" in text) is not consent


async def test_the_home_page_lists_open_campaigns_and_what_was_paid(web, house):
    await give(house, 10_000, campaign="dream-2026")
    await spend("F-EDU", 2_500, "P01", kept=True)
    page = (await web.as_().get("/")).text
    assert "/campaigns/one-day-2026" in page
    assert "draft-2027" not in page
    assert "项目P01" in page
    assert "¥25.00" in page


async def test_english_pages_are_english(web, house):
    await give(house, 10_000)
    client = web.as_()
    for url in ("/", "/campaigns/one-day-2026", "/campaigns/one-day-2026/give"):
        page = (await client.get(url, headers={"Accept-Language": "en", "Cookie": "lang=en"})).text
        assert "捐一份" not in page
        assert 'lang="en"' in page


async def test_the_check_of_a_receipt_masks_the_giver_and_follows_the_money(web, house):
    made = (await give(house, 10_000, campaign="dream-2026")).body
    await spend("F-EDU", 2_500, "P01")
    code = made["receipt"]["code"]
    answer = (await web.as_().get(f"{API}/receipts/{code}")).json()
    assert answer["donor"] == "王*"
    assert answer["entry"] == made["entry"]
    assert (answer["status"], answer["amount_fen"], answer["fund"]) == ("issued", 10_000, "F-EDU")
    assert (answer["spent_fen"], answer["refunded_fen"], answer["unspent_fen"]) == (2_500, 0, 7_500)
    use = {"on": today()[:7], "programme": "P01", "amount_fen": 2_500, "of_fen": 2_500, "recipients": 3}
    assert answer["uses"] == [use]
    page = await web.as_().get(f"/r/{code}")
    assert "有效" in page.text
    assert "王小明" not in page.text
    assert capitals(10_000) in page.text
    assert document_pages.NOT_FOR_TAX in page.text
    assert "先进先出" in page.text
    assert page.headers["x-robots-tag"] == "noindex"


async def test_a_receipt_draws_the_way_of_its_gift_and_names_its_place_in_the_books(web, house):
    await give(house, 1_000, campaign="dream-2026")
    made = (await give(house, 10_000, campaign="dream-2026")).body
    await spend("F-EDU", 3_500, "P01")
    code, client = made["receipt"]["code"], web.as_()
    page, answer = (await client.get(f"/r/{code}")).text, (await client.get(f"{API}/receipts/{code}")).json()
    sums = re.findall(r'<li><span class="money">(.*?)</span> <span>(.*?)</span>', page)
    assert sums == [("¥25.00", "已经用出"), ("¥75.00", "还没有用")]
    rows = re.findall(r"<tr>(.*?)</tr>", page[page.index('<table class="flow-table">') :], re.DOTALL)
    cells = [re.sub(r"<[^>]*>", " ", row).split() for row in rows[1:]]
    assert [row[:4] for row in cells[:2]] == [["项目P01", "25.00", "25.00", "%"], ["还没有用", "75.00", "75.00", "%"]]
    assert cells[2] == ["合计", "100.00"]
    assert page.count('class="f-rest"') == 1, "what waits is drawn hollow"
    assert page.count("f-aid veil") == 1
    assert "第 10.00 元到第 110.00 元" in page
    leaf = await reading.value("SELECT leaf FROM entry WHERE seq = 2")
    assert (answer["seq"], answer["fingerprint"], answer["received_on"]) == (2, leaf, today())
    assert leaf in page.replace(" ", "")
    (link,) = re.findall(r'href="(/books/check[^"]*)"', page)
    assert "一致" in (await client.get(link.replace("&amp;", "&"))).text


async def test_small_payments_of_a_month_are_one_line_under_the_month_at_every_public_door(web, house):
    made = (await give(house, 10_000, campaign="dream-2026")).body
    for fen in (2_500, 1_500):
        await spend("F-EDU", fen, "P01", kept=True)
    client, code = web.as_(), made["receipt"]["code"]
    (use,) = (await client.get(f"{API}/receipts/{code}")).json()["uses"]
    assert use == {"on": today()[:7], "programme": "P01", "amount_fen": 4_000, "of_fen": 4_000, "recipients": 6}
    for url in ("/", "/campaigns/dream-2026", f"/r/{code}"):
        page = (await client.get(url)).text
        assert "40.00" in page, url
        assert "2 笔" in page, url
        assert "25.00" not in page, url
        assert "15.00" not in page, url


async def test_a_code_typed_from_a_document_leads_to_its_page(web, house):
    client = web.as_()
    made = (await give(house)).body["receipt"]
    code = made["code"]
    pledge = await promised()
    for typed, address in (
        (f" {code[:6].lower()} {code[6:]} ", f"/r/{code}"),
        (f"http://127.0.0.1:8000/r/{code}", f"/r/{code}"),
        (f"https://example.org/p/{pledge}/", f"/p/{pledge}"),
    ):
        answer = await client.get("/check", params={"code": typed})
        assert (answer.status_code, answer.headers["location"]) == (303, address)
    for typed in (made["number"], "ABCD", "/", "%"):
        answer = await client.get("/check", params={"code": typed})
        assert answer.status_code == 404
        assert 'href="#f-code"' in answer.text
    assert (await client.get("/check")).status_code == 200


async def test_an_ended_receipt_says_so_and_leads_to_the_new_one(web, house):
    code = (await give(house)).body["receipt"]["code"]
    fresh = (await as_shown.replace(code, reason="错字", by=house.accountant)).body["code"]
    old = (await web.as_().get(f"/r/{code}")).text
    assert "已更换" in old
    assert f"/r/{fresh}" in old
    assert "错字" not in old
    who = await reading.value("SELECT name FROM staff WHERE key = $1", house.accountant.key)
    assert f"{today()} 由 {who} 更换" in old
    assert "钱没有退回" in old
    answer = (await web.as_().get(f"{API}/receipts/{code}")).json()
    assert (answer["ended_on"], answer["replaced_by"]["code"]) == (today(), fresh)
    number = await reading.value("SELECT number FROM receipt WHERE code = $1", code)
    new = (await web.as_().get(f"/r/{fresh}")).text
    assert "换自" in new
    assert number in new
    assert code not in new, "a number leads nowhere by itself"
    await as_shown.void(fresh, reason="试", by=house.accountant)
    assert "已作废" in (await web.as_().get(f"/r/{fresh}")).text


@pytest.mark.parametrize(
    "url", ["/r/NOPE", "/r/NOPE.pdf", f"{API}/receipts/NOPE", f"{API}/campaigns/nope", "/campaigns/nope"]
)
async def test_what_is_not_there_is_a_404(web, url):
    assert (await web.as_().get(url)).status_code == 404


async def test_the_public_document_is_masked_and_that_for_staff_whole(web, house, tmp_path):
    made = (
        await give(house, 140_950, memo="为了孩子", donor=Donor("person", "王小明", tax_id="330101199001011234"))
    ).body
    code = made["receipt"]["code"]
    public = await web.as_().get(f"/r/{code}.pdf")
    staff = await web.as_("cashier").get(f"/receipts/{code}/paper.pdf")
    outsider = await web.as_("clerk").get(f"/receipts/{code}/paper.pdf")
    assert public.headers["content-type"] == staff.headers["content-type"] == "application/pdf"
    assert outsider.status_code == 403
    masked, whole = text_of(public.content, tmp_path), text_of(staff.content, tmp_path)
    for text in (masked, whole):
        assert made["receipt"]["number"] in text
        assert "人民币壹仟肆佰零玖元伍角整" in text
    assert "王小明" not in masked
    assert "孩子" not in masked
    assert "王小明" in whole
    assert "330***********1234" in whole
    assert "为了孩子" in whole


async def test_a_hostile_name_is_printed_as_text(house, tmp_path):
    code = (await give(house, donor=Donor("organisation", EVIL))).body["receipt"]["code"]
    body, _ = await documents.whole_pdf(code)
    path = tmp_path / "hostile.pdf"
    path.write_bytes(body)
    listed = subprocess.run(["pdfdetach", "-list", str(path)], capture_output=True, check=True, text=True)
    assert listed.stdout.startswith("0 embedded files")
    assert "rel=attachment" in text_of(body, tmp_path).replace("\n", "")


async def test_the_figures_of_a_campaign_have_a_net(house):
    await give(house, 10_000)
    shown = await campaigns.get("one-day-2026")
    assert shown.figures.net_fen == 10_000


async def test_tax_deduction_is_claimed_in_years_with_the_qualification_only(web, house):
    """At the check and on the copy, by the day on which the gift was received; never where there is none."""
    year, claim = int(today()[:4]), "可用于税前扣除"
    code = (await give(house, 100)).body["receipt"]["code"]

    async def shown():
        client = web.as_()
        pdf = flat((await client.get(f"/r/{code}.pdf")).content)
        return [claim in text for text in ((await client.get(f"/r/{code}")).text, pdf)]

    async def qualified(first, last):
        fact = await organisation.enter(
            kind=organisation.FactKind.TAX_DEDUCTION, value="公告1号", starts_on=date(first, 1, 1),
            ends_on=date(last, 12, 31), by=house.admin,
        )  # fmt: skip
        await organisation.confirm(fact.id, value="公告1号", by=house.accountant)

    assert await shown() == [False, False]
    await qualified(year - 3, year - 1)
    await qualified(year + 1, year + 1)
    assert await shown() == [False, False]
    pages.use(organisation.get)
    assert claim not in (await web.as_().get("/campaigns/one-day-2026/give")).text
    await qualified(year, year)
    assert await shown() == [True, True]
    pages.use(organisation.get)
    assert claim in (await web.as_().get("/campaigns/one-day-2026/give")).text


async def test_a_receipt_calls_used_what_a_roster_says_was_distributed(web, house):
    await branch_opened()
    given = await give(house, 300_000, campaign="everyday", channel="bank", channel_ref="G-1")
    address, aid = f"/r/{given.body['receipt']['code']}", Aid(house, "", "")
    number = await advanced(aid)
    assert "已经用出和预拨" in (await web.as_().get(address)).text
    roster_number, seen = await recorded(house, number, roster(200_000, 12))
    await rosters.confirm(number=roster_number, content_hash=seen, by=house.approver)
    page = (await web.as_().get(address)).text
    assert "已经用出" in page
    assert "预拨" not in page
