"""What the pages of rosters show, in the reader's language."""

from typing import Any

from charity import addresses, words
from charity.aid import branches, recipients
from charity.aid.branches.screens import crowded, decided, roster_line, state, step, undoing
from charity.aid.models import RosterStatus
from charity.aid.rosters import readers
from charity.aid.rosters.readers import Roster
from charity.ledger import funds
from charity.money import yuan_sign
from charity.roles import Actor
from charity.web import confirming


async def listed() -> dict[str, Any]:
    """The page of what waits: payments to branches without their rosters, and rosters without a second look."""
    advances, rosters = await branches.waiting_advances(), await readers.waiting_rosters()
    names = await branches.branch_names([row["branch"] for row in advances])
    programmes, money = await funds.programme_names(), await funds.names()
    return {
        "advances": [
            {
                "href": addresses.of("advance", row["voucher"]),
                "voucher": row["voucher"],
                "branch": names[row["branch"]],
                "programme": programmes.get(row["programme"], row["programme"]),
                "fund": money.get(row["fund"], row["fund"]),
                "paid_on": row["paid_on"],
                "amount": row["amount_fen"],
                "open": row["open_fen"],
            }
            for row in advances
        ],
        "rosters": [roster_line(row) for row in rosters],
        "others": [_other(row) for row in await branches.waiting_others()],
        "most": branches.LISTED_MAX,
    }


def roster_facts(roster: Roster) -> list[dict[str, Any]]:
    """What exactly is confirmed."""
    row, advance = roster.row, roster.advance
    return [
        {"term": words.say("分会"), "value": advance.branch, "note": advance.row["branch"]},
        {"term": words.say("慈善项目"), "value": f"{advance.row['programme']} {advance.programme}"},
        {"term": words.say("资金来源"), "value": f"{advance.row['fund']} {advance.fund}"},
        {"term": words.say("发放日期"), "value": row["distributed_on"], "kind": "date"},
        {"term": words.say("发放地点"), "value": roster.place},
        {"term": words.say("合计"), "value": row["amount_fen"], "kind": "yuan"},
        {
            "term": words.say("受益"),
            "value": recipients.helped(row["recipients"], listed=bool(roster.listed)),
            "note": words.say("有名单") if roster.listed else words.say("没有名单，只计人次"),
        },
        {"term": words.say("录入人"), "value": roster.maker},
    ]


def confirmed(roster: Roster) -> list[dict[str, Any]]:
    """What whoever confirms is shown: the facts, who is listed, and how far the roster is."""
    listed = words.listed(f"{one.short_code} {yuan_sign(fen)}" for one, fen in roster.listed)
    names = [{"term": words.say("名单"), "value": listed}] if listed else []
    return [*roster_facts(roster), *names, {"term": words.say("状态"), "value": state(roster.row), "kind": "status"}]


def show_roster(roster: Roster, reversal: str, by: Actor) -> dict[str, Any]:
    """The page of one roster."""
    row = roster.row
    shown = recipients.shown([one for one, _ in roster.listed])
    return {
        "number": row["number"],
        "voucher": row["voucher"],
        "state": state(row),
        "facts": roster_facts(roster),
        "decided": decided(roster, by),
        "listed": [{**line, "amount": fen} for line, (_, fen) in zip(shown, roster.listed, strict=True)],
        "total": row["amount_fen"],
        "carried": confirming.carried(row["content_hash"], confirmed(roster)),
        "crowded": crowded(roster.advance) if row["status"] == RosterStatus.WAITING else "",
        **step(row, "maker", by),
        **undoing(row, reversal, may=by.may("voucher.make")),
        "refused": roster.reason,
        "content_hash": row["content_hash"],
    }


_OTHERS = {"returned": "分会退回的款", "roster": "冲销花名册", "return": "冲销退回的款"}


def _other(row: dict[str, Any]) -> dict[str, Any]:
    kind = "branch_return" if row["kind"] == "returned" else "branch_reversal"
    href = addresses.of(kind, row["number"])  # type: ignore[arg-type]
    return {**row, "kind": words.say(_OTHERS[row["kind"]]), "href": href, "amount": row["amount_fen"]}
