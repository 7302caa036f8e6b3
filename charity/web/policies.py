"""What a browser may do with an answer: the security headers by kind, and by what a page needs.

A page that needs more than others says so where it is rendered: `pages.page(…, policy=CAMERA)`.
"""

_CSP = (
    "default-src 'none'; script-src 'self'{wasm}; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; media-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
Policy = tuple[tuple[bytes, bytes], ...]


def _headers(csp: str, camera: str) -> Policy:
    pairs = {
        "content-security-policy": csp,
        "permissions-policy": f"camera={camera}, microphone=(), geolocation=(), payment=(), usb=()",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    return tuple((name.encode(), value.encode()) for name, value in pairs.items())


PLAIN = _headers(_CSP.format(wasm=""), "()")
"""Every page."""
CAMERA = _headers(_CSP.format(wasm=" 'wasm-unsafe-eval'"), "(self)")
"""A page that scans with the camera, which runs a wasm reader."""
# What is not a document needs no more than this: every header of an answer costs microseconds.
DATA: Policy = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
# A browser shows a PDF in a viewer of its own, which a default-src would switch off.
PDF = _headers("frame-ancestors 'none'; form-action 'none'", "()")

UNLISTED = {"x-robots-tag": "noindex, nofollow"}
"""The header of a page that only its address leads to: no search engine lists it."""
