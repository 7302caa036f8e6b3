"""The rules of the books, in words."""

from charity.errors import Rule

FUND_SHORT = Rule("fund.short", "“{fund}”余额不足：可用 {available_yuan} 元，需要 {needed_yuan} 元")
FUND_UNKNOWN = Rule("fund.unknown", "没有基金“{fund}”", 422, field="fund")
FUND_NOT_FOR = Rule("fund.not_for", "“{fund}”限定用途，不能用于这个项目")
HOLDING_SHORT = Rule("holding.short", "{account} 的 {unit} 不足：现有 {left}，需要 {needed}")
FUND_NO_COST = Rule("fund.no_cost", "“{fund}”不能列支{purpose}")
PLAN_EXCEEDED = Rule(
    "fund.plan_exceeded",
    "“{fund}”的募捐方案中“{line}”计划 {planned_yuan} 元，已用 {used_yuan} 元，不够再用 {needed_yuan} 元",
)
PLACE_SHORT = Rule(
    "fund_place.short",
    "“{fund}”在“{place}”只有 {left_yuan} 元，需要 {needed_yuan} 元。该基金的钱还在：{elsewhere}。请先办理资金划转",
)
PLACE_SHORT_ON = Rule(
    "fund_place.short_on",
    "“{fund}”在“{place}”{day} 日终只有 {left_yuan} 元，需要 {needed_yuan} 元。请核对日期，须在钱到账之后",
)
PLACE_OPEN = Rule("money_place.open", "已经有资金存放处“{place}”")
PLACE_NO_BANK = Rule("money_place.no_bank", "“{place}”不是开立的银行账户", 422, field="code")
DAY_CLOSED = Rule(
    "day.closed", "“{place}” {through} 及以前已经日结，{day} 的账不能再动。请用以后的日期，或者请会计重新打开这一天"
)
REVERSED_ALREADY = Rule("entry.reversed_already", "这笔分录已经冲销过，不能再冲销")
REVERSAL_OF_REVERSAL = Rule("entry.reversal_of_reversal", "冲销分录本身不能再冲销")
MONEY_MOVED_ON = Rule("entry.money_moved_on", "这笔款项已经使用，请先冲销后续分录：{entries}")
KEY_REUSED = Rule("idempotency.other_body", "同一个 Idempotency-Key 已用于内容不同的请求", 422, field="Idempotency-Key")
STILL_RUNNING = Rule("idempotency.running", "相同的请求仍在处理中，请稍后再查", 409)
BUSY = Rule("writer.busy", "系统正忙，请稍后再试", 503, retry_after_s=2)
REFUND_SHORT = Rule("refund.too_much", "退款金额超过尚可退还的金额 {left_yuan} 元")
CONTENT_CHANGED = Rule("content.changed", "您看过之后内容已经变更，没有办理。请看过现在的内容再办理")
CHANNEL_REF_NEEDED = Rule("channel.ref_needed", "请填写银行或支付平台的流水号", 422, "channel_ref")
CHANNEL_REF_USED = Rule(
    "channel.ref_used", "流水号 {channel_ref} 已经用于{kind} {number}，一个流水号只属于一笔款", 409, "channel_ref"
)
TAKEN_OVER_BY_TOO_MANY = Rule(
    "refund.too_many_gifts", "这笔捐赠已用去的部分要由太多笔捐赠接替（一次最多 {most} 段），请分次办理"
)

# The head file (head_file.py): what is wrong between it and the database.
HEAD_UNREADABLE = Rule("head.unreadable", "head.json 无法采信（{why}）：不能判断最近的分录是否齐全", 503)
HEAD_MISSING = Rule(
    "head.missing",
    "head.json 不在（{path}）：不能判断 #{seq} 之后是否还有分录。请放回原来的文件；"
    "确认数据库无误（例如刚恢复了备份、换了机器）后，用 charity head --renew 重新开始，再重启服务",
    503,
)
HEAD_FOREIGN = Rule("head.foreign", "head.json 属于另一个数据库（{theirs}），这个是 {ours}", 503)
HEAD_BEHIND = Rule(
    "head.behind",
    "缺 {count} 笔分录：数据库止于 #{seq}（{at}），已确认办理到 #{head_seq}（{head_at}）",
    503,
)
HEAD_FORKED = Rule("head.forked", "#{seq} 不是已确认办理的那一笔（{at}）：数据库曾被退回，之后又记了别的分录", 503)
CLOCK_JUMPED = Rule(
    "clock.jumped",
    "账簿最近一笔记于 {at}，比本机时间 {now} 晚 {minutes} 分钟：时钟曾被拨快，请校准；在此之前新分录都记同一时刻",
    503,
)
