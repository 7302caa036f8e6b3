"""A name in the filter of a list: the address carries it sealed, so that no history and no log of a proxy has names.

The form posts it, `sealed` makes the text for the address, `opened` reads it back on the next request. Whoever copies
such an address needs an account to use it, and the secret key of the installation to read it.
"""

import base64
from binascii import Error
from typing import Final

from cryptography.fernet import Fernet, InvalidToken

from charity.db import sealed as columns

TEXT_MAX: Final = 64
"""Characters of a name; a longer one is refused where it is typed, never cut."""
SEALED_MAX: Final = 440
"""What that many characters of four bytes each are when sealed."""


def _cipher() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(columns.derived("charity names in addresses")))


def sealed(text: str) -> str:
    """A text as an address may carry it; "" stays ""."""
    text = text.strip()
    return _cipher().encrypt(text.encode()).decode() if text else ""


def opened(sealed_text: str) -> str | None:
    """The text again; None when it is none of ours."""
    if not sealed_text:
        return ""
    if len(sealed_text) > SEALED_MAX:
        return None
    try:
        return _cipher().decrypt(sealed_text.encode()).decode()
    except (InvalidToken, Error, UnicodeError):
        return None
