"""What the search box knows of giving: documents by number, gifts by name and amount."""

from collections.abc import Sequence
from typing import Any

from charity import addresses, clock, tokens
from charity.db import reading
from charity.desk import search
from charity.desk.search import SHOWN, Asked, Hit, Hits
from charity.giving import certificates, lookup, pledges, unit_rosters, work_units
from charity.people import persons
from charity.roles import Actor
from charity.web import list_filters

UNITS = "捐款单位"
ROSTERS = "单位名册"
GIFTS, PLEDGES, REFUNDS, RECEIPTS, CORRECTIONS = "捐赠", "认捐", "退款", "收据", "捐赠更正"
BOXES = "募捐箱"
MEMOS = "捐赠，按附言"


async def receipt(asked: Asked, by: Actor) -> Hits | None:
    """A receipt by number, by that of its certificate, or by the code of its QR.

    A number counts up, so it leads only those on who may read gifts; the code of a QR is a secret that
    whoever holds the receipt has.
    """
    if not asked.code:
        return None
    if by.may("gift.read"):
        number = certificates.receipt_number(asked.code)
        row = await reading.row("SELECT number, code FROM receipt WHERE number = $1 OR code = $1", number)
        return search.one(RECEIPTS, row["number"], addresses.of("receipt", row["code"])) if row else None
    code = await reading.value("SELECT code FROM receipt WHERE code = $1", asked.code)
    return search.one(RECEIPTS, code, f"/r/{code}")


async def pledge(asked: Asked, by: Actor) -> Hits | None:
    """A pledge by its reference, with or without the hyphen."""
    if not asked.code or not by.may("pledge.read") or not tokens.reference_valid(asked.code):
        return None
    code = await pledges.of_reference(asked.code)
    return search.one(PLEDGES, code and asked.code, _pledge_page(code, by)) if code else None


def _pledge_page(code: str, by: Actor) -> str:
    return f"/pledges/{code}/receive" if by.may("gift.receive") else f"/p/{code}"


async def refund(asked: Asked, by: Actor) -> Hits | None:
    """A refund by its number."""
    if not asked.code or not by.may("refund.read"):
        return None
    number = await reading.value("SELECT number FROM refund WHERE number = $1", asked.code)
    return search.one(REFUNDS, number, addresses.of("refund", number or ""))


async def box_opening(asked: Asked, by: Actor) -> Hits | None:
    """The opening of a donation box by its number."""
    if not asked.code or not by.may("box.read"):
        return None
    number = await reading.value("SELECT number FROM box_opening WHERE number = $1", asked.code)
    return search.one(BOXES, number, addresses.of("box_opening", number or ""))


async def reversal(asked: Asked, by: Actor) -> Hits | None:
    """The correction of a gift by its number."""
    if not asked.code or not by.may("reversal.read"):
        return None
    number = await reading.value("SELECT number FROM gift_reversal WHERE number = $1", asked.code)
    return search.one(CORRECTIONS, number, addresses.of("reversal", number or ""))


async def unit(asked: Asked, by: Actor) -> Hits | None:
    """A work unit by its code, by its reference, or by a part of its name."""
    if not by.may("gift.read"):
        return None
    if asked.code:
        sql = "SELECT code FROM work_unit WHERE code = $1 OR REPLACE(reference, '-', '') = REPLACE($1, '-', '')"
        code = await reading.value(sql, asked.code)
        if code:
            name = (await work_units.named([code])).get(code, "")
            return search.one(UNITS, code, addresses.of("work_unit", code), title=name)
    if not asked.name:
        return None
    units = await work_units.listed(work_units.Filters(text=asked.name), SHOWN + 1, by=by)
    hits = [Hit(number=u.code, href=addresses.of("work_unit", u.code), title=u.name) for u in units]
    return search.listed(UNITS, hits[:SHOWN], more=len(hits) > SHOWN)


async def rosters(asked: Asked, by: Actor) -> Hits | None:
    """Rosters by their reference, by what their unit has to transfer or by its name, newest first."""
    if not by.may("roster.list") or not (asked.code or asked.amounts or asked.name):
        return None
    named = work_units.Filters(text=asked.name)
    units = await work_units.listed(named, SHOWN + 1, by=by) if asked.name else []
    codes = [unit.code for unit in units]
    rows = await unit_rosters.sought(asked.code, asked.amounts, codes, limit=SHOWN + 1, by=by)
    names = await work_units.named(row.work_unit for row in rows)
    hits = [
        Hit(
            number=row.reference,
            href=addresses.of("unit_roster", row.key),
            title=names.get(row.work_unit, row.work_unit),
            amount_fen=row.staff_fen + row.unit_fen,
        )
        for row in rows
    ]
    return search.listed(ROSTERS, search.as_typed(hits, asked)[:SHOWN], more=len(hits) > SHOWN)


async def gifts(asked: Asked, by: Actor) -> Hits | None:
    """Gifts by amount or by the name of their giver, newest first."""
    if not by.may("gift.read"):
        return None
    matches = [await lookup.gifts_of_amount(fen, fen, SHOWN) for fen in asked.amounts]
    if asked.name:
        matches.append(await lookup.gifts_of_name(asked.name, SHOWN))
    keys = list(dict.fromkeys(key for match in matches for key in match.keys))
    more = any(match.more for match in matches)
    return _listed(GIFTS, await _gifts(keys, by), "/receipts", asked, more=more)


async def gifts_by_memo(asked: Asked, by: Actor) -> Hits | None:
    """Gifts by words of their memo, newest first."""
    if not by.may("gift.read") or not asked.words:
        return None
    match = await lookup.gifts_of_memo(asked.words, SHOWN)
    return search.listed(MEMOS, await _gifts(match.keys, by), more=match.more)


async def _gifts(keys: Sequence[str], by: Actor) -> list[Hit]:
    if not keys:
        return []
    rows = await reading.rows(
        "SELECT d.key, d.seq, d.received_on, d.amount_fen, COALESCE(r.donor, d.donor) AS donor, r.number, r.code "  # noqa: S608
        "FROM donation d LEFT JOIN receipt r ON r.code = d.receipt "
        f"WHERE d.key IN ({reading.places(len(keys))}) ORDER BY d.seq DESC",
        *keys,
    )
    givers = await persons.names([row["donor"] for row in rows])
    return [
        Hit(
            number=row["number"] or f"#{row['seq']}",
            href=addresses.shown_to(by, "receipt", row["code"]) or addresses.shown_to(by, "gift", row["key"]),
            title=persons.shown(givers.get(row["donor"])),
            on=row["received_on"],
            amount_fen=row["amount_fen"],
        )
        for row in rows
    ]


async def pledges_promised(asked: Asked, by: Actor) -> Hits | None:
    """Pledges by amount or by the name of who promised, newest first."""
    if not by.may("pledge.read") or not (asked.amounts or asked.name):
        return None
    codes = []
    for fen in asked.amounts:
        rows = await reading.rows(
            f"SELECT code FROM pledge WHERE amount_fen = $1 ORDER BY created_at DESC, code DESC LIMIT {SHOWN + 1}",  # noqa: S608
            fen,
        )
        codes += [row["code"] for row in rows]
    if asked.name:
        codes += (await lookup.pledges_of_name(asked.name, SHOWN + 1)).keys
    return _listed(PLEDGES, await _pledges(codes, by), "/pledges", asked)


async def _pledges(codes: Sequence[str], by: Actor) -> list[Hit]:
    if not codes:
        return []
    rows = await reading.rows(
        "SELECT code, reference, amount_fen, created_at, donor FROM pledge "  # noqa: S608 - places
        f"WHERE code IN ({reading.places(len(codes))}) ORDER BY created_at DESC, code DESC",
        *codes,
    )
    givers = await persons.names([row["donor"] for row in rows])
    return [
        Hit(
            number=row["reference"],
            href=_pledge_page(row["code"], by),
            title=persons.shown(givers.get(row["donor"])),
            on=clock.business_date(row["created_at"]).isoformat(),
            amount_fen=row["amount_fen"],
        )
        for row in rows
    ]


async def refunds_asked(asked: Asked, by: Actor) -> Hits | None:
    """Refunds by amount, newest first."""
    if not by.may("refund.read") or not asked.amounts:
        return None
    rows: list[dict[str, Any]] = []
    for fen in asked.amounts:
        rows += await reading.rows(
            "SELECT number, amount_fen, requested_at FROM refund WHERE amount_fen = $1 "  # noqa: S608 - a number
            f"ORDER BY number DESC LIMIT {SHOWN + 1}",
            fen,
        )
    hits = [
        Hit(
            number=row["number"],
            href=addresses.of("refund", row["number"]),
            on=clock.business_date(row["requested_at"]).isoformat(),
            amount_fen=row["amount_fen"],
        )
        for row in rows
    ]
    return _listed(REFUNDS, hits, "/refunds", asked)


def _listed(kind: str, hits: list[Hit], path: str, asked: Asked, *, more: bool = False) -> Hits | None:
    """Hits with what was typed as yuan before what was read as fen, and the list of all that the first are of."""
    hits = search.as_typed(hits, asked)
    amounts = [hits[0].amount_fen or 0] if hits and asked.amounts else []
    return search.listed(kind, hits, all_href=list_filters.address(path, amounts, asked.name), more=more)


finders = [
    receipt,
    pledge,
    refund,
    reversal,
    unit,
    rosters,
    gifts,
    gifts_by_memo,
    pledges_promised,
    refunds_asked,
    box_opening,
]
