"""What forms offer of givers: in whose name a gift is made, and the work units."""

from charity import words
from charity.giving.donors import work_units
from charity.web.choices import choices


def kinds() -> list[dict[str, str]]:
    """In whose name a gift is made."""
    return choices({"person": "个人", "organisation": "单位", "anonymous": "匿名"})


async def unit_choices() -> list[dict[str, str]]:
    """The work units, and the choice of none."""
    units = [{"value": u.code, "label": u.name} for u in await work_units.every()]
    return [{"value": "", "label": words.translate("不属于单位捐款")}, *units] if units else []
