"""What a channel is: how money reaches us, and the account where it lies until it is in the bank."""

from dataclasses import dataclass

NOTE_THE_REFERENCE = "下一步给您参考号，付款时写在备注里"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A way to pay: its words, the account (chart and place), and whether a reference is obligatory.

    `hint` says to whoever promises a gift what comes next; "" means that nobody can promise by it (channels.promised).
    A channel `only_demo` takes money, and promises, only where the organisation is a demo.
    """

    code: str
    words: str
    chart: str
    place: str
    needs_ref: bool
    hint: str = ""
    only_demo: bool = False
