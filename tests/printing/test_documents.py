"""Printed documents: what they say, that their QR decodes, and that no text on them can reach a file or host."""

import asyncio
import contextlib
import io
import os
import re
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from pdf_reading import HASH, MARK, URL, codes_in, flat, page_count, paper_size_mm, text_of
from PIL import Image

from charity.printing import labels, pages, qr, receipts, renderer, slips, vouchers
from charity.printing.renderer import Renderer

ATTACK = '<link rel=attachment href="file:///etc/hostname">#eval("x")*b*=HYPERLINK("http://x")'

RECEIPT = receipts.PrintedReceipt(
    number="CS-2026-000123",
    status="issued",
    organisation="临溪市慈善总会",
    handler="周敏",
    issued_on="2026-10-08",
    donor="林晓梅",
    donor_id="330***********1234",
    lines=[receipts.ReceiptLine(project="2026 年慈善一日捐", kind="money", amount_fen=140_950)],
    total_fen=140_950,
    wish="undesignated",
    channel="银行转账",
    received_on="2026-10-08",
    memo="YRJ26-7K3MQ8C",
    verify_url=URL,
)
INTAKE = slips.IntakeSlip(
    number="GRN-2026-000081",
    on="2026-10-08",
    organisation="临溪市慈善总会",
    store="物资调剂中心",
    donor="恒溪纺织有限公司",
    verify_url=URL,
    lines=[
        slips.IntakeLine(
            barcode="2005003200004",
            name="棉被",
            measure="床",
            quantity=3,
            unit_price_fen=9_800,
            amount_fen=29_400,
            lot="BY5CMHCRJDC",
        ),
        slips.IntakeLine(
            barcode="2007004500008",
            name="旧毛衣",
            measure="件",
            quantity=4,
            unit_price_fen=None,
            amount_fen=None,
            lot="BW4B8CRJDCK",
        ),
    ],
)
ISSUE = slips.IssueSlip(
    number="GIN-2026-001204",
    on="2026-10-08",
    organisation="临溪市慈善总会",
    store="城关慈善爱心超市",
    purpose="发放",
    recipient="王*",
    verify_url=URL,
    lines=[
        slips.IssueLine(
            barcode="2004002200008",
            name="洗衣粉 1.8kg",
            measure="袋",
            quantity=2,
            lot="BY5CMHCRJDC",
            unit_price_fen=1_990,
            amount_fen=3_980,
            points=40,
        )
    ],
)
VOUCHER = vouchers.PrintedVoucher(
    number="BF-2026-000045",
    status="approved",
    organisation="临溪市慈善总会",
    applied_on="2026-09-28",
    programme="慈善助医",
    fund="F-MED 慈善助医基金",
    nature="restricted",
    payee_kind="household",
    payee_code="H000318",
    payee_name="王*",
    amount_fen=500_000,
    recipients=1,
    reason="因病致贫",
    maker="吴静",
    content_hash=HASH,
    verify_url=URL,
    approvals=[
        vouchers.Approval(name="郑国强", decision="approve", at="2026-09-29 10:12", content_hash=HASH),
        vouchers.Approval(name="孙莉", decision="approve", at="2026-09-29 15:40", content_hash=HASH),
    ],
)


@pytest.fixture
async def our_renderer():
    made = Renderer(children=1, queue_max=2)
    yield made
    await asyncio.to_thread(made.close)


async def printed(html: str):
    return await renderer.rendered(html, identifier=MARK)


# ---- documents


async def test_a_receipt_says_everything_a_finance_officer_looks_for():
    pdf = await printed(receipts.receipt_form(RECEIPT))
    text = flat(pdf)
    for words in (
        "捐赠收据",
        "CS-2026-000123",
        "临溪市慈善总会",
        "林晓梅",
        "330***********1234",
        "2026年慈善一日捐",
        "货币",
    ):
        assert words in text
    for words in (
        "人民币壹仟肆佰零玖元伍角整",
        "¥1,409.50",
        "非定向",
        "银行转账",
        "YRJ26-7K3MQ8C",
        "周敏",
        "单位（章）",
    ):
        assert words in text
    assert pages.NOT_FOR_TAX in text
    assert not any(word in text for word in ("演示", "已作废", "已更换", "监制章"))
    assert paper_size_mm(pdf) == (210, 148)
    assert page_count(pdf) == 1
    assert codes_in(pdf) == [URL]


async def test_the_three_copies_of_a_receipt_are_three_pages_that_say_which_they_are():
    pdf = await printed(receipts.receipt_form(RECEIPT, ("stub", "donor", "books")))
    assert page_count(pdf) == 3
    assert all(words in flat(pdf) for words in ("第一联存根", "第二联捐赠人", "第三联记账"))


async def test_a_demo_receipt_that_was_replaced_says_both():
    text = flat(
        await printed(
            receipts.receipt_form(replace(RECEIPT, status="replaced", replaced_by="CS-2026-000124", demo=True))
        )
    )
    assert "已更换" in text
    assert "CS-2026-000124" in text
    assert "演示" in text
    assert "已作废" in flat(await printed(receipts.receipt_form(replace(RECEIPT, status="voided"))))


async def test_goods_without_evidence_print_no_value():
    lines = [receipts.ReceiptLine(project="旧毛衣", kind="goods", measure="件", quantity=30, amount_fen=None)]
    text = flat(await printed(receipts.receipt_form(replace(RECEIPT, lines=lines, total_fen=0))))
    assert text.count("不计价") == 2
    assert "¥" not in text
    assert "人民币" not in text


def test_a_receipt_whose_lines_do_not_add_up_is_never_printed():
    with pytest.raises(AssertionError):
        receipts.receipt_form(replace(RECEIPT, total_fen=140_951))


async def test_a_receipt_with_a_fiscal_receipt_prints_its_three_codes():
    receipt = replace(RECEIPT, fiscal_code="33010126", fiscal_number="0000123456", fiscal_check="a1b2c3")
    text = flat(await printed(receipts.receipt_form(receipt)))
    assert all(code in text for code in ("33010126", "0000123456", "a1b2c3"))


async def test_an_english_receipt_leaves_no_chinese_label():
    html = receipts.receipt_form(replace(RECEIPT, lang="en", donor="Lin", organisation="Federation", handler="Zhou"))
    text = text_of(await printed(html))
    assert "Donation receipt" in text
    assert "not valid for tax deduction" in " ".join(text.split())
    chinese = {char for char in text if "一" <= char <= "鿿"}
    assert chinese <= set("人民币壹仟肆佰零玖元伍角整年慈善一日捐")


async def test_equal_facts_give_equal_bytes_and_another_number_other_bytes():
    first = await printed(receipts.receipt_form(RECEIPT))
    assert first == await printed(receipts.receipt_form(RECEIPT))
    assert first != await printed(receipts.receipt_form(replace(RECEIPT, number="CS-2026-000124")))


async def test_slips_print_lines_sums_and_a_code_that_decodes():
    intake = await printed(slips.intake_html(INTAKE))
    assert all(
        words in flat(intake) for words in ("入库", "GRN-2026-000081", "BY5CMHCRJDC", "294.00", "不计价", "验收人")
    )
    assert paper_size_mm(intake) == (297, 210)
    issue = await printed(slips.issue_html(replace(ISSUE, reversed_on="2026-10-09")))
    assert all(words in flat(issue) for words in ("物资出库单", "2004002200008", "39.80", "王*", "已冲销"))
    assert paper_size_mm(issue) == (210, 148)
    assert codes_in(intake) == codes_in(issue) == [URL]


async def test_a_slip_says_what_it_is_in_title_signs_and_capitals():
    given = flat(await printed(slips.intake_html(INTAKE)))
    assert all(words in given for words in ("捐赠物资接收（入库）单", "人民币贰佰玖拾肆元整", "以下空白"))
    bought = flat(await printed(slips.intake_html(replace(INTAKE, source="purchase", donor="采购（审批单 BF-1）"))))
    assert "采购物资入库单" in bought
    assert "捐赠" not in bought
    back = {"reverses": "RK-LX01-2026-000007", "reason": "数错了"}
    taken = flat(await printed(slips.intake_html(replace(INTAKE, **back))))
    for words in ("物资入库冲销单（红字）", "RK-LX01-2026-000007", "数错了", "-294.00", "-7", "人民币负贰佰玖拾肆元整"):
        assert words in taken
    assert "捐赠物资接收" not in taken
    taken = flat(await printed(slips.issue_html(replace(ISSUE, **back))))
    assert all(words in taken for words in ("物资出库冲销单（红字）", "-2", "-39.80", "-40", "数错了"))


@pytest.mark.parametrize("count", range(5, 14))
async def test_the_signatures_of_a_slip_never_stand_alone_on_a_page(count: int):
    pdf = await printed(slips.issue_html(replace(ISSUE, lines=list(ISSUE.lines) * count)))
    last = "".join(text_of(pdf).split("\f")[page_count(pdf) - 1].split())
    assert "批准" in last
    assert "洗衣粉" in last, "a line stands above the signatures"


async def test_a_long_slip_repeats_its_head_on_every_page():
    pdf = await printed(slips.issue_html(replace(ISSUE, lines=list(ISSUE.lines) * 60)))
    assert page_count(pdf) > 2
    assert flat(pdf).count("条码") == page_count(pdf)


async def test_a_label_sheet_has_one_code_a_lot_and_leaves_used_places_free():
    lots = [
        labels.LotLabel(
            code=f"BY5CMHCRJD{n}", name="婴儿配方奶粉 800g(3段) 名称很长很长很长很长", expires_on="2026-12-01"
        )
        for n in "234"
    ]
    pdf = await printed(labels.labels_html(lots, used=22))
    assert page_count(pdf) == 2
    assert codes_in(pdf, page=1) == ["BY5CMHCRJD2", "BY5CMHCRJD3"]
    assert codes_in(pdf, page=2) == ["BY5CMHCRJD4"]
    assert paper_size_mm(pdf) == (210, 297)
    assert "BY5CMHCRJD2" in flat(pdf)
    assert "…" in flat(pdf)


async def test_a_voucher_prints_what_was_approved_and_by_whom():
    pdf = await printed(vouchers.voucher_html(VOUCHER))
    text = flat(pdf)
    assert all(words in text for words in ("拨付审批单", "人民币伍仟元整", "¥5,000.00", "郑国强", "孙莉", "同意", HASH))
    assert text.count(HASH[:12]) == 3
    assert codes_in(pdf) == [URL]


async def test_the_longest_title_of_a_slip_leaves_its_number_free():
    back = replace(ISSUE, number="CX-LX01-2026-000001", reverses="FF-LX01-2026-000198", reason="发错")
    lines = text_of(await printed(slips.issue_html(back))).splitlines()
    (head,) = [line for line in lines if back.number in line and "单号" in line]
    assert re.search(r"（ ?红 ?字 ?） {3,}单号 CX-LX01-2026-000001", head), head


def test_a_voucher_of_a_branch_leaves_whom_it_helps_to_the_rosters():
    branch = replace(VOUCHER, payee_kind="branch", payee_name="石梁镇慈善联络站", recipients=0)
    assert "<td>以分会花名册为准</td>" in vouchers.voucher_html(branch)
    assert "人次" not in vouchers.voucher_html(branch)
    assert "<td>1 人次</td>" in vouchers.voucher_html(VOUCHER)


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_every_demo_document_says_so_in_both_languages(lang: str):
    sample = {"zh": "演示", "en": "Demo"}[lang]
    for html in (
        receipts.receipt_form(replace(RECEIPT, demo=True, lang=lang)),
        slips.intake_html(replace(INTAKE, demo=True, lang=lang)),
        slips.issue_html(replace(ISSUE, demo=True, lang=lang)),
        vouchers.voucher_html(replace(VOUCHER, demo=True, lang=lang)),
        labels.labels_html([labels.LotLabel(code="BY5CMHCRJDC", name="棉被")], demo=True, lang=lang),
    ):
        assert sample in flat(await printed(html))


def test_a_qr_has_a_white_ground_equal_bytes_and_a_limit():
    assert qr.svg(URL) == qr.svg(URL)
    assert 'fill="#fff"' in qr.svg(URL)
    assert qr.data_uri(URL, "Q").startswith("data:image/svg+xml;base64,")
    for text in ("", "x" * 513):
        with pytest.raises(ValueError, match="bytes"):
            qr.svg(text)


# ---- nothing is fetched


@pytest.fixture
def listening():
    """A local host that counts who knocks."""
    knocks = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.1)
    over = threading.Event()

    def wait():
        while not over.is_set():
            with contextlib.suppress(TimeoutError):
                client, _ = server.accept()
                knocks.append(client.recv(100))
                client.close()

    thread = threading.Thread(target=wait)
    thread.start()
    yield server.getsockname()[1], knocks
    over.set()
    thread.join()
    server.close()


async def test_a_hostile_name_prints_as_it_is_and_embeds_nothing():
    pdf = await printed(receipts.receipt_form(replace(RECEIPT, donor=ATTACK, memo=ATTACK)))
    assert '<linkrel=attachmenthref="file:///etc/hostname">' in flat(pdf)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert not document.attachments


async def test_markup_that_slipped_through_still_reaches_no_file_and_no_host(
    listening: tuple[int, list[bytes]], tmp_path: Path
):
    port, knocks = listening
    secret = tmp_path / "secret.txt"
    secret.write_text("MARK-OF-A-SECRET")
    image = tmp_path / "dot.png"
    Image.new("RGB", (3, 3), "red").save(image)
    host = f"http://127.0.0.1:{port}"
    evil = f"""
      <link rel=attachment href="file://{secret}">
      <link rel=attachment href="{host}/a">
      <link rel=stylesheet href="{host}/b.css">
      <img src="{host}/c.png"><img src="file://{image}"><img src="{image}">
      <object data="file://{secret}"></object>
      <link rel=attachment href="asset:/../pyproject.toml">
      <link rel=attachment href="asset:/vendor/../../pyproject.toml">
      <link rel=attachment href="asset:/printing/%2e%2e/%2e%2e/pyproject.toml">
      <link rel=attachment href="asset:/printing/receipt.html">
      <style>@import url("{host}/d.css"); p {{ background: url("FILE://{image}") }}</style>
      <p>正文</p>"""
    pdf = await printed(evil)
    assert "正文" in text_of(pdf)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert not document.attachments
        assert not list(document.pages[0].get_images())
    assert knocks == []


# ---- the renderer


async def test_a_document_over_its_time_is_stopped_and_the_next_one_prints(our_renderer: Renderer):
    slow = "<table>" + "<tr><td>慢" * 20_000 + "</table>"
    await our_renderer.pdf("<p>先", identifier=MARK, seconds=20)
    first = our_renderer.children()
    began = time.monotonic()
    with pytest.raises(renderer.RenderingTooSlow):
        await our_renderer.pdf(slow, identifier=MARK, seconds=0.5)
    assert time.monotonic() - began < 5
    assert our_renderer.children() == []
    assert (await our_renderer.pdf("<p>后", identifier=MARK, seconds=20)).startswith(b"%PDF")
    assert our_renderer.children() != first


async def test_a_full_queue_answers_busy_and_empties_again(our_renderer: Renderer):
    both = [asyncio.create_task(our_renderer.pdf("<p>好", identifier=MARK, seconds=20)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(renderer.RendererBusy):
        await our_renderer.pdf("<p>多", identifier=MARK, seconds=20)
    assert all(pdf.startswith(b"%PDF") for pdf in await asyncio.gather(*both))
    assert (await our_renderer.pdf("<p>又", identifier=MARK, seconds=20)).startswith(b"%PDF")


async def test_a_child_that_the_system_killed_is_replaced(our_renderer: Renderer):
    await our_renderer.pdf("<p>一", identifier=MARK, seconds=20)
    (pid,) = our_renderer.children()
    os.kill(pid, 9)
    await asyncio.sleep(0.1)
    assert (await our_renderer.pdf("<p>二", identifier=MARK, seconds=20)).startswith(b"%PDF")
    assert our_renderer.children() != [pid]


async def test_closing_the_renderer_ends_its_children_and_refuses_more():
    made = Renderer(children=1)
    await made.pdf("<p>一", identifier=MARK, seconds=20)
    (pid,) = made.children()
    await asyncio.to_thread(made.close)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(renderer.RendererBusy):
        await made.pdf("<p>二", identifier=MARK, seconds=20)


async def test_a_document_that_is_too_long_is_refused_before_it_is_sent():
    with pytest.raises(renderer.RenderingFailed):
        await printed("x" * (renderer.HTML_MAX + 1))


def test_printing_children_are_told_no_keys(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CHARITY_SECRET_KEY", "geheim")
    monkeypatch.setenv("CHARITY_DATABASE_URL", "postgres://u:p@h/d")
    assert not any(name.startswith("CHARITY_") for name in renderer.child_environment())


def test_the_serving_process_never_loads_weasyprint_or_typst():
    code = (
        "import sys, charity.printing.renderer, charity.printing.register_renderer, charity.printing.receipts;"
        "print(sorted({'weasyprint', 'typst'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("nature", "word"), [("unrestricted", "非限定性"), ("restricted", "限定性"), ("agency", "受托代理")]
)
def test_a_voucher_says_what_kind_of_money_it_spends(nature: str, word: str):
    assert f"<td>{word}</td>" in vouchers.voucher_html(replace(VOUCHER, nature=nature))
