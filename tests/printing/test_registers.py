"""Registers on paper: pages, sums carried forward, sums that agree, text that stays text."""

import asyncio
import io
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import uvloop
from hypothesis import given
from hypothesis import strategies as st
from pdf_reading import HASH, MARK, URL, children_running, codes_in, flat, page_count, paper_size_mm, text_of

from charity import words as speech
from charity.app import DOCUMENTS
from charity.printing import glyphs, registers, renderer
from charity.printing.document import Column
from charity.printing.register_renderer import Progress, print_register
from charity.printing.registers import PrintedColumn, Register

REPORTS = {document.name: document for document in DOCUMENTS}
COLUMNS = [
    PrintedColumn("n", "序号", 8, "center", "count"),
    PrintedColumn("on", "到账日期", 16, "center", "date"),
    PrintedColumn("donor", "捐赠人", 30),
    PrintedColumn("fen", "金额", 20, "right", "money", total=True),
]


RARE = "𠮷𪚥𫝀𬺰𰀀𱍐 ᠮᠣᠩᠭᠣᠯ བོད་ཡིག ئۇيغۇرچە"
NOWHERE = "\U000323b0"
"""A character of no font: of extension I."""


def rows(count: int):
    for n in range(1, count + 1):
        yield (n, "2026-10-08", f"捐赠人{n}", n * 100)


def register(count: int, **facts: Any):
    return replace(
        Register(
            title="捐赠收入明细台账",
            organisation="临溪市慈善总会",
            period="2026-10-01 至 2026-10-31",
            filters="活动：一日捐",
            unit="单位：元",
            columns=COLUMNS,
            rows=list(rows(count)),
            row_count=count,
            sign_offs=["制表人", "复核人", "财务负责人", "单位负责人（签章）"],
            code="D4-2026-10-0007",
            verify_url=URL,
            hash_hex=HASH,
            printed_at="2026-11-01 09:30",
        ),
        **facts,
    )


async def printed(facts: Register, *, progress: Progress | None = None) -> bytes:
    """The PDF of a register."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "register.pdf"
        await print_register(facts, out, progress=progress)
        return out.read_bytes()


def test_a_running_number_is_no_figure_with_separators():
    number, figure = COLUMNS[0], PrintedColumn("times", "受益人次", 10, "right", "count", total=True)
    assert registers.shown(number, 12_345) == "12345"
    assert registers.shown(figure, 12_345) == "12,345"


async def test_a_register_prints_titles_sums_page_numbers_and_its_check_code():
    pdf = await printed(register(50))
    text = flat(pdf)
    assert page_count(pdf) == 3
    for words in (
        "捐赠收入明细台账",
        "编制单位：临溪市慈善总会",
        "单位：元",
        "筛选：活动：一日捐",
        "制表人：",
        "单位（章）",
        HASH,
        "D4-2026-10-0007",
    ):
        assert words in text
    assert text.count("本页小计") == 3
    assert text.count("承前页") == 2
    assert text.count("合计") == 1
    assert text.count("以下空白") == 1
    assert all(f"第{n}页共3页" in text for n in (1, 2, 3))
    assert "1,275.00" in text  # 1 + 2 + … + 50
    assert "253.00" in text  # the first 22
    assert paper_size_mm(pdf) == (297, 210)
    assert codes_in(pdf) == codes_in(pdf, page=3) == [URL]


async def test_a_register_upright_holds_more_rows_and_all_of_its_foot():
    facts = register(66, sheet=registers.PORTRAIT, note="合计（大写）：贰仟贰佰壹拾壹元整")
    pdf = await printed(facts)
    plan = registers.layout(facts)
    assert plan.sizes == [35, 30, 1]
    assert page_count(pdf) == plan.pages
    assert paper_size_mm(pdf) == (210, 297)
    assert sum(registers.widths_mm(facts.columns, facts.sheet)) == pytest.approx(186, abs=0.01)
    text = flat(pdf)
    assert all(text.count(words) == 3 for words in (HASH, "D4-2026-10-0007", URL, "本页小计"))
    assert text.count("合计（大写）") == 1
    assert "2,211.00" in text  # 1 + 2 + … + 66
    assert codes_in(pdf) == codes_in(pdf, page=3) == [URL]


async def test_an_empty_register_says_so_on_one_page():
    text = flat(await printed(register(0)))
    assert "本期无记录" in text
    assert "第1页共1页" in text
    assert "0.00" in text


async def test_a_long_register_is_joined_from_chunks_with_progress_and_equal_bytes():
    progress_seen = []
    count = registers.LANDSCAPE.rows * 60
    pdf = await printed(register(count), progress=lambda done, whole: progress_seen.append((done, whole)))
    assert page_count(pdf) == 61
    assert progress_seen[0] == (0, 61)
    assert progress_seen[-1] == (61, 61)
    assert progress_seen == sorted(progress_seen)
    text = flat(pdf)
    assert all(f"捐赠人{n}" in text for n in (1, count // 2, count))
    assert registers.money.yuan(sum(range(count + 1)) * 100) in text
    assert pdf == await printed(register(count))


async def test_a_register_is_archival_and_in_english_when_asked():
    pdf = await printed(register(60, lang="en", demo=True))
    assert "Page 1 of 3" in " ".join(text_of(pdf).split())
    assert "Demo" in flat(pdf)
    with pikepdf.open(io.BytesIO(pdf)) as document, document.open_metadata() as meta:
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("3", "B")
        assert not document.attachments


async def test_text_in_a_register_is_never_markup_or_code():
    short = [
        '#eval("x")',
        "*b* $x$ _i_",
        "<link rel=x>",
        '=HYPERLINK("a")',
        "\\u{41} @a",
        "//注释",
        "王\u202e五\x00\n六",
    ]
    pdf = await printed(register(len(short), rows=[(n, "", text, 1) for n, text in enumerate(short)]))
    text = flat(pdf)
    for words in (*short[:-1], "王五六"):
        assert "".join(words.split()) in text


async def test_rows_may_come_as_mappings():
    mapped = [{"n": n, "on": on, "donor": donor, "fen": fen, "unused": 1} for n, on, donor, fen in rows(30)]
    assert "465.00" in flat(await printed(register(30, rows=mapped)))


async def test_a_long_name_makes_its_row_higher_and_is_printed_whole_in_the_size_of_all_others():
    name = "临溪市经济技术开发区新材料产业园" * 5 + "有限责任公司"
    given = [(n, "2026-10-08", name if n % 2 else "陈", n * 100) for n in range(1, 31)]
    facts = register(30, rows=given)
    plan = registers.layout(facts)
    assert sum(plan.sizes) == 30
    assert plan.sizes[0] < registers.page_sizes([2] * 30)[0][0]
    pdf = await printed(facts)
    assert page_count(pdf) == plan.pages
    assert flat(pdf).count("限") == 15  # however its lines are broken
    assert "…" not in flat(pdf)


async def test_the_first_sign_off_names_who_made_it_and_the_foot_the_last_entry():
    text = flat(await printed(register(1, maker="陈会计", seq=12_345)))
    assert "制表人：陈会计" in text
    assert "截至分录：12,345" in text


@pytest.mark.parametrize("promised", [29, 31])
async def test_a_register_whose_rows_changed_while_reading_is_not_printed(promised: int):
    with pytest.raises(registers.RowsChanged):
        await printed(register(promised, rows=list(rows(30))))
    facts = register(30)
    plan = registers.layout(facts)
    with pytest.raises(registers.RowsChanged):
        list(registers.paginate(replace(facts, rows=list(rows(promised))), plan))


async def test_a_value_that_is_words_prints_and_adds_nothing():
    text = flat(await printed(register(2, rows=[(1, "", "甲", "不计价"), (2, "", "乙", 500)])))
    assert "不计价" in text
    assert text.count("5.00") == 3  # its row, the page, the whole


async def test_a_cancelled_register_leaves_no_process_behind():
    task = asyncio.create_task(printed(register(5_000)))
    while not children_running("charity.printing.typst_child"):  # noqa: ASYNC110 - a process, not an event of ours
        await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not children_running("charity.printing.typst_child")


BOTH_WAYS = (registers.LANDSCAPE, registers.PORTRAIT)


@given(st.integers(0, 2_000), st.sampled_from(BOTH_WAYS))
def test_pages_hold_every_row_and_the_last_leaves_room_for_the_stamp(count: int, sheet: registers.Sheet):
    sizes, last = registers.page_sizes([2] * count, sheet=sheet)
    assert last == 2 * sizes[-1]
    assert sum(sizes) == count
    assert all(1 <= size <= sheet.rows for size in sizes[:-1])
    assert sizes[-1] <= sheet.rows_last
    assert sizes[-1] >= min(count, 1)
    assert len(sizes) <= count // sheet.rows + 2


@given(st.lists(st.integers(-(10**11), 10**11), max_size=80))
def test_what_is_carried_forward_is_the_sum_of_all_rows_before(amounts: list[int]):
    def shown(row: list[Any]):
        return "".join(row[-1])

    facts = register(len(amounts), rows=[(n, "", "", fen) for n, fen in enumerate(amounts)])
    seen = 0
    for page in registers.paginate(facts, registers.layout(facts)):
        assert (page.carried is None) == (page.number == 1)
        if page.carried:
            assert shown(page.carried) == registers.money.yuan(sum(amounts[:seen]))
        here = amounts[seen : seen + len(page.rows)]
        seen += len(page.rows)
        assert shown(page.subtotal) == registers.money.yuan(sum(here))
        assert shown(page.running) == registers.money.yuan(sum(amounts[:seen]))
    assert seen == len(amounts)


async def test_the_breakdown_of_the_sums_closes_the_document():
    months = [(f"2026-{n + 1:02} · 非限定性", {"fen": 100 * (n + 1)}) for n in range(registers.LANDSCAPE.rows_last + 1)]
    count = len(months)
    facts = register(count, rows=list(rows(count)), groups=months, group_title="按月和限定性合计")
    plan = registers.layout(facts)
    pages = list(registers.paginate(facts, plan))
    assert [page.closing for page in pages] == [False] * (len(pages) - 1) + [True]
    assert len(pages) == plan.pages == 4
    text = flat(await printed(facts))
    assert "按月和限定性合计" in text
    assert all("".join(label.split()) in text for label, _ in months)
    assert "第4页共4页" in text
    few = [("2026-01 · 非限定性", {"fen": 600}), ("2026-02 · 限定性", {"fen": 0})]
    short = register(3, rows=list(rows(3)), groups=few, group_title="按月和限定性合计")
    assert registers.layout(short).pages == 1
    assert "按月和限定性合计" in flat(await printed(short))
    with pytest.raises(AssertionError):
        wrong = replace(facts, groups=months[1:])
        registers.layout(wrong)


@given(st.text(max_size=120), st.floats(9, 60))
def test_no_text_is_wider_than_its_cell_or_longer_than_its_lines(text: str, width_mm: float):
    fitted = registers.cell(text, width_mm)
    assert 1 <= len(fitted) <= registers.LINES_MAX
    room_mm = width_mm - 2 * registers.PADDING_MM
    for line in fitted:
        assert glyphs.width_em(line) * registers.SIZE_PT * glyphs.MM_A_POINT <= room_mm + 1e-6
    if not fitted[-1].endswith("…"):
        assert "".join("".join(fitted).split()) == "".join(glyphs.printable(text).split())


@given(st.integers(-(10**13), 10**13))
def test_a_figure_is_never_cut(fen: int):
    fitted = registers.cell(registers.money.yuan(fen), 14.0, figure=True)
    assert "".join(fitted) == registers.money.yuan(fen)


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_the_number_of_an_entry_stands_on_one_line(name: str):
    for language, journal in (("zh", ["记-0888", "记-9000"]), ("en", ["V-0888", "V-9000"])):
        columns = [PrintedColumn(c.key, c.title, c.share(language)) for c in REPORTS[name].columns if c.print]
        for column, width in zip(columns, registers.widths_mm(columns, REPORTS[name].sheet), strict=True):
            for text in {"entry": ["1234567"], "journal": journal}.get(column.key, []):
                assert registers.cell(text, width) == [text]
    assert registers.cell("1" * 100, 9.0)[-1].endswith("…")


@pytest.mark.parametrize("name", ["donations", "disbursements"])
def test_the_words_of_every_row_and_sums_of_millions_stand_on_one_line(name: str):
    columns = [PrintedColumn(c.key, c.title, c.width, kind=c.kind) for c in REPORTS[name].columns if c.print]
    lines = {"restriction": ["非限定性"], "consent": ["仅金额", "不公开"], "receipt_status": ["已开具"], "signed": ["已领取"],
             "township": ["白沙镇"], "reason": ["超市自选"], "programme": ["爱心超市"]}  # fmt: skip
    lines["channel"] = ["微信支付", "银行转账"]
    for column, width in zip(columns, registers.widths_mm(columns, REPORTS[name].sheet), strict=True):
        for text in lines.get(column.key, []):
            assert registers.cell(text, width) == [text], column.key
        if column.kind == "money":
            assert registers.cell("9,999,999.99", width, figure=True) == ["9,999,999.99"], column.key
        if column.key == "fund":
            assert registers.cell("总会统筹资金（非限定性）", width) == ["总会统筹资金", "（非限定性）"]


HEADS = [
    (document.name, copy.columns) for document in DOCUMENTS for copy in (document, document.board) if copy is not None
]


@pytest.mark.parametrize(("name", "columns"), HEADS, ids=[f"{name} {len(columns)}" for name, columns in HEADS])
def test_no_english_head_and_no_word_of_a_row_is_broken_inside(name: str, columns: tuple[Column, ...]):
    """Lines end at blanks: English words are longer, so English pages have widths of their own."""
    rows_say = {"restriction": ["Unrestricted"], "donor_kind": ["Organisation", "Anonymous"], "category": ["Destitute"],
                "consent": ["Sum only", "Not public"], "channel": ["Bank transfer", "WeChat Pay"],
                "signed": ["Given"], "reason": ["Own choice"], "fund": ["General fund"], "cost_fen": ["not valued"],
                "programme": ["Charity store", "Temporary aid"], "receipt": ["CS-2026- 006147"]}  # fmt: skip
    with speech.speaking("en"):
        printed = [PrintedColumn(c.key, speech.say(c.title), c.share("en"), kind=c.kind) for c in columns if c.print]
    for column, width in zip(printed, registers.widths_mm(printed, REPORTS[name].sheet), strict=True):
        assert " ".join(registers.heading(column.title, width)) == column.title, (name, column.key)
        for text in rows_say.get(column.key, []) if len(columns) > 10 else ():
            assert " ".join(registers.cell(text, width)) == text, (name, column.key)
        if column.kind == "money" and name != "stock":
            assert registers.cell("999,999,999.99", width, figure=True) == ["999,999,999.99"], (name, column.key)


def test_a_row_is_as_high_as_its_lines_and_two_at_least():
    assert [registers._height([["a"] * n]) for n in (1, 2, 3, 4)] == [2, 2, 3, 4]
    assert registers.page_sizes([2] * 22 + [2])[0] == [22, 1]
    assert registers.page_sizes([3] * 14 + [2] * 20)[0] == [15, 17, 2]


@pytest.mark.parametrize("sheet", BOTH_WAYS, ids=["lying", "upright"])
@pytest.mark.parametrize("few", [0, 2])
async def test_the_note_never_drives_the_foot_onto_a_page_of_its_own(few: int, sheet: registers.Sheet):
    note = "核对：期初 1 ＝ 期末 1"
    for count in range(sheet.rows_last - 3, sheet.rows_last + 2):
        groups = [
            (f"2026-0{n}", {"fen": sum(row[3] for row in rows(count)) if n == 1 else 0}) for n in range(1, few + 1)
        ]
        facts = register(count, rows=list(rows(count)), groups=groups, note=note, sheet=sheet)
        pdf = await printed(facts)
        assert page_count(pdf) == registers.layout(facts).pages, count
        assert flat(pdf).count("".join(note.split())) == 1


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_the_greatest_amount_and_its_sums_fit_whole_into_every_column(name: str):
    columns = [PrintedColumn(c.key, c.title, c.width, c.align, "text" if c.kind == "code" else c.kind, c.total)
               for c in REPORTS[name].columns if c.print]  # fmt: skip
    greatest = {"money": (10**13, -(10**13), 40 * 10**13), "count": (10**6, 40 * 10**6)}
    for column, width in zip(columns, registers.widths_mm(columns, REPORTS[name].sheet), strict=True):
        for value in greatest.get(column.kind, ()) if column.key != "n" else ():
            fitted = registers.cell(registers.shown(column, value), width, figure=True)
            assert "".join(fitted) == registers.shown(column, value), column.key
            assert len(fitted) == 1 or fitted[0].endswith(","), column.key


def test_a_rare_character_prints_as_a_visible_gap_and_controls_vanish():
    assert glyphs.printable("王\U0001fae0小\u202e明\x00") == "王〓小明"


async def test_a_register_prints_names_in_rare_characters_and_scripts():
    lines = [(1, "2026-10-08", RARE, 100), (2, "2026-10-08", f"王{NOWHERE}", 100)]
    pdf = await printed(register(2, rows=lines))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        fonts = {str(font["/BaseFont"]) for page in document.pages for font in page.resources["/Font"].values()}
    assert {name.partition("+")[2] for name in fonts} >= {"BabelStoneHan", "NotoSerifTibetan-Regular"}
    assert "王〓" in flat(pdf)
    assert flat(pdf).count("〓") == 1


def test_what_no_font_has_is_named_once_and_joiners_need_no_shape():
    assert glyphs.missing(RARE, "王小明 Wang\n") == []
    assert glyphs.missing(f"{NOWHERE}王{NOWHERE}", NOWHERE) == [NOWHERE]
    assert glyphs.missing("王\u200d明\u202e") == []
    assert glyphs.drawable(f" 王{NOWHERE}\n") == " 王〓\n"
    assert glyphs.drawable(RARE) == RARE
    assert glyphs.width_em("𠮷") == glyphs.width_em("王")


def test_a_server_reads_the_fonts_beside_its_first_requests():
    from charity import app  # noqa: PLC0415 - it imports every room

    for fonts in (glyphs._font, glyphs._rare):
        fonts.cache_clear()
    thread = app._warm()
    assert thread.daemon
    thread.join(60)
    assert glyphs._font.cache_info().currsize == glyphs._rare.cache_info().currsize == 1


def test_lines_do_not_break_inside_a_word_or_after_an_opening_bracket():
    assert glyphs.wrapped("慈善 HYPERLINK", 7, 2) == ["慈善", "HYPERLINK"]
    assert glyphs.wrapped("婴儿奶粉(新)", 4.5, 2)[1].startswith("(")


def test_documents_and_registers_print_on_uvloop_too():
    async def both():
        pdf = await renderer.rendered("<p>收据", identifier=MARK)
        table = await printed(register(3))
        await renderer.close()
        return pdf, table

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert all(pdf.startswith(b"%PDF") for pdf in runner.run(both()))
