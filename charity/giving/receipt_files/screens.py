"""What the pages of files of receipts show, with words in the reader's language."""

from typing import Any

from charity import words
from charity.giving.receipt_files import ReceiptFile, Selection, ended_since
from charity.web.choices import status

STATE_WORDS = {"queued": "排队中", "running": "制作中", "done": "已做好", "failed": "未做成", "cancelled": "已取消"}
STATE_TONES = {"queued": "wait", "running": "wait", "done": "good", "failed": "bad", "cancelled": "none"}


def asked(selection: Selection) -> dict[str, Any]:
    """What would be printed."""
    first, last = selection.rows[0]["number"], selection.rows[-1]["number"]
    count = len(selection.rows)
    return {
        "hash": selection.hash,
        "count": count,
        "facts": [
            {"term": words.translate("收据张数"), "value": count, "kind": "count"},
            {"term": words.translate("编号"), "value": first if first == last else f"{first} — {last}", "kind": "code"},
            {"term": words.translate("其中原件"), "value": selection.originals, "kind": "count"},
            {"term": words.translate("其中副本"), "value": count - selection.originals, "kind": "count"},
            {
                "term": words.translate("金额合计"),
                "value": sum(r["amount_fen"] for r in selection.rows),
                "kind": "yuan",
            },
        ],
    }


def rows(files: list[ReceiptFile]) -> list[dict[str, Any]]:
    """The files of an account."""
    return [
        {
            "href": f"/receipts/files/{row.key}",
            "created_at": row.created_at,
            "count": row.total,
            "status": status(row.state, STATE_WORDS, STATE_TONES),
        }
        for row in files
    ]


async def file(row: ReceiptFile) -> dict[str, Any]:
    """The page of one file."""
    return {
        "row": row,
        "state": status(row.state, STATE_WORDS, STATE_TONES),
        "making": row.state in {"queued", "running"},
        "progress": progress_words(row),
        "error": words.say(row.error) if row.error else "",
        "kilobytes": max(1, row.bytes // 1024),
        "ended": await ended_since(row) if row.state == "done" else [],
    }


def progress_words(row: ReceiptFile) -> str:
    """How far it is."""
    if row.state == "queued":
        return words.say("排队中")
    if row.noted_at:
        return words.say("正在合成文件")
    return words.say("已打印 {done} 张，共 {total} 张", done=row.done, total=row.total)
