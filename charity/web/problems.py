"""Every refusal in words: an RFC 9457 problem document under /api/, a page elsewhere.

`type` is `urn:charity:problem:<code>`, the code of the rule; `detail` says which rule and all its facts;
`errors` lists fields. Words are in the caller's language.
"""

import http
import logging
import traceback
from typing import Any
from urllib.parse import quote

from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import Scope

from charity import addresses, texts, words
from charity.db import engine, faults
from charity.errors import NOT_FOUND, Refusal, Rule, Unavailable
from charity.pacing import Paced
from charity.web import auth, contexts, csrf, forms, messages, pages, way_back

log = logging.getLogger("charity.web")
LOG_S = 60.0
METHOD_MAX = 20
"""Characters of a method that are said back."""
_unavailable = Paced(log, "unavailable", every_s=LOG_S)
MEDIA_TYPE = "application/problem+json"

UNREAD = 422
ONE = "有一处要更正"
TITLES = {
    400: "请求不完整",
    401: "请先登录",
    403: "不能办理",
    404: "没有找到",
    405: "不支持这种方法",
    408: "等得太久了",
    409: "现在不能这样办",
    410: "已经失效",
    413: "内容太大",
    415: "格式不支持",
    UNREAD: "有几处要更正",
    429: "请求太频繁",
    500: "系统出错",
    503: "系统正忙",
}
TITLES_OF_CODES = {
    faults.WRITING_STOPPED.code: "系统已停止写入",
    faults.OUTCOME_UNKNOWN.code: "还不知道是否已经办成",
    csrf.STALE.code: "页面已过期",
    csrf.NO_COOKIE.code: "浏览器没有送回 cookie",
}
AGAIN = {faults.OUTCOME_UNKNOWN.code, csrf.STALE.code, csrf.NO_COOKIE.code}
"""What a form may be sent once more after, as it was."""
METHOD = Rule("method.not_allowed", "这个地址不支持 {method}", 405)
TOO_LARGE = Rule("body.too_large", "内容超过上限 {limit_kb} KB", 413)
FAULT = Rule("fault", "系统出错，没有办理。请稍后再试；如再次发生，请把编号告诉管理员", 500)
OTHER = Rule("http", "请求无法办理", 400)
HUNG_UP = Rule("body.cut_off", "请求体没有传完", 400)


def document(refusal: Refusal) -> dict[str, Any]:
    """The problem document of a refusal in the current language."""
    title = TITLES_OF_CODES.get(refusal.code) or TITLES.get(refusal.status, http.HTTPStatus(refusal.status).phrase)
    body: dict[str, Any] = {
        "type": f"urn:charity:problem:{refusal.code}",
        "title": words.translate(title),
        "status": refusal.status,
        "detail": words.say(refusal.words, **refusal.facts),
    }
    if refusal.fields:
        body["errors"] = messages.spoken(refusal.fields)
    if refusal.now is not None:
        body |= {"content_hash": refusal.now.content_hash, "now": refusal.now.facts}
    if refusal.see is not None:
        body["see"] = {"number": refusal.see[0], "href": refusal.see[1]}
    return body


def headers(refusal: Refusal) -> dict[str, str]:
    """The headers that a refusal brings along."""
    brought: dict[str, str] = {}
    if refusal.retry_after_s is not None:
        brought["retry-after"] = str(refusal.retry_after_s)
    if refusal.status == http.HTTPStatus.UNAUTHORIZED:
        brought["www-authenticate"] = 'Bearer realm="charity"'
    return brought


def problem(refusal: Refusal) -> Response:
    """The problem document as an answer."""
    return Response(to_json(document(refusal)), refusal.status, headers(refusal), MEDIA_TYPE)


def as_refusal(error: Exception, scope: Scope) -> Refusal:
    """What an error says to the caller. A fault of ours is logged without its words, which may hold data."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, HTTPException):
        return _of_http(error, scope)
    if isinstance(error, Unavailable):
        return error.rule()
    if engine.unavailable(error):
        _unavailable.happened(error=type(error).__name__, frames=where(error))
        return faults.UNAVAILABLE()
    for is_it, rule in ((hung_up, HUNG_UP), (faults.unheld, NOT_FOUND)):
        if is_it(error):
            return rule()
    fault("fault", error, scope)
    return FAULT()


def answered(error: Exception, scope: Scope) -> bool:
    """Whether `answer` has dealt with it: Starlette raises again what the handler of Exception answered."""
    context: contexts.RequestContext = scope[contexts.SCOPE_KEY]
    refused = context.refused
    return refused == FAULT.code or (refused != "" and engine.unavailable(error))


def hung_up(error: BaseException) -> bool:
    """Whether the caller went away in the middle: no fault of ours, and nobody is left to be answered."""
    return isinstance(error, ClientDisconnect) or isinstance(error.__cause__, ClientDisconnect)


def fault(event: str, error: BaseException, scope: Scope) -> None:
    """Log a fault of ours: which request, after how long, and where in the code."""
    context: contexts.RequestContext = scope[contexts.SCOPE_KEY]
    log.error(event, extra={**context.facts(scope), "error": type(error).__name__, "frames": where(error)})


def where(error: BaseException) -> list[str]:
    """The frames of a fault, innermost last, as file:line:function."""
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    return [f"{frame.filename.rsplit('/site-packages/')[-1]}:{frame.lineno}:{frame.name}" for frame in frames]


def _of_http(error: HTTPException, scope: Scope) -> Refusal:
    if error.status_code == http.HTTPStatus.NOT_FOUND:
        return NOT_FOUND()
    if error.status_code == http.HTTPStatus.METHOD_NOT_ALLOWED:
        return METHOD(method=texts.cleaned(scope["method"])[:METHOD_MAX])
    if error.status_code == http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return too_large(0)
    return Refusal(OTHER.code, OTHER.words, error.status_code)


def too_large(limit: int) -> Refusal:
    """The 413 that names the limit, in bytes."""
    return TOO_LARGE(limit_kb=max(1, limit // 1024))


async def answer(request: Request, error: Exception) -> Response:
    """The one handler of all errors: a problem document for programs, a page for people."""
    if slashless := _slashless(request, error):
        return RedirectResponse(slashless, 307)
    refusal = as_refusal(error, request.scope)
    contexts.of(request).refused = refusal.code
    if hung_up(error):
        response: Response = PlainTextResponse("", refusal.status)
    elif request.url.path.startswith("/api/"):
        response = problem(refusal)
    elif refusal.status == http.HTTPStatus.UNAUTHORIZED and not contexts.of(request).bearer:
        return _to_sign_in(request)
    else:
        response = await _page(request, refusal, opens=_opens(request, error))
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


def _slashless(request: Request, error: Exception) -> str:
    """Our address without the slash with which nothing begins here, or "".

    Starlette would send on too, but to scheme and host as asked: to a host that anybody made up, and behind a
    proxy from https to http.
    """
    path: str = request.scope["path"]
    unknown = isinstance(error, HTTPException) and error.status_code == http.HTTPStatus.NOT_FOUND
    if not unknown or not path.endswith("/") or path.startswith(("//", "/api/", "/static/")):
        return ""
    query = f"?{request.url.query}" if request.url.query else ""
    return quote(path.rstrip("/")) + query


def _to_sign_in(request: Request) -> Response:
    """Let the visitor sign in and come back; a form that was posted cannot be taken along, but its page can."""
    ended = auth.cookie_name("session") in request.cookies and not contexts.of(request).owes
    after = "lost" if ended and request.method == "POST" else "ended" if ended else ""
    return auth.to_step(request, way_back.of(request, staff=True), after=after)


def _opens(request: Request, error: Exception) -> bool:
    """Whether the page of this address opens when it is asked for with nothing behind it."""
    if isinstance(error, HTTPException):
        return "GET" in (error.headers or {}).get("Allow", "")
    return isinstance(error, Refusal) and error.status == UNREAD and request.method == "GET" and bool(request.url.query)


def _reasons(refusal: Refusal) -> list[dict[str, str]]:
    """The field errors for the page, each with what people call the field."""
    spoken = messages.spoken(refusal.fields)
    return [reason | {"title": words.translate(e.title)} for e, reason in zip(refusal.fields, spoken, strict=True)]


async def _page(request: Request, refusal: Refusal, *, opens: bool) -> Response:
    shown = document(refusal)
    steps = [{"href": "/", "label": words.translate("回到首页")}]
    if opens and request.scope["path"] != "/":
        steps.insert(0, {"href": quote(request.scope["path"]), "label": words.translate("打开这一页")})
    if refusal.status == http.HTTPStatus.NOT_FOUND:
        steps.append({"href": "/check", "label": words.translate("查我的捐款")})
    actor = contexts.of(request).actor
    if actor is not None and actor.may("desk.read"):
        steps.insert(0, {"href": "/desk", "label": words.translate("回到工作台")})
    elif actor is not None and not request.scope["path"].startswith(addresses.MY_UNIT):
        steps.insert(0, {"href": addresses.MY_UNIT, "label": words.translate("我的单位")})
    ours = refusal.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR
    try:
        response = await pages.page(
            request,
            "error.html",
            status=refusal.status,
            title=words.translate(ONE) if refusal.status == UNREAD and len(refusal.fields) <= 1 else shown["title"],
            words=shown["detail"],
            reasons=_reasons(refusal),
            reference=contexts.of(request).id if ours else "",
            next=steps,
            again=forms.again(request) if refusal.code in AGAIN else [],
            no_cookie=refusal.code == csrf.NO_COOKIE.code,
        )
    except Exception as error:  # noqa: BLE001 - the page cannot be made (no database): plain words are better than none
        if not engine.unavailable(error):  # that is said already
            fault("fault.page", error, request.scope)
        response = PlainTextResponse(f"{shown['title']}\n{shown['detail']}\n", refusal.status)
    response.headers.update(headers(refusal))
    return response
