"""Addresses that guests see, also where no request is at hand."""

from flask import current_app, url_for


def public_url() -> str:
    """The house's own address without a slash at the end."""
    return current_app.config["PUBLIC_URL"]


def outside(endpoint: str, **values) -> str:
    """The whole address of a page, for a paper that leaves the house:
    never with the name a visitor's browser gave the house.
    """
    return public_url() + url_for(endpoint, **values)


def host() -> str:
    """The name of the house in the network, without port: the second half of a calendar's UIDs."""
    return public_url().split("//", 1)[-1].split("/", 1)[0].split(":", 1)[0]
