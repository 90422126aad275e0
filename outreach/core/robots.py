"""Messages to the group robots of WeCom and DingTalk: one POST each, by the worker, tried again when the other side is away."""

import json
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from flask import current_app

from outreach.core.worker import enqueue, task


class _Straight(HTTPRedirectHandler):
    """The host was checked; where it sends us on to was not."""

    def redirect_request(self, *_said):
        return None


_open = build_opener(_Straight).open


def may_post_to(address: str) -> bool:
    """Whether ``address`` is a robot of a host the settings name: this house calls nobody else."""
    parts = urlsplit(address)
    hosts = current_app.config["ROBOT_HOSTS"].split(",")
    return parts.netloc in hosts and parts.scheme == ("http" if parts.hostname == "127.0.0.1" else "https")


def write(address: str, text: str) -> None:
    """Put a message behind a job of this transaction."""
    enqueue("robots.send", address=address, text=text)


@task("robots.send")
def send(address: str, text: str, job_id: int) -> None:
    """Both robots take the same shape: ``{"msgtype": "text", "text": {"content": ...}}``; ``errcode`` 0 says it was taken."""
    if not may_post_to(address):
        return
    body = json.dumps({"msgtype": "text", "text": {"content": text}}, ensure_ascii=False).encode()
    request = Request(address, body, {"Content-Type": "application/json"})  # noqa: S310 - the host was checked
    with _open(request, timeout=10) as answer:
        said = json.loads(answer.read(10_000) or b"{}")
    if said.get("errcode", 0) != 0:
        raise OSError(str(said)[:200])
