"""What the pages of reversals show, in the reader's language."""

from typing import Any

from charity import addresses, words
from charity.aid.branch_reversals.readers import Reversal
from charity.aid.branches.screens import REVERSAL_WORDS, decided, state, step, undoing
from charity.roles import Actor
from charity.web import confirming

KIND_WORDS = {"roster": "冲销花名册", "return": "冲销退回的款"}
TARGETS: dict[str, addresses.Kind] = {"roster": "roster", "return": "branch_return"}


def facts(whole: Reversal) -> list[dict[str, Any]]:
    """What exactly is confirmed of a reversal."""
    row, target = whole.row, whole.target
    listed: list[dict[str, Any]] = [
        {
            "term": words.say("所冲销的"),
            "value": row["target"],
            "kind": "code",
            "href": addresses.of(TARGETS[row["kind"]], row["target"]),
            "note": words.say(KIND_WORDS[row["kind"]]),
        },
        {"term": words.say("审批单"), "value": target["voucher"], "kind": "code"},
        {"term": words.say("金额"), "value": target["amount_fen"], "kind": "yuan"},
    ]
    if row["kind"] == "roster":
        listed.append({"term": words.say("受益"), "value": target["recipients"], "kind": "count"})
    return [
        *listed,
        {"term": words.say("理由"), "value": whole.cause},
        {"term": words.say("申请人"), "value": whole.maker},
        {"term": words.say("状态"), "value": state(row, REVERSAL_WORDS), "kind": "status"},
    ]


def show(whole: Reversal, by: Actor) -> dict[str, Any]:
    """The page of one reversal."""
    row, number = whole.row, whole.row["number"]
    return {
        "number": number,
        "title": words.say(KIND_WORDS[row["kind"]]),
        "back": addresses.of(TARGETS[row["kind"]], row["target"]),
        "action": addresses.of("branch_reversal", number),
        "confirm": words.say("同意冲销，记账"),
        "state": state(row, REVERSAL_WORDS),
        "facts": facts(whole),
        "decided": decided(whole, by),
        "carried": confirming.carried(whole.content_hash, facts(whole)),
        "ended": whole.reason,
        "crowded": "",
        "content_hash": whole.content_hash,
        **step(row, "maker", by),
        **undoing(row, "", may=False),
    }
