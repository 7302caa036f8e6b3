"""The goods of an opening as a page types them: one text, a line for each item of a store, as a spreadsheet copies it.

A line has seven cells between tabs, bars or commas: store, barcode, pieces, value of a piece or of all, last good day,
fund; and an eighth where somebody looked again at what is far from usual. Errors say the line as it stands in the text,
empty lines counted, and the cell.
"""

import re
from collections.abc import Mapping
from typing import Final

from charity import days, words
from charity.errors import FieldError, unreadable
from charity.finance.fields import CODE_MAX
from charity.goods.limits import QUANTITY_MAX
from charity.goods.opening import LINES_MAX, StockLine
from charity.money import AmountUnreadable, typed_yuan, yuan
from charity.plain import plain
from charity.web.messages import AMOUNTS, ERRORS_MAX

FIELD: Final = "stock"
CELLS: Final = {
    "store": "门店",
    "barcode": "条码",
    "quantity": "数量",
    "unit_value_fen": "单价",
    "total_value_fen": "总价",
    "expires_on": "保质期至",
    "fund": "基金",
    "checked": "已核对",
}
"""The cells of a line, by the names of the API."""
ROW: Final = "第 {row} 行“{cell}”：{message}"
CHECKED: Final = CELLS["checked"]
_NEEDED: Final = ("store", "barcode", "quantity", "fund")
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_COMMA: Final = re.compile("[,，]")


class RowError(Exception):
    """A cell of a line cannot be read: its name and the words why."""

    def __init__(self, cell: str, message: str, **facts: object) -> None:
        super().__init__(cell)
        self.cell, self.message, self.facts = cell, message, facts


def without_tabs(text: str) -> str:
    """The text of a field of a form: tabs, which no text may have, become bars."""
    return text.replace("\t", "|")


def numbered(text: str) -> list[tuple[int, str]]:
    """The lines that say something, with their numbers; a first line that names the cells is none of them."""
    rows = [(n, row) for n, row in enumerate(text.splitlines(), 1) if row.strip(" |,，")]
    return rows[1:] if rows and _cells(rows[0][1])[0] == CELLS["store"] else rows


def read(text: str) -> list[StockLine]:
    """The lines; the refusal names the line and the cell of everything that cannot be read."""
    lines: list[StockLine] = []
    wrong: list[FieldError] = []
    rows = numbered(text)
    if len(rows) > LINES_MAX:
        raise unreadable(FieldError(FIELD, "期初库存最多 {most} 行", (("most", LINES_MAX),)))
    for n, row in rows:
        try:
            lines.append(_line(_cells(row)))
        except RowError as error:
            wrong.append(_error(n, error.cell, error.message, error.facts))
            if len(wrong) == ERRORS_MAX:
                break
    if wrong:
        raise unreadable(*wrong)
    return lines


def located(error: FieldError, text: str) -> FieldError:
    """An error of the verb, `stock.3.barcode`, in the words of the page: the line of the text and the cell."""
    name, _, rest = error.field.partition(".")
    n, _, cell = rest.partition(".")
    if name != FIELD or cell not in CELLS:
        return error
    number = numbered(text)[int(n)][0]
    facts = dict(error.facts)
    if "row" in facts:  # another line of the same list
        facts["row"] = numbered(text)[int(str(facts["row"])) - 1][0]
    return _error(number, cell, error.message, facts)


def written(lines: list[StockLine]) -> str:
    """The lines as the page shows them for changing."""
    return "\n".join(
        " | ".join(
            (
                line.store,
                line.barcode,
                str(line.quantity),
                yuan(line.unit_value_fen) if line.unit_value_fen is not None else "",
                yuan(line.total_value_fen) if line.total_value_fen is not None else "",
                line.last_day or "",
                line.fund,
                *([CHECKED] if line.checked else []),
            )
        )
        for line in lines
    )


def _error(row: int, cell: str, message: str, facts: Mapping[str, object]) -> FieldError:
    why = words.say(message, **facts)
    return FieldError(FIELD, ROW, (("row", row), ("cell", words.say(CELLS[cell])), ("message", why)))


def _cells(row: str) -> list[str]:
    parts = row.split("|") if "|" in row else _COMMA.split(row)
    return [part.strip() for part in parts]


def _line(parts: list[str]) -> StockLine:
    wanted = len(CELLS) - 1
    if len(parts) not in {wanted, wanted + 1}:
        raise RowError("store", "一行应有 {wanted} 格，这一行有 {got} 格", wanted=wanted, got=len(parts))
    cells = dict.fromkeys(CELLS, "") | dict(zip(CELLS, parts, strict=False))
    for name in _NEEDED:
        if not cells[name]:
            raise RowError(name, "请填写此项")
        if len(cells[name]) > CODE_MAX:
            raise RowError(name, "最多 {max_length} 个字符", max_length=CODE_MAX)
    cells["quantity"] = plain(cells["quantity"])
    if not _NUMBER.fullmatch(cells["quantity"]) or not 1 <= int(cells["quantity"]) <= QUANTITY_MAX:
        raise RowError("quantity", "数量应为 1 到 {most} 的整数", most=QUANTITY_MAX)
    try:
        expires_on = days.typed(cells["expires_on"]) if cells["expires_on"] else None
    except days.DayRefused as refused:
        raise RowError("expires_on", refused.words, **refused.facts) from None
    if cells["checked"] not in {"", CHECKED}:
        raise RowError("checked", "这一格只写“{checked}”，没有核对就不写", checked=CHECKED)
    return StockLine(
        cells["barcode"],
        int(cells["quantity"]),
        expires_on,
        _fen(cells, "unit_value_fen"),
        _fen(cells, "total_value_fen"),
        store=cells["store"],
        fund=cells["fund"],
        checked=bool(cells["checked"]),
    )


def _fen(cells: dict[str, str], name: str) -> int | None:
    """Fen of a cell, None for an empty one."""
    if not cells[name]:
        return None
    try:
        return typed_yuan(cells[name])
    except AmountUnreadable as error:
        raise RowError(name, AMOUNTS[error.reason]) from None
