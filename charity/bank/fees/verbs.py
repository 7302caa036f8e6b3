"""Book the fee that a line is, by its rule, and undo it.

Dr 5401 or 5301 / Cr the place, both with the general fund, on the bank's date, or the first open day where that one is
closed; the line is matched in the same batch. It takes no payment number: banks give a fee that of its transfer.
"""

from typing import Any

from charity import clock, tokens
from charity.bank import fee_rules, matching, movements, posted, rules
from charity.bank.fees import readers
from charity.bank.models import FEE, LINE, BankFeeRow, Method
from charity.db import sealed
from charity.ledger import accounts as acc
from charity.ledger import numbers, payment_numbers, reversals
from charity.ledger.loading import Loader
from charity.ledger.state import Flows, State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.roles import Actor

PREFIX, SERIES = "SF", "bank_fee"
KIND, REVERSAL = "bank.fee", "bank.fee_reversal"
REASON_MAX = 500


async def book(line: str, *, by: Actor, idem: Idem | None = None) -> Answer:
    """Book an outgoing line as the bank's fee, by the rule that knows it: 201 `{number, entry}`."""
    by.must("bank.match")
    view = await matching.get(line, by=by)
    rule, today, match = fee_rules.rule_of(view), clock.today(), tokens.key16()
    if rule is None:
        raise rules.FEE_NO_RULE()
    on, fen, place = view.row["on_day"], view.row["out_fen"], view.row["place"]
    account = f"{place}/{acc.GENERAL_FUND}"
    reference = view.row["reference"] if payment_numbers.normal(view.row["reference"]) else ""

    async def load(loader: Loader) -> None:
        await loader.money_places([account], on=on)

    def decide(state: State, _: None) -> Answer:
        row = posted.open_line(state, line)
        number = numbers.written(PREFIX, today.year, state.number(SERIES, today.year))
        entry = state.post(
            KIND,
            [(acc.money(rule.chart, acc.GENERAL_FUND), acc.CNY, fen), (account, acc.CNY, -fen)],
            effective_on=state.open_day_at(place, on, today.isoformat()),
            actor=by.key,
            facts={"bank_fee": number, "match": match, "on": on, "purpose": rule.purpose},
            flows=Flows(spend=[(acc.GENERAL_FUND, fen)]),
        )
        fee = BankFeeRow(
            number=number,
            year=today.year,
            place=place,
            on_day=on,
            fen=fen,
            text=rule.text,
            chart=rule.chart,
            line=line,
            match=match,
            channel_ref=reference,
            made_by=by.key,
            made_at=state.now,
            seq=entry.seq,
            reversed_by=None,
            reversed_at=None,
            reversal_seq=None,
            reason=None,
        )
        state.add(FEE, fee)
        posted.bring_together(state, row, entry, match, Method.FEE, by=by)
        return Answer(201, {"number": number, "entry": entry.id})

    wants = Wants(funds=[acc.GENERAL_FUND], series=[(SERIES, today.year)], rows=[(LINE, line)])
    answer = await submit(Command(decide, wants, idem, load=load))
    await movements.follow()
    return answer


async def undo(number: str, *, reason: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Take it back, today, by another accountant: 201 `{number, entry}`. Its line waits again."""
    by.must("money.reverse")
    one = await readers.get(number, by=by)
    await movements.follow()  # its movement is there, to be freed
    today = clock.today().isoformat()

    async def load(loader: Loader) -> dict[str, Any]:
        return await reversals.load(loader, one["seq"], on=today)

    def decide(state: State, body: dict[str, Any]) -> Answer:
        row = state.row(FEE, number)
        assert row is not None, "it was read"
        if row["reversal_seq"] is not None:
            raise rules.FEE_REVERSED(number=number)
        if row["made_by"] == by.key:
            raise rules.FEE_OWN(number=number)
        entry = reversals.reverse(state, body, kind=REVERSAL, effective_on=today, actor=by.key, reason_code=REVERSAL)
        state.change(
            FEE,
            number,
            reversed_by=by.key,
            reversed_at=state.now,
            reversal_seq=entry.seq,
            reason=sealed.seal("bank_fee", "reason", number, reason),
        )
        posted.part(state, row["line"], row["seq"], row["match"], by=by)
        return Answer(201, {"number": number, "entry": entry.id})

    rows = [(FEE, number), *posted.wants_to_part(one["line"], one["seq"], one["place"])]
    return await submit(Command(decide, Wants(funds=[acc.GENERAL_FUND], rows=rows), idem, load=load))
