"""The ASGI application for a server: `uvicorn asgi:app`, or `charity serve`."""

from charity.app import build
from charity.web import connections, logs

logs.begin()
connections.open_files()
app = build()
