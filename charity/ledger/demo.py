"""The ledger's chapter of the demo: the codes of funds and programmes, before anything is posted."""

from charity.db import reading, transactions
from charity.db.transactions import Tx
from charity.demo.plan import Chapter
from charity.demo.plan import Plan as Story
from charity.ledger import funds, places
from charity.ledger.plans import Plan

LAST_ONE_DAY = Plan((("P03", 740_000_00), ("P09", 230_000_00), ("P05", 30_000_00)), 20_000_00)
"""The plan of last year's one-day giving: fen by programme, then the limit of cost (field.md 7.6a)."""
FUNDS = (
    # code, name, English, kind, programmes it may be used for (none: all)
    ("F-GEN", "总会统筹资金（非限定性）", "General fund", "unrestricted", ()),
    ("F-WARM", "冬季送温暖资金", "Winter Warmth fund", "restricted", ("P04",)),
    ("F-EDU", "慈善助学资金", "Education fund", "restricted", ("P01",)),
    ("F-ORP", "慈善救孤资金", "Orphans fund", "restricted", ("P02",)),
    ("F-DIS", "应急救灾资金", "Disaster fund", "restricted", ("P08",)),
    ("F-CIWU", "瓷坞乡定向资金", "Ciwu township fund", "restricted", ("P04", "P05", "P09")),
    ("F-WC08", "汶川地震代收款（档案）", "Wenchuan 2008, forwarded (archive)", "agency", ("P90",)),
    ("F-YS10", "玉树地震代收款（档案）", "Yushu 2010, forwarded (archive)", "agency", ("P90",)),
    ("F-YY", "市人民医院定向物资", "Goods for the city hospital", "agency", ("P90",)),
)
PROGRAMMES = (
    ("P01", "慈善助学", "Education aid"),
    ("P02", "慈善救孤", "Orphan aid"),
    ("P03", "慈善助医", "Medical top-up"),
    ("P04", "春节送温暖", "Winter Warmth"),
    ("P05", "爱心超市", "Charity store"),
    ("P06", "空巢老人结对", "Empty-nest companionship"),
    ("P07", "敬老院冬季补助", "Care homes in winter"),
    ("P08", "应急储备", "Disaster reserve"),
    ("P09", "临时慈善救助", "Temporary aid"),
    ("P90", "代收代转", "Forwarded in full"),
)


async def build(plan: Story) -> None:
    """Open the funds and the programmes; one-day giving has a fund of its own each year, this year's opens with it."""
    await transactions.run(lambda tx: _codes(tx, plan))


async def _codes(tx: Tx, story: Story) -> None:
    for code, name, name_en, kind, programmes in FUNDS:
        await funds.open_fund(tx, code=code, name=name, name_en=name_en, kind=kind, programmes=programmes)
    # The account that pays is the one that campaigns print (giving/demo/campaigns.py).
    bank = await places.paying()
    await places.rename(tx, bank.code, name="临溪农商银行营业部基本户", name_en="Basic account at Linxi Rural Bank")
    year, code = story.one_day_begins.year - 1, story.one_day_fund(1)
    named = {"name": f"一日捐 {year}", "name_en": f"One-Day Giving {year}"}
    await funds.open_fund(tx, code=code, **named, kind="unrestricted", plan=LAST_ONE_DAY)
    for code, name, name_en in PROGRAMMES:
        await funds.open_programme(tx, code=code, name=name, name_en=name_en)


async def entries() -> int:
    """How many entries the books hold."""
    return int(await reading.value("SELECT seq FROM head"))


async def empty() -> bool:
    """Whether nothing was ever posted."""
    return await entries() == 0


chapter = Chapter(build=build, empty=empty)
