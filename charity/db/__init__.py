"""The database: one engine a dialect, transactions, migrations, sealed columns, the job queue.

Rooms read through their Tortoise models or `reading.rows`, and write inside `transactions.run` or,
when they post, through `charity.ledger.writer`. What must always be true: on SQLite every write
transaction and every checkpoint holds `flock(charity.write)`; readers are opened `mode=ro`;
a cancelled caller never tears a transaction. SQL is written once, with `$1` places; instants and
dates are text, money is integer fen, on both databases.
"""
