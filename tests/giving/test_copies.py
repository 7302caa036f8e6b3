"""The giver's own copy of a receipt by a second secret; the original and the copies that staff print."""

import asyncio
import io
import re
from collections import Counter
from datetime import timedelta
from typing import Any

import as_shown
import pikepdf
import pytest
from giving.given import WANG, all_is_well, code_of, give, promised, today
from giving.test_pages import API
from goods.given import DONOR, RICE, opened
from page_forms import form_of, hidden_of
from pdf_reading import flat, page_count

from charity import clock
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.giving import copies, pledges, receipts
from charity.people.masking import Reader
from charity.people.persons import Donor
from charity.roles import SYSTEM
from charity.web import limits

TAIL = "2222"
NO_PHONE = Donor("person", "李无号")


@pytest.fixture(autouse=True)
def unlimited() -> None:
    limits.reset()


async def receipt_of(house: Any, donor: Donor = WANG, **changes: Any) -> dict[str, str]:
    made: dict[str, str] = (await give(house, donor=donor, **changes)).body["receipt"]
    return made


async def refused(code: str, **proof: str) -> str:
    with pytest.raises(Refusal) as refusal:
        await copies.prove(code, **proof)
    return code_of(refusal)


async def tried(code: str) -> tuple[int, int] | None:
    row = await reading.row("SELECT wrong_today, wrong FROM receipt_guess WHERE receipt = $1", code)
    return (row["wrong_today"], row["wrong"]) if row else None


@pytest.mark.parametrize("shape", ["{}", " {} ", "{} ", "ＣＳ－{tail}", "cs {tail}"])
async def test_number_and_phone_prove_a_giver_however_they_are_typed(house: Any, shape: str) -> None:
    made = await receipt_of(house)
    number = shape.format(made["number"], tail=made["number"][3:])
    await copies.prove(made["code"], number=number, secret=" ２222")
    assert await tried(made["code"]) is None


@pytest.mark.parametrize(
    "proof",
    [
        {"number": "CS-2026-999999", "secret": TAIL},
        {"number": "{number}", "secret": "2223"},
        {"number": "{number}", "secret": "19900002222"},
        {"number": "{number}", "secret": "{pick_up}"},
        {"number": "{number}", "secret": "王小明"},
        {"pledge": "A" * 26, "number": "{number}", "secret": "2"},
    ],
)
async def test_what_is_wrong_is_counted_and_answered_alike(house: Any, proof: dict[str, str]) -> None:
    made = await receipt_of(house)
    facts = {"number": made["number"], "pick_up": receipts.pick_up_code(made["code"])}
    assert await refused(made["code"], **{k: v.format(**facts) for k, v in proof.items()}) == "receipt.not_proven"
    assert await tried(made["code"]) == (1, 1)


async def test_an_empty_form_is_no_try(house: Any) -> None:
    made = await receipt_of(house)
    for proof in ({}, {"number": made["number"]}, {"secret": TAIL}, {"number": "-", "secret": " "}):
        assert await refused(made["code"], **proof) == "receipt.not_proven"
    assert await tried(made["code"]) is None


async def test_a_giver_without_a_phone_has_the_code_that_is_printed_on_his_copy_alone(house: Any) -> None:
    made, other = await receipt_of(house, NO_PHONE), await receipt_of(house, NO_PHONE)
    code = receipts.pick_up_code(made["code"])
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{8}", code)
    body, _ = await receipts.whole_pdf(made["code"])
    assert flat(body).count(code) == 1
    assert code not in flat((await receipts.masked_pdf(made["code"]))[0])
    assert code not in flat((await receipts.full_pdf(made["code"]))[0])
    await copies.prove(made["code"], number=made["number"], secret=f"{code[:4]}-{code[4:].lower()}")
    assert await refused(other["code"], number=other["number"], secret=code) == "receipt.not_proven"
    assert await refused(made["code"], number=made["number"], secret="") == "receipt.not_proven"
    phoned = await receipt_of(house)
    body, _ = await receipts.whole_pdf(phoned["code"])
    assert receipts.pick_up_code(phoned["code"]) not in flat(body)


async def test_a_hundred_addresses_share_the_five_tries_of_a_day(house: Any, web: Any) -> None:
    made = await receipt_of(house)
    other = await receipt_of(house, NO_PHONE)
    for receipt in (made, other):
        proofs = [refused(receipt["code"], number=receipt["number"], secret=f"{n:04}") for n in range(100)]
        answers = Counter(await asyncio.gather(*proofs))
        assert answers == {"receipt.not_proven": 5, "receipt.at_desk": 95}
        assert await tried(receipt["code"]) == (5, 5)
        proof = {"number": receipt["number"], "secret": TAIL}
        late = await web.as_().post(f"{API}/receipts/{receipt['code']}/full", json=proof)
        assert late.status_code == 403
    assert await refused(made["code"], number=made["number"], secret=TAIL) == "receipt.at_desk"


async def test_tries_begin_anew_on_the_next_day_and_end_after_thirty(house: Any) -> None:
    made = await receipt_of(house)
    now = clock.now()
    for day in range(6):
        with clock.fixed(now + timedelta(days=day)):
            for _ in range(5):
                assert await refused(made["code"], number=made["number"], secret="0000") == "receipt.not_proven"
            assert await refused(made["code"], number=made["number"], secret=TAIL) == "receipt.at_desk"
            assert await tried(made["code"]) == (5, 5 * day + 5)
    with clock.fixed(now + timedelta(days=7)):
        assert await refused(made["code"], number=made["number"], secret=TAIL) == "receipt.at_desk"
    assert await tried(made["code"]) == (5, 30)
    assert (await receipts.get(made["code"])).status == "issued"
    with clock.fixed(now):
        assert (await copies.print_whole(made["code"], by=house.cashier))[1] == made["number"]


async def test_the_pledge_opens_its_own_receipt_also_when_the_tries_are_used_up(house: Any) -> None:
    code = await promised()
    pledge = await pledges.get(code)
    received = await pledges.receive(
        code,
        amount_fen=20_000,
        received_on=clock.today().isoformat(),
        channel="cash",
        content_hash=pledges.content_of(pledge).hash,
        confirmed_amount_fen=20_000,
        by=house.cashier,
    )
    made, other = received.body["receipt"], await receipt_of(house)
    for _ in range(5):
        await refused(made["code"], number=made["number"], secret="0000")
    assert await refused(made["code"], number=made["number"], secret=TAIL) == "receipt.at_desk"
    await copies.prove(made["code"], pledge=code.lower())
    assert await refused(other["code"], pledge=code) == "receipt.not_proven"
    assert await refused(other["code"], pledge="-") == "receipt.not_proven"
    assert await refused(other["code"], pledge="") == "receipt.not_proven"


async def test_the_page_shows_and_prints_the_whole_receipt_and_no_address_has_the_secret(house: Any, web: Any) -> None:
    made = await receipt_of(house, memo="为了孩子")
    address, client = f"/r/{made['code']}/full", web.as_()
    assert "王小明" not in (await client.get(address)).text
    assert address in (await client.get(f"/r/{made['code']}")).text
    form = hidden_of((await client.get(address)).text) | {"number": made["number"]}
    wrong = await client.post(address, data=form | {"secret": "7531"})
    assert wrong.status_code == 403
    assert "核对不上" in wrong.text
    assert "7531" not in wrong.text
    shown = await client.post(address, data=form | {"secret": TAIL})
    assert shown.status_code == 200
    for words in ("王小明", "为了孩子", house.cashier.name, made["number"]):
        assert words in shown.text
    assert shown.headers["cache-control"] == "no-store"
    again = hidden_of(shown.text)
    document = await client.post(address, data=again)
    text = flat(document.content)
    assert document.headers["content-type"] == "application/pdf"
    assert "王小明" in text
    assert f"副本COPY{clock.today()}" in text
    assert "第二联捐赠人" in text
    assert "第一联" not in text
    assert [(await client.get(f"{address}?number={made['number']}&secret={TAIL}")).text.count("王小明")] == [0]


async def test_the_page_of_a_pledge_leads_to_the_whole_receipt(house: Any, web: Any) -> None:
    code = await promised(message="祝孩子们好")
    pledge = await pledges.get(code)
    received = await pledges.receive(
        code,
        amount_fen=20_000,
        received_on=clock.today().isoformat(),
        channel="cash",
        content_hash=pledges.content_of(pledge).hash,
        confirmed_amount_fen=20_000,
        by=house.cashier,
    )
    receipt = received.body["receipt"]["code"]
    page = (await web.as_().get(f"/p/{code}")).text
    assert "王小明" not in page
    assert "祝孩子们好" not in page
    client = web.as_()
    page = (await client.get(f"/p/{code}")).text
    shown = await client.post(f"/r/{receipt}/full", data=hidden_of(page))
    assert "王小明" in shown.text
    assert "祝孩子们好" not in (await client.get(f"/r/{receipt}")).text
    assert "祝孩子们好" in (await web.as_("cashier").get(f"/receipts/{receipt}")).text


async def test_a_pledge_opens_no_receipt_that_was_corrected_to_another_giver(house: Any, web: Any) -> None:
    code = await promised()
    await as_shown.receive(code, amount_fen=20_000, received_on=today(), channel="cash", by=house.cashier)
    old = await reading.value("SELECT code FROM receipt")
    other = Donor("person", "张三丰", "13900009999")
    new = (await as_shown.replace(old, reason="付款人另有其人", donor=other, by=house.accountant)).body
    assert await refused(new["code"], pledge=code) == "receipt.not_proven"
    assert "张三丰" not in (await web.as_().post(f"/r/{new['code']}/full", data={"pledge": code})).text
    page = (await web.as_().get(f"/p/{code}")).text
    assert (f"/r/{new['code']}" in page, f"/r/{new['code']}/full" in page) == (True, False)
    await copies.prove(new["code"], number=new["number"], secret="9999")
    await copies.prove(old, pledge=code)


async def test_the_cashier_reads_the_message_where_the_money_is_received(house: Any, web: Any) -> None:
    code = await promised(message="请给山里的孩子")
    assert "请给山里的孩子" in (await web.as_("cashier").get(f"/pledges/{code}/receive")).text
    assert "请给山里的孩子" not in (await web.as_().get(f"/p/{code}")).text


async def test_the_call_answers_what_the_print_says(house: Any, web: Any) -> None:
    made = await receipt_of(house)
    proof = {"number": made["number"], "secret": TAIL}
    answer = (await web.as_().post(f"{API}/receipts/{made['code']}/full", json=proof)).json()
    assert (answer["donor"], answer["amount_fen"], answer["reviewer"]) == ("王小明", 10_000, "")
    assert answer["handler"] == answer["receiver"] == house.cashier.name
    assert (await web.as_().get(f"{API}/receipts/{made['code']}")).json()["handler"] == house.cashier.name
    assert (await web.as_().post(f"{API}/receipts/{'A' * 26}/full", json=proof)).status_code == 404


async def test_there_is_one_original_however_many_print_at_once(house: Any, web: Any) -> None:
    made = await receipt_of(house)
    pages = (await web.as_("cashier").get(f"/receipts/{made['code']}")).text
    assert f"/receipts/{made['code']}/print" in pages
    printed = await asyncio.gather(*(copies.print_whole(made["code"], by=house.cashier) for _ in range(4)))
    marked = [f"副本COPY{clock.today()}" in flat(body) for body, _ in printed]
    assert sorted(marked) == [False, True, True, True]
    row = await reading.row("SELECT times, first_by FROM receipt_print")
    assert row == {"times": 4, "first_by": house.cashier.key}
    looked_at = await web.as_("auditor").get(f"/receipts/{made['code']}/paper.pdf")
    assert "副本COPY" in flat(looked_at.content)
    with pytest.raises(Refusal) as refusal:
        await copies.print_whole(made["code"], by=house.auditor)
    assert refusal.value.status == 403
    with pytest.raises(Refusal) as refusal:
        await copies.print_whole("none", by=house.cashier)
    assert code_of(refusal) == "receipt.unknown"
    assert await all_is_well() == []


async def test_ticked_receipts_are_one_file_and_one_voided_while_it_prints_says_so(
    house: Any, web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = [await receipt_of(house) for _ in range(2)]
    cashier, whole = web.as_("cashier"), receipts.whole_pdf
    form = await form_of(cashier, "/receipts/deliver")
    assert "/receipts/print" in (await cashier.get("/receipts/deliver")).text

    async def voided_meanwhile(code: str, *, copied_on: str = "") -> tuple[bytes, str]:
        if code == first["code"]:
            await as_shown.void(second["code"], reason="抬头写错", by=house.accountant)
        return await whole(code, copied_on=copied_on)

    monkeypatch.setattr(receipts, "whole_pdf", voided_meanwhile)
    ticked = form | {"receipt": [first["code"], second["code"]]}
    printed = await cashier.post("/receipts/print", data=ticked)
    assert (printed.status_code, printed.headers["cache-control"]) == (200, "no-store")
    assert page_count(printed.content) == 6
    with pikepdf.open(io.BytesIO(printed.content)) as file:
        assert file.docinfo["/Title"] == f"捐赠收据 {first['number']} 至 {second['number']}（共 2 张）"
    runs = [flat(part) for part in halves(printed.content)]
    assert [(first["number"] in run, second["number"] in run) for run in runs] == [(True, False), (False, True)]
    assert [run.count("已作废") > 0 for run in runs] == [False, True]
    assert not any("副本COPY" in run for run in runs)
    monkeypatch.undo()
    again = flat((await cashier.post("/receipts/print", data=ticked)).content)
    assert again.count("副本COPY") == 6
    assert await all_is_well() == []


async def test_what_breaks_off_while_it_prints_takes_nobodys_original(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = [(await receipt_of(house))["code"] for _ in range(2)]
    whole = receipts.whole_pdf

    async def broken_off(code: str, *, copied_on: str = "") -> tuple[bytes, str]:
        if code == codes[1]:
            raise asyncio.CancelledError
        return await whole(code, copied_on=copied_on)

    monkeypatch.setattr(receipts, "whole_pdf", broken_off)
    with pytest.raises(asyncio.CancelledError):
        await copies.print_together(codes, by=house.cashier)
    monkeypatch.undo()
    assert await reading.value("SELECT count(*) FROM receipt_print") == 0
    assert "副本COPY" not in flat(await copies.print_together(codes, by=house.cashier))


def halves(pdf: bytes) -> list[bytes]:
    with pikepdf.open(io.BytesIO(pdf)) as whole:
        middle, parts = len(whole.pages) // 2, []
        for pages in (whole.pages[:middle], whole.pages[middle:]):
            with pikepdf.new() as part:
                part.pages.extend(pages)
                out = io.BytesIO()
                part.save(out)
            parts.append(out.getvalue())
    return parts


async def test_a_batch_that_cannot_be_printed_is_refused_whole(house: Any, web: Any) -> None:
    made = await receipt_of(house)
    cashier = web.as_("cashier")
    form = await form_of(cashier, "/receipts/deliver")
    nothing = await cashier.post("/receipts/print", data=form)
    assert (nothing.status_code, "请至少勾选一项" in nothing.text) == (422, True)
    for codes, code in (
        ([], "receipt.batch"),
        ([f"{n:026}" for n in range(copies.PRINT_MAX + 1)], "receipt.batch"),
        ([made["code"], "none"], "receipt.unknown"),
    ):
        with pytest.raises(Refusal) as refusal:
            await copies.print_together(codes, by=house.cashier)
        assert code_of(refusal) == code
    with pytest.raises(Refusal) as refusal:
        await copies.print_together([made["code"]], by=house.auditor)
    assert refusal.value.status == 403
    assert await reading.value("SELECT count(*) FROM receipt_print") == 0


async def test_goods_are_listed_on_the_pages_of_their_receipt(house: Any, web: Any) -> None:
    shop = await opened(house)
    made = (await shop.bring_answer(RICE, 3, unit_value_fen=2_650, donor=DONOR))["receipt"]
    staff = (await web.as_("cashier").get(f"/receipts/{made['code']}")).text
    public = (await web.as_().get(f"/r/{made['code']}")).text
    for page in (staff, public):
        assert "大米(晚籼)" in page
        assert "79.50" in page
    printed = await receipts.printed_for(made["code"], to=Reader.PERMITTED)
    assert printed.project
    assert [(line.name, line.specification) for line in printed.lines] == [("大米(晚籼)", "5kg")]


async def test_the_cashier_reads_which_characters_no_font_has_and_nothing_is_lost(house: Any, web: Any) -> None:
    name = "王\U000323b0"
    odd, usual = await receipt_of(house, Donor("person", name)), await receipt_of(house, Donor("person", "王𠮷"))
    page = (await web.as_("cashier").get(f"/receipts/{odd['code']}")).text
    assert "\U000323b0（U+323B0）" in page
    assert name in page
    assert "印不出来" not in (await web.as_("cashier").get(f"/receipts/{usual['code']}")).text


async def test_only_a_reviewed_voucher_names_a_reviewer_on_the_receipt(house: Any) -> None:
    made = await receipt_of(house)
    assert (await receipts.printed_for(made["code"], to=Reader.HOLDER)).reviewer == ""
    await transactions.run(
        lambda tx: tx.rows(
            "UPDATE journal_voucher SET reviewed_at = '2026-11-26T00:00:00.000000Z', reviewed_by = $1, open_key = NULL",
            house.accountant.key,
        )
    )
    for reader in (Reader.HOLDER, Reader.GIVER, Reader.PERMITTED):
        printed = await receipts.printed_for(made["code"], to=reader)
        assert printed.reviewer == house.accountant.name
        assert printed.handler == printed.receiver == house.cashier.name
    assert await receipts.page(receipts.Filters(), 9, by=SYSTEM)


@pytest.mark.parametrize(
    "fault",
    [
        "UPDATE receipt_print SET last_at = '2020-01-01T00:00:00.000000Z'",
        "UPDATE receipt_print SET last_by = 'x'",
        "UPDATE receipt_guess SET wrong = 31",
        "UPDATE receipt_guess SET wrong_today = 6, wrong = 6",
    ],
)
async def test_verify_sees_prints_and_tries_that_cannot_be(house: Any, fault: str) -> None:
    made = await receipt_of(house)
    await copies.print_whole(made["code"], by=house.cashier)
    await refused(made["code"], number=made["number"], secret="0000")
    assert await all_is_well() == []
    await transactions.run(lambda tx: tx.rows(fault))
    assert [failure.partition(":")[0] for failure in await all_is_well()] == ["I10"]


@pytest.mark.parametrize(("step", "word"), [(as_shown.void, "已作废"), (as_shown.replace, "已更换")])
async def test_why_the_office_ended_a_receipt_is_not_its_givers_to_read(
    house: Any, web: Any, step: Any, word: str
) -> None:
    """The reason may name somebody else: the giver of the old one is told by a plain word, on page, call and print."""
    made = await receipt_of(house)
    await step(made["code"], reason="付款人另有李四", by=house.accountant)
    proof = {"number": made["number"], "secret": TAIL}
    answer = (await web.as_().post(f"{API}/receipts/{made['code']}/full", json=proof)).json()
    assert (answer["reason"], answer["ended_on"]) == (word, today())
    client = web.as_()
    hidden = hidden_of((await client.get(f"/r/{made['code']}/full")).text)
    page = await client.post(f"/r/{made['code']}/full", data={**hidden, **proof})
    assert (page.status_code, word in page.text, "李四" in page.text) == (200, True, False)
    assert "李四" not in flat((await receipts.full_pdf(made["code"]))[0])
    assert flat((await receipts.whole_pdf(made["code"]))[0]).count("李四") == 2, "on the copies that stay here"
    assert "李四" in (await web.as_("cashier").get(f"/receipts/{made['code']}")).text
