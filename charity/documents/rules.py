"""What a report refuses."""

from charity import days
from charity.errors import Rule

REPORT_UNKNOWN = Rule("report.unknown", "没有这种台账：{report}", 422, "report")
FORMAT_UNKNOWN = Rule("report.format", "只能导出 pdf、xlsx 或 csv", 422, "format")
PERIOD_UNREADABLE = Rule("report.period", "日期请按 2026-10-08 的样子填写", 422, "from")
PERIOD_OUTSIDE = Rule("report.period", days.OUTSIDE, 422, "from")
PERIOD_BACKWARDS = Rule("report.period", "结束日期早于开始日期", 422, "to")
PERIOD_TOO_LONG = Rule("report.period", "期间最长 {years} 年", 422, "to")
FILTER_UNKNOWN = Rule("report.filter", "这张台账没有此筛选条件：{name}", 422, "filters")
FILTER_VALUE = Rule("report.filter_value", "没有这个{label}：{value}", 422, "filters")
INTERNAL_ONLY = Rule("report.internal", "内部存档只有会计和审计员可以查看", 403)
INTERNAL_OF_ONE = Rule("report.internal_one", "含姓名的一份，请先选一份{label}", 422, "filters")
OTHER_STORE = Rule("report.store", "您只能查看本店的台账", 403)
CURSOR_UNREADABLE = Rule("report.cursor", "翻页位置已失效，请回到开头", 422, "after")
BOOKS_DIFFER = Rule("report.differs", "台账与账簿不一致：{differences}。请先查明原因，再导出", 409)
TOO_MANY_ROWS = Rule("report.rows", "共 {rows} 行，超过一份文件的上限 {limit} 行，请缩短期间", 409)
EXPORT_UNKNOWN = Rule("export.unknown", "找不到这份导出", 404)
EXPORT_NOT_READY = Rule("export.not_ready", "文件还没有做好", 409)
EXPORT_GONE = Rule("export.gone", "文件已过期删除，请重新导出", 410)
EXPORT_OUTDATED = Rule("export.outdated", "导出以后有捐赠人撤回了公开的同意，这份文件不再提供，请重新导出", 410)
EXPORT_OVER = Rule("export.over", "这份导出已经结束，不能取消", 409)
EXPORT_TOO_MANY = Rule("export.too_many", "您已有 {count} 份导出在排队，请等它们做完", 429)
DOCUMENT_UNKNOWN = Rule("document.unknown", "没有这个编号的文件。请核对编号；若编号无误，这份文件不是本平台出具的", 404)
