"""D11 on paper and as a sheet."""

import hashlib
import json

from charity import words
from charity.bank.reconciliation import readers, screens
from charity.bank.reconciliation.readers import Reconciliation
from charity.office import organisation, staff
from charity.printing import pdfs
from charity.printing.reconciliations import PrintedReconciliation, reconciliation_html
from charity.roles import Actor
from charity.sheets import files
from charity.sheets.columns import Column


async def pdf(one: Reconciliation, by: Actor) -> bytes:
    """The reconciliation as PDF, A4 portrait. Its identifier comes from what it says.

    Of a closed day it names who prepared and who closed it; else who prints it, and leaves a line for a signature.
    """
    who, close = await organisation.get(), await readers.close_of(one)
    people = await staff.names([close["prepared_by"], close["closed_by"]]) if close else {}
    maker, reviewer = (people.get(close[f"{step}_by"], "") if close else "" for step in ("prepared", "closed"))
    balances, rows = screens.balances(one), screens.items(one, by)
    document = PrintedReconciliation(
        organisation=who.named,
        place=f"{one.place.shown}（{one.place.code}）",
        on=one.on,
        start=one.start.on,
        book=balances["book"],
        bank=balances["bank"],
        items=rows,
        apart_fen=one.apart_fen,
        maker=maker or by.name,
        reviewer=reviewer,
        demo=who.demo,
        lang=words.language(),
    )
    says = json.dumps(
        [document.place, one.on, balances, rows, document.maker, reviewer], ensure_ascii=False, sort_keys=True
    )
    return await pdfs.for_staff(reconciliation_html(document), identifier=hashlib.sha256(says.encode()).digest()[:16])


async def xlsx(one: Reconciliation, by: Actor) -> bytes:
    """The same as a sheet: both columns, then what is open."""
    titles = {
        "side": "项目@bank",
        "what": "摘要",
        "on": "日期",
        "number": "凭证号/流水号",
        "fen": "金额（元）",
        "age": "账龄（天）",
    }
    kinds = {"fen": "money", "age": "count", "on": "date"}
    columns = [Column(key, words.say(title), kinds.get(key, "text")) for key, title in titles.items()]  # type: ignore[arg-type]
    about = [(words.say("账户"), f"{one.place.shown} {one.place.code}"), (words.say("日期"), one.on)]
    rows = screens.lines(one, screens.items(one, by))
    return await files.made("xlsx", rows, columns, title=words.say(screens.TITLE), about=about)
