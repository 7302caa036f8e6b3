"""Printed slips and labels: a slip as the printed forms take it (field.md 3.3)."""

from typing import Any

from charity import words
from charity.documents import check_codes
from charity.goods.limits import PRINTED_EVIDENCE
from charity.goods.rules import SLIP_UNKNOWN
from charity.goods.slips.readers import Slip, SlipLine, day_of
from charity.ledger import funds
from charity.ledger.funds import programmes
from charity.office import organisation, staff, stores
from charity.printing import pdfs
from charity.printing.labels import LABELS_MAX, LotLabel, labels_html
from charity.printing.slips import IntakeLine, IntakeSlip, IssueLine, IssueSlip, intake_html, issue_html

SECONDS = 30.0


async def slip_pdf(slip: Slip) -> bytes:
    """The slip of an intake or an issue as PDF; of a reversal in red figures, with what it takes back and why."""
    document = await printed(slip)
    html = intake_html(document) if isinstance(document, IntakeSlip) else issue_html(document)
    return await pdfs.for_staff(html, identifier=slip.number.encode(), seconds=SECONDS)


async def printed(slip: Slip) -> IntakeSlip | IssueSlip:
    """All that a slip prints."""
    return await (_intake(slip) if slip.intake else _issue(slip))


async def labels_pdf(slip: Slip) -> bytes:
    """A sheet of QR labels, one for each lot of an intake."""
    html = labels_html(await labels(slip), demo=(await organisation.get()).demo, lang=words.language())
    return await pdfs.for_staff(html, identifier=f"{slip.number} labels".encode(), seconds=SECONDS)


async def labels(slip: Slip) -> list[LotLabel]:
    """What the labels of an intake print, in the order of its lines."""
    if slip.intake is None:
        raise SLIP_UNKNOWN(number=slip.number)
    store = await stores.get(slip.store)
    taken_back = words.say("已冲销，勿用 ") if slip.reverses or slip.reversed_by else ""
    return [
        LotLabel(
            code=line.lot,
            name=line.name,
            specification=f"{taken_back}{_counted(line)}",
            expires_on=line.expires_on or "",
            store=store.name,
        )
        for line in slip.lines[:LABELS_MAX]
    ]


def _counted(line: SlipLine) -> str:
    return f"{line.pieces:,} {line.measure}"


async def _ended(slip: Slip) -> dict[str, str]:
    """The day on which it was taken back; of a reversal the slip that it takes back, and the reason."""
    return {
        "reversed_on": await day_of(slip.reversed_by) if slip.reversed_by else "",
        "reverses": slip.reverses or "",
        "reason": slip.reason if slip.reverses else "",
    }


async def _intake(slip: Slip) -> IntakeSlip:
    intake, who = slip.intake, await organisation.get()
    assert intake is not None, "an intake"
    store, names = await stores.get(slip.store), await staff.names([slip.actor])
    designated = await funds.designated([intake["fund"]])
    return IntakeSlip(
        number=slip.number,
        on=slip.effective_on,
        organisation=who.named,
        store=f"{store.code} {store.name}",
        donor=_giver(intake),
        wish="、".join(words.say("定向（{fund}）", fund=name) for name in designated.values()) or words.say("非定向"),
        lines=[_intake_line(line) for line in slip.lines],
        keeper=names.get(slip.actor, ""),
        verify_url=check_codes.address(slip.number),
        source=intake["source"],
        demo=who.demo,
        lang=words.language(),
        **await _ended(slip),
    )


def _giver(intake: dict[str, Any]) -> str:
    """Who gave the goods, or where else they come from."""
    if intake["source"] == "opening":
        return words.say("期初结转")
    return intake["donor_name"] or words.say("采购（审批单 {voucher}）", voucher=intake["voucher"])


def _intake_line(line: SlipLine) -> IntakeLine:
    return IntakeLine(
        barcode=line.barcode,
        name=line.name,
        measure=line.measure,
        quantity=line.pieces,
        unit_price_fen=line.cost_fen or None,
        amount_fen=line.amount_fen,
        basis=words.say(PRINTED_EVIDENCE[line.evidence]),
        expires_on=line.expires_on or "",
        lot=line.lot,
    )


async def _issue(slip: Slip) -> IssueSlip:
    issue, who = slip.issue, await organisation.get()
    assert issue is not None, "an issue"
    store, names = await stores.get(slip.store), await staff.names([slip.actor])
    proxy = issue["proxy"]
    english = words.language() == "en"
    names_of = {p.code: (english and p.name_en) or p.name for p in await programmes()}
    return IssueSlip(
        number=slip.number,
        on=slip.effective_on,
        organisation=who.named,
        store=f"{store.code} {store.name}",
        purpose=words.say("发放"),
        programme=f"{issue['programme']} {names_of.get(issue['programme'], '')}".strip(),
        recipient=words.say("{name}（{members} 人）", name=issue["masked_name"], members=issue["members"]),
        card=f"{issue['card'][:3]}…{issue['card'][-4:]}",
        lines=[_issue_line(line) for line in slip.lines],
        points_left=issue["points_left"],
        proxy=words.say("{name}：{reason}", **proxy) if proxy else "",
        issued_by=names.get(slip.actor, ""),
        verify_url=check_codes.address(slip.number),
        demo=who.demo,
        lang=words.language(),
        **await _ended(slip),
    )


def _issue_line(line: SlipLine) -> IssueLine:
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
