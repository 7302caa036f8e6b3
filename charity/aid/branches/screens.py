"""What the pages of advances show, in the reader's language."""

from typing import Any

from charity import addresses, words
from charity.aid import recipients
from charity.aid.branches.readers import Advance
from charity.aid.branches.returns import CHARTS
from charity.errors import Refusal
from charity.ledger import places as money_places
from charity.roles import Actor
from charity.web import pages

STATUS_WORDS = {"waiting": "待核对", "confirmed": "已发放", "refused": "已退回"}
TONES = {"waiting": "wait", "confirmed": "good", "refused": "bad"}
_FIELD_NAMES = {"amount_fen": "amount_yuan"}


def errors(refusal: Refusal | None) -> list[dict[str, str]]:
    """The errors of a refusal under the names of our form's fields."""
    if refusal is None:
        return []
    listed = pages.errors(refusal)
    return [{**error, "field": _field(error["field"])} for error in listed]


def _field(name: str) -> str:
    return "listed" if name.startswith("lines") else _FIELD_NAMES.get(name, name)


def roster_line(row: dict[str, Any]) -> dict[str, Any]:
    """A roster in a list."""
    return {
        "href": addresses.of("roster", row["number"]),
        "number": row["number"],
        "voucher": row["voucher"],
        "distributed_on": row["distributed_on"],
        "recipients": recipients.helped(row["recipients"], listed=bool(row["listed"])),
        "amount": row["amount_fen"],
        "status": state(row),
    }


def state(row: dict[str, Any]) -> dict[str, str]:
    """The status as a word."""
    return {"code": row["status"], "label": words.say(STATUS_WORDS[row["status"]]), "tone": TONES[row["status"]]}


def show(advance: Advance, by: Actor) -> dict[str, Any]:
    """The page of one payment to a branch."""
    row = advance.row
    return {
        "voucher": row["voucher"],
        "facts": [
            {"term": words.say("分会"), "value": advance.branch, "note": row["branch"]},
            {"term": words.say("慈善项目"), "value": f"{row['programme']} {advance.programme}"},
            {"term": words.say("资金来源"), "value": f"{row['fund']} {advance.fund}"},
            {"term": words.say("拨付日期"), "value": row["paid_on"], "kind": "date"},
            {"term": words.say("拨付金额"), "value": row["amount_fen"], "kind": "yuan"},
            {"term": words.say("已有花名册"), "value": row["rostered_fen"], "kind": "yuan"},
            {"term": words.say("已退回的款"), "value": row["returned_fen"], "kind": "yuan"},
            {"term": words.say("待交花名册"), "value": row["open_fen"], "kind": "yuan"},
        ],
        "rosters": [roster_line(roster) for roster in advance.rosters],
        "returns": [{**one, "amount": one["amount_fen"]} for one in advance.returns],
        "may_return": by.may("voucher.pay") and row["open_fen"] > 0,
        "may_record": by.may("voucher.make") and row["open_fen"] > 0,
    }


async def places() -> list[dict[str, str]]:
    """Where what came back may lie, to choose from."""
    return [{"value": code, "label": name} for code, name in (await money_places.labels(CHARTS)).items()]
