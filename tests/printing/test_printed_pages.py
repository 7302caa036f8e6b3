"""Every form printed with what is hardest to print, read back as its pages show it (bench/printed_pages.py)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pdf_reading import HASH, MARK, URL
from printing.test_documents import INTAKE, ISSUE, RECEIPT, VOUCHER

from bench import printed_pages
from bench.printed_pages import Wanted
from charity import money, words
from charity.goods.scanning import COMMANDS
from charity.printing import commands, journal, labels, posters, receipts, rosters, slips, vouchers
from charity.printing.renderer_child import Printer

LONG = "临溪市某某某某某某某某某某某某某某某某某某某某某某某某某某纺织印染有限责任公司"
LETTERS = "Wohltätigkeitsvereinsvorstandsmitgliederversammlungsprotokoll" * 2
LARGEST = 9_876_543_210_999
CHINESE = "".join(chr(0x4E00 + 7 * n) for n in range(400))
Case = tuple[str, Wanted]


@pytest.fixture(scope="module")
def printer() -> Printer:
    return Printer()


def receipt(lang: str, copies: Any = ("donor",), **changes: Any) -> Case:
    document = replace(
        RECEIPT, lang=lang, reviewer="汤春梅", receiver="沈玉兰", tax_note="本单位具有资格" * 6, **changes
    )
    with words.speaking(lang):
        texts = [document.number, document.donor, document.handler, document.organisation, document.memo]
        texts += [line.project or line.name for line in document.lines]
        texts += [money.yuan(document.total_fen), money.capitals(document.total_fen)] if document.total_fen else []
        kept = [words.say("合计（大写）"), words.say("附言")]
        signed = [words.say("开票人（经办人）")]
    wanted = Wanted("receipt", texts, [document.verify_url], copies=len(copies), signed=signed, kept=kept)
    return receipts.receipt_form(document, copies), wanted


def money_lines(count: int, fen: int = 12_345) -> dict[str, Any]:
    line = receipts.ReceiptLine(project="2026 年慈善一日捐", kind="money", specification="一日捐基金", amount_fen=fen)
    return {"lines": [line] * count, "total_fen": fen * count}


def goods_lines(count: int, name: str = "大米") -> dict[str, Any]:
    line = receipts.ReceiptLine(
        kind="goods",
        name=name,
        specification="5kg",
        measure="袋",
        quantity=3,
        unit_price_fen=100,
        amount_fen=300,
        basis="发票",
    )
    return {"lines": [line] * count, "total_fen": 300 * count, "project": "总会统筹资金（非限定性）", "wish_note": ""}


def intake(lang: str, count: int, name: str = "棉被", **changes: Any) -> Case:
    lines = [replace(INTAKE.lines[0], name=name, lot=f"BY5CMHC{n:04}") for n in range(count)]
    document = replace(INTAKE, lines=lines, lang=lang, **changes)
    with words.speaking(lang):
        wanted = Wanted(
            "intake",
            [
                document.number,
                document.donor,
                name,
                *[line.lot for line in lines],
                money.yuan((-1 if document.reverses else 1) * 29_400 * count),
            ],
            [URL],
            signed=[words.say("保管员")],
            kept=[words.say("合计")],
        )
    return slips.intake_html(document), wanted


def issue(lang: str, count: int, name: str = "洗衣粉", **changes: Any) -> Case:
    lines = [replace(ISSUE.lines[0], name=name, remark="系统选批" if lang == "zh" else "picked")] * count
    document = replace(ISSUE, lines=lines, lang=lang, **changes)
    sign = -1 if document.reverses else 1
    with words.speaking(lang):
        wanted = Wanted(
            "issue",
            [document.number, name, document.recipient, f"{sign * 2 * count:,}", money.yuan(sign * 3_980 * count)],
            [URL],
            signed=[words.say("发货")],
            kept=[words.say("合计")],
        )
    return slips.issue_html(document), wanted


def voucher(lang: str, **changes: Any) -> Case:
    document = replace(VOUCHER, lang=lang, entry="2026-11 记-0496 #31095", **changes)
    with words.speaking(lang):
        wanted = Wanted(
            "voucher",
            [
                document.number,
                document.payee_name,
                document.reason,
                HASH,
                document.entry,
                money.yuan(document.amount_fen),
            ],
            [URL],
            signed=[words.say("经办") + words.say("审批") + words.say("财务")],
            kept=[words.say("付款日期")],
        )
    return vouchers.voucher_html(document), wanted


def journal_voucher(lang: str, count: int, name: str = "业务活动成本", vouchers_: int = 1) -> Case:
    line = journal.JournalLine(
        code="5101", name=name, fund="F-MED 慈善助医基金", debit_fen=LARGEST // count, credit_fen=None
    )
    document = journal.PrintedJournalVoucher(
        number="2026-11 记-0496",
        day="2026-11-26",
        entries="#1 至 #90",
        summary="拨付慈善助医救助金",
        lines=[line] * count,
        total_fen=LARGEST,
        attachments=90,
        cashier="沈玉兰",
        maker="系统，据单据",
        reviewer="汤春梅",
        verify_url=URL,
    )
    with words.speaking(lang):
        wanted = Wanted(
            "journal voucher",
            [
                document.number,
                name,
                money.yuan(LARGEST // count),
                money.yuan(LARGEST),
                money.capitals(LARGEST),
                document.reviewer,
            ],
            [URL],
            copies=vouchers_,
            signed=[words.say("会计主管")],
            kept=[words.say("合计")],
        )
    return journal.journal_html([document] * vouchers_, organisation="临溪市慈善总会", demo=True, lang=lang), wanted


def label_sheet(lang: str) -> Case:
    label = labels.LotLabel(
        code="BY5CMHCRJDC", name="棉被", specification="3 床", expires_on="2027-01-01", store="赤岩镇爱心超市"
    )
    large = replace(label, code="B6XA2XXZ359", name=LONG[:18], store="临溪市慈善爱心超市中心仓库")
    html = labels.labels_html([label, large], lang=lang, demo=True)
    return html, Wanted(
        "labels",
        ["BY5C MHCR JDC", "赤岩镇爱心超市", large.name, large.store],
        ["BY5CMHCRJDC", "B6XA2XXZ359"],
        numbered=False,
    )


def command_sheet(lang: str) -> Case:
    codes = list(COMMANDS)
    listed = [commands.PrintedCommand(code, "完成", "确认发放（入库时：确认入库）") for code in codes]
    html = commands.commands_html(listed, lang=lang, demo=True)
    return html, Wanted("commands", ["9900 1001 00", "确认发放（入库时：确认入库）"], codes, numbered=False)


def poster(lang: str, **changes: Any) -> Case:
    """The poster of a work unit, on one page."""
    url = "https://cishan.example.cn/campaigns/one-day-2026/give?work_unit=LXU06"
    asked: dict[str, Any] = {
        "organisation": "临溪市慈善总会",
        "campaign": "2026 年慈善一日捐",
        "purpose": "捐出一天的收入，帮助身边有困难的家庭。",
        "starts_on": "2026-10-12",
        "ends_on": "2026-12-26",
        "filing_no": "51330000MJ8700123XA26001",
        "unit": "市人民医院",
        "reference": "YRJ26-06",
        "address": url,
        "holder": "临溪市慈善总会",
        "bank": "临溪农商银行营业部",
        "account": "8800000020260001",
        "planned": "",
        "phone": "0577-12345678",
        "demo": True,
        "lang": lang,
    }
    document = posters.PrintedPoster(**{**asked, **changes})
    shown = [document.unit[:20], "YRJ26-06", "8800000020260001", "51330000MJ8700123XA26001"]
    return posters.poster_html(document), Wanted("poster", shown, [url], numbered=False)


ROSTER_LINE = rosters.RosterLine(
    name="王建国",
    code="HH001234",
    id_number="330***********1234",
    category="低保",
    members=3,
    address="石梁村 4 组 12 号",
    amount_fen=60_000,
    account="****2222",
    phone="13800002222",
)


def roster(lang: str, *counts: int, line: rosters.RosterLine = ROSTER_LINE, **changes: Any) -> Case:
    """A roster of so many recipients in each township."""
    places = ("石梁镇", "赤岩镇", "瓷坞乡")
    sheets = [rosters.TownshipSheet(town, [line] * count) for town, count in zip(places, counts, strict=False)]
    asked: dict[str, Any] = {
        "number": "HM-2026-000012",
        "status": "confirmed",
        "copy": "internal",
        "organisation": "临溪市慈善总会",
        "programme": "P04 春节送温暖",
        "fund": "F-WARM 冬季送温暖",
        "voucher": "BF-2026-000031",
        "branch": "石梁镇慈善分会",
        "distributed_on": "2026-11-20",
        "place": "石梁村村委会",
        "sheets": sheets,
        "amount_fen": sum(counts) * (line.amount_fen or 0),
        "recipients": sum(counts),
        "maker": "周敏",
        "checker": "汤春梅",
        "entry": "2026-11 记-0496 #31095",
        "content_hash": HASH,
        "verify_url": URL,
        "demo": True,
        "lang": lang,
    }
    document = rosters.PrintedRoster(**{**asked, **changes})
    with words.speaking(lang):
        sums = [money.yuan_sign(document.amount_fen), money.capitals(document.amount_fen)] if line.amount_fen else []
        texts = [document.number or document.voucher, document.programme, document.place, document.content_hash, *sums]
        texts += [line.name, line.code, line.id_number, line.phone, line.address] if any(counts) else []
        wanted = Wanted(
            "roster",
            [text for text in texts if text],
            [URL],
            signed=[words.say("乡镇审核")],
            kept=[f"{counts[-1]:,}" if counts else words.say("合计（大写）")],
        )
    return rosters.roster_html(document), wanted


CASES: dict[str, Callable[[str], Case]] = {
    "receipt": receipt,
    "receipt, three copies": lambda lang: receipt(lang, ("stub", "donor", "books")),
    "receipt, masked": lambda lang: receipt(lang, full_url=f"{URL}/full", copied_on="2026-11-26"),
    "receipt, pick-up code": lambda lang: receipt(lang, pick_up="WECRA65G", fiscal_code="33010126", fiscal_number="1"),
    "receipt, voided": lambda lang: receipt(lang, status="voided", ended_on="2026-11-26", reason="姓名有误" * 12),
    "receipt, 5 lines": lambda lang: receipt(lang, **money_lines(5)),
    "receipt, 9 lines": lambda lang: receipt(lang, **money_lines(9)),
    "receipt, 40 lines": lambda lang: receipt(lang, ("stub", "donor"), **money_lines(40)),
    "receipt, the largest sum": lambda lang: receipt(lang, **money_lines(1, LARGEST)),
    "receipt, long names": lambda lang: receipt(
        lang, donor=LETTERS, organisation=LONG, memo=CHINESE[:200], wish_note=LONG
    ),
    "receipt of goods": lambda lang: receipt(lang, **goods_lines(3)),
    "receipt of goods, 40 lines": lambda lang: receipt(lang, **goods_lines(40, LETTERS[:60])),
    "intake": lambda lang: intake(lang, 3),
    "intake, 13 lines": lambda lang: intake(lang, 13),
    "intake, 14 lines": lambda lang: intake(lang, 14),
    "intake, 15 lines": lambda lang: intake(lang, 15),
    "intake, 120 lines": lambda lang: intake(lang, 120, LONG, donor=LETTERS),
    "intake of a purchase": lambda lang: intake(lang, 2, source="purchase", donor="采购（审批单 BF-2026-000012）"),
    "intake, taken back": lambda lang: intake(lang, 2, reversed_on="2026-11-26"),
    "intake, reversal": lambda lang: intake(lang, 2, reverses="RK-LX01-2026-000001", reason="数量点错" * 15),
    "issue": lambda lang: issue(lang, 3),
    "issue, reversal": lambda lang: issue(lang, 2, reverses="FF-LX01-2026-000001", reason="发错家庭" * 15),
    "issue, 7 lines": lambda lang: issue(lang, 7),
    "issue, 8 lines": lambda lang: issue(lang, 8),
    "issue, 9 lines": lambda lang: issue(lang, 9),
    "issue, 60 lines": lambda lang: issue(lang, 60, LONG, proxy="王五：行动不便", programme="P05 爱心超市"),
    "voucher": voucher,
    "voucher in cash": lambda lang: voucher(lang, in_cash=True, paid_on="2026-11-26", amount_fen=LARGEST),
    "voucher, long reason": lambda lang: voucher(lang, reason=CHINESE, in_cash=True, payee_name=LETTERS),
    "voucher, longer reason": lambda lang: voucher(lang, reason=CHINESE + CHINESE[:200], payee_name=LONG),
    "voucher, rejected": lambda lang: voucher(lang, status="rejected", recipients=30),
    "voucher, list": lambda lang: voucher(
        lang, listed=[vouchers.Listed("household", f"H{n:06}", "王*") for n in range(60)], recipients=60
    ),
    "journal voucher": lambda lang: journal_voucher(lang, 2),
    "journal voucher, 6 lines": lambda lang: journal_voucher(lang, 6),
    "journal voucher, 7 lines": lambda lang: journal_voucher(lang, 7),
    "journal voucher, 8 lines": lambda lang: journal_voucher(lang, 8, LONG),
    "journal voucher, 40 lines": lambda lang: journal_voucher(lang, 40),
    "journal vouchers": lambda lang: journal_voucher(lang, 9, vouchers_=3),
    "roster": lambda lang: roster(lang, 1),
    **{f"roster, {n} lines": lambda lang, n=n: roster(lang, n) for n in (9, 10, 14, 15, 40, 200)},  # type: ignore[misc]
    "roster of three townships": lambda lang: roster(lang, 15, 3, 30),
    "roster without a list": lambda lang: roster(lang, 0, recipients=1_200, amount_fen=LARGEST),
    "roster for others": lambda lang: roster(
        lang, 20, copy="notice", line=rosters.RosterLine(name="王*", code="HH001234", amount_fen=60_000)
    ),
    "roster to be signed": lambda lang: roster(lang, 25, copy="unsigned", number="", status="", content_hash=""),
    "roster to be written by hand": lambda lang: roster(
        lang, 24, line=rosters.RosterLine(), copy="unsigned", number="", status="", content_hash="", amount_fen=60_000
    ),
    "roster, sent back": lambda lang: roster(lang, 3, status="refused", entry=""),
    "roster, long names": lambda lang: roster(
        lang,
        12,
        line=replace(ROSTER_LINE, name=LETTERS[:60], address=CHINESE[:60], amount_fen=LARGEST // 12),
        place=CHINESE[:100],
        branch=LONG,
    ),
    "labels": label_sheet,
    "commands": command_sheet,
    "poster": poster,
    "poster, long names": lambda lang: poster(lang, campaign=CHINESE[:60], unit=CHINESE[:60], purpose=CHINESE[:300]),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("case", CASES)
def test_every_page_of_every_form_can_be_read_whole(printer: Printer, case: str, lang: str) -> None:
    html, wanted = CASES[case](lang)
    assert printed_pages.faults(printer.pdf(html, MARK), wanted) == []


PUBLIC = {"full_url": f"{URL}/full", "donor": "王*"}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("count", [4, 5, 6, 20])
def test_no_sum_stands_below_a_single_line_of_a_receipt(printer: Printer, count: int, lang: str) -> None:
    html, wanted = receipt(lang, **PUBLIC, **goods_lines(count))
    pdf = printer.pdf(html, MARK)
    assert printed_pages.faults(pdf, wanted) == []
    rows = [sheet.text.count("大米") for sheet in printed_pages.sheets(pdf)]
    assert (sum(rows), rows[-1] >= min(2, count)) == (count, True), rows


@pytest.mark.parametrize("count", range(26, 30))
def test_no_name_stands_alone_on_the_last_page_of_a_list(printer: Printer, count: int) -> None:
    names = [vouchers.Listed("household", f"LXJ{n:04}", "王*") for n in range(count)]
    html, wanted = voucher("zh", recipients=count, listed=names)
    pdf = printer.pdf(html, MARK)
    assert printed_pages.faults(pdf, wanted) == []
    rows = [sheet.text.count("LXJ") for sheet in printed_pages.sheets(pdf)]
    assert (sum(rows), rows[-1] > 1) == (count, True), rows


def test_what_is_left_empty_says_so_once(printer: Printer) -> None:
    for html, _ in (receipt("zh"), receipt("zh", **goods_lines(1)), journal_voucher("zh", 2)):
        (sheet,) = printed_pages.sheets(printer.pdf(html, MARK))
        assert sheet.text.count("以下空白") == 1
    for html, _ in (receipt("zh", **money_lines(9)), journal_voucher("zh", 6)):
        assert "以下空白" not in "".join(sheet.text for sheet in printed_pages.sheets(printer.pdf(html, MARK)))


def test_the_file_of_several_vouchers_says_from_which_to_which() -> None:
    html, _ = journal_voucher("zh", 2, vouchers_=3)
    assert "<title>记账凭证 2026-11 记-0496 至 2026-11 记-0496（共 3 张）</title>" in html
    assert "<title>记账凭证 2026-11 记-0496</title>" in journal_voucher("zh", 2)[0]


def test_what_is_wrong_with_a_page_is_named(printer: Printer) -> None:
    html, wanted = CASES["voucher"]("zh")

    def faults(html: str, wanted: Wanted = wanted) -> str:
        return " ".join(printed_pages.faults(printer.pdf(html, MARK), wanted))

    assert "without '¥9,999.00'" in faults(html, replace(wanted, texts=["¥9,999.00"]))
    assert "codes" in faults(html, replace(wanted, codes=[f"{URL}X"]))
    assert "2 copies, not 1" in faults(f"{html}\f{html}")
    assert "signatures on a page of their own" in faults(html.replace('class="foot"', 'style="break-before: page"'))
    assert "type of 6.00 points" in faults(html.replace("付款日期", '<span style="font-size: 6pt">付款日期</span>'))
    assert "a glyph that the font does not have" in faults(html.replace("付款日期", "付款日期\U0010fffd"))
    assert "characters that no font has: 〓" in faults(html.replace("付款日期", "付款日期〓"))
    assert "cut text: " in faults(html.replace("因病致贫", "因病…"))
    assert "text beyond the page: " in faults(
        html.replace("付款日期", '<span style="margin-left: -90mm">付款日期</span>')
    )
    assert "text over text: " in faults(html.replace("吴静", '吴静静<span style="margin-left: -26pt">林晓梅</span>'))
    assert "text behind a code: " in faults(
        html.replace('<td class="foot-qr">', '<td class="foot-qr"><span style="position: absolute">周敏周敏</span>')
    )
    assert "pages" in faults(html.replace("counter(page)", '"7"'))
