"""The desk says what waits for this account, and the search box leads to the page of a number."""

from datetime import timedelta
from typing import Any

import as_shown
import pytest
from aid.given import Aid, advanced, branch_opened, gift_to, recorded, returned, roster
from bank.given import BANK, Line, came, lines
from cast import CAMPAIGNS, STAFF
from giving.given import approved, give, requested, roster_filled, wrong_gift
from reports.given import noon

from charity import app, clock, tokens
from charity.aid import institutions, vouchers
from charity.aid.vouchers import Content
from charity.bank import closing, unidentified
from charity.db import reading, transactions
from charity.db.transactions import Tx
from charity.desk import panels, screens, search
from charity.desk.tasks import Task, in_order, tasks
from charity.finance import reviews
from charity.giving import boxes, work_units
from charity.giving import unidentified as held_money
from charity.goods import stock
from charity.ledger import accounts as acc
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Wants, submit
from charity.office import organisation
from charity.office.organisation import FactKind
from charity.people import persons
from charity.roles import Actor

CONTENT = Content(
    programme="P03",
    fund="F-GEN",
    payee_kind="household",
    payee="HH0001",
    amount_fen=150_000,
    recipients=3,
    reason="手术",
)
REFERENCE = tokens.reference("YRJ26")


async def made(house: Any) -> tuple[str, str]:
    answer = await vouchers.make(content=CONTENT, by=house.caseworker)
    return answer.body["number"], answer.body["content_hash"]


async def find(text: str, by: Any) -> str | None:
    """The page that a text leads to at once; None for none or several."""
    hit = search.only(await search.find(text, by), search.read(text))
    return hit.href if hit else None


async def texts(by: Any) -> list[str]:
    return [task.text for task in await tasks(by)]


async def stocked(house: Any, *expiries: str, store: str = "LX01") -> list[str]:
    """Lots of rice on a shelf, ten bags each, one an expiry date."""
    codes = [tokens.lot_code() for _ in expiries]
    number = f"RK-{store}-2026-000001"

    def decide(state: State) -> Answer:
        lines = [(acc.shelf(store), acc.lot(code), 10) for code in codes]
        lines += [(acc.DONORS, acc.lot(code), -10) for code in codes]
        entry = state.post("goods.intake", lines, effective_on=_today(), actor=house.clerk.key)
        on_shelf = [
            stock.Lot(c, "2001000100002", "F-GEN", "gift", day, 0) for c, day in zip(codes, expiries, strict=True)
        ]
        stock.moved(state, store, [(lot, 10) for lot in on_shelf])
        return Answer(201, {"seq": entry.seq, "at": entry.recorded_at})

    holdings = [(acc.shelf(store), acc.lot(code)) for code in codes]
    posted = (await submit(Command(decide, Wants(holdings=holdings)))).body

    async def work(tx: Tx) -> None:
        if await tx.row("SELECT 1 FROM item WHERE barcode = '2001000100002'") is None:
            item = {
                "barcode": "2001000100002",
                "name": "大米",
                "measure": "袋",
                "points": 26,
                "created_at": clock.stamp(),
            }
            await tx.insert("item", [item])
        document = {"number": number, "kind": "intake", "store": store, "effective_on": _today()}
        await tx.insert("goods_document", [{**document, **posted, "actor": house.clerk.key}])
        lot = {"barcode": "2001000100002", "store": store, "fund": "F-GEN", "source": "gift", "cost_fen": 0}
        rest = {"evidence": "none", "document": number, "seq": posted["seq"]}
        rows = zip(codes, expiries, strict=True)
        await tx.insert("lot", [{**lot, **rest, "code": code, "expires_on": day} for code, day in rows])

    await transactions.run(work)
    return [*codes, number]


async def pledged(status: str = "pending", days: int = 30) -> str:
    """A pledge of nobody in particular; its code."""
    code, person = tokens.code128(), tokens.key16()
    row = {
        "code": code,
        "reference": REFERENCE,
        "campaign": CAMPAIGNS[0][0],
        "fund": "F-GEN",
        "donor": person,
        "amount_fen": 10_000,
        "channel": "bank",
        "public_name": False,
        "public_amount": False,
        "status": status,
        "created_at": clock.stamp(),
        "expires_at": clock.later(days * 86_400),
    }

    async def work(tx: Tx) -> None:
        await tx.insert("person", [persons.person_row(persons.Donor(), key=person)])
        await tx.insert("pledge", [row])

    await transactions.run(work)
    return code


def _today() -> str:
    return clock.today().isoformat()


def _in(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


async def test_an_empty_house_asks_nothing_of_anybody(house: Any) -> None:
    for who in (house.cashier, house.approver, house.caseworker, house.accountant, house.organiser, house.auditor):
        assert await texts(who) == []
    assert await texts(house.clerk) == ["今天还没有发放"]
    assert await texts(house.admin) == [f"有 {len(STAFF)} 个账号可以登录"]


async def test_a_voucher_waits_for_each_in_turn(house: Any) -> None:
    number, content_hash = await made(house)
    (task,) = await tasks(house.approver)
    assert task.text.startswith("有 1 张审批单等您审批，共 ¥1,500.00")
    assert task.href == f"/vouchers/{number}"
    assert await texts(house.caseworker) == ["您有 1 张审批单在等审批"]
    await vouchers.approve(number=number, content_hash=content_hash, by=house.approver)
    assert await texts(house.approver) == []
    assert len(await texts(house.approver2)) == 1
    assert await texts(house.cashier) == []
    await vouchers.approve(number=number, content_hash=content_hash, by=house.approver2)
    assert await texts(house.approver2) == []
    assert await texts(house.cashier) == ["有 1 张审批单已批准，等您付款，共 ¥1,500.00"]
    beside = {panel.name: panel for panel in await panels.panels(house.accountant)}
    assert beside["money"].context["unpaid"] == "已批未付 1 张审批单 1,500.00"
    assert [panel.order for panel in beside.values()] == sorted(panel.order for panel in beside.values())
    assert await panels.panels(house.caseworker) == []


async def test_a_returned_voucher_waits_for_its_maker_and_no_longer_for_approvers(house: Any) -> None:
    number, _ = await made(house)
    await made(house)
    await vouchers.send_back(number=number, reason="缺少发票", by=house.approver)
    first, second = await tasks(house.caseworker)
    assert first.text.startswith("有 1 张审批单退回给您修改")
    assert first.href == f"/vouchers/{number}"
    assert second.text == "您有 1 张审批单在等审批"
    (task,) = await tasks(house.approver2)
    assert task.text.startswith("有 1 张审批单等您审批")


async def test_pledges_that_are_open_wait_for_the_cashier(house: Any) -> None:
    await pledged()
    (text,) = await texts(house.cashier)
    assert text.startswith("有 1 笔认捐等待到账")


@pytest.mark.parametrize(("status", "days"), [("received", 30), ("pending", -1)])
async def test_pledges_that_are_done_or_expired_do_not(house: Any, status: str, days: int) -> None:
    await pledged(status, days)
    assert await texts(house.cashier) == []


async def test_the_clerk_sees_what_expires_in_the_own_store_only(house: Any) -> None:
    await stocked(house, _in(30), _in(31), _in(-1), _in(0))
    await stocked(house, _in(5), store="LX02")
    expired, expiring, issued = await texts(house.clerk)
    assert expired.startswith("有 1 批物资已经过期")
    assert expiring.startswith("有 2 批物资 30 天内到期")
    assert issued == "今天还没有发放"


async def test_a_number_leads_to_its_page_for_whom_it_may(house: Any) -> None:
    number, _ = await made(house)
    code = await pledged()
    lot, document = await stocked(house, _in(10))
    plain = REFERENCE.replace("-", "").lower()
    expected = [
        (number, house.approver, f"/vouchers/{number}"),
        (f" {number.lower()} ", house.cashier, f"/vouchers/{number}"),
        (number, house.clerk, None),
        (REFERENCE, house.cashier, f"/pledges/{code}/receive"),
        (plain, house.auditor, f"/p/{code}"),
        (REFERENCE, house.clerk, None),
        (lot, house.clerk, f"/goods/lots/{lot}"),
        (document, house.clerk, f"/goods/documents/{document}"),
        (document, house.caseworker, None),
        ("王建国", house.cashier, f"/vouchers/{number}"),
        ("王建国", house.clerk, None),
        ("", house.cashier, None),
        ("' OR 1=1 --", house.auditor, None),
    ]
    for text, by, address in expected:
        assert await find(text, by) == address, text


async def test_a_journal_voucher_is_known_as_papers_print_it(house: Any) -> None:
    await give(house, 500)
    number = await reading.value("SELECT number FROM journal_voucher")
    month, n = number.split("-")
    for text in (number, f"记-{n}", f" 记－{n} ", f"{month[:4]}-{month[4:]} 记-{n}"):
        assert await find(text, house.accountant) == f"/journal/{number}", text
    assert await find("记-9999", house.accountant) is None
    assert await find(f"记-{n}", house.cashier) is None


async def test_a_card_opens_the_till_of_the_own_store(house: Any) -> None:
    card = tokens.card_code()
    row = {"code": card, "household": house.household, "status": "active", "status_on": _today()}
    await transactions.run(lambda tx: tx.insert("card", [{**row, "created_at": clock.stamp()}]))
    assert await find(card, house.clerk) == "/stores/LX01/out"
    assert await find(card, house.cashier) is None
    other = card[:-1] + ("2" if card[-1] != "2" else "3")
    assert await find(other, house.clerk) is None


DAY = "2026-11-27"


@pytest.mark.parametrize(
    ("on", "state", "label"),
    [
        ("2026-11-26", "late", "逾期 1 天"),
        ("2025-11-27", "late", "逾期 365 天"),
        ("2026-11-27", "today", "今天"),
        ("2026-11-28", "later", "还有 1 天"),
        ("2027-01-01", "later", "还有 35 天"),
    ],
)
def test_a_due_day_is_late_from_the_day_after(on: str, state: str, label: str) -> None:
    with noon(DAY):
        shown = screens.due(on)
        assert screens.due("") is None
    assert shown is not None
    assert (shown["state"], shown["label"]) == (state, label)


def test_tasks_come_by_their_day_then_those_without_one_and_what_only_informs_is_last_and_not_counted() -> None:
    given = [
        Task("无期限", "/a", "办", order=1, tone="wait"),
        Task("说一声", "/b", "看", order=0),
        Task("明天", "/c", "办", order=9, tone="wait", due_on="2026-11-28"),
        Task("逾期", "/d", "办", order=8, tone="bad", due_on="2026-11-20"),
        Task("同日在先", "/e", "办", order=2, tone="wait", due_on="2026-11-28"),
    ]
    ordered = in_order(given)
    assert [task.text for task in ordered] == ["逾期", "同日在先", "明天", "无期限", "说一声"]
    with noon(DAY):
        shown = screens.listed(ordered)
    assert shown["count"] == "4 件，1 件逾期"
    assert [task["text"] for task in shown["notes"]] == ["说一声"]
    assert screens.listed(ordered[-1:])["count"] == ""


async def test_tasks_that_have_a_day_say_it(house: Any, web: Any) -> None:
    """A pledge lapses, a lot expires, cash is banked on the day it comes."""
    await pledged(days=3)
    await stocked(house, _in(2), _in(-4))
    with noon((clock.today() - timedelta(days=2)).isoformat()):
        await give(house, 5_000, received_on=clock.today().isoformat())
    due = {task.text: task.due_on for by in (house.cashier, house.clerk) for task in await tasks(by)}
    assert due["有 1 笔认捐等待到账"] == _in(3)
    assert due["有 1 批物资已经过期，请下架"] == _in(-4)
    assert due["有 1 批物资 30 天内到期"] == _in(2)
    assert due["现金有 ¥50.00 等您存入银行"] == _in(-2)
    page = (await web.as_("cashier").get("/desk")).text
    for words_of in ("逾期 2 天", "还有 3 天", "3 件，1 件逾期", "收到的现金当天存入银行"):
        assert words_of in page
    assert page.index("逾期 2 天") < page.index("还有 3 天") < page.index("还没有交给捐赠人")


async def test_the_page_shows_the_sentences_and_jumps(web: Any, house: Any) -> None:
    number, _ = await made(house)
    approver = web.as_("approver")
    page = await approver.get("/desk")
    assert page.status_code == 200
    assert "有 1 张审批单等您审批" in page.text
    assert f'href="/vouchers/{number}"' in page.text
    jump = await approver.post("/desk/search", data={"q": number})
    assert (jump.status_code, jump.headers["location"]) == (303, f"/vouchers/{number}")
    missed = await approver.post("/desk/search", data={"q": "BF-1999-000001"})
    assert missed.status_code == 404
    assert "没有找到，请核对后再试" in missed.text
    assert 'value="BF-1999-000001"' in missed.text
    answer = await web.as_().get("/desk")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/desk")


async def test_every_role_has_a_desk_in_both_languages(web: Any, house: Any) -> None:
    await made(house)
    await pledged()
    await stocked(house, _in(3), _in(-3))
    for who in house.actors:
        shown = 303 if who == "organiser" else 200  # he is led on to his unit
        assert (await web.as_(who).get("/desk")).status_code == shown, who
    page = (await web.as_("clerk").get("/desk", headers={"cookie": "lang=en"})).text
    assert "Expired lots still on the shelf: 1" in page
    assert await reading.value("SELECT COUNT(*) FROM voucher") == 1


async def test_a_sentence_is_said_to_somebody_and_never_to_who_may_not_do_it(house: Any) -> None:
    number, content_hash = await made(house)
    for approver in (house.approver, house.approver2):
        await vouchers.approve(number=number, content_hash=content_hash, by=approver)
    await made(house)
    await pledged()
    await stocked(house, _in(3), _in(-3))
    await requested(house, await give(house), 1_000)
    await approved(await requested(house, await give(house), 1_000), house.approver)
    await wrong_gift(house, await give(house))
    code = (await give(house)).body["receipt"]["code"]
    await as_shown.void(code, reason="抬头写错", by=house.accountant)
    for n, status in enumerate(("remitted", "matched", "receipted"), 3):
        unit = {"code": f"LXU0{n}", "name": f"单位{n}", "kind": "school", "reference": f"YRJ26-0{n}"}
        await work_units.add(**unit, by=house.accountant)  # type: ignore[arg-type]
        key, _ = await roster_filled(house, unit["code"])
        sql = "UPDATE unit_roster SET status = $2, remitted_on = $3, received_on = $3, settled_at = $4 WHERE key = $1"
        of = (key, status, "2026-11-20", None if status == "remitted" else clock.stamp())
        await transactions.run(lambda tx, sql=sql, of=of: tx.many(sql, [of]))  # type: ignore[misc] # bound now
    asked = await reading.value("SELECT number FROM journal_voucher WHERE kind = 'gift.cash'")
    await reviews.ask(number=asked, question="附件齐全吗", by=house.accountant)
    await institutions.enter(code="LXI99", name="某医院", kind="hospital", by=house.caseworker)
    await branch_opened()
    await gift_to("F-GEN", 300_000)
    voucher = await advanced(Aid(house, "", ""))
    await recorded(house, voucher, roster(100, 1))
    await returned(Aid(house, "", ""), voucher, 100)
    await came(house, Line(100), Line(200, at="10:00:00"))
    nameless, _ = await lines(house)
    kept = await unidentified.hold(nameless.row["key"], note="问", by=house.cashier)
    await held_money.returns.ask(kept.body["number"], amount_fen=1, reason="错", by=house.accountant)
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    shown = (await closing.shown_day(BANK, yesterday, by=house.cashier)).shown().hash
    known = closing.Prepared(balance_fen=1_000_000)
    await closing.prepare(place=BANK, on=yesterday, content_hash=shown, asked=known, by=house.cashier)
    await boxes.make(code="MX-01", site="超市", keeper="李四", campaign="everyday", by=house.accountant)
    opening = boxes.Opened(box="MX-01", on=yesterday, time="09:00", sheets={100: 1}, opener="王", witness="赵")
    await boxes.count(opening, by=house.cashier)
    account = {"kind": FactKind.ICP, "value": "演ICP备7号", "ends_on": None}
    await organisation.enter(**account, starts_on=clock.today(), by=house.admin)
    idle = Actor("k", "n", frozenset(), "LX01")
    for room in app.ROOMS:
        for source in room.tasks:
            heard = [name for name, by in house.actors.items() if await source(by)]
            # Two need changes of accounts or a demo (tests/office/test_second_person.py), one an empty book
            # (tests/finance/test_opening.py), one a day that was closed before (tests/bank/test_closing.py).
            assert heard or source.__name__ in {"waiting", "own_two_step", "to_confirm", "to_prepare"}, (
                f"{room.name}: {source.__name__} says nothing to anybody"
            )
            assert await source(idle) == [], f"{room.name}: {source.__name__} asks no permission"
