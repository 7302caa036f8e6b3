"""Rows of invitations: the writer looks one up by the digest of its code."""

from typing import Self, TypedDict

from tortoise import fields
from tortoise.models import Model
from tortoise.queryset import QuerySet

from charity.db.fields import SealedField, nothing, relation
from charity.db.tables import Table
from charity.giving.models import Campaign
from charity.roles import Actor


class Invitation(Model):
    """An invitation to a targeted campaign; `digest` is that of the code in its address, `note` says whom it is for."""

    key = fields.CharField(64, primary_key=True)
    campaign: fields.ForeignKeyRelation[Campaign] = relation(Campaign, "campaign")
    campaign_id: str
    digest = fields.TextField()
    note = SealedField(null=True)
    expires_on = fields.TextField()
    made_by = fields.TextField()
    made_at = fields.TextField()
    withdrawn_by = fields.TextField(null=True)
    withdrawn_at = fields.TextField(null=True)

    class Meta:
        """Table name."""

        table = "invitation"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Whoever reads the management of campaigns sees all; the others see none."""
        return cls.all() if by.may("campaign.read") else nothing(cls)


class InvitationRow(TypedDict):
    """A row of `invitation`."""

    key: str
    campaign: str
    digest: str
    note: bytes | None
    expires_on: str
    made_by: str
    made_at: str
    withdrawn_by: str | None
    withdrawn_at: str | None


INVITATION = Table(Invitation, InvitationRow, "digest")
