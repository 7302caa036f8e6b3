"""Places of money 资金存放处 as the accountant keeps them: opened, renamed, and which account pays and receives.

No second person: a mark moves no money, and each payment names its account (docs/decisions/0041). This is the door;
outsiders import only it.
"""

from .verbs import open_bank, pay_from, receive_into, rename

__all__ = ["open_bank", "pay_from", "receive_into", "rename"]
