"""Every verb asks for its own permission before it does anything, and is entered with no other.

The pages and the calls are in test_permissions. A verb has its own question, because a job, a command or the next
page may call it. The table is written by hand, not derived from the code, so that it notices a question left out.
"""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from whole.test_registries import sources

from charity.errors import NOT_YOURS, Refusal
from charity.roles import PERMISSIONS, Actor

VERBS = {
    "aid.payments.verbs.pay": "voucher.pay",
    "aid.branches.returns.confirm": "voucher.approve",
    "aid.branches.returns.give_back": "voucher.pay",
    "aid.branches.returns.refuse": "voucher.approve",
    "aid.branches.returns.withdraw": "voucher.pay",
    "aid.branch_reversals.verbs.confirm": "voucher.approve",
    "aid.branch_reversals.verbs.refuse": "voucher.approve",
    "aid.branch_reversals.verbs.withdraw": "voucher.read",
    "aid.rosters.verbs.withdraw": "voucher.make",
    "aid.rosters.verbs.confirm": "voucher.approve",
    "aid.rosters.verbs.record": "voucher.make",
    "aid.rosters.verbs.refuse": "voucher.approve",
    "aid.seeking.approved_unpaid": "voucher.read",
    "aid.seeking.next_to_approve": "voucher.approve",
    "aid.seeking.to_approve": "voucher.approve",
    "aid.vouchers.approvals.approve": "voucher.approve",
    "aid.accounts.verbs.confirm": "payee.confirm",
    "aid.accounts.verbs.enter": "payee.enter",
    "aid.accounts.verbs.refuse": "payee.confirm",
    "aid.institutions.verbs.confirm": "institution.confirm",
    "aid.institutions.verbs.enter": "institution.enter",
    "aid.institutions.verbs.refuse": "institution.confirm",
    "aid.institutions.verbs.withdraw": "institution.enter",
    "aid.drafts.finding.search": "voucher.make",
    "aid.vouchers.approvals.reject": "voucher.approve",
    "aid.vouchers.approvals.send_back": "voucher.approve",
    "aid.vouchers.verbs.cancel": "voucher.make",
    "aid.vouchers.verbs.edit": "voucher.make",
    "aid.vouchers.verbs.make": "voucher.make",
    "documents.exports.cancel": "export.make",
    "documents.exports.file_of": "export.make",
    "documents.exports.get": "export.make",
    "documents.exports.recent": "export.make",
    "documents.exports.start": "export.make",
    "finance.books.sheets.fund": "report.export",
    "finance.books.sheets.trial": "report.export",
    "finance.opening.verbs.confirm": "opening.confirm",
    "finance.opening.verbs.write": "opening.make",
    "finance.places.verbs.open_bank": "place.manage",
    "finance.places.verbs.pay_from": "place.manage",
    "finance.places.verbs.receive_into": "place.manage",
    "finance.places.verbs.rename": "place.manage",
    "finance.reviews.questions.answer": "desk.read",
    "finance.reviews.questions.ask": "review.make",
    "finance.reviews.verbs.review": "review.make",
    "giving.boxes.verbs.confirm": "box.confirm",
    "giving.boxes.verbs.count": "box.count",
    "giving.boxes.verbs.drop": "box.count",
    "giving.boxes.verbs.make": "box.manage",
    "giving.boxes.verbs.paid_in": "box.count",
    "bank.closing.verbs.close": "day.close",
    "bank.closing.verbs.prepare": "day.prepare",
    "bank.closing.verbs.reopen": "day.close",
    "bank.matching.verbs.ignore": "bank.match",
    "bank.matching.verbs.match": "bank.match",
    "bank.matching.verbs.undo": "bank.match",
    "bank.chosen_columns.keep": "statement.import",
    "giving.unidentified.returns.ask": "refund.request",
    "giving.unidentified.returns.pay": "refund.pay",
    "giving.unidentified.returns.withdraw": "refund.request",
    "bank.fees.verbs.book": "bank.match",
    "bank.fees.verbs.undo": "money.reverse",
    "bank.unidentified.verbs.hold": "money.hold",
    "bank.unidentified.verbs.undo": "money.reverse",
    "bank.reconciliation.verbs.state_opening": "bank.match",
    "bank.statements.verbs.take": "statement.import",
    "bank.statements.verbs.upload": "statement.import",
    "bank.statements.withdrawals.take_back": "statement.import",
    "bank.statements.withdrawals.withdraw": "statement.import",
    "finance.transfers.verbs.make": "money.transfer",
    "finance.transfers.verbs.reverse": "money.reverse",
    "giving.campaigns.verbs.activate": "campaign.manage",
    "giving.campaigns.verbs.archive": "campaign.manage",
    "giving.campaigns.verbs.close": "campaign.manage",
    "giving.campaigns.verbs.create": "campaign.manage",
    "giving.campaigns.verbs.describe": "campaign.manage",
    "giving.campaigns.verbs.file": "campaign.manage",
    "giving.campaigns.verbs.keep_archived": "campaign.manage",
    "giving.consents.verbs.at_the_desk": "consent.withdraw",
    "giving.copies.printing.print_together": "receipt.print",
    "giving.copies.printing.print_whole": "receipt.print",
    "giving.deliveries.verbs.deliver_together": "gift.receive",
    "giving.deliveries.verbs.issue_for": "gift.receive",
    "giving.receipt_files.verbs.cancel": "receipt.print",
    "giving.receipt_files.verbs.order": "receipt.print",
    "giving.donations.verbs.receive": "gift.receive",
    "giving.donations.verbs.receive_together": "gift.receive",
    "giving.invitations.verbs.make": "campaign.manage",
    "giving.invitations.verbs.withdraw": "campaign.manage",
    "giving.one_day.documents.own_poster": "roster.fill",
    "giving.organisers.documents.letter": "organiser.invite",
    "giving.organisers.documents.own_letter": "roster.fill",
    "giving.organisers.verbs.end": "organiser.invite",
    "giving.organisers.verbs.hand_over": "roster.fill",
    "giving.organisers.verbs.invite": "organiser.invite",
    "giving.one_day.documents.poster": "gift.read",
    "giving.pledges.verbs.receive": "gift.receive",
    "giving.receipts.verbs.deliver": "gift.receive",
    "giving.receipts.verbs.issue_anew": "gift.receive",
    "giving.receipts.verbs.replace": "receipt.void",
    "giving.receipts.verbs.void": "receipt.void",
    "giving.refunds.verbs.approve": "refund.approve",
    "giving.refunds.verbs.reject": "refund.approve",
    "giving.refunds.verbs.request": "refund.request",
    "giving.refunds.paying.pay": "refund.pay",
    "giving.reversals.verbs.approve": "reversal.approve",
    "giving.reversals.verbs.reject": "reversal.approve",
    "giving.reversals.verbs.request": "reversal.request",
    "giving.settling.verbs.issue": "gift.receive",
    "giving.settling.verbs.publish": "campaign.manage",
    "giving.settling.verbs.settle": "gift.receive",
    "giving.settling.verbs.single_out": "receipt.void",
    "giving.unit_rosters.edits.add": "roster.edit",
    "giving.unit_rosters.edits.change": "roster.edit",
    "giving.unit_rosters.edits.choose": "roster.edit",
    "giving.unit_rosters.edits.discard": "roster.edit",
    "giving.unit_rosters.edits.own_gift": "roster.edit",
    "giving.unit_rosters.edits.remove": "roster.edit",
    "giving.unit_rosters.edits.stage": "roster.edit",
    "giving.unit_rosters.edits.take": "roster.edit",
    "giving.unit_rosters.verbs.invite": "roster.manage",
    "giving.unit_rosters.verbs.lock": "roster.edit",
    "giving.unit_rosters.verbs.remit": "roster.edit",
    "giving.unit_rosters.verbs.unlock": "roster.edit",
    "giving.work_units.verbs.add": "campaign.manage",
    "giving.work_units.verbs.change": "campaign.manage",
    "giving.work_units.verbs.retire": "campaign.manage",
    "giving.work_units.verbs.revive": "campaign.manage",
    "goods.cards.readers.view": "card.read",
    "goods.cards.verbs.issue": "card.manage",
    "goods.cards.verbs.replace_lost": "card.manage",
    "goods.cards.verbs.resume": "card.manage",
    "goods.cards.verbs.suspend": "card.manage",
    "goods.intake.verbs.take_in": "goods.move",
    "goods.items.register": "goods.move",
    "goods.points.expire": "points.grant",
    "goods.points.grant_cycle": "points.grant",
    "goods.slips.readers.get": "goods.read",
    "goods.slips.readers.page": "goods.read",
    "goods.slips.verbs.reverse": "goods.reverse",
    "goods.stock.movements.lot": "goods.read",
    "goods.stock.movements.of": "goods.read",
    "goods.stock.readers.figures": "goods.read",
    "goods.stock.readers.items": "goods.read",
    "goods.stock.readers.page": "goods.read",
    "goods.stock.readers.totals": "goods.read",
    "goods.till.readers.preview": "goods.move",
    "goods.till.verbs.issue": "goods.move",
    "office.organisation.verbs.confirm": "organisation.confirm",
    "office.organisation.verbs.refuse": "organisation.confirm",
    "office.organisation.verbs.enter": "organisation.change",
    "office.privacy.verbs.publish": "organisation.change",
    "office.staff.changes.confirm": "account.manage",
    "office.staff.changes.stop": "account.watch",
    "office.staff.tokens.revoke": "account.manage",
    "office.staff.tokens.revoke_all": "account.manage",
    "office.staff.verbs.assign": "account.manage",
    "office.staff.verbs.create": "account.manage",
    "office.staff.verbs.disable": "account.manage",
    "office.staff.verbs.enable": "account.manage",
    "office.staff.verbs.end_two_step": "account.manage",
    "office.staff.verbs.set_password": "account.manage",
}
GIVEN = {"documents.exports.start": {"report": "donations"}}
"""What a verb has to have before it knows what to ask for: the register there is."""
SHOW = {"desk", "finding", "panels", "readers", "screens", "search", "tasks"}
"""What only shows: its rows are those that `visible_to` leaves (the visibility tests of each room)."""
OTHERS = {
    "giving.one_day.documents.together": "shows: a roster that this reader sees, in one file",
    "giving.settling.awaited.awaited": "shows: rosters, to whoever works with all of them",
    "giving.settling.documents.slip": "shows: a roster that this reader sees",
    "bank.candidates.payers": "shows: who gave or was paid, as far as the reader sees it",
    "bank.reconciliation.documents.pdf": "shows: a reconciliation whose page is open",
    "bank.reconciliation.documents.xlsx": "shows: a reconciliation whose page is open",
    "bank.matching.verbs.together": "what `match` asks bank.match for, and the timetable does beyond doubt",
    "aid.branch_reversals.verbs.request": "asks for voucher.make of a roster and for voucher.pay of a return",
    "aid.naming.look_up": "shows: a payee and recipients, as far as they are visible",
    "aid.vouchers.documents.pdf": "shows: a voucher whose page is open, the payee as this reader sees it",
    "aid.printed_rosters.documents.recorded": "shows: a roster whose page is open, its recipients as this reader sees them",
    "aid.printed_rosters.documents.unsigned": "shows: what was typed, its recipients as far as they are visible",
    "aid.payees.institutions_named": "shows",
    "aid.payees.find": "shows: a household or an institution, as far as it is visible",
    "aid.payees.named": "shows: the codes of those whose name is visible",
    "aid.seeking.of_payee": "shows: vouchers by the name of a payee who is visible",
    "aid.seeking.payees_named": "shows: as `aid.payees.named`",
    "aid.recipients.find": "shows: households and persons, as far as they are visible",
    "giving.shown.finished": "shows: entries and receipts of an act whose page is open, linked where their page may be seen",
    "giving.shown.gift_facts": "shows: who sees a refund or a correction sees its gift, an approver its giver masked",
    "office.staff.changes.settled": "shows",
    "office.staff.changes.waiting": "shows",
    "office.staff.changes.waiting_for": "shows",
    "office.staff.tokens.every": "shows",
    "office.staff.verbs.change_password": "one's own account, by its password",
    "office.staff.verbs.with_password": "one's own account, by its password",
    "people.households.with_code": "shows",
    "people.households.with_codes": "shows",
    "people.accounts.one": "shows",
    "people.accounts.waiting": "shows",
    "people.accounts.waiting_of_others": "shows",
    "people.households.matching": "shows",
    "people.institution_entries.newest": "shows",
    "people.institution_entries.one": "shows",
    "people.institution_entries.waiting": "shows",
    "people.institutions.alike": "shows",
    "people.institutions.every": "shows",
    "people.institutions.matching": "shows",
    "people.institutions.names": "shows",
    "people.institutions.with_code": "shows",
    "people.persons.natural": "shows",
    "people.persons.payable": "shows",
    "people.persons.payees_matching": "shows",
} | {
    f"office.sign_in.{name}": "one's own sessions and second factor"
    for name in (
        *("sessions.before", "sessions.end_others", "sessions.end_own", "sessions.own"),
        *("two_step.begin", "two_step.codes_left", "two_step.end", "two_step.give", "two_step.is_on"),
        "two_step.renew_codes",
    )
}


def _acting() -> dict[str, Callable[..., Awaitable[Any]]]:
    """Every public coroutine function that acts for somebody (`by`); steps inside a transaction belong to their verb."""
    verbs = {}
    for module, _ in sources():
        for name, made in vars(module).items():
            if name.startswith("_") or not inspect.iscoroutinefunction(made) or made.__module__ != module.__name__:
                continue
            names = inspect.signature(made).parameters
            if "by" in names and "tx" not in names:
                verbs[f"{module.__name__.removeprefix('charity.')}.{name}"] = made
    return verbs


def test_the_table_names_every_verb() -> None:
    verbs = _acting()
    named = VERBS.keys() | OTHERS.keys()
    assert VERBS.keys().isdisjoint(OTHERS)
    assert named <= verbs.keys(), "no such function any more: delete the line in tests/whole/test_verbs.py"
    lacking = {verb for verb in verbs.keys() - named if verb.split(".")[-2] not in SHOW}
    assert not lacking, (
        "write into VERBS (or OTHERS, with the reason) of tests/whole/test_verbs.py which permission it asks for"
    )


@pytest.mark.parametrize(("verb", "permission"), VERBS.items())
async def test_a_verb_asks_for_its_permission_first(verb: str, permission: str) -> None:
    made = _acting()[verb]
    # Nothing but `by` is anything: a verb that looks at what it is given, or into a database, before it asks fails.
    given = {
        name: object() for name, p in inspect.signature(made).parameters.items() if p.default is inspect.Parameter.empty
    }
    every_other = Actor("k", "何人", frozenset(), permissions=frozenset(PERMISSIONS) - {permission})
    with pytest.raises(Refusal) as refused:
        await made(**given | GIVEN.get(verb, {}) | {"by": every_other})
    assert (refused.value.code, refused.value.status) == (NOT_YOURS.code, 403)
    assert refused.value.facts == {"permission": PERMISSIONS[permission][0]}


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_who_has_the_permission_by_role_or_by_grant_is_let_in_and_nobody_else(permission: str) -> None:
    words, roles = PERMISSIONS[permission]
    for role in roles:
        Actor("k", "何人", frozenset({role})).must(permission)
    Actor("k", "何人", frozenset(), permissions=frozenset({permission})).must(permission)
    with pytest.raises(Refusal) as refused:
        Actor("k", "何人", frozenset()).must(permission)
    assert refused.value.facts == {"permission": words}
