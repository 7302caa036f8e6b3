"""Rows of the bank room, for reading. The verbs of its closets write them; none of them is a row of the books."""

from enum import StrEnum
from typing import Final, TypedDict

from tortoise import fields
from tortoise.models import Model

from charity.db.fields import SealedField, WordField
from charity.db.tables import Table


class StatementStatus(StrEnum):
    """How far a file has come: its lines are being written, it was shown and waits, or its lines are in.

    A `stale` one was counted before another file was taken back; it has to be uploaded again.
    """

    STAGING = "staging"
    WAITING = "waiting"
    STALE = "stale"
    TAKEN = "taken"
    TAKEN_BACK = "taken_back"


class LineStatus(StrEnum):
    """What became of a line. One that is `taken_back` goes with its file; whatever is not `open` holds its file."""

    OPEN = "open"
    MATCHED = "matched"
    IGNORED = "ignored"
    TAKEN_BACK = "taken_back"


class Attempt(StrEnum):
    """Whether the automatic comparison looks at a line: soon, not before the books move its sum, or never again."""

    DUE = "due"
    TRIED = "tried"
    NEVER = "never"


class MatchKind(StrEnum):
    """What somebody decided: lines and movements are the same money, a line stays open; and that it was undone."""

    MATCHED = "matched"
    IGNORED = "ignored"
    UNDONE = "undone"


class Method(StrEnum):
    """By what lines and movements were brought together (D12)."""

    REFERENCE = "reference"
    NAME = "name"
    MANUAL = "manual"
    HELD = "held"
    FEE = "fee"
    NONE = ""


BOOKED: Final = frozenset({Method.HELD, Method.FEE})
"""What booked the line that it matched: it is undone with its entry, never alone."""


class DayStatus(StrEnum):
    """How far the close of a day has come: the cashier prepared it, an accountant closed it, or opened it again."""

    PREPARED = "prepared"
    CLOSED = "closed"
    REOPENED = "reopened"


class BankAccount(Model):
    """A place of money whose statements come in: its number once a file said it, and how often its lines changed.

    `files` is one more with each file that is taken in or taken back.
    """

    place = fields.CharField(max_length=40, primary_key=True)
    number = fields.TextField()
    files = fields.BigIntField()

    class Meta:
        """Table name."""

        table = "bank_account"


class BankAccountRow(TypedDict):
    """A row of `bank_account`."""

    place: str
    number: str
    files: int


class BankStatement(Model):
    """A file. `lines` and sums are those of the file, `new_…` of what it adds to the `seen_files` files before it.

    Sums are signed, as the file adds up its columns: a reversal makes the sum of its own column less.
    `exported_at` is when the bank made the file, where it says so, and `again_at` when the very same file came in last.
    """

    key = fields.CharField(max_length=32, primary_key=True)
    place = fields.TextField()
    file_hash = fields.TextField()
    file_name = SealedField(null=True)
    layout = fields.TextField()
    account = fields.TextField()
    first_on = fields.TextField()
    last_on = fields.TextField()
    lines = fields.BigIntField()
    in_fen = fields.BigIntField()
    out_fen = fields.BigIntField()
    new_lines = fields.BigIntField()
    new_in_fen = fields.BigIntField()
    new_out_fen = fields.BigIntField()
    seen_files = fields.BigIntField()
    status = WordField(StatementStatus)
    uploaded_by = fields.TextField()
    uploaded_at = fields.TextField()
    taken_by = fields.TextField(null=True)
    taken_at = fields.TextField(null=True)
    taken_back_by = fields.TextField(null=True)
    taken_back_at = fields.TextField(null=True)
    exported_at = fields.TextField(null=True)
    again_at = fields.TextField(null=True)

    class Meta:
        """Table name."""

        table = "bank_statement"


class BankStatementRow(TypedDict):
    """A row of `bank_statement`."""

    key: str
    place: str
    file_hash: str
    file_name: bytes | None
    layout: str
    account: str
    first_on: str
    last_on: str
    lines: int
    in_fen: int
    out_fen: int
    new_lines: int
    new_in_fen: int
    new_out_fen: int
    seen_files: int
    status: str
    uploaded_by: str
    uploaded_at: str
    taken_by: str | None
    taken_at: str | None
    taken_back_by: str | None
    taken_back_at: str | None
    exported_at: str | None
    again_at: str | None


class BankLine(Model):
    """A line that a file added; `file_row` is its row there. One of `in_fen` and `out_fen` is 0, the other what moved.

    A `reversal` stands in the file with a minus, in the column of the other side: the file's sums count it there.
    """

    key = fields.CharField(max_length=48, primary_key=True)
    statement = fields.TextField()
    file_row = fields.BigIntField()
    place = fields.TextField()
    on_day = fields.TextField()
    at_time = fields.TextField()
    in_fen = fields.BigIntField()
    out_fen = fields.BigIntField()
    balance_fen = fields.BigIntField(null=True)
    name = SealedField(null=True)
    account = SealedField(null=True)
    memo = SealedField(null=True)
    reference = fields.TextField()
    kind = fields.TextField()
    reversal = fields.BooleanField()
    identity = fields.TextField()
    occurrence = fields.BigIntField()
    status = WordField(LineStatus)
    matched = fields.TextField(null=True)
    cleared_on = fields.TextField(null=True)
    attempt = WordField(Attempt)

    class Meta:
        """Table name."""

        table = "bank_line"


class BankLineRow(TypedDict):
    """A row of `bank_line`."""

    key: str
    statement: str
    file_row: int
    place: str
    on_day: str
    at_time: str
    in_fen: int
    out_fen: int
    balance_fen: int | None
    name: bytes | None
    account: bytes | None
    memo: bytes | None
    reference: str
    kind: str
    reversal: bool
    identity: str
    occurrence: int
    status: str
    matched: str | None
    cleared_on: str | None
    attempt: str


class BankMark(Model):
    """Up to which entry of the journal movements are written."""

    id = fields.IntField(primary_key=True)
    seq = fields.BigIntField()

    class Meta:
        """Table name."""

        table = "bank_mark"


class BankMarkRow(TypedDict):
    """A row of `bank_mark`."""

    id: int
    seq: int


class BankMovement(Model):
    """What one event moved at one place, in its `entries` from `seq` on; `matched` is the decision that stands.

    `event` names the document (`gift:KEY`, `voucher:BF-2026-000012`), of what has none its entry; `reference` is the
    bank's number folded as `movements.folded` does.
    """

    key = fields.CharField(max_length=80, primary_key=True)
    place = fields.TextField()
    event = fields.TextField()
    seq = fields.BigIntField()
    entries = fields.BigIntField()
    on_day = fields.TextField()
    fen = fields.BigIntField()
    kind = fields.TextField()
    document = fields.TextField()
    number = fields.TextField()
    unit = fields.TextField()
    reference = fields.TextField()
    reverses = fields.BigIntField(null=True)
    matched = fields.TextField(null=True)
    cleared_on = fields.TextField(null=True)

    class Meta:
        """Table name."""

        table = "bank_movement"


class BankMovementRow(TypedDict):
    """A row of `bank_movement`."""

    key: str
    place: str
    event: str
    seq: int
    entries: int
    on_day: str
    fen: int
    kind: str
    document: str
    number: str
    unit: str
    reference: str
    reverses: int | None
    matched: str | None
    cleared_on: str | None


class BankMatch(Model):
    """A decision, never changed; `undoes` names the one that it takes back. `reasons` are words with blanks between."""

    key = fields.CharField(max_length=32, primary_key=True)
    kind = WordField(MatchKind)
    undoes = fields.TextField(null=True)
    place = fields.TextField()
    fen = fields.BigIntField()
    method = WordField(Method)
    score = fields.BigIntField()
    reasons = fields.TextField()
    reason = SealedField(null=True)
    made_by = fields.TextField()
    made_at = fields.TextField()

    class Meta:
        """Table name."""

        table = "bank_match"


class BankMatchRow(TypedDict):
    """A row of `bank_match`."""

    key: str
    kind: str
    undoes: str | None
    place: str
    fen: int
    method: str
    score: int
    reasons: str
    reason: bytes | None
    made_by: str
    made_at: str


class BankMatchItem(Model):
    """A line or a movement that a decision is about."""

    match_key = fields.CharField(max_length=32, primary_key=True)
    item = fields.TextField()

    class Meta:
        """Table name."""

        table = "bank_match_item"


class BankMatchItemRow(TypedDict):
    """A row of `bank_match_item`."""

    match_key: str
    item: str


class BankColumns(Model):
    """What the columns are called of files of a place that no layout knows: JSON by our names of columns."""

    place = fields.CharField(max_length=40, primary_key=True)
    columns = fields.TextField()
    chosen_by = fields.TextField()
    chosen_at = fields.TextField()

    class Meta:
        """Table name."""

        table = "bank_columns"


class BankColumnsRow(TypedDict):
    """A row of `bank_columns`."""

    place: str
    columns: str
    chosen_by: str
    chosen_at: str


class BankOpening(Model):
    """What the accountant stated that a bank had at the end of a day, once a place."""

    place = fields.CharField(max_length=40, primary_key=True)
    on_day = fields.TextField()
    fen = fields.BigIntField()
    set_by = fields.TextField()
    set_at = fields.TextField()

    class Meta:
        """Table name."""

        table = "bank_opening"


class BankOpeningRow(TypedDict):
    """A row of `bank_opening`."""

    place: str
    on_day: str
    fen: int
    set_by: str
    set_at: str


class BankDay(Model):
    """The close of a day at a place of money: `content` is what was shown and confirmed, `before_on` the day before it.

    `counted_fen` is what the bank has or what was counted; `closed_seq` the last entry of the books then.
    """

    key = fields.CharField(max_length=32, primary_key=True)
    place = fields.TextField()
    on_day = fields.TextField()
    before_on = fields.TextField()
    status = WordField(DayStatus)
    content = fields.TextField()
    content_hash = fields.TextField()
    book_fen = fields.BigIntField()
    counted_fen = fields.BigIntField()
    note = SealedField(null=True)
    prepared_by = fields.TextField()
    prepared_at = fields.TextField()
    closed_by = fields.TextField(null=True)
    closed_at = fields.TextField(null=True)
    closed_seq = fields.BigIntField(null=True)
    reopened_by = fields.TextField(null=True)
    reopened_at = fields.TextField(null=True)
    reason = SealedField(null=True)

    class Meta:
        """Table name."""

        table = "bank_day"


class BankDayRow(TypedDict):
    """A row of `bank_day`."""

    key: str
    place: str
    on_day: str
    before_on: str
    status: str
    content: str
    content_hash: str
    book_fen: int
    counted_fen: int
    note: bytes | None
    prepared_by: str
    prepared_at: str
    closed_by: str | None
    closed_at: str | None
    closed_seq: int | None
    reopened_by: str | None
    reopened_at: str | None
    reason: bytes | None


DAY = Table(BankDay, BankDayRow)


class BankFee(Model):
    """A fee that a bank took: `text` is the rule by which it was booked, `chart` the account that it went to."""

    number = fields.CharField(max_length=40, primary_key=True)
    year = fields.BigIntField()
    place = fields.TextField()
    on_day = fields.TextField()
    fen = fields.BigIntField()
    text = fields.TextField()
    chart = fields.TextField()
    line = fields.TextField()
    match = fields.TextField()
    channel_ref = fields.TextField()
    made_by = fields.TextField()
    made_at = fields.TextField()
    seq = fields.BigIntField()
    reversed_by = fields.TextField(null=True)
    reversed_at = fields.TextField(null=True)
    reversal_seq = fields.BigIntField(null=True)
    reason = SealedField(null=True)

    class Meta:
        """Table name."""

        table = "bank_fee"


class BankFeeRow(TypedDict):
    """A row of `bank_fee`."""

    number: str
    year: int
    place: str
    on_day: str
    fen: int
    text: str
    chart: str
    line: str
    match: str
    channel_ref: str
    made_by: str
    made_at: str
    seq: int
    reversed_by: str | None
    reversed_at: str | None
    reversal_seq: int | None
    reason: bytes | None


FEE = Table(BankFee, BankFeeRow)
COLUMNS = Table(BankColumns, BankColumnsRow)
ACCOUNT = Table(BankAccount, BankAccountRow)
STATEMENT = Table(BankStatement, BankStatementRow)
LINE = Table(BankLine, BankLineRow)
MARK = Table(BankMark, BankMarkRow)
MOVEMENT = Table(BankMovement, BankMovementRow)
MATCH = Table(BankMatch, BankMatchRow)
MATCH_ITEM = Table(BankMatchItem, BankMatchItemRow, "")
OPENING = Table(BankOpening, BankOpeningRow)
