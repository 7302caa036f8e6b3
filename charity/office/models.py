"""Rows of the office."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Self

from tortoise import fields
from tortoise.models import Model
from tortoise.queryset import QuerySet

from charity.db.fields import SealedField, WordField, nothing, relation
from charity.roles import Actor, Role


class Zone(StrEnum):
    """Town or country."""

    U = "U"
    R = "R"


class StoreKind(StrEnum):
    """What a store is."""

    CENTER = "CENTER"
    BRANCH = "BRANCH"
    MOBILE = "MOBILE"


class AccountEvent(StrEnum):
    """What can be done to an account."""

    CREATED = "created"
    ROLES = "roles"
    STORE = "store"
    DISABLED = "disabled"
    ENABLED = "enabled"
    PASSWORD = "password"  # noqa: S105 - the name of an event
    TOKEN = "token"  # noqa: S105 - the name of an event
    TOKEN_ENDED = "token_ended"  # noqa: S105 - the name of an event
    NAME = "name"
    ASKED = "asked"
    CONFIRMED = "confirmed"
    STOPPED = "stopped"
    TWO_STEP_ON = "two_step_on"
    TWO_STEP_OFF = "two_step_off"
    RECOVERY = "recovery"


class ChangeKind(StrEnum):
    """What of an account changes when a waiting change takes effect."""

    ROLES = "roles"
    PASSWORD = "password"  # noqa: S105 - the name of a change
    TWO_STEP = "two_step"


class Outcome(StrEnum):
    """How a change that waited ended: by a second person, by its time, stopped, or by a later change."""

    CONFIRMED = "confirmed"
    DUE = "due"
    STOPPED = "stopped"
    REPLACED = "replaced"


class OrganisationRow(Model):
    """Who we are: the one row."""

    id = fields.IntField(primary_key=True)
    name = fields.TextField()
    name_en = fields.TextField()
    short = fields.TextField()
    short_en = fields.TextField()
    credit_code = fields.TextField()
    demo = fields.BooleanField()

    class Meta:
        """Table name."""

        table = "organisation"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Everybody sees who we are."""
        del by
        return cls.all()


class FactKind(StrEnum):
    """What is true of the organisation for some days.

    `account` is entered: holder, bank and number in three lines. What is true of them one by one are its three parts,
    which were rows of their own in older versions.
    """

    CERTIFICATE = "certificate"
    TAX_DEDUCTION = "tax_deduction"
    ICP = "icp"
    POLICE = "police"
    COMPLAINT_PHONE = "complaint_phone"
    CONTACT = "contact"
    PHONE = "phone"
    ADDRESS = "address"
    ACCOUNT_HOLDER = "account_holder"
    ACCOUNT_BANK = "account_bank"
    ACCOUNT_NUMBER = "account_number"
    ACCOUNT = "account"
    WECHAT_CODE = "wechat_code"
    ALIPAY_CODE = "alipay_code"


class FactStatus(StrEnum):
    """Whether a second person has seen a fact: it is true when it is confirmed."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class OrganisationFact(Model):
    """What was true from a day to a day, both included; rows are only added, and the newest that covers a day is right.

    An empty value says that there is none. `entered_by` is the key of an account, or `system`.
    """

    id = fields.BigIntField(primary_key=True)
    kind = WordField(FactKind)
    value = fields.TextField()
    starts_on = fields.TextField()
    ends_on = fields.TextField(null=True)
    entered_at = fields.TextField()
    entered_by = fields.TextField()
    status = WordField(FactStatus)
    seen_by = fields.TextField(null=True)
    seen_at = fields.TextField(null=True)

    class Meta:
        """Table name."""

        table = "organisation_fact"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Everybody sees them: they are printed for everybody."""
        del by
        return cls.all()


class PrivacyNotice(Model):
    """A version of the privacy notice; rows are only added. `entered_by` is the key of an account, or `system`."""

    version = fields.IntField(primary_key=True)
    starts_on = fields.TextField()
    text = fields.TextField()
    text_en = fields.TextField()
    entered_at = fields.TextField()
    entered_by = fields.TextField()

    class Meta:
        """Table name."""

        table = "privacy_notice"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Everybody sees every version."""
        del by
        return cls.all()


class Township(Model):
    """A township or street office of the county."""

    code = fields.CharField(32, primary_key=True)
    name = fields.TextField()
    zone = WordField(Zone)
    population = fields.IntField()
    eligible = fields.IntField()

    class Meta:
        """Table name."""

        table = "township"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Everybody sees them."""
        del by
        return cls.all()


class StoreRow(Model):
    """A charity love supermarket."""

    code = fields.CharField(32, primary_key=True)
    name = fields.TextField()
    township: fields.ForeignKeyRelation[Township] = relation(Township, "township")
    township_id: str
    kind = WordField(StoreKind)

    class Meta:
        """Table name."""

        table = "store"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Everybody sees them."""
        del by
        return cls.all()


class Staff(Model):
    """A staff account. Without a password it can only be used by tokens."""

    key = fields.CharField(64, primary_key=True)
    login = fields.TextField()
    name = fields.TextField()
    password_hash = fields.TextField(null=True)
    store: fields.ForeignKeyNullableRelation[StoreRow] = relation(StoreRow, "store", null=True)
    store_id: str | None
    disabled_at = fields.TextField(null=True)
    created_at = fields.TextField()
    password_initial = fields.BooleanField()
    confirmed_at = fields.TextField(null=True)
    totp_secret = SealedField(null=True)
    totp_step = fields.IntField(null=True)

    class Meta:
        """Table name."""

        table = "staff"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Whoever manages accounts sees all; the others see their own."""
        return cls.all() if by.may("account.manage") else cls.filter(key=by.key)

    @classmethod
    def with_keys(cls, keys: Iterable[str]) -> QuerySet[Self]:
        """The accounts of these keys: whoever sees a row sees the name of who handled it."""
        return cls.filter(key__in=list(keys))


class StaffRole(Model):
    """A role of an account. Both columns are the key, which Tortoise cannot say: rows are read only."""

    staff = fields.CharField(64, primary_key=True)
    role = WordField(Role)

    class Meta:
        """Table name."""

        table = "staff_role"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """As the accounts."""
        return cls.all() if by.may("account.manage") else cls.filter(staff=by.key)


class Session(Model):
    """A signed-in browser: the digest of its cookie."""

    digest = fields.CharField(64, primary_key=True)
    staff: fields.ForeignKeyRelation[Staff] = relation(Staff, "staff")
    staff_id: str
    created_at = fields.TextField()
    seen_at = fields.TextField()
    revoked_at = fields.TextField(null=True)
    code_at = fields.TextField(null=True)
    device = fields.TextField()

    class Meta:
        """Table name."""

        table = "session"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Everybody sees their own."""
        return cls.filter(staff_id=by.key)


class Token(Model):
    """A program's access token: the digest of it."""

    digest = fields.CharField(64, primary_key=True)
    staff: fields.ForeignKeyRelation[Staff] = relation(Staff, "staff")
    staff_id: str
    name = fields.TextField()
    created_at = fields.TextField()
    revoked_at = fields.TextField(null=True)
    expires_at = fields.TextField(null=True)
    seen_at = fields.TextField(null=True)

    class Meta:
        """Table name."""

        table = "token"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Whoever manages accounts sees all; the others see none."""
        return cls.all() if by.may("account.manage") else nothing(cls)


class RecoveryCode(Model):
    """A code that replaces the second factor once: its digest."""

    digest = fields.CharField(64, primary_key=True)
    staff: fields.ForeignKeyRelation[Staff] = relation(Staff, "staff")
    staff_id: str
    used_at = fields.TextField(null=True)

    class Meta:
        """Table name."""

        table = "recovery_code"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Everybody sees their own."""
        return cls.filter(staff_id=by.key)


class StaffChange(Model):
    """A change of an account that waits for a second person, and how it ended."""

    key = fields.CharField(64, primary_key=True)
    staff: fields.ForeignKeyRelation[Staff] = relation(Staff, "staff")
    staff_id: str
    kind = WordField(ChangeKind)
    roles = fields.TextField()
    password_hash = fields.TextField(null=True)
    asked_at = fields.TextField()
    asked_by: fields.ForeignKeyRelation[Staff] = relation(Staff, "asked_by")
    asked_by_id: str
    due_at = fields.TextField(null=True)
    settled_at = fields.TextField(null=True)
    settled_by: fields.ForeignKeyNullableRelation[Staff] = relation(Staff, "settled_by", null=True)
    settled_by_id: str | None
    outcome = WordField(Outcome, null=True)

    class Meta:
        """Table name."""

        table = "staff_change"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Whoever a waiting change concerns sees all: administrators and holders of money roles."""
        return cls.all() if by.may("account.watch") else nothing(cls)


class StaffEvent(Model):
    """Something that was done to an account."""

    id = fields.BigIntField(primary_key=True)
    at = fields.TextField()
    actor = fields.TextField()
    staff: fields.ForeignKeyRelation[Staff] = relation(Staff, "staff")
    staff_id: str
    act = WordField(AccountEvent)
    detail = fields.TextField()

    class Meta:
        """Table name."""

        table = "staff_event"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Whoever manages accounts sees all; the others see none."""
        return cls.all() if by.may("account.manage") else nothing(cls)
