"""The office: who we are, where our stores are, and who works here.

`organisation` is one row; `stores` and townships are codes and names; `accounts` are the staff (login,
roles, store), `passwords` and `sessions` are their doors, `bearers` the tokens of programs. What must
always be true: nobody is cashier and accountant at once; a password is kept as argon2id, a session and a
token as SHA-256 of a 256-bit secret; a disabled account has no live session and no working token; there
is always an admin who can sign in.
"""
