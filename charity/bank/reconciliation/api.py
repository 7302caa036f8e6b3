"""The JSON call of the reconciliation (docs/api.md)."""

from charity.bank.matching.api import movement
from charity.bank.reconciliation import readers
from charity.bank.reconciliation.forms import DayParams, ReconciliationAnswer
from charity.bank.statements.api import line_values
from charity.bank.statements.forms import LineAnswer
from charity.web.api import Call, Endpoint

_SUMS = (
    *("book_fen", "bank_fen", "bank_in_fen", "bank_out_fen", "book_in_fen", "book_out_fen"),
    *("book_adjusted_fen", "bank_adjusted_fen", "apart_fen"),
)


async def show(call: Call) -> ReconciliationAnswer:
    """`GET /bank/reconciliation`."""
    asked: DayParams = call.query
    await readers.brought_up()
    one = await readers.of(asked.place, asked.on.isoformat(), by=call.by)
    return ReconciliationAnswer(
        place=one.place.code,
        on=one.on,
        start_on=one.start.on,
        **{name: getattr(one, name) for name in _SUMS},
        lines=[LineAnswer(**line_values(line)) for line in one.lines],
        movements=[movement(row) for row in one.movements],
    )


endpoints = [
    Endpoint(
        "GET",
        "/bank/reconciliation",
        show,
        permission="statement.read",
        params=DayParams,
        answer=ReconciliationAnswer,
        summary="银行存款余额调节表",
    )
]
