"""Whatever somebody copies from a document or a message leads to its page, or is told apart in words."""

import re
from dataclasses import replace

import as_shown
import pytest
from aid.given import ASKED as FOR_AID
from giving.given import give, promised, today
from goods.given import RICE
from goods.given import opened as shop_opened
from pdf_reading import codes_in
from reports.given import whole_year

from charity import tokens
from charity.aid import vouchers
from charity.aid.vouchers.documents import pdf as voucher_pdf
from charity.db import reading
from charity.disclosure import checks
from charity.documents import check_codes, exports
from charity.jobs import worker
from charity.web import limits

ASKED = replace(FOR_AID, payee="HH0001")


@pytest.fixture(autouse=True)
def _nobody_was_here_before() -> None:
    limits.reset()


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


async def test_every_writing_of_a_code_leads_to_its_page(web, house):
    client = web.as_()
    code = (await give(house)).body["receipt"]["code"]
    pledge = await promised()
    groups = " ".join(code[n : n + 4] for n in range(0, 26, 4))
    for typed, address in (
        (code.lower(), f"/r/{code}"),
        (groups, f"/r/{code}"),
        (full_width(code), f"/r/{code}"),
        (f"http://127.0.0.1:8000/r/{code}.pdf", f"/r/{code}"),
        (f"https://example.org/r/{code}/full?utm_source=wechat&from=singlemessage#top", f"/r/{code}"),
        (f"您的收据核验码：{groups}，请妥善保管。", f"/r/{code}"),
        (f"收据网址http://x.cn/r/{code}。谢谢", f"/r/{code}"),
        (f"https://example.org/p/{pledge}?x=1", f"/p/{pledge}"),
    ):
        answer = await client.get("/check", params={"code": typed})
        assert (answer.status_code, answer.headers.get("location")) == (303, address), typed


async def test_the_reference_of_a_pledge_shows_how_far_it_is_and_never_its_code(web, house):
    pledge = await promised()
    await as_shown.receive(pledge, amount_fen=20_000, received_on=today(), channel="cash", by=house.cashier)
    reference = await reading.value("SELECT reference FROM pledge")
    receipt = await reading.only("SELECT code, number FROM receipt")
    for typed in (
        reference,
        reference.replace("-", "").lower(),
        full_width(reference),
        f"请在附言写 {reference}（勿改）",
    ):
        answer = await web.as_().get("/check", params={"code": typed})
        assert (answer.status_code, answer.headers["x-robots-tag"]) == (200, "noindex"), typed
        for shown in (reference, "已到账", "200.00", "认捐的网址找不到了", 'action="/check"'):
            assert shown in answer.text
        for hidden in (pledge, receipt["code"], receipt["number"], "王小明"):
            assert hidden not in answer.text


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("CS-2026-000001", "这是收据编号"),
        ("收据编号：ＣＳ－２０２６－０００００１", "这是收据编号"),
        ("BF-2026-000001", "这是单据编号"),
        ("RK-LX01-2026-000001", "这是单据编号"),
        ("TK-2026-000001", "内部的业务编号"),
        ("2026-11 记-0123", "记账凭证的编号"),
        ("https://example.org/vouchers/x", "工作人员的网址"),
        ("ABCD", "没有这个核验码"),
        ("0" * 64, "没有这个核验码"),
        ("%", "没有这个核验码"),
        ("/", "没有这个核验码"),
        ("A" * 65, "没有这个核验码"),
        ("7K3M" * 2_000, "没有这个核验码"),
        ("㌀" * 900, "没有这个核验码"),
    ],
)
async def test_what_leads_nowhere_is_told_apart_in_words(web, house, typed, message):
    await give(house)
    answer = await web.as_().get("/check", params={"code": typed})
    assert answer.status_code == 404
    assert message in answer.text
    assert ("只看了前 1000 个字" in answer.text) == (len(typed) > checks.TEXT_MAX), "nothing is cut without a word"
    assert 'href="#f-code"' in answer.text


async def test_a_document_is_reached_by_its_hash(web, house):
    order = await exports.start(report="donations", fmt="csv", filters=whole_year(), by=house.accountant)
    assert await worker.run_once()
    row = await reading.only("SELECT code, data_hash, file_hash FROM document")
    assert order.id
    for typed in (row["data_hash"], row["file_hash"].upper(), f"SHA-256：{row['data_hash']}"):
        answer = await web.as_().get("/check", params={"code": typed})
        assert answer.headers["location"].startswith(f"/v/{row['code']}?hash=")
        assert "这串校验值属于这份文件" in (await web.as_().get(answer.headers["location"])).text
    number = (await vouchers.make(content=ASKED, by=house.caseworker)).body["number"]
    content_hash = await reading.value("SELECT content_hash FROM voucher")
    answer = await web.as_().get("/check", params={"code": content_hash})
    assert answer.headers["location"] == f"/c/{check_codes.of(number)}"


async def test_a_voucher_shows_its_sum_and_state_to_whoever_holds_it_and_no_name(web, house):
    made = (await vouchers.make(content=ASKED, by=house.caseworker)).body
    code = check_codes.of(made["number"])
    page = (await web.as_().get(f"/c/{code}")).text
    for shown in (made["number"], "拨付审批单", "待审批", "临溪市慈善总会", made["content_hash"]):
        assert shown in page
    for hidden in ("王建国", "HH0001", "caseworker", ASKED.reason):
        assert hidden not in page
    for typed in (code, full_width(code.lower()), f"https://x.cn/c/{code}?utm_medium=qr"):
        answer = await web.as_().get("/check", params={"code": typed})
        assert answer.headers["location"] == f"/c/{code}"


async def test_a_number_alone_and_guessed_characters_show_nothing(web, house):
    number = (await vouchers.make(content=ASKED, by=house.caseworker)).body["number"]
    other = check_codes.of("BF-2026-999999")[-check_codes.LENGTH :]
    for code in (number, f"{number}-", f"{number}-{other}", f"{number}-{'A' * check_codes.LENGTH}"):
        answer = await web.as_().get(f"/c/{code}")
        assert answer.status_code == 404, code
        assert "查无此件" in answer.text
        assert "待审批" not in answer.text
    unmade = check_codes.of("BF-2026-999999")
    assert (await web.as_().get(f"/c/{unmade}")).status_code == 404


async def test_a_slip_shows_its_lines_and_that_it_was_reversed(web, house):
    shop = await shop_opened(house)
    number = (await shop.bring_answer(RICE, 9, unit_value_fen=2_650))["number"]
    page = (await web.as_().get(f"/c/{check_codes.of(number)}")).text
    for shown in (number, "入库单", "溪东街道爱心超市", "238.50", "有效"):
        assert shown in page
    row = await checks.check(check_codes.of(number))
    assert row is not None
    assert [(line["pieces"], line["amount"]) for line in row.lines] == [(9, 23_850)]


async def test_a_journal_voucher_shows_its_sum_and_whether_it_was_reviewed(web, house):
    await give(house, 12_345)
    number = await reading.value("SELECT number FROM journal_voucher")
    page = (await web.as_().get(f"/c/{check_codes.of(number)}")).text
    for shown in ("记账凭证", "123.45", "未复核"):
        assert shown in page
    assert "王小明" not in page


async def test_guessing_is_slowed_down(web, house):
    client = web.as_()
    codes = [(await client.get("/check", params={"code": tokens.code128()})).status_code for _ in range(61)]
    assert codes[0] == 404
    assert codes[-1] == 429
    assert (await client.get(f"/c/{check_codes.of('BF-2026-000001')}")).status_code == 429


async def test_the_code_printed_on_a_voucher_is_read_from_its_qr(house):
    number = (await vouchers.make(content=ASKED, by=house.caseworker)).body["number"]
    (read,) = codes_in(await voucher_pdf(await vouchers.get(number), by=house.caseworker))
    assert read == check_codes.address(number)
    assert re.search(r"/c/BF-\d{4}-\d{6}-[2-9A-Z]{12}$", read)


async def test_a_valid_receipt_has_no_day_on_which_it_ended(web, house):
    code = (await give(house)).body["receipt"]["code"]
    assert "<dt>作废</dt>" not in (await web.as_().get(f"/r/{code}")).text
    staff = web.as_("cashier")
    valid = (await staff.get(f"/receipts/{code}")).text
    assert all(text in valid for text in ("打印收据", "待送达"))
    await as_shown.void(code, reason="写错", by=house.accountant)
    assert "<dt>作废</dt>" in (await web.as_().get(f"/r/{code}")).text
    ended = (await staff.get(f"/receipts/{code}")).text
    assert not any(text in ended for text in ("打印收据", "待送达"))
