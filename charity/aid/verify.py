"""`charity verify`, the part of aid: I11, and that rows, decisions and the books agree.

A voucher that left money has two different approvers over the content that was paid, neither of them
its maker or its payer; its content is what its hash, its columns and its entry in the books say.
"""

import json
from collections import defaultdict
from typing import Any

from charity.aid.models import PayeeKind, VoucherStatus
from charity.aid.payments import KIND
from charity.aid.vouchers import APPROVALS_NEEDED, PREFIX, digest, hashed
from charity.db import reading, sealed
from charity.errors import Failure
from charity.goods import purchases
from charity.goods.models import GoodsPurchase, PurchaseStatus
from charity.ledger import checks, entries, numbers

CHUNK = 1_000
FAILURES_MAX = 200
INVARIANT = "I11"
IN_CONTENT = ("number", "programme", "fund", "payee_kind", "payee", "amount_fen", "recipients")
PAID = ("paid", "bounced", "delivered")
_SERIES: checks.Check = (
    "I7",
    "vouchers of {year}: {n} numbers, the series is at {next}",
    "SELECT v.year, v.n, s.next FROM (SELECT year, COUNT(*) AS n FROM voucher GROUP BY year) v "
    "LEFT JOIN series s ON s.name = 'voucher' AND s.year = v.year WHERE v.n + 1 <> COALESCE(s.next, 1)",
)


async def run() -> list[Failure]:
    """Check every voucher; the failures, none when all is right."""
    wrong: list[str] = []
    after = ""
    while len(wrong) < FAILURES_MAX:
        async with reading.snapshot():  # a chunk at a time: a server beside us goes on writing
            rows = await reading.rows("SELECT * FROM voucher WHERE number > $1 ORDER BY number LIMIT $2", after, CHUNK)
            if not rows:
                wrong += _unknown(await purchases.between(after))
                break
            last = rows[-1]["number"]
            bought = await purchases.between(after, last)
            approvals = await _approvals(after, last)
            bodies = await _bodies(after, last)
            closed_through = (await entries.head()).closed_through
        for row in rows:
            wrong += _voucher(row, approvals[row["number"]], bodies.get(row["number"]), closed_through)
            wrong += _purchase(row, bought.pop(row["number"], None))
        wrong += _unknown(bought)
        after = last
    wrong += await _entries_alone()
    return [*(Failure(INVARIANT, words) for words in wrong[:FAILURES_MAX]), *await checks.failures([_SERIES])]


async def _approvals(after: str, last: str) -> dict[str, list[dict[str, Any]]]:
    """The approvals in force, by voucher."""
    result: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in await reading.rows(
        "SELECT key, voucher, account, content_hash FROM voucher_approval WHERE voucher > $1 AND voucher <= $2 "
        "AND decision = 'approve' AND cleared_at IS NULL ORDER BY at, key",
        after,
        last,
    ):
        result[row["voucher"]].append(row)
    return result


async def _bodies(after: str, last: str) -> dict[str, dict[str, Any]]:
    """The entries of paid vouchers, by voucher."""
    rows = await reading.rows(
        "SELECT v.number, e.body FROM voucher v JOIN entry e ON e.seq = v.entry_seq "
        "WHERE v.number > $1 AND v.number <= $2",
        after,
        last,
    )
    return {r["number"]: json.loads(r["body"]) for r in rows}


def _voucher(
    row: dict[str, Any], approvals: list[dict[str, Any]], body: dict[str, Any] | None, closed_through: str
) -> list[str]:
    number = row["number"]
    content = json.loads(row["content"])
    accounts = [a["account"] for a in approvals]
    rules = {
        "the hash is not that of its content": hashed(row["content"]) == row["content_hash"],
        "its columns are not what its content says": all(content[name] == row[name] for name in IN_CONTENT),
        "its reason is not the one that its content covers": _reason(row, content),
        "its number is of another year": row["number"].startswith(numbers.start(PREFIX, row["year"])),
        "its approvals are not those in its history": sorted(json.loads(row["approvals"]))
        == sorted([a["account"], a["key"]] for a in approvals),
        "an approval is over other content": all(a["content_hash"] == row["content_hash"] for a in approvals),
        "an account approved twice": len(set(accounts)) == len(accounts),
        "its maker approved it": row["maker"] not in accounts,
    }
    if row["status"] in PAID:
        rules |= {
            "it was paid without two approvals": len(set(accounts)) >= APPROVALS_NEEDED,
            "its payer made or approved it": row["payer"] not in {row["maker"], *accounts},
            "its entry says something else": body is not None and _same(row, accounts, body, closed_through),
        }
    else:
        rules["it has an entry and is not paid"] = row["entry_seq"] is None
    if row["status"] == "approved":
        rules["it is approved without two approvals"] = len(set(accounts)) >= APPROVALS_NEEDED
    return [f"voucher {number}: {words}" for words, holds in rules.items() if not holds]


def _purchase(row: dict[str, Any], bought: GoodsPurchase | None) -> list[str]:
    """What a supplier was paid for is what goods may come in for, and nothing else is."""
    due = row["payee_kind"] == PayeeKind.SUPPLIER and row["status"] in PAID
    if not due:
        return [] if bought is None else [f"voucher {row['number']}: goods may come in for it, and nothing was paid"]
    status = PurchaseStatus.CLOSED if row["status"] == VoucherStatus.BOUNCED else PurchaseStatus.OPEN
    expected = (row["fund"], row["amount_fen"], status)
    if bought is None or (bought.fund, bought.amount_fen, bought.status) != expected:
        return [f"voucher {row['number']}: its purchase is not what was paid"]
    return []


def _unknown(bought: dict[str, GoodsPurchase]) -> list[str]:
    return [f"purchase {number}: there is no such voucher" for number in bought]


def _reason(row: dict[str, Any], content: dict[str, Any]) -> bool:
    """Whether the sealed reason can be opened and is the approved one."""
    try:
        reason = sealed.unseal("voucher", "reason", row["number"], row["reason"])
    except (sealed.SealBroken, ValueError):
        return False
    return bool(digest(row["salt"], reason) == content["reason"])


def _same(row: dict[str, Any], approvers: list[str], body: dict[str, Any], closed_through: str) -> bool:
    """Whether the entry names this voucher, content, maker, approvers and payer, and paid this amount of this fund."""
    facts = body["facts"]
    expected = {
        "voucher": row["number"],
        "content_hash": row["content_hash"],
        "maker": row["maker"],
        "programme": row["programme"],
        "recipients": row["recipients"],
        "payee_kind": row["payee_kind"],
    }
    spent = body.get("flows", {}).get("spent", [])
    left = {fund: sum(stop - start for start, stop in pieces) for fund, pieces in spent}
    return (
        all(facts.get(name) == value for name, value in expected.items())
        and sorted(facts.get("approvers", [])) == sorted(approvers)
        and body["kind"] == KIND
        and body["actor"] == row["payer"]
        and body["id"] == row["entry"]
        and body["recorded_at"] == row["paid_at"]
        # Only a day of a closed period has another one in the books (`State.open_day`).
        and (body["effective_on"] == row["paid_on"] or row["paid_on"] <= min(body["effective_on"], closed_through))
        and left == {row["fund"]: row["amount_fen"]}
    )


async def _entries_alone() -> list[str]:
    """Payments in the books that no voucher records."""
    rows = await reading.rows(
        "SELECT e.seq FROM entry e LEFT JOIN voucher v ON v.entry_seq = e.seq "
        "WHERE e.kind = $1 AND v.number IS NULL ORDER BY e.seq LIMIT $2",
        KIND,
        FAILURES_MAX,
    )
    return [f"entry #{r['seq']}: a payment without a voucher" for r in rows]
