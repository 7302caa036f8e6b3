"""The second secret with which a giver sees his own receipt whole; the code in its QR is the first.

It is the number of the receipt with the last four digits of his phone; of a giver without a phone the number with the
pick-up code printed on the copy handed out; or the code of the pledge that the gift came from. Wrong numbers and
digits are counted for the receipt, whoever tries from wherever: five a day and thirty ever, then only at the desk.
The answer to a wrong one never says what was wrong, nor whether there is a phone.
"""

import hmac
import re
import unicodedata
from typing import Final

from charity import clock, tokens
from charity.giving import receipts, rules
from charity.giving.models import RECEIPT_GUESS, ReceiptGuessRow
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Wants, submit
from charity.people import persons

TODAY_MAX: Final = 5
EVER_MAX: Final = 30
_NOTHING: Final = "-"
"""What no normalised secret is."""


async def prove(code: str, *, number: str = "", secret: str = "", pledge: str = "") -> None:
    """Return when this is the giver; raises receipt.not_proven or, after too many wrong tries, receipt.at_desk.

    A pledge's code is as long as the receipt's own: no number of tries finds it, and it opens a receipt also when
    others used up the tries. A receipt that was corrected to another giver is none of its.
    """
    receipt = await receipts.get(code)
    typed = tokens.normalise(_plain(pledge)).encode()
    own = [gift for gift in await receipts.gifts(code) if gift.donor_id == receipt.donor_id]
    pledges = [(gift.pledge_id or _NOTHING).encode() for gift in own]
    if any(hmac.compare_digest(typed, kept) for kept in pledges):
        return
    if not _bare(number) or not _bare(secret):
        raise rules.RECEIPT_NOT_PROVEN()  # an empty form is no try
    expected = await persons.phone_tail(receipt.donor_id) or receipts.pick_up_code(code)
    right = [
        hmac.compare_digest(_bare(number).encode(), _bare(receipt.number).encode()),
        hmac.compare_digest(_bare(secret).encode(), expected.encode()),
    ]
    day = clock.today().isoformat()

    def decide(state: State) -> Answer:
        row = state.row(RECEIPT_GUESS, code)
        today = row["wrong_today"] if row is not None and row["day"] == day else 0
        if today >= TODAY_MAX or (row is not None and row["wrong"] >= EVER_MAX):
            raise rules.RECEIPT_AT_DESK()
        if all(right):
            return Answer(200, {})
        if row is None:
            state.add(RECEIPT_GUESS, ReceiptGuessRow(receipt=code, day=day, wrong_today=1, wrong=1))
        else:
            state.change(RECEIPT_GUESS, code, day=day, wrong_today=today + 1, wrong=row["wrong"] + 1)
        return Answer(403, {})

    done = await submit(Command(decide, wants=Wants(rows=[(RECEIPT_GUESS, code)])))
    if done.status != 200:  # noqa: PLR2004 - the answer above
        raise rules.RECEIPT_NOT_PROVEN()


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _bare(text: str) -> str:
    """Letters and digits only, in capitals: however a number, digits or a code were typed."""
    return re.sub(r"[\W_]", "", _plain(text)).upper()
