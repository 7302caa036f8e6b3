"""Exports over the API: asked for, watched, fetched, cancelled."""

from starlette.responses import FileResponse, Response

from charity import words
from charity.documents import exports, facts, forms, registry
from charity.documents.exports import Export
from charity.documents.forms import ExportAnswer, ExportBody
from charity.web.api import Call, Endpoint

PREFIX = "/api/v1"


def _answer(export: Export) -> ExportAnswer:
    done = export.state == "done"
    return ExportAnswer(
        id=export.id,
        report=export.report,
        format=export.format,
        status=export.state,
        progress=export.progress,
        error=words.say(export.error) if export.error else None,
        document=export.document,
        file=f"{PREFIX}/exports/{export.id}/file" if done else None,
    )


async def start(call: Call) -> ExportAnswer:
    """Order a file."""
    body: ExportBody = call.body
    document = registry.document(body.report)
    filters = forms.filters_of(document, body.begin.isoformat(), body.end.isoformat(), body.filters)
    return _answer(await exports.start(report=document.name, fmt=body.format, filters=filters, by=call.by))


async def show(call: Call) -> ExportAnswer:
    """How far it is."""
    return _answer(await exports.get(call.path["id"], by=call.by))


async def cancel(call: Call) -> ExportAnswer:
    """Stop it."""
    await exports.cancel(call.path["id"], by=call.by)
    return _answer(await exports.get(call.path["id"], by=call.by))


async def file(call: Call) -> Response:
    """The file itself."""
    return download(await exports.file_of(call.path["id"], by=call.by))


def download(export: Export) -> FileResponse:
    """The file under the name of its register and period."""
    title = facts.title(registry.document(export.report), export.filters)
    name = f"{title} {export.filters.begin} {export.filters.end}.{export.format}"
    return FileResponse(export.path, media_type=exports.MEDIA[export.format], filename=name)


endpoints = [
    Endpoint(
        "POST",
        "/exports",
        start,
        permission="export.make",
        body=ExportBody,
        answer=ExportAnswer,
        status=202,
        summary="导出一份台账（后台制作）",
    ),
    Endpoint("GET", "/exports/{id}", show, permission="export.make", answer=ExportAnswer, summary="导出进度"),
    Endpoint("POST", "/exports/{id}/cancel", cancel, permission="export.make", answer=ExportAnswer, summary="取消导出"),
    Endpoint(
        "GET",
        "/exports/{id}/file",
        file,
        permission="export.make",
        summary="下载导出的文件",
        media_type="application/octet-stream",
    ),
]
