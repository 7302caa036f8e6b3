"""What the public sees of money that was used: payments of a fund, and a giver's share of each.

Always true: what funds used is told by month and programme, never payment by payment; a giver is shown a share of
each payment, never its people as its own, and one that helped fewer than GROUP_MIN people with the others of its
month and programme; money passed on for others names no people; payments are those that stand, and a month that took
back more of earlier months than it paid says so; what funds used is aid and goods that were bought, and of a gift also
our own costs and what stands with a branch until its roster: what reached nobody yet is named as such. Shares are exact
to the fen: what all givers of a payment are shown adds up to it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from charity import words
from charity.aid import branches
from charity.aid.branches import Reached
from charity.ledger import accounts as acc
from charity.ledger import entries, outlays, tracing
from charity.ledger import funds as ledger_funds
from charity.ledger.outlays import Outlay
from charity.money import yuan
from charity.people.masking import GROUP_MIN

USES_MAX = 8
_KINDS = {
    acc.ADVANCED: "advanced",
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
    """A payment, or those of a month and programme: its day or month, sum, share of it, and whom it reached.

    `of_fen` is the whole payment (of all `payments`), `amount_fen` what a fund or a gift had in it. `recipients` is
    None where nobody is counted: money passed on for others. Only who is `listed` is people: a bare number is visits.
    What a `branch` got is aid once its rosters account for all of it; `rostered_fen` of it they do.
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
    branch: str = ""
    rostered_fen: int = 0

    @property
    def title(self) -> str:
        """What it was for, in the current language."""
        fixed = _TITLES.get(self.kind, "")
        return words.translate(fixed) if fixed else self.programme_name

    @property
    def reached(self) -> str:
        """Whom it reached, in words; "" where nobody is counted."""
        if self.kind == "bought":
            return words.translate("采购救助物资") if self.programme else ""
        if self.kind == "advanced":
            return self._with_branch
        return self._people if self.kind == "aid" else ""

    @property
    def _people(self) -> str:
        people = self.recipients or 0
        if self.payments < 1 or people < 0:
            return words.say("冲销以前月份的拨付")
        if not people:
            return ""
        if self.payments > 1:
            facts = {"payments": self.payments, "recipients": f"{people:,}"}
            return words.say("当月共 {payments} 笔，{recipients} 人次受益", **facts)
        text = "{recipients} 人（户）受益" if self.listed else "{recipients} 人次受益"
        return words.say(text, recipients=f"{people:,}")

    @property
    def _with_branch(self) -> str:
        if not self.rostered_fen:
            return words.say("已拨付{branch}，尚未收到花名册", branch=self.branch)
        facts = {"branch": self.branch, "amount": yuan(self.rostered_fen)}
        return words.say("已拨付{branch}，其中 {amount} 元已发放，其余尚未收到花名册", **facts)

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
        if self.kind == "advanced":
            return text + words.say("，{state}", state=self._with_branch)
        if self.kind != "aid" or not self.recipients:
            return text
        reached = "，该笔共 {recipients} 人（户）受益" if self.listed else "，共 {recipients} 人次受益"
        return text + words.say(reached, recipients=f"{self.recipients:,}")


def _kind(chart: str) -> str:
    return _KINDS.get(chart, "aid")


async def of_funds(funds: Sequence[str] = (), limit: int = USES_MAX) -> list[PublicUse]:
    """What these funds (all without any) used for people lately, by month and programme: kept sums."""
    rows = await outlays.by_month(funds, limit)
    names = await ledger_funds.programme_names([row.programme for row in rows])
    return [
        PublicUse(
            row.month,
            row.kind,
            row.programme,
            names.get(row.programme, words.translate("采购救助物资" if row.kind == "bought" else "支出")),
            row.amount_fen,
            row.amount_fen,
            None if row.kind == "forwarded" else row.recipients,
            payments=row.payments,
        )
        for row in rows
    ]


async def of_gifts(uses: Iterable[tracing.Use]) -> list[PublicUse]:
    """The payments that used some gifts, oldest first, each with the gifts' share."""
    shares: dict[int, int] = {}
    for use in uses:
        shares[use.seq] = shares.get(use.seq, 0) + use.amount_fen
    payments = []
    of_branches = await branches.reached(shares)
    for seq, body in sorted((await entries.bodies(shares)).items()):
        facts, chart = body["facts"], acc.split(body["postings"][0][0])[0]
        paid = sum(stop - start for _, pieces in body["flows"]["spent"] for start, stop in pieces)
        people, listed = facts.get("recipients", 0) if _kind(chart) == "aid" else 0, facts.get("listed", False)
        programme, by_branch = facts.get("programme", ""), of_branches.get(seq)
        if by_branch is not None:
            paid = by_branch.amount_fen
        if by_branch is not None and by_branch.whole:
            chart, people, listed = acc.COST, by_branch.recipients, by_branch.listed
        payments.append(Outlay(seq, body["effective_on"], chart, programme, shares[seq], paid, people, listed))
    return await _shown(payments, of_branches)


async def _shown(payments: Sequence[Outlay], of_branches: Mapping[int, Reached]) -> list[PublicUse]:
    """As the public sees them, in the order in which they come; a group stands where its first payment does."""
    names = await ledger_funds.programme_names([payment.programme for payment in payments])
    lines: dict[object, PublicUse] = {}
    for payment in payments:
        name = names.get(payment.programme, words.translate("支出"))
        kind = _kind(payment.chart)
        recipients = None if kind == "forwarded" else payment.recipients
        line = PublicUse(
            payment.on,
            kind,
            payment.programme,
            name,
            payment.amount_fen,
            payment.of_fen,
            recipients,
            payment.listed,
        )
        if kind == "advanced":
            by_branch = of_branches[payment.seq]
            line = replace(line, branch=by_branch.branch, rostered_fen=by_branch.rostered_fen)
        key: object = payment.seq
        if kind == "aid" and payment.recipients < GROUP_MIN:
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
