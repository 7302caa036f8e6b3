"""Layouts in Typst compiled to PDF or PNG, inside a child process: the parent never imports this.

It sees one folder of layouts, our fonts, those for rare characters when a text needs them (they take a while to
read), and no package ever. Facts are data: they come as JSON and are never evaluated.
"""

import json
import os
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Final

os.environ["RAYON_NUM_THREADS"] = "1"  # read when typst is imported: a child has one core, however many there are

import typst

from charity.printing.places import FONTS, LAYOUTS, RARE_FONTS
from charity.printing.renderer import Format

PICTURE_PPI: Final = 144.0
"""1,684 by 1,191 pixels of an A4: sharp on a phone, and its QR code is read from there."""
KEPT_MAX: Final = 1 << 16
"""Characters of facts after which Typst forgets what it set: a receipt of three copies and a line has 16,000."""
GENERATIONS: Final = 10
"""Typst keeps what it set of so many documents: 2 GB of parts of twenty receipts."""
_NAMES: Final = json.dumps(["Noto Sans SC", *RARE_FONTS])
"""The families of all text, our own first: `fonts` of a layout."""
_EPOCH: Final = 1_767_225_600
"""A fixed creation time (2026-01-01): equal facts give equal bytes; the document prints the real one."""


@lru_cache(maxsize=2)
def _fonts(*, rare: bool) -> typst.Fonts:
    with tempfile.TemporaryDirectory(prefix="charity-fonts-") as folder:  # typst takes folders; theirs hold hundreds
        if rare:
            for path in RARE_FONTS.values():
                if path.is_file():
                    (Path(folder) / path.name).symlink_to(path)
        return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS), folder])


_kept: list[int] = []
"""How many characters of facts each document had since Typst forgot."""


def compiled(layout: str, facts: str, *, rare: bool, fmt: Format = "pdf") -> bytes:
    """The document; equal facts give equal bytes. `rare`: some text has characters that our own font lacks."""
    if sum(_kept) > KEPT_MAX:
        _forget()
    _kept.append(len(facts))
    compiler = _compiler(layout, facts, rare=rare)
    if fmt == "png":
        made = compiler.compile(format="png", ppi=PICTURE_PPI)
    else:
        made = compiler.compile(format="pdf", pdf_standards=["a-3b"], timestamp=_EPOCH, pdf_tags=False)
    assert isinstance(made, bytes), "a picture has one page"
    return made


def _compiler(layout: str, facts: str, *, rare: bool) -> typst.Compiler:
    return typst.Compiler(
        input=str(LAYOUTS / f"{layout}.typ"),
        root=str(LAYOUTS),
        font_paths=_fonts(rare=rare),
        sys_inputs={"facts": facts, "fonts": _NAMES},
    )


def _forget() -> None:
    """Have Typst give its memory back; it has no other way to be told."""
    empty = _compiler("empty", "", rare=False)
    for _ in range(GENERATIONS):
        empty.compile(format="pdf")
    _kept.clear()
