"""The running balance of D7 on a page: what stands between two rows explains it, to the fen, on pages of any size."""

import html
import re
from datetime import date, timedelta
from typing import Any

import pytest
from cast import Cast
from conftest import Web
from reports.given import REPORTS, eventful_town, give, noon, pay, read

from charity.documents import facts
from charity.documents.filters import FUND, PROGRAMME, STORE
from charity.ledger import figures
from charity.printing.document import Column, Course, Filter, Filters
from charity.reports.disbursements import DOCUMENT

BEGIN, END = "2026-09-01", "2026-10-31"
GENERAL = Filters.of(BEGIN, END, fund="F-GEN")


@pytest.fixture
async def town(house: Cast) -> Cast:
    await eventful_town(house)
    with noon("2026-10-21"):
        await give(house, 3_300)
        await pay(house, 900, "P05", "F-GEN", "supplier", "GY01")  # goods on the way: in no row, and the worth stays
        await pay(house, 800, "P03", "F-GEN")
    with noon("2026-10-22"):  # a cost of our own: in no row
        await pay(house, 700, None, "F-GEN", "supplier", "GY01", purpose="administration", recipients=0)
    return house


async def course_of(
    filters: Filters, limit: int = 1_000, after: str | None = None
) -> tuple[list[dict[str, Any]], Course, str | None]:
    """The rows of a page, their course and the cursor of the next page."""
    seq = await facts.head_seq()
    page = await DOCUMENT.page(filters, seq, after, limit)
    assert DOCUMENT.course is not None
    course = await DOCUMENT.course(filters, page.rows, seq, after)
    assert course is not None
    return page.rows, course, page.next


@pytest.mark.parametrize(("begin", "end"), [(BEGIN, END), ("2026-09-10", "2026-10-22")])
async def test_the_balance_is_followed_from_the_opening_over_what_is_between_to_the_closing(
    town: Cast, begin: str, end: str
) -> None:
    asked = Filters.of(begin, end, fund="F-GEN")
    rows, course, _ = await course_of(asked)
    balance, between = course.opening_fen, 0
    for row, before in zip(rows, course.before, strict=True):
        if before is not None:
            assert all(fen for _, fen, _ in before.parts)
            balance += sum(fen for _, fen, _ in before.parts)
            assert balance == before.balance_fen
            between += 1
        balance -= row["amount_fen"] or 0
        assert balance == row["balance_fen"]
    assert between >= 2
    behind = sum(fen for _, fen, _ in course.behind.parts) if course.behind else 0
    assert balance + behind == course.closing_fen
    day_before = (date.fromisoformat(begin) - timedelta(days=1)).isoformat()
    worth = (await figures.worth_by_day(["F-GEN"], [day_before, end], await facts.head_seq()))["F-GEN"]
    assert course.opening_fen == sum(fen for on, fen in worth if on < begin) == (0 if begin == BEGIN else 88)
    parts = [part for each in (*course.before, course.behind) if each for part in each.parts]
    assert [fen for label, fen, _ in parts if label == "费用"] == [-700]
    assert course.closing_fen == worth[-1][1]
    _, totals = await read("disbursements", asked)
    assert course.opening_fen + sum(fen for _, fen, _ in course.whole) - totals.sums["amount_fen"] == course.closing_fen


@pytest.mark.parametrize("chosen", [{}, {"store": "LX01"}])
async def test_gifts_between_two_rows_are_those_of_the_register_that_the_line_leads_to(
    town: Cast, chosen: dict[str, str]
) -> None:
    _, course, _ = await course_of(Filters.of("2026-09-08", END, fund="F-GEN", **chosen))
    led = 0
    for before in [*course.before]:
        for _, fen, address in before.parts if before else ():
            if address:
                query = dict(re.findall(r"(\w+)=([^&]+)", address))
                span = Filters.of(query["from"], query["to"], fund=query["fund"])
                _, totals = await read("donations", span)
                assert totals.sums["amount_fen"] == fen
                led += 1
    assert led >= 2


@pytest.mark.parametrize(
    ("limit", "programme"), [(1, ""), (2, ""), (3, ""), (1, "P03")], ids=["one", "two", "three", "one of a programme"]
)
async def test_pages_of_any_size_have_the_same_lines_between_rows(town: Cast, limit: int, programme: str) -> None:
    chosen = GENERAL.choose(PROGRAMME, programme) if programme else GENERAL
    whole_rows, whole, _ = await course_of(chosen)
    rows, before, after = [], [], None
    while True:
        page, course, after = await course_of(chosen, limit, after)
        rows += page
        before += course.before
        if after is None:
            break
    assert [row["n"] for row in rows] == [row["n"] for row in whole_rows]
    assert (before, course.behind) == (whole.before, whole.behind)


async def test_what_came_behind_the_last_row_stands_above_the_closing_of_the_last_page(town: Cast, web: Web) -> None:
    asked = {"from": BEGIN, "to": END, "fund": "F-GEN"}
    with noon("2026-10-31"):
        await give(town, 4_400)
    page = (await web.as_("accountant").get("/ledgers/disbursements", params=asked)).text
    foot = page[page.rindex("其间") : page.index("期末结余")]
    assert "到账 1 笔 +44.00" in re.sub(r"<[^>]+>", " ", foot)
    assert "<details" not in foot


@pytest.mark.parametrize(("facet", "value"), [(PROGRAMME, "P03"), (STORE, "LX01")])
async def test_rows_that_a_filter_leaves_out_stand_between_under_their_own_words(
    town: Cast, facet: Filter, value: str
) -> None:
    rows, course, _ = await course_of(GENERAL.choose(facet, value))
    words = {label for before in (*course.before, course.behind) if before for label, _, _ in before.parts}
    assert "没有列出的拨付和其他" in words
    balance = course.opening_fen
    for row, before in zip(rows, course.before, strict=True):
        balance += sum(fen for _, fen, _ in before.parts) if before else 0
        balance -= row["amount_fen"] or 0
        assert balance == row["balance_fen"]


async def test_several_funds_have_no_lines_between_and_the_page_of_one_shows_them(town: Cast, web: Web) -> None:
    assert DOCUMENT.course is not None
    assert await DOCUMENT.course(GENERAL.choose(FUND, ""), [], 1, None) is None
    client, asked = web.as_("accountant"), {"from": BEGIN, "to": END}
    assert "其间" not in (await client.get("/ledgers/disbursements", params=asked)).text
    page = (await client.get("/ledgers/disbursements", params={**asked, "fund": "F-GEN"})).text
    for words_of in ("期初结余", "其间", "期末结余", "与账簿核对一致", "本表合计"):
        assert words_of in page
    assert html.escape("/ledgers/donations?from=2026-09-01&to=2026-09-15&fund=F-GEN") in page


def shown(column: Column, value: Any) -> str:
    """A value as a page prints it."""
    if column.kind == "money" and isinstance(value, int):
        return f"{'-' if value < 0 else ''}{abs(value) // 100:,}.{abs(value) % 100:02d}"
    return f"{value:,}" if column.kind == "count" and isinstance(value, int) else str(value)


@pytest.mark.parametrize("name", ["donations", "disbursements", "stock"])
@pytest.mark.parametrize("copy", ["internal", "notice"])
async def test_a_page_shows_every_value_of_its_register_and_no_more_than_ten_columns(
    town: Cast, web: Web, name: str, copy: str
) -> None:
    """What stands below another or is folded is there without any script."""
    chosen = {} if name == "stock" else {"copy": copy}
    rows, totals = await read(name, Filters.of(BEGIN, END, **chosen))
    page = (await web.as_("accountant").get(f"/ledgers/{name}", params={"from": BEGIN, "to": END, **chosen})).text
    table = page[page.index('<div class="reg"') : page.index("</table></div>")]
    heads = re.findall(r"<th scope=\"col\"", table)
    assert len(heads) <= 10
    bodies = re.findall(r"<tbody><tr>.*?</tbody>", table, re.DOTALL)
    assert len(bodies) == len(rows) > 2
    for body, row in zip(bodies, rows, strict=True):
        words_of = html.unescape(re.sub(r"<[^>]+>", " ", body))
        for column in REPORTS[name].columns:
            value = row[column.key]
            if column.screen and value not in {None, ""}:
                assert shown(column, value) in words_of, (column.key, value, words_of)
    foot = html.unescape(re.sub(r"<[^>]+>", " ", table[table.index("<tfoot>") :]))
    for column in REPORTS[name].columns:
        if column.total and not column.folded:
            assert shown(column, totals.sums[column.key]) in foot


async def test_each_chip_takes_away_one_filter_and_the_presets_keep_them(town: Cast, web: Web) -> None:
    client = web.as_("accountant")
    asked = {"from": "2026-09-03", "to": END, "fund": "F-GEN", "programme": "P03"}
    page = (await client.get("/ledgers/disbursements", params=asked)).text
    chips = {
        html.unescape(label): html.unescape(href)
        for href, label in re.findall(r'<a class="chip is-on" href="([^"]*)" aria-label="([^"]*)"', page)
    }
    assert chips == {
        "去掉筛选：期间 2026-09-03 至 2026-10-31": "/ledgers/disbursements?fund=F-GEN&programme=P03",
        "去掉筛选：基金 非限定性基金": "/ledgers/disbursements?from=2026-09-03&to=2026-10-31&programme=P03",
        "去掉筛选：项目 " + _programme(page): "/ledgers/disbursements?from=2026-09-03&to=2026-10-31&fund=F-GEN",
    }
    (this_year,) = re.findall(r'<a class="chip" href="([^"]*)">本年', page)
    assert "fund=F-GEN" in this_year
    assert (await client.get(html.unescape(this_year))).status_code == 200


def _programme(page: str) -> str:
    (name,) = re.findall(r'<option value="P03" selected>([^<]*)<', page)
    return str(html.unescape(name))
