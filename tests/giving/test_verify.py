"""`charity verify`, the part of giving: of each rule every way to break it, planted alone, and the rules that name it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import as_shown
import pytest
import pytest_asyncio
from cast import Cast
from giving.given import WANG, approved, corrected, give, paid, promised, requested, roster_filled, today, wrong_gift
from goods.given import RICE, SALT, TOWEL, opened
from tampering import freely, tampered

from charity.db import engine, reading, transactions
from charity.db.transactions import Tx
from charity.errors import Failure
from charity.giving import consents, refunds, settling, unit_rosters, verify, work_units
from charity.giving.kinds import Consent
from charity.ledger import checks
from charity.ledger.writer import Answer

RULES = {
    "points elsewhere": "收据 {number} 列有捐赠 {key}，这笔捐赠却不指向它",
    "not as its receipt": "收据 {number} 与捐赠 {key} 的活动、基金、类别或分录不一致",
    "first receipt": "收据 {number} 是捐赠 {key} 的首张收据，捐赠人、经办人或时间却与捐赠、分录不同",
    "receipt's amount": "收据 {number} 记 {on_receipt} 分，所列捐赠减退款后为 {given} 分",
    "no valid receipt": "捐赠 {key} 指向的收据不是它的有效收据",
    "never a receipt": "捐赠 {key} 金额 {amount_fen} 分，从未开过收据",
    "money's entry": "捐赠 {key}：各列与分录 #{seq} 不符",
    "goods' entry": "实物捐赠 {key}：各列与分录 #{seq} 不符",
    "gift's status": "捐赠 {key} 的状态是 {status}，与账簿不符",
    "refunded": "捐赠 {key} 记已退 {stated} 分，其退款合计 {paid} 分",
    "goods' value": "收据 {number} 记 {on_receipt} 分，所列物资合计 {goods} 分",
    "year": "收据 {number} 的开具日期是 {issued_on}，与它的年度或编号不符",
    "ended": "收据 {number} 的状态是 {receipt_status}，与作废或换开的经手人、时间或新收据不符",
    "replaces": "收据 {number} 换开自一张收据，那张收据没有注明它",
    "reference not kept": "捐赠 {key} 的流水号没有登记为已用",
    "receipt of nothing": "收据 {number} 没有对应的捐赠",
    "goods on money": "货币捐赠收据 {number} 列有物资",
    "gift is gone": "收据 {number} 所列的捐赠不在",
    "several gifts' amount": "收据 {number} 记 {stated} 分，所列各笔捐赠减退款后合计 {given} 分",
    "withdrawn": "捐赠 {key} 已撤回公开的同意，却仍记为公开",
    "withdrawn pledge": "认捐 {reference} 已撤回公开的同意，却仍记为公开",
    "several givers": "收据 {number} 列有 {n} 位捐赠人的捐赠，他们不属于同一单位",
    "goods replaced": "收据 {number} 所列物资与被换开的原收据不同",
    "receipt numbers": "{year} 年收据共 {n} 个号，最后一号是 {last}，编号序列的下一号是 {next}",
    "prints": "收据 {number} 的打印记录或核对次数前后不符",
    "live without a fact": "活动 {slug} 已公开，法律要求公开的各项却没有填全",
    "entry without gift": "分录 #{seq} 是捐赠，却没有捐赠记录",
    "references": "流水号登记的捐赠笔数与捐赠不符",
    "reference of none": "流水号 {key} 登记在一笔不带它的捐赠名下",
    "posted": "分录 #{seq} 记入基金 {fund} {posted} 分，其捐赠合计 {given} 分",
    "not refunded": "捐赠 {key} 未记已退，其退款合计却是 {paid} 分",
    "refund": "退款 {number}：各列与分录不符，或申请人与批准人是同一人",
    "entry without refund": "分录 #{seq} 是退款，却没有退款记录",
    "payment": "退款 {number}：付款与分录不符，或付款人不是第三人",
    "owed": "退款 {number}：其他应付款 {account} 记有 {owed} 分，应为 {due} 分",
    "entry pays": "分录 #{seq} 支付退款，却没有退款记录",
    "correction": "更正 {number}：各列与分录不符，或申请人与批准人是同一人",
    "rebooked": "更正 {number}：重新登记的捐赠与它不符",
    "corrected twice": "捐赠 {key} 更正了 {n} 次",
    "entry corrects": "分录 #{seq} 更正捐赠，却没有更正记录",
    "correction numbers": "{year} 年捐赠更正共 {n} 个号，编号序列的下一号是 {next}",
    "pledge": "认捐 {code} 的状态是 {status}，记已到账 {received_fen} 分，其捐赠合计 {given} 分",
    "not as its pledge": "捐赠 {key} 的活动、基金、捐赠人或单位与其认捐不同",
    "unit": "活动 {campaign}、单位 {work_unit}：合计与捐赠相差 {gifts} 笔、{donors} 人、{fen} 分",
    "refund numbers": "{year} 年退款共 {n} 个号，编号序列的下一号是 {next}",
    "invitation": "活动 {slug} 的邀请不属于定向募捐，或撤回早于发出",
    "archive": "活动 {slug} 的档案数字不全，或它没有归档，或账簿里有它的捐赠",
    "donors": "{mark}：记有捐赠人 {kept} 位，捐赠记录中为 {given} 位",
    "donor": "捐赠 {key} 的捐赠人与他的证件号码或电话不对应",
    "largest": "捐赠人 {party}：记最大一笔为 {kept} 分，捐赠记录中为 {given} 分",
    "of the day": "捐赠人 {party}：记当日由 {channel} 到账 {kept} 分，捐赠记录中为 {given} 分",
    "roster": "名册 {key}：入账 {people} 人 {stated} 分，其捐赠 {n} 笔 {given} 分",
    "unit's own": "名册 {key} 的单位捐款记 {stated} 分，捐赠记录中不同",
    "not on the roster": "收据 {number} 是单位汇总收据，所列捐赠却不全在它的名册上",
    "donor's gifts": "捐赠人 {party}（{mark}）：记有捐赠 {kept} 笔，捐赠记录中为 {given} 笔",
}

_INVITATION = "(key, campaign, digest, expires_on, made_by, made_at, withdrawn_by, withdrawn_at) VALUES"


def test_every_rule_of_gifts_and_receipts_is_planted_against() -> None:
    rules = [rule for check in verify.CHECKS for rule in getattr(check, "rules", (getattr(check, "check", check),))]
    apart = [
        RULES[name]
        for name in ("donor's gifts", "largest", "of the day", "reference not kept", "reference of none", "references")
    ]
    assert sorted([*(msgid for _, msgid, _ in rules), *apart]) == sorted(RULES.values())
    assert {name for *_, names in [*FAULTS, *ROSTER_FAULTS] for name in names.split(", ") if name} == set(RULES)


async def _by_invitation(tx: Tx) -> None:
    """A campaign by invitation, and an invitation that was withdrawn."""
    await tx.insert("campaign", [{
        "slug": "invited", "name": "理事救孤", "name_en": "", "kind": "orphan", "reach": "targeted", "status": "active",
        "starts_on": "2026-01-01", "ends_on": "2099-01-01", "fund": "F-ORPH", "funds": "[]", "prefix": "INV",
        "purpose": "", "filing_no": "", "filed_on": None, "platform_url": "", "created_at": "2026-01-01T00:00:00Z",
    }])  # fmt: skip
    await tx.insert("invitation", [{
        "key": "good", "campaign": "invited", "digest": "g", "expires_on": "2026-12-31", "made_by": "s",
        "made_at": "2026-11-01T00:00:00Z", "withdrawn_by": "s", "withdrawn_at": "2026-11-02T00:00:00Z",
    }])  # fmt: skip


@dataclass
class Books:
    """Gifts, receipts, refunds and pledges of every kind; `names` are their keys, codes and numbers by a short name."""

    house: Cast
    names: dict[str, Any] = field(default_factory=dict)

    async def gift(self, name: str, fen: int, **changes: object) -> Answer:
        """A gift of money: its key, entry and receipt under its name."""
        answer = await give(self.house, fen, **changes)
        await self.note(name, answer.body["id"])
        return answer

    async def note(self, name: str, donation: str) -> None:
        row = await reading.row(
            "SELECT d.key, d.seq, r.code AS receipt, r.number FROM donation d LEFT JOIN receipt r ON r.code = d.receipt "
            "WHERE d.key = $1",
            donation,
        )
        assert row is not None
        self.names |= {f"{name}_{column}": value for column, value in row.items()}


@pytest_asyncio.fixture
async def books(house: Cast) -> Books:
    """All that the rules tell apart, and nothing wrong."""
    books = Books(house)
    shop = await opened(house)
    by = house.accountant
    agreed = await books.gift(
        "bank", 9_000, campaign="dream-2026", channel="bank", channel_ref="B1", public_amount=True
    )
    await consents.at_the_desk(agreed.body["id"], [Consent.AMOUNT], reason="本人来电", by=house.cashier)
    await books.gift("cash", 600)
    part = await books.gift("part", 50_000, channel="wechat", channel_ref="W1")
    whole = await books.gift("whole", 800, campaign="everyday")
    await books.gift("agency", 500, campaign="wenchuan-2008")
    await _refunds(books, part, whole)
    await books.note("part", part.body["id"])
    for n, call in enumerate((as_shown.void, as_shown.replace)):
        ended = await books.gift(("voided", "replaced")[n], 700)
        await call(ended.body["receipt"]["code"], reason="写错", by=by)
    await _goods(books, shop)
    await _pledges(books)
    await consents.by_pledge(books.names["pending"], [Consent.AMOUNT])
    await _several(books)
    await transactions.run(_by_invitation)
    row = await reading.row("SELECT code, number FROM receipt WHERE replaces = $1", books.names["replaced_receipt"])
    assert row is not None
    books.names |= {"new_receipt": row["code"], "new_number": row["number"]}
    assert await broken() == set()
    return books


async def _refunds(books: Books, part: Answer, whole: Answer) -> None:
    """One gift refunded in two parts, once in vain and asked for again, another one whole."""
    house = books.house
    for fen in (1_000, 2_000):
        books.names["refund"] = await requested(house, part, fen)
        await approved(books.names["refund"], house.approver)
        if fen == 1_000:
            books.names["paid"] = books.names["refund"]
            await paid(house, books.names["paid"], paid_from="1009/WECHAT")
    books.names["rejected"] = await requested(house, part, 70)
    await refunds.reject(books.names["rejected"], reason="不符", by=house.approver)
    books.names["open"] = await requested(house, part, 90)
    books.names["other_refund"] = await requested(house, whole, 800)
    await approved(books.names["other_refund"], house.approver)
    mistake = await books.gift("mistake", 77, channel="bank", channel_ref="B9", work_unit="LXU02")
    await corrected(house, mistake)
    await books.note("mistake", mistake.body["id"])
    books.names["waiting"] = await wrong_gift(house, await books.gift("waiting", 78))


async def _goods(books: Books, shop: Any) -> None:
    """Goods for a campaign and for none, without evidence of value, reversed, and on a receipt that was replaced."""
    for name, barcode, values in (
        ("goods", RICE, {"unit_value_fen": 2_650, "fund": "F-WARM", "campaign": "everyday"}),
        ("alone", SALT, {"unit_value_fen": 200}),
        ("free", TOWEL, {}),
        ("reversed", TOWEL, {"unit_value_fen": 990, "campaign": "everyday"}),
        ("corrected", RICE, {"unit_value_fen": 2_600}),
    ):
        taken = await shop.bring_answer(barcode, 3, **values)
        key = await reading.value("SELECT donation FROM goods_intake WHERE number = $1", taken["number"])
        await books.note(name, key)
        if name == "reversed":
            await as_shown.reverse(number=taken["number"], reason="点错", by=books.house.manager)
    fresh = await as_shown.replace(books.names["corrected_receipt"], reason="写错", by=books.house.accountant)
    books.names["corrected_new"] = fresh.body["number"]


async def _pledges(books: Books) -> None:
    """Promises of which nothing, a part, all and more than all has come."""
    for name, sums in (("pending", ()), ("partial", (100,)), ("received", (15_000, 5_000)), ("over", (20_001,))):
        code = books.names[name] = await promised(work_unit="LXU02" if name == "partial" else None)
        for n, fen in enumerate(sums):
            paid = {"amount_fen": fen, "received_on": today(), "channel": "cash"}
            answer = await as_shown.receive(code, **paid, by=books.house.cashier)
            await books.note(f"{name}{n}", answer.body["id"])


async def _several(books: Books) -> None:
    """A receipt over two gifts of one giver, and one over two givers of one work unit, as no verb makes them yet."""
    names, by = books.names, books.house.accountant
    await work_units.add(code="LXU01", name="市政府办公室", kind="government", reference="YRJ26-01", by=by)
    await books.gift("elsewhere", 30, work_unit="LXU01")
    await books.gift("first", 3_000, work_unit="LXU02")
    await books.gift("second", 2_000, work_unit="LXU02", donor=WANG)
    await as_shown.replace(names["first_receipt"], reason="合并", by=by)
    await books.note("first", names["first_key"])
    for head, other in (("first", "second"), ("received0", "received1")):
        await as_shown.void(names[f"{other}_receipt"], reason="合并", by=by)
        line = [names[f"{head}_number"], names[f"{other}_key"]]
        add = "UPDATE receipt SET amount_fen = amount_fen + (SELECT amount_fen FROM donation WHERE key = $2) WHERE code = $1"
        await freely(
            ("INSERT INTO receipt_line (number, donation) VALUES ($1, $2)", line),
            ("UPDATE donation SET receipt = $1 WHERE key = $2", [names[f"{head}_receipt"], line[1]]),
            (add, [names[f"{head}_receipt"], line[1]]),
        )


_WORDS = {name: re.compile(re.sub(r"\\\{\w+\\\}", ".*", re.escape(msgid))) for name, msgid in RULES.items()}


def names_of(failures: Iterable[Failure]) -> set[str]:
    """The short names of the rules that are broken."""
    named = [[name for name, pattern in _WORDS.items() if pattern.fullmatch(f.words)] for f in failures]
    assert all(len(names) == 1 for names in named), named
    return {name for names in named for name in names}


async def broken() -> set[str]:
    """The rules that verify finds broken."""
    return names_of(await verify.run())


OTHER_DAY, OTHER_TIME = "'2026-01-01'", "'2026-01-01T00:00:00.000000Z'"
# Table, the row, what is written into it, and the rules that are broken then: these and no others.
FAULTS: list[tuple[str, str, str, str]] = [
    # receipts and the gifts on them
    ("donation", "key = '{bank_key}'", "receipt = NULL", "points elsewhere"),
    ("receipt", "code = '{bank_receipt}'", "campaign = 'everyday'", "not as its receipt"),
    ("receipt", "code = '{bank_receipt}'", "campaign = NULL", "not as its receipt"),
    ("receipt", "code = '{alone_receipt}'", "campaign = 'everyday'", "not as its receipt"),
    ("receipt", "code = '{bank_receipt}'", "fund = 'F-WARM'", "not as its receipt"),
    ("receipt", "code = '{bank_receipt}'", "kind = 'in_kind'", "not as its receipt, goods' value"),
    ("receipt", "code = '{goods_receipt}'", "kind = 'cash'", "not as its receipt, goods on money"),
    ("receipt", "code = '{bank_receipt}'", "seq = {cash_seq}", "not as its receipt"),
    ("receipt", "code = '{first_receipt}'", "seq = {second_seq}", ""),  # it is over both
    ("receipt", "code = '{first_receipt}'", "seq = {cash_seq}", "not as its receipt"),
    ("receipt", "code = '{bank_receipt}'", "donor = 'somebody'", "first receipt"),
    ("receipt_print", "VALUES ('{bank_receipt}', '2026-11-25T02:00:00.000000Z', 'a', '2026-11-25T01:00:00.000000Z', 'a', 2, NULL)", "+",
     "prints"),
    ("receipt_guess", "VALUES ('{bank_receipt}', '2026-11-25', 6, 6)", "+", "prints"),
    ("receipt_guess", "VALUES ('{bank_receipt}', '2026-11-25', 5, 30)", "+", ""),  # the last try that is allowed
    ("receipt", "code = '{bank_receipt}'", "handler = 'somebody'", "first receipt"),
    ("receipt", "code = '{bank_receipt}'", f"recorded_at = {OTHER_TIME}", "first receipt"),
    ("receipt", "code = '{new_receipt}'", f"donor = 'somebody', handler = 'x', recorded_at = {OTHER_TIME}", ""),
    ("receipt", "code = '{bank_receipt}'", "amount_fen = amount_fen + 1", "receipt's amount"),
    ("receipt", "code = '{first_receipt}'", "amount_fen = amount_fen + 1", "several gifts' amount"),
    ("donation", "key = '{bank_key}'", "receipt = '{cash_receipt}'", "points elsewhere, no valid receipt"),
    ("donation", "key = '{voided_key}'", "receipt = '{voided_receipt}'", "no valid receipt"),
    ("donation", "key = '{replaced_key}'", "receipt = '{replaced_receipt}'", "points elsewhere, no valid receipt"),
    ("donation", "key = '{free_key}'", "receipt = '{alone_receipt}'", "no valid receipt"),
    ("receipt_line", "donation = '{bank_key}'", "-",
     "no valid receipt, never a receipt, receipt of nothing"),
    ("receipt_line", "(number, donation) VALUES ('{bank_number}', '{cash_key}')", "+",
     "points elsewhere, not as its receipt, first receipt, several gifts' amount, several givers"),
    ("receipt_line", "(number, donation) VALUES ('{second_number}', '{elsewhere_key}')", "+",
     "first receipt"),
    ("receipt_line", "(number, donation) VALUES ('{first_number}', '{elsewhere_key}')", "+",
     "points elsewhere, several gifts' amount, several givers"),
    ("receipt", "code = '{bank_receipt}'", "year = 2020", "year, receipt numbers"),
    ("receipt", "code = '{bank_receipt}'", "issued_on = '2020-01-01'", "year"),
    ("receipt", "code = '{voided_receipt}'", "ended_by = NULL", "ended"),
    ("receipt", "code = '{voided_receipt}'", "ended_at = NULL", "ended"),
    ("receipt", "code = '{voided_receipt}'", "status = 'replaced'", "ended"),
    ("receipt", "code = '{voided_receipt}'", "replaced_by = '{new_receipt}', status = 'replaced'", "ended"),
    ("receipt", "code = '{bank_receipt}'", "ended_by = 'somebody'", "ended"),
    ("receipt", "code = '{bank_receipt}'", "ended_at = recorded_at", "ended"),
    ("receipt", "code = '{replaced_receipt}'", "replaced_by = NULL", "ended, replaces"),
    ("receipt", "code = '{replaced_receipt}'", "replaced_by = '{bank_receipt}'", "ended, replaces"),
    ("receipt", "code = '{new_receipt}'", "replaces = '{voided_receipt}'", "ended, replaces"),
    ("receipt", "code = '{new_receipt}'", "replaces = NULL", "ended, first receipt"),
    ("receipt", "code = '{bank_receipt}'", "replaces = '{voided_receipt}'", "replaces"),
    ("donation", "key = '{bank_key}'", "public_amount = TRUE", "withdrawn"),
    ("donation", "key = '{bank_key}'", "public_name = TRUE", ""),  # that was not taken back
    ("pledge", "code = '{pending}'", "public_amount = TRUE", "withdrawn pledge"),
    ("series", "name = 'receipt'", "next = next + 1", "receipt numbers"),
    ("series", "name = 'receipt'", "-", "receipt numbers"),
    ("receipt", "code = '{second_receipt}'", "number = substr(number, 1, 8) || '000099'",
     "receipt numbers"),
    ("donation", "key = '{bank_key}'", "-",
     "gift is gone, entry without gift, reference of none, donors, donor's gifts, of the day"),
    # goods
    ("receipt_item", "number = '{goods_number}'", "quantity = quantity + 1", "goods' value"),
    ("receipt_item", "number = '{goods_number}'", "price_fen = price_fen - 1", "goods' value"),
    ("receipt_item", "number = '{goods_number}'", "-", "goods' value"),
    ("receipt_item", "number = '{corrected_number}'", "-", "goods' value, goods replaced"),
    ("receipt_item", "number = '{corrected_new}'", "-", "goods' value, goods replaced"),
    ("receipt_item", "number = '{corrected_new}'", "name = '别的'", "goods replaced"),
    ("receipt_item", "number = '{corrected_new}'", "measure = '斤'", "goods replaced"),
    ("receipt_item", "number = '{corrected_new}'", "n = 2", "goods replaced"),
    ("receipt_item", "number = '{corrected_new}'", "evidence = 'market'", "goods replaced"),
    ("receipt_item", "number = '{corrected_new}'", "quantity = 1, price_fen = 7800", "goods replaced"),
    ("receipt_item", "number = '{goods_number}'", "name = '别的'", ""),  # it stands in place of none
    # gifts and their entries
    *(
        ("donation", "key = '{bank_key}'", change, f"money's entry{more}")
        for change, more in (
            ("campaign = 'flood-2026'", ", not as its receipt"),
            ("recorded_by = 'somebody'", ""),
            (f"recorded_at = {OTHER_TIME}", ""),
            (f"booked_on = {OTHER_DAY}", ""),
            (f"received_on = {OTHER_DAY}", ""),
            ("channel = 'alipay'", ", reference not kept, of the day"),
            ("work_unit = 'LXU01'", ", unit, donor's gifts"),
            ("seq = 99", ", not as its receipt, entry without gift, posted"),
            ("key = 'other'", ", gift is gone, never a receipt, no valid receipt, reference not kept"),
        )
    ),
    ("donation", "key = '{bank_key}'", "donor = 'somebody'", "first receipt"),  # the entry names the party
    ("donation", "key = '{goods_key}'", "donor = 'somebody'", "first receipt"),
    ("donation", "key = '{elsewhere_key}'", "work_unit = NULL", "money's entry, unit, donor's gifts"),
    *(
        ("donation", "key = '{goods_key}'", change, f"goods' entry{more}")
        for change, more in (
            ("campaign = NULL", ", not as its receipt"),
            ("recorded_by = 'somebody'", ""),
            (f"recorded_at = {OTHER_TIME}", ""),
            (f"booked_on = {OTHER_DAY}", ""),
            ("store = 'LX02'", ""),
            ("store = NULL", ""),
            ("seq = 99", ", not as its receipt, entry without gift, posted"),
        )
    ),
    ("donation", "key = '{alone_key}'", "seq = 99", "goods' entry, not as its receipt, entry without gift, posted"),
    ("donation", "key = '{alone_key}'", "campaign = 'everyday'", "goods' entry, not as its receipt"),
    ("donation", "key = '{cash_key}'", "status = 'reversed'", "gift's status, donor's gifts, of the day"),
    ("donation", "key = '{part_key}'", "status = 'refunded'", "gift's status, donor's gifts, largest, of the day"),
    ("donation", "key = '{whole_key}'", "status = 'ok'", "gift's status, donor's gifts, of the day"),
    ("donation", "key = '{reversed_key}'", "status = 'ok'", "gift's status"),
    ("donation", "key = '{part_key}'", "refunded_fen = refunded_fen + 1", "refunded, receipt's amount"),
    ("donation", "key = '{bank_key}'", "refunded_fen = 1", "refunded, receipt's amount"),
    ("donation", "key = '{whole_key}'", "refunded_fen = 0", "not refunded, gift's status"),
    ("donation", "key = '{alone_key}'", "amount_fen = amount_fen + 1", "posted, receipt's amount"),
    ("donation", "key = '{bank_key}'", "fund = 'F-GEN'", "not as its receipt, posted, donors, donor's gifts"),
    ("donation", "key = '{agency_key}'", "amount_fen = amount_fen + 1", "posted, receipt's amount, of the day"),
    ("payment_number", "key = 'bank:B1'", "holder = '{part_key}'", "reference not kept"),
    ("payment_number", "key = 'bank:B1'", "kind = 'voucher'", "reference not kept, references"),
    ("payment_number", "key = 'bank:B1'", "key = 'bank:B2'", "reference not kept"),
    ("payment_number", "key = 'bank:B1'", "lines = 2", "references"),
    ("payment_number", "key = 'bank:B1'", "lines = 0", "reference not kept, references"),
    ("payment_number", "key = 'bank:B1'", "key = 'bank:B1 {bank_key}'", ""),  # as migration 0034 keeps a second one
    ("payment_number", "key = 'bank:B1'", "key = 'bank:B1 {part_key}'", "reference not kept"),
    ("payment_number", "key = 'bank:B1'", "-", "reference not kept, references"),
    ("payment_number", "(key, kind, holder, lines) VALUES ('bank:B2', 'gift', '{bank_key}', 1)", "+",
     "reference of none"),
    # refunds
    *(
        ("refund", "number = '{refund}'", change, f"refund{more}")
        for change, more in (
            ("amount_fen = amount_fen - 1", ", refunded"),
            ("approved_by = 'somebody'", ""),
            ("approved_by = NULL", ""),
            ("donation = '{cash_key}'", ", refunded, not refunded"),
            ("status = 'requested', seq = NULL", ", refunded, entry without refund"),
            ("seq = {cash_seq}", ", entry without refund"),
            ("seq = 99", ", entry without refund"),
            ("number = 'TK-2026-000009'", ""),
        )
    ),
    ("refund", "number = '{refund}'", "status = 'rejected', seq = NULL", "refunded, entry without refund"),
    ("refund", "number = '{rejected}'", "approved_by = NULL", "refund"),
    ("refund", "number = '{open}'", "approved_by = 'somebody'", "refund"),
    ("refund_of", "gift_seq = {part_seq}", "gift_seq = gift_seq + 1", "refund"),
    ("refund", "number = '{refund}'", "-", "refunded, entry without refund, refund numbers"),
    ("refund", "number = '{refund}'", "cause = 'outside'", "refund"),
    ("refund", "number = '{refund}'", "debit = '5301'", "refund"),
    ("refund", "number = '{refund}'", "debit = ''", "refund"),
    ("refund", "number = '{refund}'", "status = 'refunded'", "payment, owed"),
    *(
        ("refund", "number = '{paid}'", change, expected)
        for change, expected in (
            ("paid_by = 'somebody'", "payment"),
            ("paid_by = NULL", "payment"),
            ("paid_on = NULL", "payment"),
            ("paid_on = '2099-01-01'", "payment"),
            ("status = 'approved', paid_seq = NULL", "payment, entry pays"),
            ("paid_seq = NULL", "payment, owed, entry pays"),
            ("paid_seq = 99", "payment, owed, entry pays"),
        )
    ),
    # corrections
    *(
        ("gift_reversal", "donation = '{mistake_key}'", change, f"correction{more}")
        for change, more in (
            ("decided_by = 'somebody'", ""),
            ("decided_by = NULL", ""),
            ("donation = '{cash_key}'", ", gift's status"),
            ("seq = 99", ", entry corrects"),
            ("seq = {cash_seq}", ", entry corrects"),
            ("status = 'requested', seq = NULL", ", entry corrects"),
            ("number = 'GZ-2026-000009'", ""),
        )
    ),
    ("gift_reversal", "donation = '{mistake_key}'", "rebooked_as = '{cash_key}'", "rebooked"),
    ("gift_reversal", "donation = '{mistake_key}'", "rebooked_as = 'nothing'", "rebooked"),
    ("party", "key = same_as", "largest_fen = largest_fen + 1", "largest"),
    ("party", "key = same_as", "largest_fen = 0", "largest"),
    ("gift_reversal", "donation = '{mistake_key}'", "-", "entry corrects, correction numbers"),
    ("gift_reversal", "number = '{waiting}'", "decided_by = 'somebody'", "correction"),
    ("gift_reversal", "number = '{waiting}'", "status = 'approved', decided_by = 'somebody', seq = {cash_seq}, "
     "donation = '{mistake_key}'", "correction, corrected twice"),
    ("donation", "key = '{mistake_key}'", "status = 'ok'",
     "gift's status, reference not kept, references, donor's gifts, unit, of the day"),
    ("series", "name = 'gift_reversal'", "next = next + 1", "correction numbers"),
    ("series", "name = 'refund'", "next = next + 1", "refund numbers"),
    ("series", "name = 'refund'", "-", "refund numbers"),
    # pledges
    ("pledge", "code = '{pending}'", "received_fen = 1", "pledge"),
    ("pledge", "code = '{pending}'", "status = 'received'", "pledge"),
    ("pledge", "code = '{pending}'", "status = 'partial'", "pledge"),
    ("pledge", "code = '{pending}'", "status = 'cancelled'", ""),
    ("pledge", "code = '{partial}'", "received_fen = received_fen + 1", "pledge"),
    ("pledge", "code = '{partial}'", "status = 'received'", "pledge"),
    ("pledge", "code = '{partial}'", "status = 'pending'", "pledge"),
    ("pledge", "code = '{partial}'", "amount_fen = received_fen", "pledge"),
    ("pledge", "code = '{received}'", "status = 'partial'", "pledge"),
    ("pledge", "code = '{received}'", "received_fen = 15000, status = 'partial'", "pledge"),
    ("pledge", "code = '{over}'", "status = 'partial'", "pledge"),
    ("pledge", "code = '{partial}'", "campaign = 'everyday'", "not as its pledge"),
    ("pledge", "code = '{partial}'", "fund = 'F-EDU'", "not as its pledge"),
    ("pledge", "code = '{partial}'", "donor = 'somebody'", "not as its pledge"),
    ("pledge", "code = '{partial}'", "work_unit = NULL", "not as its pledge"),
    ("pledge", "code = '{received}'", "work_unit = 'LXU01'", "not as its pledge"),
    # what pages show
    ("unit_sum", "work_unit = 'LXU02'", "gifts = gifts + 1", "unit"),
    ("unit_sum", "work_unit = 'LXU02'", "donors = donors - 1", "unit"),
    ("unit_sum", "work_unit = 'LXU02'", "net_fen = net_fen + 1", "unit"),
    ("unit_sum", "work_unit = 'LXU02'", "campaign = 'everyday'", "unit"),
    ("unit_sum", "work_unit = 'LXU02'", "-", "unit"),
    ("campaign", "slug = 'draft-2027'", "archived_fen = 1, archived_gifts = 1", "archive"),
    ("campaign", "slug = 'draft-2027'", "status = 'archived', archived_gifts = 1", "archive"),
    ("campaign", "slug = 'draft-2027'", "status = 'archived', archived_fen = 1", "archive"),
    ("campaign", "slug = 'everyday'", "status = 'archived', archived_fen = 1, archived_gifts = 1", "archive"),
    ("campaign", "slug = 'one-day-2026'", "purpose = ''", "live without a fact"),
    ("campaign_fact", "campaign = 'one-day-2026' AND field = 'contact'", "-", "live without a fact"),
    ("campaign", "slug = 'everyday'", "purpose = ''", "live without a fact"),
    ("campaign_fact", "campaign = 'everyday' AND field = 'receiving'", "-", "live without a fact"),
    ("campaign_fact", "campaign = 'everyday' AND field = 'ways'", "value = ''", "live without a fact"),
    ("invitation", f"{_INVITATION} ('i', 'everyday', 'd', '2026-12-31', 's', '2026-11-01T00:00:00Z', NULL, NULL)", "+",
     "invitation"),
    ("invitation", f"{_INVITATION} ('i', 'invited', 'd', '2026-12-31', 's', '2026-11-01T00:00:00Z', "
     "'s', '2026-10-31T00:00:00Z')", "+", "invitation"),
    ("donor_sum", "fund = 'F-GEN'", "donors = donors + 1", "donors"),
    ("donor_sum", "fund = '*'", "donors = donors - 1", "donors"),
    ("donor_sum", "fund = 'F-GEN'", "-", "donors"),
    ("donation", "key = '{bank_key}'", "party = ''", "donor, donors, donor's gifts, of the day"),
    ("donation", "key = '{bank_key}'", "party = 'somebody'", "donor, donors, donor's gifts, largest, of the day"),
    ("party", "same_as = key AND marks LIKE '%F-GEN%'", "marks = '{{}}'", "donor's gifts"),
    ("party", "same_as = key AND marks LIKE '%F-GEN%'", "-", "donor, donor's gifts, largest"),
]  # fmt: skip


# The same of a roster of one person, 100.00, and of its unit's own 5.00.
ROSTER_FAULTS: list[tuple[str, str, str, str]] = [
    ("unit_roster", "people = 1", "people = 2", "roster"),
    ("unit_roster", "people = 1", "staff_fen = 10001, received_fen = 10501", "roster"),
    ("unit_roster", "people = 1", "received_on = '2026-01-01'", "roster"),
    ("unit_roster", "people = 1", "sheet = sheet + 1", "roster"),
    ("unit_roster_line", "n = 1", "counted = FALSE", "roster"),
    ("unit_roster_line", "n = 1", "donor = 'somebody'", "roster"),
    ("unit_roster_line", "n = 1", "amount_fen = 1", "roster"),
    ("unit_roster", "people = 1", "unit_fen = 501, received_fen = 10501", "unit's own"),
    ("unit_roster", "people = 1", "unit_donation = NULL", "unit's own"),
    ("receipt", "roster IS NOT NULL", "roster = 'another'", "not on the roster"),
]


def statement_of(books: Books, table: str, row: str, change: str) -> str:
    """How a fault is written."""
    where = row.format_map(books.names)
    if change == "+":
        return f"INSERT INTO {table} {where}"
    if change == "-":
        return f"DELETE FROM {table} WHERE {where}"
    return f"UPDATE {table} SET {change.format_map(books.names)} WHERE {where}"


# What is written, and every sentence of verify about it.
SENTENCES: list[tuple[str, str, str, list[str]]] = [
    ("receipt_line", "donation = '{cash_key}'", "-", [
        "收据 {cash_number} 没有对应的捐赠", "捐赠 {cash_key} 指向的收据不是它的有效收据",
        "捐赠 {cash_key} 金额 600 分，从未开过收据",
    ]),
    ("receipt", "code = '{first_receipt}'", "amount_fen = amount_fen + 1", [
        "收据 {first_number} 记 5001 分，所列各笔捐赠减退款后合计 5000 分",
    ]),
    ("receipt_item", "(number, n, name, measure, quantity, price_fen, evidence) "
     "VALUES ('{goods_number}', 2, '盐', '袋', 2, 100, 'market')", "+", [
        "收据 {goods_number} 记 7950 分，所列物资合计 8150 分",
    ]),
    ("donation", "key = '{part_key}'", "refunded_fen = 0", [
        "捐赠 {part_key} 未记已退，其退款合计却是 3000 分", "收据 {part_number} 记 47000 分，所列捐赠减退款后为 50000 分",
    ]),
    ("donation", "key = '{bank_key}'", "refunded_fen = 1", [
        "捐赠 {bank_key} 记已退 1 分，其退款合计 0 分", "收据 {bank_number} 记 9000 分，所列捐赠减退款后为 8999 分",
    ]),
    ("donation", "key = '{elsewhere_key}'", "seq = {cash_seq}", [
        "分录 #{cash_seq} 记入基金 F-GEN 600 分，其捐赠合计 630 分", "分录 #{elsewhere_seq} 是捐赠，却没有捐赠记录",
        "捐赠 {elsewhere_key}：各列与分录 #{cash_seq} 不符",
        "收据 {elsewhere_number} 与捐赠 {elsewhere_key} 的活动、基金、类别或分录不一致",
    ]),
    ("donation", "key = '{cash_key}'", "fund = 'F-EDU'", [
        "收据 {cash_number} 与捐赠 {cash_key} 的活动、基金、类别或分录不一致",
        "分录 #{cash_seq} 记入基金 F-EDU 0 分，其捐赠合计 600 分",
        "捐赠人 {party}（F-EDU）：记有捐赠 1 笔，捐赠记录中为 2 笔",
        "捐赠人 {party}（F-GEN）：记有捐赠 12 笔，捐赠记录中为 11 笔",
    ]),
    ("unit_sum", "work_unit = 'LXU02'", "gifts = gifts + 1", [
        "活动 one-day-2026、单位 LXU02：合计与捐赠相差 1 笔、0 人、0 分",
    ]),
    ("unit_sum", "work_unit = 'LXU02'", "net_fen = net_fen - 2, donors = donors + 3", [
        "活动 one-day-2026、单位 LXU02：合计与捐赠相差 0 笔、3 人、-2 分",
    ]),
    ("pledge", "code = '{received}'", "received_fen = 20001", [
        "认捐 {received} 的状态是 received，记已到账 20001 分，其捐赠合计 20000 分",
    ]),
    ("pledge", "code = '{over}'", "received_fen = 20002", [
        "认捐 {over} 的状态是 received，记已到账 20002 分，其捐赠合计 20001 分",
    ]),
    ("donor_sum", "fund = 'F-WC08'", "donors = 7", ["F-WC08：记有捐赠人 7 位，捐赠记录中为 1 位"]),
]  # fmt: skip


async def test_a_failure_says_what_differs_and_by_how_much(books: Books) -> None:
    party = await reading.value("SELECT party FROM donation WHERE key = $1", books.names["cash_key"])
    for table, row, change, sentences in SENTENCES:
        async with tampered(statement_of(books, table, row, change)):
            shown = sorted(failure.words for failure in await verify.run())
        assert shown == sorted(sentence.format_map({**books.names, "party": party}) for sentence in sentences)


async def test_each_fault_is_said_once_however_the_journal_is_cut(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "CHUNK", 1)
    await books.gift("last", 60)
    assert await verify.run() == []
    party = await reading.value("SELECT party FROM donation WHERE key = $1", books.names["last_key"])
    today_fen = await reading.value(
        "SELECT SUM(amount_fen) FROM donation WHERE party = $1 AND channel = 'cash' AND status = 'ok'", party
    )
    async with tampered(
        "UPDATE donation SET amount_fen = amount_fen + 1 WHERE key = '{last_key}'".format_map(books.names)
    ):
        shown = [failure.words for failure in await verify.run()]
    last = books.names["last_seq"]
    assert shown == [
        "收据 {last_number} 记 60 分，所列捐赠减退款后为 61 分".format_map(books.names),
        f"分录 #{last} 记入基金 F-GEN 60 分，其捐赠合计 61 分",
        f"捐赠人 {party}：记当日由 cash 到账 {today_fen} 分，捐赠记录中为 {today_fen + 1} 分",
    ]


async def test_two_givers_on_one_receipt_are_of_one_work_unit(house: Cast) -> None:
    books = Books(house)
    for name, unit in (("first", "LXU02"), ("second", None)):
        await books.gift(name, 100, work_unit=unit)
    assert await broken() == set()
    line = "(number, donation) VALUES ('{first_number}', '{second_key}')"
    async with tampered(statement_of(books, "receipt_line", line, "+")):
        assert "several givers" in await broken()


async def test_a_fault_of_a_settled_roster_is_named(house: Cast) -> None:
    books = Books(house)
    key, _ = await roster_filled(house)
    row = await unit_rosters.get(key, by=house.cashier)
    await unit_rosters.own_gift(
        key, unit_fen=500, expected_people=None, expected_fen=None, version=row.version, by=house.cashier
    )

    async def shown() -> str:
        return unit_rosters.locked_content(await unit_rosters.get(key, by=house.cashier)).hash

    await unit_rosters.lock(key, content_hash=await shown(), by=house.cashier)
    await settling.settle(
        key, received_on=today(), received_fen=10_500, channel_ref="B9", content_hash=await shown(), by=house.cashier
    )
    assert await broken() == set()
    wrong = []
    for table, where, change, expected in ROSTER_FAULTS:
        async with tampered(statement_of(books, table, where, change)):
            if (named := await broken()) != set(expected.split(", ")):
                wrong.append((table, change, sorted(named)))
    assert wrong == []


async def test_a_fault_is_named_by_the_rules_that_it_breaks_and_by_no_others(books: Books) -> None:
    wrong, seen = list[tuple[str, ...]](), set[str]()
    for table, row, change, expected in FAULTS:
        names = set(filter(None, expected.split(", ")))
        if engine.state().postgres and names <= seen:
            continue  # a second way to break a rule: the same words of SQL, and seven times as slow
        seen |= names
        async with tampered(statement_of(books, table, row, change)):
            if (named := await broken()) != names:
                wrong.append((table, row, change, ", ".join(sorted(named))))
    assert wrong == []
    assert await broken() == set()
