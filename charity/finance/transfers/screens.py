"""What the pages of transfers show, with words in the reader's language."""

from collections.abc import Sequence
from typing import Any

from charity import addresses, clock, words
from charity.errors import Refusal
from charity.finance.models import TransferKind
from charity.finance.transfers import readers, verbs
from charity.finance.transfers.readers import TransferView
from charity.finance.transfers.verbs import CHARTS, KIND_WORDS, Transfer
from charity.ledger import accounts as acc
from charity.ledger import funds, journal_vouchers, places
from charity.ledger.places import Place
from charity.money import yuan
from charity.office import staff
from charity.web import forms, pages

_FIELD_NAMES = {"from": "source", "to": "target", "fee_fen": "fee_yuan", "lines": "amount.0"}


def errors(refusal: Refusal | None) -> list[dict[str, str]]:
    """The refusal in the names of our form's fields."""
    listed = pages.errors(refusal) if refusal else []
    return [{**error, "field": _FIELD_NAMES.get(error["field"], error["field"])} for error in listed]


async def choose() -> dict[str, Any]:
    """Where money lies now: what the cashier chooses the source from."""
    held, labels = await readers.held_by_place(), await places.labels()
    rows = [
        {"place": labels.get(code, code), "href": f"/transfers/new?source={code}", "funds": len(fund), "fen": total}
        for code, fund in held.items()
        for total in [sum(fund.values())]
    ]
    return {"rows": rows}


async def fill(source: Place, values: forms.Data) -> dict[str, Any]:
    """The form for money that leaves one place: a line for each fund that has money there."""
    held, names = (await readers.held_by_place()).get(source.code, {}), await funds.labels()
    typed = {forms.text(values, f"fund.{n}"): forms.text(values, f"amount.{n}") for n in range(verbs.FUNDS_MAX)}
    if forms.text(values, "all"):
        own = {row.code for row in await funds.every() if row.kind != "agency"}
        typed = {fund: yuan(fen) for fund, fen in held.items() if fund in own} | {k: v for k, v in typed.items() if v}
    charts = [target for start, target in CHARTS if start == source.chart]
    targets = [{"value": p.code, "label": p.shown} for p in await places.every(charts) if p.code != source.code]
    return {
        "source": source,
        "targets": targets,
        "settles": source.chart == acc.OTHER_MONEY,
        "lines": [
            {"n": n, "fund": fund, "label": names.get(fund, fund), "held": fen, "value": typed.get(fund, "")}
            for n, (fund, fen) in enumerate(held.items())
        ],
        "values": {
            "target": forms.text(values, "target") or (targets[0]["value"] if len(targets) == 1 else ""),
            "on": forms.text(values, "on") or clock.today().isoformat(),
            "channel_ref": forms.text(values, "channel_ref"),
            "fee_yuan": forms.text(values, "fee_yuan"),
        },
    }


async def review(transfer: Transfer, data: forms.Data) -> dict[str, Any]:
    """What will be booked, with what each fund has at the source before and after, and its hash."""
    held, names = (await readers.held_by_place()).get(transfer.source.code, {}), await funds.labels()
    kept = [name for name in data if name.startswith(("fund.", "amount."))]
    return {
        "facts": _facts(transfer),
        "lines": [
            {"fund": names.get(fund, fund), "held": held.get(fund, 0), "moved": fen, "left": held.get(fund, 0) - fen}
            for fund, fen in transfer.lines
        ],
        "total": transfer.amount_fen,
        "values": {name: forms.text(data, name) for name in ("source", "target", "on", "channel_ref", "fee_yuan")},
        "amounts": {name: forms.text(data, name) for name in kept},
        "content_hash": verbs.shown(transfer, held).hash,
    }


def _facts(transfer: Transfer) -> list[dict[str, Any]]:
    say = words.say
    facts: list[dict[str, Any]] = [
        {"term": say("种类"), "value": say(KIND_WORDS[transfer.kind])},
        {"term": say("办理日期"), "value": transfer.on, "kind": "date"},
        {"term": say("转出"), "value": transfer.source.shown, "note": transfer.source.code},
        {"term": say("转入"), "value": transfer.target.shown, "note": transfer.target.code},
        {"term": say("银行回单号"), "value": transfer.channel_ref, "kind": "code"},
        {"term": say("划转金额"), "value": transfer.amount_fen, "kind": "yuan"},
    ]
    return [*facts, *_fee(transfer.amount_fen, transfer.fee_fen)]


def _account(code: str, labels: dict[str, str], names: dict[str, str]) -> dict[str, str]:
    """An account as the names of its chart, place and fund, its code below them."""
    fund = acc.fund(code)
    return {"value": f"{places.account_name(code, labels)} · {names.get(fund, fund)}", "note": code}


def _fee(amount_fen: int, fee_fen: int) -> list[dict[str, Any]]:
    """What a platform kept, and what came to the bank; nothing where it kept nothing."""
    if not fee_fen:
        return []
    note = words.say("记筹资费用，由总会统筹资金（非限定性）承担")
    return [
        {"term": words.say("平台手续费"), "value": fee_fen, "kind": "yuan", "note": note},
        {"term": words.say("实际到账"), "value": amount_fen - fee_fen, "kind": "yuan"},
    ]


def listed(rows: Sequence[dict[str, Any]], labels: dict[str, str]) -> list[dict[str, Any]]:
    """The lines of the list."""
    return [
        {
            "href": addresses.of("transfer", row["number"]),
            "number": row["number"],
            "kind": words.say(KIND_WORDS[row["kind"]]),
            "on": row["on_day"],
            "source": labels.get(row["source"], row["source"]),
            "target": labels.get(row["target"], row["target"]),
            "fee": row["fee_fen"] or None,
            "status": _state(row),
            "amount": row["amount_fen"],
        }
        for row in rows
    ]


def _state(row: Any) -> dict[str, str]:
    if row["reversal_seq"] is not None:
        return {"code": "reversed", "label": words.say("已冲销"), "tone": "bad"}
    return {"code": "posted", "label": words.say("有效"), "tone": "good"}


async def show(view: TransferView) -> dict[str, Any]:
    """One slip with its entry."""
    row, say = view.row, words.say
    labels, names = await places.labels(), await funds.labels()
    fund_names = await funds.names()
    people = await staff.names({row["maker"], row["reversed_by"] or ""} - {""})
    facts: list[dict[str, Any]] = [
        {"term": say("种类"), "value": say(KIND_WORDS[TransferKind(row["kind"])])},
        {"term": say("办理日期"), "value": row["on_day"], "kind": "date"},
        {"term": say("转出"), "value": labels.get(row["source"], row["source"]), "note": row["source"]},
        {"term": say("转入"), "value": labels.get(row["target"], row["target"]), "note": row["target"]},
        {"term": say("银行回单号"), "value": row["channel_ref"], "kind": "code"},
        {"term": say("划转金额"), "value": row["amount_fen"], "kind": "yuan"},
        {"term": say("出纳"), "value": people.get(row["maker"], "")},
        {"term": say("登记时间"), "value": row["made_at"], "kind": "instant"},
        *_fee(row["amount_fen"], row["fee_fen"]),
    ]
    if row["reversal_seq"] is not None:
        facts += [
            {"term": say("冲销"), "value": people.get(row["reversed_by"] or "", ""), "note": view.reason},
            {"term": say("冲销时间"), "value": row["reversed_at"], "kind": "instant"},
        ]
    return {
        "number": row["number"],
        "state": _state(row),
        "reversible": row["reversal_seq"] is None,
        "facts": facts,
        "lines": [{"fund": names.get(fund, fund), "moved": fen} for fund, fen in view.lines],
        "total": row["amount_fen"],
        "entry": await journal_vouchers.shown_of(row["seq"]),
        "seq": row["seq"],
        "postings": [
            {
                "account": _account(posting["account"], labels, fund_names),
                "debit": max(posting["quantity"], 0) or None,
                "credit": max(-posting["quantity"], 0) or None,
            }
            for posting in view.entry["postings"]
        ],
    }
