"""A sum that is easily keyed wrong is typed a second time before it is recorded.

Why: 50.00 was received as 500,000.00 in one click. Read back is what differs from what was promised, what exceeds the
setting of its channel (one payment for all its purposes, with what its giver gave today through the channel), and what
is more than ten times the giver's largest gift so far.
"""

from collections.abc import Sequence

from charity.giving import rules
from charity.giving.channels import Channel
from charity.money import capitals, yuan
from charity.words import Terms

TIMES = 10
OTHER_THAN_PROMISED = "与认捐尚未到账的金额不同"
LARGE = "超过这种到账方式的核对限额"
LARGE_TODAY = "加上这位捐赠人今天以同一方式到账的，超过核对限额"
UNLIKE_GIVER = "超过这位捐赠人以往最大一笔的十倍"


def reasons(
    amount_fen: int, channel: Channel, *, due_fen: int | None = None, largest_fen: int = 0, today_fen: int = 0
) -> list[str]:
    """Why this sum is read back, as msgids; none for a usual one.

    `due_fen` is what is still due of a pledge, `largest_fen` the giver's largest gift so far, 0 for who gave nothing
    or is not known. `amount_fen` is the sum of all purposes of one payment, `today_fen` what the giver gave today
    through the channel already.
    """
    why = []
    if due_fen is not None and amount_fen != due_fen:
        why.append(OTHER_THAN_PROMISED)
    if amount_fen > channel.read_back_fen:
        why.append(LARGE)
    elif amount_fen + today_fen > channel.read_back_fen:
        why.append(LARGE_TODAY)
    if largest_fen and amount_fen > TIMES * largest_fen:
        why.append(UNLIKE_GIVER)
    return why


def check(amount_fen: int, confirmed_fen: int | None, why: Sequence[str]) -> None:
    """Refuse a sum that must be typed twice and was not (409), or was typed as two different sums (422)."""
    if confirmed_fen is not None and confirmed_fen != amount_fen:
        raise rules.AMOUNT_TWICE(capitals=capitals(amount_fen))
    if confirmed_fen is None and why:
        raise rules.AMOUNT_UNCONFIRMED(why=Terms(why), amount=yuan(amount_fen), capitals=capitals(amount_fen))
