"""The persons: donors, households, institutions. They hold no money; the books hold no names.

A donor is a `person` row with a random key, and the key is all that the books ever see. ID numbers,
phones, addresses and bank accounts are sealed columns with blind indexes; names are masked wherever
the reader does not need them (王*): `masking` has the table. What must always be true: nothing of this
room occurs in an entry's body, a log line, a URL, a QR code or a public page, except a name its owner
wished to show.
"""
