"""Passwords: which are refused, how they are kept, and how they change."""

import asyncio
from typing import Any

import pytest
from cast import Cast
from office import given

from charity import tokens
from charity.errors import Refusal
from charity.office import staff
from charity.office.sign_in import Authenticator, sessions
from charity.office.staff import passwords, weakness

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


async def test_an_easy_password_is_refused_to_its_owner_too(house: Any) -> None:
    clerk = await given.clerk(house)
    for easy, code in (
        ("short", "password.weak"),
        ("wang20260101", "password.common"),
        (given.PASSWORD, "password.same"),
    ):
        changing = staff.change_password(current=given.PASSWORD, password=easy, by=clerk)
        assert await given.refused_with(changing) == code
    assert await sessions.sign_in(login="wang", password=given.PASSWORD)


async def test_of_two_changes_of_one_password_at_once_one_counts(house: Any) -> None:
    clerk = await given.clerk(house)
    new = ("another good one", "a third good one")
    done = await asyncio.gather(
        *(staff.change_password(current=given.PASSWORD, password=p, by=clerk) for p in new), return_exceptions=True
    )
    assert [type(d) for d in done].count(Refusal) == 1
    assert await sessions.sign_in(login="wang", password=new[1 if done[0] else 0])


# -- the limits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("9f4kd02lq", "password.weak"),  # nine characters
        ("9f4kd02lq1", ""),
        ("9f4kd02lq1" * 12 + "abcdefgh", ""),  # 128
        ("9f4kd02lq1" * 12 + "abcdefghi", "password.weak"),
        ("9k2" * 4, "password.weak"),  # three different characters
        ("9k2z" * 3, ""),
        ("cishan-xkz-2026", "password.common"),  # three characters of the own beside the word
        ("cishan-xkzv-2026", ""),
        ("12345678dragon", "password.common"),  # eight digits around a common password
        ("123456789dragon", ""),
        ("wang-xk-123", "password.common"),  # the login is a word too
        ("ChanGEme-2026", "password.common"),
        ("dragondragon", "password.common"),  # a common password twice, and with a year behind it
        ("dragondragon-2026", "password.common"),
        ("dragonsdragonfly", ""),
        ("83k92j15x7", ""),  # three letters, and no word
    ],
)
def test_each_limit_of_a_password_has_two_sides(password: str, code: str) -> None:
    if not code:
        weakness.must_be_good(password, "wang")
        return
    with pytest.raises(Refusal) as refused:
        weakness.must_be_good(password, "wang")
    assert refused.value.code == code


def test_a_name_is_known_as_it_is_written_without_its_kind_and_in_pinyin() -> None:
    words = weakness.words_of("溪东街道爱心超市", "Linxi Aid of X", "甲", "ab")
    assert {"溪东街道爱心超市", "溪东街道", "溪东", "xidong", "xidongjiedao", "linxi", "aid"} <= words
    assert words.isdisjoint({"of", "x", "甲", "ab"})
    assert "cishanhui" in words


async def test_the_own_words_are_those_of_the_house_and_of_its_places(house: Cast) -> None:
    words = await weakness.own_words()
    assert {"linxi", "xidong", "beimen", "chengguan", "临溪慈善"} <= words


async def test_sixteen_may_wait_for_a_password_to_be_checked_and_the_line_gets_shorter_again() -> None:
    assert passwords._pool._max_workers == 2, "each takes 64 MiB"
    for _ in range(2):
        checks = [passwords.matches(None, given.PASSWORD) for _ in range(17)]
        answers = await asyncio.gather(*checks, return_exceptions=True)
        assert answers.count(False) == 16
        (busy,) = [answer for answer in answers if isinstance(answer, Refusal)]
        assert (busy.code, busy.status, busy.retry_after_s) == ("sign_in.busy", 503, 5)
