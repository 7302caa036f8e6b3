"""The words of giving's columns: kinds and states, as they are stored."""

from enum import StrEnum


class CampaignKind(StrEnum):
    """What a campaign is for."""

    ONE_DAY = "one_day"
    EVERYDAY = "everyday"
    WINTER = "winter"
    EDUCATION = "education"
    ORPHAN = "orphan"
    DISASTER = "disaster"
    AGENCY = "agency"


class Reach(StrEnum):
    """Whom a campaign asks (Charity Law 23)."""

    PUBLIC = "public"
    TARGETED = "targeted"


class CampaignStatus(StrEnum):
    """How far a campaign is."""

    DRAFT = "draft"
    FILED = "filed"
    ACTIVE = "active"
    CLOSED = "closed"
    ARCHIVED = "archived"


PUBLISHED = (CampaignStatus.ACTIVE, CampaignStatus.CLOSED, CampaignStatus.ARCHIVED)


class WorkUnitKind(StrEnum):
    """What kind of 单位 gives together."""

    GOVERNMENT = "government"
    INSTITUTION = "institution"
    STATE_FIRM = "state_firm"
    PRIVATE_FIRM = "private_firm"
    SOCIETY = "society"
    COMMUNITY = "community"
    VILLAGE = "village"
    SCHOOL = "school"
    STATIONED = "stationed"
    OTHER = "other"


class PledgeStatus(StrEnum):
    """How far a pledge is; `expired` follows from its date and is not stored."""

    PENDING = "pending"
    PARTIAL = "partial"
    RECEIVED = "received"
    CANCELLED = "cancelled"
    RELEASED = "released"


class GiftKind(StrEnum):
    """What was given."""

    CASH = "cash"
    IN_KIND = "in_kind"


class DonationStatus(StrEnum):
    """What became of a gift."""

    OK = "ok"
    REFUNDED = "refunded"
    REVERSED = "reversed"


class ReceiptStatus(StrEnum):
    """What a receipt is worth."""

    ISSUED = "issued"
    VOIDED = "voided"
    REPLACED = "replaced"


class Delivery(StrEnum):
    """How a receipt reached its giver (Charity Law 38)."""

    PENDING = "pending"
    SENT = "sent"
    HANDED = "handed"
    KEPT_UNDELIVERED = "kept_undelivered"


class Evidence(StrEnum):
    """What proves the value of goods (field.md 0.7)."""

    INVOICE = "invoice"
    MARKET = "market"
    APPRAISAL = "appraisal"
    BOOK = "book"
    """What the books before ours carried it at (an opening); no gift is valued so."""
    NONE = "none"


class RefundStatus(StrEnum):
    """How far a refund is: approved it is owed, refunded it is paid."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUNDED = "refunded"
    REJECTED = "rejected"


class RefundCause(StrEnum):
    """Why money goes back (field.md 9, rows 84-89): each is booked in its own way."""

    MISTAKEN = "mistaken"
    OUTSIDE = "outside"
    OWN_FAULT = "own_fault"
    CHARGEBACK = "chargeback"


class ReversalStatus(StrEnum):
    """How far the correction of a gift that was entered wrongly is."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"


class Consent(StrEnum):
    """What a giver agrees to, and may take back: being named, the amount, being contacted."""

    NAME = "name"
    AMOUNT = "amount"
    CONTACT = "contact"


class ConsentDoor(StrEnum):
    """How a consent was taken back: with the receipt's second secret, the pledge's address, or by the desk."""

    RECEIPT = "receipt"
    PLEDGE = "pledge"
    DESK = "desk"
