"""The refusals of the finance room."""

from charity.errors import Rule

TRANSFER_UNKNOWN = Rule("transfer.unknown", "没有划转单“{number}”", 404)
TRANSFER_SAME_PLACE = Rule("transfer.same_place", "转出和转入是同一个地方", 422, field="to")
TRANSFER_NOT_THESE = Rule(
    "transfer.not_these_places",
    "{kind}不能从{source}到{target}",
    422,
    field="to",
)
TRANSFER_NO_WAY = Rule(
    "transfer.no_way",
    "{source}的钱不能划到{target}：只有现金存入银行、从银行提取现金、银行账户之间划转、支付平台结算到银行",
    422,
    field="to",
)
TRANSFER_LATER = Rule("transfer.later", "办理日期不能晚于今天", 422, field="on")
TRANSFER_CLOSED = Rule("transfer.closed", "账簿 {closed_through} 及以前已经封账，请填写之后的日期", 409, field="on")
TRANSFER_TWICE = Rule("transfer.fund_twice", "基金 {fund} 填写了两次", 422, field="lines")
TRANSFER_FEE = Rule("transfer.fee", "手续费只在结算时有，并且小于结算的金额", 422, field="fee_fen")
TRANSFER_AGENCY = Rule("transfer.agency", "代转款（{fund}）要单独划转，不能和本会的款混在一张单上")
TRANSFER_NOTHING = Rule("transfer.nothing", "请至少填写一个基金的金额", 422, field="lines")
TRANSFER_OWN = Rule("transfer.own", "划转单 {number} 是您登记的，要由另一位会计冲销", 403)
TRANSFER_REVERSED = Rule("transfer.reversed", "划转单 {number} 已经冲销过")

OPENING_BEGUN = Rule("opening.begun", "账簿已有 {seq} 笔分录，期初余额只能是第一笔，不能再建")
OPENING_NONE = Rule("opening.none", "还没有填写期初余额", 404)
OPENING_OWN = Rule("opening.own", "您填写了这份期初余额，要由另一位会计或审批人确认", 403)
OPENING_TOTAL = Rule(
    "opening.total", "您输入的合计与这份期初余额的合计不同，请再核对一遍", 422, field="confirmed_total_fen"
)
OPENING_LATER = Rule("opening.later", "期初日期不能晚于今天", 422, field="on")
OPENING_TWICE = Rule("opening.twice", "基金 {fund} 在 {place} 填写了两次", 422, field="lines")
OPENING_EMPTY = Rule("opening.empty", "请至少填写一行", 422, field="lines")
OPENING_WORTHLESS = Rule("opening.worthless", "期初合计为零：请至少填写一行有金额的款或物", 422, field="lines")
OPENING_FUND = Rule("opening.fund", "没有基金“{fund}”", 422, field="lines")

VOUCHER_UNKNOWN = Rule("journal_voucher.unknown", "没有记账凭证“{number}”", 404)
REVIEW_OWN = Rule("review.own", "记账凭证 {number} 是您制单或经手收付的，要由另一位会计复核", 403)
REVIEW_APPROVED = Rule(
    "review.approved", "记账凭证 {number} 记的付款、退款、更正或花名册是您批准的，要由另一位会计复核", 403
)
REVIEWED_ALREADY = Rule("review.done", "记账凭证 {number} 已经复核过")
REVIEW_NOTHING = Rule("review.nothing", "请至少选一张记账凭证", 422, field="vouchers")
MONTH_EMPTY = Rule("journal_voucher.none", "{month} 没有可打印的记账凭证", 404)
REVIEW_ASKED = Rule("review.asked", "记账凭证 {number} 有询问还没有答复，答复以后再复核")
QUESTION_UNKNOWN = Rule("question.unknown", "没有这个询问", 404)
QUESTION_NOT_YOURS = Rule("question.not_yours", "这个询问不是问您的", 403)
QUESTION_ANSWERED = Rule("question.answered", "这个询问已经答复过")
REVIEW_CURSOR = Rule("review.cursor", "翻页位置已失效，请回到开头", 422, field="after")

CODE_SHOWN = 64
ENTRY_UNKNOWN = Rule("books.entry_unknown", "没有分录“{seq}”", 404)
ACCOUNT_UNKNOWN = Rule("books.account_unknown", "没有科目“{account}”", 404)
FUND_UNKNOWN = Rule("books.fund_unknown", "没有基金“{fund}”", 404)
FUND_NOT_HERE = Rule("books.fund", "没有基金“{fund}”", 422, field="fund")
CHART_NOT_HERE = Rule("books.chart", "没有科目“{chart}”", 422, field="chart")
