"""What selects and tables show of a stored word: its words in the reader's language, and its tone."""

from collections.abc import Mapping

from charity import words


def status(code: str, labels: Mapping[str, str], tones: Mapping[str, str]) -> dict[str, str]:
    """A status as the tables show it: `{code, label, tone}`."""
    return {"code": code, "label": words.translate(labels[code]), "tone": tones[code]}


def choices(labels: Mapping[str, str], first: str = "") -> list[dict[str, str]]:
    """Options of a select, `{value, label}` each; `first` is the words of the empty choice."""
    options = [{"value": code, "label": words.translate(label)} for code, label in labels.items()]
    return [{"value": "", "label": words.translate(first)}, *options] if first else options
