"""What one giver gave in a calendar year 年度捐赠汇总, with receipts. Outsiders import only this."""

from .documents import pdf
from .readers import Gift, Statement, statement, years

__all__ = ["Gift", "Statement", "pdf", "statement", "years"]
