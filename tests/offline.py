"""Tests speak to this machine only: a letter, a message or a robot's post never leaves it,
whatever a test sets.
"""

import socket
from ipaddress import ip_address


class OutsideError(Exception):
    """A test tried to speak to another machine."""


def _is_here(host: str) -> bool:
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"


def stay() -> None:
    """From now on connections of this process to other machines are errors."""
    inside = {"connect": socket.socket.connect, "connect_ex": socket.socket.connect_ex}

    def guarded(name: str):
        def connect(self, address):
            if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
                raise OutsideError(f"a test speaks to {address[0]}")
            return inside[name](self, address)

        return connect

    for name in inside:
        setattr(socket.socket, name, guarded(name))
