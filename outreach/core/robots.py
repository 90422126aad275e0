"""Messages to the group robots of WeCom and DingTalk:
one POST each, by the worker, tried again when the other side is away.
"""

from urllib.parse import urlsplit

from flask import current_app

from outreach.core.db import db
from outreach.core.jobs import Lane, enqueue, task
from outreach.core.outbound import post_json


def may_post_to(address: str) -> bool:
    """Whether ``address`` is a robot of a host the settings name: this house calls nobody else."""
    parts = urlsplit(address)
    hosts = current_app.config["ROBOT_HOSTS"].split(",")
    return parts.netloc in hosts and parts.scheme == ("http" if parts.hostname == "127.0.0.1" else "https")


def write(address: str, text: str) -> None:
    """Put a message behind a job of this transaction."""
    enqueue("robots.send", lane=Lane.SOON, address=address, text=text)


@task("robots.send", seconds=30)
def send(address: str, text: str, job_id: int) -> None:
    """Both robots take the same shape: ``{"msgtype": "text", "text": {"content": ...}}``;
    ``errcode`` 0 says it was taken.
    """
    if not may_post_to(address):
        return
    db.session.commit()
    said = post_json(address, {"msgtype": "text", "text": {"content": text}})
    if said.get("errcode", 0) != 0:
        raise OSError(str(said)[:200])
