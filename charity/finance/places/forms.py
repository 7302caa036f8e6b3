"""What is typed of a place of money: strings or JSON in, typed values or field errors out."""

from pydantic import BaseModel, ConfigDict, Field

from charity.ledger.places import NAME_MAX

CODE_MAX = 40


class OpenForm(BaseModel):
    """A bank account that is opened, under the code that account codes call it."""

    model_config = ConfigDict(str_strip_whitespace=True)

    place: str = Field(max_length=CODE_MAX, description="账户代码：大写字母、数字和连字符", examples=["CCB-02"])
    name: str = Field(max_length=NAME_MAX, description="名称，印在付款凭证上")
    name_en: str = Field("", max_length=NAME_MAX, description="英文名称")


class RenameForm(BaseModel):
    """What a place is called from now on."""

    model_config = ConfigDict(str_strip_whitespace=True)

    code: str = Field(max_length=CODE_MAX, description="资金存放处", examples=["1002/ICBC-01"])
    name: str = Field(max_length=NAME_MAX, description="名称，印在付款凭证上")
    name_en: str = Field("", max_length=NAME_MAX, description="英文名称")


class MarkForm(BaseModel):
    """The bank account that pays, or receives, from now on."""

    model_config = ConfigDict(str_strip_whitespace=True)

    code: str = Field(max_length=CODE_MAX, description="资金存放处", examples=["1002/ICBC-01"])


class OpenBody(OpenForm):
    """The same from a program."""

    model_config = ConfigDict(extra="forbid")


class RenameBody(RenameForm):
    """The same from a program."""

    model_config = ConfigDict(extra="forbid")


class MarkBody(MarkForm):
    """The same from a program."""

    model_config = ConfigDict(extra="forbid")


class PlaceAnswer(BaseModel):
    """A place of money."""

    code: str
    name: str
    name_en: str
    pays: bool = Field(description="付款时没有另选，从这里付")
    receives: bool = Field(description="银行转账的捐款记入这里")


class PlacesAnswer(BaseModel):
    """All places of money, by code."""

    items: list[PlaceAnswer]
