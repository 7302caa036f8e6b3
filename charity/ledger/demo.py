"""The ledger's chapter of the demo: the codes of funds and programmes, before anything is posted."""

from charity import clock
from charity.db import reading, transactions
from charity.db.transactions import Tx
from charity.demo.plan import Chapter, Plan
from charity.ledger import accounts as acc
from charity.ledger import funds
from charity.ledger.loading import Loader
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, submit

FUNDS = (
    # code, name, English, kind, programmes it may be used for (none: all)
    ("F-GEN", "非限定性基金", "General fund", "unrestricted", ()),
    ("F-WARM", "送温暖专项基金", "Winter Warmth fund", "restricted", ("P04", "P05", "P07")),
    ("F-EDU", "慈善助学基金", "Education fund", "restricted", ("P01",)),
    ("F-ORPH", "慈善救孤基金", "Orphans fund", "restricted", ("P02",)),
    ("F-DIS", "洪涝救灾专项", "Flood relief fund", "restricted", ("P08", "P09")),
    ("F-CIWU", "瓷坞乡定向帮扶", "Ciwu township fund", "restricted", ("P04", "P05", "P09")),
    ("F-WC08", "汶川地震代收款", "Wenchuan 2008, forwarded", "agency", ("P90",)),
    ("F-YS10", "玉树地震代收款", "Yushu 2010, forwarded", "agency", ("P90",)),
    ("F-YY", "市人民医院定向物资", "Goods for the city hospital", "agency", ("P90",)),
)
PROGRAMMES = (
    ("P01", "慈善助学", "Education aid"),
    ("P02", "慈善救孤", "Orphan aid"),
    ("P03", "慈善助医", "Medical top-up"),
    ("P04", "春节送温暖", "Winter Warmth"),
    ("P05", "爱心超市", "Love supermarket"),
    ("P06", "空巢老人结对", "Empty-nest companionship"),
    ("P07", "敬老院冬季补助", "Care homes in winter"),
    ("P08", "应急储备", "Disaster reserve"),
    ("P09", "临时慈善救助", "Temporary aid"),
    ("P90", "代收代转", "Forwarded in full"),
)


async def build(plan: Plan) -> None:
    """Open the funds and the programmes."""
    del plan
    await transactions.run(_codes)


async def _codes(tx: Tx) -> None:
    for code, name, name_en, kind, programmes in FUNDS:
        await funds.open_fund(tx, code=code, name=name, name_en=name_en, kind=kind, programmes=programmes)
    for code, name, name_en in PROGRAMMES:
        await funds.open_programme(tx, code=code, name=name, name_en=name_en)


async def settle(fund: str, account: str, *, cashier: str) -> None:
    """Bring a fund's money from its tills and providers to a bank account of it, as a cashier does before a payment."""

    async def load(loader: Loader) -> None:
        await loader.money_places([account])

    def decide(state: State, _: None) -> Answer:
        held = [(place, fen) for place, fen in state.money_places(fund) if place != account and fen > 0]
        if held:
            lines = [(account, acc.CNY, sum(fen for _, fen in held)), *((place, acc.CNY, -fen) for place, fen in held)]
            state.post("money.transfer", lines, effective_on=clock.today().isoformat(), actor=cashier)
        return Answer(200, {})

    await submit(Command(decide, load=load))


async def entries() -> int:
    """How many entries the books hold."""
    return int(await reading.value("SELECT seq FROM head"))


async def empty() -> bool:
    """Whether nothing was ever posted."""
    return await entries() == 0


chapter = Chapter(build=build, empty=empty)
