"""The rules of the office, in words."""

from charity.errors import Rule

STORE_UNKNOWN = Rule("store.unknown", "没有门店“{store}”", 404)
ACCOUNT_UNKNOWN = Rule("account.unknown", "没有这个账号", 404)
LOGIN_TAKEN = Rule("account.login_taken", "账号名“{login}”已被使用", 422, field="login")
ROLES_CONFLICT = Rule("account.roles_conflict", "出纳不得兼任会计（《会计法》）", 422, field="roles")
ROLES_ADMIN = Rule(
    "account.roles_admin", "管理员不得兼任出纳、会计、审批人、经办人或店长：管账号的人不经手钱和物", 422, field="roles"
)
NOT_TO_ONESELF = Rule("account.not_to_oneself", "不能给自己增加岗位，请由另一位管理员办理", 422, field="roles")
OWN_PASSWORD = Rule("account.own_password", "自己的密码请在“修改密码”里更换，需要填写现在的密码", 422, field="password")
OWN_TWO_STEP = Rule("account.own_two_step", "自己的两步验证请在“两步验证”里停用，需要填写验证码")
CHANGE_UNKNOWN = Rule("change.unknown", "没有这项账号变更", 404)
CHANGE_SETTLED = Rule("change.settled", "这项账号变更已经生效或停止")
CHANGE_SAME_PERSON = Rule("change.same_person", "要由另一位管理员确认：不是提出的人，也不是这项变更涉及的人")
ROLES_NONE = Rule("account.roles_none", "至少选择一个岗位", 422, field="roles")
LAST_ADMIN = Rule("account.last_admin", "这是最后一个能登录的管理员，不能停用，也不能去掉管理员岗位")
NOT_ONESELF = Rule("account.not_oneself", "不能停用自己的账号")
STORE_NEEDED = Rule("account.store_unknown", "没有门店“{store}”", 422, field="store")
SIGN_IN_WRONG = Rule("sign_in.wrong", "账号或密码不对", 422)
SIGN_IN_WAITING = Rule("sign_in.waiting", "密码正确。您的岗位还要等另一位管理员确认，确认后才能使用", 403)
CODE_WRONG = Rule("code.wrong", "验证码不对，或已经用过。请等下一个验证码，或用一个还没用过的恢复码", 422, field="code")
CODE_UNREADABLE = Rule("code.unreadable", "验证码是 6 位数字；恢复码是 16 位字母和数字", 422, field="code")
TWO_STEP_ON = Rule("two_step.on", "两步验证已经启用")
TWO_STEP_OFF = Rule("two_step.off", "两步验证还没有启用")
TWO_STEP_STALE = Rule("two_step.stale", "页面已过期，请重新扫描二维码", 422, field="code")
TOKEN_UNKNOWN = Rule("token.none", "没有这个令牌，或它已经停用", 404)
PASSWORD_WRONG = Rule("password.wrong", "现在的密码不对", 422, field="current")
PASSWORD_SAME = Rule("password.same", "新密码和现在的密码一样，请换一个", 422, field="password")
PASSWORD_WEAK = Rule("password.weak", "密码至少 {least} 个字符，不能只是几个字符的重复", 422, field="password")
PASSWORD_COMMON = Rule(
    "password.common", "这个密码太容易猜：不要用常见密码、账号名、单位名或地名加几个数字", 422, field="password"
)
DOORS_BUSY = Rule("sign_in.busy", "登录的人太多，请稍后再试", 503)
FACT_UNKNOWN = Rule("fact.unknown", "没有这一项单位信息", 404)
FACT_OWN = Rule("fact.own", "登记的人不能核对自己登记的单位信息，请由另一个人照原件核对", 403)
FACT_SEEN = Rule("fact.seen", "这一项已经核对过")
FACT_IN_PART = Rule(
    "fact.in_part", "收款账户的户名、开户银行和账号要一起登记、一起核对：请退回这一项，重新登记收款账户"
)
FACT_OTHER = Rule("fact.other", "和登记的不一样。请照原件再输入一次；确实不对的，请退回", 422, field="value")
CODE_NONE = Rule("code.none", "这不是收款码：“{text}”。收款码里是以 https:// 或 wxp:// 开头的地址", 422, field="value")
CODE_OF_ANOTHER = Rule("code.of_another", "这是另一种支付方式的收款码：“{text}”", 422, field="value")
CODE_UNFAMILIAR = Rule(
    "code.unfamiliar",
    "这张码写的是“{text}”，不像常见的商户收款码。善款不能收进个人账户：请用手机扫一扫，看到收款方是本会再勾选",
    422,
    field="unfamiliar",
)
NOTICE_UNKNOWN = Rule("privacy.unknown", "没有隐私告知的第 {version} 版", 404)
NOTICE_CHANGED = Rule("privacy.changed", "隐私告知已更新为第 {version} 版，请重新阅读后再提交", 422, field="notice")
NOTICE_PAST = Rule("privacy.past", "生效日期不能早于今天", 422, field="starts_on")
NOTICE_ORDER = Rule("privacy.order", "已有一版从 {starts_on} 起生效，新版本不能早于它", 422, field="starts_on")
ALREADY_BEGUN = Rule("init.done", "已经有管理员，不能再次初始化")
