"""The payment code that givers scan: a picture or its text, entered by one person and brought once more by another."""

import io
from datetime import date
from typing import Any

import pytest
from cast import Cast
from giving.given import today
from PIL import Image

from charity import clock
from charity.db import reading
from charity.errors import Refusal
from charity.office import organisation, verify
from charity.office.organisation import FactKind
from charity.printing import qr

WECHAT, ALIPAY = FactKind.WECHAT_CODE, FactKind.ALIPAY_CODE
OURS, OTHER = "wxp://f2f1AbC-d_9", "wxp://f2f1ZzZ"
UNION, STRANGE, PERSONAL = "https://qr.95516.com/480200/77", "https://pay.bank.example/c?m=1", "wxp://f2f0AAAA"
SCRIPT = "javascript:alert(document.cookie)"


def image(text: str, name: str = "code.png") -> dict[str, Any]:
    return {"picture": (name, qr.png(text), "image/png")}


def typed(kind: str = WECHAT, **more: str) -> dict[str, str]:
    return {"kind": kind, "value": "", "starts_on": today(), "ends_on": ""} | more


async def in_force(kind: FactKind = WECHAT) -> str:
    return (await organisation.facts_on(clock.today())).value(kind)


async def waiting() -> list[tuple[int, str]]:
    return [(fact.id, fact.value) for fact in await organisation.waiting()]


async def enter(house: Cast, value: str, kind: FactKind = WECHAT, *, unfamiliar: bool = False) -> int:
    fact = await organisation.enter(
        kind=kind,
        value=value,
        starts_on=date.fromisoformat(today()),
        ends_on=None,
        unfamiliar=unfamiliar,
        by=house.admin,
    )
    return fact.id


async def test_a_code_is_true_once_two_persons_have_brought_a_picture_of_it(web: Any, house: Cast) -> None:
    admin, second = web.as_("admin"), web.as_("accountant")
    entered = await admin.post("/organisation/codes", data=typed(), files=image(OURS))
    assert (entered.status_code, await in_force()) == (303, "")
    ((entry, value),) = await waiting()
    assert value == OURS
    address = f"/organisation/facts/{entry}/confirm"
    page = (await second.get("/organisation")).text
    assert ('enctype="multipart/form-data"' in page, OURS in page) == (True, False), "it is not shown"
    wrong = await second.post(address, data={"again": ""}, files=image(OTHER))
    assert (wrong.status_code, "和登记的不一样" in wrong.text, OTHER in wrong.text, OURS in wrong.text) == (
        422,
        True,
        True,
        False,
    )
    assert f'id="e-again-{entry}"' in wrong.text
    assert (await admin.post(address, data={"again": ""}, files=image(OURS))).status_code == 403
    assert await in_force() == ""
    assert (await second.post(address, data={"again": ""}, files=image(OURS))).status_code == 303
    assert (await in_force(), await verify.facts()) == (OURS, [])
    shown = (await web.as_("auditor").get("/organisation")).text
    assert (OURS in shown, 'aria-label="微信收款码"' in shown) == (True, True)


async def test_of_a_picture_only_the_text_is_kept(web: Any, house: Cast) -> None:
    photograph = io.BytesIO()
    facts = Image.Exif()
    facts[0x010F] = "谁的手机"
    Image.open(io.BytesIO(qr.png(OURS))).convert("RGB").save(photograph, "JPEG", exif=facts)
    sent = {"picture": ("../../x.png", photograph.getvalue() + b"<script>PK", "text/html")}
    assert (await web.as_("admin").post("/organisation/codes", data=typed(), files=sent)).status_code == 303
    (row,) = await reading.rows("SELECT * FROM organisation_fact WHERE kind = 'wechat_code'")
    assert row["value"] == OURS
    assert not {str(value) for value in row.values()} & {"../../x.png", "谁的手机", "text/html"}


async def test_a_code_may_be_typed_and_a_program_sends_its_text(web: Any, house: Cast) -> None:
    assert (await web.as_("admin").post("/organisation/codes", data=typed(value=f" {OURS} "))).status_code == 303
    body = {"kind": ALIPAY, "value": "HTTPS://QR.ALIPAY.COM/FKX05106", "starts_on": today()}
    made = await web.as_("admin").post("/api/v1/organisation/facts", json=body)
    assert made.status_code == 201
    (first, _), (last, _) = await waiting()
    second = web.as_("cashier")
    assert (await second.post(f"/organisation/facts/{first}/confirm", data={"again": OURS})).status_code == 303
    address = f"/api/v1/organisation/facts/{last}/confirm"
    assert (await second.post(address, json={"value": body["value"].lower()})).status_code == 422
    assert (await second.post(address, json={"value": body["value"]})).status_code == 200
    assert (await in_force(), await in_force(ALIPAY)) == (OURS, body["value"])


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        (WECHAT, OURS, None),
        (WECHAT, UNION, None),
        (ALIPAY, UNION, None),
        (ALIPAY, "https://qr.alipay.com/fkx1", None),
        (WECHAT, "https://qr.alipay.com/fkx1", "code.of_another"),
        (ALIPAY, OURS, "code.of_another"),
        (ALIPAY, PERSONAL, "code.of_another"),
        (WECHAT, STRANGE, "code.unfamiliar"),
        (WECHAT, PERSONAL, "code.unfamiliar"),
        (WECHAT, PERSONAL.upper(), "code.unfamiliar"),
        (ALIPAY, "https://qr.alipay.com.evil.example/fkx1", "code.unfamiliar"),
        (ALIPAY, "https://qr.alipay.com@evil.example/fkx1", "code.none"),
        (WECHAT, SCRIPT, "code.none"),
        (WECHAT, "wxp://a<script>", "code.none"),
        (WECHAT, 'wxp://a"onload', "code.none"),
        (WECHAT, "http://qr.alipay.com/fkx1", "code.none"),
        (WECHAT, "weixin://wxpay/bizpayurl?pr=1", "code.none"),
        (WECHAT, "wxp://", "code.none"),
        (WECHAT, "https:///x", "code.none"),
        (WECHAT, "https://[/x", "code.none"),
        (WECHAT, "收款码", "code.none"),
        (WECHAT, "wxp://收款", "code.none"),
        (WECHAT, f"{OURS} {OURS}", "code.none"),
        (WECHAT, "wxp://" + "a" * 195, "fields.unreadable"),
        (WECHAT, "wxp://" + "a" * 194, None),
    ],
)
async def test_what_a_code_may_be_is_the_same_at_every_door(
    web: Any, house: Cast, kind: FactKind, value: str, code: str | None
) -> None:
    body = {"kind": kind, "value": value, "starts_on": today()}
    called = await web.as_("admin").post("/api/v1/organisation/facts", json=body)
    sent = await web.as_("admin").post("/organisation/codes", data=typed(kind, value=value))
    assert (called.status_code, sent.status_code) == ((422, 422) if code else (201, 303))
    if code and code != "fields.unreadable":
        assert called.json()["type"] == f"urn:charity:problem:{code}"
        with pytest.raises(Refusal) as refused:
            await enter(house, value, kind)
        assert refused.value.code == code
    assert len(await waiting()) == (0 if code else 2)


@pytest.mark.parametrize("text", [STRANGE, PERSONAL])
async def test_a_code_that_begins_as_none_does_is_asked_about_twice_and_nothing_is_lost(
    web: Any, house: Cast, text: str
) -> None:
    admin, second = web.as_("admin"), web.as_("approver")
    asked = await admin.post("/organisation/codes", data=typed(), files=image(text))
    assert (asked.status_code, f'value="{text}"' in asked.text, await waiting()) == (422, True, [])
    assert 'id="e-unfamiliar-code"' in asked.text
    ticked = await admin.post("/organisation/codes", data=typed(value=text, unfamiliar="1"))
    assert ticked.status_code == 303
    ((entry, _),) = await waiting()
    address = f"/organisation/facts/{entry}/confirm"
    asked = await second.post(address, data={"again": ""}, files=image(text))
    assert (asked.status_code, f'value="{text}"' in asked.text, await in_force()) == (422, True, "")
    assert f'id="e-unfamiliar-{entry}"' in asked.text
    assert (await second.post(address, data={"again": OURS, "unfamiliar": "1"})).status_code == 422
    assert (await second.post(address, data={"again": text, "unfamiliar": "1"})).status_code == 303
    assert await in_force() == text


@pytest.mark.parametrize(
    ("data", "files", "field"),
    [
        (typed(), {}, "none"),
        (typed(none="1", value=OURS), {}, "none"),
        (typed(kind="icp", value=OURS), {}, "kind"),
        (typed(starts_on="", value=OURS), {}, "starts_on"),
        (typed(ends_on="2020-01-01", value=OURS), {}, "ends_on"),
        (typed(value=OTHER), image(OURS), "picture"),
        (typed(), {"picture": ("a.svg", b"<svg onload='alert(1)'/>", "image/png")}, "picture"),
        (typed(), {"picture": ("a.png", qr.png(OURS)[:99], "image/png")}, "picture"),
        (typed(), {"picture": ("a.png", qr.png(OURS) + b"\0" * (8 << 20), "image/png")}, "picture"),
        (typed(), image(SCRIPT), "value"),
        (typed(), image("wxp://" + "a" * 300), "value"),
        (typed(), image("https://qr.alipay.com/fkx1"), "value"),
        (typed(value=OURS), {"value": ("a.png", b"x", "image/png")}, "value"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(
    web: Any, house: Cast, data: dict[str, str], files: dict[str, Any], field: str
) -> None:
    answer = await web.as_("admin").post("/organisation/codes", data=data, files=files)
    assert answer.status_code == 422
    assert f'id="e-{field}-code"' in answer.text or (files.get("value") and "这一栏不收文件" in answer.text)
    assert "<svg onload" not in answer.text
    assert await reading.value("SELECT COUNT(*) FROM organisation_fact WHERE kind LIKE '%_code'") == 0


async def test_a_picture_of_two_codes_is_refused(web: Any, house: Cast) -> None:
    ground = Image.new("L", (1300, 650), 255)
    for n, text in enumerate((OURS, OTHER)):
        ground.paste(Image.open(io.BytesIO(qr.png(text))).convert("L").resize((560, 560)), (650 * n + 40, 40))
    two = io.BytesIO()
    ground.save(two, "PNG")
    sent = {"picture": ("two.png", two.getvalue(), "image/png")}
    answer = await web.as_("admin").post("/organisation/codes", data=typed(), files=sent)
    assert (answer.status_code, "图里不止一个二维码" in answer.text, await waiting()) == (422, True, [])


async def test_a_code_is_withdrawn_at_once_and_by_a_tick_alone(web: Any, house: Cast) -> None:
    await organisation.confirm(await enter(house, OURS), value=OURS, by=house.cashier)
    assert await in_force() == OURS
    admin = web.as_("admin")
    assert (await admin.post("/organisation/codes", data=typed())).status_code == 422
    assert await in_force() == OURS
    assert (await admin.post("/organisation/codes", data=typed(none="1"))).status_code == 303
    assert await in_force() == ""
    assert [fact.value for fact in await organisation.history() if fact.kind == WECHAT] == ["", OURS]


async def test_only_an_administrator_enters_a_code_and_a_file_belongs_to_its_field(web: Any, house: Cast) -> None:
    for who in ("cashier", "accountant", "auditor"):
        answer = await web.as_(who).post("/organisation/codes", data=typed(), files=image(OURS))
        assert answer.status_code == 403
    fact = {"kind": "icp", "value": "演ICP备7号", "starts_on": today(), "ends_on": ""}
    refused = await web.as_("admin").post("/organisation", data=fact, files=image(OURS))
    assert (refused.status_code, "这一栏不收文件" in refused.text) == (422, True)
    assert await waiting() == []
    unchosen = {"picture": ("", b"", "application/octet-stream")}
    answer = await web.as_("admin").post("/organisation/codes", data=typed(value=OURS), files=unchosen)
    assert (answer.status_code, len(await waiting())) == (303, 1), "a browser sends an empty part for no file"
