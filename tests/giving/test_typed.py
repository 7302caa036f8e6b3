"""What people type is read as they mean it, or asked about: sums, phones, numbers of identity, days, at every door."""

from datetime import date, timedelta
from typing import Any

import pytest
from cast import Cast
from page_forms import form_of
from pydantic import BaseModel, ValidationError

from charity import clock, days
from charity.db import reading, sealed
from charity.money import AmountUnreadable, typed_yuan
from charity.people import id_numbers, phones
from charity.people.id_numbers import id_checks
from charity.plain import TEXT_MAX, plain
from charity.web import fields, forms
from charity.web.messages import AMOUNTS

GIVE = "/campaigns/one-day-2026/give"
ID = "11010519491231002X"
CREDIT = "91350100M000100Y43"


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("¥50", 5_000), ("￥ 50", 5_000), ("50元", 5_000), ("100 块", 10_000), ("100块钱", 10_000), ("1，000", 100_000),
        ("1,000.50", 100_050), ("１，０００．５", 100_050), ("人民币￥20元整", 2_000), ("\u3000５０\u3000", 5_000),
        ("0.5", 50), ("rmb 7", 700), ("1234567", 123_456_700),
    ],
)  # fmt: skip
def test_a_sum_is_read_as_it_is_typed(typed: str, fen: int) -> None:
    assert typed_yuan(typed) == fen


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("1,50", "unclear"), ("1，50", "unclear"), ("1.000", "unclear"), ("12.345", "unclear"), ("1 000", "unclear"),
        ("1,000,00", "unclear"), ("1.000.000", "unclear"), ("1'000", "unclear"), ("12.34.56", "unclear"), ("12..34", "not_a_number"), ("1, 000", "unclear"),
        ("0.125", "too_many_decimals"), ("1234.567", "too_many_decimals"), ("一百", "not_a_number"),
        ("壹佰", "not_a_number"), ("10万", "not_a_number"), ("5²", "not_a_number"), ("①②", "not_a_number"),
        ("½", "not_a_number"), ("50-100", "not_a_number"), ("-5", "not_positive"), ("－５", "not_positive"), ("元", "empty"),
        ("100" + " " * TEXT_MAX + "1", "not_a_number"), ("1" * (TEXT_MAX + 1), "not_a_number"), ("1" * 65, "too_large"),
    ],
)  # fmt: skip
def test_what_may_be_two_sums_is_asked_about_and_never_guessed(typed: str, reason: str) -> None:
    with pytest.raises(AmountUnreadable) as refused:
        typed_yuan(typed)
    assert refused.value.reason == reason
    assert reason in AMOUNTS


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("(0579) 8888-6666转801", "0579-88886666-801"), ("（０５７９）８８８８－６６６６　转　８０１", "0579-88886666-801"),
        ("86012345", "86012345"), ("0579-88886666-801", "0579-88886666-801"), ("057988886666 分机801", "0579-88886666-801"),
        ("0579—8888—6666", "0579-88886666"), ("+86 579 8888 6666", "0579-88886666"),
        ("+86 (0)579 88886666", "0579-88886666"), ("010 8888 6666 ext. 12", "010-88886666-12"),
        ("0577-1234567", "0577-1234567"), ("+86 138 0000 2222", "13800002222"), ("8613800002222", "13800002222"),
        ("0086-138-0000-2222", "13800002222"), ("１３８　００００　２２２２", "13800002222"), ("138.0000.2222", "13800002222"),
        ("400-123-4567", "4001234567"), ("8888 6666", "88886666"), ("+1 (415) 555-2671", "+14155552671"),
        ("001 415 555 2671", "+14155552671"), ("", ""), ("　", ""),
    ],
)  # fmt: skip
def test_a_phone_is_kept_in_one_form_however_it_is_typed(typed: str, kept: str) -> None:
    assert phones.read(typed) == kept
    assert phones.read(kept) == kept


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("1380000222", phones.MOBILE), ("138000022222", phones.MOBILE), ("0579-888", phones.AREA),
        ("57988886666", phones.AREA), ("0579-888866667", phones.AREA), ("12345", phones.UNREADABLE),
        ("13800001111/13800002222", phones.UNREADABLE), ("88886666,88887777", phones.UNREADABLE),
        ("88886666转1转2", phones.UNREADABLE), ("88886666转", phones.UNREADABLE), ("微信 abc123", phones.UNREADABLE),
        ("+12345", phones.UNREADABLE), ("+1234567890123456", phones.UNREADABLE), ("1380000222²", phones.UNREADABLE),
    ],
)  # fmt: skip
def test_a_phone_that_may_be_another_one_is_refused(typed: str, words: str) -> None:
    with pytest.raises(ValueError, match=f"^{words}$"):
        phones.read(typed)


def _of_birth(day: date) -> str:
    base = f"110105{day:%Y%m%d}002"
    return next(base + sign for sign in "0123456789X" if id_checks(base + sign))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (ID, ID), (ID.lower(), ID), ("１１０１０５１９４９１２３１００２ｘ", ID), (" 110105 19491231-002X ", ID),
        (CREDIT, CREDIT), ("９１３５０１００ｍ０００１００ｙ４３", CREDIT), ("91350100 M000100Y4-3", CREDIT),
        ("110105491231002", "110105491231002"), ("", ""),
    ],
)  # fmt: skip
def test_a_number_of_identity_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert id_numbers.read(typed) == kept
    assert id_numbers.read(_of_birth(clock.today()))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("110105194912310021", id_numbers.ID_CHECK), ("11010519491231003X", id_numbers.ID_CHECK),
        ("91350100M000100Y44", id_numbers.CREDIT_CHECK), ("91350100I000100Y43", id_numbers.CREDIT_LETTERS),
        ("91350100S000100Y43", id_numbers.CREDIT_LETTERS), ("440524188001010014", id_numbers.BORN),
        ("913301027042538151", id_numbers.EITHER_CHECK), ("1101051949123100", id_numbers.LENGTH),
        (f"{CREDIT}0", id_numbers.LENGTH), ("一二三", id_numbers.UNREADABLE), ("91350100M000100Y4²", id_numbers.UNREADABLE),
    ],
)  # fmt: skip
def test_a_number_of_identity_with_a_slip_is_refused_with_what_does_not_fit(typed: str, words: str) -> None:
    with pytest.raises(ValueError, match=f"^{words}$"):
        id_numbers.read(typed)


def test_nobody_is_born_tomorrow_or_130_years_ago() -> None:
    for born in (clock.today() + timedelta(days=1), date(clock.today().year - id_numbers.AGE_MAX - 2, 1, 1)):
        with pytest.raises(ValueError, match=f"^{id_numbers.BORN}$"):
            id_numbers.read(_of_birth(born))


@pytest.mark.parametrize(
    "typed", ["2026-10-08", "２０２６－１０－０８", "2026/10/8", "2026.10.08", "2026年10月8日", " 2026 年 10 月 8 日 "]
)
def test_a_day_is_read_as_it_is_typed(typed: str) -> None:
    assert days.typed(typed) == date(2026, 10, 8)


@pytest.mark.parametrize(
    "typed", ["10/8/2026", "26-10-08", "2026-13-01", "2026-10", "今天", "20261008", "2026-10-08T00:00"]
)
def test_a_day_that_may_be_another_one_is_refused(typed: str) -> None:
    with pytest.raises(days.DayRefused):
        days.typed(typed)


class _Typed(BaseModel):
    on: fields.Day
    until: fields.DayText = ""
    pieces: int = 0


def test_forms_read_days_and_numbers_as_they_are_typed_and_calls_strictly() -> None:
    form = forms.read(_Typed, {"on": "2026年10月8日", "until": "2026/10/9", "pieces": "　１２　"})
    assert (form.on, form.until, form.pieces) == (date(2026, 10, 8), "2026-10-09", 12)
    for sent in ({"on": "2026/10/8"}, {"on": "2026-10-08", "until": "2026/10/9"}):
        with pytest.raises(ValidationError):
            _Typed.model_validate(sent)
    assert plain("①２") == "①2"


TYPED = {
    "kind": "person", "name": "林小溪", "channel": "bank", "amount_yuan": "￥ 1，000 元", "seen_fen": "100000",
    "phone": "＋８６　１３８　００００　２２２２",
}  # fmt: skip


async def test_every_door_keeps_one_form_and_finds_it_again(web: Any, house: Cast) -> None:
    client = web.as_()
    page = await client.post(GIVE, data={**await form_of(client, GIVE), **TYPED})
    assert page.status_code == 303, page.text
    body = {
        "campaign": "one-day-2026", "amount_fen": 100, "channel": "bank", "public_name": False, "public_amount": False,
        "donor": {"kind": "person", "name": "林小溪", "phone": "0086-138-0000-2222"},
    }  # fmt: skip
    assert (await client.post("/api/v1/pledges", json=body)).status_code == 201
    desk = {
        "campaign": "everyday", "kind": "person", "name": "林小溪", "phone": "138.0000.2222", "amount_yuan": "50 块",
        "channel": "cash", "received_on": f"{clock.today():%Y/%m/%d}", "idem": "1" * 32,
    }  # fmt: skip
    made = await web.as_("cashier").post("/donations/new", data=desk)
    assert made.status_code == 303, made.text
    kept = await reading.rows("SELECT key, phone, phone_index FROM person WHERE name = $1", "林小溪")
    assert {sealed.unseal("person", "phone", row["key"], row["phone"]) for row in kept} == {"13800002222"}
    assert {row["phone_index"] for row in kept} == {sealed.blind_index("person", "phone", "13800002222")}
    assert len(kept) == 3
    assert await reading.value("SELECT MAX(amount_fen) FROM pledge") == 100_000
    assert await reading.value("SELECT MAX(amount_fen) FROM donation") == 5_000


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("amount_yuan", "1,50", AMOUNTS["unclear"]),
        ("amount_yuan", "一百", AMOUNTS["not_a_number"]),
        ("phone", "1380000222", phones.MOBILE),
        ("tax_id", "110105194912310021", id_numbers.ID_CHECK),
        ("tax_id", "91350100M000100Y44", id_numbers.CREDIT_CHECK),
    ],
)
async def test_what_cannot_be_read_is_said_once_at_its_field_and_stays_there(
    web: Any, house: Cast, field: str, typed: str, words: str
) -> None:
    client = web.as_()
    changed = {**TYPED, field: typed, "fiscal_receipt": "1", "sensitive": "1", "tax_id": ID} | {field: typed}
    page = await client.post(GIVE, data={**await form_of(client, GIVE), **changed})
    assert page.status_code == 422
    assert page.text.count(words) == 2  # above the form and beside the field
    assert f'value="{typed}"' in page.text
    if field == "amount_yuan":
        return
    donor = {"kind": "person", "name": "林", "notice": 1, "sensitive": True, field: typed}
    body = {
        "campaign": "one-day-2026", "amount_fen": 100, "channel": "bank", "public_name": False, "public_amount": False,
        "donor": donor,
    }  # fmt: skip
    call = await client.post("/api/v1/pledges", json=body)
    assert (call.status_code, call.json()["errors"][0]) == (422, {"field": f"donor.{field}", "message": words})
