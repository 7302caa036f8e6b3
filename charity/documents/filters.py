"""The filters that documents of several rooms offer; a room with one of its own declares it beside its document."""

from charity import words
from charity.ledger import funds
from charity.office import stores
from charity.printing.document import Filter

COPY_WORDS = {
    "notice": "外部查阅（只留姓氏）",
    "board": "公示版（只有合计）",
    "internal": "内部存档（含姓名）",
}
"""Stored as first called: `notice` is the copy for others to look into, `board` the one for a notice board."""
COPY_TITLES = {"notice": "外部查阅", "board": "公示版", "internal": "内部存档"}


async def _copies() -> dict[str, str]:
    return {name: words.say(text) for name, text in COPY_WORDS.items()}


async def _listing_copies() -> dict[str, str]:
    return {name: text for name, text in (await _copies()).items() if name != "board"}


STORE = Filter("store", "门店", stores.names)
FUND = Filter("fund", "基金", funds.names)
PROGRAMME = Filter("programme", "项目", funds.programme_names)
COPY = Filter("copy", "版别", _copies, default="notice", coded=False)
"""For whom it is printed; every file and every page of it names the copy."""
LISTING_COPY = Filter("copy", "版别", _listing_copies, default="notice", coded=False)
"""The same of a register that is a list of people, and has no totals to hang up."""
