"""Addresses that guests see, also where no request is at hand."""

from flask import current_app


def public_url() -> str:
    """The house's own address without a slash at the end."""
    return current_app.config["PUBLIC_URL"]
