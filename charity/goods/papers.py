"""Slips and labels on paper: the facts of a document as the printed forms want them (domain rules 3.3)."""

from charity import words
from charity.goods.documents import Document, DocumentLine
from charity.goods.intake import EVIDENCE_WORDS
from charity.goods.rules import DOCUMENT_UNKNOWN
from charity.ledger.funds import programmes
from charity.office import accounts, organisation, stores
from charity.printing import renderer
from charity.printing.labels import LABELS_MAX, LotLabel, labels_html
from charity.printing.slips import IntakeLine, IntakeSlip, IssueLine, IssueSlip, intake_html, issue_html
from charity.settings import settings

SECONDS = 30.0


def address(number: str) -> str:
    """Where the document is on the screen; printed as QR, for staff."""
    return f"{settings().public_url.rstrip('/')}/goods/documents/{number}"


async def slip(document: Document) -> bytes:
    """The slip of an intake or an issue as PDF; a reversal prints the slip it takes back, marked so."""
    html = await (_intake(document) if document.intake else _issue(document))
    return await renderer.html_to_pdf(html, identifier=document.number.encode(), seconds=SECONDS)


async def labels(document: Document) -> bytes:
    """A sheet of QR labels, one for each lot of an intake."""
    if document.intake is None:
        raise DOCUMENT_UNKNOWN(number=document.number)
    who, store = await organisation.get(), await stores.get(document.store)
    sheet = [
        LotLabel(
            code=line.lot,
            name=line.name,
            specification=_counted(line),
            expires_on=line.expires_on or "",
            store=store.name,
        )
        for line in document.lines[:LABELS_MAX]
    ]
    html = labels_html(sheet, demo=who.demo, lang=words.language())
    return await renderer.html_to_pdf(html, identifier=f"{document.number} labels".encode(), seconds=SECONDS)


def _counted(line: DocumentLine) -> str:
    return f"{line.pieces:,} {line.measure}"


def _marked(document: Document) -> str:
    """When it was taken back: the day of its reversal, or of the reversal itself."""
    return document.effective_on if document.reverses or document.reversed_by else ""


async def _intake(document: Document) -> str:
    intake, who = document.intake, await organisation.get()
    assert intake is not None, "an intake"
    store, names = await stores.get(document.store), await accounts.names([document.actor])
    designated = words.say("定向（{fund}）", fund=intake["fund"])
    paper = IntakeSlip(
        number=document.number,
        on=document.effective_on,
        organisation=who.name,
        store=f"{store.code} {store.name}",
        donor=intake["donor_name"] or words.say("采购（审批单 {voucher}）", voucher=intake["voucher"]),
        wish=words.say("非定向") if intake["fund"] == "F-GEN" else designated,
        lines=[_intake_line(line) for line in document.lines],
        keeper=names.get(document.actor, ""),
        verify_url=address(document.number),
        reversed_on=_marked(document),
        demo=who.demo,
        lang=words.language(),
    )
    return intake_html(paper)


def _intake_line(line: DocumentLine) -> IntakeLine:
    return IntakeLine(
        barcode=line.barcode,
        name=line.name,
        measure=line.measure,
        quantity=line.pieces,
        unit_price_fen=line.cost_fen or None,
        amount_fen=line.amount_fen,
        basis=words.say(EVIDENCE_WORDS[line.evidence]),
        expires_on=line.expires_on or "",
        lot=line.lot,
    )


async def _issue(document: Document) -> str:
    issue, who = document.issue, await organisation.get()
    assert issue is not None, "an issue"
    store, names = await stores.get(document.store), await accounts.names([document.actor])
    told = issue["proxy"]
    english = words.language() == "en"
    names_of = {p.code: (english and p.name_en) or p.name for p in await programmes()}
    paper = IssueSlip(
        number=document.number,
        on=document.effective_on,
        organisation=who.name,
        store=f"{store.code} {store.name}",
        purpose=words.say("发放"),
        programme=f"{issue['programme']} {names_of.get(issue['programme'], '')}".strip(),
        recipient=words.say("{name}（{members} 人）", name=issue["masked_name"], members=issue["members"]),
        card=f"{issue['card'][:3]}…{issue['card'][-4:]}",
        lines=[_issue_line(line) for line in document.lines],
        points_left=issue["points_left"],
        proxy=words.say("{name}：{reason}", **told) if told else "",
        issued_by=names.get(document.actor, ""),
        verify_url=address(document.number),
        reversed_on=_marked(document),
        demo=who.demo,
        lang=words.language(),
    )
    return issue_html(paper)


def _issue_line(line: DocumentLine) -> IssueLine:
    return IssueLine(
        barcode=line.barcode,
        name=line.name,
        measure=line.measure,
        quantity=line.pieces,
        lot=line.lot,
        unit_price_fen=line.cost_fen or None,
        amount_fen=line.amount_fen,
        points=abs(line.points),
        remark=words.say("系统选批") if line.picked else "",
    )
