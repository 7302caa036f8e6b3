"""The child that compiles one chunk of a register: `python -m charity.printing.typst_child [rare]`.

With `certificate` and `pdf` or `png` it compiles a certificate, and yields the processor to what is ours.

JSON comes on stdin, the PDF goes to stdout; the process is fresh for every chunk, whose memory goes with it.
"""

import os
import resource
import sys
from typing import Final

from charity.printing import typesetting

NICENESS: Final = 10
MEMORY_MAX: Final = 3 << 29
SECONDS_MAX: Final = 120


def main() -> None:
    """Compile stdin to stdout."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MAX, SECONDS_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    certificate = "certificate" in sys.argv
    if certificate:
        os.nice(NICENESS)
    made = typesetting.compiled(
        "certificate" if certificate else "register",
        sys.stdin.buffer.read().decode(),
        rare="rare" in sys.argv[1:],
        fmt="png" if "png" in sys.argv else "pdf",
    )
    sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
