"""A file or pasted text as it comes from a unit: opened beside the server, or refused in words that say what to do."""

import asyncio
import json
from collections.abc import Iterable
from typing import Final

from charity import texts
from charity.errors import Refusal
from charity.giving import rules
from charity.giving.roster_sheets import columns
from charity.giving.roster_sheets.columns import CellTooLong, NoHeader, Sheet
from charity.sheets import children
from charity.sheets.children import Unread
from charity.words import Term

LINES_MAX: Final = 4_900
"""Persons on a roster: with the unit's own gift it is one command of at most 5,000 entries."""
BYTES_MAX: Final = 8 << 20
"""Of an uploaded roster."""
PASTED_MAX: Final = 400_000
"""Signs that are pasted at once."""
PASTED_LINES_MAX: Final = 3 * LINES_MAX
"""Lines of it, empty ones too: more are no roster, and are not taken apart."""
SECONDS_MAX: Final = 30
"""By the clock, for the reading of one: meanwhile no bank statement is read."""
OUTPUT_MAX: Final = 16 << 20
"""Bytes of the cells of an uploaded roster, in all of its sheets."""
ANOTHER: Final = "您上传的另一个文件还在读，请等它读完再上传"
_reading: set[str] = set()
"""The accounts of which a file is read or waits for its turn in this process."""
_REASONS: Final[dict[str, str]] = {
    "broken": "文件打不开，可能已经损坏，请另存一份再上传",
    "bytes": "文件太大，请只留名册那一张表",
    "cell": "有一格的字太多，不像名册",
    "columns": "列太多，不像名册",
    "empty": "文件是空的",
    "encrypted": "文件加了密码，请去掉密码再上传",
    "html": "这是改名为 xls 的网页，请另存为 xlsx 再上传",
    "macros": "带宏的文件不收，请另存为 xlsx 再上传",
    "mixed": "文字编码前后不同，请用表格软件另存为 xlsx 再上传",
    "not_text": "只收 XLSX、XLS 和 CSV 文件",
    "pdf": "PDF 不能读成名册，请上传 Excel 或 CSV 文件",
    "quotes": "引号不成对，请用表格软件另存为 xlsx 再上传",
    "rows": "行太多，不像名册",
    "sheets": "工作表太多，请只留名册那一张",
    "slow": "文件读得太久，已经停止",
    "unpacked": "文件展开以后太大，或者已经损坏",
    "zip": "这是压缩包，请先解压，再上传里面的名册",
}


async def opened(name: str, data: bytes, text: str, *, of: str = "") -> Sheet:
    """The rows of a file, or of what was pasted where there is no file; refuses what cannot be opened as a roster.

    `of` is the account that sends it: while one file of it is read, another one is refused and nobody waits for both.
    """
    try:
        if not data:
            if len(text) > PASTED_MAX or len(text.splitlines()) > PASTED_LINES_MAX:
                raise rules.UNIT_ROSTER_FULL(most=LINES_MAX)
            return await asyncio.to_thread(columns.pasted, text)
        if len(data) > BYTES_MAX:
            raise rules.UNIT_ROSTER_FILE(reason=Term(_REASONS["bytes"]))
        return await asyncio.to_thread(_sheet, await _read(name, data, of))
    except Unread as unread:
        raise _unopened(unread) from None
    except NoHeader as missing:
        raise rules.UNIT_ROSTER_HEADER(rows=columns.HEADER_ROWS, missing="、".join(missing.missing)) from None
    except CellTooLong as cell:
        raise rules.UNIT_ROSTER_CELL(row=cell.row, signs=columns.TYPED_MAX) from None


async def _read(name: str, data: bytes, of: str) -> list[bytes]:
    """What the child says of a file; one of an account at a time."""
    if of and of in _reading:
        raise rules.UNIT_ROSTER_FILE(reason=Term(ANOTHER))
    _reading.add(of)
    try:
        head = {"name": texts.cleaned(name)}
        _, lines = await children.read("charity.sheets.grid_child", head, data, most=OUTPUT_MAX, seconds=SECONDS_MAX)
    finally:
        _reading.discard(of)
    return lines


def _unopened(unread: Unread) -> Refusal:
    return rules.UNIT_ROSTER_FILE(reason=Term(_REASONS.get(unread.fault, _REASONS["broken"])))


def _sheet(lines: Iterable[bytes]) -> Sheet:
    return columns.sheet(_sheets(lines))


def _sheets(lines: Iterable[bytes]) -> list[list[tuple[int, list[str]]]]:
    sheets: dict[int, list[tuple[int, list[str]]]] = {}
    for line in lines:
        at, number, cells = json.loads(line)
        sheets.setdefault(at, []).append((number, cells))
    return list(sheets.values())
