"""The query of an address: one reading of it for pages and calls, so that both refuse the same."""

from urllib.parse import parse_qsl

from charity.errors import FieldError, unreadable
from charity.web import fields, messages

PAIRS_MAX = 50


def read(text: bytes) -> dict[str, str]:
    """The parameters by name; 422 when one is no text, has a refused character or was sent more than once."""
    try:
        pairs = parse_qsl(
            text.decode("ascii", "strict"), keep_blank_values=True, max_num_fields=PAIRS_MAX, errors="strict"
        )
    except (UnicodeError, ValueError):
        raise unreadable(FieldError("", messages.OTHERWISE)) from None
    values: dict[str, str] = {}
    errors = []
    for name, value in pairs:
        if name in values:
            errors.append(fields.twice(name))
        values[name] = value
    errors += fields.faults(values)
    if errors:
        raise unreadable(*errors)
    return values
