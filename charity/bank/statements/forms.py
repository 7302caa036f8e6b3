"""Statements from outside: the JSON objects of docs/api.md and the forms, as typed values."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from charity.bank.chosen_columns import COLUMNS
from charity.bank.formats.layouts import TITLE_MAX, TITLES_MAX, Column
from charity.sheets import grids
from charity.web import api, fields
from charity.web.fields import DayText
from charity.web.list_filters import ListFilters
from charity.web.messages import Needed

PLACE_MAX = 40
NAME_MAX = 255
FORM_MAX = grids.BYTES_MAX + 65_536
"""Bytes of a form with a file."""
BODY_MAX = grids.BYTES_MAX * 4 // 3 + 65_536
"""Bytes of a JSON body with a file: Base64 takes four for three."""


Title = Annotated[str, Field(max_length=TITLE_MAX)]


class UploadForm(BaseModel):
    """Which account a file is of; and where no layout knows it, which of its `titles` (JSON) are our columns."""

    place: Annotated[str, Field(min_length=1, max_length=PLACE_MAX), Needed("请选择账户")]
    titles: str = Field("", max_length=TITLES_MAX * (TITLE_MAX + 4))
    column_date: Title = ""
    column_time: Title = ""
    column_in: Title = ""
    column_out: Title = ""
    column_amount: Title = ""
    column_flag: Title = ""
    column_balance: Title = ""
    column_name: Title = ""
    column_account: Title = ""
    column_memo: Title = ""
    column_reference: Title = ""

    def columns(self) -> dict[str, str]:
        """What was chosen, by our names of columns."""
        return {column: title for column in COLUMNS if (title := getattr(self, f"column_{column}"))}


class UploadBody(BaseModel):
    """A file as a program sends it."""

    model_config = ConfigDict(extra="forbid")

    place: str = Field(max_length=PLACE_MAX, description="资金存放处", examples=["1002/ICBC-01"])
    file_name: str = Field("", max_length=NAME_MAX, description="文件名", examples=["明细.xlsx"])
    file: str = Field(description="文件内容，Base64")
    columns: dict[Column, Title] = Field({}, description="表头不认识时，每一列是什么；以后这个账户的文件都这样读")


class TakeForm(BaseModel):
    """The button: the hash of what the page showed."""

    content_hash: str = ""


class TakeBody(BaseModel):
    """Taking in, or back, exactly what was shown."""

    model_config = ConfigDict(extra="forbid")

    content_hash: fields.ContentHash


class StatementsQuery(BaseModel):
    """What of the files is listed."""

    model_config = ConfigDict(extra="ignore")

    place: str = Field("", max_length=PLACE_MAX)
    after: str = Field("", max_length=200)


class LinesQuery(ListFilters):
    """What of the lines is listed; `who` stands anywhere in a name, a memo, an account or a reference."""

    place: str = Field("", max_length=PLACE_MAX)
    status: str = Field("", max_length=PLACE_MAX)
    statement: str = Field("", max_length=PLACE_MAX)
    direction: Literal["", "in", "out"] = ""


class StatementsParams(api.Page):
    """What of the files a program asks for."""

    place: str = Field("", max_length=PLACE_MAX, description="资金存放处")


class LinesParams(StatementsParams):
    """What of the lines a program asks for."""

    status: str = Field("", max_length=PLACE_MAX, description="状态：open 未核对")
    statement: str = Field("", max_length=PLACE_MAX, description="对账单的 key")
    direction: Literal["in", "out"] | None = Field(None, description="in 收入，out 支出；不填都列")
    from_on: DayText = Field("", description="交易日期自")
    to_on: DayText = Field("", description="交易日期至")


class StatementAnswer(BaseModel):
    """A file: what it says, and of that what is new."""

    key: str
    place: str
    layout: str
    account: str = Field(description="文件写的账号")
    file_name: str
    status: str = Field(
        description="staging 未读完、waiting 等待确认、stale 要重新上传、taken 已导入、taken_back 已撤回"
    )
    first_on: str
    last_on: str
    exported_at: str | None = Field(description="文件写的导出时间；文件没有写的为 null")
    lines: int
    in_fen: int
    out_fen: int
    new_lines: int = Field(description="其中新增的行数，其余已经在册")
    new_in_fen: int
    new_out_fen: int
    content_hash: str


class StatementsAnswer(BaseModel):
    """Files, newest first."""

    items: list[StatementAnswer]
    next: str | None


class LineAnswer(BaseModel):
    """A line. One of the two sums is 0."""

    key: str
    statement: str
    file_row: int
    place: str
    on_day: str
    at_time: str
    in_fen: int
    out_fen: int
    balance_fen: int | None
    name: str
    account: str
    memo: str
    reference: str
    kind: str
    reversal: bool = Field(description="冲账：文件里是另一方向的负数")
    status: str


class LinesAnswer(BaseModel):
    """Lines, the newest day first."""

    items: list[LineAnswer]
    next: str | None
