"""What the till answers to each scan and press."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """What one scan or press did: `reasons` against it, or the words of what was done, in the reader's language."""

    words: str = ""
    reasons: tuple[str, ...] = ()
    title: str = ""
    code: str = ""
    asks: bool = False
