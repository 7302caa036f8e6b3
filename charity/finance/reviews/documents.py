"""Journal vouchers on paper (D19): one number, or a part of a month in one file."""

from collections.abc import Sequence

from charity import words
from charity.documents import check_codes
from charity.finance.reviews import screens
from charity.finance.reviews.readers import View
from charity.ledger import accounts as acc
from charity.ledger import funds, places
from charity.ledger.journal_vouchers import Line
from charity.ledger.numbering import printed, rests_on_documents
from charity.office import organisation
from charity.printing import pdfs
from charity.printing.journal import JournalLine, PrintedJournalVoucher, journal_html

SECONDS = 60.0


async def pdf(views: Sequence[View]) -> bytes:
    """These vouchers as one PDF. Its identifier comes from what they say."""
    who = await organisation.get()
    html = journal_html(await sheets(views), organisation=who.named, demo=who.demo, lang=words.language())
    identifier = f"{views[0].content_hash}{len(views)}".encode()
    return await pdfs.for_staff(html, identifier=identifier, seconds=SECONDS)


async def sheets(views: Sequence[View]) -> list[PrintedJournalVoucher]:
    """All that these vouchers print."""
    names, labels = await funds.names(), await screens.part_names()
    return [_sheet(view, names, labels) for view in views]


def _sheet(view: View, names: dict[str, str], labels: dict[str, str]) -> PrintedJournalVoucher:
    row, review = view.row, view.review
    first, last = row["first_seq"], row["last_seq"]
    return PrintedJournalVoucher(
        number=f"{row['month']} {printed(row['number'])}",
        day=row["day"],
        entries=f"#{first}" if first == last else words.say("#{first} 至 #{last}", first=first, last=last),
        summary=screens.summary(view),
        lines=[one for line in view.lines for one in _lines(line, names, labels)],
        total_fen=row["amount_fen"],
        attachments=row["entries"] if rests_on_documents(row["kind"]) else None,
        cashier="、".join(view.names(row["cashiers"])),
        maker=screens.maker(view),
        reviewer=view.people.get(review["reviewer"], "") if review else "",
        verify_url=check_codes.address(row["number"]),
    )


def _lines(line: Line, names: dict[str, str], labels: dict[str, str]) -> list[JournalLine]:
    """An account that was used on both sides has a line for each."""
    fund = acc.fund(line.account)
    title = {
        "code": acc.split(line.account)[0],
        "name": places.account_name(line.account, labels),
        "fund": f"{fund} {names.get(fund, '')}".strip(),
    }
    sides = [(line.debit_fen or None, None), (None, line.credit_fen or None)]
    return [JournalLine(**title, debit_fen=debit, credit_fen=credit) for debit, credit in sides if debit or credit]
