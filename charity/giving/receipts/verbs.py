"""Donation receipts 捐赠收据: numbered without a gap in a year, voided or replaced but never changed.

Always true (I10): a gift is on at most one valid receipt; a receipt covers gifts of one giver and its
amount is their sum less what was refunded; one of a roster is the unit's, over gifts of its staff. A wrong
receipt is ended with a reason and kept beside the new one. Source: Charity Law 38 (handler, date, anonymous),
field.md 4.3, Accounting Law 14.
"""

from collections.abc import Sequence

from charity import clock, tokens
from charity.db import sealed
from charity.errors import Refusal
from charity.giving import rules
from charity.giving.fields import must_say_why
from charity.giving.models import DONATION, LOOKUP_DUE, RECEIPT, RECEIPT_LINE, DonationRow, ReceiptLineRow, ReceiptRow
from charity.giving.receipts import printed
from charity.giving.receipts.content import content_of_row
from charity.giving.receipts.printed import GoodsLine
from charity.ledger import numbers
from charity.ledger.loading import Loader
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.office import privacy
from charity.people.models import PERSON
from charity.people.persons import Donor, person_row
from charity.roles import Actor
from charity.words import Term

PREFIX, SERIES = "CS", "receipt"
STATUS_WORDS = {"issued": "有效", "voided": "已作废", "replaced": "已更换"}
TOGETHER_MAX = 100
"""Gifts on a receipt that is issued anew."""
DELIVERY_WORDS = {"pending": "待送达", "sent": "已寄送", "handed": "已当面交付", "kept_undelivered": "留存未送达"}


# -- decided in the writer ----------------------------------------------------------------------------


def issue(
    state: State,
    *,
    donor: str,
    donations: Sequence[str],
    amount_fen: int,
    campaign: str | None,
    fund: str,
    issued_on: str,
    by: Actor,
    seq: int,
    kind: str,
    delivery: str = "pending",
    delivery_note: str = "",
    lines: Sequence[GoodsLine] = (),
    replaces: str | None = None,
    handler: str = "",
    roster: str | None = None,
) -> dict[str, str]:
    """Add a receipt over donations that this command added or loaded; `{code, number}`.

    `lines` are what a receipt for goods prints; one for money prints its gifts. `handler` took the money, when that
    was not `by`. One of a `roster` is made out to a unit, over gifts of its staff.

    The command wants the series ("receipt", year of issued_on). `seq` is the entry of the (first) gift.
    """
    year = int(issued_on[:4])
    number = numbers.written(PREFIX, year, state.number(SERIES, year))
    code = state.new_code()
    row = ReceiptRow(
        code=code,
        number=number,
        year=year,
        kind=kind,
        status="issued",
        delivery=delivery,
        delivery_note=sealed.seal("receipt", "delivery_note", code, delivery_note),
        campaign=campaign,
        fund=fund,
        donor=donor,
        amount_fen=amount_fen,
        issued_on=issued_on,
        handler=handler or by.key,
        seq=seq,
        reason=None,
        ended_by=None,
        ended_at=None,
        replaces=replaces,
        replaced_by=None,
        recorded_at=state.now,
        roster=roster,
    )
    state.add(RECEIPT, row)
    for key in donations:
        state.add(RECEIPT_LINE, ReceiptLineRow(number=number, donation=key))
        state.change(DONATION, key, receipt=code)
    printed.keep(state, number, lines)
    return {"code": code, "number": number}


def end(
    state: State, receipt: ReceiptRow, donations: Sequence[str], *, reason: str, by: Actor, status: str = "voided"
) -> None:
    """Void a receipt, or mark it replaced; its gifts are on no valid receipt until another is issued."""
    if receipt["status"] != "issued":
        raise _ended(receipt)
    kept = sealed.seal("receipt", "reason", receipt["code"], reason)
    state.change(RECEIPT, receipt["code"], status=status, reason=kept, ended_by=by.key, ended_at=state.now)
    for key in donations:
        state.change(DONATION, key, receipt=None)


def reissue(
    state: State,
    receipt: ReceiptRow,
    donations: Sequence[str],
    *,
    amount_fen: int,
    donor: str,
    issued_on: str,
    reason: str,
    by: Actor,
    lines: Sequence[GoodsLine] = (),
    handler: str = "",
) -> dict[str, str]:
    """Replace a receipt by a new number over the same gifts; both are kept and name each other."""
    end(state, receipt, donations, reason=reason, by=by, status="replaced")
    gifts = [row for key in donations if (row := state.row(DONATION, key))]
    first = min(gifts, key=lambda row: row["seq"])
    fresh = issue(
        state,
        donor=donor,
        donations=donations,
        amount_fen=amount_fen,
        campaign=first["campaign"] if all(row["campaign"] == first["campaign"] for row in gifts) else None,
        fund=first["fund"],
        issued_on=issued_on,
        by=by,
        seq=first["seq"],
        kind=receipt["kind"],
        lines=lines,
        replaces=receipt["code"],
        handler=handler,
        roster=receipt["roster"],
    )
    state.change(RECEIPT, receipt["code"], replaced_by=fresh["code"])
    state.tally(LOOKUP_DUE, (fresh["code"],), 1)
    return fresh


def take_off(
    state: State,
    gift: DonationRow,
    amount_fen: int,
    on_receipt: Sequence[str],
    *,
    issued_on: str,
    reason: str,
    by: Actor,
) -> None:
    """Take so much of a gift of money off its receipt: void it, or replace it by one over what remains.

    The new one names the handler of the old one: he took the money, `by` only decided that some of it leaves.
    """
    if not gift["receipt"]:
        return
    receipt = state.row(RECEIPT, gift["receipt"])
    assert receipt is not None, "a gift has its receipt"
    remaining = receipt["amount_fen"] - amount_fen
    if not remaining:
        end(state, receipt, on_receipt, reason=reason, by=by)
        return
    assert gift["amount_fen"] is not None, "only goods may have no value"
    in_part = amount_fen < gift["amount_fen"] - gift["refunded_fen"]
    keys = [key for key in on_receipt if in_part or key != gift["key"]]
    reissue(
        state,
        receipt,
        keys,
        amount_fen=remaining,
        donor=receipt["donor"],
        issued_on=issued_on,
        reason=reason,
        by=by,
        handler=receipt["handler"],
    )
    if gift["key"] not in keys:
        state.change(DONATION, gift["key"], receipt=None)


async def lines(loader: Loader, code: str) -> list[str]:
    """The gifts on a receipt, loaded for change; to be awaited in `Command.load`.

    The receipt may have been issued by an earlier command of the batch and be in no table yet.
    """
    receipt = await loader.row(RECEIPT, code)
    number = receipt["number"] if receipt else ""
    stored = await loader.rows("SELECT donation FROM receipt_line WHERE number = $1 ORDER BY donation", number)
    keys = [row["donation"] for row in [*stored, *loader.added(RECEIPT_LINE, number=number)]]
    await loader.stored(DONATION, keys)
    return keys


# -- verbs --------------------------------------------------------------------------------------------


async def void(code: str, *, reason: str, content_hash: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Void the receipt that was shown, with a reason; the gift stays. Answer `{number, status: "voided"}`."""
    by.must("receipt.void")
    must_say_why(reason)

    async def load(loader: Loader) -> list[str]:
        return await lines(loader, code)

    def decide(state: State, keys: list[str]) -> Answer:
        receipt = _shown(state, code, content_hash)
        end(state, receipt, keys, reason=reason, by=by)
        return Answer(200, {"number": receipt["number"], "status": "voided"})

    return await submit(Command(decide, wants=Wants(rows=[(RECEIPT, code)]), idem=idem, load=load))


async def replace(
    code: str, *, reason: str, content_hash: str, by: Actor, donor: Donor | None = None, idem: Idem | None = None
) -> Answer:
    """Issue a new receipt over the gifts of the one that was shown, for another giver if one is named.

    Answer 201 `{code, number}`.
    """
    by.must("receipt.void")
    must_say_why(reason)
    await privacy.must_be_current(donor.notice if donor else None)
    today = clock.today()
    key = tokens.key16()
    person = person_row(donor, key=key) if donor is not None else None

    async def load(loader: Loader) -> tuple[list[str], list[GoodsLine]]:
        keys = await lines(loader, code)
        receipt = loader.state.row(RECEIPT, code)
        return keys, await printed.loaded(loader, receipt["number"]) if receipt else []

    def decide(state: State, facts: tuple[list[str], list[GoodsLine]]) -> Answer:
        keys, goods = facts
        receipt = _shown(state, code, content_hash)
        if person is not None:
            state.add(PERSON, person)
        fresh = reissue(
            state,
            receipt,
            keys,
            amount_fen=receipt["amount_fen"],
            donor=key if person is not None else receipt["donor"],
            issued_on=today.isoformat(),
            reason=reason,
            by=by,
            lines=goods,
        )
        return Answer(201, dict(fresh))

    wants = Wants(rows=[(RECEIPT, code)], series=[(SERIES, today.year)])
    return await submit(Command(decide, wants=wants, idem=idem, load=load))


async def issue_anew(*, donations: Sequence[str], by: Actor, idem: Idem | None = None) -> Answer:
    """A receipt over gifts of one giver whose receipt was voided: 201 `{code, number}`.

    The giver is the one that the books know; another name is a replacement. Goods print the lines of the receipt that
    they were on.
    """
    by.must("gift.receive")
    today = clock.today()
    keys = sorted(set(donations))
    if not 0 < len(keys) <= TOGETHER_MAX:
        raise rules.RECEIPT_TOGETHER()

    async def load(loader: Loader) -> list[GoodsLine]:
        await loader.stored(DONATION, keys)
        givers = [row["donor"] for key in keys if (row := loader.state.row(DONATION, key)) is not None]
        await loader.stored(PERSON, givers)
        marks = ", ".join(f"${n}" for n in range(1, len(keys) + 1))
        sql = f"SELECT MAX(number) AS number FROM receipt_line WHERE donation IN ({marks})"  # noqa: S608
        last = (await loader.rows(sql, *keys))[0]["number"]
        return await printed.loaded(loader, last) if last else []

    def decide(state: State, goods: list[GoodsLine]) -> Answer:
        rows = [row for key in keys if (row := state.row(DONATION, key)) is not None]
        if len(rows) != len(keys):
            raise rules.DONATION_UNKNOWN()
        if any(row["receipt"] is not None or row["status"] != "ok" or not row["amount_fen"] for row in rows):
            raise rules.RECEIPT_ALREADY()
        if len({(row["donor"], row["kind"]) for row in rows}) > 1 or (len(rows) > 1 and rows[0]["kind"] != "cash"):
            raise rules.RECEIPT_TOGETHER()
        first = min(rows, key=lambda row: row["seq"])
        giver = state.row(PERSON, first["donor"])
        fresh = issue(
            state,
            donor=first["donor"],
            donations=keys,
            amount_fen=sum((row["amount_fen"] or 0) - row["refunded_fen"] for row in rows),
            campaign=first["campaign"] if len({row["campaign"] for row in rows}) == 1 else None,
            fund=first["fund"],
            issued_on=today.isoformat(),
            by=by,
            seq=first["seq"],
            kind=first["kind"],
            lines=goods if first["kind"] == "in_kind" else (),
            delivery="kept_undelivered" if giver is None or giver["kind"] == "anonymous" else "pending",
        )
        state.tally(LOOKUP_DUE, (fresh["code"],), 1)
        return Answer(201, dict(fresh))

    return await submit(Command(decide, Wants(series=[(SERIES, today.year)]), idem, load=load))


async def deliver(code: str, *, delivery: str, note: str = "", by: Actor) -> None:
    """Note how a receipt reached its giver; `kept_undelivered` needs a reason (Charity Law 38)."""
    by.must("gift.receive")
    if delivery not in DELIVERY_WORDS:
        raise rules.DELIVERY_UNKNOWN()
    if delivery == "kept_undelivered" and not note.strip():
        raise rules.DELIVERY_NOTE()

    def decide(state: State) -> Answer:
        receipt = _row(state, code)
        if receipt["status"] != "issued":
            raise _ended(receipt)
        kept = sealed.seal("receipt", "delivery_note", code, note.strip())
        state.change(RECEIPT, code, delivery=delivery, delivery_note=kept)
        return Answer(200, {"number": receipt["number"], "delivery": delivery})

    await submit(Command(decide, wants=Wants(rows=[(RECEIPT, code)])))


def _shown(state: State, code: str, content_hash: str) -> ReceiptRow:
    """The receipt, still valid and as it was shown."""
    receipt = _row(state, code)
    if receipt["status"] != "issued":
        raise _ended(receipt)
    content_of_row(receipt).must_be(content_hash)
    return receipt


def _row(state: State, code: str) -> ReceiptRow:
    row = state.row(RECEIPT, code)
    if row is None:
        raise rules.RECEIPT_UNKNOWN()
    return row


def _ended(receipt: ReceiptRow) -> Refusal:
    return rules.RECEIPT_ENDED(number=receipt["number"], state=Term(STATUS_WORDS[receipt["status"]]))
