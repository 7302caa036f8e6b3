"""Accounts of households from outside: JSON and forms."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from charity.aid.fields import CODE_MAX, Code
from charity.web.messages import Needed

Account = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=CODE_MAX), Needed("请填写银行账号")
]


class EnterBody(BaseModel):
    """An account for a household."""

    model_config = ConfigDict(extra="forbid")

    household: Code = Field(description="家庭的户编号", examples=["HH0001"])
    account: Account = Field(description="银行账号，加密保存", examples=["6217000012345678"])


class AgainBody(BaseModel):
    """The account, typed once more."""

    model_config = ConfigDict(extra="forbid")

    account: Account = Field(description="对照原件再填一次的银行账号", examples=["6217000012345678"])


class EnterForm(BaseModel):
    """The form of a case worker."""

    household: Annotated[Code, Needed("请填写户编号")]
    account: Account


class AgainForm(BaseModel):
    """The form of the second person."""

    account: Account
