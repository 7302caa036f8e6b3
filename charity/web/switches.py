"""The reader's language and type size: two cookies of the browser, and the switches in the head of a page.

On a page with a form of the public the switches are buttons of that form (`keeps` names it; templates/base.html): they
post what is typed so far to the form's own address as `again=lang.en`, and the same form comes back with it. So nothing
that was typed stands in an address, a log or a cookie, and it is the same without a script. `again=form` alone shows
the form again.
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from charity import words
from charity.settings import settings
from charity.web import contexts

YEAR_S: Final = 365 * 24 * 3600
SWITCHES: Final = {"lang": words.LANGUAGES, "type": ("normal", "large")}
_TAKEN: Final = "charity.switched"


def take(request: Request, again: str) -> None:
    """Follow a switch that a form was sent with, from this answer on."""
    name, _, value = again.partition(".")
    if value not in SWITCHES.get(name, ()):
        return
    request.scope[_TAKEN] = (name, value)
    if name == "lang":
        contexts.of(request).language = value
        words.speak(value)


def keep(response: Response, name: str, value: str) -> None:
    """Remember a choice in the browser for a year."""
    response.set_cookie(name, value, max_age=YEAR_S, path="/", secure=settings().secure, httponly=True, samesite="lax")


def keep_taken(request: Request, response: Response) -> None:
    """Remember the switch that this form was sent with, if it was one."""
    if taken := request.scope.get(_TAKEN):
        keep(response, *taken)


def type_size(request: Request) -> str:
    """The type size of this answer."""
    name, value = request.scope.get(_TAKEN, ("", ""))
    return "large" if (value if name == "type" else request.cookies.get("type")) == "large" else "normal"
