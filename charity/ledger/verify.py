"""`charity verify`, the ledger's part: I1-I9, I13 and I14 of docs/books.md, read from the journal and nothing else.

The journal is replayed in seq order (charity/ledger/replay.py); what the replay adds up to is compared with the
tables that repeat it, in one short snapshot. Every failure is put into words, with its seq.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping

from charity.db import reading
from charity.errors import Failure
from charity.ledger import checks, equation, numbering, payment_numbers, plans
from charity.ledger.replay import Replay
from charity.ledger.streams import Piece, length, merged, without


def _signed(signs: Mapping[str, int]) -> str:
    """The sign of a figure in its equation, as SQL; what is held for others has the same in both."""
    cases = " ".join(f"WHEN '{figure}' THEN {sign}" for figure, sign in {**signs, **equation.AGENCY_SIGNS}.items())
    return f"CASE figure {cases} ELSE 0 END"


def _listed(charts: Iterable[str]) -> str:
    return ", ".join(f"'{chart}'" for chart in sorted(charts))


# Columns that repeat what a code or a body says: registers and balances read them.
_CHECKS: tuple[checks.Check, ...] = (
    (
        "I3",
        "科目 {code}：各列与代码不符",
        "SELECT a.code FROM account a WHERE a.code <> CASE WHEN a.chart = '' AND a.fund = '' THEN a.place "
        "ELSE a.chart || '/' || a.place || '/' || a.fund END",
    ),
    (
        "I3",
        "单位 {code} 不属于 {kind} 类",
        "SELECT u.code, u.kind FROM unit u WHERE u.kind <> CASE WHEN u.code = 'CNY' THEN 'money' "
        "WHEN u.code LIKE 'lot:%' THEN 'lot' WHEN u.code LIKE 'points:%' THEN 'points' ELSE '' END",
    ),
    (
        "I5",
        "{account} {unit}：下限被取消了",
        "SELECT a.code AS account, u.code AS unit FROM holding h JOIN account a ON a.id = h.account "
        "JOIN unit u ON u.id = h.unit WHERE COALESCE(h.minimum, -1) <> CASE WHEN a.code LIKE 'store:%' "
        "OR a.code LIKE 'household:%' OR a.code LIKE 'transit:%' OR a.code LIKE '1001/%' OR a.code LIKE '1002/%' "
        "OR a.code LIKE '1009/%' OR a.code LIKE '1122/%' THEN 0 ELSE -1 END",
    ),
    (
        "I5",
        "{account}：{day} 日终为 {held} 分",
        "SELECT account, day, held FROM (SELECT a.code AS account, t.day, CAST(SUM(t.debit - t.credit) OVER "
        "(PARTITION BY t.account ORDER BY t.day) AS BIGINT) AS held FROM account a JOIN turnover t ON t.account = a.id "
        "JOIN unit u ON u.id = t.unit WHERE u.code = 'CNY' AND a.chart IN ('1001', '1002', '1009')) x WHERE held < 0",
    ),
    (
        "I8",
        "#{seq}：基金 {fund} 属于 {kind}，捐赠却记入 {chart}",
        "SELECT p.seq, a.fund, f.kind, a.chart FROM account a JOIN fund f ON f.code = a.fund "
        "JOIN posting p ON p.account = a.id WHERE a.chart IN ('4101', '2601') "
        "AND (a.chart = '2601') <> (f.kind = 'agency')",
    ),
    (
        "I9",
        "基金 {fund}：已支出记为 {kept} 分，各段合计 {spent} 分",
        "SELECT x.fund, SUM(x.kept) AS kept, SUM(x.spent) AS spent FROM (SELECT fund, spent_fen AS kept, 0 AS spent "
        "FROM fund_sum UNION ALL SELECT fund, 0, SUM(stop - start) FROM segment WHERE kind = 'spent' GROUP BY fund) x "
        "GROUP BY x.fund HAVING SUM(x.kept) <> SUM(x.spent)",
    ),
    (
        "I12",
        "基金 {fund}，{month}：净资产变动合计 {kept} 分，账簿为 {booked} 分",
        "SELECT x.fund, x.month, SUM(x.kept) AS kept, SUM(x.booked) AS booked FROM (SELECT fund, month, "
        "worth_fen AS kept, 0 AS booked FROM fund_month UNION ALL SELECT a.fund, substr(t.day, 1, 7), 0, "
        "SUM(t.credit - t.debit) FROM account a JOIN turnover t ON t.account = a.id JOIN unit u ON u.id = t.unit "
        "WHERE u.code = 'CNY' AND (a.chart LIKE '31%' OR a.chart LIKE '32%' OR a.chart LIKE '4%' OR a.chart LIKE '5%' "
        "OR a.chart = '2601') GROUP BY a.fund, substr(t.day, 1, 7)) x GROUP BY x.fund, x.month "
        "HAVING SUM(x.kept) <> SUM(x.booked)",
    ),
    (
        "I12",
        "{month}，基金 {fund} 的 {figure}：每月合计与每日合计相差款 {money} 分、物 {goods} 分",
        "SELECT x.month, x.fund, x.figure, SUM(x.money) AS money, SUM(x.goods) AS goods FROM (SELECT month, fund, "
        "figure, money_fen AS money, goods_fen AS goods FROM figure_month UNION ALL SELECT substr(day, 1, 7), fund, "
        "figure, -money_fen, -goods_fen FROM figure_day) x GROUP BY x.month, x.fund, x.figure "
        "HAVING SUM(x.money) <> 0 OR SUM(x.goods) <> 0",
    ),
    (
        "I12",
        "基金 {fund}：等式与账簿相差款 {money} 分、物 {goods} 分",
        "SELECT x.fund, SUM(x.money) AS money, SUM(x.goods) AS goods FROM (SELECT fund, "  # noqa: S608 - from code
        f"{_signed(equation.MONEY_SIGNS)} * money_fen AS money, {_signed(equation.GOODS_SIGNS)} * goods_fen AS goods "
        "FROM figure_month UNION ALL SELECT a.fund, "
        f"CASE WHEN a.chart IN ({_listed(equation.MONEY_CHARTS)}) THEN -h.quantity ELSE 0 END, "
        f"CASE WHEN a.chart IN ({_listed(equation.GOODS_CHARTS)}) THEN -h.quantity ELSE 0 END "
        "FROM holding h JOIN account a ON a.id = h.account JOIN unit u ON u.id = h.unit WHERE u.code = 'CNY') x "
        "GROUP BY x.fund HAVING SUM(x.money) <> 0 OR SUM(x.goods) <> 0",
    ),
    (
        "I9",
        "#{seq} 退的不是正文所写的那一笔捐赠",
        "SELECT e.seq FROM entry e LEFT JOIN refund_of r ON r.seq = e.seq WHERE e.kind = 'gift.refund' "
        "AND COALESCE(CAST(r.gift_seq AS TEXT), '') <> @e.refund_of",
    ),
    (
        "I9",
        "#{seq} 记为退款，其实不是",
        "SELECT r.seq FROM refund_of r LEFT JOIN entry e ON e.seq = r.seq AND e.kind = 'gift.refund' "
        "WHERE e.seq IS NULL",
    ),
    (
        "I7",
        "键 {key} 回答的不是它办成的那一笔分录",
        "SELECT i.key FROM idem i LEFT JOIN entry e ON e.id16 = @i:entry WHERE @i:entry IS NOT NULL "
        "AND (e.seq IS NULL OR i.seq IS NULL OR e.seq < i.seq)",
    ),
)


async def run() -> list[Failure]:
    """Check I1-I9, I13 and I14; the failures, none when the books are right."""
    replay = Replay()
    for row in await reading.rows("SELECT code, kind, programmes, plan FROM fund"):
        code, plan = row["code"], plans.read(row["plan"])
        replay.funds[code], replay.kinds[code] = json.loads(row["programmes"]), row["kind"]
        if plan is not None:
            replay.plans[code] = plan
    await replay.follow()
    async with reading.snapshot():
        await replay.follow()  # what was posted meanwhile
        await _head(replay)
        await _holdings(replay)
        await _streams(replay)
        await _arrivals(replay)
        await _plans(replay)
        await _figures(replay)
        await _journal_vouchers(replay)
    if not replay.readable:
        return replay.failures
    await _reversals(replay)
    await _keys(replay)
    return [*replay.failures, *await payment_numbers.failures(), *await checks.failures(_CHECKS)]


async def _head(replay: Replay) -> None:
    head = await reading.row("SELECT seq, leaf, at FROM head WHERE id = 1")
    if head is None or (head["seq"], head["leaf"], head["at"]) != (replay.seq, replay.leaf, replay.at):
        replay.fail("I2", "head 不是最后一笔分录")


async def _holdings(replay: Replay) -> None:
    """I4: holdings and turnover are what the postings add up to."""

    def pair(account: int, unit: int) -> str:
        place = replay.places.get(account)
        return f"{place.code if place else account} {replay.units.get(unit, unit)}"

    held = {(row[0], row[1]): row[2] for row in await reading.tuples("SELECT account, unit, quantity FROM holding")}
    for key in held.keys() | replay.holdings.keys():
        if held.get(key, 0) != replay.holdings.get(key, 0):
            replay.fail(
                "I4",
                "{what}：结存 {held}，分录合计 {posted}",
                what=pair(*key),
                held=held.get(key, 0),
                posted=replay.holdings.get(key, 0),
            )
    seen = 0
    for account, unit, day, debit, credit in await reading.tuples(
        "SELECT account, unit, day, debit, credit FROM turnover"
    ):
        seen += 1
        posted = replay.turnover.get(day, {}).get((account, unit))
        if posted != [debit, credit]:
            replay.fail(
                "I4",
                "{what} {day}：发生额 {kept}，分录合计 {posted}",
                what=pair(account, unit),
                day=day,
                kept=[debit, credit],
                posted=posted,
            )
    posted_days = sum(len(amounts) for amounts in replay.turnover.values())
    if seen < posted_days:
        replay.fail("I4", "缺 {count} 天的发生额", count=posted_days - seen)


async def _figures(replay: Replay) -> None:
    """I12: each day's figures are what its postings say."""
    kept = {
        (day, fund, figure): [money, goods]
        for day, fund, figure, money, goods in await reading.tuples(
            "SELECT day, fund, figure, money_fen, goods_fen FROM figure_day"
        )
    }
    for key in sorted(kept.keys() | replay.figures.keys()):
        has, posted = kept.get(key, [0, 0]), replay.figures.get(key, [0, 0])
        if has != posted:
            words = "{day}，基金 {fund} 的 {figure}（款、物）：合计 {kept}，分录为 {posted}"
            replay.fail("I12", words, day=key[0], fund=key[1], figure=key[2], kept=has, posted=posted)


async def _streams(replay: Replay) -> None:
    kept = await reading.rows("SELECT fund, inflow, outflow, low FROM stream")
    for fund in replay.streams.keys() - {row["fund"] for row in kept}:
        replay.fail("I9", "缺基金 {fund} 的资金流", fund=fund)
    for row in kept:
        stream = replay.stream(row["fund"])
        if (row["inflow"], row["outflow"], row["low"]) != (stream.inflow, stream.outflow, stream.low):
            replay.fail("I9", "基金 {fund} 的资金流与正文不符", fund=row["fund"])
    segments = {
        (fund, stop): (start, owner, kind)
        for fund, start, stop, owner, kind in await reading.tuples(
            "SELECT fund, start, stop, owner_seq, kind FROM segment"
        )
    }
    if segments != replay.segments:
        odd = segments.items() ^ replay.segments.items()
        wrong = sorted(str((fund, (start, stop))) for (fund, stop), (start, *_) in odd)
        replay.fail("I9", "各段与正文不符：{places}", places=", ".join(wrong[:5]))


async def _plans(replay: Replay) -> None:
    """I8: what was used of each line of a plan is what left the fund for it; the fund is for its plan's programmes."""
    rows = await reading.tuples("SELECT fund, line, used_fen FROM plan_use")
    kept = {(fund, line): used for fund, line, used in rows}
    for fund, line in sorted(kept.keys() | replay.uses.keys()):
        used, left = kept.get((fund, line), 0), replay.uses.get((fund, line), 0)
        if used != left:
            msgid = "基金 {fund} 的方案中 {line} 记为已用 {used} 分，分录合计 {left} 分"
            replay.fail("I8", msgid, fund=fund, line=line, used=used, left=left)
    for fund, plan in replay.plans.items():
        if sorted(plan.programmes) != sorted(replay.funds[fund]):
            replay.fail("I8", "基金 {fund} 可用于的项目不是方案所列", fund=fund)


async def _arrivals(replay: Replay) -> None:
    """I9: positions belong to the entry they came with, or to the one that took them over in exchange for its own."""
    owners: dict[str, list[tuple[Piece, int]]] = defaultdict(list)
    for fund, piece, seq in replay.owned:
        owners[fund] = [(left, old) for kept, old in owners[fund] for left in without([kept], [piece])]
        owners[fund].append((piece, seq))
    for fund, seq in replay.odd.keys() | {(fund, seq) for fund, rows in owners.items() for _, seq in rows}:
        taken_over = [piece for piece, _ in owners[fund]]
        expected = without(replay.odd.get((fund, seq), []), taken_over)
        expected += [piece for piece, owner in owners[fund] if owner == seq]
        rows = await reading.tuples("SELECT start, stop FROM inflow WHERE seq = $1 AND fund = $2", seq, fund)
        if merged((start, stop) for start, stop in rows) != merged(expected):
            replay.fail("I9", "#{seq} 给基金 {fund} 的流入与正文不符", fund=fund, seq=seq)
    await _given(replay)
    for fund, rows in owners.items():
        for (start, stop), seq in rows:
            arrivals = await reading.tuples(
                "SELECT seq FROM inflow WHERE fund = $1 AND start < $2 AND stop > $3 AND start >= "
                "(SELECT COALESCE(MAX(start), 0) FROM inflow WHERE fund = $1 AND start <= $3)",
                fund,
                stop,
                start,
            )
            if {row[0] for row in arrivals} != {seq}:
                replay.fail(
                    "I9", "基金 {fund} 的 {start} 至 {stop} 不只属于 #{seq}", fund=fund, start=start, stop=stop, seq=seq
                )


async def _given(replay: Replay) -> None:
    """I9: who exchanged positions owns as many as arrived with the entry."""
    for seq in sorted(replay.exchanged):
        rows = await reading.rows(
            "SELECT e.body, (SELECT CAST(COALESCE(SUM(i.stop - i.start), 0) AS BIGINT) FROM inflow i "
            "WHERE i.seq = e.seq) AS fen FROM entry e WHERE e.seq = $1",
            seq,
        )
        for row in rows:
            received = json.loads(row["body"]).get("flows", {}).get("received", [])
            given = sum(length(map(tuple, pieces)) for _, pieces in received)
            if row["fen"] != given:
                replay.fail("I9", "#{seq} 收到 {given} 分，资金流里却有 {fen} 分", seq=seq, given=given, fen=row["fen"])


async def _journal_vouchers(replay: Replay) -> None:
    """I14: the numbers, their entries and their lines are what the journal gives them, in the order of seq."""
    expected = {row["number"]: row for row in replay.numbering.new}
    joinable = {row["number"] for row in replay.numbering.open.values()} - replay.closed.keys()
    lines = replay.numbering.lines
    for row in await reading.rows("SELECT * FROM journal_voucher"):
        mine, number = expected.pop(row["number"], None), row["number"]
        open_key = row["key"] if number in joinable else None
        review = {name: row[name] for name in ("reviewed_at", "reviewed_by")}
        if mine is None or row != {**mine, **review, "open_key": open_key}:
            replay.fail("I14", "记账凭证 {number} 与它的分录不符", number=number)
    for number in sorted(expected):
        replay.fail("I14", "缺记账凭证 {number}", number=number)
    kept = {
        (n, a): [d, c]
        for n, a, d, c in await reading.tuples("SELECT number, account, debit_fen, credit_fen FROM journal_line")
    }
    for number in sorted({key[0] for key in kept.keys() | lines.keys() if kept.get(key) != lines.get(key)}):
        replay.fail("I14", "记账凭证 {number} 的各行与它的分录不符", number=number)
    series = {row["name"]: row["next"] for row in await reading.rows(_JOURNAL_SERIES)}
    if series != {f"{numbering.SERIES}-{month}": n for month, n in replay.numbering.following.items()}:
        replay.fail("I14", "记账凭证的编号序列与凭证不符")


_JOURNAL_SERIES = f"SELECT name, next FROM series WHERE name LIKE '{numbering.SERIES}-%'"  # noqa: S608 - from code


async def _reversals(replay: Replay) -> None:
    seen: set[int] = set()
    for seq, original in sorted(replay.reversed.items()):
        if original in seen or original in replay.reversed:
            replay.fail("I6", "#{seq}：#{original} 冲销了两次，或本身就是冲销", seq=seq, original=original)
        seen.add(original)
        rows = await reading.rows("SELECT seq, body FROM entry WHERE seq IN ($1, $2)", seq, original)
        bodies = {r["seq"]: json.loads(r["body"]) for r in rows}
        negated = [[a, u, -q] for a, u, q in bodies.get(original, {"postings": []})["postings"]]
        if bodies[seq]["postings"] != negated:
            replay.fail("I6", "#{seq} 不是 #{original} 的准确相反", seq=seq, original=original)


async def _keys(replay: Replay) -> None:
    for row in await reading.rows(
        "SELECT i.key, i.seq FROM idem i LEFT JOIN entry e ON e.seq = i.seq WHERE i.seq IS NOT NULL AND e.seq IS NULL"
    ):
        replay.fail("I7", "键 {key} 指向 #{seq}，这笔分录不在", key=row["key"], seq=row["seq"])
    for row in await reading.rows(
        "SELECT seq, COUNT(*) AS n FROM idem WHERE seq IS NOT NULL GROUP BY seq HAVING COUNT(*) > 1"
    ):
        replay.fail("I7", "#{seq} 有 {count} 个键", seq=row["seq"], count=row["n"])
