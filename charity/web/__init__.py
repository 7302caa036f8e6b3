"""The HTTP toolkit: what every room needs to answer a browser or a program, and no room itself.

`contexts` says who asks and from where; `auth` turns a session or a bearer token into an Actor; `csrf`
and `forms` read posts; `pages` renders templates; `api` answers JSON from a list of `Endpoint`s and
`openapi` describes them; `compression` packs what holds no secret; `problems` words every refusal;
`limits` slows callers down; `outer` is the one middleware around everything. What must always be true:
web imports no room (app gives it the authenticator and the organisation); every middleware is plain
ASGI; nothing logs a name, an address line, a query or a body; no page carries inline script or style.
"""
