"""The rules of the office, in words."""

from charity.errors import Rule

STORE_UNKNOWN = Rule("store.unknown", "没有门店“{store}”", 404)
ACCOUNT_UNKNOWN = Rule("account.unknown", "没有这个账号", 404)
LOGIN_TAKEN = Rule("account.login_taken", "账号名“{login}”已被使用", 422, field="login")
ROLES_CONFLICT = Rule("account.roles_conflict", "出纳不得兼任会计（《会计法》）", 422, field="roles")
ROLES_NONE = Rule("account.roles_none", "至少选择一个岗位", 422, field="roles")
LAST_ADMIN = Rule("account.last_admin", "这是最后一个能登录的管理员，不能停用，也不能去掉管理员岗位")
NOT_ONESELF = Rule("account.not_oneself", "不能停用自己的账号")
STORE_NEEDED = Rule("account.store_unknown", "没有门店“{store}”", 422, field="store")
SIGN_IN_WRONG = Rule("sign_in.wrong", "账号或密码不对", 422)
PASSWORD_WRONG = Rule("password.wrong", "现在的密码不对", 422, field="current")
PASSWORD_WEAK = Rule("password.weak", "密码至少 {least} 个字符，不能只是几个字符的重复", 422, field="password")
PASSWORD_COMMON = Rule(
    "password.common", "这个密码太容易猜：不要用常见密码、账号名、单位名或地名加几个数字", 422, field="password"
)
DOORS_BUSY = Rule("sign_in.busy", "登录的人太多，请稍后再试", 503)
ALREADY_BEGUN = Rule("init.done", "已经有管理员，不能再次初始化")
