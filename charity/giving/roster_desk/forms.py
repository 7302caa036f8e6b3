"""Rosters from outside: JSON and forms."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from charity.giving.fields import Body
from charity.giving.roster_sheets import BYTES_MAX, PASTED_MAX, TYPED_MAX
from charity.giving.unit_rosters import RosterStatus
from charity.money import AMOUNT_MAX_FEN, typed_yuan
from charity.plain import whole
from charity.web import fields
from charity.web.api import Page
from charity.web.messages import Needed

CODE_MAX = 64
FORM_MAX = BYTES_MAX + PASTED_MAX * 4 + 65_536
"""Bytes of a form with a file, or with what was pasted."""
BODY_MAX = BYTES_MAX * 4 // 3 + PASTED_MAX * 4 + 65_536
"""The same as JSON: Base64 takes four for three."""
PART_MAX = PASTED_MAX * 4
STAMP_MAX = 40
PEOPLE_MAX = 1_000_000


def _fen(value: Any) -> Any:
    """Yuan as they are typed; "" is none."""
    return (typed_yuan(value) if value.strip() else 0) if isinstance(value, str) else value


def _fen_or_none(value: Any) -> Any:
    return _fen(value) or None if isinstance(value, str) else value


def _count(value: Any) -> Any:
    return whole(value) or None if isinstance(value, str) else value


Cell = Annotated[str, StringConstraints(strip_whitespace=True, max_length=TYPED_MAX)]
Code = Annotated[str, StringConstraints(max_length=CODE_MAX)]
Fen0 = Annotated[int, Field(ge=0, le=AMOUNT_MAX_FEN)]
Stamp = Annotated[str, StringConstraints(max_length=STAMP_MAX)]


class InviteForm(BaseModel):
    """Which units begin a roster in which campaign."""

    campaign: Annotated[str, StringConstraints(min_length=1, max_length=CODE_MAX), Needed("请选择活动")]
    work_unit: list[Code] = Field(default_factory=list, description="单位代号", examples=[["LXU13"]])


class InviteBody(Body, InviteForm):
    """The same from a program."""


class LineForm(BaseModel):
    """A person on a roster, as typed: what cannot be read is kept and shown."""

    name: Cell = Field("", description="姓名", examples=["王伟"])
    amount: Cell = Field("", description="捐款金额，元", examples=["100.00"])
    tail: Cell = Field("", description="证件后四位，选填")
    phone: Cell = Field("", description="手机，选填")
    single: Cell = Field("", description="要单独开收据填“是”，否则并入单位汇总收据")
    public: Cell = Field("", description="同意公示姓名和金额填“是”")
    payroll: Cell = Field("", description="本人同意从工资里代扣填“是”，否则是自己交给单位")


class LineBody(Body, LineForm):
    """The same from a program."""


class SeenForm(BaseModel):
    """A line as it was shown."""

    changed_at: Stamp = Field("", description="所看到的这一行是什么时候改的")


class ChangeForm(LineForm, SeenForm):
    """A line that is written anew."""


class ChooseForm(SeenForm):
    """Whether a line is counted."""

    counted: bool = Field(False, description="计入单位汇款；不勾是已线上捐")


class ChangeBody(Body, ChangeForm):
    """The same from a program."""


class ChooseBody(Body, ChooseForm):
    """The same from a program."""


class SeenBody(Body, SeenForm):
    """The same from a program."""


class OwnForm(BaseModel):
    """What the unit gives itself, and what it expects."""

    unit_fen: Annotated[Fen0, BeforeValidator(_fen)] = Field(0, description="单位自己的捐款；JSON 用分")
    expected_people: Annotated[Annotated[int, Field(ge=1, le=PEOPLE_MAX)] | None, BeforeValidator(_count)] = Field(
        None, description="预计捐款人数，用来核对，选填"
    )
    expected_fen: Annotated[Fen0 | None, BeforeValidator(_fen_or_none)] = Field(
        None, description="预计职工捐款合计，用来核对，选填；JSON 用分"
    )
    version: int = Field(0, description="所看到的名册是第几次修改的")


class OwnBody(Body, OwnForm):
    """The same from a program."""


class StageForm(BaseModel):
    """A whole roster: a file beside it, or what is pasted."""

    text: Annotated[str, StringConstraints(max_length=PASTED_MAX), fields.GRID] = ""


class StageBody(Body):
    """A whole roster from a program: the file in Base64, or rows as text."""

    file_name: str = Field("", max_length=255, description="文件名", examples=["名册.xlsx"])
    file: str = Field("", description="文件内容，Base64")
    text: Annotated[str, fields.GRID] = Field(
        "", max_length=PASTED_MAX, description="或者粘贴的行：姓名、金额，一行一人"
    )


class TakeForm(BaseModel):
    """A sheet that was shown takes the roster's place, or comes behind it."""

    content_hash: str = ""
    how: Annotated[str, StringConstraints(pattern="^(replace|append)$"), Needed("请选择替换还是追加")]


class TakeBody(Body):
    """The same from a program."""

    content_hash: fields.ContentHash
    how: Annotated[str, StringConstraints(pattern="^(replace|append)$")] = Field(
        "replace", description="replace 替换现有名册，append 追加在后"
    )


class LockForm(BaseModel):
    """A list that is locked as it was shown."""

    content_hash: str = ""
    checked: bool = False


class LockBody(Body):
    """The same from a program."""

    content_hash: fields.ContentHash
    checked: bool = Field(False, description="同名的人、与预计不同的人数和合计已核对")


class HashForm(BaseModel):
    """A roster as it was shown."""

    content_hash: str = ""


class HashBody(Body):
    """The same from a program."""

    content_hash: fields.ContentHash


class RemitForm(HashForm):
    """What a unit says that it has transferred."""

    remitted_on: fields.DayText = Field(description="汇款日期")
    remitted_fen: Annotated[int, Field(ge=1, le=AMOUNT_MAX_FEN), BeforeValidator(_fen), Needed("请填写汇款金额")] = (
        Field(description="汇款金额；JSON 用分")
    )


class RemitBody(Body):
    """The same from a program."""

    content_hash: fields.ContentHash
    remitted_on: fields.DayText = Field(description="汇款日期")
    remitted_fen: Annotated[int, Field(ge=1, le=AMOUNT_MAX_FEN)]


class RostersFilter(BaseModel):
    """What the list is filtered by."""

    model_config = ConfigDict(extra="ignore")

    campaign: str = Field("", max_length=CODE_MAX)
    status: RosterStatus | str = Field("", max_length=CODE_MAX)
    after: str = Field("", max_length=CODE_MAX)


class RostersQuery(Page):
    """Which rosters a program asks for."""

    campaign: str = Field("", max_length=CODE_MAX, description="活动")
    status: str = Field("", max_length=CODE_MAX, description="状态")


class LinesFilter(BaseModel):
    """Which lines of a roster are shown."""

    model_config = ConfigDict(extra="ignore")

    only: Annotated[str, StringConstraints(pattern="^(wrong|double|online)?$")] = ""
    after: Annotated[int, BeforeValidator(lambda value: _count(value) or 0), Field(ge=0, le=PEOPLE_MAX)] = 0


class MadeRoster(BaseModel):
    """A roster that was begun."""

    key: str
    work_unit: str
    reference: str


class InvitedAnswer(BaseModel):
    """Rosters that were begun; a unit that has one already is not among them."""

    rosters: list[MadeRoster]


class RosterAnswer(BaseModel):
    """A roster: how far it is, and what it adds up to."""

    key: str
    campaign: str
    work_unit: str
    reference: str
    status: RosterStatus
    people: int = Field(description="计入汇款的人数")
    staff_fen: int = Field(description="职工捐款合计，分")
    unit_fen: int = Field(description="单位自己的捐款，分")
    online: int = Field(description="已线上捐、不计入的人数")
    wrong: int = Field(description="读不出来的行数")
    draft: bool = Field(description="有一份上传的名册等待确认")
    remitted_on: str | None
    remitted_fen: int | None
    received_on: str | None
    received_fen: int | None
    version: int
    content_hash: str


class RostersAnswer(BaseModel):
    """Rosters by the code of their unit."""

    items: list[RosterAnswer]
    next: str | None


class DraftAnswer(BaseModel):
    """What an upload adds up to; `content_hash` is for taking it."""

    lines: int
    people: int
    staff_fen: int
    wrong: int
    online: int
    total: str = Field(description="文件自己写的合计，没有为空")
    unused: list[str] = Field(description="没有用到的列")
    content_hash: str


class LineAnswer(BaseModel):
    """The key of a line."""

    line: str


class StatusAnswer(BaseModel):
    """How far a roster is now."""

    status: RosterStatus
