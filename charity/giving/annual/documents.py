"""A giver's year as PDF, A4 portrait, with a check code; what it may not claim stands on it.

Source: Individual Income Tax Law 6 (30 %), Enterprise Income Tax Law 9 (12 %, three years): field.md 4.9. Whether the
organisation is qualified for the year is said as on receipts (receipts.tax_note), and never otherwise.
"""

import hashlib
from dataclasses import asdict
from typing import Final

from charity import words
from charity.documents import issuing
from charity.documents.issuing import Issued
from charity.giving import receipts
from charity.giving.annual import screens
from charity.giving.annual.readers import Statement
from charity.office import organisation
from charity.printing import pdfs
from charity.printing.annual import PrintedYear, annual_html

KIND: Final = "annual"
TITLE: Final = "年度捐赠汇总"
SECONDS: Final = 60.0
NOT_FOR_TAX: Final = (
    "本汇总供核对，不作为税前扣除凭证；税前扣除以财政部门监制的公益事业捐赠票据为准，"
    "能否扣除、扣除多少由税务机关依法认定"
)
LAWS: Final = {
    "person": "个人捐赠额未超过纳税人申报的应纳税所得额 30% 的部分，可以扣除；"
    "国务院规定全额扣除的从其规定（个人所得税法第六条）",
    "organisation": "企业公益性捐赠支出在年度利润总额 12% 以内的部分准予扣除，"
    "超过的部分准予结转以后三年内扣除（企业所得税法第九条）",
    "anonymous": "",
}


async def pdf(one: Statement, *, made_by: str) -> bytes:
    """The year as it stands; the same content has the same check code."""
    we = await organisation.get()
    lines, notes = screens.rows(one), await _notes(one)

    async def printed(issued: Issued) -> bytes:
        html = annual_html(
            PrintedYear(
                organisation=we.named,
                year=one.year,
                donor=one.name,
                donor_id=one.id_shown,
                lines=lines,
                money_fen=one.money_fen,
                goods_fen=one.goods_fen,
                notes=notes,
                made_at=issued.made_at,
                data_hash=issued.data_hash,
                code=issued.code,
                verify_url=issued.address,
                demo=we.demo,
                lang=words.language(),
            )
        )
        return await pdfs.for_staff(html, identifier=hashlib.sha256(html.encode()).digest()[:16], seconds=SECONDS)

    return await issuing.issue(
        kind=KIND,
        title=TITLE,
        period=(f"{one.year}-01-01", f"{one.year}-12-31"),
        content=[words.language(), one.giver, one.id_shown, [asdict(gift) for gift in one.gifts]],
        count=len(one.gifts),
        sums=[("货币捐赠", "money", one.money_fen), ("实物折价", "money", one.goods_fen)],
        made_by=made_by,
        printed=printed,
    )


async def _notes(one: Statement) -> list[str]:
    """What stands below the sums: no more than the law and the list say."""
    claim = await receipts.tax_note(one.gifts[-1].received_on if one.gifts else f"{one.year}-12-31")
    law = LAWS[one.kind]
    return [words.say(NOT_FOR_TAX), *([words.say(law)] if law else []), *([claim] if claim else [])]
