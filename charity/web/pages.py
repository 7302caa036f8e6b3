"""Answering a browser: pages, redirects with a message, PDFs.

Templates are found in templates/ (StrictUndefined, autoescape, words in the current language). The base
context is added to each page; the organisation comes from a function that `app` sets.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from charity import addresses, words
from charity.errors import Refusal
from charity.roles import ROLE_WORDS
from charity.settings import settings
from charity.web import assets, auth, compression, contexts, csrf, formats, messages, nav, switches, way_back
from charity.web.policies import PLAIN, Policy

FOLDER = Path(__file__).resolve().parents[2] / "templates"
FLASH_S = 60
ORGANISATION_KEPT_S = 5.0
KINDS = {"done": "ok", "ok": "ok", "info": "info", "warn": "warn", "bad": "bad"}


class Organisation(Protocol):
    """Who we are, as pages show it (charity/office/organisation)."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def name_en(self) -> str: ...  # noqa: D102
    @property
    def short(self) -> str: ...  # noqa: D102
    @property
    def short_en(self) -> str: ...  # noqa: D102
    @property
    def phone(self) -> str: ...  # noqa: D102
    @property
    def address(self) -> str: ...  # noqa: D102
    @property
    def credit_code(self) -> str: ...  # noqa: D102
    @property
    def certificate(self) -> str: ...  # noqa: D102
    @property
    def complaint_phone(self) -> str: ...  # noqa: D102
    @property
    def tax_deduction(self) -> str: ...  # noqa: D102
    @property
    def icp(self) -> str: ...  # noqa: D102
    @property
    def police(self) -> str: ...  # noqa: D102
    @property
    def demo(self) -> bool: ...  # noqa: D102


_organisation: Callable[[], Awaitable[Organisation]] | None = None
_store_names: Callable[[], Awaitable[Mapping[str, str]]] | None = None
_kept: tuple[float, Organisation, Mapping[str, str]] | None = None


def use(
    organisation: Callable[[], Awaitable[Organisation]],
    store_names: Callable[[], Awaitable[Mapping[str, str]]] | None = None,
) -> None:
    """Take the functions that answer who we are, and what our stores are called."""
    global _organisation, _store_names, _kept
    _organisation, _store_names, _kept = organisation, store_names or _store_names, None


async def _who_we_are() -> tuple[Organisation, Mapping[str, str]]:
    global _kept  # noqa: PLW0603 - kept for a few seconds a process
    if _organisation is None:
        msg = "app has not set the organisation"
        raise RuntimeError(msg)
    if _kept is None or _kept[0] < time.monotonic():
        names = await _store_names() if _store_names else {}
        _kept = (time.monotonic() + ORGANISATION_KEPT_S, await _organisation(), names)
    return _kept[1:]


async def is_demo() -> bool:
    """Whether all data here is invented."""
    return (await _who_we_are())[0].demo


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The Jinja environment of all pages and printed documents."""
    env = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        auto_reload=False,
    )
    words.install(env)
    formats.install(env)
    return env


def _shown(organisation: Organisation) -> dict[str, Any]:
    english = words.language() == "en"
    return {
        "name": (english and organisation.name_en) or organisation.name,
        "short": (english and organisation.short_en) or organisation.short,
        "phone": organisation.phone,
        "address": organisation.address,
        "credit_code": organisation.credit_code,
        "certificate": organisation.certificate,
        "complaint_phone": organisation.complaint_phone,
        "tax_deduction": organisation.tax_deduction,
        "icp": organisation.icp,
        "police": organisation.police,
    }


async def base_context(request: Request) -> dict[str, Any]:
    """What base.html needs in every context."""
    context = contexts.of(request)
    organisation, store_names = await _who_we_are()
    actor = context.actor
    query = request.url.query
    return {
        "organisation": _shown(organisation),
        "demo": organisation.demo,
        "actor": actor
        and {
            "key": actor.key,
            "name": actor.name,
            "store": actor.store and store_names.get(actor.store, actor.store),
            "roles": [words.translate(ROLE_WORDS[role]) for role in sorted(actor.roles)],
        },
        "may": actor.may if actor else _may_nothing,
        "href_to": partial(addresses.shown_to, actor),
        "nav": nav.shown(actor, request.url.path),
        "lang": words.language(),
        "path": request.url.path + (f"?{query}" if query else ""),
        "back": way_back.of(request, staff=actor is not None),
        "csrf": csrf.FormToken(context),
        "new_key": secrets.token_hex(16),
        "asset": assets.address,
        "site": settings().public_url.rstrip("/"),
        "page_data": {},
        "type_size": switches.type_size(request),
        "flash": _flash(request),
        "errors": [],
    }


def _may_nothing(permission: str) -> bool:  # noqa: ARG001 - the signature of Actor.may
    return False


async def page(
    request: Request, template: str, status: int = 200, *, policy: Policy = PLAIN, **context: Any
) -> Response:
    """Render a template with the base context and what the caller adds; `policy` is what its browser may do."""
    contexts.of(request).policy = policy
    whole = await base_context(request) | {"status": status} | context
    text = environment().get_template(template).render(whole)
    in_order = _in_order(whole["errors"], text)
    if in_order != whole["errors"]:
        whole["errors"] = in_order
        text = environment().get_template(template).render(whole)
    response = _response(request, text, status, whole)
    switches.keep_taken(request, response)
    if whole["flash"]:
        response.delete_cookie("flash", path="/", secure=settings().secure, httponly=True, samesite="lax")
    asking = contexts.of(request)
    if (
        whole["csrf"].written
        and not asking.session
        and asking.binding != request.cookies.get(auth.cookie_name("visit"))
    ):
        auth.set_cookie(response, "visit", asking.binding)
    return response


def _in_order(errors: list[dict[str, str]], text: str) -> list[dict[str, str]]:
    """Errors in the order of their fields on the page, which no model knows; what is about no field keeps its place."""

    def place(error: dict[str, str]) -> int:
        at = text.find(f'id="f-{error["field"]}"')
        return at if at >= 0 else len(text)

    following = iter(sorted((error for error in errors if error["field"]), key=place))
    return [next(following) if error["field"] else error for error in errors]


def _response(request: Request, text: str, status: int, whole: dict[str, Any]) -> HTMLResponse:
    """The page, packed where it carries no secret: no form token, nobody signed in, no message to one reader."""
    body = text.encode()
    if whole["csrf"].written or whole["actor"] or whole["flash"] or len(body) < compression.LEAST:
        return HTMLResponse(body, status)
    response = HTMLResponse(compression.packed(body) if compression.asked(request.scope) else body, status)
    response.headers["vary"] = "accept-encoding"
    if compression.asked(request.scope):
        response.headers["content-encoding"] = "gzip"
    return response


async def form(request: Request, template: str, refusal: Refusal | None, **context: Any) -> Response:
    """A page with a form, again with its errors when it was refused."""
    status = refusal.status if refusal else 200
    listed = errors(refusal) if refusal else []
    return await page(request, template, status=status, errors=listed, **context)


def pager(request: Request, after: str | int | None, at: str = "") -> dict[str, Any]:
    """What a pager links to: the rows of this list after `after`, and its first page; "" where there is none.

    Both keep the filters, and go without scheme and host: a proxy may have changed them. `at` is where the list stands
    when it is shown again below what a POST to another address was refused.
    """
    here = URL(at) if at and request.method == "POST" else request.url
    following = here.include_query_params(after=after) if after else None
    first = request.url.remove_query_params("after") if request.query_params.get("after") else None
    return {"next_href": _path(following), "first_href": _path(first)}


def _path(url: URL | None) -> str:
    return "" if url is None else url.path + (f"?{url.query}" if url.query else "")


def see_other(
    request: Request, url: str, flash: str = "", kind: str = "done", undo: str | None = None, **facts: Any
) -> Response:
    """Send the browser on with 303; the next page says `flash` (a msgid, its places from `facts`) once.

    `undo` is the address of a POST that takes it back.
    """
    assert url.startswith("/"), "only our own addresses"
    assert not url.startswith("//"), "only our own addresses"
    response = RedirectResponse(quote(url, safe="/?&=#%:,;@+!*'()~"), 303)
    if flash:
        item = {"kind": KINDS[kind], "text": words.say(flash, **facts), "undo_action": undo or ""}
        response.set_cookie(
            "flash",
            _signed(contexts.of(request).binding, item),
            max_age=FLASH_S,
            path="/",
            secure=settings().secure,
            httponly=True,
            samesite="lax",
        )
    return response


def _mac(binding: str, body: str) -> str:
    return hmac.new(settings().secret_key.encode(), f"flash|{binding}|{body}".encode(), hashlib.sha256).hexdigest()[:32]


def _signed(binding: str, item: dict[str, str]) -> str:
    body = base64.urlsafe_b64encode(json.dumps(item, ensure_ascii=False).encode()).decode().rstrip("=")
    return f"{body}.{_mac(binding, body)}"


def _flash(request: Request) -> list[dict[str, str]]:
    """The message that the last answer left, if it is ours."""
    body, _, mac = request.cookies.get("flash", "").partition(".")
    # A caller with a bearer token has no cookie to bind to.
    bindings = {contexts.of(request).binding, ""}
    if not body or not any(hmac.compare_digest(_mac(b, body).encode(), mac.encode()) for b in bindings):
        return []
    return [json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))]


def _named(how: str, filename: str) -> str:
    """A Content-Disposition; what would end the quotes or the header becomes an underscore."""
    ascii_name = re.sub(r"[^ !#-.0-\[\]-~]", "_", filename)
    return f"{how}; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(filename)}"


def pdf(body: bytes, filename: str) -> Response:
    """A PDF shown in the browser, with the name under which it is saved."""
    return Response(body, media_type="application/pdf", headers={"content-disposition": _named("inline", filename)})


def attachment(body: bytes, filename: str, media_type: str) -> Response:
    """A file to save."""
    return Response(body, media_type=media_type, headers={"content-disposition": _named("attachment", filename)})


def errors(refusal: Refusal) -> list[dict[str, str]]:
    """What to show above the form and beside its fields, in the current language.

    A rule that is about no field has an empty `field`. What a call gives in fen a page types in yuan.
    """
    if refusal.fields:
        fields = [
            replace(e, message=messages.NO_CHOICE) if e.message == messages.CHOICES else e for e in refusal.fields
        ]
        listed = [{**e, "field": re.sub(r"_fen$", "_yuan", e["field"])} for e in messages.spoken(fields)]
    else:
        listed = [{"field": "", "message": words.say(refusal.words, **refusal.facts)}]
    if refusal.see is not None:
        number, href = refusal.see
        listed.append({"field": "", "message": words.say("看 {number}", number=number), "href": href})
    return listed
