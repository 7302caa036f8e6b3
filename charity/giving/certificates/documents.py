"""A certificate says thanks and nothing else: it has no fiscal force, no ID number, no address and no table of codes.

Its giver is named when he consented to be named in public, with each gift on the receipt; otherwise he is 爱心人士, so
that whoever has the code of the receipt may open it, keep it and show it. Beside a name the sum stands only where he
consented to that too. It is of a valid receipt only. Source: D3, docs/field.md 8.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from charity import words
from charity.db import reading
from charity.giving import receipts, rules
from charity.giving.models import Donation, Receipt
from charity.money import capitals
from charity.people import persons
from charity.people.masking import Reader
from charity.printing import certificates
from charity.printing.certificates import PrintedCertificate
from charity.printing.receipts import PrintedReceipt
from charity.printing.renderer import Format

MEDIA: Final[dict[Format, str]] = {"pdf": "application/pdf", "png": "image/png"}
PREFIX: Final = "JZ"
"""捐证. ZS is money that nobody can name (unidentified)."""
NAMED_MAX: Final = 3
"""Kinds of goods, or projects, that are named; the others are 等."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What it says."""

    number: str
    name: str
    text: str
    issued_on: str
    organisation: str
    verify_url: str
    demo: bool


async def of(code: str) -> Certificate:
    """The certificate of a valid receipt; raises receipt.unknown and receipt.ended."""
    row = await receipts.get(code)
    if row.status != "issued":
        raise rules.RECEIPT_ENDED(number=row.number, state=words.Term(receipts.STATUS_WORDS[row.status]))
    gifts = await receipts.gifts(code)
    printed = await receipts.printed_of(row, gifts, to=Reader.HOLDER)
    named = await receipts.may_be_named(row, gifts)
    person = (await persons.names([row.donor_id])).get(row.donor_id)
    unit = person is not None and person.kind == "organisation"
    return Certificate(
        number=f"{PREFIX}{row.number.removeprefix(receipts.PREFIX)}",
        name=persons.shown(person, to=Reader.PUBLIC, consent=named),
        text=_text(row, printed, unit=unit, summed=not named or await _may_be_summed(row, gifts)),
        issued_on=row.issued_on,
        organisation=printed.organisation,
        verify_url=printed.verify_url,
        demo=printed.demo,
    )


def receipt_number(text: str) -> str:
    """The number of the receipt whose certificate has this number; any other text as it is."""
    return f"{receipts.PREFIX}{text.removeprefix(PREFIX)}" if text.startswith(f"{PREFIX}-") else text


async def _may_be_summed(row: Receipt, gifts: Sequence[Donation]) -> bool:
    """Whether the sum may stand beside the name; of a work unit its list (D5) has it."""
    if row.roster or all(gift.public_amount for gift in gifts):
        return True
    sql = "SELECT 1 FROM unit_roster WHERE unit_donation = $1"
    return bool(await reading.value(sql, gifts[0].key))


def _text(row: Receipt, printed: PrintedReceipt, *, unit: bool, summed: bool) -> str:
    """The sentence of thanks."""
    facts = {"you": words.say("贵单位" if unit else "您"), "day": _day(printed.received_on)}
    if row.kind == "in_kind":
        given = [f"{line.name} {line.specification}".strip() for line in printed.lines]
        facts |= {"goods": _some(given), "project": printed.project}
        return words.say("{you}于{day}向本会捐赠物资：{goods}，用于“{project}”。特颁此证，以资感谢。", **facts)
    projects = list(dict.fromkeys(line.project for line in printed.lines))
    facts["project"] = _some(projects)
    if not summed:
        return words.say("{you}于{day}向本会捐赠善款，用于“{project}”。特颁此证，以资感谢。", **facts)
    facts["capitals"] = capitals(row.amount_fen)
    facts["sum"] = f"¥{row.amount_fen // 100:,}.{row.amount_fen % 100:02d}"
    return words.say("{you}于{day}向本会捐赠{capitals}（{sum}），用于“{project}”。特颁此证，以资感谢。", **facts)


def _some(names: list[str]) -> str:
    listed = words.listed(names[:NAMED_MAX])
    return words.say("{listed}等", listed=listed) if len(names) > NAMED_MAX else listed


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return words.say("{year} 年 {month} 月 {day} 日", year=day.year, month=day.month, day=day.day)


async def made(one: Certificate, fmt: Format) -> bytes:
    """The certificate as a file, A4 landscape; the same content gives the same bytes."""
    lang = words.language()
    return await certificates.made(
        PrintedCertificate(
            number=one.number,
            title=words.say("捐赠证书"),
            dear=words.say("尊敬的{name}：", name=one.name),
            text=one.text,
            organisation=one.organisation,
            day=_day(one.issued_on),
            seal=words.say("单位（章）"),
            number_label=words.say("证书编号"),
            check=words.say("扫码核验"),
            verify_url=one.verify_url,
            demo=words.say("演示") if one.demo else "",
            lang=lang,
        ),
        fmt,
    )
