"""The JSON calls of files of receipts (docs/api.md)."""

from starlette.responses import Response

from charity import words
from charity.giving import receipt_files, receipts
from charity.giving.receipt_files import ReceiptFile
from charity.giving.receipt_files.forms import FileAnswer, FileBody
from charity.giving.receipt_files.routes import download
from charity.web.api import Call, Endpoint

PATH = "/receipt-files"


async def _answer(row: ReceiptFile) -> FileAnswer:
    done = row.state == "done"
    return FileAnswer(
        id=row.key,
        status=row.state,
        receipts=row.total,
        done=row.done,
        error=words.say(row.error) if row.error else None,
        file=f"/api/v1{PATH}/{row.key}/file" if done else None,
        ended=await receipt_files.ended_since(row) if done else [],
    )


async def order(call: Call) -> FileAnswer:
    """`POST /receipt-files`."""
    body: FileBody = call.body
    filters = receipts.Filters(status=body.status, delivery=body.delivery or "", from_on=body.from_on, to_on=body.to_on)
    selection = await receipt_files.selected(filters, roster=body.roster or "", by=call.by)
    key = await receipt_files.order(selection, by=call.by, idem=call.idem("receipt_file.order"))
    return await _answer(await receipt_files.get(key, by=call.by))


async def show(call: Call) -> FileAnswer:
    """`GET /receipt-files/{key}`."""
    return await _answer(await receipt_files.get(call.path["key"], by=call.by))


async def cancel(call: Call) -> FileAnswer:
    """`POST /receipt-files/{key}/cancel`."""
    await receipt_files.cancel(call.path["key"], by=call.by)
    return await _answer(await receipt_files.get(call.path["key"], by=call.by))


async def file(call: Call) -> Response:
    """`GET /receipt-files/{key}/file`."""
    return download(await receipt_files.file_of(call.path["key"], by=call.by))


endpoints = [
    Endpoint(
        "POST",
        PATH,
        order,
        permission="receipt.print",
        body=FileBody,
        answer=FileAnswer,
        status=202,
        summary="批量打印收据（后台制作）",
    ),
    Endpoint(
        "GET", f"{PATH}/{{key}}", show, permission="receipt.print", answer=FileAnswer, summary="批量打印收据的进度"
    ),
    Endpoint(
        "POST",
        f"{PATH}/{{key}}/cancel",
        cancel,
        permission="receipt.print",
        answer=FileAnswer,
        summary="取消批量打印收据",
    ),
    Endpoint(
        "GET",
        f"{PATH}/{{key}}/file",
        file,
        permission="receipt.print",
        summary="下载批量打印的收据",
        media_type="application/octet-stream",
    ),
]
