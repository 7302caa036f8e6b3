"""The cashier's pages and the call of transfers."""

import re
from typing import Any

from cast import Cast
from conftest import Web
from finance.given import BANK, WECHAT, gifts, held
from giving.given import give
from page_forms import form_of

from charity import clock
from charity.db import reading

API = "/api/v1/ledger/transfers"
FORM = {"sec-fetch-site": "same-origin"}


def body(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "settlement",
        "from": WECHAT,
        "to": BANK,
        "on": clock.today().isoformat(),
        "lines": [{"fund": "F-GEN", "amount_fen": 30_000}],
        "fee_fen": 180,
        "channel_ref": "ICBC-1",
        **changes,
    }


async def test_the_call_books_once_and_answers_number_and_entry(house: Cast, web: Web) -> None:
    await gifts(house)
    cashier = web.as_("cashier")
    answers = [await cashier.post(API, json=body(), headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [a.status_code for a in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert set(answers[0].json()) == {"number", "entry"}
    place, accountant = f"{API}/{answers[0].json()['number']}", web.as_("accountant")
    slip = (await accountant.get(place)).json()
    assert (slip["from"], slip["to"], slip["lines"]) == (WECHAT, BANK, body()["lines"])
    assert (slip["amount_fen"], slip["fee_fen"], slip["reversed"]) == (30_000, 180, False)
    key, asked = {"Idempotency-Key": "r"}, {"reason": "写错"}
    assert (await accountant.post(f"{place}/reverse", json=asked, headers=key)).status_code == 422
    unseen = await accountant.post(f"{place}/reverse", json={**asked, "content_hash": "0" * 64}, headers=key)
    assert (unseen.status_code, unseen.json()["content_hash"]) == (409, slip["content_hash"])
    asked["content_hash"] = slip["content_hash"]
    for _ in range(2):
        back = await accountant.post(f"{place}/reverse", json=asked, headers=key)
        assert back.status_code == 201, back.text
    assert (await accountant.get(place)).json()["reversed"] is True
    assert (await held())[f"{WECHAT}/F-GEN"] == 30_000


async def test_what_is_wrong_is_named_at_its_field(house: Cast, web: Web) -> None:
    await gifts(house)
    for changes, field in (
        ({"from": "1009/NONE"}, "from"),
        ({"to": WECHAT, "kind": "between"}, "to"),
        ({"on": "2026-02-30"}, "on"),
        ({"on": "2099-01-01"}, "on"),
        ({"kind": "gift"}, "kind"),
        ({"lines": []}, "lines"),
        ({"lines": [{"fund": "F-GEN", "amount_fen": 0}]}, "lines.0.amount_fen"),
        ({"fee_fen": -1}, "fee_fen"),
        ({"fee_fen": 30_000}, "fee_fen"),
        ({"channel_ref": ""}, "channel_ref"),
        ({"more": 1}, "more"),
    ):
        answer = await web.as_("cashier").post(API, json=body(**changes), headers={"Idempotency-Key": "k"})
        assert (answer.status_code, [e["field"] for e in answer.json()["errors"]]) == (422, [field]), changes
    assert await reading.value("SELECT COUNT(*) FROM money_transfer") == 0


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the last form of a page."""
    form = page.rpartition("<form")[2]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page[page.index("<main") :])) or {
        "": form
    }


async def test_a_cashier_chooses_fills_in_looks_and_confirms_without_a_script(house: Cast, web: Web) -> None:
    await gifts(house)
    cashier = web.as_("cashier")
    chosen = (await cashier.get("/transfers/new")).text
    assert "微信支付" in chosen
    assert f"/transfers/new?source={WECHAT}" in chosen
    filled = (await cashier.get(f"/transfers/new?source={WECHAT}")).text
    assert "300.00" in filled
    assert 'name="amount.0" type="text" value=""' in filled
    sent = {
        **{k: v for k, v in hidden(filled).items() if k.startswith(("fund.", "source", "step"))},
        "target": BANK,
        "on": clock.today().isoformat(),
        "channel_ref": "ICBC 5",
        "amount.0": "50.00",
        "amount.1": "300",
        "fee_yuan": "2.10",
    }
    review = await cashier.post("/transfers/new", data=sent, headers=FORM)
    assert review.status_code == 200
    assert "350.00" in review.text
    assert "347.90" in review.text
    confirm = {**hidden(review.text), "step": "confirm"}
    assert confirm["amount.1"] == "300"
    for unseen in ("", "0" * 64):
        refused = await cashier.post("/transfers/new", data={**confirm, "content_hash": unseen}, headers=FORM)
        assert refused.status_code == 409
    again = await cashier.post("/transfers/new", data={**confirm, "step": "change"}, headers=FORM)
    assert 'value="50.00"' in again.text
    await give(house, 100, channel="wechat", channel_ref="W-9")
    changed = await cashier.post("/transfers/new", data=confirm, headers=FORM)
    assert (changed.status_code, "301.00" in changed.text) == (409, True)
    confirm = {**hidden(changed.text), "step": "confirm"}
    booked = await cashier.post("/transfers/new", data=confirm, headers=FORM)
    assert booked.status_code == 303
    shown = (await web.as_("auditor").get(booked.headers["location"])).text
    assert "5401/-/F-GEN" in shown
    assert "记-0003 #5" in shown
    assert "<button" not in shown.partition("<main")[2].partition("</main")[0]
    assert booked.headers["location"].rpartition("/")[2] in (await cashier.get("/transfers")).text


async def test_a_form_with_errors_keeps_what_was_typed(house: Cast, web: Web) -> None:
    await gifts(house)
    sent = {"source": WECHAT, "target": BANK, "on": "gestern", "fund.0": "F-EDU", "amount.0": "4x", "step": "review"}
    answer = await web.as_("cashier").post("/transfers/new", data=sent, headers=FORM)
    assert answer.status_code == 422
    assert 'value="4x"' in answer.text
    assert 'href="#f-on"' in answer.text
    sent["on"] = clock.today().isoformat()
    answer = await web.as_("cashier").post("/transfers/new", data=sent, headers=FORM)
    assert (answer.status_code, 'href="#f-amount.0"' in answer.text) == (422, True)
    sent["amount.0"] = ""
    answer = await web.as_("cashier").post("/transfers/new", data=sent, headers=FORM)
    assert (answer.status_code, 'href="#f-amount.0"' in answer.text) == (422, True)
    none = await web.as_("cashier").post("/transfers/new", data={**sent, "source": "1009/NONE"}, headers=FORM)
    assert none.status_code == 422


async def test_the_desk_says_what_waits_to_be_brought_to_the_bank(house: Cast, web: Web) -> None:
    await gifts(house)
    desk = (await web.as_("cashier").get("/desk")).text
    assert "现金有 ¥80.00 等您存入银行" in desk
    assert "微信支付有 ¥350.00 还没有结算到银行" in desk
    assert "存入银行" not in (await web.as_("accountant").get("/desk")).text


async def test_an_accountant_takes_a_slip_back_with_a_reason(house: Cast, web: Web) -> None:
    await gifts(house)
    made = await web.as_("cashier").post(API, json=body(), headers={"Idempotency-Key": "k"})
    page = f"/transfers/{made.json()['number']}"
    accountant = web.as_("accountant")
    assert "冲销此单" in (await accountant.get(page)).text
    assert (await accountant.post(f"{page}/reverse", data={"reason": " "}, headers=FORM)).status_code == 422
    assert (await accountant.post(f"{page}/reverse", data={"reason": "没看"}, headers=FORM)).status_code == 409
    seen = await form_of(accountant, f"{page}/reverse")
    done = await accountant.post(f"{page}/reverse", data={**seen, "reason": "手续费写错"}, headers=FORM)
    assert (done.status_code, done.headers["location"]) == (303, page)
    shown = (await accountant.get(page)).text
    assert "手续费写错" in shown
    assert "冲销此单" not in shown
    assert (await accountant.post(f"{page}/reverse", data={"reason": "再"}, headers=FORM)).status_code == 409
    assert (await accountant.get("/transfers/ZZ-2026-999999")).status_code == 404
