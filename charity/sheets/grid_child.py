"""The child that reads any sheet: `python -m charity.sheets.grid_child`.

stdin: one line of JSON `{"name": …}`, then the file. stdout: `{"fault": …}`, or `{"sheets": […]}` and then a line
`[sheet, row, cells]` for each row with anything in it; sheets are counted from 0, rows from 1.
"""

import json
import sys

from charity.sheets import children, grids
from charity.sheets.grids import Unopened


def main() -> None:
    """Read stdin, say what is in it."""
    children.limited()
    asked = json.loads(sys.stdin.buffer.readline())
    out = sys.stdout.buffer
    try:
        sheets = grids.opened(sys.stdin.buffer.read(), asked["name"])
        rows = [
            (at, number, cells)
            for at, sheet in enumerate(sheets)
            for number, cells in enumerate(sheet.rows(), 1)
            if any(cells)
        ]
    except Unopened as unopened:
        out.write(children.line({"fault": unopened.reason, "row": unopened.row}))
    except MemoryError:
        out.write(children.line({"fault": "unpacked"}))
    else:
        out.write(children.line({"sheets": [sheet.name for sheet in sheets]}))
        out.writelines(children.line(row) for row in rows)


if __name__ == "__main__":
    main()
