"""Strings in, what a giver proves himself by out."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from charity.giving.fields import Body

Typed = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]


class ProofForm(BaseModel):
    """The number and the second secret, or the pledge that its page carries; and whether the PDF is wanted."""

    number: Typed = ""
    secret: Typed = ""
    pledge: Typed = ""
    pdf: str = ""


class ProofBody(Body):
    """What the giver knows beside the code of the receipt."""

    number: Typed = Field("", description="收据编号")
    secret: Typed = Field("", description="手机号后四位；没有留手机号的，收据上的领取码")
    pledge: Typed = Field("", description="或者：认捐的 code，代替前两项")


class FullReceipt(BaseModel):
    """A receipt as its giver sees it."""

    number: str
    status: str
    donor: str
    donor_id: str = Field(description="证件号码只有首尾；单位为统一社会信用代码")
    amount_fen: int
    project: str
    issued_on: str
    received_on: str
    memo: str
    handler: str = Field(description="开票人（经办人）")
    reviewer: str = Field(description="复核人；记账凭证未复核的为空")
    receiver: str = Field(description="收款人或收货人")
    ended_on: str = Field(description="作废或更换的日期")
    reason: str = Field(description="已作废或已更换；内部写的理由不给出")
