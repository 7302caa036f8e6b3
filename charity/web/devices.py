"""Browsers that signed in before: a signed cookie that says so, and nothing about whom.

While somebody guesses at an account from elsewhere, its owner still gets in from a browser that knows the way
(OWASP's device cookies). The cookie is a random number and, for each account that signed in here, a mark of
both under our key; it opens nothing: whoever has it must still know the password, and is counted by himself.
"""

import hashlib
import hmac
import re
import secrets

from starlette.requests import Request
from starlette.responses import Response

from charity.settings import settings
from charity.web import auth

COOKIE = "device"
KEPT_S = 365 * 24 * 3_600
ACCOUNTS_MAX = 8
"""People of a shift who share one browser."""
_FORM = re.compile(rf"^[0-9a-f]{{32}}(\.[0-9a-f]{{32}}){{1,{ACCOUNTS_MAX}}}$")


_BROWSERS = (
    ("edg", "Edge"),
    ("firefox", "Firefox"),
    ("micromessenger", "WeChat"),
    ("chrom", "Chrome"),
    ("safari", "Safari"),
)
_SYSTEMS = (
    ("android", "Android"),
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("windows", "Windows"),
    ("mac os", "macOS"),
    ("linux", "Linux"),
)


def described(request: Request) -> str:
    """The kind of browser, such as "Edge · Windows": enough to know one's own by, and no more."""
    agent = request.headers.get("user-agent", "").lower()
    kinds = (next((name for sign, name in kinds if sign in agent), "") for kinds in (_BROWSERS, _SYSTEMS))
    return " · ".join(filter(None, kinds))


def _mark(number: str, login: str) -> str:
    message = f"device|{number}|{login}".encode()
    return hmac.new(settings().secret_key.encode(), message, hashlib.sha256).hexdigest()[:32]


def _sent(request: Request) -> list[str]:
    text = request.cookies.get(auth.cookie_name(COOKIE), "")
    return text.split(".") if _FORM.match(text) else []


def known(request: Request, login: str) -> str:
    """The number of this browser when this login signed in here before, else ""."""
    number, *marks = _sent(request) or [""]
    wanted = _mark(number, login)
    return number if any(hmac.compare_digest(wanted, mark) for mark in marks) else ""


def remember(request: Request, response: Response, login: str) -> None:
    """Note in the browser that this login has signed in here."""
    number, *marks = _sent(request) or [secrets.token_hex(16)]
    mark = _mark(number, login)
    marks = [mark, *(m for m in marks if m != mark)][:ACCOUNTS_MAX]
    auth.set_cookie(response, COOKIE, ".".join((number, *marks)), KEPT_S)
