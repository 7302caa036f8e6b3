"""What the pages say of consents, in the reader's language."""

from collections.abc import Sequence

from charity import words
from charity.giving.kinds import Consent

CONSENT_WORDS = {
    Consent.NAME: "公开姓名或单位名称",
    Consent.AMOUNT: "公开金额",
    Consent.CONTACT: "用留下的电话、邮箱联系",
}


def taken_back(withdrawn: Sequence[str]) -> str:
    """What was taken back just now."""
    return words.listed(words.translate(CONSENT_WORDS[Consent(name)]) for name in withdrawn)
