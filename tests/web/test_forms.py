"""Posts of our own pages: whose they are, what was sent, and what of it cannot be taken."""

from typing import Annotated, Any
from urllib.parse import urlencode

import pytest
from cast import Cast
from pydantic import BaseModel, Field
from starlette.requests import Request

from charity.errors import FieldError, Refusal
from charity.roles import Actor, Role
from charity.settings import settings
from charity.web import contexts, csrf, devices, fields, forms, messages
from charity.web.fields import AREA, GRID, Day, DayText

BINDING = "0" * 32
CLERK = Actor("clerk-key", "n", frozenset({Role.CLERK}))


class Line(BaseModel):
    """A line of a form."""

    note: Annotated[str, AREA] = ""
    name: str = ""


class Sheet(BaseModel):
    """A form of every kind of field."""

    name: str = ""
    reason: Annotated[str, AREA] | None = None
    pasted: Annotated[str, GRID] = ""
    lines: list[Line] = Field(default=[], alias="rows")
    tags: list[str] = []
    one: Line | None = None
    day: Day | None = None
    since: DayText = ""


def request(
    sent: list[tuple[str, str]] | None = None, *, headers: dict[str, str] | None = None, **facts: Any
) -> Request:
    """A POST of a form, by a visitor with a form token unless `facts` of the context say otherwise."""
    body = urlencode(sent or []).encode()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    head = {"content-type": "application/x-www-form-urlencoded", "host": "lan.example:8000"} | (headers or {})
    context = contexts.RequestContext("id", "127.0.0.1", False, False, "zh", **({"binding": BINDING} | facts))
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/things/1",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in head.items()],
        contexts.SCOPE_KEY: context,
    }
    return Request(scope, receive)


def own(*sent: tuple[str, str]) -> list[tuple[str, str]]:
    """Fields with the token of their visitor."""
    return [("csrf", csrf.token(BINDING)), *sent]


async def outcome(request: Request, model: type[BaseModel] | None = None) -> Any:
    """The fields of a form, or the code of the refusal with the fields that it names."""
    try:
        return await forms.data(request, model)
    except Refusal as refused:
        return refused.code, [(error.field, error.message) for error in refused.fields]


# -- whose form it is --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:8000"}, False),
        ({"sec-fetch-site": "same-origin", "origin": "https://evil.example"}, True),
        ({"origin": "http://127.0.0.1:8000"}, True),
        ({"origin": "https://127.0.0.1:8000"}, False),
        ({"origin": "http://127.0.0.1:8001"}, False),
        ({"origin": "https://lan.example:8000"}, True),
        ({"origin": "https://lan.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": "null", "host": ""}, False),
        ({"origin": "http://["}, False),
    ],
)
async def test_a_form_comes_from_a_page_of_ours(house: Cast, headers: dict[str, str], ours: bool) -> None:  # noqa: FBT001 - a table
    taken = await outcome(request(own(("name", "x")), headers=headers))
    assert taken == ({"name": "x"} if ours else ("form.cross_site", []))
    assert csrf.CROSS_SITE.status == csrf.STALE.status == 403


async def test_a_form_carries_the_token_of_its_own_session(house: Cast) -> None:
    others = csrf.token("1" * 32)
    for sent in ([], [("csrf", "")], [("csrf", others)], [*own(), ("csrf", others)]):
        assert await outcome(request(sent)) == ("form.stale", [])
    unbound = [("csrf", csrf.token(""))]
    assert await outcome(request(unbound, binding="")) == ("form.no_cookie", [])  # no page is too old then
    assert await outcome(request(unbound, binding="", headers={"cookie": "lang=en"})) == ("form.stale", [])
    assert await outcome(request(own(("name", "x")))) == {"name": "x"}


async def test_a_program_with_a_token_of_its_own_needs_none(house: Cast) -> None:
    sent = request([("name", "x")], headers={"sec-fetch-site": "cross-site"}, bearer=True)
    assert await outcome(sent) == {"name": "x"}


# -- what was sent -----------------------------------------------------------------------------------------------


async def test_a_field_is_sent_once_unless_it_is_a_list_of_its_model(house: Cast) -> None:
    sent = own(("name", "a"), ("tags", "1"), ("tags", "2"), ("rows", ""))
    assert await outcome(request(sent), Sheet) == {"name": "a", "tags": ["1", "2"], "rows": ""}
    twice = [("tags", messages.TWICE)]
    assert await outcome(request(sent)) == ("fields.unreadable", twice)
    assert await outcome(request([*sent, ("name", "b")]), Sheet) == ("fields.unreadable", [("name", messages.TWICE)])


async def test_a_character_that_nobody_sees_ends_a_form_of_no_model(house: Cast) -> None:
    unseen = own(("name", "a\u200b"), ("x\u200b", "y"))
    assert [field for field, _ in (await outcome(request(unseen)))[1]] == ["x", "name"]
    assert [field for field, _ in (await outcome(request(unseen), Sheet))[1]] == ["x"]  # the name; `read` says the rest
    assert await outcome(request(own(("name", "a\u200b"))), Sheet) == {"name": "a\u200b"}


async def test_a_form_with_a_key_can_be_sent_again_word_for_word(house: Cast) -> None:
    sent = request(own(("idem", "k1"), ("tags", "1"), ("tags", "2"), ("name", "a")))
    assert forms.again(sent) == []
    await forms.data(sent, Sheet)
    assert forms.again(sent) == [("idem", "k1"), ("tags", "1"), ("tags", "2"), ("name", "a")]
    sent = request(own(("name", "a")))
    await forms.data(sent, Sheet)
    assert forms.again(sent) == []


def test_a_field_is_read_as_one_text_or_as_many() -> None:
    sent: forms.Data = {"one": "a", "several": ["a", "b", "c"]}
    assert [forms.text(sent, name) for name in ("one", "several", "none")] == ["a", "c", ""]
    assert [forms.many(sent, name) for name in ("one", "several", "none")] == [["a"], ["a", "b", "c"], []]


def test_a_form_is_read_by_its_model_with_all_its_errors_at_once() -> None:
    form = forms.read(Sheet, {"name": "a", "since": "2026-10-08", "day": "2026-10-08"})
    assert (form.name, form.since, str(form.day)) == ("a", "2026-10-08", "2026-10-08")
    for sent, wrong in (
        ({"name": "a\u200b"}, ["name"]),
        ({"name": "a\u200b", "day": "x"}, ["name", "day"]),
        ({"day": "x", "since": "2026-02-30"}, ["day", "since"]),
        ({"reason": "a\nb", "name": "a\nb"}, ["name"]),
    ):
        with pytest.raises(Refusal) as refused:
            forms.read(Sheet, sent)
        assert [error.field for error in refused.value.fields] == wrong


def test_a_list_of_which_one_was_ticked_is_a_list_of_one() -> None:
    for sent, tags in (({"tags": "1"}, ["1"]), ({"tags": ["1", "2"]}, ["1", "2"])):
        assert forms.read(Sheet, {"name": "a", **sent}).tags == tags


KEY_OF_FORM = "5d1c9f0e2b7a4c6d8e3f0a1b2c4d5e6f"


async def test_the_key_of_a_form_is_of_its_owner_address_and_words(house: Cast) -> None:
    sent: forms.Data = {"idem": KEY_OF_FORM, "csrf": "x", "name": "甲", "tags": ["1"]}
    key = forms.idem(request(actor=CLERK), sent, "make")
    assert key is not None
    assert (key.scope, key.key) == ("make:clerk-key", KEY_OF_FORM)
    assert forms.idem(request(), sent, "make") == forms.Idem("make", KEY_OF_FORM, key.fingerprint)
    same = forms.idem(request(actor=CLERK), {"tags": ["1"], "name": "甲", "idem": KEY_OF_FORM}, "make")
    assert same == key
    other = forms.idem(request(actor=CLERK), sent | {"name": "乙"}, "make")
    assert other is not None
    assert other.fingerprint != key.fingerprint
    for unusable in ({}, {"idem": ""}, {"idem": "a b"}, {"idem": "x" * 256}):
        assert forms.idem(request(actor=CLERK), unusable, "make") is None


# -- fields ------------------------------------------------------------------------------------------------------


def test_fields_of_several_lines_and_lists_are_read_off_the_model() -> None:
    assert fields.areas(Sheet) == dict.fromkeys(("reason", "rows.note", "one.note"), "\n") | {"pasted": "\n\t"}
    assert fields.lists(Sheet) == {"rows", "tags"}
    assert fields.areas(Line) == {"note": "\n"}
    assert fields.lists(Line) == frozenset()


def test_every_text_of_a_body_is_judged_at_its_place() -> None:
    body = {
        "name": "a\nb",
        "reason": "a\r\nb",
        "pasted": "a\tb\r\nc",
        "rows": [{"note": "a\nb", "name": "ok"}, {"note": "ok", "name": "a\u200b"}],
        "one": {"note": "a\rb", "x\u200b": "y\u200b"},
        "n": 7,
    }
    wrong = fields.faults(body, fields.areas(Sheet))
    assert [error.field for error in wrong] == ["name", "rows.1.name", "one.x", "one.x"]
    assert wrong[0] == FieldError("name", fields.texts.REFUSED, (("at", 2), ("code", "U+000A")))
    assert [error.field for error in fields.faults(["a", "\u200b"])] == ["1"]
    assert fields.faults("a\nb", {"": "\n"}) == []
    assert [error.field for error in fields.faults("a\nb")] == [""]
    assert len(fields.faults(["\u200b"] * 200)) == 100


def test_a_body_is_judged_twenty_levels_deep() -> None:
    def deep(levels: int) -> Any:
        return {"a": deep(levels - 1)} if levels else ["\u200b"]

    assert [error.field for error in fields.faults(deep(20))] == [".".join(["a"] * 20) + ".0"]
    assert fields.faults(deep(21)) == []


def test_a_day_is_a_text_of_ten_characters() -> None:
    for given in ({"day": 20261008}, {"day": "20261008"}, {"since": "20261008"}, {"day": ""}):
        with pytest.raises(Refusal) as refused:
            forms.read(Sheet, given)  # type: ignore[arg-type]
        assert [error.message for error in refused.value.fields] == [fields.days.UNREADABLE]
    assert Sheet.model_validate({"day": None, "since": " "}).since == ""
    assert fields.twice("a\u200b") == FieldError("a", messages.TWICE, (("field", "a"),))


# -- browsers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0", "Edge · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox · Linux"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile Safari/537.36 MicroMessenger/8.0", "WeChat · Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) Chrome/126.0 Safari/537.36", "Chrome · macOS"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "Safari · iPad"),
        ("curl/8.5", ""),
        ("something for Linux", "Linux"),
    ],
)
def test_a_browser_is_described_by_its_kind_and_system(agent: str, shown: str) -> None:
    assert devices.described(request(headers={"user-agent": agent})) == shown


async def test_a_known_browser_opens_nothing_under_another_key(house: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    number, mark = "0" * 32, devices._mark("0" * 32, "boss")
    strange = devices._mark("0" * 32, "clerk")
    for marks, known in (((mark,), number), ((strange, mark), number), ((strange,), ""), ((), "")):
        cookie = {"cookie": f"device={'.'.join((number, *marks))}"}
        assert devices.known(request(headers=cookie), "boss") == known
    monkeypatch.setattr(settings(), "secret_key", "another secret key that is long enough 0123456789")
    assert devices.known(request(headers={"cookie": f"device={number}.{mark}"}), "boss") == ""


# -- files -------------------------------------------------------------------------------------------------------


def multipart(*parts: tuple[str, str | None, bytes], headers: dict[str, str] | None = None, **facts: Any) -> Request:
    """A form of several parts: (field, file name or None, content)."""
    body = b""
    for name, file, content in parts:
        named = f'; filename="{file}"' if file is not None else ""
        content = csrf.token(BINDING).encode() if content == OWN else content  # noqa: PLW2901 - of this test's secret
        body += f'--B\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode() + content + b"\r\n"
    body += b"--B--\r\n"
    made = request(headers={"content-type": "multipart/form-data; boundary=B"} | (headers or {}), **facts)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(made.scope, receive)


OWN = b"the visitor's own token"
TOKEN = ("csrf", None, OWN)
IMAGE = ("picture", "a.png", b"\x89PNG")


async def test_a_file_comes_in_the_field_that_takes_one_and_is_refused_in_every_other() -> None:
    sent = multipart(TOKEN, ("name", None, "王".encode()), IMAGE, ("other", "", b""))
    assert await forms.data(sent, Sheet, files=frozenset({"picture"})) == {"name": "王"}
    assert (forms.file(sent, "picture"), forms.file(sent, "other")) == (b"\x89PNG", b"")
    for model in (Sheet, None):
        code, errors = await outcome(multipart(TOKEN, IMAGE, ("name", "", b"x")), model)
        assert (code, sorted(errors)) == ("fields.unreadable", [("name", forms.NO_FILE), ("picture", forms.NO_FILE)])
    twice = multipart(TOKEN, IMAGE, IMAGE)
    with pytest.raises(Refusal) as refused:
        await forms.data(twice, Sheet, files=frozenset({"picture"}))
    assert [(e.field, e.message) for e in refused.value.fields] == [("picture", messages.TWICE)]


@pytest.mark.parametrize(
    ("parts", "headers", "code"),
    [
        ((IMAGE,), {}, "form.stale"),
        ((("csrf", None, b"0" * 64), IMAGE), {}, "form.stale"),
        ((("csrf", "t.txt", OWN), IMAGE), {}, "form.stale"),
        ((TOKEN, IMAGE), {"sec-fetch-site": "cross-site"}, "form.cross_site"),
        ((TOKEN, IMAGE), {"origin": "https://evil.example"}, "form.cross_site"),
    ],
)
async def test_a_form_with_a_file_is_ours_as_every_other_is(parts: Any, headers: dict[str, str], code: str) -> None:
    sent = multipart(*parts, headers=headers)
    with pytest.raises(Refusal) as refused:
        await forms.data(sent, Sheet, files=frozenset({"picture"}))
    assert (refused.value.code, forms.FILES in sent.scope) == (code, False)


async def test_more_files_or_bytes_than_a_form_takes_are_refused(web: Any) -> None:
    """At the door of the application, with our own words."""
    admin = web.as_("admin")
    many = [("picture", (f"{n}.png", b"x", "image/png")) for n in range(forms.FILES_MAX + 1)]
    large = {"picture": ("a.png", b"x" * (9 << 20), "image/png")}
    assert (await admin.post("/organisation/codes", data={"kind": "wechat_code"}, files=many)).status_code == 400
    assert (await admin.post("/organisation/codes", data={"kind": "wechat_code"}, files=large)).status_code == 413
