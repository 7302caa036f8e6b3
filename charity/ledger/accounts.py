"""Account codes. Money: `chart/place/fund`, as `1002/ICBC-01/F-EDU`; `-` where nothing is meant.

Places of goods and points have one part: `store:LX01`, `world:donors`, `household:<key>`. A shelf, goods on
the road, a household's points, money of a fund in a till, a bank or with a provider, and what stands with a branch
never fall below zero.
"""

CASH = "1001"
BANK = "1002"
OTHER_MONEY = "1009"
ADVANCED = "1122"
PREPAID = "1141"
STOCK = "1201"
AGENCY_ASSETS = "1801"
OTHER_PAYABLE = "2209"
AGENCY_DEBT = "2601"
NET_UNRESTRICTED = "3101"
NET_RESTRICTED = "3102"
PRIOR_YEARS = "3201"
GIFTS = "4101"
OTHER_INCOME = "4901"
COST = "5101"
MANAGEMENT = "5301"
FUNDRAISING = "5401"
COSTS = (MANAGEMENT, FUNDRAISING)
"""Charts of our own costs: they belong to no programme."""

NET_OF = {"unrestricted": NET_UNRESTRICTED, "restricted": NET_RESTRICTED, "agency": AGENCY_DEBT}
"""By kind of fund: what an opening credits."""

CNY = "CNY"
GENERAL_FUND = "F-GEN"
DONORS = "world:donors"
HOUSEHOLDS = "world:households"
SUPPLIERS = "world:suppliers"
OPENING = "world:opening"
"""Where goods come from that stood on the shelves when the books began."""
GRANTED = "points:granted"
REDEEMED = "points:redeemed"
EXPIRED = "points:expired"

_WORTH = ("31", "32", "4", "5", AGENCY_DEBT)
MONEY_PLACES = (CASH, BANK, OTHER_MONEY)
"""Charts of where money lies: cash, bank, and what a provider has not paid out yet."""
_MONEY_PLACE = tuple(f"{chart}/" for chart in MONEY_PLACES)
_BOUNDED = ("store:", "household:", "transit:", f"{ADVANCED}/", *_MONEY_PLACE)

Posting = tuple[str, str, int]
"""(account code, unit code, quantity): debit positive, credit negative, never 0."""


def money(chart: str, fund: str, place: str = "-") -> str:
    """The code of a money account."""
    return f"{chart}/{place}/{fund}"


def shelf(store: str) -> str:
    """Where a store's goods stand."""
    return f"store:{store}"


def household(key: str) -> str:
    """Where a household's points are."""
    return f"household:{key}"


def lot(code: str) -> str:
    """The unit of a lot."""
    return f"lot:{code}"


def points(scheme: str, cycle: str) -> str:
    """The unit of the points of one scheme and cycle, as `points:LX:2026-Q4`."""
    return f"points:{scheme}:{cycle}"


def unit_kind(code: str) -> str:
    """money, lot or points."""
    if code == CNY:
        return "money"
    kind = code.partition(":")[0]
    if kind not in {"lot", "points"}:
        raise ValueError(code)
    return kind


def minimum(account: str) -> int | None:
    """The lower bound of an account's holdings."""
    return 0 if account.startswith(_BOUNDED) else None


def is_money_place(account: str) -> bool:
    """Whether money of a fund lies there: cash, bank, or what a provider has not paid out yet."""
    return account.startswith(_MONEY_PLACE)


def fund(account: str) -> str:
    """The fund of a money account, "" for a place of goods or points."""
    return account.split("/", 2)[2] if "/" in account else ""


def place_of(account: str) -> str:
    """Where the money of an account lies, as `1002/ICBC-01`: the front of its code."""
    return account.rpartition("/")[0]


def changes_worth(account: str) -> bool:
    """Net assets, income, cost and agency debt: together, with the sign turned, what a fund is worth."""
    return "/" in account and account.startswith(_WORTH)


def split(account: str) -> tuple[str, str, str]:
    """(chart, place, fund) of a code; goods and points have only a place."""
    if "/" not in account:
        return "", account, ""
    chart, place, fund = account.split("/", 2)
    return chart, place, fund
