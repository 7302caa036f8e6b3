"""`charity verify`, the part of aid: I11, and that rows, decisions and the books agree.

A voucher that left money has two different approvers over the content that was paid, neither of them
its maker or its payer; its content is what its hash, its columns and its entry in the books say.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from charity import words
from charity.aid import branch_reversals, branches, rosters
from charity.aid.models import VoucherStatus
from charity.aid.payments import CHANNEL, KIND, is_purchase, use_facts
from charity.aid.vouchers import APPROVALS_NEEDED, PREFIX, listing
from charity.db import reading, sealed
from charity.errors import Failure
from charity.goods import purchases
from charity.goods.models import GoodsPurchase, PurchaseStatus
from charity.ledger import accounts as acc
from charity.ledger import checks, entries, numbers, payment_numbers
from charity.ledger.content import digest, hashed
from charity.ledger.payment_numbers import Claim, PaymentKind
from charity.people import accounts, institution_entries

CHUNK = 1_000
FAILURES_MAX = 200
INVARIANT = "I11"
IN_CONTENT = ("number", "programme", "fund", "payee_kind", "payee", "amount_fen", "recipients")
PAID = ("paid", "bounced", "delivered")
_SERIES: checks.Check = (
    "I7",
    "{year} 年拨付审批单共 {n} 个号，编号序列的下一号是 {next}",
    "SELECT v.year, v.n, s.next FROM (SELECT year, COUNT(*) AS n FROM voucher GROUP BY year) v "
    "LEFT JOIN series s ON s.name = 'voucher' AND s.year = v.year WHERE v.n + 1 <> COALESCE(s.next, 1)",
)


async def run() -> list[Failure]:
    """Check every voucher; the failures, none when all is right."""
    wrong: list[Failure] = []
    after = ""
    while len(wrong) < FAILURES_MAX:
        async with reading.snapshot():  # a chunk at a time: a server beside us goes on writing
            rows = await reading.rows("SELECT * FROM voucher WHERE number > $1 ORDER BY number LIMIT $2", after, CHUNK)
            if not rows:
                wrong += _unknown(await purchases.between(after))
                break
            last = rows[-1]["number"]
            bought = await purchases.between(after, last)
            numbers_read = [row["number"] for row in rows]
            approvals = await _approvals(numbers_read)
            listed = await _lists(row["content_hash"] for row in rows)
            bodies = await _bodies(numbers_read)
            closed_through = (await entries.head()).closed_through
            wrong += await _payment_numbers(rows)
        for row in rows:
            wrong += _voucher(
                row, approvals[row["number"]], listed[row["content_hash"]], bodies.get(row["number"]), closed_through
            )
            wrong += _purchase(row, bought.pop(row["number"], None))
        wrong += _unknown(bought)
        after = last
    wrong += await _entries_alone()
    wrong += await _accounts()
    wrong += await _institutions()
    async with reading.snapshot():
        paid = await reading.value("SELECT COUNT(*) FROM voucher WHERE channel_ref <> ''")
        kept = await payment_numbers.held(PaymentKind.VOUCHER)
    if paid != kept:
        wrong.append(Failure("I7", words.say("流水号登记的拨付笔数与已付款的拨付审批单不符")))
    return [
        *wrong[:FAILURES_MAX],
        *await checks.failures([_SERIES]),
        *await branches.check(),
        *await rosters.check(),
        *await branch_reversals.check(),
    ]


def _wrong(msgid: str, **facts: Any) -> Failure:
    return Failure(INVARIANT, words.say(msgid, **facts))


async def _approvals(vouchers: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """The approvals in force, by voucher."""
    sql = (
        "SELECT key, voucher, account, content_hash FROM voucher_approval WHERE decision = 'approve' "  # noqa: S608
        f"AND cleared_at IS NULL AND voucher IN ({reading.places(len(vouchers))}) ORDER BY at, key"
    )
    result: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in await reading.rows(sql, *vouchers):
        result[row["voucher"]].append(row)
    return result


async def _lists(hashes: Iterable[str]) -> dict[str, list[str]]:
    """The keys of who is listed as helped, in order, by content hash."""
    asked = list(hashes)
    sql = (
        "SELECT content_hash, recipient FROM voucher_recipient "  # noqa: S608
        f"WHERE content_hash IN ({reading.places(len(asked))}) ORDER BY content_hash, n"
    )
    result: dict[str, list[str]] = defaultdict(list)
    for content_hash, key in await reading.tuples(sql, *asked):
        result[content_hash].append(key)
    return result


async def _bodies(vouchers: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The entries of paid vouchers, by voucher."""
    sql = (
        "SELECT v.number, e.body FROM voucher v JOIN entry e ON e.seq = v.entry_seq "  # noqa: S608
        f"WHERE v.number IN ({reading.places(len(vouchers))})"
    )
    return {row["number"]: json.loads(row["body"]) for row in await reading.rows(sql, *vouchers)}


def _voucher(
    row: dict[str, Any],
    approvals: list[dict[str, Any]],
    listed: list[str],
    body: dict[str, Any] | None,
    closed_through: str,
) -> list[Failure]:
    content = json.loads(row["content"])
    accounts = [a["account"] for a in approvals]
    rules = {
        "拨付审批单 {number}：哈希与内容不符": hashed(row["content"]) == row["content_hash"],
        "拨付审批单 {number}：各列与内容不符": all(content[name] == row[name] for name in IN_CONTENT)
        and content.get("purpose", "aid") == row["purpose"],
        "拨付审批单 {number}：受益名单与内容不符": _listed(row, content, listed),
        "拨付审批单 {number}：事由不是内容所含的那一条": _reason(row, content),
        "拨付审批单 {number}：编号与年度不符": row["number"].startswith(numbers.start(PREFIX, row["year"])),
        "拨付审批单 {number}：所记审批与审批记录不符": sorted(json.loads(row["approvals"]))
        == sorted([a["account"], a["key"]] for a in approvals),
        "拨付审批单 {number}：有一次审批所批的不是现在的内容": all(
            a["content_hash"] == row["content_hash"] for a in approvals
        ),
        "拨付审批单 {number}：同一账号审批了两次": len(set(accounts)) == len(accounts),
        "拨付审批单 {number}：经办人审批了自己的单": row["maker"] not in accounts,
    }
    if row["status"] in PAID:
        rules |= {
            "拨付审批单 {number}：没有两人审批就付了款": len(set(accounts)) >= APPROVALS_NEEDED,
            "拨付审批单 {number}：付款人也是经办人或审批人": row["payer"] not in {row["maker"], *accounts},
            "拨付审批单 {number}：与其付款分录不符": body is not None and _same(row, accounts, body, closed_through),
        }
    else:
        rules["拨付审批单 {number}：没有付款却有分录"] = row["entry_seq"] is None
    if row["status"] == "approved":
        rules["拨付审批单 {number}：状态是已批准，却没有两人审批"] = len(set(accounts)) >= APPROVALS_NEEDED
    return [_wrong(msgid, number=row["number"]) for msgid, holds in rules.items() if not holds]


def _purchase(row: dict[str, Any], bought: GoodsPurchase | None) -> list[Failure]:
    """What a supplier was paid for is what goods may come in for, and nothing else is."""
    due = is_purchase(row) and row["status"] in PAID
    if not due:
        if bought is None:
            return []
        return [_wrong("拨付审批单 {number}：没有付款，却登记为可以入库物资", number=row["number"])]
    status = PurchaseStatus.CLOSED if row["status"] == VoucherStatus.BOUNCED else PurchaseStatus.OPEN
    expected = (row["fund"], row["amount_fen"], status)
    if bought is None or (bought.fund, bought.amount_fen, bought.status) != expected:
        return [_wrong("拨付审批单 {number}：采购登记与付款不符", number=row["number"])]
    return []


def _unknown(bought: dict[str, GoodsPurchase]) -> list[Failure]:
    return [_wrong("采购登记 {number}：没有这张拨付审批单", number=number) for number in bought]


def _listed(row: dict[str, Any], content: dict[str, Any], keys: list[str]) -> bool:
    """Whether who is listed is the approved list, and is what the number counts."""
    if content.get("listed") is None:
        return not keys
    return bool(content["listed"] == listing(row["salt"], keys)) and len(keys) == row["recipients"]


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
        **use_facts(row),
        "payee_kind": row["payee_kind"],
    }
    spent = body.get("flows", {}).get("spent", [])
    left = {fund: sum(stop - start for start, stop in pieces) for fund, pieces in spent}
    return (
        all(facts.get(name) == value for name, value in expected.items())
        and [f"{row['paid_from']}/{row['fund']}", acc.CNY, -row["amount_fen"]] in body["postings"]
        and sorted(facts.get("approvers", [])) == sorted(approvers)
        and body["kind"] == KIND
        and body["actor"] == row["payer"]
        and body["id"] == row["entry"]
        and body["recorded_at"] == row["paid_at"]
        # Only a day of a closed period has another one in the books (`State.open_day`).
        and (body["effective_on"] == row["paid_on"] or row["paid_on"] <= min(body["effective_on"], closed_through))
        and left == {row["fund"]: row["amount_fen"]}
    )


async def _accounts() -> list[Failure]:
    """A household is paid into the account that was confirmed last."""
    msgid = "家庭 {household}：收款账号不是最后核对的那一个"
    return [_wrong(msgid, household=code) for code in await accounts.paid_elsewhere()]


async def _institutions() -> list[Failure]:
    """An institution is what was confirmed last."""
    msgid = "机构 {code}：名称、代码、乡镇或账号不是最后核对的那样"
    return [_wrong(msgid, code=code) for code in await institution_entries.not_as_confirmed()]


async def _payment_numbers(rows: Sequence[dict[str, Any]]) -> list[Failure]:
    """I7: the number with which a voucher was paid is kept for it; what is kept for vouchers is asked at the end."""
    paid = [Claim(CHANNEL, row["channel_ref"], row["number"], row["number"]) for row in rows if row["channel_ref"]]
    lost = await payment_numbers.unkept(PaymentKind.VOUCHER, paid)
    msgid = "拨付审批单 {number}：付款的流水号没有登记为已用"
    return [Failure("I7", words.say(msgid, number=claim.key)) for claim in lost]


async def _entries_alone() -> list[Failure]:
    """Payments in the books that no voucher records."""
    rows = await reading.rows(
        "SELECT e.seq FROM entry e LEFT JOIN voucher v ON v.entry_seq = e.seq "
        "WHERE e.kind = $1 AND v.number IS NULL ORDER BY e.seq LIMIT $2",
        KIND,
        FAILURES_MAX,
    )
    return [_wrong("分录 #{seq} 是拨付，却没有拨付审批单", seq=r["seq"]) for r in rows]
