"""The pages of journal vouchers: what waits by day, one number whole, and the review of what is ticked."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import addresses
from charity.errors import Refusal
from charity.finance import rules
from charity.finance.reviews import documents, questions, readers, screens, verbs
from charity.finance.reviews.forms import AnswerForm, DayFilter, EntriesFilter, QuestionForm, ReviewForm
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
    context |= pages.pager(request, day.following, f"/journal?on={on}" if on else "/journal")
    return await pages.form(request, "finance/reviews/list.html", refusal, **context)


async def show(request: Request) -> Response:
    """`GET /journal/{number}`."""
    auth.allowed(request, "ledger.read")
    return await _show(request)


async def _show(request: Request, typed: str = "", refused: Refusal | None = None) -> Response:
    by = auth.allowed(request, "ledger.read")
    view = await readers.get(request.path_params["number"], by=by)
    query, refusal = forms.filters(request, EntriesFilter)
    after = 0 if refusal else query.after
    rows, following = await journal_vouchers.entries_of(view.row, after=after, limit=readers.ENTRIES)
    context = await screens.voucher(view, rows, by)
    context |= await screens.questions(view, by)
    return await pages.form(
        request,
        "finance/reviews/show.html",
        refused,
        typed=typed,
        **context,
        **pages.pager(request, following, addresses.of("journal_voucher", view.row["number"])),
    )


async def ask(request: Request) -> Response:
    """`POST /journal/{number}/ask`."""
    by = auth.allowed(request, "review.make")
    data, number = await forms.data(request, QuestionForm), request.path_params["number"]
    try:
        question = forms.read(QuestionForm, data).question
        await questions.ask(number=number, question=question, by=by, idem=forms.idem(request, data, "journal.ask"))
    except Refusal as refusal:
        return await _show(request, forms.text(data, "question"), refusal)
    return pages.see_other(request, addresses.of("journal_voucher", number), "已发给经手人，答复后您的工作台会有提示")


async def question_page(request: Request) -> Response:
    """`GET /journal/questions/{key}`: for whoever has to answer it."""
    auth.allowed(request, "desk.read")
    return await _question(request)


async def answer(request: Request) -> Response:
    """`POST /journal/questions/{key}`."""
    by = auth.allowed(request, "desk.read")
    data, key = await forms.data(request, AnswerForm), request.path_params["key"]
    try:
        text = forms.read(AnswerForm, data).answer
        await questions.answer(key=key, text=text, by=by, idem=forms.idem(request, data, "journal.answer"))
    except Refusal as refusal:
        return await _question(request, forms.text(data, "answer"), refusal)
    return pages.see_other(request, "/desk", "已答复，会计会接着复核")


async def _question(request: Request, typed: str = "", refusal: Refusal | None = None) -> Response:
    by = auth.allowed(request, "desk.read")
    context = await screens.question(await readers.question(request.path_params["key"], by=by), by)
    return await pages.form(request, "finance/reviews/question.html", refusal, typed=typed, **context)


async def pdf(request: Request) -> Response:
    """`GET /journal/{number}.pdf`."""
    view = await readers.get(request.path_params["number"], by=auth.allowed(request, "ledger.read"))
    return pages.pdf(await documents.pdf([view]), f"{view.row['number']}.pdf")


async def month_pdf(request: Request) -> Response:
    """`GET /journal/{month}/vouchers.pdf?after=`: a part of a month, in the order of its numbers."""
    by, month = auth.allowed(request, "ledger.read"), request.path_params["month"]
    query, refusal = forms.filters(request, EntriesFilter)
    rows = [] if refusal else await journal_vouchers.of_month(month, after=query.after, limit=SHEETS_MAX)
    if not rows:
        raise rules.MONTH_EMPTY(month=month)
    body = await documents.pdf(await readers.views(rows, by=by))
    return pages.pdf(body, f"{rows[0]['number']}-{rows[-1]['n']}.pdf")


routes = [
    Route("/journal", listed, methods=["GET"]),
    Route("/journal/{month}/vouchers.pdf", month_pdf, methods=["GET"]),
    Route("/journal/questions/{key}", question_page, methods=["GET"]),
    Route("/journal/questions/{key}", answer, methods=["POST"]),
    Route("/journal/{number}/ask", ask, methods=["POST"]),
    Route("/journal/{number}.pdf", pdf, methods=["GET"]),
    Route("/journal/review", review, methods=["POST"]),
    Route("/journal/{number}", show, methods=["GET"]),
]
