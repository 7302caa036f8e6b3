"""What somebody copied from a document or a message, and where it leads; and the check of vouchers and slips.

Typed is anything: a code in groups, a whole address with something behind it, full-width letters, a sentence around
it. Every kind is tried; what leads nowhere is told apart in words, so that nobody copies a right number twice.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any, Final

from charity import tokens, words
from charity.aid import printed_rosters, vouchers
from charity.aid.status import STATUS_WORDS, TONES
from charity.disclosure import rules
from charity.documents import check_codes, codes
from charity.giving import pledges, receipts
from charity.goods import slips
from charity.ledger import journal_vouchers
from charity.ledger.numbering import printed
from charity.office import stores

TEXT_MAX: Final = 1_000
"""Characters that are looked at."""
WORDS_MAX: Final = 60
"""Words of a sentence that are tried."""
CODE_MAX: Final = 64
UNKNOWN: Final = "没有这个核验码，请对照纸上的字母和数字再抄一次"
CUT: Final = "。文字太长，只看了前 {most} 个字，请只抄核验码"
_BY_REFERENCE: Final = "这是认捐的参考号，凭它只能看进度。要看认捐和收据，请打开认捐时保存的网址，或扫它的二维码。"
_PLEDGE_TONES: Final = {"pending": "wait", "partial": "wait", "received": "good", "expired": "bad"}
_HASH: Final = re.compile(r"[0-9A-F]{64}")
_RUN: Final = re.compile(r"[0-9A-Z][0-9A-Z -]*")
_WORD: Final = re.compile(r"[0-9A-Z][0-9A-Z-]*")
_NUMBERS: Final = (
    # a number that leads nowhere by itself, and what to say
    (
        r"CS-\d{4}-\d{6,}",
        "这是收据编号。编号是连续的，只凭编号查询会泄露别人的捐赠：请扫收据上的二维码，或抄下旁边的网址",
    ),
    (
        r"(BF|HM|RK-\w+|FF-\w+|CX-\w+)-\d{4}-\d{6,}",
        "这是单据编号。请把编号和后面的 12 位核验字符一起抄下，它们印在二维码旁边；旧单据上没有，请向我们核实",
    ),
    (r"(TK|GZ|ZZ)-\d{4}-\d{6,}", "这是我们内部的业务编号，这里查不到；要核实请与我们联系"),
    (
        r"\N{CJK UNIFIED IDEOGRAPH-8BB0}-\d{1,6}",
        "这是记账凭证的编号，只凭它不能核验：请扫纸上的二维码，或抄下旁边的网址",
    ),
    (
        r"/(VOUCHERS|GOODS/DOCUMENTS|JOURNAL|RECEIPTS|DESK)/",
        "这是工作人员的网址，要登录才能打开；对外核验请用二维码旁边印的核验码",
    ),
)


@dataclass(frozen=True, slots=True)
class Led:
    """Where a text leads: an address of ours, or "" and what is shown or said, in words of the reader's language."""

    address: str
    words: str = ""
    shown: "Checked | None" = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A document as everybody may compare it. `facts` are for the atoms; `lines` are those of a slip."""

    number: str
    title: str
    state: dict[str, str]
    facts: list[dict[str, Any]]
    lines: list[dict[str, Any]] = field(default_factory=list)
    says: str = ""
    """What the verdict says; "" for that of a printed document."""


async def find(typed: str) -> Led:
    """Where a text leads, whatever it is."""
    text = _plain(typed)
    for code in _candidates(text):
        address = await _address_of(code)
        if address is not None:
            return Led(address)
        if pledge := await _pledge(code):
            return Led("", shown=pledge)
    sentence = words.say(next((message for pattern, message in _NUMBERS if re.search(pattern, text)), UNKNOWN))
    return Led("", sentence + (words.say(CUT, most=TEXT_MAX) if len(typed) > TEXT_MAX else ""))


def _plain(typed: str) -> str:
    """Half width, capitals, one kind of hyphen and of blank, and no longer than what is looked at."""
    text = unicodedata.normalize("NFKC", typed[:TEXT_MAX])[:TEXT_MAX].upper()
    return "".join("-" if unicodedata.category(c) == "Pd" else " " if c.isspace() else c for c in text)


def _candidates(text: str) -> list[str]:
    """What may be a code: the words of the text, and its runs of words put together, each once."""
    tried = _WORD.findall(text)[:WORDS_MAX]
    for run in _RUN.findall(text)[:WORDS_MAX]:
        whole = tokens.normalise(run)
        tried += [whole, whole[-tokens.CODE128_LENGTH :], whole[: tokens.CODE128_LENGTH]]
    return [code for code in dict.fromkeys(tried) if len(code) <= CODE_MAX]


async def _address_of(code: str) -> str | None:
    """The page of one code in capitals; None when it is none that we know."""
    plain = tokens.normalise(code)
    if len(plain) == tokens.CODE128_LENGTH:
        kinds = (("r", receipts.known), ("p", pledges.known), ("v", codes.known))
        for place, known in kinds:
            if await known(plain):
                return f"/{place}/{plain}"
        return None
    if (number := check_codes.number_of(code)) is not None:
        return f"/c/{code}" if await check(check_codes.of(number)) else None
    if _HASH.fullmatch(plain):
        return await _of_hash(plain.lower())
    return None


async def _pledge(reference: str) -> Checked | None:
    """How far a pledge is, by the reference in a bank's remark; None when it is none that we know.

    Six random characters can be tried until one fits, and the code of the pledge opens the giver's own receipt (ADR
    39): so a reference never leads to the page of its pledge, nor says for which campaign it is.
    """
    code = await pledges.of_reference(reference) if tokens.reference_valid(reference) else None
    if code is None:
        return None
    row = await pledges.get(code)
    status = pledges.shown_status(row.status, row.expires_at)
    facts = [_fact("认捐金额", row.amount_fen, "yuan"), _fact("已经到账", row.received_fen, "yuan")]
    state = {
        "code": status,
        "label": words.say(pledges.STATUS_WORDS[status]),
        "tone": _PLEDGE_TONES.get(status, "none"),
    }
    return Checked(row.reference, words.say("认捐"), state, facts, says=words.say(_BY_REFERENCE))


async def _of_hash(content_hash: str) -> str | None:
    """The page of a document, or of a voucher, that has this hash printed on it."""
    if document := await codes.of_hash(content_hash):
        return f"/v/{document}?hash={content_hash}"
    number = await vouchers.number_of_hash(content_hash)
    return f"/c/{check_codes.of(number)}" if number else None


async def must_check(code: str) -> Checked:
    """The document of a check code, or check.unknown (404)."""
    checked = await check(_plain(code).strip())
    if checked is None:
        raise rules.CHECK_UNKNOWN()
    return checked


async def check(code: str) -> Checked | None:
    """The document of a check code as anybody may see it; None when the code is none of ours."""
    number = check_codes.number_of(code) if len(code) <= CODE_MAX else None
    if number is None:
        return None
    return await _voucher(number) or await _slip(number) or await _journal_voucher(number) or await _roster(number)


async def _voucher(number: str) -> Checked | None:
    row = await vouchers.checked(number)
    if row is None:
        return None
    facts = [
        _fact("金额", row["amount_fen"], "yuan"),
        _fact("受益人数", row["recipients"], "count"),
        _fact("制单时间", row["made_at"], "instant"),
        _fact("付款日期", row["paid_on"] or "", "date"),
        _fact("内容校验（SHA-256）", row["content_hash"], "code"),
    ]
    state = {"code": row["status"], "label": words.say(STATUS_WORDS[row["status"]]), "tone": TONES[row["status"]]}
    return Checked(number, words.say("拨付审批单"), state, [fact for fact in facts if fact["value"] not in {"", 0}])


async def _roster(number: str) -> Checked | None:
    row = await printed_rosters.checked(number)
    if row is None:
        return None
    facts = [
        _fact("金额", row["amount_fen"], "yuan"),
        _fact("受益人数", row["recipients"], "count"),
        _fact("发放日期", row["distributed_on"], "date"),
        _fact("内容校验（SHA-256）", row["content_hash"], "code"),
    ]
    return Checked(number, words.say("发放花名册"), row["state"], facts)


async def _slip(number: str) -> Checked | None:
    row = await slips.checked(number)
    if row is None:
        return None
    undone = bool(row["reversed_by"] or row["reverses"])
    facts = [
        _fact("门店", (await stores.get(row["store"])).name),
        _fact("日期", row["effective_on"], "date"),
        _fact("金额", row["amount_fen"], "yuan") if row["amount_fen"] else _fact("金额", words.say("不计价")),
    ]
    label = words.say("已冲销") if row["reversed_by"] else words.say("冲销单") if row["reverses"] else words.say("有效")
    state = {"code": row["kind"], "label": label, "tone": "bad" if undone else "good"}
    lines = [
        {"name": line.name, "pieces": line.pieces, "measure": line.measure, "amount": line.amount_fen}
        for line in row["lines"]
    ]
    return Checked(number, words.say(slips.KIND_WORDS[row["kind"]]), state, facts, lines)


async def _journal_voucher(number: str) -> Checked | None:
    row = await journal_vouchers.get(number)
    if row is None:
        return None
    facts = [
        _fact("日期", row["day"], "date"),
        _fact("金额", row["amount_fen"], "yuan"),
        _fact("分录", row["entries"], "count"),
    ]
    reviewed = row["reviewed_at"] is not None
    state = {
        "code": "reviewed" if reviewed else "open",
        "label": words.say("已复核") if reviewed else words.say("未复核"),
        "tone": "good" if reviewed else "wait",
    }
    return Checked(f"{row['month']} {printed(number)}", words.say("记账凭证"), state, facts)


def _fact(term: str, value: Any, kind: str = "text") -> dict[str, Any]:
    return {"term": words.translate(term), "value": value, "kind": kind}
