"""Forms of signing in: strings in, typed facts or field errors out."""

from typing import Annotated

from pydantic import BaseModel, Field

from charity.web.messages import Needed


class SignInForm(BaseModel):
    """Login and password, the password exactly as typed."""

    login: Annotated[str, Needed("请填写账号")] = Field(min_length=1, max_length=64)
    password: Annotated[str, Needed("请填写密码")] = Field(min_length=1, max_length=128)
    next: str = ""


class CodeForm(BaseModel):
    """A code of the phone or a recovery code."""

    code: Annotated[str, Needed("请填写验证码")] = Field(min_length=1, max_length=40)
    next: str = ""


class BeginForm(CodeForm):
    """The first code of a phone, the secret that the page showed, and the password."""

    secret: str = Field(min_length=1, max_length=64)
    current: Annotated[str, Needed("请填写现在的密码")] = Field(min_length=1, max_length=128)


class EndSessionForm(BaseModel):
    """Which of one's sessions ends: a digest, or nothing for all others."""

    session: str = Field("", max_length=64)


class OwnPasswordForm(BaseModel):
    """A new password, set by its owner, who knows the present one."""

    current: Annotated[str, Needed("请填写现在的密码")] = Field(min_length=1, max_length=128)
    password: Annotated[str, Needed("请填写密码")] = Field(min_length=1, max_length=128)
