"""The text of a payment code 收款码 that givers scan with WeChat or Alipay: what it may be, and what is asked about.

Always true: a code is an address of `https` or `wxp` in plain characters. One that begins as codes of another channel
do is refused. One that begins as no known code does is kept only when whoever sends it said so; both persons are asked.
No text says whose account a code pays into: only a phone that scans it does, so the second person is told to do that.
What personal codes of WeChat begin with is known, of Alipay it is not; a gift never goes into a person's account
(Charity Law 24: the account is filed). UnionPay's codes are read by both.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from charity.office import rules
from charity.office.models import FactKind

FAMILIAR: Final[Mapping[FactKind, tuple[str, ...]]] = {
    FactKind.WECHAT_CODE: ("wxp://", "https://qr.95516.com/"),
    FactKind.ALIPAY_CODE: ("https://qr.alipay.com/", "https://qr.95516.com/"),
}
"""What the codes of a channel begin with, in small letters."""
PERSONAL: Final = ("wxp://f2f0",)
"""And what those begin with that people show who sell something: asked about."""
PAY_CODES: Final = tuple(FAMILIAR)
SHOWN_MAX: Final = 60
_CODE: Final = re.compile(r"(?:https|wxp)://[!-~]+", re.IGNORECASE)
_UNSAFE: Final = re.compile(r"[\"'<>\\^`{|}]")


def must_be(kind: FactKind, text: str, *, unfamiliar: bool) -> None:
    """Refuse what is no payment code of this channel; `unfamiliar`: it was asked about, and is one."""
    if not _CODE.fullmatch(text) or _UNSAFE.search(text) or not _names_a_place(text):
        raise rules.CODE_NONE(text=text[:SHOWN_MAX])
    known = [of for of, begins in FAMILIAR.items() if text.lower().startswith(begins)]
    if known and kind not in known:
        raise rules.CODE_OF_ANOTHER(text=text[:SHOWN_MAX])
    if not unfamiliar and (not known or text.lower().startswith(PERSONAL)):
        raise rules.CODE_UNFAMILIAR(text=text[:SHOWN_MAX])


def _names_a_place(text: str) -> bool:
    """Whether there is a host, and no name in front of it that looks like one."""
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False
