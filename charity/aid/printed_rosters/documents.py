"""The roster 发放花名册 as PDF: whom a branch gives what, by township, for whoever may read it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Literal

from charity import words
from charity.aid import branches, payees, recipients, rosters, rules
from charity.aid.branches import Advance
from charity.aid.models import RecipientKind
from charity.aid.recipients import Recipient
from charity.aid.rosters import RosterContent
from charity.documents import check_codes
from charity.errors import FieldError, unreadable
from charity.money import yuan
from charity.office import organisation, stores
from charity.people import accounts, households, masking, persons
from charity.people.households import CATEGORY_WORDS
from charity.people.masking import Reader, What
from charity.people.persons import Details
from charity.printing import pdfs
from charity.printing.rosters import LINES_MAX, PrintedRoster, RosterLine, TownshipSheet, roster_html
from charity.roles import Actor

SECONDS = 60.0
BLANK_MIN = 20
"""Lines of a sheet that is written by hand where nobody says how many come."""
Listed = Sequence[tuple[Recipient, int]]


async def recorded(number: str, by: Actor, copy: Literal["internal", "notice"]) -> PrintedRoster:
    """A roster that was recorded, as this reader, or one from outside, may see it."""
    roster = await rosters.roster(number)
    row = roster.row
    to = payees.reader(by) if copy == "internal" else Reader.EXTERNAL
    return PrintedRoster(
        number=number,
        status=row["status"],
        copy=copy,
        distributed_on=row["distributed_on"],
        place=roster.place if copy == "internal" else "",
        sheets=await _sheets(roster.listed, to),
        amount_fen=row["amount_fen"],
        recipients=row["recipients"],
        maker=roster.maker,
        checker=roster.decided_by,
        entry=roster.entry,
        content_hash=row["content_hash"],
        verify_url=check_codes.address(number),
        **await _of_advance(roster.advance),
    )


async def unsigned(voucher: str, content: RosterContent, by: Actor) -> PrintedRoster:
    """The list that is signed when the branch distributes: nothing of it is kept.

    Without a list it has as many empty lines as recipients are expected.
    """
    advance = await branches.advance(voucher)
    amount = sum(line.amount_fen for line in content.lines) or content.amount_fen
    if amount > advance.row["open_fen"]:
        left = yuan(advance.row["open_fen"])
        raise rules.ROSTER_EXCEEDS(voucher=voucher, left_yuan=left, amount_yuan=yuan(amount))
    if content.recipients > LINES_MAX:
        raise unreadable(FieldError("recipients", "一份花名册最多 500 户（人），多的请分成几份"))
    named = await recipients.find([line.code for line in content.lines], by=by)
    listed = list(zip(named, [line.amount_fen for line in content.lines], strict=True))
    blank = TownshipSheet("", [RosterLine()] * (content.recipients or BLANK_MIN))
    return PrintedRoster(
        copy="unsigned",
        distributed_on=content.distributed_on.isoformat(),
        place=content.place,
        sheets=await _sheets(listed, payees.reader(by)) if listed else [blank],
        amount_fen=amount,
        recipients=len(listed) or content.recipients,
        maker=by.name,
        verify_url=check_codes.address(voucher),
        **await _of_advance(advance),
    )


async def pdf(document: PrintedRoster) -> bytes:
    """The PDF of a roster."""
    identifier = f"{document.number or document.voucher} {document.copy}"
    return await pdfs.for_staff(roster_html(document), identifier=identifier.encode(), seconds=SECONDS)


async def _of_advance(advance: Advance) -> dict[str, Any]:
    """What a roster says of its payment, and of us."""
    we, row = await organisation.get(), advance.row
    return {
        "organisation": we.named,
        "programme": f"{row['programme']} {advance.programme}",
        "fund": f"{row['fund']} {advance.fund}",
        "voucher": row["voucher"],
        "branch": advance.branch,
        "demo": we.demo,
        "lang": words.language(),
    }


async def _sheets(listed: Listed, to: Reader) -> list[TownshipSheet]:
    """The recipients by township in the order of its code, each sheet in the order of the list; one without any."""
    homes = await households.with_keys(one.key for one, _ in listed if one.kind == RecipientKind.HOUSEHOLD)
    people = await persons.details(one.key for one, _ in listed if one.kind == RecipientKind.PERSON)
    names = await stores.township_names()
    sheets: dict[str, list[RosterLine]] = defaultdict(list)
    for one, fen in listed:
        home, person = homes.get(one.key), people.get(one.key, Details())
        kept = person
        if home is not None:
            phone, address = households.contacts(home)
            kept = Details(home.head_name, "", phone, address, accounts.of_household(home))
        line = RosterLine(
            name=masking.show(What.RECIPIENT, kept.name, to=to) or words.say("（姓名已删除）"),
            code=one.short_code,
            id_number=masking.show(What.ID_NUMBER, kept.id_number, to=to),
            category=words.say(CATEGORY_WORDS[home.category]) if home else words.say(payees.KIND_WORDS[one.kind]),
            members=home.members if home else 1,
            address=masking.show(What.ADDRESS, kept.address, to=to),
            amount_fen=fen,
            account=masking.show(What.ACCOUNT, kept.bank_account, to=Reader.STAFF),
            phone=masking.show(What.PHONE, kept.phone, to=to),
        )
        sheets[home.township if home else ""].append(line)
    return [TownshipSheet(names.get(code, code), sheets[code]) for code in sorted(sheets)] or [TownshipSheet("", [])]
