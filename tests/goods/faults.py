"""What somebody may write beside the books of a busy shop: each fault with the rule that names it, and exactly what."""

from typing import Any

from goods.busy import OLD, UNUSED, Busy
from goods.given import MILK, RICE, in_days

from charity import clock
from charity.db import reading

LOTS = "{store} 的批次 {lot}：单据合计 {listed} 件，账簿结存 {held} 件"
VALUE = "门店 {store} 的基金 {fund}：单据合计 {listed} 分，账簿存货 {held} 分"
SHELF = "{store} 的批次 {lot}（条码 {barcode}，保质期至 {expires_on}）：合计记 {kept} 件，账簿结存 {held} 件"
DAYS = "门店 {store}，保质期至 {expires_on}：合计与在库批次相差 {lots} 批、{pieces} 件、{fen} 分"
ITEMS = "门店 {store}，条码 {barcode}：合计与在库批次相差 {lots} 批、{pieces} 件、{fen} 分"
SPENT = "出库单 {number} 记扣减积分 {listed}，各行合计 {lines}"
MUTUAL = "单据 {number} 与冲销单 {reversed_by} 没有互相注明"
SERIES = "{year} 年 {series} 单据共 {n} 个号，编号序列的下一号是 {next}"
BOUGHT = "拨付审批单 {voucher}：记已入库 {listed} 分，入库单合计 {held} 分，已付款 {paid} 分"
SLIP = "单据 {number}：各列与分录 #{seq} 不符"
NO_SLIP = "分录 #{seq} 收发了物资，却没有单据"
MOVED = "单据 {number} 记批次 {lot} 共 {listed} 件，其分录为 {moved} 件"
INTAKE = "入库单 {number}：捐赠、拨付审批单、收据或基金与账簿、捐赠不符"
UNCOUNTED = "拨付审批单 {voucher}：入库的物资没有计入，或入了付款以外的基金"
LOT = "批次 {code} 与其入库单不符"
LINE = "单据 {number} 第 {n} 行：物品或成本与批次 {lot} 不符"
ISSUE = "出库单 {number}：家庭、人数、类别、项目、爱心卡或积分与分录 #{seq} 不符"
GRANT = "积分发放 {key} 与分录 #{seq} 不符"
NO_GRANT = "分录 #{seq} 发放了积分，却没有积分发放记录"
NEVER = "9999-12-31"

Fault = tuple[str, list[str], list[dict[str, Any]]]
"""A rule, what somebody writes, and the facts of each failure that this rule alone then names."""


async def of_sums(b: Busy) -> list[Fault]:
    """Against what is added up: lots, funds, shelves, points, purchases."""
    gift = f"document = '{b.gift}' AND lot = '{b.rice}'"
    gone = f"document = '{b.gone}' AND lot = '{b.lot_gone}'"
    stock = "account IN (SELECT id FROM account WHERE code = '1201/LX01/{}')"
    on_shelf = (
        f"account IN (SELECT id FROM account WHERE code = 'store:LX01') "
        f"AND unit IN (SELECT id FROM unit WHERE code = 'lot:{b.rice_bought}')"
    )
    value = 2000 + 3 * 333 + 1 + 2 * 250
    far, near = in_days(340).isoformat(), in_days(300).isoformat()
    shelf = {"store": "store:LX01", "lot": b.rice_bought, "barcode": RICE, "expires_on": far}
    day = {"store": "LX01", "expires_on": far, "lots": 0, "pieces": 0, "fen": 0}
    row = f"WHERE store = 'LX01' AND expires_on = '{far}'"
    item = {"store": "LX01", "barcode": RICE, "lots": 0, "pieces": 0, "fen": 0}
    of_item = f"WHERE store = 'LX01' AND barcode = '{RICE}'"
    return [
        (
            LOTS,
            [f"UPDATE goods_line SET quantity = quantity + 2 WHERE {gift}"],
            [{"store": "store:LX01", "lot": b.rice, "listed": 2, "held": 0}],
        ),
        (
            LOTS,
            [f"UPDATE goods_line SET quantity = quantity - 1 WHERE {gone}"],
            [{"store": "store:LX01", "lot": b.lot_gone, "listed": -1, "held": 0}],
        ),
        (
            LOTS,
            [f"UPDATE goods_line SET quantity = -1 WHERE document = '{b.bought}' AND lot = '{b.rice_bought}'"],
            [{"store": "store:LX01", "lot": b.rice_bought, "listed": -2, "held": 1}],
        ),
        (
            LOTS,
            [f"UPDATE holding SET quantity = quantity + 3 WHERE {on_shelf}"],
            [{"store": "store:LX01", "lot": b.rice_bought, "listed": 1, "held": 4}],
        ),
        (
            VALUE,
            [f"UPDATE goods_line SET quantity = quantity - 1 WHERE {gone}"],
            [{"store": "LX01", "fund": "F-EDU", "listed": -500, "held": 0}],
        ),
        (
            VALUE,
            [f"UPDATE holding SET quantity = quantity + 1 WHERE {stock.format('F-WARM')}"],
            [{"store": "LX01", "fund": "F-WARM", "listed": value, "held": value + 1}],
        ),
        (
            VALUE,
            [f"UPDATE holding SET quantity = -7 WHERE {stock.format('F-EDU')}"],
            [{"store": "LX01", "fund": "F-EDU", "listed": 0, "held": -7}],
        ),
        (
            VALUE,
            [
                f"UPDATE holding SET quantity = quantity - 9 WHERE {stock.format('F-WC08').replace('1201', '1801')}",
            ],
            [{"store": "LX01", "fund": "F-WC08", "listed": 500, "held": 491}],
        ),
        (
            SHELF,
            [f"UPDATE shelf_lot SET pieces = pieces + 1 WHERE lot = '{b.rice_bought}'"],
            [shelf | {"kept": 2, "held": 1}],
        ),
        (
            SHELF,
            [f"UPDATE shelf_lot SET pieces = -1 WHERE lot = '{b.rice}'"],
            [shelf | {"lot": b.rice, "expires_on": near, "kept": -1, "held": 0}],
        ),
        (
            SHELF,
            [f"UPDATE shelf_lot SET pieces = -2 WHERE lot = '{b.rice_bought}'"],
            [shelf | {"kept": -2, "held": 1}],
        ),
        (
            SHELF,
            [f"UPDATE shelf_lot SET store = 'LX02' WHERE lot = '{b.rice_bought}'"],
            [shelf | {"kept": 0, "held": 1}, shelf | {"store": "store:LX02", "kept": 1, "held": 0}],
        ),
        (
            SHELF,
            [f"UPDATE shelf_lot SET barcode = '{MILK}' WHERE lot = '{b.rice_bought}'"],
            [shelf | {"kept": 0, "held": 1}, shelf | {"barcode": MILK, "kept": 1, "held": 0}],
        ),
        (
            SHELF,
            [f"UPDATE shelf_lot SET expires_on = '{NEVER}' WHERE lot = '{b.rice_bought}'"],
            [shelf | {"kept": 0, "held": 1}, shelf | {"expires_on": NEVER, "kept": 1, "held": 0}],
        ),
        (DAYS, [f"UPDATE shelf_day SET lots = lots + 1 {row}"], [day | {"lots": 1}]),
        (DAYS, [f"UPDATE shelf_day SET pieces = pieces - 1 {row}"], [day | {"pieces": -1}]),
        (DAYS, [f"UPDATE shelf_day SET cost_fen = cost_fen + 3 {row}"], [day | {"fen": 3}]),
        (DAYS, [f"DELETE FROM shelf_day {row}"], [day | {"lots": -1, "pieces": -1, "fen": -2000}]),
        (ITEMS, [f"UPDATE shelf_item SET lots = lots + 1 {of_item}"], [item | {"lots": 1}]),
        (ITEMS, [f"UPDATE shelf_item SET pieces = pieces - 1 {of_item}"], [item | {"pieces": -1}]),
        (ITEMS, [f"UPDATE shelf_item SET cost_fen = cost_fen + 3 {of_item}"], [item | {"fen": 3}]),
        (
            SPENT,
            [f"UPDATE goods_issue SET points_spent = points_spent + 1 WHERE number = '{b.out}'"],
            [{"number": b.out, "listed": 84, "lines": 83}],
        ),
        (
            SPENT,
            [f"DELETE FROM goods_line WHERE document = '{b.out}'"],
            [{"number": b.out, "listed": 83, "lines": 0}],
        ),
        (
            BOUGHT,
            [f"UPDATE goods_purchase SET received_fen = received_fen - 1 WHERE voucher = '{OLD}'"],
            [{"voucher": OLD, "listed": 4499, "held": 4500, "paid": 4500}],
        ),
        (
            BOUGHT,
            [f"UPDATE goods_purchase SET amount_fen = 4499 WHERE voucher = '{OLD}'"],
            [{"voucher": OLD, "listed": 4500, "held": 4500, "paid": 4499}],
        ),
        (
            BOUGHT,
            [f"UPDATE goods_purchase SET received_fen = 1 WHERE voucher = '{UNUSED}'"],
            [{"voucher": UNUSED, "listed": 1, "held": 0, "paid": 100}],
        ),
    ]


async def of_slips(b: Busy) -> list[Fault]:
    """Against the slips themselves: their columns, numbers, lines, and what takes them back."""
    seqs = {r["number"]: r["seq"] for r in await reading.rows("SELECT number, seq FROM goods_document")}
    year = clock.today().year
    back_of = await reading.value("SELECT reverses FROM goods_document WHERE number = $1", b.back)

    def slip(*numbers: str) -> list[dict[str, Any]]:
        return [{"number": number, "seq": seqs[number]} for number in numbers]

    def wrong(number: str, columns: str, *others: str) -> Fault:
        return SLIP, [f"UPDATE goods_document SET {columns} WHERE number = '{number}'"], slip(number, *others)

    extra = {
        "goods_issue": "INSERT INTO goods_issue SELECT '{}', household, card, category, members, programme, "
        f"points_spent, points_left, proxy FROM goods_issue WHERE number = '{b.out}'",
        "goods_intake": "INSERT INTO goods_intake SELECT '{}', source, fund, campaign, donor, donation, voucher, "
        f"receipt_code, receipt_number FROM goods_intake WHERE number = '{b.coats}'",
    }
    unknown = f"RK-LX01-{year}-000099"
    return [
        wrong(b.coats, "at = '2020-01-01T00:00:00.000000Z'"),
        wrong(b.coats, "actor = 'somebody'"),
        wrong(b.coats, "effective_on = '2020-01-01'"),
        wrong(b.coats, "store = 'LX02'"),
        (
            SLIP,
            [f"UPDATE goods_document SET seq = 99999 WHERE number = '{b.coats}'"],
            [{"number": b.coats, "seq": 99999}],
        ),
        wrong(b.back, f"reverses = '{b.out}'"),
        wrong(b.back, "reverses = 'FF-LX01-2000-000001'"),
        wrong(back_of, "store = 'LX02'", b.back),
        (
            SLIP,
            [
                f"UPDATE goods_document SET number = '{unknown}' WHERE number = '{b.coats}'",
                f"UPDATE goods_intake SET number = '{unknown}' WHERE number = '{b.coats}'",
            ],
            [{"number": unknown, "seq": seqs[b.coats]}],
        ),
        (SLIP, [f"UPDATE goods_intake SET source = 'purchase' WHERE number = '{b.coats}'"], slip(b.coats)),
        (SLIP, [f"DELETE FROM goods_issue WHERE number = '{b.free}'"], slip(b.free)),
        (SLIP, [extra["goods_issue"].format(b.coats)], slip(b.coats)),
        (SLIP, [extra["goods_issue"].format(b.back)], slip(b.back)),
        (SLIP, [extra["goods_intake"].format(b.free)], slip(b.free)),
        (NO_SLIP, [f"DELETE FROM goods_document WHERE number = '{b.coats}'"], [{"seq": seqs[b.coats]}]),
        (
            MUTUAL,
            [f"UPDATE goods_document SET reversed_by = NULL WHERE number = '{back_of}'"],
            [{"number": back_of, "reversed_by": b.back}],
        ),
        (
            MUTUAL,
            [f"UPDATE goods_document SET reversed_by = '{b.back}' WHERE number = '{b.out}'"],
            [{"number": b.out, "reversed_by": b.back}],
        ),
        (
            MUTUAL,
            [f"UPDATE goods_document SET reversed_by = '{b.free}' WHERE number = '{b.out}'"],
            [{"number": b.out, "reversed_by": b.free}],
        ),
        (
            MUTUAL,
            [f"UPDATE goods_document SET reversed_by = 'CX-LX01-2000-000001' WHERE number = '{b.out}'"],
            [{"number": b.out, "reversed_by": "CX-LX01-2000-000001"}],
        ),
        (
            SERIES,
            [f"UPDATE series SET next = next + 1 WHERE name = 'FF-LX01' AND year = {year}"],
            [{"year": year, "series": "FF-LX01", "n": 3, "next": 5}],
        ),
        (
            SERIES,
            ["DELETE FROM series WHERE name = 'RK-LX02'"],
            [{"year": year, "series": "RK-LX02", "n": 1, "next": None}],
        ),
        (
            MOVED,
            [f"UPDATE goods_line SET quantity = -3 WHERE document = '{b.out}' AND n = 1"],
            [{"number": b.out, "lot": b.rice, "listed": -4, "moved": -3}],
        ),
        (
            MOVED,
            [f"DELETE FROM goods_line WHERE document = '{b.gift}' AND lot = '{b.rice}'"],
            [{"number": b.gift, "lot": b.rice, "listed": 0, "moved": 5}],
        ),
        (
            LINE,
            [f"UPDATE goods_line SET cost_fen = cost_fen + 1 WHERE document = '{b.out}' AND n = 2"],
            [{"number": b.out, "n": 2, "lot": b.rice}],
        ),
        (
            LINE,
            [f"UPDATE goods_line SET barcode = '{MILK}' WHERE document = '{b.out}' AND n = 3"],
            [{"number": b.out, "n": 3, "lot": b.coat}],
        ),
        (
            LINE,
            [f"UPDATE goods_line SET lot = 'B1' WHERE document = '{b.out}' AND n = 1"],
            [{"number": b.out, "n": 1, "lot": "B1"}],
        ),
    ]


async def of_rooms(b: Busy) -> list[Fault]:
    """Against what a slip shares with gifts, receipts, purchases, cards and grants."""
    seqs = {r["number"]: r["seq"] for r in await reading.rows("SELECT number, seq FROM goods_document")}
    (_, number), (other_code, other_number) = b.receipt, b.replaced

    def intake_row(where: str, columns: str) -> Fault:
        return INTAKE, [f"UPDATE goods_intake SET {columns} WHERE number = '{where}'"], [{"number": where}]

    def gift_row(columns: str) -> Fault:
        key = f"(SELECT donation FROM goods_intake WHERE number = '{b.coats}')"
        return INTAKE, [f"UPDATE donation SET {columns} WHERE key = {key}"], [{"number": b.coats}]

    def lot(columns: str) -> Fault:
        return LOT, [f"UPDATE lot SET {columns} WHERE code = '{b.rice}'"], [{"code": b.rice}]

    def issued(where: str, columns: str) -> Fault:
        sql = f"UPDATE goods_issue SET {columns} WHERE number = '{where}'"
        return ISSUE, [sql], [{"number": where, "seq": seqs[where]}]

    grant = await reading.row("SELECT * FROM points_grant ORDER BY seq LIMIT 1")
    assert grant is not None
    cycle, household, seq = grant["cycle"], grant["household"], grant["seq"]

    def granted(columns: str, **facts: Any) -> Fault:
        named = {"key": grant["key"], "seq": seq} | facts
        return GRANT, [f"UPDATE points_grant SET {columns} WHERE key = '{grant['key']}'"], [named]

    someone, card2 = b.shop.house.household2, b.shop.card2
    return [
        intake_row(b.coats, "campaign = 'everyday'"),
        intake_row(b.coats, "source = 'purchase', donation = NULL"),
        intake_row(b.bought, f"voucher = '{UNUSED}'"),
        intake_row(b.coats, "donor = 'somebody'"),
        intake_row(b.coats, "donation = NULL"),
        intake_row(b.coats, f"receipt_code = '{b.receipt[0]}'"),
        intake_row(b.coats, f"receipt_number = '{number}'"),
        intake_row(b.gift, f"receipt_number = '{other_number}'"),
        intake_row(b.gift, f"receipt_code = '{other_code}'"),
        intake_row(b.gift, f"receipt_code = '{other_code}', receipt_number = '{other_number}'"),
        intake_row(b.gift, "receipt_code = NULL, receipt_number = NULL"),
        gift_row("amount_fen = 5"),
        gift_row("store = 'LX02'"),
        gift_row("fund = 'F-WARM'"),
        gift_row("seq = 1"),
        gift_row("key = 'another'"),
        (UNCOUNTED, [f"DELETE FROM goods_purchase WHERE voucher = '{OLD}'"], [{"voucher": OLD}]),
        (UNCOUNTED, [f"UPDATE goods_purchase SET fund = 'F-GEN' WHERE voucher = '{OLD}'"], [{"voucher": OLD}]),
        lot(f"document = '{b.out}'"),
        lot("seq = 1"),
        lot("store = 'LX02'"),
        lot("fund = 'F-GEN'"),
        lot("source = 'purchase'"),
        lot("donor = 'somebody'"),
        lot("donor = NULL"),
        lot("evidence = 'none'"),
        lot("cost_fen = 0"),
        (
            LOT,
            [f"UPDATE goods_document SET kind = 'issue' WHERE number = '{b.elsewhere}'"],
            [{"code": r["code"]} for r in await reading.rows("SELECT code FROM lot WHERE store = 'LX02'")],
        ),
        (LOT, [f"DELETE FROM goods_line WHERE document = '{b.gift}' AND lot = '{b.rice}'"], [{"code": b.rice}]),
        issued(b.out, f"household = '{someone}', card = '{card2}'"),
        issued(b.out, "programme = 'P04'"),
        issued(b.out, "category = 'EDGE'"),
        issued(b.out, "members = members + 1"),
        issued(b.out, f"card = '{card2}'"),
        issued(b.out, "card = 'C1'"),
        issued(b.out, "points_spent = points_spent + 1"),
        issued(b.free, "points_spent = 1"),
        issued(b.later, "points_spent = 60"),
        granted("points = points + 1"),
        granted(f"seq = {seqs[b.coats]}", seq=seqs[b.coats]),
        granted(f"household = '{someone}'"),
        granted("cycle = '2000-Q1'"),
        granted("scheme = 'XX'"),
        granted("key = 'another'", key="another"),
        *(
            (
                GRANT,
                [f"UPDATE entry SET {columns} WHERE seq = {seq}"],
                [{"key": grant["key"], "seq": seq}],
            )
            for columns in (
                'body = REPLACE(body, \'"scheme":"LX"\', \'"scheme":"XX"\')',
                f'body = REPLACE(body, \'"cycle":"{cycle}"\', \'"cycle":"2000-Q1"\')',
                "kind = 'points.other'",
                "party = 'somebody'",
            )
        ),
        (
            GRANT,
            [
                f"UPDATE points_grant SET cycle = '2000-Q1', key = 'LX:2000-Q1:{household}' "
                f"WHERE key = 'LX:{cycle}:{household}'"
            ],
            [{"key": f"LX:2000-Q1:{household}", "seq": seq}],
        ),
        (NO_GRANT, [f"DELETE FROM points_grant WHERE key = '{grant['key']}'"], [{"seq": seq}]),
    ]
