"""What the intake screen shows: a basket in, the context of its template out. No HTTP here."""

from collections.abc import Mapping, Sequence
from typing import Any

from charity import clock, money, words
from charity.errors import FieldError, Refusal, unreadable
from charity.goods import items, rules, slips
from charity.goods.intake import forms
from charity.goods.intake.lines import IntakeLine, faults
from charity.goods.intake.lots import Evidence
from charity.goods.items import Item
from charity.goods.limits import EVIDENCE_WORDS, SCANS_MAX
from charity.goods.scanning import Basket, Row
from charity.ledger import funds
from charity.office import privacy
from charity.people.forms import NAMELESS, DonorForm
from charity.people.persons import Donor
from charity.roles import Actor
from charity.web.choices import choices
from charity.web.forms import read

HEADER = (
    "source", "donor_kind", "donor_name", "rare", "donor_phone", "fund", "voucher",
    "notice", "public_name", "public_amount",
)  # fmt: skip
NEW_ITEM = ("name", "measure", "category", "points", "shelf_life_days", "fair_value_yuan")
NEW = ("new_barcode", "new_quantity", "new_expires", *NEW_ITEM)
"""What the form of a new item carries: its barcode, how many were scanned, until when the code says they are good."""
KEEPS = (
    "idem code quantity history expires_on expires_read expires_checked evidence per value value_checked "
    "new_barcode new_quantity new_expires"
)
"""The fields that the device keeps of an intake: codes and figures, never who gave."""
PER_WORDS = {"unit": "单价（每件）", "total": "总价（全部）"}


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


async def lines(basket: Basket) -> list[IntakeLine]:
    """The rows as the intake takes them; refuses all at once what cannot be read and what is asked about."""
    readable: list[IntakeLine] = []
    wrong: list[FieldError] = []
    source = "purchase" if basket.header.get("source") == "purchase" else "gift"
    known = await items.known(row.code for row in basket.rows)
    for n, row in enumerate(basket.rows):
        if row.expires_read and row.expires_read == row.expires_on != row.expires_checked:
            wrong.append(rules.at(f"expires_checked.{n}", rules.EXPIRY_READ, on=row.expires_on))
        try:
            line = _line(n, row)
        except Refusal as refusal:
            wrong += refusal.fields
            continue
        readable.append(line)
        wrong += [error for error, _ in faults(n, line, known.get(line.barcode), source, clock.today())]
    if not basket.rows:
        wrong.append(FieldError("scan", rules.BASKET_EMPTY.words))
    if wrong:
        raise unreadable(*wrong)
    return readable


def _line(n: int, row: Row) -> IntakeLine:
    """One row; refuses with everything in it that cannot be read."""
    wrong: list[FieldError] = []
    expires_on = value = None
    if row.quantity < 1:
        wrong.append(FieldError(f"quantity.{n}", rules.COUNT_UNREADABLE.words))
    if row.evidence and row.evidence not in EVIDENCE_WORDS:
        raise unreadable(*wrong, FieldError(f"evidence.{n}", "没有这个选项"))
    evidence: Evidence = row.evidence or "none"  # type: ignore[assignment]  # one of EVIDENCE_WORDS
    try:
        expires_on = forms.day(row.expires_on, f"expires_on.{n}")
    except Refusal as refusal:
        wrong += refusal.fields
    try:
        value = _value(n, row) if row.value else None
    except Refusal as refusal:
        wrong += refusal.fields
    if wrong:
        raise unreadable(*wrong)
    return IntakeLine(
        row.code,
        row.quantity,
        expires_on,
        unit_value_fen=value if row.per == "unit" else None,
        total_value_fen=value if row.per == "total" else None,
        evidence=evidence,
        expires_checked=bool(row.expires_checked) and row.expires_checked == row.expires_on,
        value_checked=bool(row.value_checked) and row.value_checked == judged(row),
    )


def _value(n: int, row: Row) -> int:
    """A typed value, fen; refused where nobody says whether it is of a piece or of all."""
    if row.per not in PER_WORDS:
        raise unreadable(FieldError(f"per.{n}", rules.PER_MISSING.words))
    return forms.yuan(row.value, f"value.{n}")


def judged(row: Row) -> str:
    """What of a line is looked at again when its value is: a tick counts for this and nothing else."""
    return f"{row.value} {row.per} {row.quantity}"


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
    basket: Basket, *, new: Mapping[str, str], errors: Sequence[dict[str, str]] = (), newest: str = ""
) -> dict[str, Any]:
    """The context of the intake screen. `errors` are in the reader's language already: {field, message}."""
    known = await items.known(row.code for row in basket.rows)
    by_line = {error["field"].rpartition(".")[2] for error in errors}
    bought = basket.header.get("source") == "purchase"
    listed = [_in_line(n, row, known.get(row.code), bought=bought) for n, row in enumerate(basket.rows)]
    last = max((n for n, row in enumerate(basket.rows) if row.code == newest), default=None)
    return {
        "basket": basket,
        "header": {"source": "gift", "donor_kind": "anonymous", **{k: v for k, v in basket.header.items() if v}},
        # The newest stands first, where the eye is; the fields keep the number of the line.
        "lines": [line | {"new": n == last, "wrong": str(n) in by_line} for n, line in reversed([*enumerate(listed)])],
        "unknown": new.get("new_barcode", ""),
        "new": new,
        "funds": choices(await funds.labels()),
        "notice": (await privacy.current()).version,
        "evidence": choices(EVIDENCE_WORDS),
        "errors": list(errors),
        "summary": [_named(error, listed) for error in errors],
        "pieces": basket.pieces,
        "scans_most": SCANS_MAX,
        "keeps": KEEPS,
    }


def _named(error: dict[str, str], listed: Sequence[dict[str, Any]]) -> dict[str, str]:
    """An error away from its line: it says which item it is about."""
    name = next((line["name"] for line in listed if line["id"] == error["field"].rpartition(".")[2]), "")
    reason = error["message"]
    return error if name in reason else error | {"message": words.say("{name}：{reason}", name=name, reason=reason)}


def _in_line(n: int, row: Row, item: Item | None, *, bought: bool) -> dict[str, Any]:
    return {
        "id": str(n),
        "name": item.name if item else row.code,
        "measure": item.measure if item else "",
        "code": row.code,
        "quantity": row.quantity or row.typed,
        "expires_on": row.expires_on,
        "expires": item is not None and item.shelf_life_days is not None,
        "expires_read": row.expires_read,
        "expires_checked": row.expires_checked,
        "value": row.value,
        "value_checked": row.value_checked,
        "judged": judged(row),
        "per": row.per or "unit",
        "pers": choices(PER_WORDS),
        "priced": _priced(row),
        "groundless": bool(_priced(row)) and not bought and row.evidence in {"", "none"},
        "usual": money.yuan_sign(item.fair_value_fen) if item and item.fair_value_fen else "",
        "evidence": row.evidence or "none",
    }


def _priced(row: Row) -> str:
    """What a value comes to the other way round: of all pieces, or of one; "" while one of both cannot be read."""
    try:
        fen = money.typed_yuan(row.value) if row.value else 0
    except money.AmountUnreadable:
        return ""
    if not fen or row.quantity < 1:
        return ""
    if row.per != "total":
        return words.say("共 {sum}", sum=money.yuan_sign(fen * row.quantity))
    units = [money.yuan_sign(unit) for pieces, unit in money.split_total(fen, row.quantity) if pieces]
    return words.say("每件 {sum}", sum=words.say(" 或 ").join(reversed(units)))


# The verb names lines as the API does; the screen's fields carry the line's number at the end.
_FIELD = {"barcode": "code", "unit_value_fen": "value"}


def screen_field(field: str) -> str:
    """`lines.2.expires_on` as the intake screen names it: `expires_on.2`."""
    parts = field.split(".")
    if len(parts) == 3 and parts[0] == "lines":  # noqa: PLR2004 - lines, number, field
        return f"{_FIELD.get(parts[2], parts[2])}.{parts[1]}"
    return field
