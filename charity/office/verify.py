"""`charity verify`, the part of the office: no account holds roles that exclude each other, and facts have their days.

The verbs refuse it; rows of an older version, or of a backup, may hold it.
"""

from collections.abc import Sequence
from datetime import date

from charity import words
from charity.db import migrations, reading
from charity.errors import Failure, Refusal
from charity.office import organisation
from charity.office.organisation import FactKind
from charity.roles import FORBIDDEN_TOGETHER, SYSTEM

TOGETHER = "账号 {login} 同时是 {first} 和 {second}：请运行 charity account roles"


DAYS = "单位信息第 {id} 条的有效期不对：请在“单位信息”里重新登记"

SECOND_LOOKS = 79
"""The migration since which facts have a second look."""
SEEN = "单位信息第 {id} 条没有另一个人核对过就生效了：请照原件核对"
# Of before there were second looks nobody asks; what says that there is none, and what the command line says, has none.
_UNSEEN = (
    "SELECT f.id FROM organisation_fact f WHERE (f.status = 'waiting') <> (f.seen_by IS NULL) AND f.value <> '' "
    "AND f.entered_by <> $1 AND f.entered_at > $2 OR f.seen_by = f.entered_by "
    "OR (f.seen_by IS NULL) <> (f.seen_at IS NULL) ORDER BY f.id"
)


async def facts() -> Sequence[Failure]:
    """Facts of the organisation that nobody else has seen, or whose days cannot be: of tax deduction whole years."""
    since = await migrations.applied_at(SECOND_LOOKS)
    unseen = await reading.rows(_UNSEEN, SYSTEM.key, since)
    failures = [Failure("FACTS", words.say(SEEN, id=row["id"])) for row in unseen]
    for row in await reading.rows("SELECT id, kind, value, starts_on, ends_on FROM organisation_fact ORDER BY id"):
        try:
            days = (row["starts_on"], row["ends_on"] or row["starts_on"])
            starts_on, ends_on = (date.fromisoformat(day) for day in days)
            organisation.must_cover(FactKind(row["kind"]), row["value"], starts_on, row["ends_on"] and ends_on)
        except (ValueError, Refusal):
            failures.append(Failure("FACTS", words.say(DAYS, id=row["id"])))
    return failures


NOTICES = "隐私告知第 {version} 版的编号、日期或全文不对：以前同意的版本要能查到"


async def notices() -> Sequence[Failure]:
    """Versions of the privacy notice that are missing, turned round in their days, or without words."""
    failures, day = [], ""
    rows = await reading.rows("SELECT version, starts_on, text, text_en FROM privacy_notice ORDER BY version")
    for n, row in enumerate(rows, 1):
        if row["version"] != n or row["starts_on"] < day or not row["text"] or not row["text_en"]:
            failures.append(Failure("NOTICES", words.say(NOTICES, version=n)))
        day = row["starts_on"]
    return failures


async def run() -> Sequence[Failure]:
    """Accounts in use with two roles that nobody may hold together."""
    failures = []
    for first, second in FORBIDDEN_TOGETHER:
        rows = await reading.rows(
            "SELECT s.login FROM staff s JOIN staff_role a ON a.staff = s.key AND a.role = $1 "
            "JOIN staff_role b ON b.staff = s.key AND b.role = $2 WHERE s.disabled_at IS NULL ORDER BY s.login",
            first.value,
            second.value,
        )
        failures += [
            Failure("ROLES", words.say(TOGETHER, login=row["login"], first=first.value, second=second.value))
            for row in rows
        ]
    return failures
