"""Registers and documents: facts of the books and the rooms, made into screens and papers.

Words: a **report** is an entry of `registry.REPORTS` (columns, filters, rows, totals); an **export** is a
report made into a file by a job; a **document** is a paper whose code `/v/{code}` answers for ever.
Always true: the totals of a register are those of the books (turnover), and a register whose rows do
not add up to them says so and makes no paper; a manager sees the own store only; no name reaches a
public page, a job body or a log. Sources: domain rules 8 (D4, D7, D9), house decisions 5 and 7.
"""
