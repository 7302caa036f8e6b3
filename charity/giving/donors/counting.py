"""Who counts as a donor of a fund, of all funds, and of a work unit in a campaign, for all time.

Always true: a donor is a party (charity/people/parties.py), counted once however often it gives; its last gift
reversed, it is none. The nameless give and are no donors. All funds together leave out what is held for others.
"""

from collections.abc import Sequence

from charity import words
from charity.db import engine, reading
from charity.errors import Failure
from charity.giving.models import UNIT_SUMS, DonationRow
from charity.ledger import checks, sums
from charity.ledger.loading import Loader
from charity.ledger.state import State
from charity.people import parties
from charity.people.models import PARTY, PartyRow


def given(
    state: State,
    *,
    donor: str,
    known: Sequence[str],
    fund: str,
    amount_fen: int = 0,
    campaign: str | None = None,
    work_unit: str | None = None,
) -> str:
    """Count a gift's giver, and the gift for its work unit; the party, "" for the nameless. `known`: `parties.keys`."""
    party = parties.one(state, donor, known)
    _count(state, party, 1, fund=fund, campaign=campaign, work_unit=work_unit, amount_fen=amount_fen)
    return party["party"] if party else ""


async def load(loader: Loader, gift: DonationRow) -> Sequence[str]:
    """What `taken_back` needs to see; to be awaited in `Command.load`. The fund is named by the command."""
    return await parties.load(loader, gift["donor"])


def taken_back(state: State, gift: DonationRow, known: Sequence[str]) -> None:
    """A gift was reversed: it counts no more, and neither does its giver when it was the only one."""
    rows = [row for row in (state.row(PARTY, key) for key in known) if row and row["party"] == gift["party"]]
    party = state.row(PARTY, rows[0]["same_as"]) if rows else None
    assert (party is None) == (gift["party"] == ""), "the party of a gift is known by its giver's keys"
    left = (gift["amount_fen"] or 0) - gift["refunded_fen"]
    unit = gift["work_unit"]
    _count(state, party, -1, fund=gift["fund"], campaign=gift["campaign"], work_unit=unit, amount_fen=-left)


async def distinct(begin: str, end: str, fund: str, seq: int) -> int:
    """Who gave in a period, each once, by the gifts up to `seq`: to a fund, or without one to all but agency funds."""
    test = "d.fund = $4" if fund else "d.fund IN (SELECT code FROM fund WHERE kind <> 'agency')"
    return int(
        await reading.value(
            "SELECT COUNT(DISTINCT d.party) FROM donation d WHERE d.booked_on >= $1 AND d.booked_on <= $2 "  # noqa: S608
            f"AND d.seq <= $3 AND d.party <> '' AND d.status <> 'reversed' AND {test}",
            begin,
            end,
            seq,
            *([fund] if fund else []),
        )
    )


async def wrong() -> list[Failure]:
    """I12: the gifts that each party has marked are those that it gave."""
    postgres = engine.state().postgres
    marks = "LATERAL json_each_text(p.marks::json) j" if postgres else "json_each(p.marks) j"
    rows = await reading.rows(
        "SELECT x.party, x.mark, CAST(SUM(x.kept) AS BIGINT) AS kept, CAST(SUM(x.given) AS BIGINT) AS given FROM ("  # noqa: S608
        f"SELECT p.party, j.key AS mark, CAST(j.value AS BIGINT) AS kept, 0 AS given FROM party p CROSS JOIN {marks} "
        "UNION ALL SELECT party, fund, 0, COUNT(*) FROM donation WHERE party <> '' AND status <> 'reversed' "
        "GROUP BY party, fund UNION ALL SELECT d.party, '*', 0, COUNT(*) FROM donation d JOIN fund f "
        "ON f.code = d.fund WHERE f.kind <> 'agency' AND d.party <> '' AND d.status <> 'reversed' GROUP BY d.party "
        "UNION ALL SELECT party, campaign || '/' || work_unit, 0, COUNT(*) FROM donation WHERE work_unit IS NOT NULL "
        "AND party <> '' AND status <> 'reversed' GROUP BY party, campaign, work_unit"
        f") x GROUP BY x.party, x.mark HAVING SUM(x.kept) <> SUM(x.given) LIMIT {checks.SHOWN_MAX}"
    )
    larger = await reading.rows(
        "SELECT p.party, MAX(p.largest_fen) AS kept, MAX(x.most) AS given FROM party p JOIN (SELECT party, "  # noqa: S608
        "MAX(amount_fen) AS most FROM donation WHERE kind = 'cash' AND party <> '' AND status <> 'reversed' "
        "GROUP BY party) x ON x.party = p.party GROUP BY p.party HAVING MAX(p.largest_fen) < MAX(x.most) "
        f"LIMIT {checks.SHOWN_MAX}"
    )
    msgid = "捐赠人 {party}（{mark}）：记有捐赠 {kept} 笔，捐赠记录中为 {given} 笔"
    return [
        *(Failure("I12", words.say(msgid, **row)) for row in rows),
        *(
            Failure("I12", words.say("捐赠人 {party}：记最大一笔为 {kept} 分，捐赠记录中有 {given} 分", **row))
            for row in larger
        ),
    ]


def _count(
    state: State,
    party: PartyRow | None,
    gifts: int,
    *,
    fund: str,
    campaign: str | None,
    work_unit: str | None,
    amount_fen: int,
) -> None:
    marks = [fund] if state.fund(fund).kind == "agency" else [fund, sums.OWN]
    unit = f"{campaign}/{work_unit}" if work_unit else ""
    turned = parties.mark(state, party, [*marks, unit] if unit else marks, gifts, amount_fen) if party else []
    for name in turned:
        if name != unit:
            state.tally(sums.DONORS, (name,), gifts)
    if work_unit:
        state.tally(UNIT_SUMS, (campaign or "", work_unit), gifts, gifts * (unit in turned), amount_fen)
