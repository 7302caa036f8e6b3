"""The JSON calls of matching (docs/api.md)."""

from charity.bank.candidates import Proposal
from charity.bank.matching import automatic, readers, verbs
from charity.bank.matching.forms import (
    DecisionAnswer,
    IgnoreBody,
    MatchAnswer,
    MatchBody,
    MovementAnswer,
    MovementsAnswer,
    MovementsParams,
    OneLineAnswer,
    ProposalAnswer,
    QueueAnswer,
    QueueParams,
    WaitingAnswer,
)
from charity.bank.matching.readers import Chosen
from charity.bank.models import BankMovementRow
from charity.bank.statements.api import line_values
from charity.ledger import places
from charity.web.api import Call, Endpoint


def movement(row: BankMovementRow) -> MovementAnswer:
    """A movement as a program reads it."""
    return MovementAnswer(**{name: row[name] for name in MovementAnswer.model_fields})  # type: ignore[literal-required]


def _proposal(one: Proposal) -> ProposalAnswer:
    return ProposalAnswer(movement=movement(one.movement), reasons=list(one.reasons), score=one.score, fits=one.fits)


async def queue(call: Call) -> QueueAnswer:
    """`GET /bank/matching`."""
    asked: QueueParams = call.query
    await automatic.catch_up()
    lines, following = await readers.queue(place=asked.place, after=asked.after or "", limit=asked.limit, by=call.by)
    items = [
        WaitingAnswer(
            **line_values(line), proposals=[_proposal(one) for one in await readers.proposed(line, by=call.by)]
        )
        for line in lines
    ]
    return QueueAnswer(items=items, next=following or None)


async def movements(call: Call) -> MovementsAnswer:
    """`GET /bank/movements`."""
    asked: MovementsParams = call.query
    await automatic.catch_up()
    chosen = Chosen(least=asked.least_fen, most=asked.most_fen, from_on=asked.from_on, to_on=asked.to_on)
    place = await places.get(asked.place, field="place")
    rows = await readers.movements(place.code, chosen, by=call.by)
    return MovementsAnswer(items=[movement(row) for row in rows])


async def one_line(call: Call) -> OneLineAnswer:
    """`GET /bank/lines/{key}`."""
    line = await readers.get(call.path["key"], by=call.by)
    decided = await readers.history(line.row["key"], by=call.by)
    decisions = [
        DecisionAnswer(
            key=one.row["key"],
            decision=one.row["kind"],
            method=one.row["method"],
            score=one.row["score"],
            reasons=one.row["reasons"].split(),
            reason=one.reason,
            made_at=one.row["made_at"],
            undone=one.undone,
            items=list(one.items),
        )
        for one in decided
    ]
    return OneLineAnswer(**line_values(line), decisions=decisions)


async def match(call: Call) -> MatchAnswer:
    """`POST /bank/matches`."""
    body: MatchBody = call.body
    return MatchAnswer(key=await verbs.match(lines=body.lines, movements=body.movements, by=call.by))


async def undo(call: Call) -> MatchAnswer:
    """`POST /bank/matches/{key}/undo`."""
    await verbs.undo(call.path["key"], by=call.by)
    return MatchAnswer(key=call.path["key"])


async def ignore(call: Call) -> MatchAnswer:
    """`POST /bank/lines/{key}/ignore`."""
    body: IgnoreBody = call.body
    return MatchAnswer(key=await verbs.ignore(call.path["key"], reason=body.reason, by=call.by))


endpoints = [
    Endpoint(
        "GET",
        "/bank/matching",
        queue,
        permission="statement.read",
        params=QueueParams,
        answer=QueueAnswer,
        summary="待核对的银行流水",
    ),
    Endpoint(
        "GET",
        "/bank/movements",
        movements,
        permission="statement.read",
        params=MovementsParams,
        answer=MovementsAnswer,
        summary="没有核对的账上收付",
    ),
    Endpoint(
        "GET",
        "/bank/lines/{key}",
        one_line,
        permission="statement.read",
        answer=OneLineAnswer,
        summary="一笔银行流水和它的核对经过",
    ),
    Endpoint(
        "POST",
        "/bank/matches",
        match,
        permission="bank.match",
        body=MatchBody,
        answer=MatchAnswer,
        summary="核对银行流水，不动账簿",
    ),
    Endpoint(
        "POST", "/bank/matches/{key}/undo", undo, permission="bank.match", answer=MatchAnswer, summary="撤销一次核对"
    ),
    Endpoint(
        "POST",
        "/bank/lines/{key}/ignore",
        ignore,
        permission="bank.match",
        body=IgnoreBody,
        answer=MatchAnswer,
        summary="一笔流水不再核对",
    ),
]
