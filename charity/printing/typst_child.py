"""The child that compiles one chunk of a register: `python -m charity.printing.typst_child [rare]`.

With `certificate` and `pdf` or `png` it compiles a certificate, and yields the processor to what is ours.

JSON comes on stdin, the PDF goes to stdout; the process is fresh for every chunk because Typst
keeps what it has compiled. It sees one template folder, our fonts, with `rare` those for rare characters
(they take a while to read), and no package ever.
"""

import os
import resource
import sys
import tempfile
from pathlib import Path
from typing import Final

import typst

from charity.printing.places import FONTS, LAYOUTS, RARE_FONTS

NICENESS: Final = 10
MEMORY_MAX: Final = 3 << 29
SECONDS_MAX: Final = 120
PICTURE_PPI: Final = 144.0
"""1,684 by 1,191 pixels: sharp on a phone, and its QR code is read from there."""
_EPOCH: Final = 1_767_225_600
"""A fixed creation time (2026-01-01): equal registers give equal bytes; the document prints the real one."""


def main() -> None:
    """Compile stdin to stdout."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MAX, SECONDS_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if "certificate" in sys.argv:
        os.nice(NICENESS)
    facts = sys.stdin.buffer.read().decode()
    with tempfile.TemporaryDirectory(prefix="charity-fonts-") as folder:  # typst takes folders; theirs hold hundreds
        for path in RARE_FONTS.values():
            if "rare" in sys.argv[1:] and path.is_file():
                (Path(folder) / path.name).symlink_to(path)
        compiler = typst.Compiler(
            input=str(LAYOUTS / ("certificate.typ" if "certificate" in sys.argv else "register.typ")),
            root=str(LAYOUTS),
            font_paths=typst.Fonts(
                include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS), folder]
            ),
            sys_inputs={"facts": facts},
        )
        if "png" in sys.argv:
            made = compiler.compile(format="png", ppi=PICTURE_PPI)
        else:
            made = compiler.compile(format="pdf", pdf_standards=["a-3b"], timestamp=_EPOCH, pdf_tags=False)
    assert isinstance(made, bytes)  # one page
    sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
