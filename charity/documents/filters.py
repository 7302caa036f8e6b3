"""The filters that documents of several rooms offer; a room with one of its own declares it beside its document."""

from charity import words
from charity.ledger import funds
from charity.office import stores
from charity.printing.document import Filter

COPY_WORDS = {"notice": "对外公示（姓名已隐去）", "internal": "内部存档（含姓名）"}


async def _copies() -> dict[str, str]:
    return {name: words.say(text) for name, text in COPY_WORDS.items()}


STORE = Filter("store", "门店", stores.names)
FUND = Filter("fund", "基金", funds.names)
PROGRAMME = Filter("programme", "项目", funds.programme_names)
COPY = Filter("copy", "用途", _copies, default="notice", coded=False)
"""For others, with names masked, or for our own files, with names."""
