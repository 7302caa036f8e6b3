"""Institutions from outside: JSON and forms."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator

from charity.aid.fields import CODE_MAX
from charity.people.models import EntryStatus, InstitutionKind
from charity.web.messages import Needed
from charity.web.rare import RARE_TEXT, RARE_WORDS, drawn

NAME_MAX = 100
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_MAX), Needed("请填写名称")]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=CODE_MAX)]


class EnterForm(BaseModel):
    """An institution as it is typed."""

    code: Annotated[Short, Field(min_length=1, description="编号", examples=["LXI31"]), Needed("请填写编号")]
    name: Name = Field(description="名称")
    rare: bool = Field(default=False, validate_default=True, description=RARE_WORDS)
    kind: InstitutionKind = Field(description="branch 是乡镇分会/联络站，supplier 是供应商；登记以后不能改")
    credit_code: Short = Field("", description="统一社会信用代码，校验最后一位；没有的不填")
    township: Short = Field("", description="所在乡镇的代码")
    account: Short = Field("", description="银行账号，加密保存；不填表示没有，或者不变")

    @field_validator("rare", mode="after")
    @classmethod
    def _printed(cls, rare: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - pydantic's signature
        drawn(info.data.get("name", ""), rare=rare, asks=RARE_TEXT)
        return rare

    @property
    def typed(self) -> dict[str, str]:
        """What is kept."""
        return self.model_dump(exclude={"rare"})


class EnterBody(EnterForm):
    """The same from a program."""

    model_config = ConfigDict(extra="forbid")


class AgainForm(BaseModel):
    """The account once more, as the second person types it."""

    account: Short = Field("", description="对照原件再填一次的银行账号；没有登记账号的不填")


class AgainBody(AgainForm):
    """The same from a program."""

    model_config = ConfigDict(extra="forbid")


class StatusAnswer(BaseModel):
    """How far the entry is."""

    key: str
    status: EntryStatus


class InstitutionAnswer(BaseModel):
    """An institution; its account is in no answer."""

    code: str
    name: str
    kind: InstitutionKind
    credit_code: str
    township: str
    has_account: bool


class EntryAnswer(BaseModel):
    """An entry of an institution."""

    key: str
    code: str
    name: str
    kind: InstitutionKind
    credit_code: str
    township: str
    status: EntryStatus
    entered_at: str


class InstitutionsAnswer(BaseModel):
    """All institutions by code, and the newest entries."""

    items: list[InstitutionAnswer]
    entries: list[EntryAnswer]
