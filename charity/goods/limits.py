"""Limits and words that more than one closet of goods keeps to."""

from typing import Final

QUANTITY_MAX: Final = 1_000_000
"""Pieces on one line of a basket or an intake."""
ISSUE_LINES_MAX: Final = 100
INTAKE_LINES_MAX: Final = 200
SCANS_MAX: Final = 50
"""Scans that one request of a till or an intake brings; the rest of a queue follows with the next."""
UNDO_MAX: Final = 50
"""Scans of one basket that can be taken back, the last one first."""
SHELF_LIVES_MAX: Final = 3
"""A last good day more than so many shelf lives of the item away is asked about."""
EXPIRY_DAYS_MAX: Final = 3_650
"""The same, in days, for an item of which no shelf life is known."""
VALUE_FACTOR: Final = 4
"""A piece worth more than so many times what the catalogue says, or less than that part of it, is asked about."""
CANDIDATES_MAX: Final = 2_000
"""Lots that are looked at for one basket."""
ALERT_DAYS: Final = (7, 30, 90)
"""Lots that expire within so many days are counted and marked."""
EVIDENCE_WORDS: Final = {"invoice": "发票", "market": "市场价", "appraisal": "评估", "none": "不计价"}
"""What whoever takes goods in chooses from."""
PRINTED_EVIDENCE: Final = EVIDENCE_WORDS | {"book": "账面价值"}
