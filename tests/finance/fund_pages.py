"""What a fund's page shows, read back, and compared with the call, the equation and the trial balance of the fund."""

import csv
import re
from typing import Any, Final

from charity.db import reading
from charity.ledger import statement, subledger
from charity.ledger.equation import GOODS_CHARTS, MONEY_CHARTS
from charity.web import limits

MONEY: Final = re.compile(r'<span class="money">([−-]?[\d,.]+)</span>')


def fen(text: str) -> int:
    """The fen of a figure as a page or a file writes it."""
    plain = text.replace(",", "").replace("−", "-")
    yuan, _, cents = plain.partition(".")
    assert len(cents) == 2, text
    return int(yuan + cents)


def table(page: str) -> list[list[int]]:
    """The two sides of the table below the flow, each with its sum last; none where nothing is drawn."""
    tables = re.findall(r'<table class="flow-table">.*?</table>', page, re.DOTALL)
    sides = re.findall("<tbody>.*?</tbody>", tables[0], re.DOTALL) if tables else []
    return [[fen(one) for one in MONEY.findall(side)] for side in sides]


def equation(page: str, label: str) -> list[tuple[str, str, int]]:
    """An equation of the page: sign, name, fen."""
    (line,) = re.findall(rf'<ul class="equation" aria-label="{label}">.*?</ul>', page, re.DOTALL)
    rows = re.findall(r'class="op">(.?)</span><span class="soft">(.*?)</span><b>(.*?)</b>', line)
    return [(sign, name, fen(text)) for sign, name, text in rows]


async def held(fund: str, begin: str, end: str) -> dict[str, tuple[int, int]]:
    """Money and goods of a fund by its trial balance: at the opening and at the closing of a period."""
    accounts, _ = await subledger.turned_at(begin, end, fund=fund)
    sums = {}
    for kind, charts in (("money", MONEY_CHARTS), ("goods", GOODS_CHARTS)):
        ones = [one for code, one in accounts.items() if code.partition("/")[0] in charts]
        sums[kind] = (sum(one.opening_fen for one in ones), sum(one.closing_fen for one in ones))
    return sums


async def opened(fund: str, begin: str, end: str, side: str) -> int:
    """What the opening of the books brought within a period: the equation carries it."""
    return int(
        await reading.value(
            f"SELECT COALESCE(SUM({side}_fen), 0) FROM figure_day "
            "WHERE fund = $1 AND day >= $2 AND day <= $3 AND figure LIKE '%opening'",
            fund,
            begin,
            end,
        )
    )


async def agrees(client: Any, fund: str, begin: str, end: str) -> int:
    """Compare a fund's page, its file and its call with the books; the number of figures that were compared."""
    limits.reset()
    period = {"from_on": begin, "to_on": end}
    answered = await client.get(f"/finance/funds/{fund}", params=period)
    assert answered.status_code == 200, answered.text
    page = answered.text
    call = (await client.get("/api/v1/figures/flow", params={"fund": fund, "from": begin, "to": end})).json()
    stated = (await statement.of(begin, end)).of(fund)
    sides = [[part["amount_fen"] for part in call[side]] for side in ("sources", "ends")]
    assert [sum(side) for side in sides] == [call["available_fen"]] * 2
    assert table(page) == ([[*side, call["available_fen"]] for side in sides] if call["available_fen"] else [])
    signed = {"carried": 0, "unspent": 0}
    for sign, side in ((1, "sources"), (-1, "ends")):
        for part in call[side]:
            signed[part["figure"]] = signed.get(part["figure"], 0) + sign * part["amount_fen"]
    trial = await held(fund, begin, end)
    for side, label in (("money", "款项"), ("goods", "物资")):
        carried, unspent = (int(getattr(stated[figure], f"{side}_fen")) for figure in ("carried", "unspent"))
        before, after = trial[side]
        assert (before + await opened(fund, begin, end, side), after) == (carried, unspent), (fund, side)
        if f'aria-label="{label}"' in page:
            *terms, (_, _, result) = equation(page, label)
            assert sum(-amount if sign == "−" else amount for sign, _, amount in terms) == result == unspent
        else:
            assert (side, carried, unspent) == ("goods", 0, 0)
    assert (signed["carried"], -signed["unspent"]) == (stated["carried"].money_fen, stated["unspent"].money_fen)
    sheet = (await client.get(f"/finance/funds/{fund}/sheet.csv", params=period)).content.decode("utf-8-sig")
    lines = [row for row in csv.reader(sheet.splitlines()) if row and row[0] in {"从哪里来", "用在哪里"}]
    in_file = [[fen(row[3]) for row in lines if row[0] == side] for side in ("从哪里来", "用在哪里")]
    assert in_file == [[*side, call["available_fen"]] for side in sides]
    return sum(len(side) for side in sides) + 4
