"""`charity verify`: a voucher that was tampered with is named."""

import pytest
from aid.given import Aid

from charity.aid import verify
from charity.db import transactions
from charity.db.transactions import Tx


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE voucher SET amount_fen = amount_fen + 1",
        "UPDATE voucher SET content_hash = 'x'",
        "UPDATE voucher_approval SET content_hash = 'x'",
        "UPDATE voucher_approval SET account = (SELECT maker FROM voucher)",
        "UPDATE voucher_approval SET cleared_at = at WHERE key = (SELECT min(key) FROM voucher_approval)",
        "UPDATE voucher SET payer = (SELECT min(account) FROM voucher_approval)",
        "UPDATE voucher SET recipients = 7",
        "UPDATE voucher SET entry_seq = 1",
    ],
)
async def test_verify_names_a_voucher_that_was_tampered_with(aid: Aid, statement: str) -> None:
    number, _ = await aid.approved()
    await aid.pay(number, "ICBC-D")
    assert await verify.run() == []

    async def work(tx: Tx) -> None:
        await tx.rows("DROP INDEX voucher_approval_once")
        await tx.rows(statement)

    await transactions.run(work)
    failures = await verify.run()
    assert failures
    assert {f.invariant for f in failures} == {"I11"}
