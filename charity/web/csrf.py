"""Whether a form was really sent by one of our own pages.

Three gates: `Sec-Fetch-Site`, which browsers set and scripts cannot; `Origin` where a browser has no
Sec-Fetch-Site; and a form token bound to the session, or before sign-in to a random cookie. Requests
with a bearer token are exempt: a browser never adds that header by itself. The switches of language and type size
need no token: they change a cookie of the reader and nothing else, so pages that carry only them carry no secret.
"""

import hashlib
import hmac
import re
import secrets
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from charity.errors import Rule
from charity.settings import settings
from charity.web.contexts import RequestContext, header

CROSS_SITE = Rule("form.cross_site", "这个请求不是从本站页面发出的，没有办理", 403)
STALE = Rule("form.stale", "页面已过期，没有办理。请返回上一页，刷新后再提交", 403)
NO_COOKIE = Rule(
    "form.no_cookie", "这个浏览器没有送回本站的 cookie，可能是禁止了 cookie。这次没有办理，什么都没有保存", 403
)
"""A token is bound to a cookie: where none at all comes back, no page is too old, and a new one helps nobody."""
BINDING = re.compile(r"^[0-9a-f]{32}$")


@lru_cache(maxsize=2)
def _key(secret: str) -> bytes:
    return hmac.new(secret.encode(), b"charity form token", hashlib.sha256).digest()


def token(binding: str) -> str:
    """The form token of a session or of an anonymous visitor's cookie."""
    return hmac.new(_key(settings().secret_key), binding.encode(), hashlib.sha256).hexdigest()


class FormToken:
    """The form token of a page, made when a form writes it: a page without one carries no secret."""

    __slots__ = ("_context", "written")

    def __init__(self, context: RequestContext) -> None:
        self._context = context
        self.written = False

    def __html__(self) -> str:
        """Write it, bound to the session; an anonymous visitor is bound to a random cookie."""
        self.written = True
        if not self._context.binding:
            self._context.binding = secrets.token_hex(16)
        return token(self._context.binding)


def _same_origin(scope: Any, origin: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:  # no address at all, such as "http://["
        return False
    ours = urlsplit(settings().public_url)
    if (parts.scheme, parts.netloc) == (ours.scheme, ours.netloc):
        return True
    # Reached by another name (localhost, a LAN address): the browser's own Host says which.
    return bool(parts.netloc) and parts.netloc == header(scope, b"host")


def check_site(scope: Any) -> None:
    """Raise CROSS_SITE unless the browser says that the request is ours."""
    site = header(scope, b"sec-fetch-site")
    if site:
        if site not in {"same-origin", "none"}:
            raise CROSS_SITE()
        return
    origin = header(scope, b"origin")
    if origin and not _same_origin(scope, origin):
        raise CROSS_SITE()


def from_us(scope: Any) -> bool:
    """Whether the browser says itself that one of our pages sent this: older ones say nothing."""
    site, origin = header(scope, b"sec-fetch-site"), header(scope, b"origin")
    return site == "same-origin" if site else bool(origin) and _same_origin(scope, origin)


def check_token(context: RequestContext, sent: str, *, cookies: bool) -> None:
    """Raise STALE unless the form carries the token of this session or visitor; NO_COOKIE where no cookie came."""
    if not context.binding and not cookies:
        raise NO_COOKIE()
    if not context.binding or not hmac.compare_digest(token(context.binding).encode(), sent.encode()):
        raise STALE()
