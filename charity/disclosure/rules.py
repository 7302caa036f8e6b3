"""What the public pages and answers refuse, in words."""

from charity.errors import Rule

PERIOD_BACKWARDS = Rule("figures.period", "结束日期不能早于开始日期", 422, "to")
FUND_NOT_OF_CAMPAIGN = Rule("figures.fund", "基金“{fund}”不是募捐活动“{campaign}”的基金", 422, "fund")
CHECK_UNKNOWN = Rule("check.unknown", "没有这个核验码，请对照纸上的字母和数字再抄一次", 404)
BOOKS_PERIOD = Rule("books.period", "账簿里没有这个期间，请选 {first} 到 {last} 之间的年份或月份", 422, "month")
BOOKS_NO_ENTRY = Rule("books.no_entry", "账簿里没有第 {seq} 笔，现在到第 {last} 笔", 404, "seq")
FINGERPRINT_SHORT = Rule(
    "books.fingerprint", "请抄指纹的前 {least} 位或更多，只有数字 0 到 9 和字母 a 到 f", 422, "fingerprint"
)
