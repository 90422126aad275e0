"""Each message has its two templates, each template its message; no test can reach a mail server outside."""

import ast
import re
import socket

import pytest

from outreach import DOMAINS
from outreach.core import sms
from outreach.core.settings import ROOT
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


def test_no_way_out_to_a_mail_server(app):
    assert app.config["SMTP_HOST"] in ("", "127.0.0.1")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", 25), timeout=0.2)


def _kinds(call: ast.Call) -> list[str]:
    """The kinds of text messages that a call may write: what is not constant in its first argument may be anything."""
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
