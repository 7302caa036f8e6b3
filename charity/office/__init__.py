"""The office: who we are, where our stores are, and who works here.

`organisation` is one row; `stores` and townships are codes and names; `staff` are the accounts (login, roles,
store), what of them waits for a second person, passwords, and the access tokens of programs; `sign_in` opens
sessions for them. What must always be true: nobody holds roles that exclude each other; a password is kept as
argon2id, a session, a token and a recovery code as SHA-256 of a random secret; a disabled account has no live
session and no working token; there is always an admin who can sign in.
"""
