"""Money that is held and was never for us goes back: an accountant asks for it, a cashier pays and records it.

Dr 2209 / Cr the place where it came in, on the day of the payment; the bank's outgoing line is matched with it later.
The one who asks never pays. What is asked for is taken only when it is paid; until then, or until it is withdrawn,
nothing is recognised from it: the bank may have paid already.
"""

from charity import clock
from charity.db import reading, sealed
from charity.giving import rules
from charity.giving.fields import must_say_why
from charity.giving.unidentified import drawing, readers
from charity.giving.unidentified.models import (
    RETURN,
    UNIDENTIFIED,
    ReturnStatus,
    UnidentifiedReturn,
    UnidentifiedReturnRow,
)
from charity.giving.unidentified.postings import ACCOUNT, stored
from charity.ledger import accounts as acc
from charity.ledger import numbers, payment_numbers
from charity.ledger.content import Content
from charity.ledger.loading import Loader
from charity.ledger.payment_numbers import Holder, PaymentKind
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.money import yuan
from charity.roles import Actor

PREFIX, SERIES = "ZT", "unidentified_return"
RETURNED = "unidentified.returned"


async def ask(number: str, *, amount_fen: int, reason: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Ask that so much of it goes back: 201 `{number, status, content_hash}`. One at a time."""
    by.must("refund.request")
    must_say_why(reason)
    year = clock.today().year

    async def load(loader: Loader) -> None:
        await drawing.must_not_go_back(loader, number)

    def decide(state: State, _: None) -> Answer:
        row = stored(state, number)
        _must_be_left(number, row["left_fen"], amount_fen)
        own = numbers.written(PREFIX, year, state.number(SERIES, year))
        kept = sealed.seal("unidentified_return", "reason", own, reason.strip())
        assert kept is not None, "a reason was given"
        asked = UnidentifiedReturnRow(
            number=own,
            year=year,
            unidentified=number,
            fen=amount_fen,
            reason=kept,
            status=ReturnStatus.ASKED.value,
            asked_by=by.key,
            asked_at=state.now,
            paid_by=None,
            paid_at=None,
            paid_on=None,
            channel_ref="",
            seq=None,
        )
        state.add(RETURN, asked)
        return Answer(201, {"number": own, "status": asked["status"], "content_hash": content(asked).hash})

    wants = Wants(series=[(SERIES, year)], rows=[(UNIDENTIFIED, number)])
    return await submit(Command(decide, wants, idem, load=load))


async def withdraw(number: str, *, by: Actor) -> Answer:
    """Take back that it was asked for, while it is not paid: 200 `{number, status}`."""
    by.must("refund.request")

    def decide(state: State) -> Answer:
        _waiting(state, number)
        state.change(RETURN, number, status=ReturnStatus.WITHDRAWN.value)
        return Answer(200, {"number": number, "status": ReturnStatus.WITHDRAWN.value})

    return await submit(Command(decide, Wants(rows=[(RETURN, number)])))


async def pay(
    number: str, *, paid_on: str, channel_ref: str, content_hash: str, by: Actor, idem: Idem | None = None
) -> Answer:
    """Record that it was paid back from where it came in: 201 `{number, status, entry}`."""
    by.must("refund.pay")
    payment_numbers.must_be(channel_ref)
    asked = await readers.get_return(number, by=by)
    held = await reading.row("SELECT place, on_day, channel FROM unidentified WHERE number = $1", asked.unidentified)
    assert held is not None, "a return is of something held"
    if not held["on_day"] <= paid_on <= clock.today().isoformat():
        raise rules.UNIDENTIFIED_RETURN_DAY(day=held["on_day"])
    account = f"{held['place']}/{acc.GENERAL_FUND}"

    async def load(loader: Loader) -> None:
        await loader.money_places([account], on=paid_on)

    def decide(state: State, _: None) -> Answer:
        row = _waiting(state, number)
        content(row).must_be(content_hash)
        if row["asked_by"] == by.key:
            raise rules.UNIDENTIFIED_RETURN_SAME()
        of, fen = stored(state, row["unidentified"]), row["fen"]
        _must_be_left(of["number"], of["left_fen"], fen)
        holder = Holder(PaymentKind.UNIDENTIFIED_RETURN, number)
        payment_numbers.take(state, held["channel"], channel_ref, holder)
        entry = state.post(
            RETURNED,
            [(ACCOUNT, acc.CNY, fen), (account, acc.CNY, -fen)],
            effective_on=paid_on,
            actor=by.key,
            facts={"unidentified_return": number, "unidentified": of["number"], "maker": row["asked_by"]},
        )
        state.change(UNIDENTIFIED, of["number"], left_fen=of["left_fen"] - fen)
        drawing.note(state, {of["number"]: fen}, entry.seq)
        state.change(
            RETURN,
            number,
            status=ReturnStatus.PAID.value,
            paid_by=by.key,
            paid_at=state.now,
            paid_on=paid_on,
            channel_ref=channel_ref,
            seq=entry.seq,
        )
        return Answer(201, {"number": number, "status": ReturnStatus.PAID.value, "entry": entry.id})

    rows = payment_numbers.wants(held["channel"], channel_ref)
    named = Wants(rows=[(RETURN, number), (UNIDENTIFIED, asked.unidentified), *rows])
    return await submit(Command(decide, named, idem, load=load))


def content(row: UnidentifiedReturnRow) -> Content:
    """What whoever pays it is shown."""
    return Content(
        facts={
            "number": row["number"],
            "unidentified": row["unidentified"],
            "amount_fen": row["fen"],
            "status": str(row["status"]),
            "asked_by": row["asked_by"],
        }
    )


def content_of(row: UnidentifiedReturn) -> Content:
    """The same of one that was read."""
    return content({name: getattr(row, name) for name in UnidentifiedReturnRow.__annotations__})  # type: ignore[arg-type]


def _waiting(state: State, number: str) -> UnidentifiedReturnRow:
    row = state.row(RETURN, number)
    if row is None:
        raise rules.UNIDENTIFIED_RETURN_UNKNOWN()
    if row["status"] != ReturnStatus.ASKED:
        raise rules.UNIDENTIFIED_RETURN_DONE(number=number)
    return row


def _must_be_left(number: str, left_fen: int, fen: int) -> None:
    if fen > left_fen:
        raise rules.UNIDENTIFIED_RETURN_MORE(number=number, left_yuan=yuan(left_fen), asked_yuan=yuan(fen))
