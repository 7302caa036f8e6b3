"""Opening stock: goods that stood on the shelves become lots when the opening is confirmed, and move as all others."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import as_shown
import pytest
from cast import Cast
from conftest import Web
from finance.given import BANK, refused
from goods.given import COAT, MILK, RICE, SALT, UNKNOWN, catalogued, holding, in_days
from reports.given import read
from tampering import tampered
from whole.given import verify_failures

from charity import clock, words
from charity.db import reading
from charity.errors import Refusal
from charity.finance import opening, verify
from charity.finance.opening import Line
from charity.goods import cards, points, till
from charity.goods import opening as stock_opening
from charity.goods.opening import StockLine
from charity.ledger import accounts as acc
from charity.ledger import entries
from charity.printing.document import Filters
from charity.reports import stock
from charity.web.messages import spoken

API = "/api/v1/ledger/opening"
FORM = {"sec-fetch-site": "same-origin"}
MONEY = (Line("F-GEN", BANK, 70_000),)
EXPIRY = in_days(60)
STOCK = (
    StockLine(RICE, 40, EXPIRY, 2_650, store="LX01", fund="F-GEN"),
    StockLine(SALT, 3, None, None, 1_000, store="LX01", fund="F-GEN"),
    StockLine(COAT, 9, store="LX01", fund="F-GEN"),
    StockLine(RICE, 2, EXPIRY, 2_000, store="LX02", fund="F-WARM"),
    StockLine(SALT, 4, None, 250, store="LX00", fund="F-WC08"),
)
WORTH = 106_000 + 1_000 + 4_000 + 1_000


async def written(house: Cast, **changes: Any) -> str:
    values: dict[str, Any] = {"on": clock.today(), "lines": MONEY, "stock": STOCK, "by": house.accountant, **changes}
    return str((await opening.write(**values)).body["content_hash"])


async def confirmed(house: Cast, total: int = 70_000 + WORTH, **changes: Any) -> None:
    seen = await written(house, **changes)
    answer = await opening.confirm(content_hash=seen, confirmed_total_fen=total, by=house.accountant2)
    assert answer.body["status"] == "confirmed"


@pytest.fixture
async def shelves(house: Cast) -> Cast:
    """The cast with a catalogue, before the books begin."""
    await catalogued()
    return house


@pytest.fixture
async def stocked(shelves: Cast) -> Cast:
    await confirmed(shelves)
    return shelves


async def lots() -> list[tuple[Any, ...]]:
    return await reading.tuples(
        "SELECT o.store, o.fund, o.barcode, o.expires_on, s.pieces, o.cost_fen, o.source, o.evidence FROM lot o "
        "JOIN shelf_lot s ON s.lot = o.code ORDER BY o.store, o.fund, o.barcode, o.cost_fen"
    )


async def test_each_line_becomes_lots_on_its_shelf_and_the_books_carry_their_value(stocked: Cast) -> None:
    day = EXPIRY.isoformat()
    assert sorted(await lots(), key=str) == sorted(
        [
            ("LX00", "F-WC08", SALT, None, 4, 250, "opening", "book"),
            ("LX01", "F-GEN", COAT, None, 9, 0, "opening", "none"),
            ("LX01", "F-GEN", RICE, day, 40, 2_650, "opening", "book"),
            ("LX01", "F-GEN", SALT, None, 1, 334, "opening", "book"),
            ("LX01", "F-GEN", SALT, None, 2, 333, "opening", "book"),
            ("LX02", "F-WARM", RICE, day, 2, 2_000, "opening", "book"),
        ],
        key=str,
    )
    assert await holding("1201/LX01/F-GEN", "CNY") == 107_000
    assert await holding("1201/LX02/F-WARM", "CNY") == 4_000
    assert await holding("1801/LX00/F-WC08", "CNY") == 1_000
    worth = {row["account"]: row["quantity"] for row in await entries.balances() if "/-/" in row["account"]}
    assert worth == {"3101/-/F-GEN": -177_000, "3102/-/F-WARM": -4_000, "2601/-/F-WC08": -1_000}
    assert await verify_failures() == []


async def test_it_is_one_entry_of_money_and_one_of_goods_for_each_store_and_fund(stocked: Cast) -> None:
    rows = await reading.rows("SELECT kind, actor, party, body FROM entry ORDER BY seq")
    assert [row["kind"] for row in rows] == ["opening", *["goods.opening"] * 3]
    assert {(row["actor"], row["party"]) for row in rows} == {(stocked.accountant2.key, "")}
    facts = [json.loads(row["body"])["facts"] for row in rows]
    assert {fact["maker"] for fact in facts} == {stocked.accountant.key}
    assert len({fact["content_hash"] for fact in facts}) == 1
    assert [(fact["store"], fact["fund"]) for fact in facts[1:]] == [
        ("LX00", "F-WC08"),
        ("LX01", "F-GEN"),
        ("LX02", "F-WARM"),
    ]
    makers = await reading.tuples("SELECT DISTINCT makers FROM journal_voucher")
    assert makers == [(stocked.accountant.key,)], "who wrote it made its vouchers: she does not review them"


async def test_a_long_list_of_one_store_is_several_slips(shelves: Cast) -> None:
    many = [StockLine(SALT, n, None, 100, store="LX01", fund="F-GEN") for n in range(1, 251)]
    await confirmed(shelves, total=100 * sum(range(1, 251)), lines=(), stock=many)
    sizes = await reading.tuples("SELECT document, COUNT(*) FROM goods_line GROUP BY document ORDER BY document")
    year = clock.today().year
    assert sizes == [(f"RK-LX01-{year}-{n:06d}", size) for n, size in ((1, 100), (2, 100), (3, 50))]
    assert await reading.value("SELECT seq FROM opening") == 1, "without money the books begin with goods"
    numbers = await reading.tuples("SELECT entries, amount_fen FROM journal_voucher")
    assert numbers == [(3, 100 * sum(range(1, 251)))], "and share a voucher"
    assert await verify_failures() == []


async def test_such_a_lot_is_handed_out_as_any_other(stocked: Cast) -> None:
    card = await cards.issue(household=stocked.household, by=stocked.caseworker)
    await points.grant_cycle(by=stocked.caseworker)
    answer = await till.issue(store="LX01", card=card, lines=[till.Line(2, barcode=RICE)], by=stocked.clerk)
    assert await holding("5101/P05/F-GEN", "CNY") == 5_300
    lot = answer.body["lines"][0]["lot"]
    assert await holding(acc.shelf("LX01"), acc.lot(lot)) == 38
    assert await holding(acc.OPENING, acc.lot(lot)) == -40
    assert await verify_failures() == []


async def test_the_figures_carry_it_and_the_register_of_stock_begins_with_it(stocked: Cast, web: Web) -> None:
    today = clock.today()
    for begin in (today.replace(month=1, day=1), today, today + timedelta(days=1)):
        period = (begin.isoformat(), (today + timedelta(days=40)).isoformat())
        rows, totals = await read("stock", Filters(*period))
        assert [
            (r["store_code"], r["opening"], r["opening_fen"], r["closing"]) for r in rows if r["barcode"] == RICE
        ] == [
            ("LX01", 40, 106_000, 40),
            ("LX02", 2, 4_000, 2),
        ]
        came = sum(totals.sums[key] for key in (*stock.CAME, *stock.WENT))
        assert (totals.sums["opening_fen"], came, totals.differences) == (WORTH, 0, []), begin
    year = f"from={today.year}-01-01&to={today.isoformat()}"
    figures = (await web.as_().get(f"/api/v1/figures?{year}")).json()
    goods = {name: figures[name]["goods_fen"] for name in ("carried", "received", "unspent", "agency_in")}
    assert goods == {"carried": WORTH - 1_000, "received": 0, "unspent": WORTH - 1_000, "agency_in": 0}


async def test_a_slip_of_the_opening_is_not_reversed(stocked: Cast, web: Web) -> None:
    number = f"RK-LX01-{clock.today().year}-000001"
    manager = web.as_("manager")
    page = await manager.get(f"/goods/documents/{number}")
    assert "期初结转" in page.text
    assert "冲销此单" not in page.text
    assert (await manager.get(f"/goods/documents/{number}/reverse")).status_code == 409
    await refused("document.opening", as_shown.reverse(number=number, reason="错了", by=stocked.manager))
    assert (await manager.get(f"/goods/documents/{number}.pdf")).headers["content-type"] == "application/pdf"


@pytest.mark.parametrize(
    ("line", "field", "says"),
    [
        (StockLine(SALT, 1, None, 250, store="LX99", fund="F-GEN"), "store", "没有门店“LX99”"),
        (StockLine(SALT, 1, None, 250, store="LX01", fund="F-NO"), "fund", "没有基金“F-NO”"),
        (StockLine(UNKNOWN, 1, None, 5, store="LX01", fund="F-GEN"), "barcode", f"条码 {UNKNOWN} 尚未登记"),
        (StockLine("2002000900004", 1, None, 5, store="LX01", fund="F-GEN"), "barcode", "有一位不对"),
        (StockLine(MILK, 1, None, 4_200, store="LX01", fund="F-GEN"), "expires_on", "请填写到期日"),
        (StockLine(SALT, 3, None, 5, 9, store="LX01", fund="F-GEN"), "total_value_fen", "单价和总价只填一项"),
        (StockLine(SALT, 3, None, None, 2, store="LX01", fund="F-GEN"), "total_value_fen", "每件至少 0.01 元"),
        (StockLine(SALT, 10**6, None, 10**9, store="LX01", fund="F-GEN"), "unit_value_fen", "金额超过上限"),
        (STOCK[0], "barcode", "与第 1 行完全相同"),
        (replace(STOCK[0], checked=True), "barcode", "与第 1 行完全相同"),
        (lambda: StockLine(RICE, 1, in_days(1_096), store="LX01", fund="F-GEN"), "checked", "太远（超过 1095 天）"),
        (lambda: StockLine(SALT, 1, in_days(3_651), store="LX01", fund="F-GEN"), "checked", "太远（超过 3650 天）"),
        (StockLine(SALT, 1, None, 62, store="LX01", fund="F-GEN"), "checked", "合每件 0.62 元，目录价 2.50 元"),
        (StockLine(SALT, 9, None, None, 9_001, store="LX01", fund="F-GEN"), "checked", "合每件 10.00 元"),
    ],
)
async def test_a_line_that_cannot_be_stock_is_named_with_its_field(
    shelves: Cast, line: StockLine | Callable[[], StockLine], field: str, says: str
) -> None:
    with pytest.raises(Refusal) as caught:
        await written(shelves, stock=(*STOCK, line() if callable(line) else line))
    (error,) = spoken(caught.value.fields)
    assert (caught.value.status, error["field"]) == (422, f"stock.{len(STOCK)}.{field}")
    assert says in error["message"]
    assert await reading.value("SELECT COUNT(*) FROM opening") == 0


async def test_more_lines_or_slips_than_one_opening_takes_are_refused(
    shelves: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stock_opening.LINES_MAX == 20_000
    monkeypatch.setattr(stock_opening.verbs, "LINES_MAX", 4)
    with pytest.raises(Refusal) as caught:
        await written(shelves)
    assert [words.say(e.message, **dict(e.facts)) for e in caught.value.fields] == ["期初库存最多 4 行"]
    monkeypatch.undo()
    monkeypatch.setattr(stock_opening.verbs, "ENTRIES_MAX", 3)
    with pytest.raises(Refusal) as caught:
        await written(shelves)
    assert "3 张入库单，最多 2 张" in spoken(caught.value.fields)[0]["message"]
    worthless = (StockLine(COAT, 9, store="LX01", fund="F-GEN"),)
    await refused(
        "opening.worthless", opening.write(on=clock.today(), lines=(), stock=worthless, by=shelves.accountant)
    )


async def test_goods_that_changed_since_they_were_shown_are_said_and_nothing_is_booked(shelves: Cast) -> None:
    seen = await written(shelves)
    await written(shelves, stock=STOCK[:2])
    changed = await refused(
        "content.changed",
        opening.confirm(content_hash=seen, confirmed_total_fen=70_000 + WORTH, by=shelves.accountant2),
    )
    assert changed.now is not None
    now = changed.now.facts["stock"]
    assert (now["lines"], changed.now.facts["total_fen"]) == (2, 177_000)
    assert now["sums"] == [{"store": "LX01", "fund": "F-GEN", "lines": 2, "pieces": 43, "value_fen": 107_000}]
    assert await reading.value("SELECT COUNT(*) FROM lot") == 0
    other = (StockLine(RICE, 40, EXPIRY - timedelta(days=1), 2_650, store="LX01", fund="F-GEN"), STOCK[1])
    shorter = await written(shelves, stock=other)
    again = await written(shelves, stock=STOCK[:2])
    assert shorter != again, "a last good day is part of what is confirmed"


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("UPDATE opening SET stock = replace(stock, '2650', '2651')", "哈希或各列不符"),
        ("UPDATE lot SET cost_fen = 2651 WHERE cost_fen = 2650", "期初库存与它的批次不符"),
        ("UPDATE lot SET store = 'LX02' WHERE cost_fen = 2650", "期初库存与它的批次不符"),
        ("UPDATE opening SET seq = 2", "没有它的记录"),
        ("UPDATE opening SET maker = 'x'", "与分录 #3 不符"),
        ("UPDATE entry SET kind = 'goods.gift' WHERE seq = 3", "分录 #4 是期初余额，却不在账簿开头"),
    ],
)
async def test_verify_names_stock_that_is_not_what_was_confirmed(stocked: Cast, fault: str, says: str) -> None:
    assert await verify.run() == []
    async with tampered(fault):
        assert any(says in failure.words for failure in await verify.run())


async def test_the_call_takes_goods_and_shows_their_sums(shelves: Cast, web: Web) -> None:
    goods: list[dict[str, Any]] = [
        {
            "store": "LX01",
            "barcode": RICE,
            "quantity": 40,
            "unit_value_fen": 2650,
            "expires_on": EXPIRY.isoformat(),
            "fund": "F-GEN",
        },
        {"store": "LX01", "barcode": SALT, "quantity": 3, "total_value_fen": 1000, "fund": "F-GEN"},
    ]
    body = {"on": clock.today().isoformat(), "stock": goods}
    accountant = web.as_("accountant")
    for n, (changes, field) in enumerate(
        (
            ({"quantity": 0}, "stock.1.quantity"),
            ({"barcode": UNKNOWN}, "stock.1.barcode"),
            ({"size": 1}, "stock.1.size"),
            ({"total_value_fen": 30}, "stock.1.checked"),
        )
    ):
        sent = {**body, "stock": [goods[0], {**goods[1], **changes}]}
        wrong = await accountant.post(API, json=sent, headers={"Idempotency-Key": f"w{n}"})
        assert (wrong.status_code, [e["field"] for e in wrong.json()["errors"]]) == (422, [field])
    done = await accountant.post(API, json=body, headers={"Idempotency-Key": "a"})
    assert (done.status_code, done.json()["total_fen"]) == (201, 107_000)
    read = (await web.as_("auditor").get(API)).json()
    assert read["stock"] == [{"store": "LX01", "fund": "F-GEN", "lines": 2, "pieces": 43, "value_fen": 107_000}]
    assert len(read["stock_sha256"]) == 64
    confirm = {"content_hash": read["content_hash"], "confirmed_total_fen": 107_000}
    done = await web.as_("approver").post(f"{API}/confirm", json=confirm, headers={"Idempotency-Key": "b"})
    assert done.status_code == 201
    assert await reading.value("SELECT COUNT(*) FROM lot") == 3


async def test_the_page_takes_a_pasted_list_and_loses_nothing_of_it(shelves: Cast, web: Web) -> None:
    accountant = web.as_("accountant")
    rows = [
        "门店\t条码\t数量\t单价\t总价\t保质期至\t基金",
        f"LX01\t{RICE}\t40\t26.50\t\t{EXPIRY}\tF-GEN",
        "",
        f"LX01, {SALT}, x, 2.50, , , F-GEN",
        f"LX01|{UNKNOWN}|1|2.50|||F-GEN",
        "LX01|1",
        f"LX01|{SALT}|1|2.5.0|||F-GEN",
        f"LX01|{RICE}|1|2.50||2031-02-30|F-GEN",
        f"LX01|{SALT}||2.50|||F-GEN",
    ]
    typed = {"rows": "8", "on": clock.today().isoformat(), "stock": "\r\n".join(rows)}
    wrong = await accountant.post("/opening/edit", data=typed, headers=FORM)
    assert wrong.status_code == 422
    for sentence in (
        "第 4 行“数量”：数量应为 1 到 1000000 的整数",
        "第 6 行“门店”：一行应有 7 格，这一行有 2 格",
        "第 7 行“单价”：看不准是多少钱",
        "第 8 行“保质期至”：请填写真实存在的日期",
        "第 9 行“数量”：请填写此项",
    ):
        assert sentence in wrong.text, sentence
    assert "第 5 行“" not in wrong.text, "what can be read is looked up when all can be read"
    assert all(row.replace("\t", "|") in wrong.text for row in rows)
    typed["stock"] = "\r\n".join([*rows[:3], rows[4], rows[1]])
    unknown = await accountant.post("/opening/edit", data=typed, headers=FORM)
    assert f"第 4 行“条码”：条码 {UNKNOWN} 尚未登记" in unknown.text
    assert "第 5 行“条码”：与第 2 行完全相同" in unknown.text
    more = await accountant.post("/opening/edit", data={**typed, "step": "more"}, headers=FORM)
    assert UNKNOWN in more.text
    far = f"LX01|{MILK}|1|420.00||2031-01-01|F-GEN"
    for typed["stock"] in (far, f"{far}|x"):
        asked = (await accountant.post("/opening/edit", data=typed, headers=FORM)).text
        assert "第 1 行“已核对”：" in asked
        assert typed["stock"] in asked
    typed["stock"] = f"{far}|已核对"
    assert (await accountant.post("/opening/edit", data=typed, headers=FORM)).status_code == 303
    assert far.replace("|", " | ") + " | 已核对" in (await accountant.get("/opening/edit")).text
    typed["stock"] = f"{rows[1]}\r\nLX01，{SALT}，3，，10.00，，F-GEN"
    assert (await accountant.post("/opening/edit", data=typed, headers=FORM)).status_code == 303
    assert f"LX01 | {SALT} | 3 |  | 10.00 |  | F-GEN" in (await accountant.get("/opening/edit")).text
    page = (await web.as_("approver").get("/opening")).text
    assert all(text in page for text in ("期初库存", "大米(晚籼) 5kg", "1,070.00"))
    seen = page.partition('name="content_hash" value="')[2][:64]
    sent = {"content_hash": seen, "total_yuan": "1,070.00"}
    assert (await web.as_("approver").post("/opening/confirm", data=sent, headers=FORM)).status_code == 303
    assert await reading.value("SELECT COUNT(*) FROM lot") == 3


async def test_a_list_of_twelve_thousand_lines_fits_into_the_page_and_the_call(shelves: Cast, web: Web) -> None:
    accountant = web.as_("accountant")
    rows = [f"LX0{n % 3}|{SALT}|{n}|2.50||2031-01-01|F-GEN" for n in range(1, 12_001)]
    typed = {"rows": "8", "on": clock.today().isoformat(), "stock": "\r\n".join(rows)}
    assert (await accountant.post("/opening/edit", data=typed, headers=FORM)).status_code == 303
    first = (await accountant.get("/opening")).text
    assert 'href="/opening?after=100"' in first
    assert "12,000" in (await accountant.get("/opening?after=11900")).text
    line = {"store": "LX01", "barcode": SALT, "unit_value_fen": 250, "expires_on": "2031-01-01", "fund": "F-GEN"}
    body = {"on": clock.today().isoformat(), "stock": [{**line, "quantity": n} for n in range(1, 20_001)]}
    done = await accountant.post(API, json=body, headers={"Idempotency-Key": "a"})
    assert done.status_code == 201
