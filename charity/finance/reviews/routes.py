"""The pages of journal vouchers: what waits by day, one number whole, and the review of what is ticked."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity.errors import Refusal
from charity.finance import rules
from charity.finance.reviews import documents, readers, screens, verbs
from charity.finance.reviews.forms import DayFilter, EntriesFilter, MonthFilter, ReviewForm
from charity.ledger import journal_vouchers
from charity.printing.journal import SHEETS_MAX
from charity.web import auth, forms, pages


async def listed(request: Request) -> Response:
    """`GET /journal`: the first day with something to review, or the one that was asked for."""
    auth.allowed(request, "ledger.read")
    query, refusal = forms.filters(request, DayFilter)
    return await _day(request, "" if refusal else query.on, refusal)


async def review(request: Request) -> Response:
    """`POST /journal/review`: what is ticked, as it was on the screen."""
    by = auth.allowed(request, "review.make")
    data = await forms.data(request, ReviewForm)
    try:
        form = forms.read(ReviewForm, data)
    except Refusal as refusal:
        return await _day(request, "", refusal)
    hashes = form.hashes()
    try:
        if not hashes:
            raise rules.REVIEW_NOTHING()
        seen = verbs.together(hashes).hash
        await verbs.review(
            numbers=list(hashes), content_hash=seen, by=by, idem=forms.idem(request, data, "journal.review")
        )
    except Refusal as refusal:
        return await _day(request, form.on, refusal, hashes)
    onward = "" if form.on == "" else f"?on={form.on}"
    return pages.see_other(request, f"/journal{onward}", "已复核 {count} 张记账凭证", count=len(hashes))


async def _day(
    request: Request, on: str, refusal: Refusal | None = None, seen: dict[str, str] | None = None
) -> Response:
    by = auth.allowed(request, "ledger.read")
    day = await readers.waiting(on, after=request.query_params.get("after", ""), by=by)
    now = {view.row["number"]: view.content_hash for view in day.vouchers}
    changed = [number for number, content_hash in (seen or {}).items() if now.get(number) != content_hash]
    context = await screens.day(day, by, changed)
    context["ticked"] = [number for number in seen or {} if number not in changed]
    return await pages.form(
        request, "finance/reviews/list.html", refusal, **context, **pages.pager(request, day.following)
    )


async def show(request: Request) -> Response:
    """`GET /journal/{number}`."""
    by = auth.allowed(request, "ledger.read")
    view = await readers.get(request.path_params["number"], by=by)
    query, refusal = forms.filters(request, EntriesFilter)
    after = 0 if refusal else query.after
    rows, following = await journal_vouchers.entries_of(view.row, after=after, limit=readers.ENTRIES)
    context = await screens.voucher(view, rows, by)
    return await pages.page(request, "finance/reviews/show.html", **context, **pages.pager(request, following))


async def pdf(request: Request) -> Response:
    """`GET /journal/{number}.pdf`."""
    view = await readers.get(request.path_params["number"], by=auth.allowed(request, "ledger.read"))
    return pages.pdf(await documents.pdf([view]), f"{view.row['number']}.pdf")


async def month_pdf(request: Request) -> Response:
    """`GET /journal/month.pdf?month=2026-11&after=0`: a part of a month, in the order of its numbers."""
    by = auth.allowed(request, "ledger.read")
    query, refusal = forms.filters(request, MonthFilter)
    rows = [] if refusal else await journal_vouchers.of_month(query.month, after=query.after, limit=SHEETS_MAX)
    if not rows:
        raise rules.MONTH_EMPTY(month=query.month if refusal is None else "")
    body = await documents.pdf(await readers.views(rows, by=by))
    return pages.pdf(body, f"{rows[0]['number']}-{rows[-1]['n']}.pdf")


routes = [
    Route("/journal", listed, methods=["GET"]),
    Route("/journal/month.pdf", month_pdf, methods=["GET"]),
    Route("/journal/{number}.pdf", pdf, methods=["GET"]),
    Route("/journal/review", review, methods=["POST"]),
    Route("/journal/{number}", show, methods=["GET"]),
]
