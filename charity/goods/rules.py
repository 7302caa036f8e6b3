"""The refusals of the supermarket, and how several of them become one."""

from collections.abc import Sequence

from charity import words
from charity.errors import FieldError, Refusal, Rule

BARCODE_DIGITS = Rule("barcode.unreadable", "条码应为 8、12、13 或 14 位数字", 422)
BARCODE_CHECK = Rule(
    "barcode.check_digit", "条码 {barcode} 有一位不对（按其余各位，末位应为 {right}），请重新扫描", 422
)
BARCODE_CASE = Rule(
    "barcode.case", "这是整箱的条码 {barcode}：请扫单件上的条码（可能是 {piece}），件数写在前面，例如 12*{piece}", 422
)
BARCODE_UNKNOWN = Rule("barcode.unknown", "条码 {barcode} 尚未登记，请先登记商品", 422)
ITEM_KNOWN = Rule("item.known", "条码 {barcode} 已经登记为“{name}”")
LOT_CODE = Rule("lot.unreadable", "批次码 {lot} 有一位不对，请重新扫描", 422)
LOT_UNKNOWN = Rule("lot.unknown", "没有批次 {lot}", 422)
LOT_NOT_FOUND = Rule("lot.not_found", "没有批次 {lot}", 404)
CODE_OR_LOT = Rule("line.code", "每行填写条码或批次码其中一项", 422)

SCAN_EMPTY = Rule("scan.empty", "没有条码：请扫码，或输入 数量*条码", 422)
SCAN_LONG = Rule("scan.long", "扫到的内容超过 {most} 个字，不是物品条码", 422)
SCAN_GLUED = Rule("scan.glued", "位数太多，可能是两个码连在一起了，请分开再扫一次", 422)
SCAN_RECEIPT = Rule("scan.receipt", "这是收据或证明上的二维码，不是物品条码", 422)
SCAN_ADDRESS = Rule("scan.address", "这是一个网址或收付款的二维码，不是物品条码", 422)
SCAN_PHONE = Rule("scan.phone", "这是手机号码，不是物品条码", 422)
SCAN_IDENTITY = Rule("scan.identity", "这是身份证号码，不是物品条码", 422)
SCAN_COMMAND = Rule("scan.command", "这是柜台指令码，但没有读全，请再扫一次", 422)
SCAN_OTHER = Rule("scan.other", "这不是条码、批次码或爱心卡", 422)
GS1_UNREADABLE = Rule("scan.elements", "这是 GS1 码，但没有读全，请再扫一次，或改扫商品条码", 422)
GS1_CASE = Rule("scan.logistics", "这是整箱或托盘的物流码，请扫单件上的条码", 422)
COUNT_BEFORE = Rule("scan.count", "数量写在物品条码前面，不能写在爱心卡或指令码前面", 422)
LOT_AT_INTAKE = Rule("intake.lot", "这是批次标签，已经入过库：入库请扫物品上的条码", 422)
CARD_AT_INTAKE = Rule("intake.card", "这是爱心卡，发放时才用：入库请扫物品上的条码", 422)

EXPIRY_MISSING = Rule("expiry.missing", "{name} 有保质期，请填写到期日", 422)
EXPIRY_PAST = Rule("expiry.past", "{name} 已于 {on} 到期，不能入库", 422)
EXPIRY_FAR = Rule(
    "expiry.far", "{name} 的到期日 {on} 太远（超过 {days} 天），请对照包装核对，确实如此请勾选“已核对到期日”", 422
)
EXPIRY_READ = Rule("expiry.read", "条码上写的到期日是 {on}，请对照包装核对后勾选", 422)
PER_MISSING = Rule("value.per", "请选择填的是单价还是总价", 422)
NOT_YET_IN = Rule("intake.seen_first", "前面有一件没有加入，还没有入库。请看一下，再确认一次", 422)
ITEM_OPEN = Rule("item.open", "条码 {barcode} 还没有登记：请先登记，或按“不登记”", 422, field="name")
ITEM_WAITS = Rule("item.waits", "条码 {barcode} 也还没有登记：请先登记 {waiting}，再扫这一件", 422)
VALUE_FAR = Rule(
    "value.far",
    "{name} 合每件 {unit_yuan} 元，目录价 {usual_yuan} 元，相差 {factor} 倍以上，"
    "请核对金额和件数，确实如此请勾选“已核对金额”",
    422,
)
VALUE_MISSING = Rule("value.missing", "选择了计价依据，请填写单价", 422)
EVIDENCE_MISSING = Rule("evidence.missing", "填写了价值，请选择计价依据", 422)
VALUE_TOO_SMALL = Rule("value.too_small", "每件至少 0.01 元", 422)
VALUE_TOO_LARGE = Rule("value.too_large", "金额超过上限", 422)
PRICE_MISSING = Rule("price.missing", "采购入库请填写单价", 422)
VOUCHER_MISSING = Rule("voucher.missing", "采购入库请填写拨付审批单号", 422, field="voucher")
VOUCHER_NOT_FOR = Rule("voucher.not_for_goods", "拨付审批单 {voucher} 不能用于采购入库：须已付款且收款方为供应商")
VOUCHER_FUND = Rule("voucher.other_fund", "拨付审批单 {voucher} 属于“{fund}”，请选这个基金", 422, field="fund")
VOUCHER_SHORT = Rule("voucher.short", "拨付审批单 {voucher} 还可入库 {left_yuan} 元，本次需要 {needed_yuan} 元")
PURCHASE_USED = Rule("purchase.used", "拨付审批单 {voucher} 已入库物资 {received_yuan} 元，请先冲销入库单")
DONOR_NOT_FOR_PURCHASE = Rule("purchase.donor", "采购入库不填捐赠人", 422, field="donor")
VOUCHER_NOT_FOR_GIFT = Rule("gift.voucher", "捐赠入库不填拨付审批单号", 422, field="voucher")

CARD_UNREADABLE = Rule("card.unreadable", "卡号有一位不对，请重新扫描", 422)
CARD_UNKNOWN = Rule("card.unknown", "没有这张爱心卡", 422)
CARD_NOT_FOUND = Rule("card.not_found", "没有这张爱心卡", 404)
CARD_SUSPENDED = Rule("card.suspended", "爱心卡自 {since} 起停用：{reason}")
CARD_LOST = Rule("card.lost", "爱心卡已于 {since} 挂失，请使用新卡")
CARD_EXPIRED = Rule("card.expired", "爱心卡有效期至 {until}，已过期")
CARD_NOT_ACTIVE = Rule("card.not_active", "这张爱心卡不在使用中")
CARD_HAD = Rule("card.had", "该家庭已有一张使用中的爱心卡")
HOUSEHOLD_CLOSED = Rule("household.closed", "该家庭的救助资格已终止")

STOCK_SHORT = Rule("stock.short", "{name} 只剩 {left} {measure}，要 {needed} {measure}")
STOCK_SHORT_HELD = Rule(
    "stock.short_held",
    "{name} 只剩 {left} {measure}，要 {needed} {measure}（另有 {held} {measure}已过期，或是捐赠人指定了用处的）",
)
LOT_SHORT = Rule("lot.short", "{name} 批次 {lot} 在本店只剩 {left} {measure}，要 {needed} {measure}")
LOT_EXPIRED = Rule("lot.expired", "{name} 批次 {lot} 已于 {on} 过期，不能发放")
LOT_NOT_FOR = Rule("lot.not_for", "{name} 批次 {lot} 是捐赠人指定了用处的物资，不能在超市发放")
POINTS_SHORT = Rule("points.short", "积分不足：现有 {left}，需要 {needed}")
TOO_MANY_LOTS = Rule("issue.too_many_lots", "本次涉及批次过多，请分成几次发放")
BASKET_FULL = Rule("issue.basket_full", "一次最多 {limit} 种，请分几次办理", 422)
CARD_FIRST = Rule("till.card_first", "请先扫爱心卡", 422)
SCANS_MANY = Rule("till.scans", "一次最多送 {most} 个扫描", 422)
ASKED_FIRST = Rule("till.asked_first", "请先办完{name}这一篮：再扫一次新卡就发放，扫“撤销”就接着办", 422)
NOTHING_TO_UNDO = Rule("till.nothing_to_undo", "没有可以撤销的扫描", 422)
POINTS_LACK = Rule("till.points_lack", "要 {needed} 分，只剩 {left} 分，还差 {lack} 分")
SEEN_FIRST = Rule("till.seen_first", "前面有一件没有加入，还没有发放。请看一下，再确认一次", 422)
TAKEN_IN = Rule("intake.taken_in", "这一单刚才已经入库，后来又改过。请按“清空重来”，再扫下一单")
HANDED_OUT = Rule("till.handed_out", "这一篮刚才已经发放，后来又改过。请按“清空重来”，再扫卡")
PROXY_MISSING = Rule("till.proxy_missing", "代领请填写代领人姓名和原因", 422)
COUNT_UNREADABLE = Rule("till.count", "数量应为 1 到 1000000 的整数", 422)
BASKET_EMPTY = Rule("issue.empty", "篮中还没有物品", 422)
NOT_ISSUED = Rule("issue.refused", "不能发放：{reasons}")
STORE_UNKNOWN = Rule("stock.store", "没有门店“{store}”", 422)
OPENING_LINES = Rule("opening.lines", "期初库存最多 {most} 行", 422)
OPENING_SLIPS = Rule("opening.slips", "期初库存要分成 {slips} 张入库单，最多 {most} 张", 422)
OPENING_TWICE = Rule("opening.line_twice", "与第 {row} 行完全相同", 422)
OPENING_EXPIRY_FAR = Rule(
    "opening.expiry_far", "{name} 的到期日 {on} 太远（超过 {days} 天），请核对，确实如此请注明“已核对”", 422
)
OPENING_VALUE_FAR = Rule(
    "opening.value_far",
    "{name} 合每件 {unit_yuan} 元，目录价 {usual_yuan} 元，相差 {factor} 倍以上，请核对，确实如此请注明“已核对”",
    422,
)
VALUE_TWICE = Rule("value.twice", "单价和总价只填一项", 422)
NOT_TAKEN_IN = Rule("intake.refused", "不能入库：{reasons}")

SLIP_UNKNOWN = Rule("slip.unknown", "没有单据 {number}", 404)
DOCUMENT_REVERSED = Rule("document.reversed", "单据 {number} 已由 {by} 冲销")
OPENING_FINAL = Rule("document.opening", "期初库存不能冲销：它是账簿的开头")
REVERSAL_FINAL = Rule("document.reversal", "冲销单本身不能再冲销")
GOODS_MOVED_ON = Rule("document.goods_moved_on", "这批物资已经发出，请先冲销：{documents}")
REASON_LONG = Rule("reason.long", "冲销原因最多 {most} 个字，请写短一些", 422, field="reason")
REASON_MISSING = Rule("reason.missing", "请填写冲销原因", 422, field="reason")

CURSOR_UNREADABLE = Rule("stock.cursor", "翻页位置已失效，请回到开头", 422, field="after")

SCHEME_UNKNOWN = Rule("points.scheme_unknown", "没有积分方案 {scheme}", 404)
CYCLE_UNREADABLE = Rule("points.cycle_unreadable", "周期“{cycle}”不符合方案的写法", 422, field="cycle")


class Reasons(tuple[FieldError, ...]):
    """Several reasons as one value of a refusal: in the language of whoever is answered, not of the writer."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        """All reasons in a row."""
        return words.say("；").join(words.say(r.message, **dict(r.facts)) for r in self)

    def __str__(self) -> str:
        """The same: a message is translated wherever it ends up."""
        return format(self)


def at(field: str, rule: Rule, **facts: object) -> FieldError:
    """A reason, tied to its field of the body."""
    return FieldError(field, rule.words, tuple(facts.items()))


def together(rule: Rule, reasons: Sequence[tuple[FieldError, Rule]]) -> Refusal:
    """One refusal for all reasons: 422 when all of them are about reading the body, else the rule's status."""
    fields = [error for error, _ in reasons]
    readable = any(broken.status != 422 for _, broken in reasons)  # noqa: PLR2004 - the status of unreadable fields (docs/api.md)
    if len(reasons) == 1:
        error, broken = reasons[0]
        return Refusal(broken.code, broken.words, broken.status, fields=fields, **dict(error.facts))
    return Refusal(rule.code, rule.words, rule.status if readable else 422, fields=fields, reasons=Reasons(fields))
