"""Addresses of our own files under static/, with their hash, so that they may be kept for a year."""

import hashlib
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

from charity.web import compression, contexts

FOLDER = Path(__file__).resolve().parents[2] / "static"
FOREVER = "public, max-age=31536000, immutable"
PACKED = (".css", ".js", ".svg")
"""Kinds of files that are sent packed, once a process; fonts and pictures are packed by their makers."""
COMMON = "css/common.css"
"""One sheet for every page, put together from these: a page begins to be drawn when the last of its sheets is here."""
JOINED = ("css/tokens.css", "css/base.css", "css/frame.css", "css/parts.css")
HIDDEN = {"package.json", "package-lock.json", "vendor/manifest.json", "vendor/axe.min.js"}


@lru_cache(maxsize=512)
def _hashed(path: str, modified_ns: int) -> str:  # noqa: ARG001 - part of the key: a changed file is hashed again
    return _hash((FOLDER / path).read_bytes())


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:12]


@lru_cache(maxsize=1)
def _common() -> tuple[bytes, bytes, str]:
    """The sheet of every page, the same packed, and its hash; once a process."""
    body = b"\n".join((FOLDER / path).read_bytes() for path in JOINED)
    return body, compression.packed(body), _hash(body)


@lru_cache(maxsize=512)
def _packed(path: str, modified_ns: int) -> bytes:  # noqa: ARG001 - part of the key, as above
    return compression.packed((FOLDER / path).read_bytes())


@lru_cache(maxsize=512)
def _lasting(path: str) -> str:
    if path == COMMON:
        return f"/static/{path}?v={_common()[2]}"
    file = FOLDER / path
    if not file.is_file():
        return f"/static/{path}"
    return f"/static/{path}?v={_hashed(path, file.stat().st_mtime_ns)}"


def address(path: str) -> str:
    """The address of a file under static/: `css/base.css` -> `/static/css/base.css?v=…`."""
    return _lasting(path)


class Files(StaticFiles):
    """static/, kept for ever when asked for with its hash and asked again (ETag) otherwise."""

    def __init__(self) -> None:
        super().__init__(directory=FOLDER, check_dir=False)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file with its caching, text packed; lists of packages are not for visitors."""
        if path in HIDDEN or "node_modules" in path:
            path = "-"
        response = self._joined(scope) if path == COMMON else await super().get_response(path, scope)
        versioned = scope["query_string"].startswith(b"v=")
        if path.endswith(PACKED) and path != COMMON and response.status_code in {200, 304}:
            response.headers["vary"] = "accept-encoding"
            if response.status_code == 200 and _may_be_packed(scope):  # noqa: PLR2004
                response = _packed_response(path, response)
        response.headers["cache-control"] = FOREVER if versioned else "no-cache"
        return response

    def _joined(self, scope: Scope) -> Response:
        body, packed, version = _common()
        response = Response(body, media_type="text/css", headers={"vary": "accept-encoding", "etag": f'"{version}"'})
        if self.is_not_modified(response.headers, Headers(scope=scope)):
            return NotModifiedResponse(response.headers)
        if not _may_be_packed(scope):
            return response
        headers = {"vary": "accept-encoding", "etag": f'W/"{version}"', "content-encoding": "gzip"}
        return Response(packed, media_type="text/css", headers=headers)


def _may_be_packed(scope: Scope) -> bool:
    return scope["method"] == "GET" and not contexts.header(scope, b"range") and compression.asked(scope)


def _packed_response(path: str, whole: Response) -> Response:
    headers = {name: whole.headers[name] for name in ("content-type", "last-modified", "vary")}
    headers |= {"content-encoding": "gzip", "etag": f"W/{whole.headers['etag']}"}
    return Response(_packed(path, (FOLDER / path).stat().st_mtime_ns), headers=headers)
