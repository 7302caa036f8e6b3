"""Characters that no font has: asked about once, at every door where a text is kept that will be printed."""

from typing import Final

from charity.printing import glyphs

RARE: Final = "姓名里有字体里没有的字，收据上会印成〓，要用笔补写。请核对；确实是这个字的，请勾选“就是这个字”"
RARE_TEXT: Final = "文字里有字体里没有的字，会印成〓。请核对；确实是这个字的，请勾选“就是这个字”"
RARE_WORDS: Final = "确是这个字：姓名、留言里有字体里没有的字时填 true，印成〓，用笔补写；不填则先问一次"


def drawn(text: str, *, rare: bool, asks: str = RARE) -> str:
    """The text; refused while some character of it is in no font and nobody said that it is so."""
    if not rare and glyphs.missing(text):
        raise ValueError(asks)
    return text
