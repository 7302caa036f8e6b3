"""Pages that belong to no room: the reader's language and type size, health, figures, the parts page."""

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from charity.db import migrations, reading
from charity.errors import NOT_YOURS
from charity.roles import ACTS
from charity.settings import settings
from charity.web import assets, auth, forms, metrics, pages, visits
from charity.web.policies import CAMERA
from charity.words import LANGUAGES

YEAR_S = 365 * 24 * 3600


def local(url: str) -> str:
    """An address of ours to go back to, or "/" when it is not one."""
    if not url.startswith("/") or url.startswith(("//", "/\\")) or not url.isprintable():
        return "/"
    return url


def _keep(response: Response, name: str, value: str) -> Response:
    response.set_cookie(name, value, max_age=YEAR_S, path="/", secure=settings().secure, httponly=True, samesite="lax")
    return response


async def language(request: Request) -> Response:
    """Remember the reader's language and go back."""
    data = await forms.data(request)
    chosen = forms.text(data, "lang")
    response = RedirectResponse(local(forms.text(data, "next")), 303)
    return _keep(response, "lang", chosen if chosen in LANGUAGES else "zh")


async def type_size(request: Request) -> Response:
    """Remember whether the reader wants large type and go back."""
    data = await forms.data(request)
    response = RedirectResponse(local(forms.text(data, "next")), 303)
    return _keep(response, "type", "large" if forms.text(data, "size") == "large" else "normal")


async def healthz(request: Request) -> Response:  # noqa: ARG001 - a handler's signature
    """The process answers."""
    return PlainTextResponse("ok\n", headers={"cache-control": "no-store"})


async def readyz(request: Request) -> Response:  # noqa: ARG001 - a handler's signature
    """The database answers and every migration is applied; 503 otherwise."""
    try:
        await reading.value("SELECT 1 AS one")
        missing = await migrations.pending()
    except Exception as error:  # noqa: BLE001 - whatever it is, we are not ready; its kind is said
        return _state({"ready": False, "database": type(error).__name__}, 503)
    if missing:
        return _state({"ready": False, "migrations": missing}, 503)
    return _state({"ready": True}, 200)


def _state(body: dict[str, object], status: int) -> Response:
    return JSONResponse(body, status, headers={"cache-control": "no-store"})


async def figures(request: Request) -> Response:
    """Prometheus' figures, for this machine itself or an admin's token."""
    visit = visits.of(request)
    if not visits.is_loopback(visit):
        await auth.bearer(visit, request.headers.get("authorization", ""))
        if visit.actor is None or not visit.actor.may("account.manage"):
            raise NOT_YOURS(act=ACTS["account.manage"][0])
    return Response(metrics.text(), media_type="text/plain; version=0.0.4", headers={"cache-control": "no-store"})


async def parts(request: Request) -> Response:
    """Every part of the design system in all its states."""
    return await pages.page(request, "parts.html", policy=CAMERA)


routes = [
    Mount("/static", assets.Files(), name="static"),
    Route("/healthz", healthz),
    Route("/readyz", readyz),
    Route("/metrics", figures),
    Route("/language", language, methods=["POST"]),
    Route("/type", type_size, methods=["POST"]),
    Route("/_parts", parts),
]
