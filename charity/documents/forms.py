"""What people ask a document for: the address of a screen, the body of a call, options of the command line."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from charity import clock, words
from charity.documents import facts, rules
from charity.printing.document import Document, Filters
from charity.web.fields import Day

MONTHS_A_QUARTER = 3


class ExportBody(BaseModel):
    """The body of `POST /exports`."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    report: str = Field(min_length=1, max_length=40, description="台账的代码", examples=["donations"])
    format: Literal["pdf", "xlsx", "csv"] = Field(description="文件格式")
    begin: Day = Field(alias="from", description="第一天", examples=["2026-01-01"])
    end: Day = Field(alias="to", description="最后一天", examples=["2026-12-31"])
    filters: dict[str, str] = Field(
        default_factory=dict, max_length=8, description="筛选条件，依台账而定", examples=[{"fund": "F-GEN"}]
    )


class ExportAnswer(BaseModel):
    """An order of a file; `progress` in per cent."""

    id: str
    report: str
    format: str
    status: Literal["queued", "running", "done", "failed", "cancelled"]
    progress: int = Field(ge=0, le=100)
    error: str | None = Field(None, description="失败原因")
    document: str | None = Field(None, description="文件编号，/v/{code} 可核验")
    file: str | None = Field(None, description="下载地址")


def filters_of(document: Document, begin: str, end: str, chosen: Mapping[str, str]) -> Filters:
    """Checked filters; refuses a bad period and a filter that this document does not have."""
    first, last = facts.period(begin, end)
    values: dict[str, str] = {}
    for name, value in chosen.items():
        if not (plain := value.strip()):
            continue
        wanted = document.filter(name)
        if wanted is None:
            raise rules.FILTER_UNKNOWN(name=name)
        if plain != wanted.default:
            values[name] = plain
    return Filters.of(first, last, **values)


def from_query(document: Document, query: Mapping[str, str]) -> Filters:
    """The filters in the address of a screen; this month when it names no period."""
    begin, end = this_month(clock.today())
    chosen = {wanted.name: query[wanted.name] for wanted in document.filters if wanted.name in query}
    return filters_of(document, query.get("from") or begin, query.get("to") or end, chosen)


def query_of(filters: Filters) -> dict[str, str]:
    """The other way round."""
    return {"from": filters.begin, "to": filters.end, **dict(filters.chosen)}


@dataclass(frozen=True, slots=True)
class Preset:
    """A period that people ask for often."""

    label: str
    begin: str
    end: str


def this_month(day: date) -> tuple[str, str]:
    """The first and last day of the month of a day."""
    first = day.replace(day=1)
    return first.isoformat(), _end(first, 1).isoformat()


def _end(first: date, months: int) -> date:
    """The last day of so many months from a first of a month."""
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1) - timedelta(days=1)


def presets(today: date) -> list[Preset]:
    """本月 上月 本季 本年."""
    first = today.replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    quarter = first.replace(month=(first.month - 1) // MONTHS_A_QUARTER * MONTHS_A_QUARTER + 1)
    year = first.replace(month=1)
    spans = (("本月", first, 1), ("上月", before, 1), ("本季", quarter, MONTHS_A_QUARTER), ("本年", year, 12))
    return [Preset(words.say(label), begin.isoformat(), _end(begin, n).isoformat()) for label, begin, n in spans]
