"""What the pages of rosters show, in the reader's language."""

from typing import Any

from charity import addresses, words
from charity.aid import branches, recipients
from charity.aid.branches.screens import roster_line, state
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
    listed = "、".join(f"{one.short_code} {yuan_sign(fen)}" for one, fen in roster.listed)
    names = [{"term": words.say("名单"), "value": listed}] if listed else []
    return [*roster_facts(roster), *names, {"term": words.say("状态"), "value": state(roster.row), "kind": "status"}]


def show_roster(roster: Roster, by: Actor) -> dict[str, Any]:
    """The page of one roster."""
    row = roster.row
    waits = row["status"] == RosterStatus.WAITING
    shown = recipients.shown([one for one, _ in roster.listed])
    return {
        "number": row["number"],
        "voucher": row["voucher"],
        "state": state(row),
        "facts": roster_facts(roster),
        "decided": _decided(roster, by),
        "listed": [{**line, "amount": fen} for line, (_, fen) in zip(shown, roster.listed, strict=True)],
        "total": row["amount_fen"],
        "carried": confirming.carried(row["content_hash"], confirmed(roster)),
        "may_decide": waits and by.may("voucher.approve") and row["maker"] != by.key,
        "mine": waits and row["maker"] == by.key,
        "waits": waits,
        "refused": roster.reason,
        "content_hash": row["content_hash"],
    }


def _decided(roster: Roster, by: Actor) -> list[dict[str, Any]]:
    row = roster.row
    if not row["decided_at"]:
        return []
    who = [
        {"term": words.say("核对人"), "value": roster.decided_by},
        {"term": words.say("核对时间"), "value": row["decided_at"], "kind": "instant"},
    ]
    if not roster.entry:
        return who
    href = addresses.shown_to(by, "journal_voucher", roster.journal)
    return [*who, {"term": words.say("记账凭证"), "value": roster.entry, "kind": "code", "href": href}]


def refusing(roster: Roster) -> dict[str, Any]:
    """The page that asks once more."""
    number = roster.row["number"]
    return {
        "title": words.say("退回花名册 {number}", number=number),
        "number": number,
        "facts": roster_facts(roster),
        "carried": confirming.carried(roster.row["content_hash"], confirmed(roster)),
    }
