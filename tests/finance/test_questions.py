"""Questions about journal vouchers: asked of who handled it, answered once, and before the review."""

from datetime import UTC, datetime

import pytest
from cast import Cast
from conftest import Web
from finance.given import refused
from finance.test_reviews import DAY, FORM, review, takings
from goods.given import RICE
from goods.given import opened as shop_opened
from whole.given import verify_failures

from charity import clock
from charity.db import reading, transactions
from charity.finance import reviews, verify

NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
NUMBER = "202611-0001"


async def asked(house: Cast, question: str = "回单在哪里") -> str:
    return str((await reviews.ask(number=NUMBER, question=question, by=house.accountant)).body["key"])


async def test_nothing_is_reviewed_while_its_question_waits(house: Cast) -> None:
    await takings(house, 100)
    key = await asked(house)
    await refused("review.asked", review(house, NUMBER))
    assert await reviews.to_answer(by=house.cashier) == [key]
    assert await reviews.to_answer(by=house.cashier2) == []
    await refused("question.not_yours", reviews.answer(key=key, text="在", by=house.cashier2))
    await refused("question.unknown", reviews.answer(key="0" * 32, text="在", by=house.cashier))
    assert await reviews.answered(by=house.accountant) == []
    await reviews.answer(key=key, text="夹在当天的档案里", by=house.cashier)
    await refused("question.answered", reviews.answer(key=key, text="又", by=house.cashier))
    assert await reviews.answered(by=house.accountant) == [NUMBER]
    assert (await review(house, NUMBER)).status == 201
    assert await reviews.answered(by=house.accountant) == []
    await refused("review.done", reviews.ask(number=NUMBER, question="还有", by=house.accountant))
    await refused("journal_voucher.unknown", reviews.ask(number="202611-9", question="还有", by=house.accountant))
    assert await verify_failures() == []


async def test_goods_are_asked_about_at_the_clerk_and_texts_are_sealed(house: Cast) -> None:
    shop = await shop_opened(house)
    with clock.fixed(NOON):
        await shop.bring(RICE, 2, unit_value_fen=100)
    key = await asked(house, "发票号是多少")
    assert await reviews.to_answer(by=house.clerk) == [key]
    await reviews.answer(key=key, text="发票在入库单后面", by=house.clerk)
    row = await reading.row("SELECT * FROM journal_question")
    assert row is not None
    stored = b"".join(bytes(row[name]) for name in ("question", "answer"))
    assert not any(text.encode() in stored for text in ("发票号是多少", "发票在入库单后面"))


@pytest.mark.parametrize(
    "fault",
    [
        "UPDATE journal_question SET answered_by = 'x'",
        "UPDATE journal_question SET asked_by = asked_of",
        "UPDATE journal_question SET question = answer",
    ],
)
async def test_verify_names_a_question_that_is_wrong(house: Cast, fault: str) -> None:
    await takings(house, 100)
    await reviews.answer(key=await asked(house), text="在", by=house.cashier)
    assert await verify.run() == []
    await transactions.run(lambda tx: tx.many(fault, [[]]))
    assert [failure.invariant for failure in await verify.run()] == ["I14"]


async def test_the_pages_ask_and_answer(house: Cast, web: Web) -> None:
    await takings(house, 100)
    accountant, cashier = web.as_("accountant"), web.as_("cashier")
    page = f"/journal/{NUMBER}"
    empty = await accountant.post(f"{page}/ask", data={"question": " "}, headers=FORM)
    assert (empty.status_code, "复核这张凭证" in empty.text) == (422, True)
    assert (await accountant.post(f"{page}/ask", data={"question": "回单在哪里"}, headers=FORM)).status_code == 303
    waiting = (await accountant.get(page)).text
    assert "回单在哪里" in waiting
    assert "复核这张凭证" not in waiting
    assert "会计有 1 个询问等您答复" in (await cashier.get("/desk")).text
    (key,) = await reviews.to_answer(by=house.cashier)
    place = f"/journal/questions/{key}"
    shown = (await cashier.get(place)).text
    assert all(text in shown for text in ("回单在哪里", "记-0001", "1001 现金"))
    assert (await web.as_("cashier2").get(place)).status_code == 403
    assert (await cashier.post(place, data={"answer": ""}, headers=FORM)).status_code == 422
    assert (await cashier.post(place, data={"answer": "在档案里"}, headers=FORM)).status_code == 303
    assert "您问的 1 张记账凭证有了答复" in (await accountant.get("/desk")).text
    answered = (await accountant.get(page)).text
    assert "在档案里" in answered
    assert "复核这张凭证" in answered
    listed = await accountant.get(f"/journal?on={DAY}&after=nonsense")
    assert listed.status_code == 422


async def test_the_list_of_a_day_marks_a_voucher_whose_question_waits(house: Cast, web: Web) -> None:
    await takings(house, 100)
    accountant, auditor = web.as_("accountant"), web.as_("auditor")

    async def listed() -> tuple[bool, bool, bool]:
        page = (await accountant.get("/journal")).text
        answer = (await accountant.get("/api/v1/ledger/unreviewed")).json()["items"]
        assert ("有询问未答复" in page) == ("有询问未答复" in (await auditor.get("/journal")).text)
        return "有询问未答复" in page, 'name="seen"' in page, answer[0]["asked"]

    assert await listed() == (False, True, False)
    key = await asked(house)
    assert await listed() == (True, False, True)
    await reviews.answer(key=key, text="在", by=house.cashier)
    assert await listed() == (False, True, False)
