"""What the intake screen shows: a basket in, the context of its template out. No HTTP here."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from charity import clock, money
from charity.errors import FieldError, Refusal, unreadable
from charity.goods import items, rules, scanning, slips
from charity.goods.intake import forms
from charity.goods.intake.lines import IntakeLine
from charity.goods.intake.lots import Evidence
from charity.goods.items import Item
from charity.goods.limits import EVIDENCE_WORDS
from charity.goods.scanning import Basket, Row
from charity.ledger import funds
from charity.office import privacy
from charity.people.forms import NAMELESS, DonorForm
from charity.people.persons import Donor
from charity.roles import Actor
from charity.web.choices import choices
from charity.web.forms import read
from charity.web.messages import AMOUNTS

HEADER = (
    "source", "donor_kind", "donor_name", "rare", "donor_phone", "fund", "voucher",
    "notice", "public_name", "public_amount",
)  # fmt: skip
NEW_ITEM = ("new_barcode", "name", "measure", "category", "points", "shelf_life_days", "fair_value_yuan")


async def done(number: str, *, by: Actor) -> dict[str, Any] | None:
    """What was just taken in, for the next screen; None when there is no such slip."""
    slip = await slips.find(number, by=by)
    if slip is None:
        return None
    intake = slip.intake or {}
    return {
        "number": slip.number,
        "pieces": slip.pieces,
        "receipt": intake.get("receipt_number"),
        "receipt_code": intake.get("receipt_code"),
    }


async def scanned(basket: Basket) -> tuple[Basket, str]:
    """The basket after a scan, and the barcode that is not registered yet ("" when it is)."""
    if not basket.scanned:
        return basket, ""
    for scan in scanning.read_scan(basket.scanned):
        if scan.kind == "command":
            return replace(basket, pressed=scan.code), ""
        if scan.kind != "item":
            raise rules.LOT_AT_INTAKE() if scan.kind == "lot" else rules.CARD_AT_INTAKE()
        item = (await items.known([scan.code])).get(scan.code)
        if item is None:
            return basket, scan.code
        basket = basket.with_code(scan.code, scan.quantity, expires_on=expiry_of(item))
    return basket, ""


def expiry_of(item: Item) -> str:
    """The usual last good day of goods made today; "" when they do not expire."""
    days = item.shelf_life_days
    return (clock.today() + timedelta(days=days)).isoformat() if days else ""


def lines(basket: Basket) -> list[IntakeLine]:
    """The rows as the intake takes them; refuses everything that cannot be read, all at once."""
    readable: list[IntakeLine] = []
    wrong: list[FieldError] = []
    bought = basket.header.get("source") == "purchase"
    for n, row in enumerate(basket.rows):
        if row.quantity < 1:
            wrong.append(FieldError(f"quantity.{n}", rules.COUNT_UNREADABLE.words))
        if row.evidence and row.evidence not in EVIDENCE_WORDS:
            wrong.append(FieldError(f"evidence.{n}", "没有这个选项"))
            continue
        evidence: Evidence = row.evidence or "none"  # type: ignore[assignment]  # one of EVIDENCE_WORDS
        if bought and evidence == "none":
            evidence = "invoice"
        if row.value and evidence == "none":
            wrong.append(FieldError(f"evidence.{n}", rules.EVIDENCE_MISSING.words))
        try:
            expires_on = forms.day(row.expires_on, f"expires_on.{n}")
            total = _amount(row.value, f"value.{n}") if evidence != "none" else None
        except Refusal as refusal:
            wrong += refusal.fields
            continue
        readable.append(IntakeLine(row.code, row.quantity, expires_on, total_value_fen=total, evidence=evidence))
    if not basket.rows:
        wrong.append(FieldError("scan", rules.BASKET_EMPTY.words))
    if wrong:
        raise unreadable(*wrong)
    return readable


def _amount(text: str, field: str) -> int | None:
    if not text:
        return None
    try:
        return money.typed_yuan(text)
    except money.AmountUnreadable as error:
        raise unreadable(FieldError(field, AMOUNTS[error.reason])) from None


def donor_of(basket: Basket) -> Donor | None:
    """Who brought it; None for bought goods."""
    if basket.header.get("source") == "purchase":
        return None
    kind = basket.header.get("donor_kind") or "anonymous"
    if kind not in {"person", "organisation", "anonymous"}:
        kind = "anonymous"
    if kind == "anonymous" and basket.header.get("public_name"):
        raise unreadable(FieldError("public_name", NAMELESS))
    name, phone = basket.header.get("donor_name", ""), basket.header.get("donor_phone", "")
    typed: dict[str, str | list[str]] = {"kind": kind, "name": name, "phone": phone}
    typed["notice"] = basket.header.get("notice", "")
    try:
        return read(DonorForm, typed | ({"rare": "1"} if basket.header.get("rare") == "1" else {})).donor()
    except Refusal as refusal:
        raise unreadable(
            *(FieldError(_OF_DONOR.get(e.field, "donor_name"), e.message) for e in refusal.fields)
        ) from None


_OF_DONOR = {"phone": "donor_phone", "notice": "notice", "rare": "rare"}


async def show(
    basket: Basket,
    *,
    unknown: str = "",
    new: dict[str, str] | None = None,
    scan_error: str = "",
    errors: Sequence[dict[str, str]] = (),
) -> dict[str, Any]:
    """The context of the intake screen. `errors` are in the reader's language already: {field, message}."""
    known = await items.known(row.code for row in basket.rows)
    return {
        "basket": basket,
        "header": {"source": "gift", "donor_kind": "anonymous", **{k: v for k, v in basket.header.items() if v}},
        "lines": [_in_line(n, row, known.get(row.code)) for n, row in enumerate(basket.rows)],
        "unknown": unknown,
        "new": new or {},
        "funds": choices(await funds.labels()),
        "notice": (await privacy.current()).version,
        "evidence": choices(EVIDENCE_WORDS),
        "scan_error": scan_error,
        "errors": list(errors),
        "screen": "refused" if scan_error or errors else "none",
        "screen_words": scan_error or (errors[0]["message"] if errors else ""),
        "pieces": sum(row.quantity for row in basket.rows),
    }


def _in_line(n: int, row: Row, item: Item | None) -> dict[str, Any]:
    return {
        "id": str(n),
        "name": item.name if item else row.code,
        "measure": item.measure if item else "",
        "code": row.code,
        "quantity": row.quantity or "",
        "expires_on": row.expires_on,
        "expires": item is not None and item.shelf_life_days is not None,
        "value": row.value,
        "evidence": row.evidence or "none",
    }


# The verb names lines as the API does; the screen's fields carry the line's number at the end.
_FIELD = {"barcode": "code", "expires_on": "expires_on", "unit_value_fen": "value", "quantity": "quantity"}


def screen_field(field: str) -> str:
    """`lines.2.expires_on` as the intake screen names it: `expires_on.2`."""
    parts = field.split(".")
    if len(parts) == 3 and parts[0] == "lines":  # noqa: PLR2004 - lines, number, field
        return f"{_FIELD.get(parts[2], parts[2])}.{parts[1]}"
    return field
