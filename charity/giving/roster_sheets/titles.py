"""What units call the columns of a roster, its total, and yes and no: read as they stand in any language."""

from typing import Final

TITLES: Final[dict[str, tuple[str, ...]]] = {
    "name": ("姓名", "捐款人", "捐赠人", "职工姓名", "捐款人姓名", "捐赠人姓名", "name"),
    "tail": ("证件后四位", "身份证后四位", "身份证号后四位", "身份证号码后四位", "证件号后四位", "身份证号", "证件号"),
    "phone": ("手机", "手机号", "手机号码", "电话", "联系电话"),
    "amount": (
        "金额",
        "金额(元)",
        "捐款金额",
        "捐款金额(元)",
        "捐赠金额",
        "捐赠金额(元)",
        "捐款数额",
        "捐款(元)",
        "amount",
    ),
    "single": ("单独开票", "票据需求", "单独收据", "是否单独开票", "要单独开收据"),
    "payroll": ("工资代扣", "同意工资代扣", "同意代扣", "是否代扣", "是否同意代扣", "代扣", "本人同意从工资里代扣"),
    "public": ("公示姓名", "是否公示", "是否公示姓名", "公开姓名", "同意公示", "本人同意公示姓名和金额"),
}
KNOWN: Final = frozenset({"序号", "方式", "签名", "签字", "编号"})
"""Columns of the printed sheet that say nothing to be kept."""
TOTALS: Final = frozenset(
    {"合计", "总计", "共计", "小计", "本页小计", "合计(元)", "总计(元)", "合计金额", "总金额", "合计人数"}
)
YES: Final = frozenset({"是", "要", "需要", "单独", "单独开票", "√", "同意", "本人同意", "y", "yes", "1", "true"})
NO: Final = frozenset(
    {"", "否", "不", "不要", "不需要", "不同意", "汇总", "单位汇总", "-", "/", "×", "n", "no", "0", "false"}
)
CHAT: Final = "#接龙"
"""Begins what a chat makes of everybody's line: its title, an example, and then the numbered lines."""
