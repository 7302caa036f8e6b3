"""Rows of rosters. The writer changes how far a roster is; its lines are edited while it is open."""

from enum import StrEnum
from typing import Self, TypedDict

from tortoise import fields
from tortoise.models import Model
from tortoise.queryset import QuerySet

from charity.db.fields import SealedField, WordField, nothing
from charity.db.tables import Table
from charity.roles import Actor


class RosterStatus(StrEnum):
    """How far a unit is in a campaign."""

    INVITED = "invited"
    JOINED = "joined"
    OPEN = "roster_open"
    LOCKED = "roster_locked"
    REMITTED = "remitted"
    MATCHED = "matched"
    RECEIPTED = "receipted"
    PUBLISHED = "published"


FILLED = (RosterStatus.INVITED, RosterStatus.JOINED, RosterStatus.OPEN)
"""While its lines may be edited."""


class UnitRoster(Model):
    """A unit in a campaign. `sheet` names the lines that count, `draft` those of an upload that waits to be taken.

    `people`, `staff_fen`, `online` and `wrong` are counted anew with each edit: who is counted and his sum, who gave
    online, and rows that cannot be read. `short_fen` is what the transfer was short of (or over, below 0) when
    the unit's own gift took the difference.
    """

    key = fields.CharField(64, primary_key=True)
    campaign = fields.TextField()
    work_unit = fields.TextField()
    reference = fields.TextField()
    status = WordField(RosterStatus)
    unit_fen = fields.BigIntField()
    expected_people = fields.BigIntField(null=True)
    expected_fen = fields.BigIntField(null=True)
    sheet = fields.BigIntField()
    draft = fields.BigIntField(null=True)
    draft_facts = SealedField(null=True)
    people = fields.BigIntField()
    staff_fen = fields.BigIntField()
    online = fields.BigIntField()
    wrong = fields.BigIntField()
    version = fields.BigIntField()
    invited_at = fields.TextField()
    invited_by = fields.TextField()
    changed_at = fields.TextField()
    changed_by = fields.TextField()
    locked_at = fields.TextField(null=True)
    remitted_on = fields.TextField(null=True)
    remitted_fen = fields.BigIntField(null=True)
    received_on = fields.TextField(null=True)
    received_fen = fields.BigIntField(null=True)
    channel_ref = fields.TextField()
    short_fen = fields.BigIntField()
    short_reason = SealedField(null=True)
    settled_at = fields.TextField(null=True)
    settled_by = fields.TextField(null=True)
    donor = fields.TextField(null=True)
    unit_donation = fields.TextField(null=True)
    published_at = fields.TextField(null=True)
    published_by = fields.TextField(null=True)

    class Meta:
        """Table name."""

        table = "unit_roster"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Whoever reads rosters sees all; an organiser asks for those of his unit."""
        return cls.all() if by.may("roster.list") else nothing(cls)

    @classmethod
    def of(cls, work_unit: str) -> QuerySet[Self]:
        """Those of one unit, for its organiser."""
        return cls.filter(work_unit=work_unit)


class UnitRosterRow(TypedDict):
    """A row of `unit_roster`."""

    key: str
    campaign: str
    work_unit: str
    reference: str
    status: str
    unit_fen: int
    expected_people: int | None
    expected_fen: int | None
    sheet: int
    draft: int | None
    draft_facts: bytes | None
    people: int
    staff_fen: int
    online: int
    wrong: int
    version: int
    invited_at: str
    invited_by: str
    changed_at: str
    changed_by: str
    locked_at: str | None
    remitted_on: str | None
    remitted_fen: int | None
    received_on: str | None
    received_fen: int | None
    channel_ref: str
    short_fen: int
    short_reason: bytes | None
    settled_at: str | None
    settled_by: str | None
    donor: str | None
    unit_donation: str | None
    published_at: str | None
    published_by: str | None


class UnitRosterLine(Model):
    """A person on a roster: `typed` until the roster is settled, then `donor` and `donation`. `counted` or paid online.

    `name_index` is a keyed hash of the name, by which equal names are seen; `faults` name what cannot be read.
    `payroll`: he agreed that his unit takes the sum out of his wages.
    """

    key = fields.CharField(64, primary_key=True)
    roster = fields.TextField()
    sheet = fields.BigIntField()
    n = fields.BigIntField()
    typed = SealedField(null=True)
    name_index = fields.TextField(null=True)
    amount_fen = fields.BigIntField(null=True)
    counted = fields.BooleanField()
    single = fields.BooleanField()
    payroll = fields.BooleanField()
    faults = fields.TextField()
    changed_at = fields.TextField()
    donor = fields.TextField(null=True)
    donation = fields.TextField(null=True)
    tail = SealedField(null=True)

    class Meta:
        """Table name."""

        table = "unit_roster_line"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """As the rosters."""
        return cls.all() if by.may("roster.list") else nothing(cls)


class UnitRosterLineRow(TypedDict):
    """A row of `unit_roster_line`."""

    key: str
    roster: str
    sheet: int
    n: int
    typed: bytes | None
    name_index: str | None
    amount_fen: int | None
    counted: bool
    single: bool
    payroll: bool
    faults: str
    changed_at: str
    donor: str | None
    donation: str | None
    tail: bytes | None


UNIT_ROSTER = Table(UnitRoster, UnitRosterRow)
UNIT_ROSTER_LINE = Table(UnitRosterLine, UnitRosterLineRow)
