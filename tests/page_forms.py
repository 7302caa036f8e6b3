"""The forms of our pages as a browser sees them."""

import html
import re
from typing import Any


def hidden_of(text: str) -> dict[str, str]:
    """The hidden fields of the forms on a page."""
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text)
    return {name: html.unescape(value) for name, value in fields}


async def form_of(client: Any, url: str) -> dict[str, str]:
    """The hidden fields of the form on the page at this address."""
    page = await client.get(url)
    assert page.status_code == 200, page.text
    return hidden_of(page.text)
