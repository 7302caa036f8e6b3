"""Passwords: which are refused, how they are kept, and how they change."""

import asyncio
from typing import Any

import pytest
from office import given

from charity import tokens
from charity.errors import Refusal
from charity.office import staff
from charity.office.sign_in import Authenticator, sessions
from charity.office.staff import weakness

WEAK = (
    "short", "1234567890", "password123", "wangwang1", "aaaaaaaaaaaa", "1212121212", "linxi-2026", "qwerty123456",
    "Qwerty!2026", "qwertyqwerty", "19851985dragon", "wang20260101", "WangWang2026", "cishan2026!", "cishan.charity",
    "ＣＩＳＨＡＮ２０２６", "慈善总会20261126", "临溪市慈善总会2026", "linxi_12345678", "Linxi+Charity+1", "xidong20260101",
    "溪东爱心超市888888", "beimenjiedao1", "!!!password!!!", "x" * 129,
)  # fmt: skip


STRONG = (
    "correct horse battery",
    "another good one",
    "wang keeps bees",
    "cishan-lantern-7",
    "9f4kd02lq1",
    "雨后春笋接连破土而出2",
)


@pytest.mark.parametrize("password", WEAK)
async def test_an_obvious_password_is_refused(house: Any, password: str) -> None:
    with pytest.raises(Refusal) as refused:
        weakness.must_be_good(password, "wang", await weakness.own_words())
    assert refused.value.fields[0].field == "password"


@pytest.mark.parametrize("password", STRONG)
async def test_a_password_that_takes_guessing_is_taken(house: Any, password: str) -> None:
    weakness.must_be_good(password, "wang", await weakness.own_words())


def test_a_place_of_one_character_or_two_letters_is_no_word_that_a_password_must_do_without() -> None:
    words = weakness.words_of("甲店", "LX", "溪东店")
    assert {"甲店", "溪东", "xidong"} <= words
    assert words.isdisjoint({"甲", "lx"})


def test_the_demos_password_is_good_in_the_demo_only() -> None:
    weakness.must_be_good(weakness.DEMO, "wang", demo=True)
    with pytest.raises(Refusal):
        weakness.must_be_good("password123", "wang", demo=True)


def test_the_list_is_the_ten_thousand_commonest() -> None:
    assert len(weakness._common()) == 10_000
    assert (weakness.DATA / "LICENSES.txt").read_text(encoding="utf-8").count("MIT License") == 2


async def test_changing_ones_password_needs_the_present_one(house: Any) -> None:
    clerk = await given.clerk(house)
    digest = tokens.digest(await sessions.sign_in(login="wang", password=given.PASSWORD))
    with pytest.raises(Refusal) as refused:
        await staff.change_password(current="wrong", password="another good one", by=clerk)
    assert refused.value.code == "password.wrong"
    await staff.change_password(current=given.PASSWORD, password="another good one", by=clerk)
    assert await Authenticator().session(digest) is None
    assert await sessions.sign_in(login="wang", password="another good one")


async def test_of_two_changes_of_one_password_at_once_one_counts(house: Any) -> None:
    clerk = await given.clerk(house)
    new = ("another good one", "a third good one")
    done = await asyncio.gather(
        *(staff.change_password(current=given.PASSWORD, password=p, by=clerk) for p in new), return_exceptions=True
    )
    assert [type(d) for d in done].count(Refusal) == 1
    assert await sessions.sign_in(login="wang", password=new[1 if done[0] else 0])
