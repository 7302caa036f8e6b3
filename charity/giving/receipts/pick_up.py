"""The code with which a giver who left no phone gets the whole copy of his receipt: printed on the copy handed out.

It is derived from the code of the receipt and a key of this installation, so that nothing of it is stored and each
reprint bears the same. A lost copy is made worthless by replacing its receipt.
"""

import hmac
from typing import Final

from charity.db import sealed
from charity.tokens import ALPHABET

LENGTH: Final = 8
"""31^8 are 39 bits; thirty wrong tries are all there will ever be."""


def pick_up_code(receipt: str) -> str:
    """The eight characters for the receipt of this code, of an alphabet without look-alikes."""
    digest = hmac.digest(sealed.derived("charity receipt pick-up"), receipt.encode(), "sha256")
    drawn = int.from_bytes(digest, "big")
    signs = []
    for _ in range(LENGTH):
        drawn, place = divmod(drawn, len(ALPHABET))
        signs.append(ALPHABET[place])
    return "".join(signs)
