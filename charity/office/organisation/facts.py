"""What is true of the organisation on a day: certificate, qualifications, numbers, account, contact, address.

Always true: what is entered is true when a second person has typed it again; rows are only added, and of those that
cover a day the newest is right; an empty one says that there is none. A last good day holds to its end in
Asia/Shanghai, for whoever asks says a business date. Sources: Charity Law 24 and 25, 税前扣除资格 by year
(财政部 税务总局 民政部公告2020年第27号), ICP and 公安 numbers, finding L3.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from charity.office.kept import Kept
from charity.office.models import FactKind, FactStatus, OrganisationFact
from charity.roles import PUBLIC

FACT_WORDS: Final[dict[str, str]] = {
    FactKind.CERTIFICATE: "公开募捐资格证书",
    FactKind.TAX_DEDUCTION: "公益性捐赠税前扣除资格",
    FactKind.ICP: "ICP备案号",
    FactKind.POLICE: "公安备案号",
    FactKind.COMPLAINT_PHONE: "监督电话",
    FactKind.CONTACT: "联系人",
    FactKind.PHONE: "联系电话",
    FactKind.ADDRESS: "地址",
    FactKind.ACCOUNT_HOLDER: "收款户名",
    FactKind.ACCOUNT_BANK: "开户银行",
    FactKind.ACCOUNT_NUMBER: "收款账号",
}
EVER: Final = "1949-01-01"
"""From when what was always so is true: the first day of our years."""
HISTORY_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class Fact:
    """One row. `starts_on` and `ends_on` are business dates, both included; `ends_on` None: until further notice."""

    kind: FactKind
    value: str
    starts_on: str
    ends_on: str | None
    entered_at: str = ""
    entered_by: str = ""
    id: int = 0
    status: FactStatus = FactStatus.CONFIRMED

    def covers(self, day: str) -> bool:
        """Whether it says something about this day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true on a day."""

    day: date
    valid: Mapping[FactKind, Fact]

    def get(self, kind: FactKind) -> Fact | None:
        """The fact, or None when there is none on this day."""
        return self.valid.get(kind)

    def value(self, kind: FactKind) -> str:
        """Its value, or ""."""
        fact = self.valid.get(kind)
        return fact.value if fact else ""

    def missing(self, kinds: Iterable[FactKind]) -> list[FactKind]:
        """Which of these there are none of."""
        return [kind for kind in kinds if kind not in self.valid]


async def facts_on(day: date, *, kept: bool = False) -> Facts:
    """What is true on a business date. `kept`: as this process knew it some seconds ago at the earliest, unread."""
    return valid_on(day, await (_facts.get() if kept else _rows()))


def valid_on(day: date, rows: Iterable[Fact]) -> Facts:
    """What these rows, the newest last, say of a day."""
    covering = {row.kind: row for row in rows if row.status == FactStatus.CONFIRMED and row.covers(day.isoformat())}
    return Facts(day, {kind: fact for kind, fact in covering.items() if fact.value})


async def history() -> list[Fact]:
    """What was entered, the newest first."""
    return list(reversed(await _rows()))[:HISTORY_MAX]


async def waiting() -> list[Fact]:
    """What waits for its second look, the oldest first."""
    return [fact for fact in await _rows() if fact.status == FactStatus.WAITING]


async def _rows() -> list[Fact]:
    """All rows, the newest last: a few a year."""
    return [
        Fact(
            FactKind(row.kind),
            row.value,
            row.starts_on,
            row.ends_on,
            row.entered_at,
            row.entered_by,
            row.id,
            FactStatus(row.status),
        )
        for row in await OrganisationFact.visible_to(PUBLIC).order_by("id")
    ]


_facts = Kept(_rows)
forget = _facts.forget
