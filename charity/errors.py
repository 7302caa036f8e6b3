"""What can go wrong in the field: a rule that said no, and fields that could not be read.

A `Rule` is declared once, in the `rules.py` of its room, with a code, its Chinese words (the msgid
of the catalogs) and a status. Calling it with facts makes the `Refusal` to raise:

    LOT_SHORT = Rule("stock.short", "库存不足：{shortages}")
    raise LOT_SHORT(shortages=...)

A broken invariant is an assert or an ordinary exception, never a Refusal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Failure:
    """One invariant that does not hold, as `charity verify` finds it: its number (I1…I14) and the words."""

    invariant: str
    words: str


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that could not be taken: its name as the caller sent it, the words why, and what a page calls it."""

    field: str
    message: str
    facts: tuple[tuple[str, Any], ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Now:
    """What is so now, where something else was shown: its content hash, and its facts by their names in the API."""

    content_hash: str
    facts: dict[str, Any]


class Refusal(Exception):
    """A rule said no. `words` is a msgid with `{fact}` places; nothing was written."""

    def __init__(
        self,
        code: str,
        words: str,
        status: int = 409,
        /,
        *,
        fields: Sequence[FieldError] = (),
        retry_after_s: int | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.words = words
        self.status = status
        self.fields = tuple(fields)
        self.retry_after_s = retry_after_s
        self.facts = facts
        self.now: Now | None = None
        self.see: tuple[str, str] | None = None
        """What it is about: its number, and the address of its page."""

    def __str__(self) -> str:
        return f"{self.code} {self.facts}"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the field: its code, its words, the status of its problem document."""

    code: str
    words: str
    status: int = 409
    field: str | None = None
    retry_after_s: int | None = None

    def __call__(self, **facts: Any) -> Refusal:
        """The refusal that this rule raises, with its facts."""
        fields = [] if self.field is None else [FieldError(self.field, self.words, tuple(facts.items()))]
        return Refusal(self.code, self.words, self.status, fields=fields, retry_after_s=self.retry_after_s, **facts)


class Unavailable(Exception):
    """The database cannot do it now; `rule` (a 503) says whether nothing was done or nobody knows.

    Not a Refusal, so that no form is shown again with a new key: its caller may have to ask with the same one.
    """

    def __init__(self, rule: Rule) -> None:
        super().__init__(rule.code)
        self.rule = rule


def unreadable(*errors: FieldError) -> Refusal:
    """The refusal of a form or a JSON body whose fields could not be read (422)."""
    return Refusal("fields.unreadable", "有 {count} 处需要更正", 422, fields=errors, count=len(errors))


NOT_FOUND = Rule("not_found", "没有找到您要的内容：地址可能抄错了，或者它已经不在了", 404)
NOT_YOURS = Rule("not_yours", "您的岗位不能办理此事：{permission}", 403)
OTHER_STORE = Rule("store.other", "这是别的门店，您的账号只能办理本店的事", 403)
WHO_ARE_YOU = Rule("who_are_you", "请先登录", 401)
