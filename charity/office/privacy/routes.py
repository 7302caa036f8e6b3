"""The privacy notice for everybody, and the page on which an administrator publishes a version."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import clock, words
from charity.errors import Refusal
from charity.office import privacy
from charity.office.organisation import EVER
from charity.office.privacy.forms import NoticeForm
from charity.office.privacy.verbs import TEXT_MAX
from charity.office.rules import NOTICE_UNKNOWN
from charity.web import auth, forms, pages

BODY_MAX = 2 * 12 * TEXT_MAX
"""Bytes of the form: two texts, a Chinese character percent-encoded in nine."""
PART_MAX = 3 * TEXT_MAX


def _since(notice: privacy.Notice) -> str:
    """From when a version holds, in words."""
    if notice.starts_on == EVER:
        return words.say("第 {version} 版，平台提供的文本", version=notice.version)
    return words.say("第 {version} 版，{starts_on} 起", version=notice.version, starts_on=notice.starts_on)


async def show(request: Request) -> Response:
    """The version that holds today, or the one asked for."""
    asked = request.query_params.get("version", "")
    if asked and not (asked.isascii() and asked.isdigit() and len(asked) <= 6):  # noqa: PLR2004 - digits
        raise NOTICE_UNKNOWN(version=asked[:6])
    versions = await privacy.every()
    holds = privacy.holding(versions)
    notice = next((one for one in versions if one.version == int(asked)), None) if asked else holds
    if notice is None:
        raise NOTICE_UNKNOWN(version=int(asked))
    today = clock.today().isoformat()
    return await pages.page(
        request,
        "office/privacy/show.html",
        lines=await privacy.text_of(notice),
        since=_since(notice),
        holds=notice == holds,
        coming=notice.starts_on > today,
        versions=[{"version": n.version, "since": _since(n)} for n in versions],
    )


async def edit(request: Request) -> Response:
    """The form of a new version, begun with the newest text."""
    auth.allowed(request, "organisation.change")
    newest = (await privacy.every())[0]
    return await _edit(
        request, 200, values={"text": newest.text, "text_en": newest.text_en, "starts_on": clock.today().isoformat()}
    )


async def _edit(request: Request, status: int, **context: Any) -> Response:
    return await pages.page(request, "office/privacy/edit.html", status, **context)


async def publish(request: Request) -> Response:
    """Add a version."""
    by = auth.allowed(request, "organisation.change")
    data = await forms.data(request, NoticeForm, part_max=PART_MAX)
    try:
        form = forms.read(NoticeForm, data)
        version = await privacy.publish(text=form.text, text_en=form.text_en, starts_on=form.starts_on, by=by)
    except Refusal as refusal:
        return await _edit(request, refusal.status, values=data, errors=pages.errors(refusal))
    return pages.see_other(request, f"/privacy?version={version}", flash="已发布新版本")


routes = [
    Route("/privacy", show, methods=["GET"]),
    Route("/privacy/edit", edit, methods=["GET"]),
    Route("/privacy/edit", publish, methods=["POST"], max_body_size=BODY_MAX),
]
