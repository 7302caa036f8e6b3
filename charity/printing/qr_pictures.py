"""The QR code in a picture that somebody sends: only its text comes out, the picture is kept nowhere.

So no byte of a foreign file is ever stored or sent on: whoever shows the code draws it anew (qr.py).
"""

import asyncio
import json
import sys
from enum import StrEnum
from typing import Final

from charity import processes
from charity.background import Turns
from charity.printing.places import ROOT
from charity.printing.renderer import child_environment

BYTES_MAX: Final = 8 << 20
"""Of a picture: a photograph of a phone has 3 to 6 MB."""
PIXELS_MAX: Final = 25_000_000
"""Of a picture: a photograph of a phone has 12 million. Asked before one is decoded."""
SECONDS_MAX: Final = 10
MEMORY_MAX: Final = 1 << 30
AT_ONCE: Final = 1
"""Pictures that a process reads beside each other; the next waits."""


class Fault(StrEnum):
    """Why there is no text."""

    KIND = "kind"
    BYTES = "bytes"
    PIXELS = "pixels"
    BROKEN = "broken"
    NONE = "none"
    SEVERAL = "several"


class Unread(Exception):
    """A picture out of which no one text comes."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


_turns = Turns(AT_ONCE)


async def read(image: bytes) -> str:
    """The text of the one QR code in a PNG or JPEG; raises Unread. The same code twice in it is one."""
    if len(image) > BYTES_MAX:
        raise Unread(Fault.BYTES)
    async with _turns():
        answer = await _asked(image)
    if "fault" in answer:
        raise Unread(Fault(str(answer["fault"])))
    if len(answer["texts"]) != 1:
        raise Unread(Fault.SEVERAL if answer["texts"] else Fault.NONE)
    return str(answer["texts"][0])


async def _asked(image: bytes) -> dict[str, list[str] | str]:
    """What the child says; a picture that breaks it, or takes too long, is broken."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "charity.printing.qr_child",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=ROOT,
        env=child_environment(),
    )
    try:
        async with asyncio.timeout(2 * SECONDS_MAX):  # its own limit is of processor time
            output = await processes.talk(process, image)
    except TimeoutError:
        return {"fault": Fault.BROKEN}
    finally:
        await processes.end(process)
    if process.returncode != 0 or not output:
        return {"fault": Fault.BROKEN}
    answer: dict[str, list[str] | str] = json.loads(output)
    return answer
