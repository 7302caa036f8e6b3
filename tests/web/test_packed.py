"""What holds no secret is sent packed; what carries a form token, a message or somebody's name never is (BREACH)."""

import gzip
import hashlib
import re
from typing import Any

import httpx2
import pytest
from giving.given import give
from web.given import PASSWORD, token_of

from charity.web import assets, compression, pages

GZIP = {"accept-encoding": "gzip, br"}
SECRET = re.compile(r'name="(csrf|idem|idempotency_key)"')
PUBLIC = ("/", "/campaigns/one-day-2026", "/give/goods", "/privacy", "/api-docs")


def coding(answer: httpx2.Response) -> str:
    return answer.headers.get("content-encoding", "")


@pytest.mark.parametrize("path", PUBLIC)
async def test_a_public_page_without_a_form_token_is_packed(web: Any, path: str) -> None:
    answer = await web.as_().get(path, headers=GZIP)
    assert (answer.status_code, coding(answer)) == (200, "gzip")
    assert not SECRET.search(answer.text)
    assert "set-cookie" not in answer.headers, "nothing of one reader is in it"
    assert int(answer.headers["content-length"]) < len(answer.content) / 2
    assert "accept-encoding" in answer.headers.get("vary", "")
    plain = await web.as_().get(path, headers={"accept-encoding": "gzip;q=0"})
    assert (coding(plain), plain.text) == ("", answer.text)


async def test_a_page_with_a_form_token_is_never_packed(web: Any) -> None:
    for path in ("/sign-in", "/campaigns/one-day-2026/give"):
        answer = await web.as_().get(path, headers=GZIP)
        assert SECRET.search(answer.text), path
        assert coding(answer) == "", path
        assert "visit=" in answer.headers["set-cookie"], path


async def test_a_page_of_somebody_signed_in_or_with_a_message_is_never_packed(web: Any, house: Any) -> None:
    given = (await give(house)).body
    staff = web.as_("cashier")
    for path in ("/", f"/receipts/{given['receipt']['code']}" if "receipt" in given else "/desk"):
        assert coding(await staff.get(path, headers=GZIP)) == "", path
    visitor = web.as_()
    await visitor.post(
        "/sign-in", data={"csrf": token_of(await visitor.get("/sign-in")), "login": "x", "password": PASSWORD}
    )
    message = pages._signed("", {"kind": "ok", "text": "好", "undo_action": ""})
    visitor.cookies.set("flash", message)
    answer = await visitor.get("/", headers=GZIP)
    assert "好" in answer.text
    assert coding(answer) == ""


async def test_language_and_type_need_no_token_but_no_other_site_switches_them(web: Any) -> None:
    client = web.as_()
    for path, name, value in (("/language", "lang", "en"), ("/type", "size", "large")):
        answer = await client.post(
            path, data={name: value, "next": "/check"}, headers={"Sec-Fetch-Site": "same-origin"}
        )
        assert (answer.status_code, answer.headers["location"]) == (303, "/check")
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "samesite=lax" in cookie.lower()
        assert len(answer.headers.get_list("set-cookie")) == 1
        for header in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.invalid"}):
            assert (await client.post(path, data={name: value}, headers=header)).status_code == 403
        away = await client.post(path, data={name: value, "next": "//elsewhere.invalid"})
        assert away.headers["location"] == "/"
    assert 'data-type="large"' in (await client.get("/")).text


async def test_every_other_form_of_a_public_page_still_needs_its_token(web: Any) -> None:
    client = web.as_()
    for path in ("/sign-in", "/campaigns/one-day-2026/give", "/sign-out"):
        assert (
            await client.post(path, data={"lang": "en"}, headers={"Sec-Fetch-Site": "same-origin"})
        ).status_code == 403


async def test_our_sheets_and_scripts_are_packed_once_and_fonts_are_not(web: Any) -> None:
    client = web.as_()
    for path in ("css/base.css", "js/app.js", "img/mark.svg"):
        whole = (assets.FOLDER / path).read_bytes()
        answer = await client.get(f"/static/{path}?v=1", headers=GZIP)
        assert (coding(answer), answer.content) == ("gzip", whole)
        assert "immutable" in answer.headers["cache-control"]
        assert "accept-encoding" in answer.headers["vary"]
        again = await client.get(f"/static/{path}", headers=GZIP | {"if-none-match": answer.headers["etag"]})
        assert again.status_code == 304
        part = await client.get(f"/static/{path}", headers=GZIP | {"range": "bytes=0-9"})
        assert (coding(part), part.content) == ("", whole[:10])
        assert (coding(await client.get(f"/static/{path}", headers={"accept-encoding": "br"}))) == ""
    assert assets._packed("css/base.css", 1) is assets._packed("css/base.css", 1)
    font = await client.get("/static/vendor/fonts/LICENSE.txt", headers=GZIP)
    assert coding(font) == ""


async def test_the_sheets_of_every_page_come_as_one_by_their_hash(web: Any) -> None:
    client = web.as_()
    address = assets.address("css/common.css")
    whole = b"\n".join(
        (assets.FOLDER / f"css/{name}.css").read_bytes() for name in ("tokens", "base", "frame", "parts")
    )
    assert address.endswith(f"?v={hashlib.sha256(whole).hexdigest()[:12]}")
    assert f'href="{address}"' in (await client.get("/")).text
    for coded, headers in (("gzip", GZIP), ("", {"accept-encoding": "br"})):
        answer = await client.get(address, headers=headers)
        assert (answer.status_code, coding(answer), answer.content) == (200, coded, whole)
        assert answer.headers["content-type"].startswith("text/css")
        assert "immutable" in answer.headers["cache-control"]
        assert "accept-encoding" in answer.headers["vary"]
        again = await client.get("/static/css/common.css", headers=headers | {"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.headers["cache-control"]) == (304, "no-cache")


def test_the_same_body_is_packed_to_the_same_bytes() -> None:
    body = b"gifts " * 1_000
    assert compression.packed(body) == compression.packed(body)
    assert gzip.decompress(compression.packed(body)) == body


@pytest.mark.parametrize(
    ("sent", "unpacks"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("", False),
        ("gzip;q=0", False),
        ("gzip; q=0.0", False),
        ("xgzip", False),
    ],
)
def test_a_reader_says_whether_he_unpacks(sent: str, unpacks: bool) -> None:  # noqa: FBT001 - a parameter
    assert compression.asked({"headers": [(b"accept-encoding", sent.encode())]}) is unpacks
