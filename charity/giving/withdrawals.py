"""Rows of consents that were taken back; the writer adds them."""

from typing import Self, TypedDict

from tortoise import fields
from tortoise.models import Model
from tortoise.queryset import QuerySet

from charity.db.fields import SealedField, WordField, nothing
from charity.db.tables import Table
from charity.giving.kinds import Consent, ConsentDoor
from charity.roles import Actor


class ConsentWithdrawal(Model):
    """That a giver took a consent back, for the gifts of his row. `withdrawn_by` is the desk's account, or ""."""

    key = fields.CharField(64, primary_key=True)
    person = fields.TextField()
    what = WordField(Consent)
    door = WordField(ConsentDoor)
    withdrawn_by = fields.TextField()
    reason = SealedField(null=True)
    withdrawn_at = fields.TextField()

    class Meta:
        """Table name."""

        table = "consent_withdrawal"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Whoever reads gifts sees all; the others see none."""
        return cls.all() if by.may("gift.read") else nothing(cls)


class ConsentWithdrawalRow(TypedDict):
    """A row of `consent_withdrawal`."""

    key: str
    person: str
    what: str
    door: str
    withdrawn_by: str
    reason: bytes | None
    withdrawn_at: str


CONSENT_WITHDRAWAL = Table(ConsentWithdrawal, ConsentWithdrawalRow)
