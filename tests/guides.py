"""The running guide and README in both languages, as the tests of the docs read them: each holds in each."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("en", "zh")
LIMITS = {"en": "## Limits", "zh": "## 各项上限"}
FILES = {
    "running": {"en": ROOT / "docs" / "running.md", "zh": ROOT / "docs" / "zh" / "running.md"},
    "README": {"en": ROOT / "README.md", "zh": ROOT / "README.zh.md"},
}


def guide(language: str, name: str = "running") -> str:
    return FILES[name][language].read_text(encoding="utf-8")


def limits(language: str) -> str:
    """The section with the table of limits."""
    return guide(language).partition(LIMITS[language])[2].partition("\n## ")[0]


def rows(text: str) -> list[tuple[str, ...]]:
    """What stands in code in the first cell of each row of each table, in its order; of other rows nothing."""
    cells = re.findall(r"^\|((?:\\\||[^|\n])+)\|", text, re.MULTILINE)
    return [tuple(re.findall(r"`([^`]+)`", cell)) for cell in cells]


def commands(text: str) -> list[str]:
    """The lines of all blocks of code, without what is explained after `#` or `--`."""
    blocks = re.findall(r"^```\w+\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [re.sub(r"(?:^|\s+)(?:#|-- ).*", "", line).rstrip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


def names(text: str) -> set[str]:
    """Settings, addresses, events, files and options that the text names in code; words that stand for a value left out."""
    listed = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    return {
        name for name in listed if re.fullmatch(r"[\w./*{}-]+", name, re.ASCII) and not re.fullmatch("[A-Z]+", name)
    }
