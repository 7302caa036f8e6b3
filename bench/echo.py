"""The platform's own application with one more path beside it: an empty JSON echo, for the ratio."""

from typing import Any

from asgi import app as platform


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Echo the body of POST /bench/echo; everything else is the platform."""
    if scope["type"] != "http" or scope["path"] != "/bench/echo":
        await platform(scope, receive, send)
        return
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})
