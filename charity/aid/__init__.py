"""Aid: value going out as money, by the payment voucher 拨付审批单.

Words: the maker (经办人) asks for a payment to a payee; two approvers (审批人) agree to exactly this
content, named by its hash; the payer (出纳) pays it. What must always be true: maker, both approvers
and payer are four different accounts' decisions (the approvers differ from each other, and neither is
the maker or the payer); whatever changes the content takes the approvals back; no payment goes beyond
the stream of its fund (I8, I11).
"""
