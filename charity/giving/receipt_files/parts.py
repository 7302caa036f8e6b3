"""The child process that prints a file of receipts: `charity receipt-file KEY`, started by the worker.

It prints PART receipts at a time into a PDF of their own, named by what they are (which receipts, original or copy,
valid or ended): what is there is not printed again, and what changed is. It writes lines of JSON for the worker:
`{"done"}` now and then, at the end of its time `{"more"}`, when all parts are there `{"printed"}`, and when their
prints are noted and the file is put together `{"made"}`. It writes no row.
"""

import hashlib
import os
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from charity import words
from charity.db import reading
from charity.giving import copies, receipts
from charity.giving.receipt_files import readers
from charity.office import organisation
from charity.printing import pdfs, renderer
from charity.printing.receipts import form

PART: Final = 20
"""Receipts of one part."""
LINES: Final = 300
"""Lines of the sheets of one rendering, unless a single receipt has more: a child bears 1,200 of long names."""
PART_SECONDS: Final = 120.0
FILE_BYTES_MAX: Final = 32 << 20
"""A file that would be larger is a ZIP of several."""
TURN_SECONDS: Final = 60.0
"""After so long other jobs have their turn, and this one goes on behind them."""
Output = Callable[[dict[str, Any]], None]


async def make(key: str, output: Output) -> None:
    """Print what is missing, then put it together when the prints are noted; the caller has opened the database."""
    row = await reading.row("SELECT language, printed_on, noted_at FROM receipt_file WHERE key = $1", key)
    assert row is not None, key
    place = readers.folder() / key
    place.mkdir(mode=0o700, exist_ok=True)
    lines = await readers.lines_of(key)
    began, paths = time.monotonic(), []
    printer = renderer.Renderer(niceness=renderer.NICENESS["public"])
    try:
        with words.speaking(row["language"]):
            for part in _parts(lines):
                path = place / _name(part, row)
                if not path.exists():
                    if time.monotonic() - began > TURN_SECONDS:
                        output({"more": True})
                        return
                    _put(path, await _printed(printer, part, row["printed_on"]))
                paths.append((path, part[0]["number"], part[-1]["number"], len(part)))
                output({"done": part[-1]["n"]})
            if not row["noted_at"]:
                output({"printed": True})
                return
            output({"made": await _together(key, paths)})
    finally:
        printer.close()


def _parts(lines: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for n in range(0, len(lines), PART):
        yield lines[n : n + PART]


def _name(part: list[dict[str, Any]], row: dict[str, Any]) -> str:
    """The name of a part's PDF, by all that decides how its receipts are printed."""
    facts = "|".join(f"{line['code']},{line['original']},{line['status']}" for line in part)
    digest = hashlib.sha256(f"{row['language']}|{row['printed_on']}|{facts}".encode()).hexdigest()[:16]
    return f"{part[0]['n']:05d}-{digest}.pdf"


async def _printed(printer: renderer.Renderer, part: list[dict[str, Any]], day: str) -> bytes:
    """The three copies of each of these receipts."""
    every = [await receipts.whole_sheets(line["code"], copied_on="" if line["original"] else day) for line in part]
    demo, bodies = (await organisation.get()).demo, []
    for some in _renderings(every):
        whole = form(some, demo=demo, lang=words.language())
        identifier = hashlib.sha256(whole.encode()).digest()[:16]
        bodies.append(await printer.pdf(whole, identifier=identifier, seconds=PART_SECONDS))
    return bodies[0] if len(bodies) == 1 else await pdfs.joined(bodies, title="")


def _renderings(every: list[list[dict[str, Any]]]) -> Iterator[list[dict[str, Any]]]:
    """The sheets of so many receipts after each other as have LINES together, one receipt at least."""
    some, count = list[dict[str, Any]](), 0
    for sheets in every:
        more = sum(len(sheet["lines"]) for sheet in sheets)
        if some and count + more > LINES:
            yield some
            some, count = [], 0
        some, count = some + sheets, count + more
    yield some


def _put(path: Path, body: bytes) -> None:
    """A file that is complete or not there."""
    beside = path.with_suffix(f".{os.getpid()}")
    with beside.open("wb") as out:
        out.write(body)
        out.flush()
        os.fsync(out.fileno())
    beside.rename(path)


async def _together(key: str, paths: list[tuple[Path, str, str, int]]) -> dict[str, Any]:
    """One PDF of all parts, or a ZIP of as few as FILE_BYTES_MAX allows; its ending and size."""
    groups: list[list[tuple[Path, str, str, int]]] = [[]]
    size = 0
    for part in paths:
        more = part[0].stat().st_size
        if groups[-1] and size + more > FILE_BYTES_MAX:
            groups.append([])
            size = 0
        groups[-1].append(part)
        size += more
    ending = "pdf" if len(groups) == 1 else "zip"
    whole = readers.folder() / f"{key}.{ending}"
    if ending == "pdf":
        _put(whole, await _joined(groups[0]))
    else:
        beside = whole.with_suffix(f".{os.getpid()}")
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_STORED) as out:
            for group in groups:
                out.writestr(f"{group[0][1]}_{group[-1][2]}.pdf", await _joined(group))
        beside.rename(whole)
    return {"ending": ending, "bytes": whole.stat().st_size}


async def _joined(group: list[tuple[Path, str, str, int]]) -> bytes:
    title = copies.span_title(group[0][1], group[-1][2], sum(count for *_, count in group))
    return await pdfs.joined([path.read_bytes() for path, *_ in group], title=title)
