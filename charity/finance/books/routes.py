"""The pages of the books."""

from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity.errors import Refusal
from charity.finance import rules
from charity.finance.books import readers, screens, sheets
from charity.finance.books.forms import (
    AccountsFilter,
    EntriesFilter,
    FundFilter,
    PeriodFilter,
    SourcesFilter,
    TrialFilter,
)
from charity.finance.fields import CODE_MAX
from charity.ledger import chart, funds
from charity.ledger.funds import FundRow
from charity.roles import Actor
from charity.sheets import files
from charity.web import auth, forms, pages


async def journal(request: Request) -> Response:
    """`GET /finance/entries`: the journal, newest first."""
    by = auth.allowed(request, "ledger.read")
    query, refusal = forms.filters(request, EntriesFilter)
    rows, numbers, following = await readers.journal(0 if refusal else query.after, by=by)
    context = {"rows": await screens.journal(rows, numbers, by), **pages.pager(request, following)}
    return await pages.form(request, "finance/books/journal.html", refusal, **context)


async def entry(request: Request) -> Response:
    """`GET /finance/entries/{seq}`."""
    by = auth.allowed(request, "ledger.read")
    query, refusal = forms.filters(request, SourcesFilter)
    shown = await readers.entry(request.path_params["seq"], after="" if refusal else query.after, by=by)
    context = await screens.entry(shown, by) | pages.pager(request, shown.following)
    return await pages.form(request, "finance/books/entry.html", refusal, **context)


async def accounts(request: Request) -> Response:
    """`GET /finance/accounts`: every account with what it has now."""
    by = auth.allowed(request, "ledger.read")
    query, refusal = forms.filters(request, AccountsFilter)
    refusal = refusal or await _unknown(query.fund, query.chart)
    query = AccountsFilter() if refusal else query
    context, following = await screens.accounts(query, query.after, readers.PAGE, by)
    return await pages.form(
        request, "finance/books/accounts.html", refusal, **context, **pages.pager(request, following)
    )


async def account(request: Request) -> Response:
    """`GET /finance/accounts/{code}`, as `1002/ICBC-01/F-EDU`."""
    by, code = auth.allowed(request, "ledger.read"), request.path_params["code"]
    query, refusal = forms.filters(request, PeriodFilter)
    context = screens.period(query, refusal, request.url.path)
    shown = await readers.account(code, context["begin"], context["end"], after=context["after"], by=by)
    context |= await screens.account(code, shown, by)
    context |= pages.pager(request, shown.following)
    return await pages.form(request, "finance/books/account.html", refusal, **context)


async def fund_list(request: Request) -> Response:
    """`GET /finance/funds`."""
    by = auth.allowed(request, "fund.read")
    rows = await screens.fund_list(await funds.every(), by)
    return await pages.page(request, "finance/books/funds.html", rows=rows)


async def fund(request: Request) -> Response:
    """`GET /finance/funds/{code}`."""
    by = auth.allowed(request, "fund.read")
    row = await _fund(request)
    query, refusal = forms.filters(request, FundFilter)
    context = screens.period(query, refusal, request.url.path, await screens.years())
    shown = await readers.fund(row.code, context["begin"], context["end"], after=context["after"], by=by)
    context |= await screens.fund(row, shown, context["begin"], context["end"], by)
    context |= pages.pager(request, shown.money.following)
    return await pages.form(request, "finance/books/fund.html", refusal, **context)


async def _fund(request: Request) -> FundRow:
    code = request.path_params["code"][:CODE_MAX]
    if code not in await funds.names([code]):
        raise rules.FUND_UNKNOWN(fund=code)
    return await funds.get(code)


async def fund_sheet(request: Request) -> Response:
    """`GET /finance/funds/{code}/sheet.csv` and `sheet.xlsx`: what the page draws, as a file."""
    by = auth.allowed(request, "report.export")
    by.must("fund.read")
    row = await _fund(request)
    query, refusal = forms.filters(request, FundFilter)
    if refusal:
        raise refusal
    return _file(request, await sheets.fund(row, *query.period(), _format(request), by))


async def trial(request: Request) -> Response:
    """`GET /finance/trial-balance`: of any day, and between two."""
    by = auth.allowed(request, "ledger.read")
    query, refusal = forms.filters(request, TrialFilter)
    refusal = refusal or await _unknown(query.fund)
    typed, query = query, TrialFilter() if refusal else query
    context = screens.period(typed, refusal, request.url.path, by=query.by, fund=query.fund)
    rows, total, _ = await readers.trial(context["begin"], context["end"], group=query.by, fund=query.fund, by=by)
    more, following = await screens.trial(query, rows, total, readers.PAGE, by)
    context |= more | pages.pager(request, following) | {"sheets": _sheets(query, context, by)}
    return await pages.form(request, "finance/books/trial.html", refusal, **context)


def _sheets(query: TrialFilter, context: dict[str, Any], by: Actor) -> list[dict[str, str]]:
    """The files of what the page shows, for whoever may take some."""
    if not by.may("report.export"):
        return []
    asked = {"from_on": context["begin"], "to_on": context["end"], "by": query.by, "fund": query.fund}
    text = urlencode({name: value for name, value in asked.items() if value})
    return [{"label": fmt.upper(), "href": f"/finance/trial-balance/sheet.{fmt}?{text}"} for fmt in files.MEDIA]


async def trial_sheet(request: Request) -> Response:
    """`GET /finance/trial-balance/sheet.csv` and `sheet.xlsx`: all rows of the same filters, as a file."""
    by = auth.allowed(request, "report.export")
    by.must("ledger.read")
    query, refusal = forms.filters(request, TrialFilter)
    if refusal := refusal or await _unknown(query.fund):
        raise refusal
    return _file(request, await sheets.trial(query, *query.period(), _format(request), by))


def _format(request: Request) -> str:
    return request.url.path.rpartition(".")[2]


def _file(request: Request, made: tuple[str, bytes]) -> Response:
    name, file = made
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(file, media_type=files.MEDIA[_format(request)], headers=headers)


async def _unknown(fund: str, charted: str = "") -> Refusal | None:
    """The refusal of a filter for what does not exist."""
    if fund and fund not in await funds.names([fund]):
        return rules.FUND_NOT_HERE(fund=fund)
    if charted and charted not in chart.NAMES:
        return rules.CHART_NOT_HERE(chart=charted)
    return None


routes = [
    Route("/finance/entries", journal, methods=["GET"]),
    Route("/finance/entries/{seq}", entry, methods=["GET"]),
    Route("/finance/accounts", accounts, methods=["GET"]),
    Route("/finance/accounts/{code:path}", account, methods=["GET"]),
    Route("/finance/funds", fund_list, methods=["GET"]),
    Route("/finance/funds/{code}", fund, methods=["GET"]),
    Route("/finance/funds/{code}/sheet.csv", fund_sheet, methods=["GET"]),
    Route("/finance/funds/{code}/sheet.xlsx", fund_sheet, methods=["GET"]),
    Route("/finance/trial-balance", trial, methods=["GET"]),
    Route("/finance/trial-balance/sheet.csv", trial_sheet, methods=["GET"]),
    Route("/finance/trial-balance/sheet.xlsx", trial_sheet, methods=["GET"]),
]
