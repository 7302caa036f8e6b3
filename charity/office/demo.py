"""The office's chapter of the demo: who we are, the townships and stores, and who works here."""

from charity.db import reading, transactions
from charity.db.transactions import Tx
from charity.demo import tables
from charity.demo.plan import Chapter, Plan
from charity.office import organisation, staff, stores
from charity.office.organisation import EVER, Fact, FactKind, Organisation
from charity.office.staff import weakness
from charity.roles import SYSTEM, Role

PASSWORD = weakness.DEMO
ORGANISATION = Organisation(
    name="临溪市慈善总会",
    name_en="Linxi Charity Federation",
    short="临溪慈善",
    short_en="Linxi Charity",
    contact="募捐办公室",
    phone="0000-12345678",
    address="临溪市城关街道善行路1号",
    credit_code="51999901DEMO00001X",
    demo=True,
)
FACTS = (
    Fact(FactKind.CERTIFICATE, "演示公募证0001", "2018-06-01", "2030-05-31"),
    Fact(FactKind.TAX_DEDUCTION, "演示公告〔2023〕3号", "2023-01-01", "2025-12-31"),
    Fact(FactKind.TAX_DEDUCTION, "演示公告〔2026〕1号", "2026-01-01", "2028-12-31"),
    Fact(FactKind.ICP, "演示ICP备00000000号-1", EVER, None),
    Fact(FactKind.POLICE, "演示公网安备00000000000000号", EVER, None),
    Fact(FactKind.COMPLAINT_PHONE, "0000-12340000", EVER, None),
    Fact(
        FactKind.ACCOUNT,
        organisation.account("临溪市慈善总会", "临溪农商银行营业部", "8800000020260001"),
        EVER,
        None,
    ),
    # Nobody can be paid by these: the domain is one that is never given to anybody (RFC 2606).
    Fact(FactKind.WECHAT_CODE, "https://pay.example/demo/wechat", EVER, None),
    Fact(FactKind.ALIPAY_CODE, "https://pay.example/demo/alipay", EVER, None),
)
STAFF = (
    # login, name, roles, store
    ("admin", "系统管理员", ("admin",), None),
    ("cashier", "沈玉兰", ("cashier",), None),
    ("accountant", "顾明", ("accountant",), None),
    ("accountant2", "汤春梅", ("accountant",), None),
    ("caseworker", "叶建国", ("caseworker",), None),
    ("approver", "陆海燕", ("approver",), None),
    ("approver2", "钟志文", ("approver",), None),
    ("clerk", "方晓红", ("clerk",), "LX01"),
    ("clerk0", "姚磊", ("clerk",), "LX00"),
    ("storekeeper", "段军", ("clerk",), None),
    ("manager", "邵平", ("manager",), "LX01"),
    ("auditor", "范静", ("auditor",), None),
    ("lxu10", "余涛", ("organiser",), None),
)


async def build(plan: Plan) -> None:
    """Describe the organisation, add its places, and make its accounts."""
    await transactions.run(_places)
    for login, name, roles, store in STAFF:
        if Role.ORGANISER in roles:
            continue  # comes by an invitation of his unit: charity/giving/demo
        account = await staff.create(
            login=login,
            name=name,
            roles=[Role(r) for r in roles],
            store=store,
            password=PASSWORD,
            initial=False,
            by=SYSTEM,
        )
        plan.staff[login] = account.actor


async def _places(tx: Tx) -> None:
    await organisation.describe(tx, ORGANISATION)
    for fact in FACTS:
        await organisation.add(tx, fact, by=SYSTEM)
    await stores.add(
        tx,
        townships=[
            stores.Township(r["code"], r["name"], r["zone"], int(r["population"]), int(r["eligible"]))
            for r in tables.rows("townships")
        ],
        stores=[stores.Store(r["store_code"], r["name"], r["township_code"], r["kind"]) for r in tables.rows("stores")],
    )


async def empty() -> bool:
    """Whether there is neither an account nor an organisation."""
    return not any([await reading.value(f"SELECT COUNT(*) FROM {table}") for table in ("staff", "organisation")])  # noqa: S608


chapter = Chapter(build=build, empty=empty)
