"""What giving refuses, in words."""

from charity.errors import Rule

CAMPAIGN_UNKNOWN = Rule("campaign.unknown", "没有募捐活动“{campaign}”", 422, "campaign")
CAMPAIGN_NOT_FOUND = Rule("campaign.not_found", "没有这个募捐活动", 404)
CAMPAIGN_NOT_OPEN = Rule("campaign.not_open", "“{name}”现在不接受捐款（{state}）")
CAMPAIGN_NOT_BEGUN = Rule("campaign.not_begun", "“{name}”自 {starts_on} 起接受捐赠")
CAMPAIGN_ENDED = Rule("campaign.ended", "“{name}”已于 {ends_on} 结束")
CAMPAIGN_CURSOR = Rule("campaign.cursor", "翻页位置已失效，请回到开头", 422, "after")
CAMPAIGN_OF_THE_BOOKS = Rule("campaign.of_the_books", "只能补录账簿启用以前已经结束的活动", 422, "ends_on")
CAMPAIGN_EXISTS = Rule("campaign.exists", "已有代号为“{slug}”的活动", 409, "slug")
CAMPAIGN_STATE = Rule("campaign.state", "活动现在是“{state}”，不能{step}")
CAMPAIGN_GATE = Rule("campaign.gate", "还不能发布：{missing}")
CAMPAIGN_FILING = Rule("campaign.filing", "还不能备案，未填：{missing}")
CAMPAIGN_NO_FILING = Rule("campaign.no_filing", "日常接受捐赠和定向募捐没有公开募捐方案，不办备案")
CERTIFICATE_NOT_GOOD = Rule(
    "campaign.certificate",
    "公开募捐资格证书在 {day} 不在有效期内，公开募捐暂停接受新的捐赠；已认捐的款仍可付、仍会登记",
)
CAMPAIGN_UNFILLED = Rule("campaign.unfilled", "活动页还缺法律要求公开的内容，补齐以前暂停接受新的捐赠")
CAMPAIGN_ENDLESS = Rule("campaign.endless", "公开募捐有起止时间，请填写结束日期", 422, "ends_on")
CAMPAIGN_FUND_INVITED = Rule("campaign.fund_invited", "基金“{fund}”属于定向募捐，日常接受捐赠不能列它", 422, "funds")
FUND_NOT_COLLECTED = Rule(
    "campaign.fund_not_collected", "“{fund}”的募捐活动{day}没有进行，那一天不能指定给它", 422, "fund"
)
FUND_NOT_CHOICE = Rule("campaign.fund_not_choice", "本活动不能指定基金“{fund}”", 422, "fund")
FUND_KIND = Rule("campaign.fund_kind", "受托代理活动只能用受托代理基金，其他活动不能用", 422, "fund")
FUND_TAKEN = Rule("campaign.fund_taken", "基金“{fund}”属于另一个活动，一个基金只属于一个活动", 409, "fund")
FUND_NOT_NEW = Rule("campaign.fund_not_new", "已有基金“{fund}”，请另取代号", 409, "new_fund")
ONE_FUND = Rule("campaign.one_fund", "公开募捐的款都进它自己的基金，不能另选基金", 422, "funds")
PLAN_NEEDED = Rule("campaign.plan_needed", "请填写用途计划：每个项目多少元", 422, "programme.0")
PLAN_NOT_HERE = Rule(
    "campaign.plan_not_here", "已有的基金没有用途计划可填；日常捐赠、受托代理和定向募捐也没有", 422, "programme.0"
)
ORGANISER_UNKNOWN = Rule("organiser.unknown", "没有这份邀请：邀请码可能抄错了，请再核对一次", 404, "code")
ORGANISER_USED = Rule("organiser.used", "这份邀请已经用过。您已有账号的，请直接登录；不是您本人用的，请告诉本会", 410)
ORGANISER_ENDED = Rule("organiser.ended", "这份邀请已经作废：后来又发了新的邀请，或者本会收回了它", 410)
ORGANISER_EXPIRED = Rule("organiser.expired", "这份邀请已于 {day} 到期，请联系本会换一份新的", 410)
ORGANISER_UNIT_RETIRED = Rule("organiser.unit_retired", "这个单位已停用，邀请不能再用；有疑问请联系本会", 410)
ORGANISER_NONE = Rule("organiser.none", "这个单位现在没有联络员，也没有未用的邀请")
ORGANISER_NO_UNIT = Rule("organiser.no_unit", "您现在不是任何单位的联络员：单位已停用，或者已交给别人。请联系本会", 403)
ORGANISERS_TOO_MANY = Rule("organiser.too_many", "一个单位最多发 {most} 份邀请")
INVITATION_UNKNOWN = Rule("invitation.unknown", "没有这份邀请：链接可能抄错了", 404)
INVITATION_WITHDRAWN = Rule("invitation.withdrawn", "这份邀请已经撤回，不能再用；以前的认捐不受影响", 410)
INVITATION_EXPIRED = Rule("invitation.expired", "这份邀请已于 {day} 到期，不能再用；以前的认捐不受影响", 410)
INVITATION_DAYS = Rule("invitation.days", "到期日不能早于今天，也不能晚于活动结束", 422, "expires_on")
INVITATION_NOT_HERE = Rule("invitation.not_here", "只有定向募捐凭邀请参加")
LOOKUP_LATE = Rule(
    "lookup.late", "新的捐赠和认捐 {minutes} 分钟没有编入查找，按姓名、金额查找会变慢（见日志 task.failed）", 503
)
INVITATIONS_TOO_MANY = Rule("invitation.too_many", "一个活动最多 {most} 份邀请，请先结束这个活动或另立一个")
INVITATION_DONE = Rule("invitation.done", "这份邀请已经撤回过")
WORK_UNIT_UNKNOWN = Rule("work_unit.unknown", "没有单位“{work_unit}”", 422, "work_unit")
WORK_UNIT_NOT_FOUND = Rule("work_unit.not_found", "没有这个单位", 404)
WORK_UNIT_CODE = Rule("work_unit.code", "单位代号“{code}”已有", 409, "code")
WORK_UNIT_NAME = Rule("work_unit.name", "已有同名的单位：{code} {name}", 409, "name")
WORK_UNIT_REFERENCE = Rule("work_unit.reference", "参考号“{reference}”是单位 {code} 的", 409, "reference")
WORK_UNIT_RETIRED = Rule("work_unit.retired", "单位“{name}”已停用，不再登记新的捐赠", 409, "work_unit")
WORK_UNIT_CHANGED = Rule("work_unit.changed", "这个单位刚才有人改过，请看过现在的内容再办理")
WORK_UNIT_STATE = Rule("work_unit.state", "这个单位{state}，不用再办理")
UNIT_ROSTER_UNKNOWN = Rule("unit_roster.unknown", "没有这份名册", 404)
UNIT_ROSTER_CLOSED = Rule("unit_roster.closed", "名册已经锁定，要改请先解锁")
UNIT_ROSTER_OPEN = Rule("unit_roster.open", "名册还没有锁定，请先核对并锁定")
UNIT_ROSTER_SETTLED = Rule("unit_roster.settled", "名册的款已经入账，不能再改；有误请按捐赠更正或退款办理")
UNIT_ROSTER_CHANGED = Rule("unit_roster.changed", "刚才有人改过这份名册，请看过现在的内容再办理")
UNIT_ROSTER_FULL = Rule("unit_roster.full", "一份名册最多 {most} 人", 422)
UNIT_ROSTER_EMPTY = Rule("unit_roster.empty", "名册上一个人也没有", 422, "file")
UNIT_ROSTER_NO_DRAFT = Rule("unit_roster.no_draft", "没有等待确认的名册，请重新上传")
UNIT_ROSTER_DRAFT = Rule("unit_roster.draft", "还有一份上传的名册等待确认，请先采用或者放弃")
UNIT_ROSTER_WRONG = Rule("unit_roster.wrong", "还有 {count} 行读不出来，请先改正或删去")
UNIT_ROSTER_UNCHECKED = Rule(
    "unit_roster.unchecked", "有同名的人，或者人数、合计与预计不同，请核对后勾选确认", 422, "checked"
)
UNIT_ROSTER_ONLINE = Rule(
    "unit_roster.online", "名册填好以后，有 {count} 人又在线上捐了，请逐个看：同一个人的不计入，不是同一个人的照样计入"
)
UNIT_ROSTER_FILE = Rule("unit_roster.file", "这个文件不能用：{reason}", 422, "file")
UNIT_ROSTER_HEADER = Rule("unit_roster.header", "前 {rows} 行里没有同时写着“{missing}”的表头", 422, "file")
UNIT_ROSTER_ENCODING = Rule("unit_roster.encoding", "文件内容不是 Base64", 422, "file")
UNIT_ROSTER_CELL = Rule("unit_roster.cell", "第 {row} 行有一格超过 {signs} 个字", 422, "file")
UNIT_ROSTER_DIFFERENCE = Rule(
    "unit_roster.difference",
    "名册应收 {expected_yuan} 元，到账 {received_yuan} 元，相差 {apart_yuan} 元：请选择差额怎么办，或者先不入账",
    409,
    "difference",
)
UNIT_ROSTER_UNIT_SHORT = Rule(
    "unit_roster.unit_short",
    "单位自己的捐款只有 {unit_yuan} 元，抵不了相差的 {apart_yuan} 元，请退回改名册或等单位补款",
    409,
    "difference",
)
UNIT_ROSTER_UNSETTLED = Rule("unit_roster.unsettled", "名册的款还没有入账，不能开收据")
UNIT_ROSTER_ISSUED = Rule("unit_roster.issued", "名册的收据已经开过")
UNIT_ROSTER_UNISSUED = Rule("unit_roster.unissued", "名册还没有开收据，不能公示")
UNIT_ROSTER_OUT = Rule("unit_roster.published", "这个单位已经公示")
UNIT_ROSTER_NOT_ON = Rule("unit_roster.not_on", "这笔捐赠不在单位汇总收据上，不用单独开具")

CHANNEL_UNKNOWN = Rule("channel.unknown", "没有支付方式“{channel}”", 422, "channel")
CHANNEL_SANDBOX = Rule("channel.sandbox", "演示通道只能在演示系统里使用", 422, "channel")
CHANNEL_COUNTED = Rule(
    "channel.counted", "{channel}的钱由两个人开箱清点入账，请到“募捐箱”登记清点，不在这里登记", 422, "channel"
)
CHANNEL_NOT_PROMISED = Rule("channel.not_promised", "不能以“{channel}”认捐，请选择其他付款方式", 422, "channel")
AMOUNT_UNCONFIRMED = Rule(
    "amount.unconfirmed",
    "请核对金额 {amount} 元，{capitals}：{why}。确认无误请再次输入金额",
    409,
    "confirmed_amount_fen",
)
AMOUNT_TWICE = Rule("amount.twice", "两次输入的金额不一致，请核对后重新输入", 422, "confirmed_amount_fen")
TOO_MANY_PARTS = Rule("donation.parts", "一笔款最多分 {most} 项用途，至少 1 项", 422, "gifts")
RECEIVED_LATER = Rule("donation.in_future", "到账日期不能晚于今天（{today}）", 422, "received_on")
DONATION_UNKNOWN = Rule("donation.unknown", "没有这笔捐赠", 404)

PLEDGE_UNKNOWN = Rule("pledge.unknown", "没有这笔认捐", 404)
PLEDGE_DONE = Rule("pledge.done", "这笔认捐{state}，不能再登记到账；多付的款请另行登记捐赠")
PLEDGE_NO_CODE = Rule("pledge.no_code", "现在没有这个收款码，请打开认捐的页面看怎么付款", 404)
PLEDGE_BUSY = Rule("pledge.busy", "暂时没有空的参考号，请再试一次", 503)

RECEIPT_UNKNOWN = Rule("receipt.unknown", "没有这张收据", 404)
RECEIPT_ENDED = Rule("receipt.ended", "收据 {number} {state}，不能再办理")
RECEIPT_ALREADY = Rule("receipt.already", "其中有捐赠已有有效收据、不计价或已退回，不能再开收据", 409, "donations")
RECEIPT_TOGETHER = Rule("receipt.together", "一张收据只能列同一位捐赠人的捐赠，至少一笔，至多 100 笔", 422, "donations")
RECEIPT_NOT_PROVEN = Rule(
    "receipt.not_proven", "核对不上，请对照收据再试一次。每张收据一天最多错五次，也可以带证件到服务台打印", 403
)
RECEIPT_AT_DESK = Rule("receipt.at_desk", "这张收据核对出错的次数已满，请明天再试，或带证件到服务台当面打印", 403)
CONSENT_UNCHOSEN = Rule("consent.unchosen", "请勾选要撤回的同意", 422, "what")
CONSENT_NONE = Rule("consent.none", "没有可以撤回的：这些本来就没有同意，或已经撤回")
RECEIPT_BATCH = Rule("receipt.batch", "一次请勾选 1 至 {most} 项", 422)
ANNUAL_YEAR = Rule("annual.year", "请选择 {first} 年至 {last} 年", 422, "year")
ANNUAL_MANY = Rule("annual.many", "这一年的捐赠超过一份汇总的上限 {most} 笔，请联系我会另行出具")
RECEIPT_FILE_UNKNOWN = Rule("receipt_file.unknown", "找不到这份收据文件", 404)
RECEIPT_FILE_NONE = Rule("receipt_file.none", "没有符合条件的收据", 422)
RECEIPT_FILE_MANY = Rule("receipt_file.many", "超过一份文件的上限 {most} 张收据，请缩小范围，例如按开具日期", 422)
RECEIPT_FILE_CHANGED = Rule("receipt_file.changed", "符合条件的收据刚刚有变化，请再看一遍，再开始")
RECEIPT_FILE_WAITING = Rule("receipt_file.waiting", "您已有 {count} 份收据文件在制作，请等它们做完", 429)
RECEIPT_FILE_OVER = Rule("receipt_file.over", "这份文件已经结束，或正在合成，不能取消")
RECEIPT_FILE_NOT_READY = Rule("receipt_file.not_ready", "文件还没有做好")
RECEIPT_FILE_GONE = Rule("receipt_file.gone", "文件已过期删除，请重新打印", 410)
DELIVERY_UNKNOWN = Rule("receipt.delivery", "请选择送达情况", 422, "delivery")
DELIVERY_NOTE = Rule("receipt.delivery_note", "未送达的，请写明原因", 422, "note")
REASON_NEEDED = Rule("reason.needed", "请写明理由", 422, "reason")

REFUND_UNKNOWN = Rule("refund.unknown", "没有这笔退款申请", 404)
REFUND_TOO_MUCH = Rule("refund.over", "最多可退 {left_yuan} 元", 409, "amount_fen")
REFUND_FORWARDED = Rule(
    "refund.forwarded", "这笔受托代理款已经转交，最多可退尚未转交的 {left_yuan} 元", 409, "amount_fen"
)
REFUND_IN_KIND = Rule("refund.in_kind", "实物捐赠不退款，请冲销入库单")
REFUND_DONE = Rule("refund.done", "退款申请 {number} 已经办结")
REFUND_SAME = Rule("refund.same_person", "申请人不能批准自己的退款申请")
REFUND_NOT_APPROVED = Rule("refund.not_approved", "退款 {number} 现在是“{state}”，不能付款")
REFUND_PAYER = Rule("refund.payer", "申请人和批准人都不能支付这笔退款，请由另一位出纳付款")
REFUND_PAID_EARLY = Rule("refund.paid_before_approval", "付款日期不能早于批准日期 {approved_on}", 422, "paid_on")
REFUND_PAID_LATE = Rule("refund.paid_in_future", "付款日期不能晚于今天", 422, "paid_on")
REFUND_PLACE = Rule("refund.place", "这笔退款不能从“{place}”支付", 422, "paid_from")
REFUND_CASH_REF = Rule("refund.cash_ref", "付现金没有流水号，请留空", 422, "channel_ref")
REFUND_CASH_CHARGEBACK = Rule("refund.chargeback_cash", "现金捐赠没有平台或银行扣回，请选择其他原因", 422, "cause")
REFUND_CORRECTING = Rule("refund.correcting", "这笔捐赠有待批准的更正申请 {number}，请先批准或驳回它")

REVERSAL_UNKNOWN = Rule("reversal.unknown", "没有这份更正申请", 404)
REVERSAL_IN_KIND = Rule("reversal.in_kind", "实物捐赠的更正请冲销入库单")
REVERSAL_DONE = Rule("reversal.done", "更正申请 {number} 已经办结")
REVERSAL_SAME = Rule("reversal.same_person", "申请人不能批准自己的更正申请")
REVERSAL_GONE = Rule("reversal.gone", "这笔捐赠已经更正过")
REVERSAL_REFUNDED = Rule(
    "reversal.refunded", "这笔捐赠已退款 {refunded_yuan} 元，不能再当作误登更正；其余部分也请按退款办理"
)
REVERSAL_REFUNDING = Rule("reversal.refunding", "这笔捐赠有待批准的退款申请 {number}，请先批准或驳回它")
CORRECTION_UNKNOWN = Rule("corrects.unknown", "没有更正 {number}", 422, field="corrects")
CORRECTION_OPEN = Rule("corrects.open", "更正 {number} 还没有批准，或已被驳回，不能据它重新登记", field="corrects")
CORRECTION_REBOOKED = Rule("corrects.done", "更正 {number} 的捐赠已经重新登记过", field="corrects")
REVERSAL_WAITING = Rule("reversal.waiting", "这笔捐赠已有待批准的更正申请 {number}")
NO_SUCH_STEP = Rule("act.unknown", "没有这个操作", 404)
NAME_TOO_MANY = Rule(
    "list.name_too_many",
    "这个姓名的记录超过 {most} 条，列不全：请把姓名写全，或改按编号、银行回单号查",
    422,
    "who",
)
UNIDENTIFIED_UNKNOWN = Rule("unidentified.unknown", "没有这笔暂收款", 404)
UNIDENTIFIED_HELD = Rule("unidentified.held", "这笔流水已经暂收，编号 {number}")
UNIDENTIFIED_REVERSED = Rule("unidentified.reversed", "暂收款 {number} 已经冲销过")
UNIDENTIFIED_OWN = Rule("unidentified.own", "暂收款 {number} 是您登记的，要由一位会计冲销", 403)
UNIDENTIFIED_USED = Rule("unidentified.used", "暂收款 {number} 已用去 {used_yuan} 元，不能冲销；请先更正用它入账的捐赠")
UNIDENTIFIED_SOURCES = Rule("unidentified.sources", "一次最多从 {most} 笔暂收款入账", 422, field="channel_ref")
UNIDENTIFIED_REF = Rule(
    "unidentified.ref", "没有暂收款“{channel_ref}”，或者它不是从这个渠道收的", 422, field="channel_ref"
)
UNIDENTIFIED_DAY = Rule("unidentified.day", "这笔暂收款是 {day} 到账的，到账日期请填这一天", 422, field="received_on")
UNIDENTIFIED_SHORT = Rule(
    "unidentified.short", "暂收款 {numbers} 只剩 {left_yuan} 元可用，这里要 {needed_yuan} 元", field="channel_ref"
)
UNIDENTIFIED_RETURN_UNKNOWN = Rule("unidentified_return.unknown", "没有这笔退回", 404)
UNIDENTIFIED_RETURN_DONE = Rule("unidentified_return.done", "退回 {number} 已经办结")
UNIDENTIFIED_RETURN_ASKED = Rule("unidentified_return.asked", "这笔暂收款已有退回 {number} 等着付款")
UNIDENTIFIED_RETURN_SAME = Rule("unidentified_return.same_person", "申请退回的人不能付款", 403)
UNIDENTIFIED_RETURN_DAY = Rule("unidentified_return.day", "付款日期要在到账日 {day} 和今天之间", 422, field="paid_on")
UNIDENTIFIED_RETURN_MORE = Rule(
    "unidentified_return.more", "暂收款 {number} 只剩 {left_yuan} 元，不能退回 {asked_yuan} 元", 409, field="amount_fen"
)
BOX_UNKNOWN = Rule("box.unknown", "没有募捐箱“{code}”", 404)
BOX_TAKEN = Rule("box.taken", "已经有募捐箱“{code}”", 409, field="code")
BOX_EMPTY = Rule("box.empty", "请至少填写一种券别的张数；空箱不用登记", 422, field="sheets_10000")
BOX_OPENING_UNKNOWN = Rule("box.opening_unknown", "没有这次开箱", 404)
BOX_DONE = Rule("box.done", "开箱 {number} 已经办理过了，请看它现在的情况")
BOX_OWN = Rule("box.own", "您清点过这一箱，要由另一位用自己的账号确认", 403)
