"""The books on screens: entries, accounts and funds with their running balances, and the trial balance.

What must always be true: these pages change nothing; what they add up is kept, so that no page reads what it does not
show; every number on them leads to the page of what it names. Accounts are named by places, programmes, stores and our
branches, never by persons; an entry names its party.
"""
