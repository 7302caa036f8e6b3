"""Documents: what rooms declare as registers is shown, printed, exported, numbered and kept here.

Words: a **document** is what a room declares (`printing/document.py`: columns, filters, rows, totals), by
`registry`; an **export** is one made into a file by a job; an **issued document** is such a file, whose code
`/v/{code}` answers for ever. Always true: the totals of a register are those of the books (turnover), and a
register whose rows do not add up to them says so and makes no file; a manager sees the own store only; no name
reaches a public page, a job body or a log. Sources: docs/field.md 8 (D4, D7, D9).
"""
