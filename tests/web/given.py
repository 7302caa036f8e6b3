"""Situations of pages: a form's token, the figures of `/metrics`."""

import re

import httpx2
from prometheus_client.parser import text_string_to_metric_families

from charity.web import assets

PASSWORD = "correct horse battery"


def token_of(page: httpx2.Response) -> str:
    match = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)
    assert match is not None
    return match[1]


def samples(text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    """Every sample, by name and the values of its labels, in the order of the labels' names."""
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def linked(html: str) -> set[str]:
    """The names of our style sheets that a page loads; those of every page come as one."""
    names = set(re.findall(r'href="/static/css/([a-z-]+)\.css', html))
    common = {path.removeprefix("css/").removesuffix(".css") for path in assets.JOINED}
    return (names - {"common"}) | common if "common" in names else names
