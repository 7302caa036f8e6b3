"""The child that reads a statement: `python -m charity.bank.formats.child`.

stdin: one line of JSON `{"name": …, "own": …, "columns": …}`, then the file. stdout: one line of JSON, `{"fault": …}`
or what the file says, then one line for each of its rows. Whatever a file does to its reader ends this process, which
knows nothing and may use little, and not the server.
"""

import json
import sys

from charity.bank.formats import layouts, rows
from charity.bank.formats.rows import NoLayout, Sheet
from charity.sheets import children, grids
from charity.sheets.grids import Unopened


def main() -> None:
    """Read stdin, say what is in it."""
    children.limited()
    asked = json.loads(sys.stdin.buffer.readline())
    out = sys.stdout.buffer
    try:
        chosen = layouts.chosen(asked["columns"]) if asked["columns"] else None
        sheet = rows.read(grids.opened(sys.stdin.buffer.read(), asked["name"]), asked["own"], chosen)
    except Unopened as unopened:
        out.write(children.line({"fault": unopened.reason, "row": unopened.row}))
    except NoLayout as unknown:
        facts = {"near": unknown.near, "missing": unknown.missing, "titles": unknown.titles}
        out.write(children.line({"fault": "layout", **facts}))
    except MemoryError:
        out.write(children.line({"fault": "unpacked"}))
    else:
        out.write(children.line(_answer(sheet)))
        out.writelines(children.line(line) for line in sheet.lines if not sheet.error_count)


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
        "made": list(sheet.made),
        "first_on": min(days, default=""),
        "last_on": max(days, default=""),
        "errors": [list(error) for error in sheet.errors],
        "error_count": sheet.error_count,
    }


if __name__ == "__main__":
    main()
