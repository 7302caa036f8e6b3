"""Strings and JSON in, the facts of an organiser out; or errors, each at its field."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, ValidationInfo, field_validator

from charity.giving.fields import Body
from charity.giving.organisers import NAME_MAX, STATES
from charity.web.messages import Needed
from charity.web.rare import RARE_TEXT, RARE_WORDS, drawn

CODE_MAX = 60
"""As long as it may be with blanks between all signs, and more than a code has."""
LOGIN_MAX = 40
PASSWORD_MAX = 128


class InviteForm(BaseModel):
    """Whom an invitation is for."""

    name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_MAX), Needed("请填写姓名")
    ] = Field(description="联络员姓名，加入前加密保存", examples=["余涛"])
    rare: bool = Field(default=False, validate_default=True, description=RARE_WORDS)

    @field_validator("rare", mode="after")
    @classmethod
    def _printed(cls, rare: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - pydantic's signature
        drawn(info.data.get("name", ""), rare=rare, asks=RARE_TEXT)
        return rare


class InviteBody(Body, InviteForm):
    """The same from a program."""


class CodeForm(BaseModel):
    """A code as it is typed."""

    code: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=CODE_MAX), Needed("请填写邀请码")
    ]


class JoinForm(BaseModel):
    """The account that whoever was invited chooses, the password exactly as typed."""

    login: Annotated[
        str,
        StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=LOGIN_MAX),
        Needed("请填写账号"),
    ]
    password: Annotated[str, Needed("请填写密码")] = Field(min_length=1, max_length=PASSWORD_MAX)


class InvitedAnswer(BaseModel):
    """A new invitation; code and address are answered this once."""

    key: str
    code: str
    address: str
    expires_on: str


class OrganiserAnswer(BaseModel):
    """An organiser, or whoever was invited."""

    key: str
    name: str
    login: str
    state: str = Field(json_schema_extra={"enum": list(STATES)})
    made_at: str
    expires_on: str
    joined_at: str | None
    ended_at: str | None


class OrganisersAnswer(BaseModel):
    """The organisers of a unit and its invitations, the newest first; never so many that a second page is needed."""

    items: list[OrganiserAnswer]
    next: str | None


class EndedAnswer(BaseModel):
    """The unit that has no organiser now."""

    work_unit: str
