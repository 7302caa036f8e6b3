"""The JSON call of a certificate (docs/api.md)."""

from pydantic import BaseModel, Field

from charity.giving import certificates
from charity.web.api import Call, Endpoint


class CertificateAnswer(BaseModel):
    """What a certificate says."""

    number: str
    name: str = Field(description="同意公开姓名的写姓名，否则为爱心人士")
    text: str
    issued_on: str
    pdf: str = Field(description="下载地址")
    png: str = Field(description="图片地址")


async def show(call: Call) -> CertificateAnswer:
    """`GET /receipts/{code}/certificate`."""
    code = call.path["code"]
    one = await certificates.of(code)
    at = f"/r/{code}/certificate"
    return CertificateAnswer(
        number=one.number,
        name=one.name,
        text=one.text,
        issued_on=one.issued_on,
        pdf=f"{at}.pdf",
        png=f"{at}.png",
    )


endpoints = [
    Endpoint(
        "GET",
        "/receipts/{code}/certificate",
        show,
        answer=CertificateAnswer,
        public=True,
        summary="捐赠证书",
    )
]
