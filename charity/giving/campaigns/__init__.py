"""Fundraising campaigns 募捐活动: made, filed, published, closed, shown. This is the door; outsiders import only it."""

from .filings import file_by, gate, has_own_fund
from .readers import Figures, Known, Shown, chosen_fund, every, every_name, fund_choices, get, known, names
from .verbs import (
    KIND_WORDS,
    STATUS_WORDS,
    NewCampaign,
    accepting,
    activate,
    archive,
    close,
    create,
    file,
    keep_archived,
)

__all__ = [
    "KIND_WORDS",
    "STATUS_WORDS",
    "Figures",
    "Known",
    "NewCampaign",
    "Shown",
    "accepting",
    "activate",
    "archive",
    "chosen_fund",
    "close",
    "create",
    "every",
    "every_name",
    "file",
    "file_by",
    "fund_choices",
    "gate",
    "get",
    "has_own_fund",
    "keep_archived",
    "known",
    "names",
]
