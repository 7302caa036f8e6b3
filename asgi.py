"""The ASGI application for a server: `uvicorn asgi:app`, or `charity serve`."""

from charity.app import build
from charity.web import logs

logs.begin()
app = build()
