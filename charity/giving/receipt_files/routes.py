"""The pages of files of receipts: ask for one, see how far it is, cancel, download."""

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from charity import words
from charity.errors import Refusal
from charity.giving import receipt_files, receipts, rules
from charity.giving.receipt_files import ReceiptFile, Selection, screens
from charity.giving.receipt_files.forms import FileQuery, OrderForm
from charity.web import auth, forms, pages
from charity.web.list_filters import must_know

LIST = "/receipts/files"
MEDIA = {"pdf": "application/pdf", "zip": "application/zip"}


async def mine(request: Request) -> Response:
    """The files of this account."""
    by = auth.allowed(request, "receipt.print")
    rows = screens.rows(await receipt_files.recent(by=by))
    return await pages.page(request, "giving/receipt_files/list.html", rows=rows, keep_days=receipt_files.KEEP_DAYS)


async def ask(request: Request) -> Response:
    """What would be printed with the filters of the address."""
    auth.allowed(request, "receipt.print")
    return await _ask_page(request)


async def _ask_page(request: Request, refusal: Refusal | None = None) -> Response:
    shown = None
    try:
        shown = screens.asked(await _selected(request))
    except Refusal as wrong:
        refusal = wrong
    query = request.url.query
    return await pages.form(
        request,
        "giving/receipt_files/new.html",
        refusal,
        shown=shown,
        action=f"{LIST}?{query}" if query else LIST,
        back=f"/receipts?{query}" if query else "/receipts",
        roster=request.query_params.get("roster", ""),
        most=receipt_files.RECEIPTS_MAX,
    )


async def _selected(request: Request) -> Selection:
    by = auth.allowed(request, "receipt.print")
    asked, refusal = forms.filters(request, FileQuery)
    if refusal is not None:
        raise refusal
    must_know("status", asked.status, receipts.STATUS_WORDS)
    must_know("delivery", asked.delivery, receipts.DELIVERY_WORDS)
    filters = receipts.Filters(**asked.chosen("after", "roster"))
    return await receipt_files.selected(filters, roster=asked.roster, by=by)


async def order(request: Request) -> Response:
    """Ask for the file that was shown."""
    by = auth.allowed(request, "receipt.print")
    data = await forms.data(request, OrderForm)
    try:
        form = forms.read(OrderForm, data)
        idem = forms.idem(request, data, "receipt_file.order")
        selection = await _selected(request)
        if selection.hash != form.content_hash:
            raise rules.RECEIPT_FILE_CHANGED()
        key = await receipt_files.order(selection, by=by, idem=idem)
    except Refusal as refusal:
        return await _ask_page(request, refusal)
    return pages.see_other(request, f"{LIST}/{key}")


async def show(request: Request) -> Response:
    """One file: progress, cancel, download."""
    by = auth.allowed(request, "receipt.print")
    row = await receipt_files.get(request.path_params["key"], by=by)
    context = await screens.file(row)
    return await pages.page(request, "giving/receipt_files/show.html", keep_days=receipt_files.KEEP_DAYS, **context)


async def progress(request: Request) -> Response:
    """What progress.js asks for."""
    by = auth.allowed(request, "receipt.print")
    row = await receipt_files.get(request.path_params["key"], by=by)
    values = {"status": row.state, "done": row.done, "total": row.total, "words": screens.progress_words(row)}
    return JSONResponse(values, headers={"cache-control": "no-store"})


async def cancel(request: Request) -> Response:
    """Stop one."""
    by = auth.allowed(request, "receipt.print")
    await forms.data(request)
    key = request.path_params["key"]
    await receipt_files.cancel(key, by=by)
    return pages.see_other(request, f"{LIST}/{key}", flash="已取消，没有用掉任何收据的原件。")


async def file(request: Request) -> Response:
    """Download."""
    by = auth.allowed(request, "receipt.print")
    return download(await receipt_files.file_of(request.path_params["key"], by=by))


def download(row: ReceiptFile) -> FileResponse:
    """The file under the day and the count of its receipts."""
    name = words.say("收据 {day} 共 {count} 张.{ending}", day=row.printed_on, count=row.total, ending=row.ending)
    return FileResponse(
        receipt_files.path_of(row),
        media_type=MEDIA[row.ending],
        filename=name,
        headers={"cache-control": "no-store"},
    )


routes = [
    Route(LIST, mine, methods=["GET"]),
    Route(LIST, order, methods=["POST"]),
    Route(f"{LIST}/new", ask, methods=["GET"]),
    Route(f"{LIST}/{{key}}", show, methods=["GET"]),
    Route(f"{LIST}/{{key}}/progress", progress, methods=["GET"]),
    Route(f"{LIST}/{{key}}/cancel", cancel, methods=["POST"]),
    Route(f"{LIST}/{{key}}/file", file, methods=["GET"]),
]
