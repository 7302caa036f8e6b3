"""The public ledger: its tables add up to the equation at every door, name no small payment, and its head is checked."""

import csv
import io
import re
from typing import Any

import openpyxl
import pytest
import pytest_asyncio
from cast import Cast
from conftest import Web
from reports.given import busy_town, give, noon, pay

from charity import clock
from charity.db import reading, transactions
from charity.disclosure.books import api, routes
from charity.people.masking import GROUP_MIN
from charity.web import limits
from charity.web.formats import share_of

API = "/api/v1"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    limits.reset()


def month() -> str:
    return clock.today().isoformat()[:7]


@pytest_asyncio.fixture
async def town(house: Cast) -> Cast:
    """Gifts of three funds, a payment of each, goods handed out; and a gift and a payment of last year."""
    with noon(f"{clock.today().year - 1}-12-30"):
        await give(house, 700)
        await pay(house, 200, "P03", "F-GEN")
    await busy_town(house)
    return house


async def asked(web: Web, **params: str) -> dict[str, Any]:
    response = await web.as_().get(f"{API}/books", params=params)
    assert response.status_code == 200, response.text
    return dict(response.json())


def money(lines: list[dict[str, Any]], side: str = "money_fen") -> int:
    return sum(line[side] for line in lines)


async def test_the_tables_add_up_to_the_equation_of_the_books(web: Web, town: Cast) -> None:
    periods = {
        "": (f"{clock.today().year}-01-01", f"{clock.today().year}-12-31"),
        month(): (f"{month()}-01", f"{month()}-28" if clock.today().day <= 28 else clock.today().isoformat()),
    }
    for asked_of, (begin, end) in periods.items():
        shown = await asked(web, **({"month": asked_of} if asked_of else {}))
        figures = (await web.as_().get(f"{API}/figures", params={"from": begin, "to": end})).json()
        assert shown["equation"] == {code: figures[code] for code in shown["equation"]}
        assert shown["seq"] == figures["seq"]
        whole = {code: pair["money_fen"] for code, pair in shown["equation"].items()}
        assert money(shown["sources"]) == whole["received"] - whole["refunded"] > 0
        assert money(shown["sources"], "goods_fen") == shown["equation"]["received"]["goods_fen"] > 0
        out = ("aid", "bought", "advanced", "administration", "fundraising")
        assert money(shown["uses"]) == sum(whole[code] for code in out) > 0
        assert money(shown["uses"], "goods_fen") == shown["equation"]["aid"]["goods_fen"] > 0
        for line in [*shown["funds"], shown["held_for_others"]]:
            left = line["carried_fen"] + line["received_fen"] - line["used_fen"] + line["other_fen"]
            assert left == line["unspent_fen"]
        assert sum(line["unspent_fen"] for line in shown["funds"]) == whole["unspent"]
        assert shown["held_for_others"]["unspent_fen"] == 40_000, "money held for others stands apart"
    assert shown["months"][-1]["month"] == month()
    assert shown["equation"] == {code: shown["months"][-1][code] for code in shown["equation"]}
    last_year = await asked(web, year=str(clock.today().year - 1))
    assert last_year["equation"]["unspent"]["money_fen"] == 500
    assert (await asked(web))["equation"]["carried"]["money_fen"] == 500


async def test_page_and_files_show_the_figures_of_the_call(web: Web, town: Cast) -> None:
    shown, client = await asked(web, month=month()), web.as_()
    address = f"?year={clock.today().year}&month={month()}"
    page = (await client.get(f"/books{address}")).text
    unspent = shown["equation"]["unspent"]["money_fen"]
    assert f"<b>{unspent // 100:,}.{unspent % 100:02d}</b>" in page
    assert shown["head"] in page.replace(" ", "")
    for name in [line["name"] for line in (*shown["sources"], *shown["uses"], *shown["funds"])]:
        assert name in page
    text = (await client.get(f"/books/sheet.csv{address}")).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    left = [row for row in rows if row[:3] == ["收支等式", month(), "尚未使用"]]
    assert [row[3] for row in left] == [f"{unspent // 100}.{unspent % 100:02d}"]
    assert ["截至分录", str(shown["seq"])] in rows
    assert ["账簿指纹", shown["head"]] in rows
    assert ["期间", month()] in rows
    whole = (await client.get(f"/books/sheet.xlsx{address}")).content
    cells = [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(whole)).active.iter_rows()]
    assert [row[3] for row in cells if row[:3] == ["收支等式", month(), "尚未使用"]] == [unspent / 100]
    assert [line["money_fen"] / 100 for line in shown["uses"]] == [row[3] for row in cells if row[0] == "用在哪里"]
    assert f'og:title" content="账本公开 {month()}"' in page
    legend = re.findall(r"</svg>([^<]*)</li>", page[page.index('class="legend"') :].partition("</ul>")[0])
    whole = {code: pair["money_fen"] for code, pair in shown["equation"].items()}
    parts = {"用于救助": whole["aid"], "费用和退款": whole["refunded"], "尚未使用": whole["unspent"]}
    assert legend == [f"{name} {share_of(fen, sum(parts.values()))}" for name, fen in parts.items()]
    home = (await client.get("/")).text
    assert 'href="/books"' in home


async def test_what_fewer_than_ten_were_helped_with_stands_together(web: Web, house: Cast) -> None:
    await give(house, 50_000)
    await pay(house, 300, "P03", "F-GEN")  # three people each
    (line,) = (await asked(web))["uses"]
    assert (line["name"], line["code"], line["money_fen"], line["count"]) == ("救助", "", 300, 3)
    for programme, times in (("P09", 3), ("P06", 4)):
        for _ in range(times):
            await pay(house, 500, programme, "F-GEN")
    lines = (await asked(web))["uses"]
    assert [(one["code"], one["money_fen"], one["count"]) for one in lines] == [("P06", 2_000, 12), ("", 1_800, 12)]
    assert all(one["count"] >= GROUP_MIN for one in lines)
    page = (await web.as_().get("/books")).text
    assert "3.00" not in re.sub(r"[\d,]+3\.00", "", page)


async def test_a_campaign_by_invitation_and_its_fund_are_named_nowhere(web: Web, town: Cast) -> None:
    assert "dream-2026" in [line["code"] for line in (await asked(web))["sources"]]
    name = await reading.value("SELECT name FROM fund WHERE code = 'F-EDU'")
    await transactions.run(lambda tx: tx.rows("UPDATE campaign SET reach = 'targeted' WHERE fund = 'F-EDU'"))
    shown = await asked(web)
    assert "dream-2026" not in str(shown)
    assert "F-EDU" not in str(shown)
    assert [line["money_fen"] for line in shown["sources"] if line["name"] == "定向募捐"] == [3_000]
    assert name not in (await web.as_().get("/books")).text


@pytest.mark.parametrize(
    ("params", "status"),
    [({"year": "1950"}, 422), ({"year": "x"}, 422), ({"month": f"{clock.today().year}-13"}, 422), ({"month": "2026-1"}, 422),
     ({"year": str(clock.today().year), "month": f"{clock.today().year - 1}-12"}, 422), ({"yaer": "2026"}, 422)],
)  # fmt: skip
async def test_a_period_that_the_books_do_not_have_is_named(
    web: Web, town: Cast, params: dict[str, str], status: int
) -> None:
    response = await web.as_().get(f"{API}/books", params=params)
    assert response.status_code == status
    if "yaer" not in params:
        assert (await web.as_().get("/books", params=params)).status_code == status


async def test_empty_books_have_a_ledger(web: Web, house: Cast) -> None:
    shown = await asked(web)
    assert (shown["seq"], shown["sources"], shown["uses"], shown["funds"]) == (0, [], [], [])
    for path in ("/books", "/books/check", "/books/sheet.csv"):
        assert (await web.as_().get(path)).status_code == 200


async def test_a_fingerprint_that_was_noted_is_compared_with_the_books(web: Web, house: Cast) -> None:
    await give(house, 700)
    client, seq = web.as_(), 1
    leaf = str(await reading.value("SELECT leaf FROM entry WHERE seq = 1"))
    await give(house, 800)
    noted = " ".join(leaf[n : n + 4] for n in range(0, 20, 4)).upper()
    other = f"{'0' if leaf[0] != '0' else '1'}{leaf[1:]}"
    for typed, same in ((leaf, True), (noted, True), (other, False)):
        answer = await client.get(f"{API}/books/check", params={"seq": seq, "fingerprint": typed})
        assert answer.json() == {"seq": seq, "matches": same}
        page = await client.get("/books/check", params={"seq": seq, "fingerprint": typed})
        assert ("不一致" in page.text) is not same
    refused = (
        ("1", leaf[:15], 422, "fingerprint"),
        ("1", f"{leaf[:20]}g", 422, "fingerprint"),
        ("9", leaf, 404, "seq"),
    )
    for number, typed, status, field in refused:
        answer = await client.get(f"{API}/books/check", params={"seq": number, "fingerprint": typed})
        assert answer.status_code == status
        assert [error["field"] for error in answer.json()["errors"]] == [field]
        page = await client.get("/books/check", params={"seq": number, "fingerprint": typed})
        assert page.status_code == status
        assert f'href="#f-{field}"' in page.text
    assert str(await reading.value("SELECT leaf FROM entry WHERE seq = 2")) in (
        (await client.get("/books/check")).text.replace(" ", "")
    )


async def test_the_goods_page_says_what_came_and_went_by_month(web: Web, town: Cast) -> None:
    shown, page = (await asked(web))["equation"], (await web.as_().get("/give/goods")).text
    for code in ("received", "aid", "unspent"):
        fen = shown[code]["goods_fen"]
        assert f"<b>{fen // 100:,}.{fen % 100:02d}</b>" in page
    rows = re.findall(r"<tr>(.*?)</tr>", page[page.index("送到了谁手里") :], re.DOTALL)
    cells = [re.sub(r"<[^>]*>", " ", row).split() for row in rows[1:]]
    aid = shown["aid"]["goods_fen"]
    assert cells == [["其他月份", "2", f"{aid // 100:,}.{aid % 100:02d}"]], "a month with two visits stands with others"
    assert "溪东街道" in page
    assert 'og:title" content="捐赠物资"' in page
    assert 'href="/books"' in page


async def test_those_who_ask_too_much_are_slowed_down(web: Web, house: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "LEDGERS", limits.Pace("ledger", 1, 60))
    monkeypatch.setattr(routes, "LEDGER_FILES", limits.Pace("ledger_file", 1, 60))
    monkeypatch.setattr(routes, "FINGERPRINTS", limits.Pace("fingerprint", 1, 60))
    for path in (f"{API}/books", "/books/sheet.csv", "/books/check?seq=1&fingerprint=0123456789abcdef"):
        assert [(await web.as_().get(path)).status_code for _ in range(2)][-1] == 429, path
