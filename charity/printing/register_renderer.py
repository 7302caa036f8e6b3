"""A register becomes one PDF: chunks of pages in fresh Typst processes, joined with pikepdf.

At most two chunks print at once and rows are read only as fast as they print, so that a register
of any length needs the memory of a few chunks. A cancelled or failed print leaves no process and
no file behind.
"""

import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pikepdf

from charity import processes
from charity.printing import glyphs
from charity.printing.places import ROOT
from charity.printing.registers import Page, Register, frame, layout, paginate
from charity.printing.renderer import RenderingFailed, RenderingTooSlow, child_environment

PAGES_A_CHUNK: Final = 25
CHUNKS_AT_ONCE: Final = 2
CHUNK_SECONDS: Final = 120.0

Progress = Callable[[int, int], None]


async def print_register(register: Register, out: Path, *, progress: Progress | None = None) -> None:
    """Write the PDF/A-3b of a register to `out`; `progress` gets (pages printed, pages in all).

    Raises RowsChanged, RenderingTooSlow or RenderingFailed.
    """
    plan = await asyncio.to_thread(layout, register)
    pages = plan.pages
    shared = frame(register, pages)
    on_progress: Progress = progress or (lambda _done, _all: None)
    with tempfile.TemporaryDirectory(prefix="register-") as folder:
        parts: list[Path] = []
        running: set[asyncio.Task[int]] = set()
        done = 0
        on_progress(0, pages)
        try:
            chunk: list[Page] = []
            for page in paginate(register, plan):
                chunk.append(page)
                if len(chunk) < PAGES_A_CHUNK and not page.closing:
                    continue
                path = Path(folder) / f"{len(parts):06d}.pdf"
                parts.append(path)
                while len(running) >= CHUNKS_AT_ONCE:
                    done += await _one_of(running)
                    on_progress(done, pages)
                running.add(asyncio.create_task(_print(shared, chunk, path)))
                chunk = []
            while running:
                done += await _one_of(running)
                on_progress(done, pages)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
        await asyncio.to_thread(_join, parts, out)


async def _one_of(running: set[asyncio.Task[int]]) -> int:
    """Wait until a chunk is printed; its pages, or its error."""
    finished, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    running -= finished
    return sum(task.result() for task in finished)


async def _print(shared: dict[str, Any], chunk: list[Page], path: Path) -> int:
    """Print a chunk into a file; the number of its pages."""
    facts = json.dumps(shared | {"pages": [page.facts() for page in chunk]}, ensure_ascii=False)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "charity.printing.typst_child",
        *([] if glyphs.plain(facts) else ["rare"]),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=ROOT,
        env=child_environment(),
    )
    try:
        async with asyncio.timeout(CHUNK_SECONDS):
            pdf = await processes.talk(process, facts.encode())
    except TimeoutError:
        raise RenderingTooSlow(f"over {CHUNK_SECONDS:g} s") from None
    finally:
        await processes.end(process)
    if process.returncode != 0 or not pdf:
        raise RenderingFailed(f"the register child ended with {process.returncode}")
    await asyncio.to_thread(path.write_bytes, pdf)
    return len(chunk)


def _join(parts: list[Path], out: Path) -> None:
    """One PDF of all chunks, never whole in memory; the first catalog has the PDF/A marks."""
    if len(parts) == 1:
        shutil.copyfile(parts[0], out)
        return
    with pikepdf.open(parts[0]) as whole:
        for path in parts[1:]:
            with pikepdf.open(path) as part:
                whole.pages.extend(part.pages)
        whole.save(out, deterministic_id=True)
