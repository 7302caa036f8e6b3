"""Registers that add up several rooms: donations D4, disbursements D7, stock D9, each compared with the books.

A register of one room's rows is declared in that room; these ask more than one. `kept` reads the sums that
the writer keeps by day, `ledger.figures` what the accounts say. Always true: by fund (by store and fund for goods)
the rows of a register add up to what the accounts say, or the register names the difference. Source: docs/field.md 8.
"""
