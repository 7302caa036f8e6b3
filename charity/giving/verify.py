"""`charity verify`, the part of giving: rows say what was hashed (I3), references (I7), receipts (I10), pages (I12).

Everything is counted by the database; each failure names what differs.
"""

from charity.db import reading
from charity.errors import Failure
from charity.giving import receipts, refunds
from charity.ledger import checks, numbers
from charity.ledger.checks import Check

_POSTED = (
    "(SELECT p.seq, a.fund, -SUM(p.quantity) AS fen FROM posting p JOIN account a ON a.id = p.account "
    "WHERE a.chart IN ('4101', '2601') GROUP BY p.seq, a.fund)"
)

_POSTED_THERE = _POSTED.replace("WHERE ", "WHERE p.seq > $1 AND p.seq <= $2 AND ")

# What a receipt and a gift on it say of each other, in one pass over both.
_PAIR = {
    "the gift does not point to it": "r.status = 'issued' AND COALESCE(d.receipt, '') <> r.code",
    "it is not of the campaign, the fund, the kind or an entry of its gifts": "COALESCE(r.campaign, '') "
    "<> COALESCE(d.campaign, '') OR r.fund <> d.fund OR r.kind <> d.kind OR r.seq <> d.seq AND r.seq NOT IN "
    "(SELECT g.seq FROM receipt_line k JOIN donation g ON g.key = k.donation WHERE k.number = r.number)",
    "it is the first over its gift and has another giver, handler or instant": "r.replaces IS NULL AND "
    "(r.donor <> d.donor OR r.handler <> e.actor OR r.recorded_at <> e.recorded_at)",
}
_COUNT = numbers.count_sql(receipts.PREFIX, "r.number")
_RECEIPTS: tuple[Check, ...] = (
    (
        "I10",
        "receipt {number} and gift {key}: {what}",
        "SELECT r.number, d.key, CASE "  # noqa: S608 - from this file
        + " ".join(f"WHEN {test} THEN '{words}'" for words, test in _PAIR.items())
        + " END AS what FROM donation d CROSS JOIN receipt_line l CROSS JOIN receipt r CROSS JOIN entry e "
        "WHERE d.seq > $1 AND d.seq <= $2 AND l.donation = d.key AND r.number = l.number AND e.seq = r.seq AND ("
        + " OR ".join(f"({test})" for test in _PAIR.values())
        + ")",
    ),
    (
        "I10",
        "donation {key} is on {n} valid receipts",
        "SELECT l.donation AS key, COUNT(*) AS n FROM receipt_line l JOIN receipt r ON r.number = l.number "
        "WHERE r.status = 'issued' GROUP BY l.donation HAVING COUNT(*) > 1",
    ),
    (
        "I10",
        "receipt {number} says {stated} fen, its gifts are {given} fen",
        "SELECT r.number, r.amount_fen AS stated, COALESCE(SUM(d.amount_fen - d.refunded_fen), 0) AS given "
        "FROM receipt r LEFT JOIN receipt_line l ON l.number = r.number LEFT JOIN donation d ON d.key = l.donation "
        "WHERE r.status = 'issued' GROUP BY r.code, r.number, r.amount_fen "
        "HAVING COALESCE(SUM(d.amount_fen - d.refunded_fen), 0) <> r.amount_fen",
    ),
    (
        "I10",
        "receipt {number} covers gifts of {n} givers who are no one work unit",
        "SELECT r.number, COUNT(DISTINCT d.donor) AS n FROM receipt r JOIN receipt_line l ON l.number = r.number "
        "JOIN donation d ON d.key = l.donation WHERE r.status = 'issued' GROUP BY r.code, r.number "
        "HAVING COUNT(DISTINCT d.donor) > 1 AND (COUNT(DISTINCT d.work_unit) <> 1 OR COUNT(d.work_unit) <> COUNT(*))",
    ),
    (
        "I10",
        "donation {key} points to a receipt that is not its valid one",
        "SELECT d.key FROM donation d LEFT JOIN receipt r ON r.code = d.receipt AND r.status = 'issued' "
        "LEFT JOIN receipt_line l ON l.donation = d.key AND l.number = r.number "
        "WHERE d.seq > $1 AND d.seq <= $2 AND d.receipt IS NOT NULL AND l.number IS NULL",
    ),
    (
        "I10",
        "receipt {number} says {stated} fen, the goods on it are {given} fen",
        "SELECT r.number, r.amount_fen AS stated, COALESCE(x.fen, 0) AS given FROM receipt r LEFT JOIN "
        "(SELECT number, CAST(SUM(quantity * price_fen) AS BIGINT) AS fen FROM receipt_item GROUP BY number) x "
        "ON x.number = r.number WHERE COALESCE(x.fen, 0) <> CASE WHEN r.kind = 'in_kind' THEN r.amount_fen ELSE 0 END",
    ),
    (
        "I10",
        "receipt {number} does not print the goods of the receipt that it replaces",
        "SELECT DISTINCT r.number FROM receipt r JOIN receipt o ON o.code = r.replaces JOIN receipt_item i "
        "ON i.number IN (r.number, o.number) LEFT JOIN receipt_item k ON k.number = CASE i.number WHEN r.number "
        "THEN o.number ELSE r.number END AND k.n = i.n AND k.name = i.name AND k.measure = i.measure "
        "AND k.quantity = i.quantity AND k.price_fen = i.price_fen AND k.evidence = i.evidence WHERE k.number IS NULL",
    ),
    (
        "I10",
        "receipts of {year}: {n} numbers, the last is {last}, the next of the series is {next}",
        f"SELECT r.year, COUNT(*) AS n, MAX({_COUNT}) AS last, s.next FROM receipt r "  # noqa: S608 - from this file
        "LEFT JOIN series s ON s.name = 'receipt' AND s.year = r.year GROUP BY r.year, s.next "
        f"HAVING COUNT(*) <> MAX({_COUNT}) OR COUNT(*) + 1 <> COALESCE(s.next, 1)",
    ),
    (
        "I10",
        "donation {key} of {amount_fen} fen never had a receipt",
        "SELECT d.key, d.amount_fen FROM donation d LEFT JOIN receipt_line l ON l.donation = d.key "
        "WHERE d.seq > $1 AND d.seq <= $2 AND d.amount_fen IS NOT NULL AND l.number IS NULL",
    ),
    (
        "I10",
        "receipt {number} covers no gift",
        "SELECT r.number FROM receipt r LEFT JOIN receipt_line l ON l.number = r.number WHERE l.donation IS NULL",
    ),
    (
        "I10",
        "receipt {number} is dated {issued_on}, which is not of its year",
        "SELECT r.number, r.issued_on FROM receipt r WHERE substr(r.issued_on, 1, 4) <> CAST(r.year AS TEXT) "  # noqa: S608 - from this file
        f"OR NOT {numbers.starts_sql(receipts.PREFIX, 'r.year', 'r.number')}",
    ),
    (
        "I10",
        "receipt {number} is {status}, and who ended it, when, or its successor says otherwise",
        "SELECT r.number, r.status FROM receipt r LEFT JOIN receipt n ON n.replaces = r.code "
        "AND n.code = r.replaced_by WHERE (r.status <> 'issued') <> (r.ended_by IS NOT NULL) "
        "OR (r.status <> 'issued') <> (r.ended_at IS NOT NULL) OR (r.status = 'replaced') <> (n.code IS NOT NULL) "
        "OR (r.status = 'replaced') <> (r.replaced_by IS NOT NULL)",
    ),
    (
        "I10",
        "receipt {number} replaces one that does not name it",
        "SELECT r.number FROM receipt r LEFT JOIN receipt o ON o.code = r.replaces AND o.replaced_by = r.code "
        "WHERE r.replaces IS NOT NULL AND o.code IS NULL",
    ),
)

_GIFTS: tuple[Check, ...] = (
    (
        "I3",
        "donation {key}: its columns are not what entry #{seq} says",
        "SELECT d.key, d.seq FROM donation d LEFT JOIN entry e ON e.seq = d.seq AND e.kind = 'gift.cash' "
        "WHERE d.seq > $1 AND d.seq <= $2 AND d.kind = 'cash' AND (e.seq IS NULL OR e.party <> d.donor "
        "OR e.actor <> d.recorded_by "
        "OR e.recorded_at <> d.recorded_at OR @e.donation <> d.key OR @e.campaign <> d.campaign "
        "OR @e.channel <> d.channel OR @e.on <> d.received_on OR e.effective_on <> d.booked_on "
        "OR COALESCE(@e.work_unit, '') <> COALESCE(d.work_unit, ''))",
    ),
    (
        "I3",
        "donation {key} in kind: its columns are not what entry #{seq} says",
        "SELECT d.key, d.seq FROM donation d LEFT JOIN entry e ON e.seq = d.seq AND e.kind = 'goods.gift' "
        "WHERE d.seq > $1 AND d.seq <= $2 AND d.kind = 'in_kind' AND (e.seq IS NULL OR e.party <> d.donor "
        "OR e.actor <> d.recorded_by "
        "OR e.recorded_at <> d.recorded_at OR @e.store <> COALESCE(d.store, '') OR e.effective_on <> d.booked_on "
        "OR COALESCE(@e.campaign, '') <> COALESCE(d.campaign, ''))",
    ),
    (
        "I10",
        "entry #{seq} posted {posted} fen to fund {fund}, its gifts are {given} fen",
        "SELECT d.seq, d.fund, d.given, COALESCE(x.fen, 0) AS posted FROM "  # noqa: S608 - from this file
        "(SELECT seq, fund, SUM(COALESCE(amount_fen, 0)) AS given FROM donation WHERE seq > $1 AND seq <= $2 "
        f"GROUP BY seq, fund) d LEFT JOIN {_POSTED_THERE} x ON x.seq = d.seq AND x.fund = d.fund "
        "WHERE d.given <> COALESCE(x.fen, 0)",
    ),
    (
        "I3",
        "entry #{seq} is a gift without a row of its own",
        "SELECT e.seq FROM entry e LEFT JOIN donation d ON d.seq = e.seq WHERE e.seq > $1 AND e.seq <= $2 "
        "AND e.kind IN ('gift.cash', 'goods.gift') AND d.key IS NULL",
    ),
    (
        "I3",
        "donation {key} is {status}, the books say otherwise",
        "SELECT d.key, d.status FROM donation d LEFT JOIN entry b ON b.reverses = d.seq "
        "WHERE d.seq > $1 AND d.seq <= $2 AND d.status <> CASE "
        "WHEN b.seq IS NOT NULL THEN 'reversed' WHEN d.refunded_fen > 0 AND d.refunded_fen = d.amount_fen "
        "THEN 'refunded' ELSE 'ok' END",
    ),
    (
        "I10",
        "donation {key}: {stated} fen are marked as refunded, its refunds are {paid} fen",
        "SELECT d.key, d.refunded_fen AS stated, COALESCE(x.fen, 0) AS paid FROM donation d LEFT JOIN "
        "(SELECT donation, SUM(amount_fen) AS fen FROM refund WHERE status = 'refunded' GROUP BY donation) x "
        "ON x.donation = d.key WHERE d.refunded_fen <> COALESCE(x.fen, 0)",
    ),
    (
        "I3",
        "refund {number}: its columns are not what its entry says, or one person asked and approved",
        "SELECT r.number FROM refund r JOIN donation d ON d.key = r.donation "  # noqa: S608 - from this file
        "LEFT JOIN entry e ON e.seq = r.seq AND e.kind = 'gift.refund' "
        f"LEFT JOIN {_POSTED} x ON x.seq = r.seq AND x.fund = d.fund LEFT JOIN refund_of o ON o.seq = r.seq "
        "WHERE COALESCE(r.approved_by, '') = r.requested_by OR (r.status = 'requested') <> (r.approved_by IS NULL) "
        "OR (r.status = 'refunded') <> (r.seq IS NOT NULL) OR r.status = 'refunded' AND (e.seq IS NULL "
        "OR @e.refund <> r.number OR @e.donation <> r.donation OR e.actor <> r.approved_by "
        "OR -x.fen <> r.amount_fen OR o.gift_seq <> d.seq)",
    ),
    (
        "I3",
        "entry #{seq} is a refund without a row of its own",
        "SELECT e.seq FROM entry e LEFT JOIN refund r ON r.seq = e.seq WHERE e.kind = 'gift.refund' "
        "AND r.number IS NULL",
    ),
    (
        "I3",
        "pledge {code} is {status} with {received_fen} fen, its gifts are {given} fen",
        "SELECT p.code, p.status, p.received_fen, COALESCE(x.fen, 0) AS given FROM pledge p LEFT JOIN "
        "(SELECT pledge, SUM(amount_fen) AS fen FROM donation WHERE pledge IS NOT NULL GROUP BY pledge) x "
        "ON x.pledge = p.code WHERE p.received_fen <> COALESCE(x.fen, 0) "
        "OR (p.status = 'received') <> (p.received_fen >= p.amount_fen) "
        "OR p.status = 'pending' AND p.received_fen > 0 OR p.status = 'partial' AND p.received_fen = 0",
    ),
    (
        "I3",
        "donation {key} is not of the campaign, fund, giver or work unit of its pledge",
        "SELECT d.key FROM donation d JOIN pledge p ON p.code = d.pledge WHERE d.campaign <> p.campaign "
        "OR d.fund <> p.fund OR d.donor <> p.donor OR COALESCE(d.work_unit, '') <> COALESCE(p.work_unit, '')",
    ),
    (
        "I12",
        "{campaign}, unit {work_unit}: the kept sums are off by {gifts} gifts, {donors} givers, {fen} fen",
        "SELECT x.campaign, x.work_unit, SUM(x.gifts) AS gifts, SUM(x.donors) AS donors, SUM(x.fen) AS fen FROM ("
        "SELECT campaign, work_unit, gifts, donors, net_fen AS fen FROM unit_sum UNION ALL "
        "SELECT campaign, work_unit, -COUNT(*), -COUNT(DISTINCT donor), -SUM(amount_fen - refunded_fen) FROM donation "
        "WHERE kind = 'cash' AND work_unit IS NOT NULL GROUP BY campaign, work_unit) x "
        "GROUP BY x.campaign, x.work_unit HAVING SUM(x.gifts) <> 0 OR SUM(x.donors) <> 0 OR SUM(x.fen) <> 0",
    ),
    (
        "I12",
        "campaign {slug}: the page says {in_kind} gifts in kind, there are {given}",
        "SELECT f.slug, f.in_kind, COALESCE(x.n, 0) AS given FROM campaign_figures f LEFT JOIN (SELECT campaign, "
        "COUNT(*) AS n FROM donation WHERE kind = 'in_kind' AND status = 'ok' GROUP BY campaign) x "
        "ON x.campaign = f.slug WHERE f.in_kind <> COALESCE(x.n, 0)",
    ),
    (
        "I7",
        "refunds of {year}: {n} numbers, the next of the series is {next}",
        f"SELECT x.year, x.n, s.next FROM (SELECT {numbers.year_sql(refunds.PREFIX, 'number')} AS year, COUNT(*) AS n "  # noqa: S608 - from this file
        "FROM refund GROUP BY 1) x "
        "LEFT JOIN series s ON s.name = 'refund' AND CAST(s.year AS TEXT) = x.year "
        "WHERE x.n + 1 <> COALESCE(s.next, 1)",
    ),
    (
        "I7",
        "donation {key}: its payment reference is not kept as used",
        "SELECT d.key FROM donation d LEFT JOIN channel_ref c ON c.key = d.channel || ':' || d.channel_ref "
        "AND c.donation = d.key WHERE d.seq > $1 AND d.seq <= $2 AND d.channel_ref <> '' AND c.key IS NULL",
    ),
    (
        "I7",
        "the payment reference {key} is kept for a gift that does not carry it",
        "SELECT c.key FROM channel_ref c LEFT JOIN donation d ON d.key = c.donation "
        "AND d.channel || ':' || d.channel_ref = c.key WHERE d.key IS NULL",
    ),
)


_FIGURES: Check = (
    "I12",
    "campaign {slug} has no figures: no page shows it",
    "SELECT c.slug FROM campaign c LEFT JOIN campaign_figures f ON f.slug = c.slug WHERE f.slug IS NULL",
)
# Gifts are what the journal says by the checks above; a statement a campaign, so that each is a short snapshot.
_CAMPAIGN = (
    "SELECT f.received_fen, f.refunded_fen, f.gifts, f.donors, CAST(COALESCE(x.fen, 0) AS BIGINT) AS received_booked, "
    "CAST(COALESCE(y.fen, 0) AS BIGINT) AS refunded_booked, x.gifts AS gifts_booked, x.donors AS donors_booked "
    "FROM campaign_figures f CROSS JOIN (SELECT SUM(amount_fen) AS fen, COUNT(*) AS gifts, COUNT(DISTINCT donor) "
    "AS donors FROM donation WHERE campaign = $1 AND kind = 'cash') x CROSS JOIN (SELECT SUM(r.amount_fen) AS fen "
    "FROM refund r JOIN donation d ON d.key = r.donation WHERE r.status = 'refunded' AND d.campaign = $1) y "
    "WHERE f.slug = $1"
)
_SHOWN = (("received_fen", "received"), ("refunded_fen", "refunded"), ("gifts", "gifts"), ("donors", "donors"))


async def _campaigns() -> list[Failure]:
    """I12: what a campaign's page says is what was booked."""
    failures = await checks.failures([_FIGURES])
    for campaign in await reading.rows("SELECT slug FROM campaign ORDER BY slug"):
        slug = campaign["slug"]
        for row in await reading.rows(_CAMPAIGN, slug):
            for name, short in _SHOWN:
                shown, booked = row[name], row[f"{short}_booked"]
                if shown != booked:
                    failures.append(
                        Failure("I12", f"campaign {slug}: the page says {name} {shown}, booked are {booked}")
                    )
    return failures


async def run() -> list[Failure]:
    """What does not hold; an empty list when all is well."""
    return [*await checks.failures(_RECEIPTS), *await checks.failures(_GIFTS), *await _campaigns()]
