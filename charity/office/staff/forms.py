"""Forms of the office: strings in, typed facts or field errors out."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from charity.roles import Role
from charity.web.messages import Needed
from charity.web.rare import RARE_TEXT, drawn


def _listed(value: object) -> object:
    """One ticked box arrives as text, several as a list."""
    return [value] if isinstance(value, str) else value


Roles = Annotated[list[Role], BeforeValidator(_listed)]


class Form(BaseModel):
    """Base: blanks around a text are no part of it; fields we do not know are not looked at."""

    model_config = ConfigDict(str_strip_whitespace=True, extra="ignore")


class AccountForm(Form):
    """An account's name, roles and store."""

    name: Annotated[str, Needed("请填写姓名")] = Field(min_length=1, max_length=40)
    rare: bool = Field(default=False, validate_default=True)
    roles: Roles = Field(default_factory=list)
    store: str = Field("", max_length=32)

    @field_validator("rare", mode="after")
    @classmethod
    def _printed(cls, rare: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - pydantic's signature
        drawn(info.data.get("name", ""), rare=rare, asks=RARE_TEXT)
        return rare


class NewAccountForm(AccountForm):
    """A new account, with the password that its owner should change."""

    login: Annotated[str, Needed("请填写账号")] = Field(min_length=1, max_length=40)
    password: Annotated[str, Needed("请填写密码")] = Field(min_length=1, max_length=128)


class PasswordForm(BaseModel):
    """A new password, set by the admin."""

    password: Annotated[str, Needed("请填写密码")] = Field(min_length=1, max_length=128)
