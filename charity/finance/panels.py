"""What finance shows on the desk of those who read the books: the money of today, the funds, the last journal vouchers.

A figure has one definition: each comes from the reader that the books' own pages use, or from the same kept sums.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from charity import addresses, clock, words
from charity.aid import vouchers
from charity.desk.panels import Panel
from charity.finance import reviews
from charity.finance.reviews import View
from charity.ledger import accounts as acc
from charity.ledger import chart, fund_lines, funds, journal_vouchers, money_day, months
from charity.ledger.figures import fund_kinds
from charity.ledger.fund_lines import AGENCY, FundLine
from charity.ledger.money_day import MoneyDay
from charity.ledger.numbering import printed
from charity.money import yuan
from charity.printing.vouchers import NATURES
from charity.roles import Actor
from charity.web import pictures

FUNDS_SHOWN: Final = 12
"""Funds with a line of their own, the largest; the others stand in one."""
VOUCHERS_SHOWN: Final = 6


async def money(by: Actor) -> Panel | None:
    """The money of today, with the check of what it is made of."""
    if not by.may("ledger.read"):
        return None
    day = await money_day.read(clock.today().isoformat())
    count, fen = await vouchers.approved_unpaid(by=by)
    context = {
        "opening": day.opening_fen,
        "came": {"label": words.say("收入 {count} 笔", count=f"{day.came.entries:,}"), "fen": day.came.fen},
        "went": {"label": words.say("支出 {count} 笔", count=f"{day.went.entries:,}"), "fen": day.went.fen},
        "closing": day.closing_fen,
        "charts": [{"label": f"{chart.title(code)} {code}", "fen": fen} for code, fen in day.by_chart.items()],
        "checks": checks(day),
        "unpaid": words.say("已批未付 {count} 张审批单 {amount}", count=count, amount=yuan(fen)) if count else "",
    }
    return Panel(
        name="money",
        title=words.say("今天的钱（元）"),
        template="finance/desk/money.html",
        context=context,
        order=10,
        side=True,
        href="/finance/entries",
        label=words.say("分录流水"),
    )


def checks(day: MoneyDay) -> list[dict[str, str]]:
    """Whether the three ways to the same sum agree, in words; by how much they differ where they do not."""
    parts = [words.say("各基金 {amount}", amount=yuan(day.own_fen))]
    if day.agency_fen:
        parts.append(words.say("代收代转 {amount}", amount=yuan(day.agency_fen)))
    if day.owed_fen:
        parts.append(words.say("应付未付 {amount}", amount=yuan(day.owed_fen)))
    parted = words.translate("加@sum").join(parts)
    if not day.apart_fen:
        shown = [{"tone": "good", "text": words.say("账账相符：等于{parts}", parts=parted)}]
    else:
        text = words.say("账账不符：与{parts}相差 {amount}，请查明", parts=parted, amount=yuan(day.apart_fen))
        shown = [{"tone": "bad", "text": text}]
    if day.unbooked_fen:
        text = words.say("昨日结余加收入减支出，与现在相差 {amount}，请查明", amount=yuan(day.unbooked_fen))
        shown.append({"tone": "bad", "text": text})
    return shown


async def fund_balances(by: Actor) -> Panel | None:
    """The funds with this year's course: a line each, the largest balance first."""
    if not by.may("ledger.read"):
        return None
    this_month = clock.today().isoformat()[:7]
    year = [f"{this_month[:4]}-{n:02d}" for n in range(1, int(this_month[5:]) + 1)]
    kept = await months.read(year[0], this_month)
    period, names, kinds = kept.period(year[0], this_month), await funds.names(), await fund_kinds()
    lines = [
        fund_lines.of(code, names[code], kinds[code], period.of(code)) for code in sorted(period.funds.keys() & names)
    ]
    own = sorted((line for line in lines if line.has_any and line.nature != AGENCY), key=lambda one: -one.unspent_fen)
    shown, ends = own if len(own) <= FUNDS_SHOWN else own[: FUNDS_SHOWN - 1], kept.month_ends(year)
    rest = own[len(shown) :]
    most = max((line.unspent_fen for line in own), default=0)
    rows = [_fund_row(line, ends.get(line.code, []), most, by) for line in shown]
    if rest:
        name = words.say("其余 {count} 个基金", count=len(rest))
        course = [sum(fens) for fens in zip(*(ends.get(line.code, [0] * len(year)) for line in rest), strict=True)]
        rows.append(_fund_row(fund_lines.together("", name, "", rest), course, most, by) | {"href": "/finance/funds"})
    return Panel(
        name="funds",
        title=words.say("基金结余（元）"),
        template="finance/desk/funds.html",
        context={"rows": rows, "total": fund_lines.together("", "", "", own)},
        order=20,
        note=words.say("只算钱，不含物资。折线是今年每个月末，最后一点是今天；横条与最大的基金比"),
    )


def _fund_row(line: FundLine, ends: Sequence[int], most: int, by: Actor) -> dict[str, Any]:
    return {
        "name": line.name,
        "note": words.say(NATURES[line.nature]) if line.nature else "",
        "href": addresses.shown_to(by, "fund", line.code) if line.code else "",
        "spark": pictures.spark(ends),
        "received": line.received_fen,
        "used": line.used_fen,
        "unspent": line.unspent_fen,
        "meter": pictures.meter(line.unspent_fen, most),
    }


async def last_vouchers(by: Actor) -> Panel | None:
    """The journal vouchers with the highest numbers, and whether they were reviewed."""
    if not by.may("ledger.read"):
        return None
    rows = await journal_vouchers.latest(VOUCHERS_SHOWN)
    if not rows:
        return None
    lines = [_voucher(view) for view in await reviews.views(rows, by=by)]
    return Panel(
        name="vouchers",
        title=words.say("最近的凭证"),
        template="finance/desk/vouchers.html",
        context={"rows": sorted(lines, key=lambda line: line["number"], reverse=True)},
        order=30,
        side=True,
        href="/journal",
        label=words.say("待复核"),
    )


def _voucher(view: View) -> dict[str, Any]:
    row = view.row
    state = {"code": "waiting", "label": words.say("待复核"), "tone": "wait"}
    if view.asked:
        state = {"code": "asked", "label": words.say("等答复"), "tone": "wait"}
    if view.review:
        state = {"code": "reviewed", "label": words.say("已复核"), "tone": "good"}
    return {
        "number": row["number"],
        "printed": printed(row["number"]),
        "href": addresses.of("journal_voucher", row["number"]),
        "summary": reviews.summary(view),
        "amount": row["amount_fen"],
        "sides": _sides(view),
        "status": state,
    }


def _sides(view: View) -> list[str]:
    """借 1002 银行存款 / 贷 4101 捐赠收入: each chart once, funds and places left out."""
    sides: Mapping[str, list[str]] = {
        "借": [line.account for line in view.lines if line.debit_fen],
        "贷": [line.account for line in view.lines if line.credit_fen],
    }
    shown = []
    for side, codes in sides.items():
        charts = dict.fromkeys(acc.split(code)[0] for code in codes)
        shown.append(f"{words.say(side)} {words.listed(f'{code} {chart.title(code)}' for code in charts)}")
    return shown


panels = [money, fund_balances, last_vouchers]
