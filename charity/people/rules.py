"""The rules of the persons, in words."""

from charity.errors import Rule

HOUSEHOLD_UNKNOWN = Rule("household.unknown", "没有家庭“{code}”", 404)
INSTITUTION_UNKNOWN = Rule("institution.unknown", "没有机构“{code}”", 404)
