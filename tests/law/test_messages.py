"""Each message has its two templates, each template its message; no test reaches another machine."""

import ast
import re
import smtplib
import socket

import pytest

from outreach import DOMAINS
from outreach.core import sms
from outreach.core.settings import ROOT
from tests import offline
from tests.law.source import PACKAGE, files, place, tree

FOLDER = ROOT / "templates" / "mail"


def _template(call: ast.Call) -> str:
    """The template that a call names: by ``template=``, else by its kind."""
    named = next((word.value for word in call.keywords if word.arg == "template"), None)
    name = named or (call.args[0] if call.args else None)
    return name.value if isinstance(name, ast.Constant) else ""


def test_messages_and_templates_belong_together():
    wanted = set()
    for domain in DOMAINS:
        path = PACKAGE / domain / "messages.py"
        if path.exists():
            for call in ast.walk(tree(path)):
                if (
                    isinstance(call, ast.Call)
                    and ast.unparse(call.func) in ("_write", "mail.write")
                    and (template := _template(call))
                ):
                    name = template.removeprefix(f"{domain}/")
                    wanted |= {f"{domain}/{name}.txt", f"{domain}/{name}.html"}
    assert wanted == {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.*")}


def test_no_test_reaches_another_machine(app):
    assert app.config["SMTP_HOST"] == ""
    with pytest.raises(offline.OutsideError, match=r"192\.0\.2\.1"):
        socket.create_connection(("192.0.2.1", 25), timeout=1)  # an address for documentation: nobody has it
    with pytest.raises(offline.OutsideError, match=r"192\.0\.2\.1"):
        smtplib.SMTP("192.0.2.1", timeout=1)
    with socket.create_server(("127.0.0.1", 0)) as here:
        socket.create_connection(here.getsockname(), timeout=1).close()


def _kinds(call: ast.Call) -> list[str]:
    """The kinds of text messages that a call may write:
    what is not constant in its first argument may be anything.
    """
    pattern = re.sub(r"\{[^}]*\}", "[a-z_]+", ast.unparse(call.args[0]).removeprefix("f").strip("'\""))
    return [kind for kind in sms.OWNERS if re.fullmatch(pattern, kind)]


def test_every_kind_of_text_message_names_its_owner(app):
    undeclared = [
        place(path, call)
        for path in files()
        for call in ast.walk(tree(path))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "sms.write" and not _kinds(call)
    ]
    assert not undeclared, f"say whose these messages are with sms.owned_by: {undeclared}"
