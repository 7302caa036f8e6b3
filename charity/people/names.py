"""Names as they are looked up: folded, and the places in an organisation's name at which somebody may begin to type."""

import unicodedata
from typing import Final

PARTS_MAX: Final = 40
"""Places in one name; later ones are not begun at."""
PART_MAX: Final = 24
"""Characters of a part that are kept."""
SHORTEST: Final = 2
"""Characters that a text must have to be looked up as a name."""


def folded(text: str) -> str:
    """A name in the form in which names are compared: NFKC, without case, blanks and punctuation."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def parts(name: str) -> list[str]:
    """The folded rests of a name from each Chinese character and each word on, but for the whole of it.

    Chinese has no blanks between words, so a rest begins at every character: 恒溪纺织有限公司 is found by 纺织.
    """
    rests, before = [], " "
    shaped = unicodedata.normalize("NFKC", name).casefold()
    for at, c in enumerate(shaped):
        if c.isalnum() and (not before.isalnum() or not c.isascii() or not before.isascii()):
            rests.append(folded(shaped[at:])[:PART_MAX])
        before = c
    return [rest for rest in dict.fromkeys(rests[1 : PARTS_MAX + 1]) if len(rest) >= SHORTEST]


def answers(name: str, asked: str, *, organisation: bool) -> bool:
    """Whether a name is one that this folded text looks for: it begins so, or one of an organisation's parts does."""
    if folded(name).startswith(asked):
        return True
    return organisation and any(part.startswith(asked[:PART_MAX]) for part in parts(name))
