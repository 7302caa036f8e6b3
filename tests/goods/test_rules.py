"""The refusals of the supermarket: their status and field, and how several become one."""

import pytest

from charity.errors import FieldError, Rule
from charity.goods import rules

UNREADABLE = {
    None: {
        "barcode.unreadable", "barcode.check_digit", "barcode.unknown", "lot.unreadable", "lot.unknown", "line.code",
        "expiry.missing", "expiry.past", "value.missing", "evidence.missing", "value.too_small", "value.too_large",
        "price.missing", "card.unreadable", "card.unknown", "issue.basket_full", "till.card_first", "till.scans",
        "till.asked_first", "till.nothing_to_undo", "till.seen_first",
        "till.proxy_missing", "till.count", "issue.empty", "opening.line_twice", "opening.lines", "opening.slips", "opening.expiry_far", "opening.value_far",
        "stock.store", "value.twice", "barcode.case", "scan.empty", "scan.long", "scan.glued", "scan.receipt",
        "scan.address", "scan.phone", "scan.identity", "scan.command", "scan.other", "scan.count", "scan.elements",
        "scan.logistics", "intake.lot", "intake.card", "expiry.far", "value.far", "expiry.read", "value.per", "item.waits", "intake.seen_first",
    },
    "voucher": {"voucher.missing", "gift.voucher"},
    "fund": {"voucher.other_fund"},
    "donor": {"purchase.donor"},
    "name": {"item.open"},
    "reason": {"reason.missing", "reason.long"},
    "after": {"stock.cursor"},
    "cycle": {"points.cycle_unreadable"},
}  # fmt: skip
"""What could not be read (422), by the field that is named; the fields of a line are named by its number."""
NOT_FOUND = {"card.not_found", "lot.not_found", "slip.unknown", "points.scheme_unknown"}
ASKED = rules.at("lines.0.quantity", rules.STOCK_SHORT, name="大米", left=1, needed=2, measure="袋")
UNKNOWN = rules.at("lines.1.barcode", rules.BARCODE_UNKNOWN, barcode="1")
DIGITS = rules.at("lines.2.barcode", rules.BARCODE_DIGITS)


def test_a_refusal_keeps_its_status_and_its_field() -> None:
    stated: dict[int, dict[str | None, set[str]]] = {}
    for rule in vars(rules).values():
        if isinstance(rule, Rule):
            stated.setdefault(rule.status, {}).setdefault(rule.field, set()).add(rule.code)
    assert stated.pop(422) == UNREADABLE
    assert stated.pop(404) == {None: NOT_FOUND}
    assert {status: set(fields) for status, fields in stated.items()} == {409: {None}}


@pytest.mark.parametrize(
    ("reasons", "code", "status"),
    [
        ([(ASKED, rules.STOCK_SHORT)], "stock.short", 409),
        ([(UNKNOWN, rules.BARCODE_UNKNOWN)], "barcode.unknown", 422),
        ([(UNKNOWN, rules.BARCODE_UNKNOWN), (DIGITS, rules.BARCODE_DIGITS)], "issue.refused", 422),
        ([(UNKNOWN, rules.BARCODE_UNKNOWN), (ASKED, rules.STOCK_SHORT)], "issue.refused", 409),
        ([(ASKED, rules.STOCK_SHORT), (ASKED, rules.STOCK_SHORT)], "issue.refused", 409),
    ],
)
def test_one_reason_is_the_refusal_and_several_are_unreadable_only_together(
    reasons: list[tuple[FieldError, Rule]], code: str, status: int
) -> None:
    refusal = rules.together(rules.NOT_ISSUED, reasons)
    assert (refusal.code, refusal.status) == (code, status)
    assert refusal.fields == tuple(error for error, _ in reasons)
    if len(reasons) == 1:
        assert refusal.facts == dict(reasons[0][0].facts)
    else:
        assert str(refusal.facts["reasons"]).count("；") == len(reasons) - 1
