"""The books as accountants and auditors read them: one entry whole, the journal, a trial balance, a fund."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from charity import addresses
from charity.aid import branches
from charity.finance import rules
from charity.giving import gifts
from charity.giving.gifts import UsedGift
from charity.ledger import accounts as acc
from charity.ledger import entries, journal_vouchers, subledger
from charity.ledger.journal_vouchers import Source, Voucher
from charity.ledger.subledger import Line, Turned
from charity.office import staff
from charity.people import households, institutions, persons
from charity.roles import Actor

PAGE = 100
DIGITS_MAX = 16


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry with what stands around it."""

    row: dict[str, Any]
    facts: Mapping[str, Any]
    number: str
    """Its journal voucher; "" for one that posts no money."""
    reversed_by: int | None
    actor: str
    party: str
    last: int
    """The last entry of the journal."""
    used: list[UsedGift]
    following: str | None


async def entry(text: str, *, after: str, by: Actor) -> Entry:
    """The entry of this seq, as people type it, or the refusal books.entry_unknown."""
    by.must("ledger.read")
    known = text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX
    rows = await entries.after(int(text) - 1, limit=1) if known else []
    if not rows or str(rows[0]["seq"]) != text:
        raise rules.ENTRY_UNKNOWN(seq=text[:DIGITS_MAX])
    row = rows[0]
    seq = row["seq"]
    body = (await entries.bodies([seq]))[seq]
    used, following = await gifts.used_by(seq, after=after, by=by)
    return Entry(
        row,
        body["facts"],
        (await journal_vouchers.numbers_of([seq])).get(seq, ""),
        await entries.reversed_by(seq),
        (await staff.names({body["actor"]})).get(body["actor"], body["actor"]),
        await gifts.giver_of(seq, body["facts"], by=by) or await _party(body["party"], by),
        (await entries.head()).seq,
        used,
        following,
    )


async def _party(key: str, by: Actor) -> str:
    """The household, payee or supplier of an entry by name, for whoever reads vouchers: the books know a key only."""
    if not key or not by.may("voucher.read"):
        return ""
    if household := (await households.with_keys([key])).get(key):
        return f"{household.code} {household.head_name}"
    if institution := await institutions.with_code(key, by=by):
        return f"{institution.code} {institution.name}"
    person = (await persons.names([key])).get(key)
    return persons.shown(person) if person else ""


async def journal(before: int, *, by: Actor) -> tuple[list[dict[str, Any]], dict[int, str], int | None]:
    """Entries newest first, before one; their journal vouchers by seq, and where to go on."""
    by.must("ledger.read")
    rows = await entries.latest(before, limit=PAGE + 1)
    shown = rows[:PAGE]
    numbers = await journal_vouchers.numbers_of([row["seq"] for row in shown])
    return shown, numbers, shown[-1]["seq"] if len(rows) > PAGE else None


# -- accounts ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Account:
    """An account in a period: totals, this year's until the end of it, and a page of lines with their vouchers."""

    total: Turned
    year: Turned
    lines: list[Line]
    vouchers: Mapping[str, Voucher]
    sources: Mapping[str, Source]
    following: str | None


async def account(code: str, begin: str, end: str, *, after: str, by: Actor) -> Account:
    """One account, or the refusal books.account_unknown."""
    by.must("ledger.read")
    if not await subledger.known(code):
        raise rules.ACCOUNT_UNKNOWN(account=code[: rules.CODE_SHOWN])
    return await _lines([code], begin, end, after, _sum(await subledger.turned(begin, end, accounts=[code])))


async def _lines(codes: Sequence[str], begin: str, end: str, after: str, total: Turned) -> Account:
    year = _sum(await subledger.turned(f"{end[:4]}-01-01", end, accounts=codes))
    lines, following = await subledger.lines(codes, begin, end, after=after, limit=PAGE)
    vouchers = await journal_vouchers.some([line.number for line in lines])
    sources = await journal_vouchers.sources(vouchers)
    return Account(total, year, lines, {row["number"]: row for row in vouchers}, sources, following)


def _sum(parts: Mapping[str, Turned]) -> Turned:
    return sum(parts.values(), start=Turned())


@dataclass(frozen=True, slots=True)
class Fund:
    """A fund in a period: its money account by account and line by line, and its largest changes."""

    money: Account
    places: Mapping[str, Turned]
    large: list[tuple[str, int]]
    large_vouchers: Mapping[str, Voucher]
    advanced: Mapping[str, Turned]
    """What stands with branches (1122), account by account."""
    waiting: list[dict[str, Any]]
    """Payments to branches that rosters do not account for yet, today; for who may read them."""


async def fund(code: str, begin: str, end: str, *, after: str, by: Actor) -> Fund:
    """A fund's money."""
    by.must("fund.read")
    codes = await subledger.of_fund(code)
    places = await subledger.turned(begin, end, accounts=codes) if codes else {}
    large = await subledger.large(codes, begin, end)
    vouchers = await journal_vouchers.some([number for number, _ in large])
    money = (
        await _lines(codes, begin, end, after, _sum(places)) if codes else Account(Turned(), Turned(), [], {}, {}, None)
    )
    advances = await subledger.of_fund(code, {acc.ADVANCED})
    advanced = await subledger.turned(begin, end, accounts=advances) if advances else {}
    waiting = await branches.waiting_advances(code) if advances and by.may("voucher.read") else []
    named = {row["number"]: row for row in vouchers}
    return Fund(money, places, large, named, {a: one for a, one in advanced.items() if one != Turned()}, waiting)


async def trial(begin: str, end: str, *, group: str, fund: str, by: Actor) -> tuple[dict[str, Turned], Turned, int]:
    """The trial balance of a period by chart, fund or account; its totals (opening and closing 0); its last entry."""
    by.must("ledger.read")
    accounts, seq = await subledger.turned_at(begin, end, fund=fund)
    if group == "account":
        return {code: one for code, one in accounts.items() if one != Turned()}, _sum(accounts), seq
    grouped: dict[str, Turned] = defaultdict(Turned)
    for code, one in accounts.items():
        chart, _, of = acc.split(code)
        grouped[chart if group == "chart" else of] += one
    return dict(sorted(grouped.items())), _sum(accounts), seq


def document(source: Source | None) -> tuple[addresses.Kind, str] | None:
    """The document that a journal voucher of one entry rests on."""
    return addresses.document(source.facts) if source else None
