"""Public pages and answers: the home page, a campaign, the check of a receipt and its PDF.

What must always be true: totals equal the ledger's at the seq they print (I12); no name, phone or ID
number of anyone is answered, except a name its owner wished to show (I13); goods and money are
traced by the books, and first-in-first-out is called a convention. Sources: Charity Law 25, 42, 75-79, 82.
"""
