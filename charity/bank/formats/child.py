"""The child that reads a statement: `python -m charity.bank.formats.child`.

stdin: one line of JSON `{"name": …, "own": …}`, then the file. stdout: one line of JSON, `{"fault": …}` or what the
file says, then one line for each of its rows. Whatever a file does to its reader ends this process, which knows nothing
and may use little, and not the server.
"""

import json
import resource
import sys

from charity.bank.formats import grids, rows
from charity.bank.formats.grids import Unopened
from charity.bank.formats.reading import MEMORY_MAX, SECONDS_MAX
from charity.bank.formats.rows import NoLayout, Sheet


def main() -> None:
    """Read stdin, say what is in it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MAX, SECONDS_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asked = json.loads(sys.stdin.buffer.readline())
    out = sys.stdout.buffer
    try:
        sheet = rows.read(grids.opened(sys.stdin.buffer.read(), asked["name"]), asked["own"])
    except Unopened as unopened:
        out.write(_line({"fault": unopened.reason, "row": unopened.row}))
    except NoLayout as unknown:
        out.write(_line({"fault": "layout", "near": unknown.near, "missing": unknown.missing}))
    except MemoryError:
        out.write(_line({"fault": "unpacked"}))
    else:
        out.write(_line(_answer(sheet)))
        out.writelines(_line(line) for line in sheet.lines if not sheet.error_count)


def _answer(sheet: Sheet) -> dict[str, object]:
    lines = sheet.lines
    days = [line.on_day for line in lines]
    columns = [line.columns for line in lines]
    return {
        "layout": sheet.layout.key,
        "account": sheet.account,
        "rows": len(lines),
        "in_fen": sum(came for came, _ in columns),
        "out_fen": sum(went for _, went in columns),
        "first_on": min(days, default=""),
        "last_on": max(days, default=""),
        "errors": [list(error) for error in sheet.errors],
        "error_count": sheet.error_count,
    }


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


if __name__ == "__main__":
    main()
