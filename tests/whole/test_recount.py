"""An independent script counts the journal again and compares every figure on every page and answer (bench/recount.py)."""

import sys
from datetime import date

from cast import Cast
from conftest import Web
from reports.given import noon
from tampering import tampered
from whole.given import verify_failures
from whole.histories import WEIGHTS, History

from bench import recount
from bench.recount import Books, Compared
from charity.db import reading
from charity.web import limits

BEGIN, DAYS, LAST = date(2025, 10, 20), 400, date(2026, 11, 24)
EVENTS = 5_000


async def counted() -> Books:
    """The journal as the script reads it: entries, which funds hold for others, and whom vouchers list."""
    entries = await reading.tuples("SELECT seq, kind, body FROM entry ORDER BY seq")
    agency = [row[0] for row in await reading.tuples("SELECT code FROM fund WHERE kind = 'agency'")]
    listed: dict[str, list[str]] = {}
    for content_hash, who in await reading.tuples("SELECT content_hash, recipient FROM voucher_recipient"):
        listed.setdefault(content_hash, []).append(who)
    return recount.read(entries, agency, listed)


async def compared(web: Web, books: Books) -> Compared:
    campaigns = {
        row[0]: row[1]
        for row in await reading.tuples("SELECT slug, fund FROM campaign WHERE status IN ('active', 'closed')")
    }
    public, staff = web.as_(), web.as_("accountant")

    async def shown(client: object, path: str) -> str:
        limits.reset()
        response = await client.get(path)  # type: ignore[attr-defined]
        assert response.status_code == 200, (path, response.text[:300])
        return str(response.text)

    with noon(LAST.isoformat()):
        return await recount.compare(
            books, lambda path: shown(public, path), lambda path: shown(staff, path), campaigns, LAST
        )


async def test_every_figure_of_a_random_year_is_the_journals_counted_again(web: Web, house: Cast) -> None:
    history = History(house, 2026, BEGIN)
    await history.live(EVENTS, DAYS)
    assert sum(history.done.values()) >= EVENTS
    assert min(history.done[kind] for kind in WEIGHTS) > 50, history.done
    books = await counted()
    done = await compared(web, books)
    sys.stdout.write(f"{done}\n{dict(history.done)}\n")
    assert done.count > 5_000
    assert done.differences == []
    assert await verify_failures() == []


async def test_a_figure_that_is_off_anywhere_is_seen(web: Web, house: Cast) -> None:
    await History(house, 7, BEGIN).live(80, DAYS)
    books = await counted()
    assert (await compared(web, books)).differences == []
    for table, figure, seen in (
        ("figure_month", "money_fen", {"aid money_fen", "unspent money_fen", "用于救助", "尚未使用"}),
        ("month_sum", "recipients = recipients + 1, recipients_of_fund", {"visits ", "受益人次"}),
        ("month_sum", "gifts", {"gifts ", "gifts", "捐赠笔数"}),
        ("donor_sum", "donors", {"donors ", "donors", "捐赠人数"}),
    ):
        test = "figure = 'aid'" if table == "figure_month" else "1 = 1"
        change = f"UPDATE {table} SET {figure} = {figure.rpartition(' ')[2]} + 1 WHERE {test}"
        async with tampered(change):
            wrong = await compared(web, books)
        assert {what for _, what, _, _ in wrong.differences} >= seen, table
