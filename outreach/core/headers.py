"""Headers of every answer: what a browser may do with it, how long it is kept,
whether a search engine may list it.
"""

from flask import current_app, request

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",  # the QR decoder at the door is WebAssembly
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

#: a year, in which browsers come by https only
_HTTPS_ONLY = "max-age=31536000"


def may_be_indexed() -> bool:
    """Whether search engines may list this page: only what an event shows to the public (``access.indexed``).
    All else is for one person, behind an address that is a secret, or for staff.
    """
    return getattr(current_app.view_functions.get(request.endpoint), "indexed", False)


def set_on(response) -> None:
    """Set what the view did not set itself."""
    put = response.headers.setdefault
    put("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    put("X-Content-Type-Options", "nosniff")
    put("Referrer-Policy", "same-origin")
    put("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
    if current_app.config["PUBLIC_URL"].startswith("https://"):
        put("Strict-Transport-Security", _HTTPS_ONLY)
    if request.path.startswith("/static/dist/"):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif not request.path.startswith("/static/"):
        put("Cache-Control", "no-store")
        if not may_be_indexed():
            put("X-Robots-Tag", "noindex, nofollow")
