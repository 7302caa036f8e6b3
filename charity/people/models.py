"""Rows of the persons."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Self, TypedDict

from tortoise import fields
from tortoise.models import Model
from tortoise.queryset import QuerySet

from charity.db.fields import SealedField, WordField, nothing
from charity.db.tables import Table
from charity.roles import Actor


class PersonKind(StrEnum):
    """What a giver is."""

    PERSON = "person"
    ORGANISATION = "organisation"
    ANONYMOUS = "anonymous"


class Category(StrEnum):
    """The bureau's classes of households (field.md 3.1)."""

    DIBAO = "DIBAO"
    EDGE = "EDGE"
    TK_INST = "TK_INST"
    TK_HOME = "TK_HOME"
    EXPEND = "EXPEND"


class HouseholdStatus(StrEnum):
    """Whether a household is still helped."""

    ACTIVE = "active"
    CLOSED = "closed"


class InstitutionKind(StrEnum):
    """What an institution is."""

    HOME = "home"
    HOSPITAL = "hospital"
    SCHOOL = "school"
    SUPPLIER = "supplier"
    FEDERATION = "federation"
    SERVICE = "service"
    BRANCH = "branch"


class Person(Model):
    """A donor, or another private person or organisation."""

    key = fields.CharField(64, primary_key=True)
    kind = WordField(PersonKind)
    name = fields.TextField()
    tax_id = fields.TextField()
    fiscal_receipt = fields.BooleanField()
    phone = SealedField(null=True)
    phone_index = fields.TextField(null=True)
    email = SealedField(null=True)
    id_number = SealedField(null=True)
    id_number_index = fields.TextField(null=True)
    address = SealedField(null=True)
    address_index = fields.TextField(null=True)
    bank_account = SealedField(null=True)
    bank_account_index = fields.TextField(null=True)
    notice = fields.IntField(null=True)
    sensitive = fields.BooleanField()
    created_at = fields.TextField()

    class Meta:
        """Table name."""

        table = "person"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Whoever reads gifts or vouchers sees all; the others see none."""
        return cls.all() if by.may("gift.read") or by.may("voucher.read") else nothing(cls)

    @classmethod
    def with_keys(cls, keys: Iterable[str]) -> QuerySet[Self]:
        """The persons of these keys: whoever sees a row that names a person sees that person's name."""
        return cls.filter(key__in=list(keys))


class PersonRow(TypedDict):
    """A row of `person`."""

    key: str
    kind: str
    name: str
    tax_id: str
    fiscal_receipt: bool
    phone: bytes | None
    phone_index: str | None
    email: bytes | None
    id_number: bytes | None
    id_number_index: str | None
    address: bytes | None
    address_index: str | None
    bank_account: bytes | None
    bank_account_index: str | None
    notice: int | None
    sensitive: bool
    created_at: str


class Household(Model):
    """A household that the bureau classified."""

    key = fields.CharField(64, primary_key=True)
    code = fields.TextField()
    head_name = fields.TextField()
    township = fields.TextField()
    category = WordField(Category)
    members = fields.IntField()
    status = WordField(HouseholdStatus)
    store = fields.TextField()
    phone = SealedField(null=True)
    address = SealedField(null=True)
    bank_account = SealedField(null=True)
    created_at = fields.TextField()

    class Meta:
        """Table name."""

        table = "household"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Whoever reads cards or vouchers sees all; the others see none."""
        return cls.all() if by.may("card.read") or by.may("voucher.read") else nothing(cls)

    @classmethod
    def with_keys(cls, keys: Iterable[str]) -> QuerySet[Self]:
        """The households of these keys: whoever sees a row that names a household sees its head's name."""
        return cls.filter(key__in=list(keys))


class HouseholdRow(TypedDict):
    """A row of `household`."""

    key: str
    code: str
    head_name: str
    township: str
    category: str
    members: int
    status: str
    store: str
    phone: bytes | None
    address: bytes | None
    bank_account: bytes | None
    created_at: str


class AccountStatus(StrEnum):
    """How far an account that was entered for a household is."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class EntryStatus(StrEnum):
    """How far an institution's entry is; whoever entered it may withdraw it while it waits."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class HouseholdAccount(Model):
    """An account that somebody entered for a household, and who had the second look."""

    key = fields.CharField(64, primary_key=True)
    household = fields.TextField()
    bank_account = SealedField()
    status = WordField(AccountStatus)
    entered_by = fields.TextField()
    entered_at = fields.TextField()
    seen_by = fields.TextField(null=True)
    seen_at = fields.TextField(null=True)

    class Meta:
        """Table name."""

        table = "household_account"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Whoever may have the second look sees all; the others see none."""
        return cls.all() if by.may("payee.confirm") else nothing(cls)


class Institution(Model):
    """A home, hospital, school, supplier, federation, a branch of ours, or one that serves: insurer, auditor."""

    code = fields.CharField(64, primary_key=True)
    name = fields.TextField()
    kind = WordField(InstitutionKind)
    credit_code = fields.TextField()
    township = fields.TextField()
    zone = fields.TextField()
    beds = fields.IntField(null=True)
    phone = SealedField(null=True)
    bank_account = SealedField(null=True)
    created_at = fields.TextField()

    class Meta:
        """Table name."""

        table = "institution"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Whoever reads vouchers sees all; the others see none."""
        return cls.all() if by.may("voucher.read") else nothing(cls)

    @classmethod
    def ours(cls) -> QuerySet[Self]:
        """Our own branches, whose names givers read too."""
        return cls.filter(kind=InstitutionKind.BRANCH)


class InstitutionEntry(Model):
    """An institution as somebody registered or changed it, and who had the second look.

    Of one that was withdrawn `seen_at` says when, and nobody has seen it.
    """

    key = fields.CharField(64, primary_key=True)
    code = fields.TextField()
    name = fields.TextField()
    kind = WordField(InstitutionKind)
    credit_code = fields.TextField()
    township = fields.TextField()
    bank_account = SealedField(null=True)
    status = WordField(EntryStatus)
    entered_by = fields.TextField()
    entered_at = fields.TextField()
    seen_by = fields.TextField(null=True)
    seen_at = fields.TextField(null=True)

    class Meta:
        """Table name."""

        table = "institution_entry"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Whoever reads vouchers sees all; the others see none."""
        return cls.all() if by.may("voucher.read") else nothing(cls)


class Party(Model):
    """A key of a donor (people/parties.py). `same_as` is the key of the row that counts, `marks` its JSON of gifts."""

    key = fields.CharField(200, primary_key=True)
    same_as = fields.TextField()
    party = fields.TextField()
    identity = fields.TextField()
    marks = fields.TextField()
    largest_fen = fields.BigIntField()

    class Meta:
        """Table name."""

        table = "party"


class PartyRow(TypedDict):
    """A row of `party`."""

    key: str
    same_as: str
    party: str
    identity: str
    marks: str
    largest_fen: int


# The tables whose rows the writer's commands read and change one by one.
PERSON = Table(Person, PersonRow)
PARTY = Table(Party, PartyRow, follows="same_as")
HOUSEHOLD = Table(Household, HouseholdRow)
