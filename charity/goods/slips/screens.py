"""What the pages of slips show, in the reader's language."""

from typing import Any

from charity import words
from charity.goods.slips.readers import KIND_WORDS, Slip


def state(slip: Slip) -> dict[str, str]:
    """Whether a slip is in force."""
    if slip.reversed_by:
        return {"code": "reversed", "label": words.translate("已冲销"), "tone": "bad"}
    return {"code": "posted", "label": words.translate("有效"), "tone": "good"}


def confirmed(slip: Slip, store: str) -> list[dict[str, Any]]:
    """What is shown to whoever takes a slip back; `store` by its name."""
    return [
        {"term": words.translate("种类"), "value": words.translate(KIND_WORDS[slip.kind])},
        {"term": words.translate("门店"), "value": store},
        {"term": words.translate("日期"), "value": slip.effective_on, "kind": "date"},
        {"term": words.translate("件数"), "value": slip.pieces, "kind": "count"},
        {"term": words.translate("金额"), "value": slip.amount_fen, "kind": "yuan"},
        {"term": words.translate("状态"), "value": state(slip), "kind": "status"},
    ]
