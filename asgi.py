"""The ASGI application for a server: `uvicorn asgi:app`, or `charity serve`."""

from charity import starting

with starting.importing():
    from charity.app import build
    from charity.web import connections, logs

logs.begin()
connections.open_files()
app = build()
