"""Printed pages as lines of words, read by `pdftotext`; sums in Chinese capitals read back as fen."""

import re
import subprocess
from dataclasses import dataclass

AMOUNT = re.compile(r"[-−]?[\d,]+\.\d\d")
HEIGHT = 2.0
"""Points between the middles of words that stand on one line at most."""
WATERMARK = 40.0
"""Points: words so high stand behind the others."""
COUNT = re.compile(r"[-−]?[\d,]+")
LINE, EDGE = 14.0, 3.0
"""Points from one line of a cell to the next at most, and between right edges in it: a separator hangs over."""
_BEGUN, _GOES_ON = re.compile(r"[-−]?\d{1,3}(,\d{3})*,"), re.compile(r"\d{3}(,\d{3})*(,|\.\d\d)?")


@dataclass(frozen=True)
class Line:
    """The words of a printed line, from left to right."""

    words: tuple[str, ...]

    @property
    def first(self) -> str:
        """Its first word."""
        return self.words[0]

    def amounts(self, *others: str) -> list[str]:
        """Its sums of money, and the words in `others`."""
        return [word for word in self.words if AMOUNT.fullmatch(word) or word in others]

    def last_figures(self) -> list[str]:
        """The figures at its end: sums and counts."""
        at = len(self.words)
        while at and (AMOUNT.fullmatch(self.words[at - 1]) or COUNT.fullmatch(self.words[at - 1])):
            at -= 1
        return list(self.words[at:])


_DIGITS = {digit: n for n, digit in enumerate("零壹贰叁肆伍陆柒捌玖")}
_TENS = {"拾": 10, "佰": 100, "仟": 1_000}
_CAPITALS = re.compile(
    r"(负?)(?:([零壹贰叁肆伍陆柒捌玖拾佰仟万亿]+)元)?(?:整|零?(?:([壹贰叁肆伍陆柒捌玖])角)?零?(?:([壹贰叁肆伍陆柒捌玖])分)?整?)"
)


def capitals(text: str) -> int | None:
    """A sum in Chinese capitals as fen: `壹仟零伍元叁角整` is 100530; None for what is none."""
    match = _CAPITALS.fullmatch(text)
    if not match or not (match[2] or match[3] or match[4]):
        return None
    whole = _whole(match[2] or "零") * 100 + _DIGITS[match[3] or "零"] * 10 + _DIGITS[match[4] or "零"]
    return -whole if match[1] else whole


def _whole(text: str) -> int:
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        if unit in text:
            high, _, low = text.partition(unit)
            return _whole(high) * size + (_whole(low) if low else 0)
    value, digit = 0, 0
    for sign in text:
        if sign in _TENS:
            value += (digit or 1) * _TENS[sign]
            digit = 0
        else:
            digit = _DIGITS[sign]
    return value + digit


def yuan(fen: int) -> str:
    """Fen as printed: 1,234.50."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


@dataclass(frozen=True)
class Word:
    """A word where its middle stands, and its right edge: points from the left and from the top of its page."""

    text: str
    x: float
    y: float
    right: float


def placed(pdf: bytes) -> list[list[Word]]:
    """The words of each page with their places."""
    command = ["pdftotext", "-tsv", "-", "-"]
    rows = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode().splitlines()
    words: dict[int, list[Word]] = {}
    for row in rows[1:]:
        _, page, *_, left, top, width, height, _, text = row.split("\t")
        if not text.startswith("###") and float(height) < WATERMARK:  # ###: marks of pages, blocks and lines
            word = Word(text, _middle(left, width), _middle(top, height), float(left) + float(width))
            words.setdefault(int(page), []).append(word)
    return [_joined(words[page]) for page in sorted(words)]


def _joined(words: list[Word]) -> list[Word]:
    """Figures that are broken behind a thousands separator as one word again, in the middle of their lines."""
    left, whole = sorted(words, key=lambda word: word.y), list[Word]()
    while left:
        word = left.pop(0)
        text, last = word.text, word.y
        while _BEGUN.fullmatch(text) and (below := _below(word, last, left)):
            left.remove(below)
            text, last = text + below.text, below.y
        whole.append(Word(text, word.x, (word.y + last) / 2, word.right))
    return whole


def _below(word: Word, y: float, others: list[Word]) -> Word | None:
    near = (other for other in others if 0 < other.y - y < LINE and abs(other.right - word.right) < EDGE)
    return next((other for other in near if _GOES_ON.fullmatch(other.text)), None)


def _middle(start: str, size: str) -> float:
    return float(start) + float(size) / 2


def rows(pdf: bytes) -> list[list[Line]]:
    """The lines of each page, as words at one height: a cell of two lines beside them is lines of its own."""
    read = []
    for words in placed(pdf):
        lines: list[list[Word]] = []
        for word in sorted(words, key=lambda word: word.y):
            if not lines or word.y - lines[-1][0].y > HEIGHT:
                lines.append([])
            lines[-1].append(word)
        read.append([Line(tuple(word.text for word in sorted(line, key=lambda word: word.x))) for line in lines])
    return read
