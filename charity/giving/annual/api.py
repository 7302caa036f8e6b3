"""The JSON calls of a giver's year (docs/api.md)."""

from dataclasses import asdict

from charity.giving import annual, copies
from charity.giving.annual.forms import GiftLine, YearAnswer, YearBody
from charity.giving.copies.routes import PROOFS
from charity.people.masking import Reader
from charity.web import contexts, limits
from charity.web.api import Call, Endpoint


def _answer(one: annual.Statement) -> YearAnswer:
    lines = [{name: value for name, value in asdict(gift).items() if name != "key"} for gift in one.gifts]
    return YearAnswer(
        year=one.year,
        donor=one.name,
        donor_id=one.id_shown,
        money_fen=one.money_fen,
        goods_fen=one.goods_fen,
        gifts=[GiftLine(**line) for line in lines],
    )


async def own(call: Call) -> YearAnswer:
    """`POST /receipts/{code}/year`."""
    limits.hit(PROOFS, contexts.neighbourhood(call.context.address))
    body: YearBody = call.body
    await copies.prove(call.path["code"], number=body.number, secret=body.secret, pledge=body.pledge)
    return _answer(await annual.statement(call.path["code"], body.year, to=Reader.GIVER))


endpoints = [
    Endpoint(
        "POST",
        "/receipts/{code}/year",
        own,
        body=YearBody,
        answer=YearAnswer,
        public=True,
        summary="捐赠人凭第二个凭据看自己一年的捐赠",
    )
]
