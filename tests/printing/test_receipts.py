"""The receipt D1 over all it may hold: each page has its head and number, the total its last line, goods their columns."""

import io
import re
import subprocess
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pikepdf
import pytest
from fontTools.ttLib import TTFont
from pdf_reading import MARK, URL, codes_in, flat, page_count, text_of
from printing.test_documents import RECEIPT

from charity.printing import pages, places, receipts, renderer
from charity.printing.receipts import PrintedReceipt, ReceiptLine

NOWHERE = "\U000323b0"
"""A character of no font."""
LARGEST_FEN = 98_765_432_109_99
LONG, WIDE = "慈" * 100, "W" * 100
FULL = f"{URL}/full"


async def printed(receipt: PrintedReceipt, *copies: receipts.Copy) -> bytes:
    return await renderer.rendered(receipts.receipt_form(receipt, copies or ("donor",)), identifier=MARK)


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, without blanks."""
    return ["".join(page.split()) for page in text_of(pdf).split("\f")[:-1]]


def goods(n: int, fen: int = 100, name: str = LONG) -> ReceiptLine:
    return ReceiptLine(
        kind="goods",
        name=f"第{n}种{name}",
        specification="5kg",
        measure="袋",
        quantity=1_000_000,
        unit_price_fen=fen,
        amount_fen=fen,
        basis="发票",
    )


LINES = [*(goods(n, name=WIDE if n % 2 else LONG) for n in range(1, 40)), goods(40, LARGEST_FEN - 3_900)]
LONGEST = replace(
    RECEIPT,
    status="voided",
    ended_on="2026-10-09",
    reason="错" * 500,
    organisation="会" * 84,
    donor=WIDE,
    donor_id="91330000MA27XXXXX1",
    project=LONG,
    lines=LINES,
    total_fen=LARGEST_FEN,
    memo="M" * 200,
    wish="designated",
    wish_note=LONG,
    handler="周" * 40,
    reviewer="复" * 40,
    receiver="收" * 40,
    pick_up="ABCD2345",
    copied_on="2026-11-26",
    fiscal_code="33010126",
    fiscal_number="0000123456",
    fiscal_check="a1b2c3",
)


MM = 72 / 25.4


class Box(NamedTuple):
    """A word and where it stands, in points."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


def boxes(pdf: bytes) -> list[Box]:
    """The words of all pages."""
    out = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    words = re.findall(r'xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">([^<]*)<', out)
    return [Box(*map(float, edges), text) for *edges, text in words]


def overflowing(pdf: bytes) -> list[str]:
    """Words that stand outside the margins of a page."""
    boxes = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    out = []
    for page in boxes.split("<page ")[1:]:
        wide = float(re.search(r'width="([\d.]+)"', page)[1])  # type: ignore[index]
        high = float(re.search(r'height="([\d.]+)"', page)[1])  # type: ignore[index]
        for x1, y1, x2, y2, word in re.findall(
            r'xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">([^<]*)<', page
        ):
            if float(x1) < 36 or float(x2) > wide - 36 or float(y1) < 20 or float(y2) > high:
                out.append(word)
    return out


async def test_the_longest_receipt_has_its_head_and_number_on_every_page_and_no_total_alone() -> None:
    pdf = await printed(LONGEST)
    texts = pages_of(pdf)
    for n, text in enumerate(texts, 1):
        assert "会" * 30 in text
        assert "捐赠收据" in text
        assert "No.CS-2026-000123" in text
        assert WIDE[:40] in text
        assert f"第{n}页共{len(texts)}页" in text
        assert "副本COPY2026-11-26" in text
        assert "已作废2026-10-09" in text
    (total,) = [text for text in texts if "人民币玖佰捌拾柒亿陆仟伍佰肆拾叁万贰仟" in text]
    assert "玖分" in total
    assert "第40种" in total
    assert "¥98,765,432,109.99" in total
    assert "98,765,432,070.99" in total
    assert [n for n in range(1, 41) if not any(f"第{n}种" in text for text in texts)] == []
    assert pages.NOT_FOR_TAX in texts[-1]
    assert "备注" in texts[-1]
    assert "ABCD2345" in texts[-1]
    for words in ("周" * 40, "复" * 40, "收" * 40):
        assert words[0] * 6 in texts[-1]
    assert "错" not in "".join(texts), "the giver's copy"
    kept = "".join(pages_of(await printed(LONGEST, "books")))
    assert "错" * 500 in kept.replace("理由：", "")
    assert "".join(texts).count("M") >= 200
    assert codes_in(pdf, page=len(texts)) == [URL]
    assert overflowing(pdf) == []
    assert ["接下页" in text for text in texts] == [True] * (len(texts) - 1) + [False]


@pytest.mark.parametrize("rows", [1, 11, 12, 40])
async def test_the_end_of_a_receipt_of_many_lines_stands_whole_beside_its_last_line(rows: int) -> None:
    lines = [goods(n, name="棉被") for n in range(1, rows + 1)]
    pdf = await printed(replace(RECEIPT, project="日常捐赠", lines=lines, total_fen=100 * rows))
    texts = pages_of(pdf)
    last = texts[-1]
    assert f"第{rows}种棉被" in last
    assert "合计（大写）" in last
    assert pages.NOT_FOR_TAX in last
    assert codes_in(pdf, page=len(texts)) == [URL]
    assert all("No.CS-2026-000123" in text and "品名" in text for text in texts)
    assert sum(text.count("合计（大写）") for text in texts) == 1
    assert overflowing(pdf) == []


@pytest.mark.parametrize("name", ["organisation", "donor", "project", "memo", "wish_note", "handler", "reviewer"])
async def test_one_long_text_leaves_a_short_receipt_on_one_page(name: str) -> None:
    usual = replace(RECEIPT, project="日常捐赠", lines=[goods(1, name="棉被")], total_fen=100)
    for text in (LONG, WIDE):
        pdf = await printed(replace(usual, **{name: text}))  # type: ignore[arg-type]
        assert page_count(pdf) == 1
        assert text[:6] in flat(pdf)
        assert pages.NOT_FOR_TAX in flat(pdf)
        assert overflowing(pdf) == []


NARROW = "宽" * int(receipts.SHORT_EM)


WIDEST = replace(
    RECEIPT,
    **dict.fromkeys(("organisation", "donor", "memo", "wish_note", "handler", "reviewer", "remark"), NARROW),
    pick_up="ABCD2345",
    copied_on="2026-11-26",
    tax_note="税" * receipts.SHORT_NOTE_EM,
)
FISCAL = {"fiscal_code": "33010126", "fiscal_number": "0000123456", "fiscal_check": "a1b2c3"}
CELL = "格" * receipts.SHORT_CELL_EM
LONG_LINES = [
    ReceiptLine(project=CELL, kind="money", specification=CELL, amount_fen=LARGEST_FEN)
] * receipts.SHORT_LINES


@pytest.mark.parametrize(
    "receipt",
    [
        RECEIPT,
        WIDEST,
        replace(WIDEST, **FISCAL),
        replace(WIDEST, **FISCAL, receiver=NARROW, lines=LONG_LINES, total_fen=LARGEST_FEN * len(LONG_LINES)),
    ],
    ids=["usual", "widest", "fiscal", "lines"],
)
async def test_what_is_not_measured_prints_as_if_it_were(receipt: PrintedReceipt) -> None:
    every = receipts.sheets(receipt, ("donor", "books"))
    assert [sheet["short"] for sheet in every] == [True, True]
    measured = [{**sheet, "short": False} for sheet in every]

    async def words(sheets: list[dict[str, Any]]) -> str:
        pdf = await renderer.rendered(receipts.form(sheets, demo=False, lang="zh"), identifier=MARK)
        assert overflowing(pdf) == []
        assert page_count(pdf) == 2
        return subprocess.run(
            ["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True
        ).stdout.decode()

    assert await words(every) == await words(measured)


def test_a_text_that_may_not_fit_its_line_is_measured() -> None:
    def short(**changes: Any) -> bool:
        (sheet,) = receipts.sheets(replace(RECEIPT, **changes))
        return bool(sheet["short"])

    names = ("organisation", "donor", "memo", "wish_note", "handler", "reviewer", "receiver", "remark")
    assert [name for name in names if short(**{name: NARROW + "1"})] == []
    (line,) = RECEIPT.lines
    assert not short(lines=[replace(line, project=CELL + "1")])
    assert not short(lines=[replace(line, specification=CELL + "1")])
    assert not short(tax_note=WIDEST.tax_note + "1")
    assert not short(full_url=FULL)
    assert not short(lang="en")
    assert not short(status="voided", ended_on="2026-10-09")
    assert not short(lines=[goods(1, name="被")], total_fen=100)
    assert not short(lines=[line] * 4, total_fen=4 * RECEIPT.total_fen)


def of_goods(count: int, name: str) -> PrintedReceipt:
    lines = [goods(n, name=name) for n in range(count)]
    return replace(RECEIPT, project="日常捐赠", lines=lines, total_fen=100 * count)


async def test_three_copies_of_as_many_lines_as_a_receipt_may_have_print_in_the_time_of_one_document() -> None:
    texts = pages_of(await printed(of_goods(receipts.LINES_MAX, "棉" * 60), *receipts.COPIES))
    assert sum(text.count("棉" * 10) for text in texts) >= 3 * receipts.LINES_MAX
    assert all("No.CS-2026-000123" in text for text in texts)


def megabytes(pid: int) -> int:
    """What a process has in memory now."""
    return int(Path(f"/proc/{pid}/status").read_text(encoding="ascii").partition("VmRSS:")[2].split()[0]) // 1024


@pytest.mark.parametrize(
    ("receipt", "count"), [(RECEIPT, 20), (of_goods(100, "棉被" * 20), 1)], ids=["a part", "many lines"]
)
async def test_a_child_that_sets_many_documents_keeps_its_memory(receipt: PrintedReceipt, count: int) -> None:
    """Each takes some 40 MB of what Typst keeps: without forgetting, some twentieth is beyond any limit."""
    ours = renderer.Renderer()

    async def part(first: int) -> int:
        many = [replace(receipt, number=f"CS-2026-{first + n:06}", donor=f"林晓{first + n}") for n in range(count)]
        sheets = [sheet for receipt in many for sheet in receipts.sheets(receipt, ("stub", "donor", "books"))]
        await ours.pdf(receipts.form(sheets, demo=False, lang="zh"), identifier=MARK, seconds=120)
        (child,) = ours.children()
        return megabytes(child)

    try:
        sizes = [await part(100 * n) for n in range(5)]
    finally:
        ours.close()
    assert sizes[-1] < sizes[1] + 60, sizes


async def test_each_copy_counts_its_own_pages() -> None:
    lines = [goods(n, name="棉被") for n in range(1, 21)]
    pdf = await printed(replace(RECEIPT, project="日常捐赠", lines=lines, total_fen=2_000), "stub", "donor", "books")
    texts = pages_of(pdf)
    whole = len(texts) // 3
    assert whole > 1
    for n, text in enumerate(texts):
        assert ("第一联存根", "第二联捐赠人", "第三联记账")[n // whole] in text
        assert f"第{n % whole + 1}页共{whole}页" in text


async def test_goods_have_the_columns_of_goods_and_money_those_of_money() -> None:
    line = replace(goods(1, 2_650), name="大米(晚籼)", quantity=3, amount_fen=7_950)
    unvalued = ReceiptLine(kind="goods", name="旧毛衣", measure="件", quantity=30, amount_fen=None)
    text = flat(await printed(replace(RECEIPT, project="送温暖", lines=[line, unvalued], total_fen=7_950)))
    assert "捐赠项目送温暖种类实物" in text
    assert "品名规格单位数量单价（元）金额（元）计价依据" in text
    assert "大米(晚籼)5kg袋326.5079.50发票" in text
    assert "旧毛衣件30不计价" in text
    assert "收货人" in text
    money = flat(await printed(RECEIPT))
    assert "捐赠项目种类基金（用途）金额（元）" in money
    assert "2026年慈善一日捐货币1,409.50" in money
    assert not any(word in money for word in ("品名", "单价", "收货人"))
    assert "收款人" in money


async def test_a_voided_receipt_says_when_and_a_reprint_that_it_is_a_copy() -> None:
    ended = replace(RECEIPT, status="voided", ended_on="2026-10-09", reason="抬头写错")
    assert "已作废2026-10-09·理由：抬头写错" in flat(await printed(ended, "books"))
    own = flat(await printed(ended))
    assert ("已作废2026-10-09" in own, "抬头写错" in own) == (True, False), (
        "the giver's copy has no words of the office"
    )
    public = flat(await printed(replace(RECEIPT, status="voided", ended_on="2026-10-09")))
    assert "已作废2026-10-09" in public
    assert "理由" not in public
    assert "副本COPY2026-11-26" in flat(await printed(replace(RECEIPT, copied_on="2026-11-26")))
    assert "COPY" not in flat(await printed(RECEIPT))


async def test_the_masked_copy_says_so_and_only_the_giver_s_copy_has_the_pick_up_code() -> None:
    masked = flat(await printed(replace(RECEIPT, donor="林*", full_url=FULL)))
    assert "公开副本，姓名已隐去" in masked
    assert FULL in masked
    three = pages_of(await printed(replace(RECEIPT, pick_up="ABCD2345"), "stub", "donor", "books"))
    assert ["领取码ABCD2345" in text for text in three] == [False, True, False]
    assert "公开副本" not in "".join(three)


async def test_a_name_in_rare_characters_is_drawn_and_what_no_font_has_is_a_visible_gap() -> None:
    pdf = await printed(replace(RECEIPT, donor=f"𠮷𪚥𫝀𬺰𰀀𱍐 བོད་ཡིག ئۇيغۇرچە ᠮᠣᠩᠭᠣᠯ{NOWHERE}", memo=f"赠{NOWHERE}\n"))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        fonts = {str(font["/BaseFont"]) for page in document.pages for font in page.resources["/Font"].values()}
    names = {name.partition("+")[2].partition("-")[0] for name in fonts}
    assert {"BabelStoneHan", "NotoSerifTibetan", "NotoNaskhArabic", "NotoSansMongolian"} <= names
    text = flat(pdf)
    assert "𠮷𪚥" in text
    assert "赠〓" in text
    assert NOWHERE not in text


def test_every_layout_in_typst_takes_its_fonts_from_one_place() -> None:
    layouts = [path.read_text(encoding="utf-8") for path in sorted(places.LAYOUTS.glob("*.typ"))]
    assert sum(text.count("font: fonts,") for text in layouts) == sum("set text(" in text for text in layouts) >= 3
    assert not any("Noto" in text for text in layouts)


async def test_each_font_for_rare_characters_draws_what_it_alone_has() -> None:
    def characters(path: Path) -> set[int]:
        with TTFont(path) as font:
            return set(font.getBestCmap())

    known, alone = characters(places.FONT_REGULAR), {}
    for family, path in places.RARE_FONTS.items():
        own = characters(path) - known
        alone[family] = next(chr(point) for point in sorted(own) if unicodedata.category(chr(point)) in {"Lo", "So"})
        known |= own
    pdf = await printed(replace(RECEIPT, memo=" ".join(alone.values())))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        fonts = {str(font["/BaseFont"]) for page in document.pages for font in page.resources["/Font"].values()}
    drawn = {name.partition("+")[2].partition("-")[0] for name in fonts}
    assert {family.replace(" ", "") for family in alone} <= drawn


@pytest.mark.parametrize(
    "word", ["Д" * 100, "ئ" * 100, "བོད" * 33, "-" * 100, "Ω" * 100, "1/" * 50], ids=lambda word: word[:2]
)
async def test_a_long_word_of_any_writing_breaks_where_its_place_ends(word: str) -> None:
    (line,) = RECEIPT.lines
    texts = dict.fromkeys(("organisation", "donor", "memo", "wish_note", "remark", "tax_note"), word)
    texts |= dict.fromkeys(("handler", "reviewer", "receiver"), word[:40])
    long = replace(RECEIPT, **texts, lines=[replace(line, project=word, specification=word)])  # type: ignore[arg-type]
    assert overflowing(await printed(long)) == []
    narrow = replace(of_goods(1, word), lines=[replace(goods(1, name=word), specification=word[:40])])
    cells = boxes(await printed(narrow))
    (basis,) = [cell for cell in cells if cell.text == "发票"]
    for cell in cells:
        if cell.top < basis.top + 30 and set(cell.text) <= set(word):
            assert cell.right < 13 * MM + 74 * MM


async def test_ordinary_words_and_addresses_are_not_cut() -> None:
    words = "International Humanitarian Organisation of Extraordinary Circumstances and Responsibilities of Linxi"
    address = "https://cishan.linxi.example/about/how-we-use-it"
    pdf = await printed(replace(RECEIPT, memo=f"{words} {address}", donor="Telecommunications Internationalisation"))
    assert {*words.split(), address, "Internationalisation"} <= set(text_of(pdf).split())


async def test_each_fact_stands_at_its_name() -> None:
    whole = replace(RECEIPT, fiscal_code="33010126", fiscal_number="0000123456", fiscal_check="a1b2c3", remark="补开")
    text = flat(await printed(whole))
    assert "财政票据代码33010126票据号码0000123456校验码a1b2c3" in text
    assert "备注补开" in text
    assert "到账日2026-10-08" in text
    assert "以下空白" in text
    unvalued = replace(goods(1, name="旧毛衣"), unit_price_fen=None, amount_fen=None, basis="")
    text = flat(await printed(replace(RECEIPT, project="送温暖", lines=[unvalued], total_fen=0)))
    assert "合计（大写）不计价（小写）—" in text
    assert "收到日期2026-10-08" in text
    assert "0.00" not in text


async def test_the_form_has_its_frame_and_amounts_end_at_one_line_and_the_demo_its_mark() -> None:
    pdf = await printed(replace(RECEIPT, demo=True))
    cells = boxes(pdf)
    amount, total = (next(cell for cell in cells if cell.text == text) for text in ("1,409.50", "¥1,409.50"))
    assert abs(amount.right - total.right) < 0.6
    assert max(cell.bottom - cell.top for cell in cells if "演" in cell.text) > 60
    shot = subprocess.run(["pdftoppm", "-r", "200", "-gray", "-"], input=pdf, capture_output=True, check=True).stdout
    _, size, _, pixels = shot.split(b"\n", 3)
    wide = int(size.split()[0])
    for edge in (13, 197):  # millimetres
        near = range(int((edge - 0.6) * MM * 200 / 72), int((edge + 0.6) * MM * 200 / 72) + 1)
        assert max(sum(shade < 70 for shade in pixels[x::wide]) for x in near) > 55 * MM * 200 / 72


async def test_several_documents_are_one_pdf_with_equal_bytes() -> None:
    html = renderer.TOGETHER.join(["<p>甲", "<p>乙"])
    first = await renderer.rendered(html, identifier=MARK)
    assert first == await renderer.rendered(html, identifier=MARK)
    with pikepdf.open(io.BytesIO(first)) as document:
        assert len(document.pages) == 2
