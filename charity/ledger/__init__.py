"""The books: one append-only journal for money (fen), goods (pieces of a lot) and points.

Words: an *entry* is one event; its *postings* say what moved (debit positive, credit negative); a
*holding* is an account's balance in a unit; a fund's *stream* says which fen of which gift each
payment took. What must always be true: I1-I9 of `verify.py`. The books know no persons: `party` and
`actor` are opaque keys, and no name ever enters a body. Every posting goes through `writer.submit`.
"""
