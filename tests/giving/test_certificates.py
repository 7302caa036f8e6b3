"""The certificate of a gift: thanks to whoever consented to be named, and to nobody by name who did not."""

import io
from collections.abc import AsyncIterator
from typing import Any

import as_shown
import pytest
import zxingcpp
from cast import Cast
from giving.given import give, roster_settled
from giving.test_pages import API
from goods.given import DONOR, RICE, opened
from pdf_reading import codes_in, flat, page_count, paper_size_mm
from PIL import Image

from charity import words
from charity.db import reading
from charity.desk import search
from charity.giving import certificates, finding
from charity.people.persons import Donor
from charity.printing import pdfs, renderer
from charity.web import limits

FIRM = Donor("organisation", "恒溪纺织有限公司", "19900002222")


@pytest.fixture(autouse=True)
async def nothing_is_kept() -> AsyncIterator[None]:
    limits.reset()
    pdfs.forget()
    yield
    pdfs.forget()


async def test_who_consented_is_thanked_by_name_and_the_code_leads_to_the_receipt(house: Cast, web: Any) -> None:
    made = (await give(house, 123_456, public_name=True, public_amount=True)).body["receipt"]
    hits = await finding.receipt(search.read(f"jz{made['number'][2:]}"), house.cashier)
    assert hits is not None
    assert [hit.number for hit in hits.items] == [made["number"]], "by the number on the certificate"
    public = web.as_()
    at = f"/r/{made['code']}"
    assert [f"{at}/certificate.{fmt}" in (await public.get(at)).text for fmt in ("pdf", "png")] == [True, True]
    answer = await public.get(f"{at}/certificate.pdf")
    pdf = answer.content
    assert (paper_size_mm(pdf), page_count(pdf)) == ((297, 210), 1)
    run = flat(pdf)
    for text in (
        "捐赠证书",
        f"JZ{made['number'][2:]}",
        "尊敬的王小明：",
        "壹仟贰佰叁拾肆元伍角陆分",
        "¥1,234.56",
        "特颁此证",
    ):
        assert text in run, text
    assert "2222" not in run, "no phone"
    (address,) = codes_in(pdf)
    assert address.endswith(at)
    image_file = await public.get(f"{at}/certificate.png")
    assert (image_file.headers["content-type"], "attachment" in image_file.headers["content-disposition"]) == (
        "image/png",
        True,
    )
    image = Image.open(io.BytesIO(image_file.content))
    assert image.size == (1684, 1191)
    assert [code.text for code in zxingcpp.read_barcodes(image)] == [address]
    assert (await public.get(f"{at}/certificate.pdf")).content == pdf
    with words.speaking("en"):
        english = flat(await certificates.made(await certificates.of(made["code"]), "pdf"))
    assert "Certificateofagift" in english
    assert "捐赠证书" not in english
    called = (await public.get(f"{API}/receipts/{made['code']}/certificate")).json()
    assert (called["name"], called["png"]) == ("王小明", f"{at}/certificate.png")


async def test_who_did_not_consent_is_named_nowhere(house: Cast, web: Any) -> None:
    names = []
    for donor, consent in (
        (Donor("person", "赵六", "19900003333"), False),
        (FIRM, False),
        (FIRM, True),
        (Donor(), True),
    ):
        code = (await give(house, donor=donor, public_name=consent)).body["receipt"]["code"]
        one = await certificates.of(code)
        names.append((one.name, one.text[:3]))
    assert names == [("爱心人士", "您于2"), ("爱心单位", "贵单位"), (FIRM.name, "贵单位"), ("爱心人士", "您于2")]
    code = (await give(house, 654_321, public_name=True)).body["receipt"]["code"]
    quiet = await certificates.of(code)
    assert (quiet.name, "6,543.21" in quiet.text, "善款" in quiet.text) == ("王小明", False, True), "no sum to his name"
    await roster_settled(house)
    unit = await certificates.of(await reading.value("SELECT code FROM receipt WHERE roster IS NOT NULL"))
    assert "余涛" not in unit.name + unit.text, "nobody of its staff"
    shop = await opened(house)
    goods = await certificates.of(
        (await shop.bring_answer(RICE, 3, unit_value_fen=2_650, donor=DONOR))["receipt"]["code"]
    )
    assert "物资：大米" in goods.text
    assert "79.50" not in goods.text, "goods are thanked for as goods"


async def test_an_ended_receipt_has_none_and_a_crowd_waits(
    house: Cast, web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = (await give(house)).body["receipt"]
    public, at = web.as_(), f"/r/{made['code']}"
    with monkeypatch.context() as crowd:
        crowd.setitem(renderer.QUEUE_MAX, "public", 0)
        crowd.setattr(renderer, "_renderers", {})
        busy = await public.get(f"{at}/certificate.png")
    assert (busy.status_code, "retry-after" in busy.headers) == (503, True)
    assert (await public.get(f"/r/{'A' * 26}/certificate.pdf")).status_code == 404
    await as_shown.void(made["code"], reason="抬头写错", by=house.accountant)
    assert [(await public.get(f"{at}/certificate.{fmt}")).status_code for fmt in ("pdf", "png")] == [409, 409]
    assert "certificate" not in (await public.get(at)).text
