"""The privacy notice over the API."""

from typing import Any

from charity.office import privacy
from charity.office.privacy.forms import NoticeAnswer, NoticeBody, NoticeQuery
from charity.web.api import Call, Endpoint


async def _answer(version: int | None) -> dict[str, Any]:
    notice = await (privacy.get(version) if version else privacy.current())
    return {
        "version": notice.version,
        "starts_on": notice.starts_on,
        "text": await privacy.filled(notice, "zh"),
        "text_en": await privacy.filled(notice, "en"),
    }


async def show(call: Call) -> dict[str, Any]:
    """The version that holds today, or the one asked for."""
    asked: NoticeQuery = call.query
    return await _answer(asked.version)


async def publish(call: Call) -> dict[str, Any]:
    """Add a version."""
    body: NoticeBody = call.body
    version = await privacy.publish(text=body.text, text_en=body.text_en, starts_on=body.starts_on, by=call.by)
    return await _answer(version)


endpoints = [
    Endpoint(
        "GET",
        "/privacy",
        show,
        public=True,
        params=NoticeQuery,
        answer=NoticeAnswer,
        summary="隐私告知：现行或某一版本",
    ),
    Endpoint(
        "POST",
        "/privacy",
        publish,
        permission="organisation.change",
        body=NoticeBody,
        answer=NoticeAnswer,
        status=201,
        summary="发布隐私告知的新版本",
    ),
]
