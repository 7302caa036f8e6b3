"""The printed payment voucher 拨付审批单: what is paid, to whom, and who approved exactly this."""

from charity import clock, words
from charity.aid import payees
from charity.aid.payees import short_code
from charity.aid.vouchers.readers import VoucherView
from charity.aid.vouchers.verbs import APPROVALS_NEEDED
from charity.documents import check_codes
from charity.ledger import accounts as acc
from charity.office import organisation
from charity.office.organisation import Organisation
from charity.people.masking import Reader
from charity.printing import pdfs
from charity.printing.vouchers import APPROVALS_MAX, Approval, Listed, PrintedVoucher, voucher_html
from charity.roles import Actor
from charity.web.formats import moment


async def pdf(voucher: VoucherView, by: Actor) -> bytes:
    """The voucher as PDF. Its identifier comes from the content that was approved."""
    document = printed(voucher, await organisation.get(), by)
    return await pdfs.for_staff(voucher_html(document), identifier=bytes.fromhex(document.content_hash)[:16])


def printed(voucher: VoucherView, we: Organisation, by: Actor) -> PrintedVoucher:
    """All that a voucher prints. Its QR leads anybody to the check of the document."""
    row = voucher.row
    decisions = [d for d in voucher.decisions if d.in_force and d.decision in {"approve", "reject"}]
    return PrintedVoucher(
        number=voucher.number,
        status=voucher.status,
        purpose=row["purpose"],
        organisation=we.named,
        applied_on=clock.business_date(row["made_at"]).isoformat(),
        programme=f"{row['programme']} {voucher.programme}" if voucher.programme else "",
        fund=f"{row['fund']} {voucher.fund}",
        nature=voucher.fund_kind,
        payee_kind=row["payee_kind"],
        payee_code=short_code(voucher.payee),
        payee_name=voucher.payee.name_for(payees.reader(by)),
        bank_account=voucher.payee.account_for(Reader.STAFF),
        amount_fen=row["amount_fen"],
        recipients=row["recipients"],
        listed=[Listed(one.kind, one.short_code, one.name) for one in voucher.listed],
        reason=voucher.reason,
        maker=voucher.maker,
        approvals=[
            Approval(
                name=d.name,
                decision="approve" if d.decision == "approve" else "reject",
                at=moment(d.at),
                reason=d.reason,
                content_hash=d.content_hash,
            )
            for d in decisions[-APPROVALS_MAX:]
        ],
        needed=APPROVALS_NEEDED,
        paid_on=row["paid_on"] or "",
        payer=voucher.payer,
        paid_from=voucher.paid_from,
        channel_ref=row["channel_ref"] or "",
        in_cash=(row["paid_from"] or "").startswith(f"{acc.CASH}/"),
        entry=voucher.entry,
        content_hash=row["content_hash"],
        verify_url=check_codes.address(voucher.number),
        demo=we.demo,
        lang=words.language(),
    )
