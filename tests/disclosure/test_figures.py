"""`GET /figures`: the equation of any period, fund and campaign, and who gave and was helped in it."""

from typing import Any

import pytest
import pytest_asyncio
from cast import Cast
from conftest import Web
from reports.given import busy_town, give, noon, pay

from charity.db import reading, transactions
from charity.disclosure import api
from charity.web import limits

URL = "/api/v1/figures"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    limits.reset()


async def asked(web: Web, **params: str) -> dict[str, Any]:
    response = await web.as_().get(URL, params=params)
    assert response.status_code == 200, response.text
    return response.json()


def amounts(answer: dict[str, Any]) -> dict[str, tuple[int, int]]:
    pairs = {
        name: (value["money_fen"], value["goods_fen"]) for name, value in answer.items() if isinstance(value, dict)
    }
    return {name: pair for name, pair in pairs.items() if pair != (0, 0)}


@pytest_asyncio.fixture
async def town(house: Cast) -> Cast:
    """Gifts of three funds, a payment of each, goods handed out; and a gift and a payment of last year."""
    with noon("2025-12-31"):
        await give(house, 700)
        await pay(house, 200, "P03", "F-GEN")
    await busy_town(house)
    return house


async def test_all_funds_for_all_time_close_and_leave_agency_money_apart(web: Web, town: Cast) -> None:
    answer = await asked(web)
    assert list(answer) == [
        "carried", "received", "refunded", "agency_in", "agency_out", "aid", "bought", "advanced", "administration",
        "fundraising", "lost", "other", "transferred", "unspent", "gifts", "donors", "people", "visits", "seq",
    ]  # fmt: skip
    shown = amounts(answer)
    assert "carried" not in shown
    for n in (0, 1):
        into, back, aid, left = (shown.get(name, (0, 0))[n] for name in ("received", "refunded", "aid", "unspent"))
        assert into - back - aid == left
    held = "a.chart IN ('1001', '1002', '1009', '2209')"
    joined = "FROM holding h JOIN account a ON a.id = h.account JOIN fund f ON f.code = a.fund"
    own = f"SELECT SUM(h.quantity) {joined} WHERE f.kind <> 'agency' AND {held}"
    assert shown["unspent"][0] == await reading.value(own)
    assert shown["agency_in"][0] > shown["agency_out"][0] > 0
    assert answer["seq"] == await reading.value("SELECT seq FROM head")


async def test_a_period_carries_what_stood_before_it(web: Web, town: Cast) -> None:
    last = await asked(web, **{"from": "2025-12-31", "to": "2025-12-31"})
    assert amounts(last) == {"received": (700, 0), "aid": (200, 0), "unspent": (500, 0)}
    assert (last["gifts"], last["donors"], last["people"], last["visits"]) == (1, 1, 0, 3)
    this = await asked(web, **{"from": "2026-01-01"})
    assert this["carried"] == {"money_fen": 500, "goods_fen": 0}
    whole = await asked(web)
    for name in ("gifts", "visits"):
        assert last[name] + this[name] == whole[name]
    assert whole["unspent"] == this["unspent"]
    assert this["people"] == 1, "one household fetched goods twice"


async def test_a_campaign_is_its_fund(web: Web, town: Cast) -> None:
    of_fund, of_campaign = await asked(web, fund="F-EDU"), await asked(web, campaign="dream-2026")
    assert of_fund == of_campaign == await asked(web, campaign="dream-2026", fund="F-EDU")
    assert amounts(of_fund)["received"][0] > 0
    page = (await web.as_().get("/api/v1/campaigns/dream-2026")).json()
    assert (page["received_fen"], page["gifts"], page["donors"]) == (
        of_fund["received"]["money_fen"], of_fund["gifts"], of_fund["donors"],
    )  # fmt: skip
    agency = await asked(web, fund="F-WC08")
    left = agency["agency_in"]["money_fen"] - agency["agency_out"]["money_fen"]
    assert agency["unspent"]["money_fen"] == left > 0
    assert (agency["visits"], agency["people"]) == (0, 0), "whom money is passed on to is not ours to count"
    by_fund = [
        await asked(web, fund=row[0]) for row in await reading.tuples("SELECT code FROM fund WHERE kind <> 'agency'")
    ]
    whole = await asked(web)
    for name in ("received", "refunded", "aid", "unspent"):
        assert sum(part[name]["money_fen"] for part in by_fund) == whole[name]["money_fen"]
    assert sum(part["gifts"] for part in by_fund) == whole["gifts"]


@pytest.mark.parametrize(
    ("params", "status", "field"),
    [
        ({"from": "2026-02-30"}, 422, "from"),
        ({"to": "1948-12-31"}, 422, "to"),
        ({"from": "2026-02-02", "to": "2026-02-01"}, 422, "to"),
        ({"fund": "F-NO"}, 422, "fund"),
        ({"campaign": "nope"}, 404, None),
        ({"campaign": "draft-2027"}, 404, None),
        ({"campaign": "dream-2026", "fund": "F-GEN"}, 422, "fund"),
        ({"fnud": "F-GEN"}, 422, "fnud"),
        ({"fund": "F" * 65}, 422, "fund"),
    ],
)
async def test_what_cannot_be_asked_is_named(
    web: Web, house: Cast, params: dict[str, str], status: int, field: str
) -> None:
    response = await web.as_().get(URL, params=params)
    assert response.status_code == status
    assert [e["field"] for e in response.json().get("errors", [])] == ([field] if field else [])


async def test_those_who_ask_too_much_are_slowed_down(web: Web, house: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "FIGURES_PACE", limits.Pace("figures", 2, 60))
    statuses = [(await web.as_().get(URL)).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


async def test_listed_recipients_are_people_each_once_and_a_bare_number_is_not(web: Web, town: Cast) -> None:
    before = await asked(web)
    voucher = await reading.value("SELECT MIN(number) FROM voucher WHERE status = 'paid' AND fund = 'F-GEN'")
    other = await reading.value("SELECT MAX(number) FROM voucher WHERE status = 'paid' AND fund <> 'F-WC08'")
    agency = await reading.value("SELECT number FROM voucher WHERE status = 'paid' AND fund = 'F-WC08'")
    listed = [
        {"content_hash": await reading.value("SELECT content_hash FROM voucher WHERE number = $1", number),
         "n": n, "voucher": number, "kind": "household", "recipient": home}
        for number in (voucher, other, agency)
        for n, home in enumerate((town.household2, "somebody" if number == other else "another"), 1)
    ]  # fmt: skip
    await transactions.run(lambda tx: tx.insert("voucher_recipient", listed))
    assert (await asked(web))["people"] == before["people"] + 3
    assert (await asked(web))["visits"] == before["visits"]
