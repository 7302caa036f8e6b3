"""Rows of organisers."""

from typing import Self

from tortoise import fields
from tortoise.models import Model
from tortoise.queryset import QuerySet

from charity.db.fields import SealedField, nothing, relation
from charity.giving.models import WorkUnit
from charity.office.models import Staff
from charity.roles import Actor


class Organiser(Model):
    """An organiser of a work unit, from the invitation to the end.

    `digest` is that of the code; `name` whom it is for, until there is the account `staff` that has the name itself.
    """

    key = fields.CharField(64, primary_key=True)
    work_unit: fields.ForeignKeyRelation[WorkUnit] = relation(WorkUnit, "work_unit")
    work_unit_id: str
    digest = fields.TextField()
    name = SealedField(null=True)
    expires_on = fields.TextField()
    made_by = fields.TextField()
    made_at = fields.TextField()
    staff: fields.ForeignKeyNullableRelation[Staff] = relation(Staff, "staff", null=True)
    staff_id: str | None
    joined_at = fields.TextField(null=True)
    ended_at = fields.TextField(null=True)
    ended_by = fields.TextField(null=True)

    class Meta:
        """Table name."""

        table = "organiser"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Whoever reads gifts sees all; an organiser sees those of himself; the others see none."""
        if by.may("gift.read"):
            return cls.all()
        return cls.filter(staff_id=by.key) if by.may("roster.fill") else nothing(cls)
