"""Work units from outside: JSON and forms."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from charity.giving.fields import Body
from charity.giving.kinds import WorkUnitKind
from charity.giving.limits import STAFF_MAX, UNIT_NAME_MAX
from charity.plain import whole
from charity.web.api import Page
from charity.web.messages import Needed

CODE_MAX = 16
REFERENCE_MAX = 20
STAMP_MAX = 40
TEXT_MAX = 60


def _count(value: Any) -> Any:
    """A typed number of people; "" is not known."""
    return whole(value) or None if isinstance(value, str) else value


Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=REFERENCE_MAX)]
Staff = Annotated[int, Field(ge=1, le=STAFF_MAX)]
Seen = Annotated[str, StringConstraints(max_length=STAMP_MAX)]


class UnitForm(BaseModel):
    """What is kept of a unit, as it is typed."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=UNIT_NAME_MAX)] = Field(
        description="单位全称", examples=["临溪市水务局"]
    )
    kind: Annotated[WorkUnitKind, Needed("请选择单位类型")] = Field(description="单位类型")
    reference: Annotated[Short, Field(min_length=1), Needed("请填写参考号")] = Field(
        description="参考号：单位汇款时写在附言里，也印在海报上", examples=["YRJ26-13"]
    )
    staff: Annotated[Staff | None, BeforeValidator(_count)] = Field(
        None, description="职工数，不知道的不填", examples=[86]
    )
    show_amount: bool = Field(False, description="单位愿意在公示里显示捐款总额")


class AddForm(UnitForm):
    """A unit that is registered."""

    code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=CODE_MAX)] = Field(
        description="单位代号：大写字母、数字和连字符，以后不能改", examples=["LXU13"]
    )


class ChangeForm(UnitForm):
    """A unit that is changed, as it was shown."""

    changed_at: Seen = Field(description="所看到的内容是什么时候改的；这以后有人改过，就不能办理")


class SeenForm(BaseModel):
    """A unit that is taken out or brought back, as it was shown."""

    changed_at: Seen = Field(description="所看到的内容是什么时候改的；这以后有人改过，就不能办理")


class AddBody(Body, AddForm):
    """The same from a program."""


class ChangeBody(Body, ChangeForm):
    """The same from a program."""


class SeenBody(Body, SeenForm):
    """The same from a program."""


class UnitsFilter(BaseModel):
    """What the list is filtered by."""

    model_config = ConfigDict(extra="ignore")

    text: str = Field("", max_length=TEXT_MAX)
    kind: WorkUnitKind | Literal[""] = ""
    state: Literal["", "active", "retired"] = ""
    after: str = Field("", max_length=CODE_MAX)


class UnitsQuery(Page):
    """Which units a program asks for."""

    text: str = Field("", max_length=TEXT_MAX, description="名称里的字，或者代号、参考号的开头")
    kind: WorkUnitKind | None = Field(None, description="单位类型")
    state: Literal["active", "retired"] | None = Field(None, description="active 在用，retired 已停用；不填都列")


class KeptAnswer(BaseModel):
    """The unit that was registered or changed, and since when it is as it is."""

    code: str
    changed_at: str


class UnitAnswer(BaseModel):
    """A work unit."""

    code: str
    name: str
    kind: WorkUnitKind
    staff: int | None
    reference: str
    show_amount: bool
    retired: bool
    changed_at: str


class UnitsAnswer(BaseModel):
    """Units by code; `next` goes on."""

    items: list[UnitAnswer]
    next: str | None


class UnitGiving(BaseModel):
    """What came from a unit in a campaign."""

    campaign: str
    name: str
    donors: int
    gifts: int
    net_fen: int


class UnitShown(UnitAnswer):
    """A unit with what came from it."""

    giving: list[UnitGiving]
