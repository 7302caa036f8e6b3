"""The rules of the books, in words."""

from charity.errors import Rule

FUND_SHORT = Rule("fund.short", "基金 {fund} 余额不足：可用 {available_yuan} 元，需要 {needed_yuan} 元")
FUND_UNKNOWN = Rule("fund.unknown", "没有基金“{fund}”", 422, field="fund")
FUND_NOT_FOR = Rule("fund.not_for", "基金 {fund} 限定用途，不能用于项目 {programme}")
HOLDING_SHORT = Rule("holding.short", "{account} 的 {unit} 不足：现有 {left}，需要 {needed}")
REVERSED_ALREADY = Rule("entry.reversed_already", "这笔分录已经冲销过，不能再冲销")
REVERSAL_OF_REVERSAL = Rule("entry.reversal_of_reversal", "冲销分录本身不能再冲销")
MONEY_MOVED_ON = Rule("entry.money_moved_on", "这笔款项已经使用，请先冲销后续分录：{entries}")
KEY_REUSED = Rule("idempotency.other_body", "同一个 Idempotency-Key 已用于内容不同的请求", 422, field="Idempotency-Key")
STILL_RUNNING = Rule("idempotency.running", "相同的请求仍在处理中，请稍后再查", 409)
BUSY = Rule("writer.busy", "系统正忙，请稍后再试", 503)
REFUND_SHORT = Rule("refund.too_much", "退款金额超过尚可退还的金额 {left_yuan} 元")
