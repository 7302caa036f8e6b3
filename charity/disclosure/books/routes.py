"""The public ledger: its page, its files, and the check of a fingerprint."""

from typing import Annotated
from urllib.parse import quote

from pydantic import BaseModel, Field, StringConstraints
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import words
from charity.disclosure.books import fingerprints, readers, sheets
from charity.errors import Refusal
from charity.ledger import entries, statement
from charity.ledger.fund_lines import OWN_COSTS
from charity.ledger.statement import Statement
from charity.sheets import files
from charity.web import contexts, forms, limits, pages, pictures

LEDGER_FILES = limits.Pace("ledger_file", 60, 60)
"""Files of the public ledger by address."""
FINGERPRINTS = limits.Pace("fingerprint", 60, 60)
"""Fingerprints to compare by address."""
SEQ_DIGITS = 15
YEAR = "年份（如 2026）"
MONTH = "月份（如 2026-10）"
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=fingerprints.TYPED_MAX)]


class BooksFilter(BaseModel):
    """The year and the month of the page; "" for this year, and for all of it."""

    year: Annotated[str, StringConstraints(pattern="^([0-9]{4})?$")] = Field("", title=YEAR)
    month: Annotated[str, StringConstraints(pattern="^([0-9]{4}-[0-9]{2})?$")] = Field("", title=MONTH)


class CheckFilter(BaseModel):
    """An entry and its fingerprint, as somebody noted them."""

    seq: Text = ""
    fingerprint: Text = ""


async def _chosen(request: Request) -> readers.Books:
    query, refusal = forms.filters(request, BooksFilter)
    if refusal:
        raise refusal
    return await readers.read(int(query.year) if query.year else None, query.month)


async def ledger(request: Request) -> Response:
    """`GET /books`: a year of the books, or a month of it."""
    shown = await _chosen(request)
    parts = readers.parts(shown.whole)
    return await pages.page(
        request,
        "disclosure/books.html",
        shown=shown,
        years=[{"label": str(year), "href": f"/books?year={year}"} for year in reversed(shown.years)],
        months=[
            {"month": month, "href": f"/books?year={shown.year}&month={month}", **_turned(figures)}
            for month, figures in reversed(shown.by_month)
        ],
        turned=_turned(shown.whole),
        terms=statement.terms(shown.whole),
        parts=parts,
        parts_fen=sum(fen for _, _, fen in parts),
        split=pictures.split([(kind, fen) for kind, _, fen in parts]),
        goods=statement.terms(shown.whole, "goods_fen"),
        sums={
            "sources": readers.sum_of(shown.sources),
            "uses": readers.sum_of(shown.uses),
            "funds": readers.total(shown),
        },
        natures={kind: words.translate(name) for kind, name in readers.KIND_NAMES.items()},
        fingerprint=fingerprints.grouped(shown.leaf),
        formats=sorted(files.MEDIA),
    )


def _turned(figures: Statement) -> dict[str, int]:
    """A month in three figures of money: what came in, what went out, what was left."""
    used = sum(figures[code].money_fen for code in ("refunded", "aid", *OWN_COSTS))
    return {"received": figures["received"].money_fen, "used": used, "unspent": figures["unspent"].money_fen}


async def sheet(request: Request) -> Response:
    """`GET /books/sheet.csv` and `sheet.xlsx`: the figures of the page as a file."""
    limits.hit(LEDGER_FILES, contexts.neighbourhood(contexts.of(request).address))
    fmt = request.url.path.rpartition(".")[2]
    name, file = await sheets.made(await _chosen(request), fmt)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(file, media_type=files.MEDIA[fmt], headers=headers)


async def check(request: Request) -> Response:
    """`GET /books/check`: how to check the books, and a fingerprint that was noted compared with them."""
    query, refusal = forms.filters(request, CheckFilter)
    compared, digits = None, query.seq.replace(",", "")
    if not refusal and (query.seq or query.fingerprint):
        limits.hit(FINGERPRINTS, contexts.neighbourhood(contexts.of(request).address))
        try:
            seq = int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= SEQ_DIGITS else 0
            compared = await fingerprints.compare(seq, query.fingerprint)
        except Refusal as error:
            refusal = error
    head = await entries.head()
    return await pages.form(
        request, "disclosure/books_check.html", refusal, typed=query, compared=compared,
        head={"seq": head.seq, "fingerprint": fingerprints.grouped(await entries.leaf_of(head.seq) or "")},
    )  # fmt: skip


routes = [
    Route("/books", ledger, methods=["GET"]),
    Route("/books/sheet.csv", sheet, methods=["GET"]),
    Route("/books/sheet.xlsx", sheet, methods=["GET"]),
    Route("/books/check", check, methods=["GET"]),
]
