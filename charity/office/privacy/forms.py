"""A version of the privacy notice: strings or JSON in, or errors, each at its field."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from charity.office.privacy.verbs import TEXT_MAX
from charity.web.api import Query
from charity.web.fields import AREA, Day

Text = Annotated[str, AREA, Field(max_length=TEXT_MAX)]


class NoticeForm(BaseModel):
    """A new version, as the administrator types it."""

    text: Text
    text_en: Text
    starts_on: Day


class NoticeBody(BaseModel):
    """The same from a program."""

    model_config = ConfigDict(extra="forbid")

    text: Text = Field(description="中文全文；一行一段，标题以“# ”开头")
    text_en: Text = Field(description="英文全文，写法相同")
    starts_on: Day = Field(description="生效日期，最早为今天", examples=["2026-12-01"])


class NoticeQuery(Query):
    """Which version."""

    version: int | None = Field(None, ge=1, le=100_000, description="版本；不填则为现行版本")


class NoticeAnswer(BaseModel):
    """A version of the privacy notice."""

    version: int
    starts_on: date
    text: str
    text_en: str
