"""Printed documents as HTML: one Jinja environment that escapes everything and forgives no missing fact."""

from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from charity import money, words
from charity.printing import glyphs, qr
from charity.printing.places import TEMPLATES

NOT_FOR_TAX = "本收据为内部收款凭证，不作为税前扣除凭证；税前扣除以财政部门监制的公益事业捐赠票据为准"
"""Printed word for word on every receipt (docs/field.md 4.3)."""

PAGE_OF = "第 {page} 页 共 {pages} 页"
"""As registers say it; what stands before, between and behind the counted numbers goes into the style of the pages."""
_COUNTED = "\0"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The environment of the printed templates."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.finalize = _drawable
    words.install(env)
    env.filters["yuan"] = money.yuan
    env.filters["yuan_sign"] = money.yuan_sign
    env.filters["capitals"] = money.capitals
    env.globals["qr"] = qr.data_uri
    return env


def _drawable(value: Any) -> Any:
    """Each text that a template prints, with 〓 for what no font has; markup stays markup."""
    return type(value)(glyphs.drawable(value)) if isinstance(value, str) else value


def render(template: str, *, lang: str, **facts: Any) -> str:
    """The HTML of a printed template in a language; UndefinedError when a fact is missing."""
    with words.speaking(lang):
        facts["page_of"] = page_of()
        return environment().get_template(f"printing/{template}").render(lang=words.language(), **facts)


def page_of() -> list[str]:
    """What stands before, between and behind the two numbers of PAGE_OF, in the current language."""
    return words.say(PAGE_OF, page=_COUNTED, pages=_COUNTED).split(_COUNTED)
