"""The journal as those read it who check the books: codes, entries, balances.

What must always be true: an entry is shown with the text that was hashed (`body`), so that whoever reads the
journal can work out every hash himself.
"""
