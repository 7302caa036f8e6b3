"""`search_1m_ms`: the search box of staff on a million gifts, with every kind of text somebody may type.

The database is that of bench/million.py. What is looked up by name and amount is filled first, as the timetable does
each minute, and 10,000 givers are added whose names begin alike. Texts and roles take turns; the figure is the middle
time of the slowest. A text that should lead somewhere and does not ends the measuring.
"""

import asyncio
import json
import re
import sys
import time
from functools import partial
from typing import Final
from urllib.parse import urlencode

from bench import million, pages, servers
from charity.roles import Role

NAMESAKES: Final = 10_000
ALIKE: Final = "万里同心"
"""What the names of the namesakes begin with."""
ROLES: Final = (Role.AUDITOR, Role.ACCOUNTANT, Role.CASHIER)
Figures = dict[str, tuple[float, str]]
Asked = dict[str, tuple[str, bool]]
"""Kind of text -> (the text, whether it leads somewhere)."""


def on_sqlite() -> Figures:
    """Milliseconds of the slowest kind of text at the role that waits longest."""
    with million.city("sqlite", pages.LARGE) as at:
        asked = _prepared(at)
        with pages.opened(at) as browser:
            for text, known in asked.values():
                _must_lead(browser, text, known=known)
            bodies = [(role, kind, urlencode({"q": text})) for role in ROLES for kind, (text, _) in asked.items()]
            took = pages.in_turns(*(partial(browser.took, role, "/desk/search", body) for role, _, body in bodies))
    rows = [(ms, role, kind) for ms, (role, kind, _) in zip(took, bodies, strict=True)]
    for ms, role, kind in sorted(rows, reverse=True):
        print(f"    {ms:8.1f} ms  {role} {kind}")
    ms, role, kind = max(rows)
    return {"search_1m_ms": (round(ms, 1), f"ms, {role} by {kind}")}


def _must_lead(browser: pages.Browser, text: str, *, known: bool) -> None:
    """An auditor may open whatever there is."""
    status, answer = browser.ask(Role.AUDITOR, "/desk/search", urlencode({"q": text}))
    if (status == 404) is known:
        shown = re.sub(r"<[^>]+>|\s+", " ", answer)
        msg = f"{text} answered {status}: {shown[:300]}"
        raise RuntimeError(msg)


def _prepared(at: servers.House) -> Asked:
    """The database with its lookup filled, and the texts."""
    done = at.folder.parent / "searching.json"
    million.child(at, "bench.searching", *([] if done.exists() else ["--namesakes"]))
    return {kind: (text, known) for kind, (text, known) in json.loads(done.read_text(encoding="utf-8")).items()}


# -- in the child ----------------------------------------------------------------------------------------------------


async def _prepare(*, namesakes: bool) -> Asked:
    from charity.app import MODELS  # noqa: PLC0415 - rooms are imported by the child only
    from charity.db import engine  # noqa: PLC0415
    from charity.giving import lookup  # noqa: PLC0415
    from charity.goods import looked_up  # noqa: PLC0415
    from charity.ledger import writer  # noqa: PLC0415

    async with engine.opened(MODELS, loading=True), writer.running():
        if namesakes:
            await million.Years(pages.LARGE).gifts_of([f"{ALIKE}{n:05d}" for n in range(NAMESAKES)])
        began, looked_at = time.perf_counter(), 0
        while n := await lookup.keep_up() + await looked_up.keep_up():
            looked_at += n
        print(f"  looked up: {looked_at:,} more in {time.perf_counter() - began:,.0f} s", flush=True)
        return await _texts()


async def _texts() -> Asked:
    """One text of every kind, of the middle of the two years, and some that lead nowhere."""
    from charity.db import reading  # noqa: PLC0415
    from charity.people import persons  # noqa: PLC0415

    half = "(SELECT MAX(seq) / 2 FROM donation)"
    of = reading.value
    donor = await of(f"SELECT donor FROM donation WHERE seq > {half} AND donor IS NOT NULL ORDER BY seq LIMIT 1")  # noqa: S608 - from here
    name = (await persons.names([donor]))[donor].name
    receipt = f"SELECT r.number FROM donation d JOIN receipt r ON r.code = d.receipt WHERE d.seq > {half} LIMIT 1"  # noqa: S608
    bank = "SELECT key FROM payment_number WHERE key > 'wechat:M8' LIMIT 1"
    reference = await of("SELECT reference FROM pledge ORDER BY created_at LIMIT 1")
    return {
        "receipt": (await of(receipt), True),
        "bank number": ((await of(bank)).partition(":")[2], True),
        "refund": (await of("SELECT MAX(number) FROM refund"), True),
        "voucher": (await of("SELECT MIN(number) FROM voucher"), True),
        "journal voucher": (await of("SELECT MAX(number) FROM journal_voucher"), True),
        "entry": ("#4567", True),
        "transfer": (await of("SELECT MAX(number) FROM money_transfer"), True),
        "slip": (await of("SELECT MAX(number) FROM goods_document"), True),
        "pledge": (reference, True),
        "memo with a reference": (f"慈善捐款 {reference} 请查收", True),
        "amount of many gifts": ("1,000.00", True),
        "amount of many, twice read": ("500", True),
        "amount of nobody": ("98,765,432,109.99", False),
        "name": (name, True),
        "beginning of 10,000 names": (ALIKE, True),
        "word of an organisation": ("纺织", True),
        "name of nobody": ("查无此人某某", False),
        "number of nobody": ("CS-2099-9999999", False),
    }


def main(words: list[str]) -> int:
    """The child's part: add the namesakes, fill the lookup, and write the texts beside the database."""
    from charity.settings import settings  # noqa: PLC0415

    asked = asyncio.run(_prepare(namesakes="--namesakes" in words))
    place = settings().data_dir.parent / "searching.json"
    place.write_text(json.dumps(asked, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
