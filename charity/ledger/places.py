"""Where money lies 资金存放处: tills (1001), bank accounts (1002) and platforms (1009).

One list for every form that pays or moves money. A place is named by the front of its accounts' codes:
`1002/ICBC-01` is where `1002/ICBC-01/F-GEN` and `1002/ICBC-01/F-EDU` lie. One bank account pays when nobody chose
another, and gifts by bank come into one: both are marked in the list (`charity bank pay-from`, `receive-into`, the page
of the places).
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from charity import clock, texts, words
from charity.db import reading
from charity.db.transactions import Tx
from charity.errors import FieldError, unreadable
from charity.ledger import accounts, chart, rules
from charity.money import yuan_sign

CHARTS = accounts.MONEY_PLACES
CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{0,15}")
NAME_MAX: Final = 40
SINCE_DAYS: Final = 60
"""How far back is looked for when what lies in a place came."""


@dataclass(frozen=True, slots=True)
class Place:
    """A till, a bank account or a platform. `chart` is 1001, 1002 or 1009."""

    code: str
    chart: str
    place: str
    name: str
    name_en: str

    @property
    def shown(self) -> str:
        """Its name in the current language."""
        return (words.language() == "en" and self.name_en) or self.name

    def __format__(self, spec: str) -> str:
        """As a fact of a refusal: in the language of whoever is refused."""
        return format(self.shown, spec)

    def account(self, fund: str) -> str:
        """The account of a fund's money that lies here."""
        return accounts.money(self.chart, fund, self.place)


@dataclass(frozen=True, slots=True)
class Held:
    """Money of one fund in one place now, fen."""

    place: str
    fund: str
    fen: int


async def open_place(tx: Tx, *, chart: str, place: str, name: str, name_en: str = "") -> None:
    """Open a place; `place` is what account codes call it, as `ICBC-01`. One that is open is refused."""
    must_be_a_code(place)
    must_be_names(name, name_en)
    code = f"{chart}/{place}"
    if await tx.row("SELECT code FROM money_place WHERE code = $1", code):
        raise rules.PLACE_OPEN(place=code)
    await _must_differ(tx, code, name, name_en)
    row: dict[str, Any] = {"code": code, "chart": chart, "place": place, "name": name, "name_en": name_en}
    await tx.insert("money_place", [row])


async def rename(tx: Tx, code: str, *, name: str, name_en: str = "") -> None:
    """Call a place something else, as the bank does that our public pages print."""
    must_be_names(name, name_en)
    await _must_differ(tx, code, name, name_en)
    renamed = await tx.rows(
        "UPDATE money_place SET name = $2, name_en = $3 WHERE code = $1 RETURNING code", code, name, name_en
    )
    assert renamed, code


def must_be_a_code(place: str) -> None:
    """Refuse what account codes cannot call a place."""
    if not CODE.fullmatch(place):
        raise unreadable(FieldError("place", "账户代码用大写字母、数字和连字符，最多 16 个字符，如 CCB-02"))


def must_be_names(name: str, name_en: str) -> None:
    """Refuse a place without a name, and names that cannot be printed."""
    if not name.strip():
        raise unreadable(FieldError("name", "请填写名称"))
    for field, text in (("name", name), ("name_en", name_en)):
        if len(text) > NAME_MAX or texts.refused(text):
            raise unreadable(FieldError(field, "最多 {most} 个字符，不能有换行", (("most", NAME_MAX),)))


async def _must_differ(tx: Tx, code: str, name: str, name_en: str) -> None:
    """Refuse a name that another place has: whoever pays or books chooses by it, in either language."""
    for row in await tx.rows("SELECT code, name, name_en FROM money_place WHERE code <> $1", code):
        taken = {one.casefold() for one in (row["name"], row["name_en"]) if one}
        for field, text in (("name", name), ("name_en", name_en)):
            if text.strip().casefold() in taken:
                raise unreadable(FieldError(field, "资金存放处 {place} 已经叫这个名称", (("place", row["code"]),)))


async def pay_from(tx: Tx, code: str) -> None:
    """Let this bank account pay when nobody chose another, in place of the one that did."""
    await _must_be_a_bank(tx, code)
    await tx.rows("UPDATE money_place SET pays = FALSE WHERE pays")
    await tx.rows("UPDATE money_place SET pays = TRUE WHERE code = $1", code)


async def receive_into(tx: Tx, code: str) -> None:
    """Let gifts by bank come into this account, in place of the one into which they came."""
    await _must_be_a_bank(tx, code)
    await tx.rows("UPDATE money_place SET receives = FALSE WHERE receives")
    await tx.rows("UPDATE money_place SET receives = TRUE WHERE code = $1", code)


async def _must_be_a_bank(tx: Tx, code: str) -> None:
    if not await tx.row("SELECT code FROM money_place WHERE code = $1 AND chart = $2", code, accounts.BANK):
        raise rules.PLACE_NO_BANK(place=code)


async def paying() -> Place:
    """The bank account that pays when nobody chose another."""
    return Place(**await reading.only("SELECT code, chart, place, name, name_en FROM money_place WHERE pays"))


RECEIVING = "SELECT code, chart, place, name, name_en FROM money_place WHERE receives"


async def receiving() -> Place:
    """The bank account into which gifts by bank come."""
    return Place(**await reading.only(RECEIVING))


ALL = "SELECT code, chart, place, name, name_en FROM money_place ORDER BY code"
CLOSED = "SELECT code, chart, place, name, name_en, closed_through FROM money_place WHERE closed_through > ''"
"""Places with a closed day (closed_days.py)."""


async def every(charts: Sequence[str] = CHARTS) -> list[Place]:
    """All places of these charts by code."""
    rows = await reading.rows(ALL)
    return [Place(**row) for row in rows if row["chart"] in charts]


async def get(code: str, *, field: str) -> Place:
    """One place; a code that is none is refused at the field that named it."""
    row = await reading.row("SELECT code, chart, place, name, name_en FROM money_place WHERE code = $1", code)
    if row is None:
        raise unreadable(FieldError(field, "没有资金存放处“{place}”", (("place", code),)))
    return Place(**row)


async def labels(charts: Sequence[str] = CHARTS) -> dict[str, str]:
    """Names of these places by code, in the current language, for a select."""
    return {place.code: place.shown for place in await every(charts)}


def account_name(account: str, named: Mapping[str, str]) -> str:
    """An account in words, as `银行存款，工商银行基本户`; `named` are the `labels`."""
    title, place = chart.title(accounts.split(account)[0]), named.get(accounts.place_of(account))
    if place is None:
        return chart.name(account)
    return title if place == title else words.say("{account}，{place}", account=title, place=place)


def account_title(account: str, named: Mapping[str, str]) -> str:
    """The same behind the number of its chart: `1002 银行存款，工商银行基本户`."""
    return f"{accounts.split(account)[0]} {account_name(account, named)}"


async def held() -> list[Held]:
    """What lies where by fund now, without what is 0; by place and fund."""
    rows = await reading.rows(
        "SELECT a.chart, a.place, a.fund, h.quantity FROM account a JOIN holding h ON h.account = a.id "
        "JOIN unit u ON u.id = h.unit WHERE u.code = $1 AND a.chart IN ($2, $3, $4) AND h.quantity <> 0 "
        "ORDER BY a.chart, a.place, a.fund",
        accounts.CNY,
        *CHARTS,
    )
    return [Held(f"{row['chart']}/{row['place']}", row["fund"], row["quantity"]) for row in rows]


async def since(code: str, fen: int) -> str:
    """The day on which the oldest came of so much that lies in a place, what came first having left first.

    Of the last SINCE_DAYS: what has lain there longer came on their first.
    """
    first = (clock.today() - timedelta(days=SINCE_DAYS)).isoformat()
    rows = await reading.rows(
        "SELECT t.day, CAST(SUM(t.debit) AS BIGINT) AS fen FROM account a CROSS JOIN turnover t "
        "WHERE a.chart = $1 AND a.place = $2 AND t.account = a.id AND t.unit = (SELECT id FROM unit WHERE code = $3) "
        "AND t.day >= $4 AND t.debit > 0 GROUP BY t.day ORDER BY t.day DESC",
        *code.split("/"),
        accounts.CNY,
        first,
    )
    for row in rows:
        fen -= row["fen"]
        if fen <= 0:
            return str(row["day"])
    return first


async def offered(places: Iterable[Place], funds: Collection[str]) -> list[dict[str, str]]:
    """Options of a select of places that pay, each with what these funds have there now."""
    fen = {(one.place, one.fund): one.fen for one in await held()}

    def amount(place: str) -> str:
        amounts = {fund: yuan_sign(fen.get((place, fund), 0)) for fund in funds}
        return next(iter(amounts.values())) if len(amounts) == 1 else "；".join(map(" ".join, amounts.items()))

    label = "{place}，现有 {amount}"
    return [{"value": p.code, "label": words.say(label, place=p.shown, amount=amount(p.code))} for p in places]
