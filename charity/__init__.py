"""The charity platform of a Chinese county: one journal for money, goods and points.

Words, one meaning each (docs/field.md 1):

- **campaign** 募捐活动: a time-boxed appeal. **pledge** 认捐: a promise, no income until received.
- **donation** 善款, **gift in kind** 善物: value that arrived. **receipt** 捐赠收据: our internal document for it.
- **fund** 基金: money with one purpose. **programme** 慈善项目: the spending side.
- **voucher** 拨付审批单: a payment that two people approved.
- **lot** 批次: goods of one source, fund, expiry and cost. **store** 慈善爱心超市: where they are chosen.
- **points** 积分: what a household chooses with. **card** 爱心卡: what it shows at the till.
- **entry** 分录: one event in the journal. **posting** 记账行: one line of it.
- **unit** 计量: what a posting counts (fen, pieces, points). **measure** 量词: 袋, 箱.
- **work unit** 单位: an organisation whose people give together.
"""

__version__ = "0.1.0"
