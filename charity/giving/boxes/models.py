"""Rows of donation boxes. The writer adds and changes them."""

from enum import StrEnum
from typing import Self, TypedDict

from tortoise import fields
from tortoise.models import Model
from tortoise.queryset import QuerySet

from charity.db.fields import SealedField, WordField, nothing
from charity.db.tables import Table
from charity.roles import Actor


class OpeningStatus(StrEnum):
    """One person counted; a second one confirmed it and the gift is booked; or it was counted wrongly and dropped."""

    COUNTED = "counted"
    CONFIRMED = "confirmed"
    DROPPED = "dropped"


class DonationBox(Model):
    """A box: where it stands, who keeps it, and the campaign that its gifts are for."""

    code = fields.CharField(max_length=20, primary_key=True)
    site = fields.TextField()
    keeper = SealedField(null=True)
    campaign = fields.TextField()
    made_by = fields.TextField()
    made_at = fields.TextField()

    class Meta:
        """Table name."""

        table = "donation_box"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Whoever reads boxes sees all."""
        return cls.all() if by.may("box.read") else nothing(cls)


class DonationBoxRow(TypedDict):
    """A row of `donation_box`."""

    code: str
    site: str
    keeper: bytes | None
    campaign: str
    made_by: str
    made_at: str


class BoxOpening(Model):
    """An opening: `sheets` is JSON of [fen, count]; `donation` the gift that it booked."""

    number = fields.CharField(max_length=40, primary_key=True)
    year = fields.BigIntField()
    box = fields.TextField()
    opened_on = fields.TextField()
    opened_time = fields.TextField()
    sheets = fields.TextField()
    amount_fen = fields.BigIntField()
    opener = SealedField(null=True)
    witness = SealedField(null=True)
    salt = fields.TextField()
    status = WordField(OpeningStatus)
    counted_by = fields.TextField()
    counted_at = fields.TextField()
    confirmed_by = fields.TextField(null=True)
    confirmed_at = fields.TextField(null=True)
    donation = fields.TextField(null=True)
    slip_ref = fields.TextField()

    class Meta:
        """Table name."""

        table = "box_opening"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Whoever reads boxes sees all."""
        return cls.all() if by.may("box.read") else nothing(cls)


class BoxOpeningRow(TypedDict):
    """A row of `box_opening`."""

    number: str
    year: int
    box: str
    opened_on: str
    opened_time: str
    sheets: str
    amount_fen: int
    opener: bytes | None
    witness: bytes | None
    salt: str
    status: str
    counted_by: str
    counted_at: str
    confirmed_by: str | None
    confirmed_at: str | None
    donation: str | None
    slip_ref: str


DONATION_BOX = Table(DonationBox, DonationBoxRow)
BOX_OPENING = Table(BoxOpening, BoxOpeningRow)
