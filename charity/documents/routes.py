"""Pages of the documents: registers, exports, and the check of a document's code (public)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from charity import errors as errors_of
from charity.documents import codes, exports, facts, forms, registry, screens
from charity.documents.api import download
from charity.errors import Refusal
from charity.web import auth, pages
from charity.web import forms as web_forms

NOT_FOUND = 404
_MAKING = frozenset({"queued", "running"})


async def ledger(request: Request) -> Response:
    """A register on screen, filters in the address."""
    actor = auth.allowed(request, "export.make")
    wanted = registry.find(request.path_params["report"])
    if wanted is None:
        raise errors_of.NOT_FOUND()
    query = dict(request.query_params)
    try:
        filters = await facts.known(wanted, facts.allowed(wanted, forms.from_query(wanted, query), actor))
    except Refusal as refusal:
        if not refusal.fields:
            raise
        filters = facts.allowed(wanted, forms.from_query(wanted, {}), actor)
        context = await screens.filter_bar(wanted, filters, actor, typed=query)  # nobody asked for this month's rows
        return await pages.form(request, "documents/ledger.html", refusal, **context)
    context = await screens.ledger(wanted, filters, query.get("after"), actor)
    return await pages.page(request, "documents/ledger.html", **context)


async def start(request: Request) -> Response:
    """The button that begins an export."""
    actor = auth.allowed(request, "export.make")
    data = await web_forms.data(request)
    values = {name: web_forms.text(data, name) for name in data}
    wanted = registry.document(values.get("report", ""))
    filters = forms.from_query(wanted, values)
    export = await exports.start(report=wanted.name, fmt=values.get("format", ""), filters=filters, by=actor)
    return pages.see_other(request, f"/exports/{export.id}")


async def mine(request: Request) -> Response:
    """The exports of this account."""
    actor = auth.allowed(request, "export.make")
    orders = [await screens.order(e, registry.document(e.report)) for e in await exports.recent(by=actor)]
    return await pages.page(request, "documents/exports.html", orders=orders, keep_days=exports.KEEP_DAYS)


async def show(request: Request) -> Response:
    """One export: progress, cancel, download."""
    actor = auth.allowed(request, "export.make")
    export = await exports.get(request.path_params["id"], by=actor)
    order = await screens.order(export, registry.document(export.report))
    making = export.state in _MAKING
    return await pages.page(request, "documents/export.html", order=order, making=making, keep_days=exports.KEEP_DAYS)


async def progress(request: Request) -> Response:
    """What progress.js asks for."""
    actor = auth.allowed(request, "export.make")
    export = await exports.get(request.path_params["id"], by=actor)
    values = {"status": export.state, "done": export.done, "total": export.total}
    return JSONResponse(values | {"words": screens.progress_words(export)}, headers={"cache-control": "no-store"})


async def cancel(request: Request) -> Response:
    """Stop an export."""
    actor = auth.allowed(request, "export.make")
    await web_forms.data(request)
    order = request.path_params["id"]
    await exports.cancel(order, by=actor)
    return pages.see_other(request, f"/exports/{order}", flash="已取消导出，没有生成文件")


async def file(request: Request) -> Response:
    """Download."""
    actor = auth.allowed(request, "export.make")
    return download(await exports.file_of(request.path_params["id"], by=actor))


async def document(request: Request) -> Response:
    """Is this document ours? Public; names nobody."""
    code, typed = request.path_params["code"], request.query_params.get("hash", "")
    try:
        document = await codes.by_code(code)
    except Refusal as refusal:
        return await pages.page(
            request, "documents/document.html", status=NOT_FOUND, document=None, errors=pages.errors(refusal)
        )
    same = await codes.compare(code, typed)
    context: dict[str, Any] = {"copy": screens.copy_words(document), "sums": screens.sums_of(document)}
    return await pages.page(
        request, "documents/document.html", document=document, same=same, typed=typed[:200], **context
    )


routes = [
    Route("/ledgers/{report}", ledger, methods=["GET"]),
    Route("/exports", mine, methods=["GET"]),
    Route("/exports", start, methods=["POST"]),
    Route("/exports/{id}", show, methods=["GET"]),
    Route("/exports/{id}/progress", progress, methods=["GET"]),
    Route("/exports/{id}/cancel", cancel, methods=["POST"]),
    Route("/exports/{id}/file", file, methods=["GET"]),
    Route("/v/{code}", document, methods=["GET"]),
]
