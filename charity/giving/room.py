"""What giving contributes to the app."""

from charity.giving import demo, desk, lookup, organisers, verify
from charity.giving.annual import api as annual_calls
from charity.giving.annual import routes as annual
from charity.giving.boxes import api as box_calls
from charity.giving.boxes import routes as boxes
from charity.giving.boxes import verify as box_verify
from charity.giving.campaigns import api as campaign_calls
from charity.giving.campaigns import routes as campaigns
from charity.giving.certificates import api as certificate_calls
from charity.giving.certificates import routes as certificates
from charity.giving.consents import api as consent_calls
from charity.giving.consents import routes as consents
from charity.giving.copies import api as copy_calls
from charity.giving.copies import routes as copies
from charity.giving.deliveries import api as delivery_calls
from charity.giving.deliveries import routes as deliveries
from charity.giving.donations import api as donation_calls
from charity.giving.donations import routes as donations
from charity.giving.gifts import routes as gifts
from charity.giving.invitations import api as invitation_calls
from charity.giving.invitations import routes as invitations
from charity.giving.lookup import health as lookup_health
from charity.giving.my_unit import routes as my_unit
from charity.giving.one_day import routes as one_day
from charity.giving.organisers import api as organiser_calls
from charity.giving.organisers import routes as organiser_routes
from charity.giving.pledges import api as pledge_calls
from charity.giving.pledges import routes as pledges
from charity.giving.receipt_files import api as receipt_file_calls
from charity.giving.receipt_files import jobs as receipt_file_jobs
from charity.giving.receipt_files import routes as receipt_files
from charity.giving.receipts import api as receipt_calls
from charity.giving.receipts import routes as receipts
from charity.giving.refunds import api as refund_calls
from charity.giving.refunds import routes as refunds
from charity.giving.reversals import api as reversal_calls
from charity.giving.reversals import routes as reversals
from charity.giving.roster_desk import api as roster_calls
from charity.giving.roster_desk import routes as roster_desk
from charity.giving.settling import api as settling_calls
from charity.giving.settling import documents as settling_documents
from charity.giving.settling import routes as settling
from charity.giving.work_unit_desk import api as work_unit_calls
from charity.giving.work_unit_desk import routes as work_units
from charity.jobs.timetable import HOUR_S, MINUTE_S, Timed
from charity.room import Check, Room
from charity.web.nav import NavItem

ROOM = Room(
    name="giving",
    models=[
        "charity.giving.models",
        "charity.giving.withdrawals",
        "charity.giving.boxes.models",
        "charity.giving.invitations.models",
        "charity.giving.organisers.models",
        "charity.giving.receipt_files.models",
        "charity.giving.unidentified.models",
        "charity.giving.unit_rosters.models",
    ],
    routes=[
        *pledges.routes,
        *donations.routes,
        *boxes.routes,
        *consents.routes,
        *gifts.routes,  # behind /donations/new
        *copies.routes,
        *annual.routes,
        *certificates.routes,
        *deliveries.routes,
        *receipt_files.routes,  # before /receipts/{code}
        *receipts.routes,
        *refunds.routes,
        *reversals.routes,
        *invitations.routes,
        *campaigns.routes,
        *one_day.routes,
        *organiser_routes.routes,
        *my_unit.routes,
        *settling.routes,
        *roster_desk.routes,
        *work_units.routes,
    ],
    endpoints=[
        *pledge_calls.endpoints,
        *donation_calls.endpoints,
        *box_calls.endpoints,
        *copy_calls.endpoints,
        *annual_calls.endpoints,
        *certificate_calls.endpoints,
        *consent_calls.endpoints,
        *delivery_calls.endpoints,
        *receipt_file_calls.endpoints,
        *receipt_calls.endpoints,
        *refund_calls.endpoints,
        *reversal_calls.endpoints,
        *campaign_calls.endpoints,
        *invitation_calls.endpoints,
        *organiser_calls.endpoints,
        *roster_calls.endpoints,
        *settling_calls.endpoints,
        *work_unit_calls.endpoints,
    ],
    documents=[settling_documents.UNITS, settling_documents.STAFF],
    tasks=desk.tasks,
    finders=desk.finders,
    nav=[
        NavItem("我的单位", "/my-unit", "roster.fill", order=110),
        NavItem("认捐与到账", "/pledges", "pledge.read", order=210, group="收入@menu"),
        NavItem("登记捐赠", "/donations/new", "gift.receive", order=220, group="收入@menu"),
        NavItem("收据", "/receipts", "gift.read", order=230, group="收入@menu"),
        NavItem("募捐箱", "/boxes", "box.read", order=225, group="收入@menu"),
        NavItem("退款", "/refunds", "refund.read", order=240, group="收入@menu"),
        NavItem("捐赠更正", "/reversals", "reversal.read", order=250, group="收入@menu"),
        NavItem("捐款单位", "/work-units", "gift.read", order=255, group="收入@menu"),
        NavItem("单位名册", "/one-day", "roster.read", order=253, group="收入@menu"),
        NavItem("一日捐单位汇总表", "/ledgers/units", "campaign.read", order=660, group="台账@menu"),
        NavItem("一日捐员工明细单", "/ledgers/unit-staff", "staff_list.read", order=670, group="台账@menu"),
        NavItem("活动管理", "/desk/campaigns", "campaign.read", order=260, group="收入@menu"),
    ],
    jobs=receipt_file_jobs.jobs,
    timetable=[
        *receipt_file_jobs.timetable,
        Timed("organisers.forget", HOUR_S, organisers.forget, first_s=30.0),
        Timed("lookup.keep_up", MINUTE_S, lookup.keep_up, first_s=15.0, limit_s=300.0),
        Timed("lookup.memos", MINUTE_S, lookup.keep_up_memos, first_s=25.0, limit_s=300.0),
    ],
    health=lookup_health.PROBES,
    checks=[Check("捐赠与收据", verify.run), Check("按姓名和金额查找", lookup.check), Check("募捐箱", box_verify.run)],
    chapter=demo.chapter,
)
