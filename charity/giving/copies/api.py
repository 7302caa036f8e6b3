"""The JSON call of the giver's own receipt (docs/api.md)."""

from charity import words
from charity.giving import copies, receipts
from charity.giving.copies.forms import FullReceipt, ProofBody
from charity.giving.copies.routes import PROOFS
from charity.giving.copies.screens import project_of
from charity.people.masking import Reader
from charity.web import contexts, limits
from charity.web.api import Call, Endpoint


async def full(call: Call) -> FullReceipt:
    """`POST /receipts/{code}/full`."""
    limits.hit(PROOFS, contexts.neighbourhood(call.context.address))
    body: ProofBody = call.body
    code = call.path["code"]
    await copies.prove(code, number=body.number, secret=body.secret, pledge=body.pledge)
    printed = await receipts.printed_for(code, to=Reader.GIVER)
    return FullReceipt(
        number=printed.number,
        status=printed.status,
        donor=printed.donor,
        donor_id=printed.donor_id,
        amount_fen=printed.total_fen,
        project=project_of(printed),
        issued_on=printed.issued_on,
        received_on=printed.received_on,
        memo=printed.memo,
        handler=printed.handler,
        reviewer=printed.reviewer,
        receiver=printed.receiver,
        ended_on=printed.ended_on,
        reason=words.translate(receipts.STATUS_WORDS[printed.status]) if printed.ended_on else "",
    )


endpoints = [
    Endpoint(
        "POST",
        "/receipts/{code}/full",
        full,
        body=ProofBody,
        answer=FullReceipt,
        public=True,
        summary="捐赠人凭第二个凭据看收据全本",
    )
]
