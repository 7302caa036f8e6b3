"""Ways to pay: which are offered for a campaign, and the account that givers are shown. This is the door."""

from .readers import Account, account_of, must_be_offered, offered, pay_code

__all__ = ["Account", "account_of", "must_be_offered", "offered", "pay_code"]
