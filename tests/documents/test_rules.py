"""What programs are told when a rule of documents says no: the code, the status, and the field to blame."""

from charity.documents import rules
from charity.errors import Rule

STATUSES = {
    "REPORT_UNKNOWN": (422, "report"),
    "FORMAT_UNKNOWN": (422, "format"),
    "PERIOD_UNREADABLE": (422, "from"),
    "PERIOD_OUTSIDE": (422, "from"),
    "PERIOD_BACKWARDS": (422, "to"),
    "PERIOD_TOO_LONG": (422, "to"),
    "FILTER_UNKNOWN": (422, "filters"),
    "FILTER_VALUE": (422, "filters"),
    "INTERNAL_ONLY": (403, None),
    "INTERNAL_OF_ONE": (422, "filters"),
    "OTHER_STORE": (403, None),
    "CURSOR_UNREADABLE": (422, "after"),
    "BOOKS_DIFFER": (409, None),
    "TOO_MANY_ROWS": (409, None),
    "EXPORT_UNKNOWN": (404, None),
    "EXPORT_NOT_READY": (409, None),
    "EXPORT_GONE": (410, None),
    "EXPORT_OUTDATED": (410, None),
    "EXPORT_OVER": (409, None),
    "EXPORT_TOO_MANY": (429, None),
    "DOCUMENT_UNKNOWN": (404, None),
}


def test_a_program_can_tell_the_refusals_of_documents_apart() -> None:
    declared = {name: rule for name, rule in vars(rules).items() if isinstance(rule, Rule)}
    assert {name: (rule.status, rule.field) for name, rule in declared.items()} == STATUSES
