"""The `donor` object of docs/api.md: strings in, a Donor or field errors out."""

import re
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from charity.people import id_numbers, phones
from charity.people.id_numbers import is_persons
from charity.people.persons import NAME_MAX, Donor
from charity.web.rare import RARE_WORDS, drawn

_EMAIL = re.compile(r"^[^@\s]{1,64}@[^@\s]{1,190}$")


def _email(text: str) -> str:
    if text and not _EMAIL.match(text):
        raise ValueError("请填写完整的电子邮箱")
    return text


def _absent(value: object) -> object:
    """None for a field that a form left empty."""
    return None if value == "" else value


def _of_somebody(public: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - pydantic's signature
    """Whether the name may be public: there must be one, in a form (`kind`) as in a body (`donor.kind`)."""
    donor = info.data.get("donor")
    nobody = info.data.get("source") == "gift" and info.data.get("donor", public) is None  # goods without a giver
    if public and (nobody or (donor.kind if donor else info.data.get("kind")) == "anonymous"):
        raise ValueError(NAMELESS)
    return public


NAMELESS = "匿名捐赠没有姓名可以公开：请取消勾选，或改选个人、单位"
NUMBER_UNASKED = "填了号码，没有勾选要票据：要票据请勾选，不要请清空号码"
"""A number serves the fiscal receipt: a person's is not kept without the wish for one, at any door."""
NOTICE_MAX = 100_000
Version = Annotated[Annotated[int, Field(ge=1, le=NOTICE_MAX)] | None, BeforeValidator(_absent)]
"""The version of a privacy notice, or none."""
PublicName = Annotated[bool, AfterValidator(_of_somebody)]
"""The consent to publish the name; it stands behind the giver in its form."""
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=NAME_MAX)]


class DonorForm(BaseModel):
    """Who gives. An anonymous giver leaves nothing personal, and the form says so; the others leave a name."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["person", "organisation", "anonymous"] = Field(description="个人、单位或匿名")
    name: Line = Field("", description="姓名或单位名称；匿名时不填")
    rare: bool = Field(default=False, validate_default=True, description=RARE_WORDS)
    phone: Annotated[Line, AfterValidator(phones.read)] = Field("", description="联系电话，加密保存")
    email: Annotated[Line, AfterValidator(_email)] = Field("", description="电子邮箱，加密保存")
    fiscal_receipt: bool = Field(default=False, description="是否需要公益事业捐赠票据；需要时必填 tax_id")
    tax_id: Annotated[Line, AfterValidator(id_numbers.read)] = Field(
        "", validate_default=True, description="统一社会信用代码或身份证号"
    )
    notice: Version = Field(None, description="向捐赠人出示并取得同意的隐私告知版本；没有出示则不填")
    sensitive: bool = Field(default=False, validate_default=True, description="单独同意使用身份证号")

    @field_validator("name", "phone", "email", "tax_id", mode="after")
    @classmethod
    def _nothing_of_the_anonymous(cls, text: str, info: ValidationInfo) -> str:
        if text and info.data.get("kind") == "anonymous":
            raise ValueError("匿名捐赠不留姓名、联系方式和证件号码：请清空此项，或改选个人、单位")
        return text

    @field_validator("fiscal_receipt", mode="after")
    @classmethod
    def _of_somebody(cls, wanted: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - pydantic's signature
        if wanted and info.data.get("kind") == "anonymous":
            raise ValueError("匿名捐赠开不了公益事业捐赠票据：请取消勾选，或改选个人、单位")
        return wanted

    @field_validator("tax_id", mode="after")
    @classmethod
    def _numbered(cls, number: str, info: ValidationInfo) -> str:
        if not number and info.data.get("fiscal_receipt"):
            raise ValueError("要开票据，请填写统一社会信用代码或身份证号；不要票据，请取消勾选")
        if is_persons(number) and info.data.get("fiscal_receipt") is False:
            raise ValueError(NUMBER_UNASKED)
        return number

    @field_validator("rare", mode="after")
    @classmethod
    def _printed(cls, rare: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - pydantic's signature
        drawn(info.data.get("name", ""), rare=rare)
        return rare

    @field_validator("sensitive", mode="after")
    @classmethod
    def _agreed_apart(cls, agreed: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - pydantic's signature
        if not agreed and info.data.get("notice") and is_persons(info.data.get("tax_id", "")):
            raise ValueError("身份证号是敏感个人信息：请单独勾选同意使用，或清空证件号码")
        return agreed

    @model_validator(mode="after")
    def _named(self) -> "DonorForm":
        if self.kind != "anonymous" and not self.name:
            raise ValueError("请填写姓名或单位名称")
        return self

    def donor(self) -> Donor:
        """The facts."""
        return Donor(
            self.kind, self.name, self.phone, self.email, self.tax_id, self.fiscal_receipt, self.notice, self.sensitive
        )


class DonorPageForm(DonorForm):
    """The giver's fields of a page form, each error at its own field."""

    model_config = ConfigDict(extra="ignore")

    name: Annotated[Line, Field(validate_default=True)] = ""

    @field_validator("name", mode="after")
    @classmethod
    def _name_where_needed(cls, name: str, info: ValidationInfo) -> str:
        if not name and info.data.get("kind") in {"person", "organisation"}:
            raise ValueError("请填写姓名或单位名称；不想留名请选匿名")
        return name
