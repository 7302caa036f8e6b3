"""Payment vouchers 拨付审批单: made, changed, cancelled. This is the door; outsiders import only it."""

from .verbs import (
    APPROVALS_NEEDED,
    OPEN,
    REASON_MAX,
    RECIPIENTS_MAX,
    SERIES,
    STATUS_WORDS,
    UNPAID,
    cancel,
    clear,
    edit,
    make,
    remember,
    standing,
    stored,
    with_approvals,
)

__all__ = [
    "APPROVALS_NEEDED",
    "OPEN",
    "REASON_MAX",
    "RECIPIENTS_MAX",
    "SERIES",
    "STATUS_WORDS",
    "UNPAID",
    "cancel",
    "clear",
    "edit",
    "make",
    "remember",
    "standing",
    "stored",
    "with_approvals",
]
