"""Pages that belong to no room: the reader's language and type size, health, figures, the parts page."""

from collections.abc import Iterable
from contextlib import suppress

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from charity.db import health
from charity.db.health import Probe
from charity.errors import NOT_FOUND, Refusal
from charity.roles import not_yours
from charity.web import assets, auth, contexts, forms, metrics, pages, pictures, switches
from charity.web.policies import CAMERA
from charity.words import LANGUAGES


def local(url: str) -> str:
    """An address of ours to go back to, or "/" when it is not one."""
    if not url.startswith("/") or url.startswith(("//", "/\\")) or not url.isprintable():
        return "/"
    return url


async def language(request: Request) -> Response:
    """Remember the reader's language and go back."""
    data = await forms.data(request, token=False)
    chosen = forms.text(data, "lang")
    response = RedirectResponse(local(forms.text(data, "next")), 303)
    switches.keep(response, "lang", chosen if chosen in LANGUAGES else "zh")
    return response


async def type_size(request: Request) -> Response:
    """Remember whether the reader wants large type and go back."""
    data = await forms.data(request, token=False)
    response = RedirectResponse(local(forms.text(data, "next")), 303)
    switches.keep(response, "type", "large" if forms.text(data, "size") == "large" else "normal")
    return response


async def healthz(request: Request) -> Response:  # noqa: ARG001 - a handler's signature
    """The process answers."""
    return PlainTextResponse("ok\n", headers={"cache-control": "no-store"})


_probes: list[Probe] = []


def use(probes: Iterable[Probe]) -> None:
    """Take what `/readyz` looks at."""
    _probes[:] = probes


async def readyz(request: Request) -> Response:
    """Whether this process does all it should; 503 otherwise. What is wrong, in words, for whoever may read figures."""
    problems = await health.look(_probes)
    grave = [problem for problem in problems if problem.probe.grave]
    body: dict[str, object] = {"ready": not grave}
    if problems:
        body["problems"] = [problem.probe.name for problem in grave]
        body["warnings"] = [problem.probe.name for problem in problems if not problem.probe.grave]
        with suppress(Refusal):
            await _require_figures(request)
            body["words"] = [problem.text() for problem in problems]
    return JSONResponse(body, 503 if grave else 200, headers={"cache-control": "no-store"})


async def _require_figures(request: Request) -> None:
    """This machine itself, or an administrator's token; raises 401 or 403."""
    context = contexts.of(request)
    if not contexts.is_loopback(context):
        await auth.bearer(context, request.headers.get("authorization", ""))
        if context.actor is None or not context.actor.may("account.manage"):
            raise not_yours("account.manage")


async def figures(request: Request) -> Response:
    """Prometheus' figures, for this machine itself or an admin's token."""
    await _require_figures(request)
    return Response(await metrics.text(), media_type="text/plain; version=0.0.4", headers={"cache-control": "no-store"})


async def parts(request: Request) -> Response:
    """Every part of the design system in all its states: for whoever draws pages, on a demo alone."""
    if not await pages.is_demo():
        raise NOT_FOUND()
    return await pages.page(request, "_parts/show.html", policy=CAMERA, pictures=pictures)


routes = [
    Mount("/static", assets.Files(), name="static"),
    Route("/healthz", healthz),
    Route("/readyz", readyz),
    Route("/metrics", figures),
    Route("/language", language, methods=["POST"]),
    Route("/type", type_size, methods=["POST"]),
    Route("/_parts", parts),
]
