"""Publishing a version of the privacy notice, and refusing a consent to another one than holds today."""

from datetime import date
from pathlib import Path

from charity import clock, texts
from charity.db import transactions
from charity.db.transactions import Tx
from charity.errors import FieldError, unreadable
from charity.office import rules
from charity.office.organisation import EVER
from charity.office.privacy import readers
from charity.roles import SYSTEM, Actor

TEXT_MAX = 20_000
DATA = Path(__file__).parent / "data"


async def first(tx: Tx) -> None:
    """Migration 0056: the text that comes with the platform is version 1."""
    text, text_en = ((DATA / f"{language}.txt").read_text(encoding="utf-8") for language in ("zh", "en"))
    await _add(tx, 1, EVER, text, text_en, by=SYSTEM)


async def _add(tx: Tx, version: int, starts_on: str, text: str, text_en: str, *, by: Actor) -> None:
    row = {
        "version": version,
        "starts_on": starts_on,
        "text": text,
        "text_en": text_en,
        "entered_at": clock.stamp(),
        "entered_by": by.key,
    }
    await tx.insert("privacy_notice", [row])


async def publish(*, text: str, text_en: str, starts_on: date, by: Actor) -> int:
    """Add a version that holds from a day on, today at the earliest; its number. Earlier versions stay.

    Raises privacy.past, privacy.order, or field errors.
    """
    by.must("organisation.change")
    given = {"text": text.strip(), "text_en": text_en.strip()}
    for name, value in given.items():
        if not value or len(value) > TEXT_MAX or texts.refused(value, area=True):
            raise unreadable(FieldError(name, "请填写全文，最多 {most} 个字符", (("most", TEXT_MAX),)))
        unknown = sorted(set(readers.BLANK.findall(value)) - set(readers.BLANKS))
        if unknown:
            facts = (("blank", unknown[0][:20]), ("blanks", "、".join(readers.BLANKS)))
            raise unreadable(FieldError(name, "花括号里的“{blank}”不能代表单位信息，只能用 {blanks}", facts))
    if starts_on < clock.today():
        raise rules.NOTICE_PAST()

    async def work(tx: Tx) -> int:
        if tx.postgres:  # SQLite has one writer at a time
            await tx.row("SELECT version FROM privacy_notice WHERE version = 1 FOR UPDATE")
        last = await tx.row("SELECT version, starts_on FROM privacy_notice ORDER BY version DESC LIMIT 1")
        assert last is not None, "the first is there since the migration"
        if last["starts_on"] > starts_on.isoformat():
            raise rules.NOTICE_ORDER(starts_on=last["starts_on"])
        version = int(last["version"]) + 1
        await _add(tx, version, starts_on.isoformat(), given["text"], given["text_en"], by=by)
        return version

    version = await transactions.run(work)
    readers.forget()
    return version


async def must_be_current(version: int | None) -> None:
    """Refuse what was agreed to under another version than holds today; None: no notice was shown. No statement."""
    if version is None:
        return
    holds = (await readers.current(kept=True)).version
    if version != holds:
        raise rules.NOTICE_CHANGED(version=holds)
