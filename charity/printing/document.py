"""What a register is, to whoever prints, shows or exports it: columns, filters, rows page by page, totals.

A room declares a `Document`; `documents` makes screens and files of it. Rows are mappings by
column key: money int fen (None: 不计价), counts int, dates `YYYY-MM-DD`.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from charity.printing.registers import LANDSCAPE, Sheet

Kind = Literal["text", "money", "count", "date", "code"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `title` is a msgid, `width` a share of the page's width, `link` the row key of an address.

    `english` is that share on English pages, whose words are longer; 0 is the same.

    `enters`: a row without a value here sums up others; it is set in bold and adds nothing to the totals.

    Every file for programs has it; `screen` and `print` say whether a page and a printed register do. On a page it
    stands in a column of its own, in small type below the column `under`, or, `folded`, in the detail of its row.
    """

    key: str
    title: str
    width: float
    kind: Kind = "text"
    total: bool = False
    align: Literal["left", "center", "right"] = "left"
    link: str = ""
    screen: bool = True
    print: bool = True
    english: float = 0.0
    under: str = ""
    folded: bool = False
    enters: bool = False

    def share(self, language: str) -> float:
        """The share of the page's width in this language."""
        return self.english if language == "en" and self.english else self.width


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition that documents may offer: its name in addresses, calls and commands, and its msgid.

    `choices()` are the values it may have, each with its words in the current language. `default` is meant
    when none is chosen; "" means all. `coded`: the values are codes, shown beside their names.
    """

    name: str
    label: str
    choices: Callable[[], Awaitable[dict[str, str]]]
    default: str = ""
    coded: bool = True


@dataclass(frozen=True, slots=True)
class Filters:
    """What a document is asked for. `begin` and `end` are business dates, both included.

    `chosen` holds (name of a filter, value) in the order of the names, without what means all.
    """

    begin: str
    end: str
    chosen: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, begin: str, end: str, **chosen: str) -> "Filters":
        """By the names of the filters; an empty value is no choice."""
        return cls(begin, end, tuple(sorted((name, value) for name, value in chosen.items() if value)))

    def __getitem__(self, wanted: Filter) -> str:
        """The chosen value, or the filter's default."""
        return next((value for name, value in self.chosen if name == wanted.name), wanted.default)

    def choose(self, wanted: Filter, value: str) -> "Filters":
        """The same with another value of one filter; "" takes the choice away."""
        return self.of(self.begin, self.end, **{**dict(self.chosen), wanted.name: value})

    def text(self) -> str:
        """As JSON, for the row of an export."""
        return json.dumps({"begin": self.begin, "end": self.end, **dict(self.chosen)}, sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> "Filters":
        """What `text` wrote."""
        return cls.of(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in order and the cursor of what follows; None at the end."""

    rows: list[dict[str, Any]]
    next: str | None


@dataclass(frozen=True, slots=True)
class Between:
    """What changed a running balance between two rows, and the balance before the next: (words, fen, address) each."""

    parts: list[tuple[str, int, str]]
    balance_fen: int


@dataclass(frozen=True, slots=True)
class Course:
    """How a page's running balance came about. `before` is what stands before each of its rows, None for nothing.

    `whole` is the period: its opening, what changed it beside the rows, and its closing balance.
    `behind` is what stands between the last row and the end of the period, when the page is the last.
    """

    before: list[Between | None]
    opening_fen: int
    whole: list[tuple[str, int, str]]
    closing_fen: int
    behind: Between | None


@dataclass(frozen=True, slots=True)
class Group:
    """One line of a breakdown of the totals; `label` is ready to be read."""

    label: str
    figures: dict[str, int]


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of the whole document. `differences` is empty when the books say the same."""

    count: int
    sums: dict[str, int]
    groups: list[Group]
    differences: list[str]


@dataclass(frozen=True, slots=True)
class Document:
    """A register that a room declares. `page(filters, seq_max, after, limit)`, `totals(filters, seq_max)`.

    All rows of one reading are bounded by `seq_max`, the head of the journal when it began, so that a long
    export and its totals speak of the same books although gifts go on arriving.
    """

    name: str
    title: str
    lead: str
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...]
    page: Callable[[Filters, int, str | None, int], Awaitable[Page]]
    totals: Callable[[Filters, int], Awaitable[Totals]]
    sign_offs: tuple[str, ...] = ("制表人", "复核人", "财务负责人", "单位负责人（签章）")
    group_title: str = "按月合计"
    sheet: Sheet = LANDSCAPE
    permission: str = "report.export"
    """Who may read it, on screen and as a file."""
    internal: tuple[str, Filter] | None = None
    """Beside who sees everything: the permission with which its internal copy is read, and the filter that must then
    name one of what it lists."""
    board: "Document | None" = None
    """The same for a notice board: totals by programme and class only, with columns and rows of its own."""
    check: Callable[[Totals], str] = lambda totals: ""  # noqa: ARG005 - most documents have no check line
    course: Callable[[Filters, list[dict[str, Any]], int, str | None], Awaitable[Course | None]] | None = None
    """How a running balance came about, for a page of rows: `course(filters, rows, seq_max, after)`."""
    outdated: Callable[[Filters, str], Awaitable[bool]] | None = None
    """Whether a file that was ordered at this instant shows what may not be shown now: `outdated(filters, at)`."""

    def filter(self, name: str) -> Filter | None:
        """The filter of this name, if the document has it."""
        return next((wanted for wanted in self.filters if wanted.name == name), None)
