"""Which pieces make up a basket: every rule on lots that are written down here, without a database."""

from dataclasses import replace

from goods.given import CATALOGUE, MILK, RICE, SALT, TOWEL, UNKNOWN

from charity.goods.stock import Lot
from charity.goods.till import picking
from charity.goods.till.picking import Line, Pick, Plan, Shelf

DAY = "2026-06-01"
LATE = Lot("BLATE", MILK, "F-GEN", "gift", "2026-09-01", 0)
SOON = Lot("BSOON", MILK, "F-GEN", "gift", "2026-06-01", 0)
GONE = Lot("BGONE", MILK, "F-GEN", "gift", "2026-05-31", 0)
BOUND = Lot("BBOUND", MILK, "F-EDU", "gift", "2026-07-01", 0)
OLD_BOUND = Lot("BBOTH", MILK, "F-EDU", "gift", "2026-05-01", 0)
GRAIN = Lot("BGRAIN", RICE, "F-GEN", "gift", None, 0)
LOTS = (OLD_BOUND, GONE, SOON, BOUND, LATE, GRAIN)


def shelf(**left: int) -> Shelf:
    pieces = {lot.code: 0 for lot in LOTS} | left
    items = {item.barcode: item for item in CATALOGUE}
    by_code = {lot.code: lot for lot in LOTS}
    return Shelf(items, LOTS, by_code, lambda lot: pieces.get(lot, 0), lambda fund: fund == "F-GEN", DAY, "P05")


def planned(shelf: Shelf, *lines: Line) -> Plan:
    return picking.plan(lines, shelf)


def reasons(plan: Plan) -> list[tuple[str, str]]:
    return [(error.field, rule.code) for error, rule in plan.reasons]


def test_what_expires_first_goes_first_and_is_marked_as_picked() -> None:
    plan = planned(shelf(BSOON=2, BLATE=5), Line(4, barcode=MILK), Line(1, barcode=MILK))
    assert plan.picks == [Pick(0, SOON, 2, 84, True), Pick(0, LATE, 2, 84, True), Pick(1, LATE, 1, 42, True)]
    assert (plan.points, plan.reasons) == (210, [])


def test_one_piece_on_the_shelf_is_enough_and_a_lot_without_any_is_passed_over() -> None:
    plan = planned(shelf(BLATE=1), Line(1, barcode=MILK))
    assert plan.picks == [Pick(0, LATE, 1, 42, True)]
    assert plan.reasons == []


def test_of_a_shortage_only_pieces_that_may_not_go_are_counted_as_held() -> None:
    plan = planned(shelf(BSOON=1, BGONE=3, BBOUND=2, BBOTH=4), Line(5, barcode=MILK))
    assert reasons(plan) == [("lines.0.quantity", "stock.short_held")]
    assert dict(plan.reasons[0][0].facts) == {
        "name": "纯牛奶 250ml×16",
        "left": 1,
        "needed": 5,
        "held": 9,
        "measure": "箱",
    }
    plan = planned(shelf(BSOON=1), Line(5, barcode=MILK))
    assert reasons(plan) == [("lines.0.quantity", "stock.short")]
    assert dict(plan.reasons[0][0].facts) == {"name": "纯牛奶 250ml×16", "left": 1, "needed": 5, "measure": "箱"}
    assert plan.points == 210


def test_an_expired_lot_alone_and_a_bound_lot_alone_are_held() -> None:
    for held in ({"BGONE": 3}, {"BBOUND": 3}):
        assert dict(planned(shelf(**held), Line(1, barcode=MILK)).reasons[0][0].facts)["held"] == 3
    plan = planned(shelf(BBOUND=3), Line(2, lot="BBOUND"), Line(1, barcode=MILK))
    assert dict(plan.reasons[1][0].facts)["held"] == 1, "what a line before it has is counted once"


def test_a_scanned_lot_goes_before_picking_and_is_not_marked_as_picked() -> None:
    plan = planned(shelf(BSOON=2, BLATE=2), Line(2, barcode=MILK), Line(1, lot="BSOON"))
    assert plan.picks == [Pick(0, SOON, 1, 42, True), Pick(0, LATE, 1, 42, True), Pick(1, SOON, 1, 42, False)]
    assert (plan.points, plan.reasons) == (126, [])


def test_a_lot_may_be_taken_to_its_last_piece_and_no_further() -> None:
    plan = planned(shelf(BSOON=3), Line(2, lot="BSOON"), Line(1, lot="BSOON"))
    assert (plan.reasons, [pick.quantity for pick in plan.picks]) == ([], [2, 1])
    plan = planned(shelf(BSOON=3), Line(2, lot="BSOON"), Line(2, lot="BSOON"), Line(1, lot="BSOON"))
    assert reasons(plan) == [("lines.1.quantity", "lot.short"), ("lines.2.quantity", "lot.short")]
    assert [dict(error.facts)["left"] for error, _ in plan.reasons] == [1, 0]
    assert [pick.quantity for pick in plan.picks] == [2, 1]


def test_a_lot_that_may_not_go_says_why() -> None:
    plan = planned(shelf(BGONE=1, BBOTH=1), Line(1, lot="BGONE"), Line(1, lot="BBOTH"), Line(1, lot="BSOON"))
    assert reasons(plan) == [
        ("lines.0.lot", "lot.expired"),
        ("lines.1.lot", "lot.expired"),
        ("lines.1.lot", "lot.not_for"),
        ("lines.2.quantity", "lot.short"),
    ]
    assert plan.by_line == {0: plan.reasons[0], 1: plan.reasons[1], 2: plan.reasons[3]}
    assert dict(plan.reasons[2][0].facts) == {
        "name": "纯牛奶 250ml×16",
        "lot": "BBOTH",
        "fund": "F-EDU",
        "programme": "P05",
    }


def test_what_nobody_knows_is_named_and_costs_nothing() -> None:
    lines = (Line(2, barcode=UNKNOWN), Line(1, barcode="12"), Line(1, lot="B22222222222"), Line(1, barcode=RICE))
    plan = planned(shelf(BGRAIN=1), *lines)
    assert reasons(plan) == [
        ("lines.0.barcode", "barcode.unknown"),
        ("lines.1.barcode", "barcode.unreadable"),
        ("lines.2.lot", "lot.unreadable"),
    ]
    assert (plan.points, [pick.line for pick in plan.picks]) == (26, [3])


def test_reasons_stand_in_the_order_of_the_lines_also_beyond_the_tenth() -> None:
    lines = [Line(1, barcode=MILK) if n % 2 else Line(1, lot="BSOON") for n in range(12)]
    plan = planned(shelf(), *lines)
    assert [error.field for error, _ in plan.reasons] == [f"lines.{n}.quantity" for n in range(12)]
    assert (plan.picks, plan.points) == ([], 12 * 42)


def test_lines_of_other_items_leave_a_lot_alone_and_free_goods_cost_nothing() -> None:
    towels = Lot("BTOWEL", TOWEL, "F-GEN", "gift", None, 0)
    on_shelf = replace(shelf(BGRAIN=5, BSOON=5), lots=(*LOTS, towels), left=lambda _: 5)
    plan = planned(on_shelf, Line(2, barcode=TOWEL), Line(3, barcode=RICE))
    assert plan.picks == [Pick(0, towels, 2, 0, True), Pick(1, GRAIN, 3, 78, True)]
    assert plan.points == 78
    assert reasons(planned(on_shelf, Line(1, barcode=SALT))) == [("lines.0.quantity", "stock.short")]
    assert Plan().points == 0
