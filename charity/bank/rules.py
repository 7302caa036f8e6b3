"""The refusals of the bank room."""

from charity.errors import Rule

STATEMENT_UNKNOWN = Rule("statement.unknown", "没有这份对账单", 404)
STATEMENT_NO_FILE = Rule("statement.no_file", "请选择对账单文件", 422, field="file")
STATEMENT_ENCODING = Rule("statement.encoding", "文件内容应为 Base64", 422, field="file")
STATEMENT_UNREADABLE = Rule(
    "statement.unreadable", "这份对账单有 {count} 处读不准，一行也没有导入。请向银行重新下载，不要手工改动", 422
)
STATEMENT_LAYOUT = Rule("statement.layout", "不认识这个文件的表头", 422)
STATEMENT_UNOPENED = Rule("statement.unopened", "这个文件不能导入", 422)
STATEMENT_EMPTY = Rule("statement.empty", "文件里没有一笔收付", 422, field="file")
STATEMENT_PLACE = Rule("statement.place", "现金没有对账单，请选银行账户或支付平台", 422, field="place")
STATEMENT_KIND = Rule("statement.kind", "这是{layout}的文件，和所选的账户“{place}”不符", 422, field="place")
STATEMENT_ACCOUNT = Rule(
    "statement.account", "文件的账号（尾号 {stated}）不是“{place}”的账号（尾号 {ours}）", 422, field="place"
)
STATEMENT_AGAIN = Rule("statement.again", "这个文件读到一半，又上传了一次，或者账户撤回了别的文件，请再上传")
STATEMENT_OTHERWISE = Rule(
    "statement.otherwise", "您核对以后，这个账户又导入了别的文件。下面是重新核对的结果，请再看一遍"
)
STATEMENT_NOT_WAITING = Rule("statement.not_waiting", "这份对账单不在等待导入")
STATEMENT_NOT_TAKEN = Rule("statement.not_taken", "这份对账单不在已导入的文件里")
STATEMENT_USED = Rule("statement.used", "这个文件有 {count} 行已经核对，不能撤回；请先撤销核对")
STATEMENT_BUILT_ON = Rule(
    "statement.built_on", "后来导入的 {first} 至 {last} 的文件和它有重复的行，那些行只记在它名下，请先撤回后来的文件"
)
LINE_UNKNOWN = Rule("line.unknown", "没有这笔银行流水", 404)
LINE_NOT_OPEN = Rule("line.not_open", "这笔流水刚才已经处理过了，请看它现在的情况")
MATCH_NOTHING = Rule("match.nothing", "请至少选择一项来核对", 422, field="movements")
MATCH_TOO_MANY = Rule("match.too_many", "一次最多核对 {lines} 笔流水和 {movements} 笔账", 422, field="movements")
MATCH_PLACES = Rule("match.places", "只能核对同一个账户的流水和账", 422, field="movements")
MATCH_SUM = Rule(
    "match.sum",
    "流水合计 {lines_yuan} 元，账上合计 {movements_yuan} 元，相差 {apart_yuan} 元；一分不差才能核对",
    422,
    field="movements",
)
MATCH_TAKEN = Rule("match.taken", "所选的账刚才已经和别的流水核对过了，请重新选择", field="movements")
MATCH_UNKNOWN = Rule("match.unknown", "没有这次核对", 404)
MATCH_UNDONE = Rule("match.undone", "这次核对已经撤销")
OPENING_NEEDED = Rule("bank_opening.needed", "这个账户的对账单没有余额，请会计先填写某一天末的对账单余额", 409)
OPENING_STATED = Rule("bank_opening.stated", "这个账户已经有起算的对账单余额，不能再改")
OPENING_LATER = Rule("bank_opening.later", "日期不能晚于今天", 422, field="on")
RECONCILED_EARLIER = Rule("reconciled.earlier", "这个账户从 {day} 末起算，请选这一天或以后", 422, field="on")
RECONCILED_TOO_MANY = Rule("reconciled.too_many", "未达账项超过 {most} 项，请先核对银行流水", 422, field="on")
MATCH_HELD = Rule("match.held", "这笔流水已经暂收，不能在这里撤销；请会计冲销暂收款")
HOLD_OUTGOING = Rule("hold.outgoing", "只有收入的流水可以暂收；支出的流水留在调节表上，查明为止")
OPENING_CLOSED = Rule("bank_opening.closed", "这个账户 {day} 及以前已经日结，起算的余额不能再改")
DAY_UNKNOWN = Rule("bank_day.unknown", "没有这次日结", 404)
DAY_ORDER = Rule("bank_day.order", "日结一天接一天：请先日结 {day}", 409, field="on")
DAY_DONE = Rule("bank_day.done", "{day} 已经日结", 409, field="on")
DAY_NOT_OVER = Rule("bank_day.not_over", "{day} 还没有过完，过了这一天才能日结", 422, field="on")
DAY_APART = Rule("bank_day.apart", "账面和对账单相差 {apart_yuan} 元，差额为 0 才能日结")
DAY_FILE_WAITS = Rule("bank_day.file_waits", "有一个文件还没有导入，{day} 及以前的有 {count} 行。请先导入，或者撤下它")
DAY_FILE_EARLY = Rule(
    "bank_day.file_early",
    "{day} 的对账单只到当天 {time}，后来的收付可能不在里面。请在这一天结束以后重新下载再上传，不要用原来的文件",
)
DAY_BOX_WAITS = Rule("bank_day.box_waits", "募捐箱清点单 {number} 还没有第二人确认，钱没有入账。请先确认，或者作废它")
DAY_NO_STATEMENT = Rule(
    "bank_day.no_statement",
    "没有 {day} 的对账单。请先导入；当天银行没有收付的，请填写银行的余额",
    422,
    field="balance_yuan",
)
DAY_NOT_QUIET = Rule(
    "bank_day.not_quiet", "{day} 的对账单有 {count} 笔，不是没有收付，请不要填写余额", 422, field="balance_yuan"
)
DAY_BALANCE = Rule(
    "bank_day.balance",
    "填写的银行余额 {stated_yuan} 元，按已导入的流水应为 {ours_yuan} 元，请看是否少了流水",
    422,
    field="balance_yuan",
)
CASH_APART = Rule(
    "cash.apart",
    "盘点 {counted_yuan} 元，账上 {book_yuan} 元，相差 {apart_yuan} 元：请再点一遍；确实不符的，请写明情况",
    422,
    field="note",
)
CASH_ONLY = Rule("cash.only", "只有现金按券别盘点", 422, field="sheets")
DAY_BEHIND = Rule("bank_day.behind", "账簿刚有新的收付，还没有排进核对，请稍后再办理", 503, retry_after_s=5)
DAY_CHANGED = Rule("bank_day.changed", "出纳准备以后，这一天的账或流水变了，请出纳重新准备")
DAY_OWN = Rule("bank_day.own", "这次日结是您准备的，要由另一位会计复核", 403)
DAY_NOT_PREPARED = Rule("bank_day.not_prepared", "这次日结不在等待复核")
DAY_NOT_LAST = Rule("bank_day.not_last", "重新打开要从最后一天起：请先打开 {day}")
MATCH_FEE = Rule("match.fee", "这笔流水已记为手续费，不能在这里撤销；请另一位会计冲销手续费")
FEE_UNKNOWN = Rule("fee.unknown", "没有这笔手续费", 404)
FEE_NO_RULE = Rule("fee.no_rule", "这笔流水不像银行自己扣的手续费：没有规则认得它的附言")
FEE_REVERSED = Rule("fee.reversed", "手续费 {number} 已经冲销过")
FEE_OWN = Rule("fee.own", "手续费 {number} 是您登记的，要由另一位会计冲销", 403)
