"""What the public sees of money that was used: payments of a fund, and a giver's share of each.

Always true: a payment that helped fewer than GROUP_MIN people is shown with the others of its month and programme,
under the month, at every public door; money passed on for others names no people; a payment for goods or
for our own costs is named as such. A giver is shown a share of each payment, never its people as its own.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from charity import words
from charity.db import reading
from charity.ledger import accounts as acc
from charity.ledger import checks, tracing
from charity.ledger import funds as ledger_funds
from charity.money import yuan

GROUP_MIN = 10
USES_MAX = 8
MONTHS_MAX = 12
_KINDS = {
    acc.AGENCY_DEBT: "forwarded",
    acc.PREPAID: "bought",
    acc.STOCK: "bought",
    acc.MANAGEMENT: "administration",
    acc.FUNDRAISING: "fundraising",
}
_TITLES = {
    "forwarded": "转交上级慈善总会",
    "administration": "机构管理费用",
    "fundraising": "募捐费用",
}


@dataclass(frozen=True, slots=True)
class PublicUse:
    """A payment, or the small ones of a month and programme: its day or month, sum, share of it, and whom it reached.

    `of_fen` is the whole payment (of all `payments`), `amount_fen` what a fund or a gift had in it. `recipients` is
    None where nobody is counted: money passed on for others. Only who is `listed` is people: a bare number is visits.
    """

    on: str
    kind: str
    programme: str
    programme_name: str
    amount_fen: int
    of_fen: int
    recipients: int | None
    listed: bool = False
    payments: int = 1

    @property
    def title(self) -> str:
        """What it was for, in the current language."""
        fixed = _TITLES.get(self.kind, "")
        return words.translate(fixed) if fixed else self.programme_name

    @property
    def reached(self) -> str:
        """Whom it reached, in words; "" where nobody is counted."""
        if self.kind == "bought":
            return words.translate("采购救助物资")
        if self.kind != "aid" or not self.recipients:
            return ""
        if self.payments > 1:
            return words.say(
                "当月共 {payments} 笔，{recipients} 人次受益",
                payments=self.payments,
                recipients=f"{self.recipients:,}",
            )
        text = "{recipients} 人（户）受益" if self.listed else "{recipients} 人次受益"
        return words.say(text, recipients=f"{self.recipients:,}")

    @property
    def share(self) -> str:
        """What a gift's part is of the payment, in words."""
        part = self.amount_fen * 10_000 // self.of_fen
        facts = {"of": yuan(self.of_fen), "percent": f"{part // 100}.{part % 100:02d}" if part else "<0.01"}
        if self.payments > 1:
            text = words.say("占当月 {payments} 笔拨付 {of} 元的 {percent} %", payments=self.payments, **facts)
        else:
            text = words.say("占该笔拨付 {of} 元的 {percent} %", **facts)
        if self.kind == "bought":
            return text + words.say("，该笔用于采购救助物资")
        if self.kind != "aid" or not self.recipients:
            return text
        reached = "，该笔共 {recipients} 人（户）受益" if self.listed else "，共 {recipients} 人次受益"
        return text + words.say(reached, recipients=f"{self.recipients:,}")


@dataclass(frozen=True, slots=True)
class _Payment:
    """One payment as the books and its voucher have it."""

    seq: int
    on: str
    kind: str
    programme: str
    amount_fen: int
    of_fen: int
    recipients: int
    listed: bool


async def of_funds(funds: Sequence[str] = (), limit: int = USES_MAX) -> list[PublicUse]:
    """The latest payments out of these funds (of all without any), newest first; small ones by whole months."""
    months = await _months(funds)
    chosen: list[PublicUse] = []
    for some in (months[:3], months):
        chosen = await _shown(await _payments(some, funds)) if some else []
        if len(chosen) >= limit:
            break
    return chosen[:limit]


async def _months(funds: Sequence[str]) -> list[str]:
    """The latest months in which these funds paid, newest first."""
    test = f"AND fund IN ({reading.places(len(funds), 2)}) " if funds else ""
    rows = await reading.rows(
        "SELECT DISTINCT month FROM figure_month WHERE money_fen <> 0 AND figure IN "  # noqa: S608 - places only
        f"('aid', 'bought', 'agency_out', 'administration', 'fundraising') {test}ORDER BY month DESC LIMIT $1",
        MONTHS_MAX,
        *funds,
    )
    return [row["month"] for row in rows]


async def _payments(months: Sequence[str], funds: Sequence[str]) -> list[_Payment]:
    """The payments of these months and all between, without those that came back."""
    own = f"s.fund IN ({reading.places(len(funds), 3)})" if funds else "1 = 1"
    rows = await reading.rows(
        # CROSS JOIN tells SQLite, which has no statistics, to begin with the entries of a kind.
        checks.sql(
            "SELECT x.seq, x.effective_on, @e.programme AS programme, @e.recipients AS recipients, "  # noqa: S608
            "@e.listed AS listed, a.chart, x.spent, x.paid FROM "
            "(SELECT b.seq, b.effective_on, CAST(SUM(s.stop - s.start) AS BIGINT) AS paid, "
            f"CAST(SUM(CASE WHEN {own} THEN s.stop - s.start ELSE 0 END) AS BIGINT) AS spent "
            "FROM entry b CROSS JOIN segment s WHERE b.kind = 'voucher.paid' AND b.effective_on >= $1 "
            "AND b.effective_on <= $2 AND s.owner_seq = b.seq AND s.kind = 'spent' GROUP BY b.seq, b.effective_on) x "
            "JOIN entry e ON e.seq = x.seq JOIN posting p ON p.seq = e.seq AND p.n = 1 "
            "JOIN account a ON a.id = p.account WHERE x.spent > 0 ORDER BY x.seq DESC"
        ),
        f"{min(months)}-01",
        f"{max(months)}-31",
        *funds,
    )
    return [
        _Payment(
            row["seq"],
            row["effective_on"],
            _KINDS.get(row["chart"], "aid"),
            row["programme"] or "",
            row["spent"],
            row["paid"],
            int(row["recipients"] or 0),
            row["listed"] in {"1", "true"},
        )
        for row in rows
    ]


async def of_gifts(uses: Iterable[tracing.Use]) -> list[PublicUse]:
    """The payments that used some gifts, oldest first, each with the gifts' share."""
    shares: dict[int, int] = {}
    for use in uses:
        shares[use.seq] = shares.get(use.seq, 0) + use.amount_fen
    payments = []
    for row in await _entries(sorted(shares)):
        body = json.loads(row["body"])
        facts, chart = body["facts"], acc.split(body["postings"][0][0])[0]
        paid = sum(stop - start for _, pieces in body["flows"]["spent"] for start, stop in pieces)
        payments.append(
            _Payment(
                row["seq"],
                row["effective_on"],
                _KINDS.get(chart, "aid"),
                facts.get("programme", ""),
                shares[row["seq"]],
                paid,
                facts.get("recipients", 0),
                facts.get("listed", False),
            )
        )
    return await _shown(payments)


async def _entries(seqs: Sequence[int]) -> list[dict[str, Any]]:
    rows = []
    for n in range(0, len(seqs), tracing.CHUNK):
        part = seqs[n : n + tracing.CHUNK]
        rows += await reading.rows(
            f"SELECT seq, effective_on, body FROM entry WHERE seq IN ({reading.places(len(part))}) ORDER BY seq",  # noqa: S608
            *part,
        )
    return rows


async def _shown(payments: Sequence[_Payment]) -> list[PublicUse]:
    """As the public sees them, in the order in which they come; a group stands where its first payment does."""
    names = await ledger_funds.programme_names([payment.programme for payment in payments])
    lines: dict[object, PublicUse] = {}
    for payment in payments:
        name = names.get(payment.programme, words.translate("支出"))
        recipients = None if payment.kind == "forwarded" else payment.recipients
        line = PublicUse(
            payment.on,
            payment.kind,
            payment.programme,
            name,
            payment.amount_fen,
            payment.of_fen,
            recipients,
            payment.listed,
        )
        key: object = payment.seq
        if payment.kind == "aid" and payment.recipients < GROUP_MIN:
            line = replace(line, on=payment.on[:7])
            key = (line.on, line.programme)
        before = lines.get(key)
        if before is not None:
            line = replace(
                before,
                amount_fen=before.amount_fen + line.amount_fen,
                of_fen=before.of_fen + line.of_fen,
                recipients=(before.recipients or 0) + (line.recipients or 0),
                listed=False,
                payments=before.payments + 1,
            )
        lines[key] = line
    return list(lines.values())
