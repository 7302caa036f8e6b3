"""What the pages of vouchers show: the context of their templates, in the reader's language."""

from collections.abc import Sequence
from typing import Any

from charity import addresses, clock, words
from charity.aid import changes, payees, recipients
from charity.aid.content import PURPOSE_WORDS, used_for
from charity.aid.models import PayeeKind
from charity.aid.payees import KIND_WORDS
from charity.aid.status import STATUS_WORDS, UNPAID, status_word
from charity.aid.vouchers import readers
from charity.aid.vouchers.readers import Decision, VoucherView
from charity.aid.vouchers.verbs import APPROVALS_NEEDED
from charity.money import capitals, yuan_sign
from charity.people.masking import Reader
from charity.printing.vouchers import NATURES, TITLES
from charity.roles import Actor
from charity.web import confirming
from charity.web.formats import day_words

PURPOSE_HINTS = {
    "aid": "付给受助的人、机构，或采购要发放的物资。",
    "administration": "办公、房租、审计等自己的开支，只能用总会统筹资金（非限定性）。",
    "fundraising": "宣传、募捐活动、手续费等筹资的开支。",
}
DECISION_WORDS = {"approve": "同意", "return": "退回经办人", "reject": "驳回", "edit": "修改内容", "cancel": "取消"}
DECISION_TONES = {"approve": "good", "return": "wait", "reject": "bad", "edit": "info", "cancel": "none"}
# The pages that ask once more: title, consequence, words of the button, and whether it is a danger.
CONFIRM = {
    "return": ("退回 {number}", "退回后，已有的审批作废；经办人修改后要重新审批。", "退回经办人", False),
    "reject": ("驳回 {number}", "驳回后，这张单就此结束，不能再修改或付款。", "驳回这张单", True),
    "cancel": ("取消 {number}", "取消后，这张单就此结束，不能再修改或付款。", "取消这张单", True),
}


def purposes() -> list[dict[str, str]]:
    """What the money can be for, to choose from."""
    return [
        {"value": purpose, "label": words.say(text), "hint": words.say(PURPOSE_HINTS[purpose])}
        for purpose, text in PURPOSE_WORDS.items()
    ]


async def page(rows: Sequence[dict[str, Any]], names: dict[str, str], by: Actor) -> dict[str, Any]:
    """The list page; `names` are those of funds and programmes by code."""
    paid = await payees.institutions_named(rows, by=by)
    statuses = [{"value": "", "label": words.say("全部")}, {"value": readers.OPEN_FILTER, "label": words.say("待审批")}]
    return {
        "rows": [_line(row, names, paid) for row in rows],
        "purposes": [{"value": "", "label": words.say("全部")}, *purposes()],
        "statuses": statuses + [{"value": code, "label": words.say(text)} for code, text in STATUS_WORDS.items()],
    }


def _line(row: dict[str, Any], names: dict[str, str], paid: dict[str, str]) -> dict[str, Any]:
    return {
        "href": addresses.of("voucher", row["number"]),
        "number": row["number"],
        "made_on": clock.business_date(row["made_at"]).isoformat(),
        "programme": used_for(row["purpose"], names.get(row["programme"], "")),
        "fund": names[row["fund"]],
        "payee": payees.in_words(row, paid),
        "amount": row["amount_fen"],
        "recipients": recipients.helped(row["recipients"], listed=row["listed"]),
        "status": state(row),
        "approvals": f"{readers.count_of(row)}/{APPROVALS_NEEDED}",
        "paid_on": row["paid_on"],
    }


def state(row: dict[str, Any]) -> dict[str, str]:
    """The status as a word; a draft that came back says so."""
    word = status_word(row["status"])
    if row["returned_at"]:
        return {**word, "label": words.say("已退回"), "tone": "wait"}
    if row["status"] == "draft" and row["changed_at"] != row["made_at"]:
        return {**word, "label": words.say("已修改"), "tone": "wait"}
    return word


async def show(shown: VoucherView, by: Actor) -> dict[str, Any]:
    """The page of one voucher."""
    row, every = shown.row, [change for decision in shown.decisions for change in decision.changes]
    named = await payees.institutions_named(changes.paid(every), by=by)
    use, source, payee, account, amount, spelled, *rest = facts(shown, by)
    returned = next((d for d in reversed(shown.decisions) if d.decision == "return"), None)
    return {
        "number": shown.number,
        "title": words.say(TITLES[row["purpose"]]),
        "state": state(row),
        "facts": [
            amount | {"note": spelled["value"]},
            payee,
            use,
            source,
            *_free(shown),
            account,
            *rest,
            _agreed(shown),
        ],
        "changed": changes.in_words(shown.changes_for(by), named),
        "listed": recipients.shown(shown.listed),
        "content_hash": row["content_hash"],
        "carried": carried(shown, by),
        "steps": steps(shown),
        "history": [_event(d, named) for d in reversed(shown.decisions)],
        "can": readers.may(shown, by),
        "waits": waits(shown, by),
        "returned": returned.reason if returned and row["returned_at"] else "",
        "short": shown.status in {"draft", "approving", "approved"} and shown.available_fen < row["amount_fen"],
        "available_fen": shown.available_fen,
        "payment": _payment(shown, by),
        "advanced": row["payee_kind"] == PayeeKind.BRANCH and not shown.is_cost and row["paid_on"] is not None,
    }


def confirmed(shown: VoucherView, by: Actor) -> list[dict[str, Any]]:
    """What whoever decides or pays confirms: the facts, who is listed, and how far the voucher is."""
    codes = words.listed(one.short_code for one in shown.listed)
    names = [{"term": words.say("受益名单"), "value": codes}] if codes else []
    return [*facts(shown, by), *names, {"term": words.say("状态"), "value": state(shown.row), "kind": "status"}]


def carried(shown: VoucherView, by: Actor) -> dict[str, str]:
    """The hidden fields of a form that confirms the voucher."""
    return confirming.carried(shown.row["content_hash"], confirmed(shown, by))


def facts(shown: VoucherView, by: Actor, account: str | None = None) -> list[dict[str, Any]]:
    """What exactly is approved, in the order of the printed voucher; `account` stands in for the masked one."""
    row, payee = shown.row, shown.payee
    restricted = words.say(NATURES[shown.fund_kind])
    use = {"term": words.say("慈善项目"), "value": f"{row['programme']} {shown.programme}"}
    if shown.is_cost:
        use = {"term": words.say("用途"), "value": words.say(PURPOSE_WORDS[row["purpose"]])}
    return [
        use,
        {"term": words.say("资金来源"), "value": f"{row['fund']} {shown.fund}", "note": restricted},
        {
            "term": words.say("收款方"),
            "value": payee.name_for(payees.reader(by)) or words.say("（姓名已删除）"),
            "note": f"{words.say(KIND_WORDS[payee.kind])} {payees.short_code(payee)}",
        },
        {
            "term": words.say("账号"),
            "value": payee.account_for(Reader.STAFF) if account is None else account,
            "kind": "code",
        },
        {"term": words.say("金额（小写）"), "value": row["amount_fen"], "kind": "yuan"},
        {"term": words.say("金额（大写）"), "value": capitals(row["amount_fen"])},
        *([] if shown.is_cost else [_helped(shown)]),
        {"term": words.say("经办人"), "value": shown.maker},
        {"term": words.say("事由"), "value": shown.reason},
    ]


def _agreed(shown: VoucherView) -> dict[str, Any]:
    """Who approved exactly this, and when."""
    names = [f"{one.name} {day_words(one.at)}" for one in shown.approvals]
    return {"term": words.say("已同意"), "value": words.listed(names) or words.say("还没有人")}


def _free(shown: VoucherView) -> list[dict[str, Any]]:
    """What the fund and its plan can still pay, and what this voucher leaves; nothing once it is paid or given up."""
    if shown.status not in UNPAID:
        return []
    left = yuan_sign(shown.available_fen - shown.row["amount_fen"])
    free: list[dict[str, Any]] = [
        {
            "term": words.say("基金现在可用"),
            "value": shown.available_fen,
            "kind": "yuan",
            "note": words.say("付款后余 {amount}", amount=left),
        }
    ]
    if shown.plan_free_fen is not None:
        free.append({"term": words.say("方案还余"), "value": shown.plan_free_fen, "kind": "yuan"})
    return free


def _helped(shown: VoucherView) -> dict[str, Any]:
    """How many are helped, and whether they are listed."""
    count = recipients.helped(shown.row["recipients"], listed=bool(shown.listed))
    note = words.say("有名单") if shown.listed else words.say("没有名单，只计人次")
    if shown.row["payee_kind"] == PayeeKind.BRANCH:
        return {"term": words.say("受益"), "value": words.say("以分会花名册为准")}
    return {"term": words.say("受益"), "value": count, "note": note if count else ""}


def steps(shown: VoucherView) -> list[dict[str, Any]]:
    """The way of the voucher: made, approved twice, paid; or where it stopped."""
    row, approved = shown.row, shown.approvals
    way: list[dict[str, Any]] = [
        {"label": words.say("制单"), "state": "done", "who": shown.maker, "at": row["made_at"]}
    ]
    for n in range(APPROVALS_NEEDED):
        label = words.say("审批（第 {n} 位）", n=n + 1)
        if n < len(approved):
            way.append({"label": label, "state": "done", "who": approved[n].name, "at": approved[n].at})
        else:
            way.append({"label": label, "state": "current" if n == len(approved) else "todo"})
    if shown.status in {"rejected", "cancelled"}:
        last = next(d for d in reversed(shown.decisions) if d.decision in {"reject", "cancel"})
        stop = {"label": words.say(STATUS_WORDS[shown.status]), "state": "stopped", "who": last.name, "at": last.at}
        return [*(step for step in way if step["state"] == "done"), stop]
    if row["paid_on"]:
        way.append({"label": words.say("付款"), "state": "done", "who": shown.payer, "on": row["paid_on"]})
    else:
        way.append({"label": words.say("付款"), "state": "current" if shown.status == "approved" else "todo"})
    return way


def waits(shown: VoucherView, by: Actor) -> str:
    """One sentence: what the voucher waits for, or why this reader has no button; "" when it is closed."""
    if shown.status in {"draft", "approving"}:
        return _waits_for_approval(shown, by)
    if shown.status != "approved":
        return ""
    if by.may("voucher.pay") and by.key in {shown.row["maker"], *shown.approvers}:
        return words.say("已经批准。您经办或审批过这张单，要由另一位出纳付款。")
    return words.say("已经批准，等出纳付款。")


def _waits_for_approval(shown: VoucherView, by: Actor) -> str:
    mine, returned = shown.row["maker"] == by.key, bool(shown.row["returned_at"])
    missing = APPROVALS_NEEDED - len(shown.approvals)
    if returned:
        return words.say("请修改后保存，审批人会再看。") if mine else words.say("已退回，等经办人修改后再审批。")
    if mine:
        return words.say("还需要 {count} 位审批人同意。您是经办人，不能审批。", count=missing)
    if by.key in shown.approvers:
        return words.say("您已经同意，还需要另一位审批人。")
    return words.say("还需要 {count} 位审批人同意。", count=missing)


def _payment(shown: VoucherView, by: Actor) -> list[dict[str, Any]]:
    row = shown.row
    if not row["paid_on"]:
        return []
    journal = addresses.shown_to(by, "journal_voucher", shown.journal)
    return [
        {"term": words.say("付款日期"), "value": row["paid_on"], "kind": "date"},
        {"term": words.say("出纳"), "value": shown.payer},
        {"term": words.say("付款账户"), "value": shown.paid_from},
        {"term": words.say("银行回单号"), "value": row["channel_ref"], "kind": "code"},
        {"term": words.say("记账凭证"), "value": shown.entry, "kind": "code", "href": journal},
    ]


def _event(decision: Decision, named: dict[str, str]) -> dict[str, Any]:
    text = words.say(DECISION_WORDS[decision.decision])
    if not decision.in_force:
        text = words.say("{decision}（因内容变更或退回已失效）", decision=text)
    note = decision.reason or "；".join(changes.in_words(decision.changes, named))
    tone = DECISION_TONES[decision.decision] if decision.in_force else "none"
    return {"text": text, "at": decision.at, "who": decision.name, "note": note, "tone": tone}


def confirm(shown: VoucherView, decision: str, by: Actor) -> dict[str, Any]:
    """The page that asks once more."""
    title, consequence, label, danger = CONFIRM[decision]
    return {
        "title": words.say(title, number=shown.number),
        "consequence": words.say(consequence),
        "label": words.say(label),
        "danger": danger,
        "action": f"/vouchers/{shown.number}/{decision}",
        "number": shown.number,
        "facts": facts(shown, by),
        "carried": carried(shown, by),
    }
