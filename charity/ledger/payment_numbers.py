"""Payment numbers: what a bank or a platform calls one movement of money, in or out; each belongs to one event.

A number is compared in its normal form, however somebody writes it: NFKC, capitals, without blanks and hyphens of
any kind. It is shown as it was typed. Its holder is one event of its channel, which may be several gifts: one
transfer for two purposes, or a roster. A reversal frees it.

    Wants(rows=payment_numbers.wants("bank", typed))        what a command names beforehand
    payment_numbers.take(state, "bank", typed, holder)      once for each gift or payment of the event
    payment_numbers.free(state, "bank", typed, key)         once for each that is reversed
"""

import unicodedata
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from charity import addresses, words
from charity.db import reading
from charity.db.tables import Table
from charity.db.transactions import Tx
from charity.errors import Failure, Refusal
from charity.ledger import rules
from charity.ledger.models import PAYMENT_NUMBER, PaymentKind, PaymentNumberRow
from charity.ledger.state import State
from charity.words import Term

CHUNK = 20_000
KEYS_CHUNK = 500
FAILURES_MAX = 20
KIND_WORDS = {
    PaymentKind.GIFT: "另一笔捐赠",
    PaymentKind.REFUND: "另一笔退款",
    PaymentKind.VOUCHER: "另一张拨付审批单",
    PaymentKind.TRANSFER: "另一笔资金划转",
    PaymentKind.RETURN: "分会退回的另一笔款",
    PaymentKind.UNIDENTIFIED: "暂收款",
    PaymentKind.UNIDENTIFIED_RETURN: "另一笔暂收款退回",
}
PAGES: dict[PaymentKind, addresses.Kind] = {
    PaymentKind.GIFT: "payment_number",
    PaymentKind.REFUND: "refund",
    PaymentKind.VOUCHER: "voucher",
    PaymentKind.TRANSFER: "transfer",
    PaymentKind.RETURN: "branch_return",
    PaymentKind.UNIDENTIFIED: "unidentified",
    PaymentKind.UNIDENTIFIED_RETURN: "unidentified_return",
}
"""Which page shows whose a number is."""
_DROPPED = frozenset({"Pd", "Zs", "Zl", "Zp", "Cc", "Cf"})
_ASCII_DROPPED = dict.fromkeys([*range(33), ord("-"), 127])
_HYPHENS = frozenset("\u02d7\u2043\u2212\u2796")  # minus signs and a bullet, which Unicode counts among no dashes


@dataclass(frozen=True, slots=True)
class Holder:
    """The event that a number belongs to: its kind, and its key or number (of several gifts the first one's key).

    `number` is how people know it, where that is not its key.
    """

    kind: PaymentKind
    key: str
    number: str = ""


@lru_cache(maxsize=1_024)  # a gift asks for its own seven times
def normal(text: str) -> str:
    """The number as it is compared; "" when the text has nothing but blanks and hyphens."""
    if text.isascii():
        return text.upper() if text.isalnum() else text.translate(_ASCII_DROPPED).upper()
    shaped = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold().upper())
    left = "".join(c for c in shaped if unicodedata.category(c) not in _DROPPED and c not in _HYPHENS)
    return unicodedata.normalize("NFKC", left)


def must_be(ref: str) -> None:
    """Refuse what is no number where one is obligatory."""
    if not normal(ref):
        raise rules.CHANNEL_REF_NEEDED()


@lru_cache(maxsize=1_024)
def key(channel: str, ref: str) -> str:
    """The key under which a number belongs to one event of its channel."""
    return f"{channel}:{normal(ref)}"


def wants(channel: str, ref: str) -> list[tuple[Table[Any], str]]:
    """What a command names to take or free a number; nothing when there is none."""
    return [(PAYMENT_NUMBER, key(channel, ref))] if normal(ref) else []


def is_taken(state: State, channel: str, ref: str) -> bool:
    """Whether an event has the number that the command named."""
    row = state.row(PAYMENT_NUMBER, key(channel, ref)) if normal(ref) else None
    return row is not None and bool(row["lines"])


def must_be_free(state: State, channel: str, ref: str) -> None:
    """Refuse a number that an event has, for what will take it later."""
    row = state.row(PAYMENT_NUMBER, key(channel, ref)) if normal(ref) else None
    if row is not None and row["lines"]:
        raise _used(ref, row)


def take(state: State, channel: str, ref: str, holder: Holder) -> None:
    """Let the event have the number, again for each further gift of it; refuses one that another event has."""
    if not normal(ref):
        return
    place = key(channel, ref)
    row = state.row(PAYMENT_NUMBER, place)
    known_as = holder.number or holder.key
    if row is None:
        fresh = PaymentNumberRow(key=place, kind=holder.kind.value, holder=holder.key, lines=1, number=known_as)
        state.add(PAYMENT_NUMBER, fresh)
    elif not row["lines"]:
        state.change(PAYMENT_NUMBER, place, kind=holder.kind.value, holder=holder.key, lines=1, number=known_as)
    elif (row["kind"], row["holder"]) == (holder.kind, holder.key):
        state.change(PAYMENT_NUMBER, place, lines=row["lines"] + 1)
    else:
        raise _used(ref, row)


def _used(ref: str, row: PaymentNumberRow) -> Refusal:
    """The refusal that names whose the number is."""
    kind, number = PaymentKind(row["kind"]), row["number"]
    refusal = rules.CHANNEL_REF_USED(channel_ref=ref, kind=Term(KIND_WORDS[kind]), number=number)
    refusal.see = (number, addresses.of(PAGES[kind], number)) if number else None
    return refusal


def known_as(state: State, channel: str, ref: str, number: str) -> None:
    """Say by which number people know the event that took this number in the same command."""
    if normal(ref):
        state.change(PAYMENT_NUMBER, key(channel, ref), number=number)


def wants_to_free(channel: str, ref: str, own: str) -> list[tuple[Table[Any], str]]:
    """What a command names to free the number of the gift or payment with the key `own`."""
    return [*wants(channel, ref), (PAYMENT_NUMBER, twin(key(channel, ref), own))] if ref else []


def free(state: State, channel: str, ref: str, own: str) -> None:
    """The gift or payment with the key `own` was reversed; with the last one of its event the number is free."""
    if not ref:
        return
    place = twin(key(channel, ref), own)
    if state.row(PAYMENT_NUMBER, place) is not None:  # of before: the normal key is another event's
        state.change(PAYMENT_NUMBER, place, lines=0)
        return
    if not normal(ref):
        return
    place = key(channel, ref)
    row = state.row(PAYMENT_NUMBER, place)
    assert row is not None, f"{channel}: the number was never taken"
    assert row["lines"], f"{channel}: the number is free"
    left = row["lines"] - 1
    state.change(PAYMENT_NUMBER, place, **({"lines": left} if left else {"lines": 0, "holder": "", "number": ""}))


async def holders(channels: Sequence[str], typed: str) -> list[dict[str, Any]]:
    """The events that have this number, one a channel: `kind`, `holder`, `number`."""
    if not normal(typed):
        return []
    return await reading.rows(
        "SELECT kind, holder, number FROM payment_number "  # noqa: S608 - places
        f"WHERE key IN ({reading.places(len(channels))}) AND lines > 0",
        *[key(channel, typed) for channel in channels],
    )


# -- old rows ---------------------------------------------------------------------------------------------


async def normalised(tx: Tx) -> None:
    """Migration 0034: the numbers of `payment_number_old`, in the order of the journal, under their normal keys.

    Of two that were different to the old comparison and are one number, the first gets the normal key. The other is
    kept beside it under `<normal key> <holder>`: no normal key has a blank, so nobody meets it, and nothing is lost.
    """
    taken: set[str] = set()
    after = 0
    while True:
        rows = await tx.rows("SELECT * FROM payment_number_old WHERE seq > $1 ORDER BY seq LIMIT $2", after, CHUNK)
        if not rows:
            return
        new = []
        for row in rows:
            place = key(row["channel"], row["ref"])
            if place in taken or not normal(row["ref"]):
                place = twin(place, row["holder"])
            taken.add(place)
            new.append({"key": place, "kind": row["kind"], "holder": row["holder"], "lines": 1})
        await tx.insert("payment_number", new)
        after = rows[-1]["seq"]


def twin(place: str, holder: str) -> str:
    """The key under which an old number is kept that another event of before has too."""
    return f"{place} {holder}"


# -- `charity verify` -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Claim:
    """A row of a room that says it has a number: of which event, and by which key the room knows the row."""

    channel: str
    ref: str
    holder: str
    key: str

    @property
    def places(self) -> tuple[str, str]:
        """The keys under which the number may be kept for this holder."""
        place = key(self.channel, self.ref)
        return place, twin(place, self.holder)


async def unkept(kind: PaymentKind, claims: Sequence[Claim]) -> list[Claim]:
    """Of these claims those whose number is not kept for their holder."""
    wanted = sorted({place for claim in claims for place in claim.places})
    kept: dict[str, tuple[str, str, bool]] = {}
    for n in range(0, len(wanted), KEYS_CHUNK):
        part = wanted[n : n + KEYS_CHUNK]
        sql = f"SELECT key, kind, holder, lines FROM payment_number WHERE key IN ({reading.places(len(part))})"  # noqa: S608
        kept |= {place: (of, holder, lines > 0) for place, of, holder, lines in await reading.tuples(sql, *part)}
    return [c for c in claims if not any(kept.get(place) == (kind, c.holder, True) for place in c.places)]


async def held(kind: PaymentKind) -> int:
    """How many gifts or payments of this kind the numbers are kept for."""
    return int(await reading.value("SELECT COALESCE(SUM(lines), 0) FROM payment_number WHERE kind = $1", kind) or 0)


async def chunks(kind: PaymentKind) -> AsyncIterator[list[dict[str, Any]]]:
    """The rows that events of this kind hold, KEYS_CHUNK at a time."""
    after = ""
    sql = "SELECT key, holder FROM payment_number WHERE key > $1 AND kind = $2 AND lines > 0 ORDER BY key LIMIT $3"
    while rows := await reading.rows(sql, after, kind, KEYS_CHUNK):
        yield rows
        after = rows[-1]["key"]


async def failures() -> list[Failure]:
    """I7: every key is one that `take` asks for, so that no number can be taken twice."""
    wrong: list[Failure] = []
    after = ""
    while len(wrong) < FAILURES_MAX:
        sql = "SELECT key, holder, lines FROM payment_number WHERE key > $1 ORDER BY key LIMIT $2"
        rows = await reading.tuples(sql, after, CHUNK)
        if not rows:
            break
        for place, holder, lines in rows:
            if not _keyed(place, holder) or lines < 0 or _adrift(place, holder, lines):
                wrong.append(Failure("I7", words.say("流水号 {key} 没有按统一写法登记，或归属不明", key=place)))
        after = rows[-1][0]
    return wrong[:FAILURES_MAX]


def _adrift(place: str, holder: str, lines: int) -> bool:
    """Whether a number is taken by nobody, or free and somebody's: a twin of before keeps its name."""
    return bool(lines) != bool(holder) and (bool(lines) or place != twin(place.removesuffix(f" {holder}"), holder))


def _keyed(place: str, holder: str) -> bool:
    written = place.removesuffix(f" {holder}") if holder else place
    channel, _, number = written.partition(":")
    return written == key(channel, number) and (bool(number) or written != place)


__all__ = [
    "Claim",
    "Holder",
    "PaymentKind",
    "chunks",
    "failures",
    "free",
    "held",
    "known_as",
    "must_be",
    "normal",
    "normalised",
    "take",
    "unkept",
    "wants",
    "wants_to_free",
]
