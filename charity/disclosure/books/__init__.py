"""The public ledger: a year of the books or a month of it, by source, use, fund and month, and its fingerprint.

Always true: every figure is one of the ledger's statement or of its kept sums, all of one `seq`, and the tables add up
to the equation above them; what fewer than GROUP_MIN were helped with stands together with others, so no single small
payment is told; campaigns by invitation and their funds are named nowhere.
"""
