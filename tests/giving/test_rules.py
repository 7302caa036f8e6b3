"""What programs are told when a rule of giving says no: the code, the status, and the field to blame."""

from charity.errors import Rule
from charity.giving import rules

STATUSES = {
    "CAMPAIGN_UNKNOWN": (422, "campaign"),
    "CAMPAIGN_NOT_FOUND": (404, None),
    "CAMPAIGN_NOT_OPEN": (409, None),
    "CAMPAIGN_NOT_BEGUN": (409, None),
    "CAMPAIGN_ENDED": (409, None),
    "CAMPAIGN_CURSOR": (422, "after"),
    "CAMPAIGN_EXISTS": (409, "slug"),
    "CAMPAIGN_STATE": (409, None),
    "CAMPAIGN_GATE": (409, None),
    "FUND_NOT_CHOICE": (422, "fund"),
    "CAMPAIGN_OF_THE_BOOKS": (422, "ends_on"),
    "FUND_KIND": (422, "fund"),
    "FUND_TAKEN": (409, "fund"),
    "FUND_NOT_NEW": (409, "new_fund"),
    "ONE_FUND": (422, "funds"),
    "PLAN_NEEDED": (422, "programme.0"),
    "PLAN_NOT_HERE": (422, "programme.0"),
    "WORK_UNIT_UNKNOWN": (422, "work_unit"),
    "WORK_UNIT_EXISTS": (409, "code"),
    "CHANNEL_UNKNOWN": (422, "channel"),
    "CHANNEL_SANDBOX": (422, "channel"),
    "CHANNEL_NOT_PROMISED": (422, "channel"),
    "AMOUNT_UNCONFIRMED": (409, "confirmed_amount_fen"),
    "AMOUNT_TWICE": (422, "confirmed_amount_fen"),
    "RECEIPT_ALREADY": (409, "donations"),
    "RECEIPT_TOGETHER": (422, "donations"),
    "TOO_MANY_PARTS": (422, "gifts"),
    "RECEIVED_LATER": (422, "received_on"),
    "DONATION_UNKNOWN": (404, None),
    "PLEDGE_UNKNOWN": (404, None),
    "PLEDGE_DONE": (409, None),
    "PLEDGE_BUSY": (503, None),
    "RECEIPT_UNKNOWN": (404, None),
    "RECEIPT_ENDED": (409, None),
    "DELIVERY_UNKNOWN": (422, "delivery"),
    "DELIVERY_NOTE": (422, "note"),
    "REASON_NEEDED": (422, "reason"),
    "REFUND_UNKNOWN": (404, None),
    "REFUND_TOO_MUCH": (409, "amount_fen"),
    "REFUND_FORWARDED": (409, "amount_fen"),
    "REFUND_IN_KIND": (409, None),
    "REFUND_DONE": (409, None),
    "REFUND_SAME": (409, None),
    "NO_SUCH_STEP": (404, None),
}


def test_a_program_can_tell_the_refusals_of_giving_apart() -> None:
    declared = {name: rule for name, rule in vars(rules).items() if isinstance(rule, Rule)}
    assert {name: (rule.status, rule.field) for name, rule in declared.items()} == STATUSES
    assert len({rule.code for rule in declared.values()}) == len(declared)
