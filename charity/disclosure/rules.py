"""What the public pages and answers refuse, in words."""

from charity.errors import Rule

PERIOD_BACKWARDS = Rule("figures.period", "结束日期不能早于开始日期", 422, "to")
FUND_NOT_OF_CAMPAIGN = Rule("figures.fund", "基金“{fund}”不是募捐活动“{campaign}”的基金", 422, "fund")
CHECK_UNKNOWN = Rule("check.unknown", "没有这个核验码，请对照纸上的字母和数字再抄一次", 404)
