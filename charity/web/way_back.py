"""Where a change of language or type size leads back to: a page that GET opens, also after one that only a form opens.

A form that was sent is not sent again. Its reader comes back to the page the form stood on, as the browser
names it (Referer, with its filters), or to the nearest page above the address of the form.
"""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.routing import Route

REFERER_MAX = 2_000
HOME, DESK = "/", "/desk"


def of(request: Request, *, staff: bool) -> str:
    """The address, with its query, of the page to show again; `staff`: the last resort is the desk."""
    query = request.url.query
    here = request.url.path
    if request.method in {"GET", "HEAD"}:
        return here + (f"?{query}" if query else "")
    if came_from := _came_from(request):
        return came_from
    while here.strip("/"):
        if _opens(request, here):
            return here
        here = here.rstrip("/").rpartition("/")[0]
    return DESK if staff else HOME


def _came_from(request: Request) -> str:
    """The page of ours that the form stood on; "" when the browser does not say, or GET does not open it."""
    named = urlsplit(request.headers.get("referer", "")[: REFERER_MAX + 1])
    ours = named.netloc == request.headers.get("host", "") and named.path.isprintable()
    if not ours or len(named.geturl()) > REFERER_MAX or not _opens(request, named.path):
        return ""
    return named.path + (f"?{named.query}" if named.query else "")


def _opens(request: Request, path: str) -> bool:
    """Whether GET opens this address: of the routes it fits, the one that names most of it says so.

    `/receipts/issue` fits `/receipts/{code}` too, where nothing of that code is.
    """
    fit = [r for r in request.app.routes if isinstance(r, Route) and r.path_regex.match(path)]
    least = min((len(route.param_convertors) for route in fit), default=0)
    return any("GET" in (route.methods or ()) for route in fit if len(route.param_convertors) == least)
