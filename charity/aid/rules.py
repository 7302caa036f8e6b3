"""The refusals of payment vouchers."""

from charity.errors import Rule

VOUCHER_UNKNOWN = Rule("voucher.unknown", "没有审批单“{number}”", 404)
PROGRAMME_UNKNOWN = Rule("programme.unknown", "没有项目“{programme}”", 422, field="programme")
PAYEE_UNKNOWN = Rule("payee.unknown", "没有这个收款方，请核对类别和编号", 422, field="payee.code")
PAYEE_CLOSED = Rule("payee.closed", "家庭 {payee} 已经注销，不能再向它拨付")
HOUSEHOLD_UNKNOWN = Rule("household.unknown", "没有家庭“{household}”", 422, field="household")
ACCOUNT_UNREADABLE = Rule("payee_account.unreadable", "请填写 8 到 32 位数字的银行账号", 422, field="account")
ACCOUNT_WAITING = Rule("payee_account.waiting", "家庭 {household} 已有一个账号等人核对，请先核对或退回它")
ACCOUNT_UNKNOWN = Rule("payee_account.unknown", "没有这个等待核对的账号", 404)
ACCOUNT_OWN = Rule("payee_account.own", "这个账号是您登记的，要由另一个人核对")
ACCOUNT_OTHER = Rule(
    "payee_account.other", "与登记的账号不一致，请对照原件重新填写；仍不一致就退回", 422, field="account"
)
ACCOUNT_SEEN = Rule("payee_account.seen", "这个账号已经有人核对过了")
RECIPIENTS_MISSING = Rule("voucher.recipients_missing", "请填写受益人数，至少 1 人", 422, field="recipients")
PAID_BEFORE_APPROVAL = Rule("voucher.paid_before_approval", "付款日期不能早于审批通过的日期 {approved_on}")
PAID_IN_FUTURE = Rule("voucher.paid_in_future", "付款日期不能晚于今天", 422, field="paid_on")

PAYS_NOBODY = Rule("voucher.place_pays_nobody", "{place}不能付款，请选银行账户或现金", 422, field="paid_from")
PLACE_OF_OTHER_CHANNEL = Rule("voucher.place_channel", "这个付款账户不是所选的付款方式", 422, field="paid_from")
NO_TILL = Rule("voucher.no_till", "还没有登记存放现金的地方，不能付现金", 422, field="channel")
CASH_HAS_NO_REF = Rule("voucher.cash_ref", "现金付款没有银行回单号，请不要填写", 422, field="channel_ref")

NOT_MAKER = Rule("voucher.not_maker", "只有这张单的经办人能改动它", 403)
NOT_EDITABLE = Rule("voucher.not_editable", "审批单 {number} 已经批准或办结，不能修改；要改请审批人先退回")
NOT_CANCELLABLE = Rule("voucher.not_cancellable", "审批单 {number} 已经付款或办结，不能取消")
NOT_APPROVABLE = Rule("voucher.not_approvable", "审批单 {number} 不在审批中，不能审批")
NOT_RETURNABLE = Rule("voucher.not_returnable", "审批单 {number} 已经付款或办结，不能退回或驳回")
NOT_PAYABLE = Rule("voucher.not_payable", "审批单 {number} 还没有批准或已经办结，不能付款")

OWN_VOUCHER = Rule("voucher.own", "您是这张单的经办人，不能自己审批")
APPROVED_ALREADY = Rule("voucher.approved_already", "您已经同意过这份内容，还需要另一位审批人")
PAYEE_CHANGED = Rule(
    "voucher.payee_changed", "收款方的名称、账号或类别（如机构改成了分会）在制单后变更过，请退回经办人核对后重新保存"
)
PAYER_MADE = Rule("voucher.payer_made", "您是这张单的经办人，不能由您付款")
PAYER_APPROVED = Rule("voucher.payer_approved", "您审批过这张单，不能由您付款")

BRANCH_AGENCY = Rule(
    "branch.agency", "“{fund}”是受托代理的钱，要直接转给指定的受助人，不能预拨给分会", 422, field="payee.code"
)
INSTITUTION_UNKNOWN = Rule("institution.unknown", "没有这一条机构登记", 404)
INSTITUTION_OWN = Rule("institution.own", "登记的人不能核对自己登记的机构，请由另一个人核对", 403)
INSTITUTION_SEEN = Rule("institution.seen", "这一条机构登记已经核对过，或由登记人撤回了")
INSTITUTION_NOT_YOURS = Rule("institution.not_yours", "这一条不是您登记的，只有登记人能撤回", 403)
INSTITUTION_WAITING = Rule(
    "institution.waiting", "编号 {code} 已有一条登记等待核对，核对、退回或由登记人撤回以后才能再登记"
)
INSTITUTION_KIND = Rule("institution.kind", "已登记机构的种类不能改：种类不同的，请用新的编号登记", 422, field="kind")
INSTITUTION_OTHER = Rule(
    "institution.other", "和登记的账号不一样。请照原件再填一次；确实不对的，请退回", 422, field="account"
)

ADVANCE_UNKNOWN = Rule("advance.unknown", "没有预拨给分会的审批单“{voucher}”", 404)
ROSTER_UNKNOWN = Rule("roster.unknown", "没有花名册“{number}”", 404)
ROSTER_EXCEEDS = Rule(
    "roster.exceeds",
    "{voucher} 只有 {left_yuan} 元还没有花名册，这份花名册合计 {amount_yuan} 元",
    422,
    field="amount_fen",
)
ROSTER_LATER = Rule("roster.later", "发放日期不能晚于今天", 422, field="distributed_on")
ROSTER_EARLY = Rule("roster.early", "发放日期不能早于拨付给分会的日期 {paid_on}", 422, field="distributed_on")
ROSTER_OWN = Rule("roster.own", "这份花名册是您录入的，要由另一个人核对")
ROSTER_DECIDED = Rule("roster.decided", "花名册 {number} 已经核对过了")
RETURN_LATER = Rule("return.later", "收款日期不能晚于今天", 422, field="received_on")
RETURN_EARLY = Rule("return.early", "收款日期不能早于拨付给分会的日期 {paid_on}", 422, field="received_on")
RETURN_EXCEEDS = Rule(
    "return.exceeds",
    "{voucher} 只有 {left_yuan} 元还在分会，不能退回 {amount_yuan} 元",
    422,
    field="amount_fen",
)
RETURN_WAITS = Rule(
    "return.waits",
    "银行回单号 {ref} 已登记在 {number}，等另一个人核对，一个回单号只属于一笔款；录重了的请先撤回",
    field="channel_ref",
)
RETURN_PLACE = Rule("return.place", "{place}不能收分会退回的款，请选银行账户或现金", 422, field="paid_into")
RETURN_UNKNOWN = Rule("return.unknown", "没有分会退回的款“{number}”", 404)
STEP_OWN = Rule("step.own", "{number} 是您录入的，要由另一个人核对")
STEP_DECIDED = Rule("step.decided", "{number} 已经核对、退回或撤回过了")
STEP_NOT_YOURS = Rule("step.not_yours", "{number} 不是您录入的，只有录入的人能撤回", 403)
UNDONE_UNKNOWN = Rule("branch_reversal.unknown", "没有冲销申请“{number}”", 404)
UNDONE_NOT_BOOKED = Rule("branch_reversal.not_booked", "{number} 还没有记账，或已经冲销，不能申请冲销")
UNDONE_WAITING = Rule("branch_reversal.waiting", "{number} 已有冲销申请 {reversal} 在等核对")
