"""Value coming in: campaigns, pledges, donations, receipts, refunds, work units.

Words: a **pledge** 认捐 is a promise and posts nothing; a **donation** is money or goods that arrived; a
**receipt** 捐赠收据 is our internal document for one or more donations of one giver; a **work unit** 单位 gives
together. Always true: every donation is one entry and on at most one valid receipt; receipt numbers
have no gap in a year; a voided or replaced receipt stays; a provider's reference counts once; the
figures of a campaign are those of the books at the seq they print. Sources: Charity Law 27, 32, 38, 41.
"""
