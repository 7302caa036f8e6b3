"""Payment numbers: in any writing a number belongs to one event of its channel, which may be several gifts."""

import asyncio
from collections.abc import Callable

import pytest
from cast import Cast
from hypothesis import given
from hypothesis import strategies as st
from tampering import tampered

from charity.db import reading, transactions
from charity.errors import Refusal
from charity.ledger import payment_numbers, verify, writer
from charity.ledger.payment_numbers import Holder, PaymentKind
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Wants

WRITINGS = ["ICBC20261126007", "icbc20261126007", "ICBC 2026-1126-007", "ＩＣＢＣ２０２６１１２６００７",
            "icbc\u00a02026\u20111126－００７", " Icbc\u30002026—1126 007\u200b", "ICBC2026\u22121126\u2212007"]  # fmt: skip
FIRST, SECOND = Holder(PaymentKind.GIFT, "first", "CS-2026-000007"), Holder(PaymentKind.VOUCHER, "BF-2026-000001")


@pytest.mark.parametrize("text", WRITINGS)
def test_every_writing_of_a_number_is_one(text: str) -> None:
    assert payment_numbers.normal(text) == WRITINGS[0]
    assert payment_numbers.normal("ICBC20261126008") != payment_numbers.normal(text)


@given(st.text())
def test_the_normal_form_of_a_normal_form_is_itself_and_has_no_blank(text: str) -> None:
    once = payment_numbers.normal(text)
    assert payment_numbers.normal(once) == once
    assert not any(c.isspace() for c in once)


def test_what_is_ascii_is_compared_as_everything_else() -> None:
    for code in range(128):
        assert payment_numbers.normal(chr(code)) == payment_numbers.normal(f"{chr(code)}\u200b"), code


@given(st.text(max_size=20))
def test_capitals_make_no_difference(text: str) -> None:
    assert payment_numbers.normal(text) == payment_numbers.normal(text.casefold())


def doing(channel: str, ref: str, *steps: Callable[[State], None]) -> Command:
    def decide(state: State) -> Answer:
        for step in steps:
            step(state)
        return Answer(200, {})

    return Command(decide, Wants(rows=payment_numbers.wants(channel, ref)))


def taking(ref: str, holder: Holder, channel: str = "bank", times: int = 1) -> Command:
    return doing(channel, ref, *[lambda state: payment_numbers.take(state, channel, ref, holder)] * times)


def freeing(ref: str, own: str = "first") -> Command:
    def decide(state: State) -> Answer:
        payment_numbers.free(state, "bank", ref, own)
        return Answer(200, {})

    return Command(decide, Wants(rows=payment_numbers.wants_to_free("bank", ref, own)))


async def rows() -> list[tuple[object, ...]]:
    return await reading.tuples("SELECT key, kind, holder, lines FROM payment_number ORDER BY key")


@pytest.mark.parametrize("again", WRITINGS)
async def test_another_event_of_the_channel_is_refused_in_any_writing(house: Cast, again: str) -> None:
    await writer.submit(taking(WRITINGS[0], FIRST))
    with pytest.raises(Refusal) as refused:
        await writer.submit(taking(again, SECOND))
    assert (refused.value.code, refused.value.status) == ("channel.ref_used", 409)
    assert refused.value.fields[0].field == "channel_ref"
    assert refused.value.facts["number"] == "CS-2026-000007"
    assert refused.value.see == ("CS-2026-000007", "/receipts?number=CS-2026-000007")
    await writer.submit(taking(again, SECOND, "wechat"))  # another channel counts by itself
    assert await rows() == [
        (f"bank:{WRITINGS[0]}", "gift", "first", 1),
        (f"wechat:{WRITINGS[0]}", "voucher", "BF-2026-000001", 1),
    ]
    assert await payment_numbers.failures() == []


async def test_five_writings_at_the_same_moment_are_one_number(house: Cast) -> None:
    calls = (writer.submit(taking(ref, Holder(PaymentKind.GIFT, str(n)))) for n, ref in enumerate(WRITINGS))
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(o, Answer) for o in outcomes) == 1
    assert {o.code for o in outcomes if isinstance(o, Refusal)} == {"channel.ref_used"}
    assert len(await rows()) == 1


async def test_an_event_of_several_gifts_has_its_number_until_the_last_one_is_reversed(house: Cast) -> None:
    await writer.submit(taking("R-1", FIRST, times=2))
    await writer.submit(taking("r1", FIRST))
    for left in (2, 1):
        await writer.submit(freeing("R 1"))
        assert await rows() == [("bank:R1", "gift", "first", left)]
        with pytest.raises(Refusal):
            await writer.submit(taking("R1", SECOND))
    await writer.submit(freeing("R1"))
    assert await payment_numbers.failures() == []
    with pytest.raises(AssertionError, match="free"):
        await writer.submit(freeing("R1"))
    await writer.submit(taking("R1", SECOND))
    assert await rows() == [("bank:R1", "voucher", "BF-2026-000001", 1)]


@pytest.mark.parametrize("ref", ["R1", "-"])
async def test_a_gift_of_before_whose_number_another_has_too_frees_its_own_alone(house: Cast, ref: str) -> None:
    await writer.submit(taking("R1", FIRST))
    place = payment_numbers.twin(payment_numbers.key("bank", ref), "old")
    old = {"key": place, "kind": "gift", "holder": "old", "lines": 1, "number": "CS-2025-000001"}
    await transactions.run(lambda tx: tx.insert("payment_number", [old]))
    await writer.submit(freeing(ref, "old"))
    assert ("bank:R1", "gift", "first", 1) in await rows()
    assert (place, "gift", "old", 0) in await rows()
    assert await payment_numbers.failures() == []
    with pytest.raises(Refusal):
        await writer.submit(taking("R1", SECOND))


@pytest.mark.parametrize("ref", ["", " ", "－—-", "\u200b"])
async def test_blanks_and_hyphens_are_no_number(house: Cast, ref: str) -> None:
    await writer.submit(taking(ref, FIRST))
    await writer.submit(freeing(ref))
    assert await rows() == []
    with pytest.raises(Refusal) as refused:
        payment_numbers.must_be(ref)
    assert refused.value.code == "channel.ref_needed"
    payment_numbers.must_be("1")


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ("key = 'bank:r1'", True),
        ("key = 'bank:R 1'", True),
        ("key = 'bank:R1 somebody'", True),
        ("key = 'bank:R1 first'", False),  # as migration 0034 keeps what was there twice
        ("key = 'bank:'", True),
        ("lines = 0", True),
        ("holder = ''", True),
        ("lines = 0, holder = ''", False),
        ("lines = 2", False),  # the rooms count (charity/giving, charity/aid)
    ],
)
async def test_verify_names_a_number_that_could_be_taken_twice(house: Cast, change: str, *, wrong: bool) -> None:
    await writer.submit(taking("R1", FIRST))
    assert await verify.run() == []
    async with tampered(f"UPDATE payment_number SET {change}"):
        assert [f.invariant for f in await verify.run()] == ["I7"] * wrong
