"""Payment vouchers 拨付审批单: made, changed, approved, returned. This is the door; outsiders import only it."""

from charity.aid.content import PURPOSE_WORDS, Content, Purpose, listing, must_be, same_payee, written
from charity.aid.seeking import (
    approved_unpaid,
    checked,
    next_to_approve,
    number_of_hash,
    of_amount,
    of_payee,
    to_approve,
)
from charity.aid.status import OPEN, STATUS_WORDS, UNPAID

from .approvals import approve, reject, send_back
from .readers import Filters, VoucherView, choices, get, page, payee_now
from .verbs import APPROVALS_NEEDED, PREFIX, SERIES, approvals_in_force, cancel, edit, make, stored

__all__ = [
    "APPROVALS_NEEDED",
    "OPEN",
    "PREFIX",
    "PURPOSE_WORDS",
    "SERIES",
    "STATUS_WORDS",
    "UNPAID",
    "Content",
    "Filters",
    "Purpose",
    "VoucherView",
    "approvals_in_force",
    "approve",
    "approved_unpaid",
    "cancel",
    "checked",
    "choices",
    "edit",
    "get",
    "listing",
    "make",
    "must_be",
    "next_to_approve",
    "number_of_hash",
    "of_amount",
    "of_payee",
    "page",
    "payee_now",
    "reject",
    "same_payee",
    "send_back",
    "stored",
    "to_approve",
    "written",
]
