"""What every register is made of: columns, filters, rows page by page, totals from the books.

Rows are mappings by column key: money int fen (None: 不计价), counts int, dates `YYYY-MM-DD`. All rows of one
reading are bounded by `seq_max`, the head of the journal when it began, so that a long export and
its totals speak of the same books although gifts go on arriving.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Literal

from charity import words
from charity.db import reading
from charity.reports import rules
from charity.roles import Actor, Role

Kind = Literal["text", "money", "count", "date", "code"]
Copy = Literal["notice", "internal"]
FILTER_NAMES = ("store", "fund", "campaign", "programme", "copy")
FILTER_MAX = 64
YEARS_MAX = 10
PAGE_ROWS = 50
_WHOLE = frozenset({Role.ACCOUNTANT, Role.AUDITOR})


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `title` is a msgid, `width` a share of the paper's width, `link` the row key of an address."""

    key: str
    title: str
    width: float
    kind: Kind = "text"
    total: bool = False
    align: Literal["left", "center", "right"] = "left"
    link: str = ""
    screen: bool = True


@dataclass(frozen=True, slots=True)
class Filters:
    """What a register is asked for. `begin` and `end` are business dates, both included."""

    begin: str
    end: str
    store: str = ""
    fund: str = ""
    campaign: str = ""
    programme: str = ""
    copy: Copy = "notice"

    def text(self) -> str:
        """As JSON, for the row of an export."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> "Filters":
        """What `text` wrote."""
        return cls(**json.loads(text))

    def chosen(self) -> dict[str, str]:
        """The filters that say something, without the period."""
        found = {name: str(getattr(self, name)) for name in FILTER_NAMES if getattr(self, name)}
        if found.get("copy") == "notice":
            del found["copy"]
        return found


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in order and the cursor of what follows; None at the end."""

    rows: list[dict[str, Any]]
    next: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """One line of a breakdown of the totals; `label` is ready to be read."""

    label: str
    figures: dict[str, int]


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of the whole register. `differences` is empty when the books say the same."""

    count: int
    sums: dict[str, int]
    groups: list[Group]
    differences: list[str]


@dataclass(frozen=True, slots=True)
class Report:
    """A register in the registry. `page(filters, seq_max, after, limit)`, `totals(filters, seq_max)`."""

    name: str
    title: str
    lead: str
    columns: tuple[Column, ...]
    filters: tuple[str, ...]
    page: Callable[[Filters, int, str | None, int], Awaitable[Page]]
    totals: Callable[[Filters, int], Awaitable[Totals]]
    sign_offs: tuple[str, ...] = ("制表人", "复核人", "财务负责人", "单位负责人（签章）")
    group_title: str = "按月合计"
    check: Callable[[Totals], str] = lambda totals: ""  # noqa: ARG005 - most registers have no check line


async def head_seq() -> int:
    """The number of the last entry: where a reading of the books stands."""
    return int(await reading.value("SELECT seq FROM head WHERE id = 1") or 0)


def period(begin: str, end: str) -> tuple[str, str]:
    """Two dates as typed, checked; refuses what is not a date, backwards or too long."""
    try:
        first, last = date.fromisoformat(begin), date.fromisoformat(end)
    except ValueError:
        raise rules.PERIOD_UNREADABLE() from None
    if first.isoformat() != begin or last.isoformat() != end:
        raise rules.PERIOD_UNREADABLE()
    if last < first:
        raise rules.PERIOD_BACKWARDS()
    if (last - first).days > YEARS_MAX * 366:
        raise rules.PERIOD_TOO_LONG(years=YEARS_MAX)
    return begin, end


def allowed(report: Report, filters: Filters, by: Actor) -> Filters:
    """The filters as this account may use them; refuses a stranger's store and names without need.

    A manager who has a store gets that store, whatever was left out.
    """
    by.must("report.export")
    for name, value in filters.chosen().items():
        if name not in report.filters:
            raise rules.FILTER_UNKNOWN(name=name)
        if len(value) > FILTER_MAX:
            raise rules.FILTER_UNKNOWN(name=name)
    whole = not _WHOLE.isdisjoint(by.roles)
    if filters.copy == "internal" and not whole:
        raise rules.INTERNAL_ONLY()
    if whole or by.store is None:
        return filters
    if filters.store not in {"", by.store}:
        raise rules.OTHER_STORE()
    return replace(filters, store=by.store)


def cursor(parts: list[Any]) -> str:
    """The place after a row, as it stands in an address."""
    return "~".join(str(part) for part in parts)


def place(after: str | None, kinds: tuple[type, ...]) -> list[Any] | None:
    """The parts of a cursor; None at the beginning, a refusal for what we did not write."""
    if not after:
        return None
    texts = after.split("~", len(kinds) - 1)
    if len(texts) != len(kinds):
        raise rules.CURSOR_UNREADABLE()
    try:
        return [kind(text) for kind, text in zip(kinds, texts, strict=True)]
    except ValueError:
        raise rules.CURSOR_UNREADABLE() from None


def cut(rows: list[dict[str, Any]], limit: int, key: Callable[[Mapping[str, Any]], list[Any]]) -> Page:
    """A page of `limit` rows out of limit + 1 that were read."""
    if len(rows) <= limit:
        return Page(rows, None)
    kept = rows[:limit]
    return Page(kept, cursor(key(kept[-1])))


def must_agree(totals: Totals) -> None:
    """Refuse to make a paper of rows that are not what the books say."""
    if totals.differences:
        raise rules.BOOKS_DIFFER(differences="；".join(totals.differences))


def period_words(filters: Filters) -> str:
    """`2026-01-01 至 2026-03-31`, in the current language."""
    return words.say("{begin} 至 {end}", begin=filters.begin, end=filters.end)


FILTER_WORDS = {"store": "门店", "fund": "基金", "campaign": "活动", "programme": "项目"}
COPY_WORDS = {"notice": "对外公示（姓名已隐去）", "internal": "内部存档（含姓名）"}


async def filter_words(report: Report, filters: Filters) -> str:
    """The filters as they are echoed on the paper, codes with their names."""
    said = []
    for name, value in filters.chosen().items():
        if name in FILTER_WORDS:
            said.append(f"{words.say(FILTER_WORDS[name])} {await name_of(name, value)}")
    if "copy" in report.filters:
        said.append(words.say(COPY_WORDS[filters.copy]))
    return " · ".join(said) or words.say("全部")


_NAMES = {
    "store": "SELECT code, name, '' AS name_en FROM store ORDER BY code",
    "fund": "SELECT code, name, name_en FROM fund ORDER BY code",
    "campaign": "SELECT slug AS code, name, name_en FROM campaign ORDER BY name",
    "programme": "SELECT code, name, name_en FROM programme ORDER BY code",
    "township": "SELECT code, name, '' AS name_en FROM township ORDER BY code",
}


async def named(what: str) -> dict[str, str]:
    """All stores, funds, campaigns, programmes or townships, code to name in the current language."""
    english = words.language() == "en"
    rows = await reading.rows(_NAMES[what])
    return {r["code"]: (r["name_en"] if english and r["name_en"] else r["name"]) for r in rows}


async def name_of(what: str, code: str) -> str:
    """`F-EDU 助学基金`; the code alone when nobody knows it."""
    name = (await named(what)).get(code, "")
    return f"{code} {name}".strip()
