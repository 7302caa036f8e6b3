"""Files of banks come in: read and shown (`upload`), then taken in (`take`). How they leave again: `withdrawals`.

`upload` writes the lines that are new in transactions of LINES_A_TX at most; nobody sees them before `take`, which is
one short transaction however many they are. Whatever ends an upload half way leaves no line that anybody sees: the same
file uploaded again begins anew and ends the same.

**Duplicates by occurrence.** What makes a line itself is its place, day, time, sums, name, account, memo, reference and
balance. Of k equal lines in a file, where the files before it have m, the last k - m are new: the same file twice
adds none, three equal transfers stay three. `seen_files` is how often the lines of the place had changed when this was
counted; another number at `take` means that it is counted again and shown again. Lines that a file taken back had
kept out cannot be counted back in: what was read before that is `stale`.
"""

import asyncio
import hashlib
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from tortoise.exceptions import IntegrityError

from charity import clock, texts, tokens
from charity.bank import chosen_columns, closed_lines, reasons, rules
from charity.bank.formats import layouts, reading, rows
from charity.bank.formats.reading import Output, Unread
from charity.bank.models import Attempt, BankLineRow, BankStatementRow, LineStatus, StatementStatus
from charity.bank.statements import readers, withdrawals
from charity.db import reading as stored
from charity.db import sealed, transactions
from charity.db.transactions import Tx
from charity.ledger import accounts as acc
from charity.ledger import places
from charity.ledger.places import Place
from charity.office import organisation
from charity.office.organisation import FactKind
from charity.roles import Actor
from charity.words import Term

log = logging.getLogger("charity.bank")
LINES_A_TX: Final = 2_000
"""Lines that one transaction writes: it holds the write lock for some tenths of a second."""
NAME_MAX: Final = 120
TAIL: Final = 4
"""Digits of an account number that a refusal repeats."""
_SAME_FILE: Final = "SELECT key FROM bank_statement WHERE place = $1 AND file_hash = $2 AND status <> $3"
_AGAIN: Final = "UPDATE bank_statement SET again_at = $2 WHERE key = $1"
_PLATFORMS: Final = frozenset({"alipay-fund", "wechat-fund", "wechat-trade"})


async def upload(*, place: str, name: str, data: bytes, columns: Mapping[str, str] | None = None, by: Actor) -> str:
    """Read a file of this place and stage what is new of it; the key of its statement, for `take`.

    A file that was taken in, or waits, is not read again: its key is that of its statement, which notes when it came
    again. Raises the refusals of what cannot be read. `columns` says what the columns are called where no layout knows
    the file; that is kept for the place once a file was read by it.
    """
    by.must("statement.import")
    at = await places.get(place, field="place")
    if at.chart not in {acc.BANK, acc.OTHER_MONEY}:
        raise rules.STATEMENT_PLACE()
    if not data:
        raise rules.STATEMENT_NO_FILE()
    file_hash = (await asyncio.to_thread(hashlib.sha256, data)).hexdigest()
    known = await readers.as_it_stands(at.code, file_hash)
    if known:
        await transactions.run(lambda tx: tx.many(_AGAIN, [[known, clock.stamp()]]))
        return known
    own, wrong = await _number(at), chosen_columns.wrong(columns) if columns else []
    used = columns if columns and not wrong else await chosen_columns.of_place(at.code)
    try:
        output = await reading.read(data, name=name, own=own, columns=used)
    except Unread as unread:
        refusal = reasons.unopened(unread)
        if wrong and "titles" in refusal.facts:
            refusal.fields = tuple(wrong)
        raise refusal from None
    _must_fit(output, at, own)
    row = _row(at, file_hash, texts.cleaned(name)[:NAME_MAX], output, by)
    seen = await _begin(row)
    if output.layout == layouts.CHOSEN and used is columns:
        await chosen_columns.keep(at.code, used, by=by)
    await _stage(row, output, seen)
    log.info("statement.shown", extra=readers.logged(row, by))
    return row["key"]


async def take(key: str, *, content_hash: str, by: Actor) -> None:
    """Take in the lines of the file that was shown; with other files in between it is counted and shown again (409)."""
    by.must("statement.import")
    row = await readers.get(key, by=by)
    readers.content(row).must_be(content_hash)
    if row["status"] != StatementStatus.WAITING:
        raise rules.STATEMENT_NOT_WAITING()
    now = clock.stamp()

    async def flip(tx: Tx) -> bool:
        known = await tx.rows(
            "UPDATE bank_account SET files = files + 1, number = CASE WHEN number = '' THEN $3 ELSE number END "
            "WHERE place = $1 AND files = $2 RETURNING place",
            row["place"],
            row["seen_files"],
            "" if "…" in row["account"] else row["account"],
        )
        if not known:
            return False
        done = await tx.rows(
            "UPDATE bank_statement SET status = $2, taken_by = $3, taken_at = $4 "
            "WHERE key = $1 AND status = $5 RETURNING key",
            key,
            StatementStatus.TAKEN.value,
            by.key,
            now,
            StatementStatus.WAITING.value,
        )
        if not done:
            raise rules.STATEMENT_NOT_WAITING()
        await closed_lines.must_be_open(tx, row["place"], key)
        return True

    if not await transactions.run(flip):
        await _count_again(row)
        raise rules.STATEMENT_OTHERWISE()
    log.info("statement.taken", extra=readers.logged(row, by))


# -- reading ------------------------------------------------------------------------------------------


async def _number(at: Place) -> str:
    """The account number of a place: as its files said it, else that which givers are shown, else ""."""
    known: str = await stored.value("SELECT number FROM bank_account WHERE place = $1", at.code) or ""
    if known or at.code != (await places.receiving()).code:
        return known
    own = (await organisation.facts_on(clock.today())).value(FactKind.ACCOUNT_NUMBER)
    return "".join(own.split())


def _must_fit(output: Output, at: Place, own: str) -> None:
    """Refuse a file of another account, and one that cannot be read whole."""
    platform = output.layout in _PLATFORMS
    if output.layout != layouts.CHOSEN and platform != (at.chart == acc.OTHER_MONEY):
        raise rules.STATEMENT_KIND(layout=Term(reasons.LAYOUT_WORDS[output.layout]), place=at)
    if own and output.account and not rows.same_account(output.account, own):
        raise rules.STATEMENT_ACCOUNT(stated=output.account[-TAIL:], ours=own[-TAIL:], place=at)
    if output.error_count:
        raise reasons.unreadable(output)
    if not output.rows:
        raise rules.STATEMENT_EMPTY()


def _row(at: Place, file_hash: str, name: str, output: Output, by: Actor) -> BankStatementRow:
    key = tokens.key16()
    return BankStatementRow(
        key=key,
        place=at.code,
        file_hash=file_hash,
        file_name=sealed.seal("bank_statement", "file_name", key, name),
        layout=output.layout,
        account=output.account,
        first_on=output.first_on,
        last_on=output.last_on,
        lines=output.rows,
        in_fen=output.in_fen,
        out_fen=output.out_fen,
        new_lines=0,
        new_in_fen=0,
        new_out_fen=0,
        seen_files=0,
        status=StatementStatus.STAGING.value,
        uploaded_by=by.key,
        uploaded_at=clock.stamp(),
        taken_by=None,
        taken_at=None,
        taken_back_by=None,
        taken_back_at=None,
        exported_at=output.exported_at,
        again_at=None,
    )


# -- staging ------------------------------------------------------------------------------------------


async def _begin(row: BankStatementRow) -> int:
    """Write the statement in place of an earlier upload of the same file; how often the place's lines changed."""
    same_file = (row["place"], row["file_hash"], StatementStatus.TAKEN_BACK.value)
    earlier = await stored.value(_SAME_FILE, *same_file)
    if earlier and not await withdrawals.drop(earlier):
        raise rules.STATEMENT_AGAIN()

    async def write(tx: Tx) -> int:
        await tx.many(
            "INSERT INTO bank_account (place, number, files) VALUES ($1, $2, $3) ON CONFLICT (place) DO NOTHING",
            [[row["place"], "", 0]],
        )
        if await tx.row(_SAME_FILE, *same_file):
            raise rules.STATEMENT_AGAIN()
        account = await tx.row("SELECT files FROM bank_account WHERE place = $1", row["place"])
        assert account is not None, "written above"
        seen: int = account["files"]
        await tx.insert("bank_statement", [{**row, "seen_files": seen}])
        return seen

    try:
        return await transactions.run(write)
    except IntegrityError:  # the same file, at the same moment
        raise rules.STATEMENT_AGAIN() from None


async def _stage(row: BankStatementRow, output: Output, seen: int) -> None:
    """Write the new lines, then show the file."""
    counted: Counter[str] = Counter()
    new, came, went = 0, 0, 0
    for first in range(0, output.rows, LINES_A_TX):
        lines = [rows.Line(*cells) for cells in output.lines(first, first + LINES_A_TX)]
        names = [identity(line) for line in lines]
        known = await _known(row["place"], set(names))
        batch: list[BankLineRow] = []
        sums = [(0, 0)]
        for at, (line, name) in enumerate(zip(lines, names, strict=True), first):
            counted[name] += 1
            if counted[name] > known.get(name, 0):
                batch.append(_line(row, at, line, name, counted[name]))
                sums.append(line.columns)
        await transactions.run(lambda tx, batch=batch: _write(tx, row["key"], batch))  # type: ignore[misc] # bound now
        new += len(batch)
        came += sum(fen for fen, _ in sums)
        went += sum(fen for _, fen in sums)
    await transactions.run(lambda tx: _counted(tx, row["key"], (new, came, went), seen))


async def _write(tx: Tx, key: str, batch: Sequence[BankLineRow]) -> None:
    """Add lines of a statement that is still being staged."""
    if not await _held(tx, key, StatementStatus.STAGING):
        raise rules.STATEMENT_AGAIN()
    await tx.insert("bank_line", batch)


async def _held(tx: Tx, key: str, status: StatementStatus) -> bool:
    """Hold a statement of this status as being staged, to the end of the transaction; whether it is one."""
    return bool(
        await tx.rows(
            "UPDATE bank_statement SET status = $2 WHERE key = $1 AND status = $3 RETURNING key",
            key,
            StatementStatus.STAGING.value,
            status.value,
        )
    )


async def _counted(tx: Tx, key: str, new: tuple[int, int, int], seen: int) -> None:
    """Say what a file adds, and that it waits."""
    held = await tx.rows(
        "UPDATE bank_statement SET status = $2, new_lines = $3, new_in_fen = $4, new_out_fen = $5, seen_files = $6 "
        "WHERE key = $1 AND status = $7 RETURNING key",
        key,
        StatementStatus.WAITING.value,
        *new,
        seen,
        StatementStatus.STAGING.value,
    )
    if not held:
        raise rules.STATEMENT_AGAIN()


async def _known(place: str, names: set[str]) -> dict[str, int]:
    """How many lines of these identities the files of a place that were taken in have."""
    output = await stored.rows(
        "SELECT l.identity, COUNT(*) AS n FROM bank_line l JOIN bank_statement s ON s.key = l.statement "  # noqa: S608 - places only
        f"WHERE l.place = $1 AND s.status = $2 AND l.identity IN ({stored.places(len(names), 3)}) GROUP BY l.identity",
        place,
        StatementStatus.TAKEN.value,
        *sorted(names),
    )
    return {line["identity"]: line["n"] for line in output}


async def _count_again(row: BankStatementRow) -> None:
    """Other files came between: drop what they brought of this one, and say what is left.

    It is held as being staged meanwhile: whoever takes it in beside us has its lines, and none of them is dropped.
    """
    if not await transactions.run(lambda tx: _held(tx, row["key"], StatementStatus.WAITING)):
        raise rules.STATEMENT_NOT_WAITING()
    seen: int = await stored.value("SELECT files FROM bank_account WHERE place = $1", row["place"])
    after = ""
    while True:
        lines = await stored.rows(
            "SELECT key, identity, occurrence FROM bank_line WHERE statement = $1 AND key > $2 ORDER BY key LIMIT $3",
            row["key"],
            after,
            LINES_A_TX,
        )
        if not lines:
            break
        after = lines[-1]["key"]
        known = await _known(row["place"], {line["identity"] for line in lines})
        gone = [[line["key"]] for line in lines if line["occurrence"] <= known.get(line["identity"], 0)]
        await transactions.run(lambda tx, gone=gone: tx.many("DELETE FROM bank_line WHERE key = $1", gone))  # type: ignore[misc] # bound now
    left = await stored.only(
        "SELECT COUNT(*) AS n, "
        "CAST(COALESCE(SUM(CASE WHEN reversal THEN -out_fen ELSE in_fen END), 0) AS BIGINT) AS came, "
        "CAST(COALESCE(SUM(CASE WHEN reversal THEN -in_fen ELSE out_fen END), 0) AS BIGINT) AS went "
        "FROM bank_line WHERE statement = $1",
        row["key"],
    )
    await transactions.run(lambda tx: _counted(tx, row["key"], (left["n"], left["came"], left["went"]), seen))


# -- lines --------------------------------------------------------------------------------------------


def identity(line: rows.Line) -> str:
    """The keyed hash of what makes a line itself, 32 hex digits: nobody can try names against it."""
    parts = (
        line.on_day,
        line.at_time,
        str(line.in_fen),
        str(line.out_fen),
        "" if line.balance_fen is None else str(line.balance_fen),
        line.name,
        line.account,
        line.memo,
        line.reference,
        *(("reversal",) if line.reversal else ()),
    )
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16, key=_identity_key()).hexdigest()


@lru_cache(maxsize=1)
def _identity_key() -> bytes:
    return sealed.derived("charity bank line identity")


def _line(row: BankStatementRow, at: int, line: rows.Line, name: str, occurrence: int) -> BankLineRow:
    key = f"{row['key']}-{at:06d}"
    return BankLineRow(
        key=key,
        statement=row["key"],
        file_row=line.row,
        place=row["place"],
        on_day=line.on_day,
        at_time=line.at_time,
        in_fen=line.in_fen,
        out_fen=line.out_fen,
        balance_fen=line.balance_fen,
        name=sealed.seal("bank_line", "name", key, line.name),
        account=sealed.seal("bank_line", "account", key, line.account),
        memo=sealed.seal("bank_line", "memo", key, line.memo),
        reference=line.reference,
        kind=line.kind,
        reversal=line.reversal,
        identity=name,
        occurrence=occurrence,
        status=LineStatus.OPEN.value,
        matched=None,
        cleared_on=None,
        attempt=Attempt.DUE.value,
    )
