"""A register becomes a file: read once into a spool, hashed, compared with the books, then written.

The data hash is SHA-256 over JSON lines in UTF-8: first the facts of the register (name, period, filters,
last entry), then one array of values a row in column order. It is the same whatever the format, it
stands at the foot of every page, and `/v/{code}` repeats it. Sums of the rows must be the totals, and
the totals must be the books': otherwise there is no file.
"""

import asyncio
import hashlib
import json
import os
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from charity import clock, tokens, words
from charity.documents import facts, rules
from charity.office import organisation, staff
from charity.printing import registers
from charity.printing.document import Column, Document, Filters, Totals
from charity.printing.register_renderer import print_register
from charity.settings import settings
from charity.sheets import csv_out, xlsx_out
from charity.sheets.columns import Column as SheetColumn

READ_ROWS = 1_000
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
OnProgress = Callable[[int, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file and the row of its document."""

    file: str
    bytes: int
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Spool:
    """The rows of a register on disk, one JSON array a line after the line of facts."""

    path: Path
    count: int
    data_hash: str

    def rows(self) -> Iterator[list[Any]]:
        """The rows again, lazily."""
        with self.path.open(encoding="utf-8") as lines:
            next(lines)
            for line in lines:
                yield json.loads(line)


@dataclass(frozen=True, slots=True)
class Head:
    """What a file says of itself: its code, when and by whom it was made, its filters in words, the last entry."""

    code: str
    made_at: str
    maker: str
    filters: str
    seq: int

    @property
    def printed_at(self) -> str:
        """When it was made, in Shanghai."""
        return clock.instant(self.made_at).astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M")


async def _maker(account: str) -> str:
    """The name of who made it; nobody's for the command line."""
    return (await staff.names([account])).get(account, "")


async def make(
    *, document: Document, fmt: str, filters: Filters, language: str, out: Path, made_by: str, on_progress: OnProgress
) -> Made:
    """Write the file at `out` (beside it first, then renamed). `filters` were allowed before.

    `on_progress(done, total)` is awaited with how far it is, in steps of reading and then of printing.
    Raises Refusal when the books differ.
    """
    with words.speaking(language):
        shape = facts.shaped(document, filters)
        seq = await facts.head_seq()
        totals = await shape.totals(filters, seq)
        facts.must_agree(totals)
        if totals.count > registers.ROWS_MAX:
            raise rules.TOO_MANY_ROWS(rows=totals.count, limit=registers.ROWS_MAX)
        head = Head(
            code=tokens.code128(),
            made_at=clock.stamp(),
            maker=await _maker(made_by),
            filters=await facts.filter_words(document, filters),
            seq=seq,
        )
        spool_path, part = out.with_suffix(".rows"), out.with_suffix(".part")
        try:
            steps = max(totals.count, 1) * (2 if fmt == "pdf" else 1)
            spool = await _spooled(shape, filters, seq, totals, spool_path, lambda done, _: on_progress(done, steps))
            if fmt == "pdf":
                await _pdf(shape, filters, totals, spool, head, part, on_progress)
            elif fmt == "xlsx":
                _xlsx(shape, filters, totals, spool, head, part)
            else:
                _csv(shape, filters, totals, spool, head, part)
            with part.open("rb") as file:
                file_hash = hashlib.file_digest(file, "sha256").hexdigest()
                os.fsync(file.fileno())
            size = part.stat().st_size
            part.replace(out)
        finally:
            spool_path.unlink(missing_ok=True)
            part.unlink(missing_ok=True)
    issued = {
        "code": head.code,
        "kind": document.name,
        "title": document.title,
        "from_on": filters.begin,
        "to_on": filters.end,
        "format": fmt,
        "row_count": spool.count,
        "seq": seq,
        "copy": facts.copy_of(document, filters),
        "filters": head.filters,
        "sums": _json([[c.title, c.kind, totals.sums[c.key]] for c in shape.columns if c.total]),
        "data_hash": spool.data_hash,
        "file_hash": file_hash,
        "status": "valid",
        "made_by": made_by,
        "made_at": head.made_at,
    }
    return Made(out.name, size, issued)


class _Printed:
    """The rows of a spool with the printed columns only, as often as they are asked for."""

    def __init__(self, spool: Spool, places: list[int]) -> None:
        self._spool, self._places = spool, places

    def __iter__(self) -> Iterator[list[Any]]:
        """The rows from the first one."""
        places = self._places
        return ([row[at] for at in places] for row in self._spool.rows())


def _asked(document: Document, filters: Filters) -> dict[str, str]:
    """The period and every filter of a document, also those that mean all."""
    return {"begin": filters.begin, "end": filters.end, **{wanted.name: filters[wanted] for wanted in document.filters}}


async def _spooled(
    document: Document, filters: Filters, seq: int, totals: Totals, path: Path, on_progress: OnProgress
) -> Spool:
    digest, count = hashlib.sha256(), 0
    sums = dict.fromkeys(totals.sums, 0)
    keys = [column.key for column in document.columns]
    with path.open("wb") as file:

        def write(value: Any) -> None:
            line = _json(value).encode() + b"\n"
            digest.update(line)
            file.write(line)

        asked = {"report": document.name, "columns": keys, "seq": seq, **_asked(document, filters)}
        write(dict(sorted(asked.items())))
        after: str | None = None
        while True:
            page = await document.page(filters, seq, after, READ_ROWS)
            for row in page.rows:
                line = [row[key] for key in keys]
                write(line)
                for key in () if registers.sums_up(document.columns, line) else sums:
                    sums[key] += row[key] if isinstance(row[key], int) else 0
            count += len(page.rows)
            await on_progress(count, max(totals.count, 1))
            after = page.next
            if after is None:
                break
    facts.must_add_up(document, totals, count, sums)
    return Spool(path, count, digest.hexdigest())


def _printed_column(column: Column) -> registers.PrintedColumn:
    kind, width = "text" if column.kind == "code" else column.kind, column.share(words.language())
    return registers.PrintedColumn(
        column.key, words.say(column.title), width, column.align, kind, column.total, column.enters
    )


def _sheet_columns(document: Document) -> list[SheetColumn]:
    return [SheetColumn(c.key, words.say(c.title), "text" if c.kind == "code" else c.kind) for c in document.columns]


async def _pdf(
    document: Document,
    filters: Filters,
    totals: Totals,
    spool: Spool,
    head: Head,
    path: Path,
    on_progress: OnProgress,
) -> None:
    ours = await organisation.get()
    pending: list[asyncio.Task[None]] = []
    rows = max(spool.count, 1)

    async def printed_so_far(done: int, pages: int) -> None:
        await on_progress(rows + rows * done // pages, 2 * rows)

    def on_page(done: int, pages: int) -> None:
        pending.append(asyncio.create_task(printed_so_far(done, pages)))

    register = registers.Register(
        title=facts.title(document, filters),
        organisation=ours.named,
        period=facts.period_words(filters),
        filters=head.filters,
        seq=head.seq,
        unit=words.say("单位：元"),
        columns=[_printed_column(column) for column in document.columns if column.print],
        rows=_Printed(spool, [at for at, column in enumerate(document.columns) if column.print]),
        row_count=spool.count,
        groups=[(group.label, group.figures) for group in totals.groups] if len(totals.groups) > 1 else (),
        group_title=words.say(document.group_title),
        note=document.check(totals),
        sign_offs=[words.say(text) for text in document.sign_offs],
        maker=head.maker,
        code=head.code,
        verify_url=f"{settings().public_url.rstrip('/')}/v/{head.code}",
        hash_hex=spool.data_hash,
        printed_at=head.printed_at,
        demo=ours.demo,
        lang=words.language(),
        sheet=document.sheet,
    )
    await print_register(register, path, progress=on_page)
    await asyncio.gather(*pending)


def _sum_row(document: Document, totals: Totals) -> list[Any]:
    """The last line of a sheet: 合计 under the first text column."""
    row: list[Any] = [totals.sums.get(column.key) for column in document.columns]
    row[0] = words.say("合计")
    return row


def _about(filters: Filters, head: Head) -> list[tuple[str, str]]:
    """What a sheet is made of, as (term, words): equal for equal books."""
    return [
        (words.say("期间"), facts.period_words(filters)),
        (words.say("筛选"), head.filters),
        (words.say("截至分录"), str(head.seq)),
    ]


def _made(head: Head) -> list[tuple[str, str]]:
    """What a sheet is called and when it was made."""
    return [
        (words.say("文件编号"), f"{head.code} {settings().public_url.rstrip('/')}/v/{head.code}"),
        (words.say("打印时间"), head.printed_at),
    ]


def _csv(document: Document, filters: Filters, totals: Totals, spool: Spool, head: Head, path: Path) -> None:
    """The head row first, as programs expect it; what the sheet is stands below its last line."""
    columns = _sheet_columns(document)
    with path.open("wb") as file:
        file.writelines(csv_out.write(spool.rows(), columns))
        file.write(csv_out.line(columns, _sum_row(document, totals)))
        file.write(csv_out.notes([(words.say("台账"), facts.title(document, filters)), *_about(filters, head)]))


def _xlsx(document: Document, filters: Filters, totals: Totals, spool: Spool, head: Head, path: Path) -> None:
    about = [*_about(filters, head), *_made(head)]
    title = facts.title(document, filters)
    columns, landscape = _sheet_columns(document), document.sheet.landscape
    with xlsx_out.XlsxSheet(path, columns, title=title, about=about, landscape=landscape) as sheet:
        for row in spool.rows():
            sheet.add(row, bold=registers.sums_up(document.columns, row))
        sheet.add(_sum_row(document, totals), bold=True)
