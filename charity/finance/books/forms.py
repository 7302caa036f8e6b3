"""What the pages of the books are asked for: a period, which accounts, where a list goes on."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints, ValidationInfo, field_validator

from charity import clock
from charity.documents.forms import this_month
from charity.finance.fields import CODE_MAX
from charity.web.fields import DayText

SEQ_MAX = 2**53 - 1
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=CODE_MAX)]


class PeriodFilter(BaseModel):
    """The days from `from_on` to `to_on`, both included; this month where nothing is said."""

    from_on: DayText = ""
    to_on: DayText = ""
    after: Text = ""

    @field_validator("to_on")
    @classmethod
    def _order(cls, to_on: str, info: ValidationInfo) -> str:
        if to_on and to_on < str(info.data.get("from_on", "")):
            raise ValueError("结束日期不能早于开始日期")
        return to_on

    def period(self) -> tuple[str, str]:
        """The first and the last day; where one is missing, of its month."""
        begin, end = self.from_on, self.to_on
        if not begin and not end:
            return this_month(clock.today())
        if not begin:
            return f"{end[:7]}-01", end
        return begin, end or max(begin, clock.today().isoformat())


class FundFilter(PeriodFilter):
    """As `PeriodFilter`; this year where nothing is said."""

    def period(self) -> tuple[str, str]:
        """The first and the last day."""
        year = clock.today().year
        return super().period() if self.from_on or self.to_on else (f"{year}-01-01", f"{year}-12-31")


class AccountsFilter(BaseModel):
    """Which accounts are listed."""

    chart: Text = ""
    fund: Text = ""
    after: Text = ""


class TrialFilter(PeriodFilter):
    """A trial balance: of a period, by chart, fund or account; of one fund."""

    by: Literal["chart", "fund", "account"] = "chart"
    fund: Text = ""


class EntriesFilter(BaseModel):
    """Where the list of entries begins: before this one."""

    after: int = Field(0, ge=0, le=SEQ_MAX)


class SourcesFilter(BaseModel):
    """Where the list of the gifts that an entry used goes on."""

    after: Text = ""
