"""The office: who we are, where our stores are, and who works here.

`organisation` is one row; `stores` and townships are codes and names; `accounts` are the staff (login,
roles, store), `changes` of them that wait for a second person, `sign_in` their doors, `bearers` the tokens of
programs. What must always be true: nobody holds roles that exclude each other; a password is kept as argon2id, a
session, a token and a recovery code as SHA-256 of a random secret; a disabled account has no live session and no
working token; there is always an admin who can sign in.
"""
