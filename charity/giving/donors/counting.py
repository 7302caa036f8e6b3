"""Who counts as a donor of a fund, of all funds, and of a work unit in a campaign, for all time.

Always true: a donor is a party (charity/people/parties.py), counted once however often it gives, as long as a gift of
it stands: one that was reversed, or refunded whole, does not. The nameless give and are no donors. All funds together
leave out what is held for others.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from charity import words
from charity.db import reading
from charity.db.transactions import Tx
from charity.errors import Failure
from charity.giving.models import UNIT_SUMS, DonationRow
from charity.ledger import checks, sums
from charity.ledger.loading import Loader
from charity.ledger.reversals import CORRECTIONS
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
    channel: str = "",
    today: str = "",
) -> str:
    """Count a gift's giver, and the gift for its work unit; the party, "" for the nameless. `known`: `parties.keys`."""
    party = parties.one(state, donor, known)
    fresh = _marked(state, party, 1, fund=fund, campaign=campaign, work_unit=work_unit, amount_fen=amount_fen)
    if party and channel:
        parties.mark_day(state, party, channel, amount_fen, today)
    if work_unit:
        state.tally(UNIT_SUMS, (campaign or "", work_unit), 1, int(fresh), amount_fen)
    return party["party"] if party else ""


@dataclass(frozen=True, slots=True)
class Giver:
    """Whose gift is taken back: the keys of the party, and the largest gift of money of it that stands besides, fen."""

    known: Sequence[str] = ()
    next_largest_fen: int = 0


async def load(loader: Loader, gift: DonationRow) -> Giver:
    """What `taken_back` needs to see; to be awaited in `Command.load`. The fund is named by the command."""
    known = await parties.load(loader, gift["donor"])
    party = _party(loader.state, gift, known)
    if party is None or gift["kind"] != "cash" or gift["amount_fen"] != party["largest_fen"]:
        return Giver(known)
    rows = await loader.rows(
        "SELECT COALESCE(MAX(amount_fen), 0) AS fen FROM donation WHERE party = $1 AND kind = 'cash' "
        "AND status = 'ok' AND key <> $2",
        gift["party"],
        gift["key"],
    )
    return Giver(known, int(rows[0]["fen"]))


def taken_back(state: State, gift: DonationRow, giver: Giver, *, gifts: int, amount_fen: int) -> None:
    """A gift stands no more: it was reversed (`gifts` -1), or refunded whole (0). Its giver may be no donor now.

    `amount_fen` is what left with it.
    """
    party, unit = _party(state, gift, giver.known), gift["work_unit"]
    assert (party is None) == (gift["party"] == ""), "the party of a gift is known by its giver's keys"
    turned = _marked(state, party, -1, fund=gift["fund"], campaign=gift["campaign"], work_unit=unit)
    if party and gift["kind"] == "cash" and gift["amount_fen"] == party["largest_fen"]:
        state.change(PARTY, party["key"], largest_fen=giver.next_largest_fen)
    if party and gift["kind"] == "cash":
        parties.unmark_day(state, party, gift["channel"], gift["amount_fen"] or 0, gift["seq"])
    if unit:
        state.tally(UNIT_SUMS, (gift["campaign"] or "", unit), gifts, -turned, -amount_fen)


def _party(state: State, gift: DonationRow, known: Sequence[str]) -> PartyRow | None:
    rows = [row for row in (state.row(PARTY, key) for key in known) if row and row["party"] == gift["party"]]
    return state.row(PARTY, rows[0]["same_as"]) if rows else None


# What was taken back, by the day of its entry, as (party, fen). CROSS JOIN tells SQLite to begin with the entries.
_BACK = (
    "SELECT d.party, -COALESCE(d.amount_fen, 1) AS fen FROM entry e CROSS JOIN donation d "
    "WHERE e.kind = 'goods.reversal' AND d.seq = e.reverses AND {period}",
    "SELECT d.party, -r.amount_fen AS fen FROM entry e CROSS JOIN refund r CROSS JOIN donation d "
    "WHERE e.kind = 'gift.refund' AND r.seq = e.seq AND d.key = r.donation AND {period}",
    *(
        "SELECT d.party, -d.amount_fen AS fen FROM entry e CROSS JOIN gift_reversal v CROSS JOIN donation d "  # noqa: S608
        f"WHERE e.kind = '{kind}' AND v.seq = e.seq AND d.key = v.donation AND {{period}}"
        for kind in CORRECTIONS
    ),
)


async def distinct(begin: str, end: str, fund: str, seq: int) -> int:
    """Who gave in a period, each once, by the entries up to `seq`: to a fund, or without one to all but agency funds.

    By dated events, as the money: the gifts dated in it less the reversals and refunds dated in it leave something.
    So a month that is over never changes. Goods without a value count as something.
    """
    test = "d.fund = $4" if fund else "d.fund IN (SELECT code FROM fund WHERE kind <> 'agency')"
    given = (
        "SELECT d.party, COALESCE(d.amount_fen, 1) AS fen FROM donation d "  # noqa: S608
        f"WHERE d.booked_on >= $1 AND d.booked_on <= $2 AND d.seq <= $3 AND {test}"
    )
    period = f"e.effective_on >= $1 AND e.effective_on <= $2 AND e.seq <= $3 AND {test}"
    back = [part.format(period=period) for part in _BACK]
    return int(
        await reading.value(
            f"SELECT COUNT(*) FROM (SELECT x.party FROM ({' UNION ALL '.join([given, *back])}) x "  # noqa: S608
            "WHERE x.party <> '' GROUP BY x.party HAVING SUM(x.fen) > 0) z",
            begin,
            end,
            seq,
            *([fund] if fund else []),
        )
    )


async def without_refunded(tx: Tx) -> None:
    """Migration 0048: gifts that were refunded whole make nobody a donor."""
    for gift in await tx.rows(
        "SELECT d.party, d.fund, d.campaign, d.work_unit, f.kind FROM donation d JOIN fund f ON f.code = d.fund "
        "WHERE d.status = 'refunded' AND d.party <> ''"
    ):
        unit = f"{gift['campaign']}/{gift['work_unit']}" if gift["work_unit"] else ""
        names = [gift["fund"], *([] if gift["kind"] == "agency" else [sums.OWN]), *([unit] if unit else [])]
        row = (await tx.rows("SELECT key, marks FROM party WHERE party = $1 AND key = same_as", gift["party"]))[0]
        marks: dict[str, int] = json.loads(row["marks"])
        for name in names:
            marks[name] -= 1
            if marks[name]:
                continue
            del marks[name]
            if name == unit:
                sql = "UPDATE unit_sum SET donors = donors - 1 WHERE campaign = $1 AND work_unit = $2"
                await tx.many(sql, [(gift["campaign"], gift["work_unit"])])
            else:
                await tx.many("UPDATE donor_sum SET donors = donors - 1 WHERE fund = $1", [(name,)])
        kept = json.dumps(marks, separators=(",", ":"))
        await tx.many("UPDATE party SET marks = $1 WHERE key = $2", [(kept, row["key"])])


async def wrong() -> list[Failure]:
    """I12: the gifts that each party has marked are those that it gave."""
    rows = await reading.rows(
        "SELECT x.party, x.mark, CAST(SUM(x.kept) AS BIGINT) AS kept, CAST(SUM(x.given) AS BIGINT) AS given FROM ("  # noqa: S608
        "SELECT p.party, j.key AS mark, CAST(j.value AS BIGINT) AS kept, 0 AS given FROM party p "
        f"CROSS JOIN {parties.marks_sql()} WHERE j.key NOT LIKE '{parties.OF_DAY}%' "
        "UNION ALL SELECT party, fund, 0, COUNT(*) FROM donation WHERE party <> '' AND status = 'ok' "
        "GROUP BY party, fund UNION ALL SELECT d.party, '*', 0, COUNT(*) FROM donation d JOIN fund f "
        "ON f.code = d.fund WHERE f.kind <> 'agency' AND d.party <> '' AND d.status = 'ok' GROUP BY d.party "
        "UNION ALL SELECT party, campaign || '/' || work_unit, 0, COUNT(*) FROM donation WHERE work_unit IS NOT NULL "
        "AND party <> '' AND status = 'ok' GROUP BY party, campaign, work_unit"
        f") x GROUP BY x.party, x.mark HAVING SUM(x.kept) <> SUM(x.given) LIMIT {checks.SHOWN_MAX}"
    )
    other = await reading.rows(
        "SELECT x.party, CAST(SUM(x.kept) AS BIGINT) AS kept, CAST(SUM(x.given) AS BIGINT) AS given FROM ("  # noqa: S608
        "SELECT party, largest_fen AS kept, 0 AS given FROM party WHERE key = same_as UNION ALL SELECT party, 0, "
        "MAX(amount_fen) FROM donation WHERE kind = 'cash' AND party <> '' AND status = 'ok' GROUP BY party"
        f") x GROUP BY x.party HAVING SUM(x.kept) <> SUM(x.given) LIMIT {checks.SHOWN_MAX}"
    )
    days = await _days()
    msgid = "捐赠人 {party}（{mark}）：记有捐赠 {kept} 笔，捐赠记录中为 {given} 笔"
    return [
        *(Failure("I12", words.say(msgid, **row)) for row in rows),
        *(
            Failure("I12", words.say("捐赠人 {party}：记最大一笔为 {kept} 分，捐赠记录中为 {given} 分", **row))
            for row in other
        ),
        *(
            Failure(
                "I12", words.say("捐赠人 {party}：记当日由 {channel} 到账 {kept} 分，捐赠记录中为 {given} 分", **row)
            )
            for row in days
        ),
    ]


async def _days() -> list[dict[str, object]]:
    """Parties whose newest day, when it is the newest of all, is not what their gifts of it add up to."""
    today = await parties.of_newest_day()
    if not today:
        return []
    first = min(mark[parties.FIRST] for mark in today.values())
    given: dict[tuple[str, str], int] = {}
    for party, channel, seq, fen in await reading.tuples(
        "SELECT party, channel, seq, amount_fen FROM donation WHERE seq >= $1 AND kind = 'cash' AND status = 'ok' "
        "AND party <> ''",
        first,
    ):
        if party in today and seq >= today[party][parties.FIRST]:
            given[party, channel] = given.get((party, channel), 0) + fen
    kept = {
        (party, name.removeprefix(parties.OF_DAY)): fen
        for party, mark in today.items()
        for name, fen in mark.items()
        if name.startswith(parties.OF_DAY) and name not in {parties.DAY, parties.FIRST}
    }
    wrong = [key for key in sorted(kept.keys() | given.keys()) if kept.get(key, 0) != given.get(key, 0)]
    return [
        {
            "party": party,
            "channel": channel,
            "kept": kept.get((party, channel), 0),
            "given": given.get((party, channel), 0),
        }
        for party, channel in wrong[: checks.SHOWN_MAX]
    ]


def _marked(
    state: State,
    party: PartyRow | None,
    gifts: int,
    *,
    fund: str,
    campaign: str | None,
    work_unit: str | None,
    amount_fen: int = 0,
) -> bool:
    """Count a gift more or less for a party; whether its work unit has one donor more or less."""
    if party is None:
        return False
    marks = [fund] if state.fund(fund).kind == "agency" else [fund, sums.OWN]
    unit = f"{campaign}/{work_unit}" if work_unit else ""
    turned = parties.mark(state, party, [*marks, unit] if unit else marks, gifts, amount_fen)
    for name in turned:
        if name != unit:
            state.tally(sums.DONORS, (name,), gifts)
    return unit in turned if unit else False
