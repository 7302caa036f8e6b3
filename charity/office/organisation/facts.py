"""What is true of the organisation on a day: certificate, qualifications, numbers, account, contact, address.

Always true: what is entered is true when a second person has typed it again; rows are only added, and of those that
cover a day the newest is right; an empty one says that there is none. A last good day holds to its end in
Asia/Shanghai, for whoever asks says a business date. Sources: Charity Law 24 and 25, 税前扣除资格 by year
(财政部 税务总局 民政部公告2020年第27号), ICP and 公安 numbers, finding L3.

The account that givers are shown is one row of three lines, so its holder, bank and number change at one moment; where
one of the three is missing there is no account.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
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
    FactKind.ACCOUNT: "收款账户",
    FactKind.WECHAT_CODE: "微信收款码",
    FactKind.ALIPAY_CODE: "支付宝收款码",
}
PARTS: Final = (FactKind.ACCOUNT_HOLDER, FactKind.ACCOUNT_BANK, FactKind.ACCOUNT_NUMBER)
"""What the lines of an account are, in their order."""
ENTERED: Final = tuple(kind for kind in FactKind if kind not in PARTS)
SHOWN: Final = tuple(kind for kind in FactKind if kind != FactKind.ACCOUNT)
"""What can be entered, and what can be true on a day."""
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
    registered: frozenset[FactKind] = frozenset()
    """Of which kinds anything was ever confirmed, though it may be over or withdrawn."""

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
    confirmed = [fact for row in rows if row.status == FactStatus.CONFIRMED for fact in _facts_of(row)]
    covering = {fact.kind: fact for fact in confirmed if fact.covers(day.isoformat())}
    valid = {kind: fact for kind, fact in covering.items() if fact.value}
    if not all(kind in valid for kind in PARTS):
        valid = {kind: fact for kind, fact in valid.items() if kind not in PARTS}
    return Facts(day, valid, frozenset(fact.kind for fact in confirmed))


def account_lines(value: str) -> tuple[str, str, str]:
    """Holder, bank and number of an account's row; three times "" for one that says that there is none."""
    holder, bank, number = value.split("\n") if value else ("", "", "")
    return holder, bank, number


def _facts_of(row: Fact) -> list[Fact]:
    """What a row says: itself, or the three parts of an account."""
    if row.kind != FactKind.ACCOUNT:
        return [row]
    return [replace(row, kind=kind, value=line) for kind, line in zip(PARTS, account_lines(row.value), strict=True)]


async def first_day_in_force(entry: int, since: date) -> date | None:
    """From which day on, `since` at the earliest, this row is what is true; None when it never is again.

    Newer rows may say something else of all its days, or of the first of them.
    """
    rows = await _rows()
    row = next(row for row in rows if row.id == entry)
    ends = [date.fromisoformat(r.ends_on) + timedelta(days=1) for r in rows if r.id > entry and r.ends_on]
    for day in sorted({max(since, date.fromisoformat(row.starts_on)), *(end for end in ends if end >= since)}):
        kinds = PARTS if row.kind == FactKind.ACCOUNT else (row.kind,)
        valid = valid_on(day, rows).valid
        if row.covers(day.isoformat()) and all(kind in valid and valid[kind].id == entry for kind in kinds):
            return day
    return None


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
