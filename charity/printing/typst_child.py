"""The child that compiles one chunk of a register: `python -m charity.printing.typst_child [rare]`.

JSON comes on stdin, the PDF goes to stdout; the process is fresh for every chunk, whose memory goes with it.
"""

import resource
import sys
from typing import Final

from charity.printing import typesetting

MEMORY_MAX: Final = 3 << 29
SECONDS_MAX: Final = 120


def main() -> None:
    """Compile stdin to stdout."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MAX, SECONDS_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    facts = sys.stdin.buffer.read().decode()
    sys.stdout.buffer.write(typesetting.compiled("register", facts, rare="rare" in sys.argv[1:]))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
