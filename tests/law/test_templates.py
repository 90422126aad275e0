"""No inline script or style; fragments have an id; a domain renders only its own folder;
nothing is orphaned.
"""

import ast
import re

from outreach import DOMAINS
from outreach.core.settings import ROOT
from tests.law.source import files, templates, tree

FOLDER = ROOT / "templates"
SHARED = ("components", "layouts", "errors", "mail")


def test_no_inline_script_style_or_handler():
    wrong = []
    for path in templates():
        text = path.read_text(encoding="utf-8")
        if re.search(
            r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son(click|change|submit|load|input)=|javascript:", text
        ):
            wrong.append(str(path.relative_to(ROOT)))
    assert not wrong, f"move script and style to static/src: {wrong}"


def test_fragments_have_an_id():
    wrong = []
    for path in templates():
        text = path.read_text(encoding="utf-8")
        if not path.name.startswith("_") or "{% macro" in text or path.name == "_head.html":
            continue
        first = re.search(r"<[a-z]+[^>]*>", re.sub(r"{#.*?#}|{%.*?%}", "", text, flags=re.S))
        if not first or " id=" not in first[0]:
            wrong.append(str(path.relative_to(ROOT)))
    assert not wrong, f"the root element carries the id that is replaced: {wrong}"


def test_a_domain_renders_only_its_own_folder():
    wrong = []
    for path in files():
        parts = path.relative_to(ROOT / "outreach").parts
        if parts[0] in DOMAINS:
            for name in re.findall(r'"([a-z]+)/[a-z_]+\.html"', path.read_text(encoding="utf-8")):
                if name != parts[0] and name not in SHARED:
                    wrong.append(f"{path.relative_to(ROOT)}: {name}/")
    assert not wrong, wrong


def test_no_template_is_orphaned():
    text = "\n".join(path.read_text(encoding="utf-8") for path in [*files(), *templates()])
    orphans = []
    for path in templates():
        name = str(path.relative_to(FOLDER))
        if name.startswith("mail/"):
            continue  # held by the law of messages
        name = name.removeprefix("print/")  # core.pdf names its templates without the folder
        if f"'{name}'" not in text and f'"{name}"' not in text:
            orphans.append(name)
    assert not orphans, f"nobody renders or includes: {orphans}"


#: what officers write in their own words, where a mobile number may stand in the middle of a sentence
FREE_TEXT = re.compile(
    r"(?:{{ "
    r"|=)(?!form\b)[a-z_.]+\.(?:said|text|outcome|note|grounds|decision|topic|progress|excuse|correction|"
    r"reason)(?:\|truncate[^}|]*)?(?: }}|\))"
)


def test_free_text_is_discreet():
    wrong = [
        f"{path.relative_to(FOLDER)}: {found}"
        for path in templates()
        if path.relative_to(FOLDER).parts[0] in ("pipeline", "liaison", "directory", "desk", "checkin")
        and path.name != "own_card.html"
        for found in FREE_TEXT.findall(path.read_text(encoding="utf-8"))
        if ".label." not in found and "data-" not in found
    ]
    assert not wrong, f"write |discreet: {wrong}"


def _imported(text: str) -> set[str]:
    """Names of macros that a template imports or defines, and of values it sets."""
    defined = set(re.findall(r"{% macro (\w+)\(", text)) | set(
        re.findall(r"^{% set (\w+) =", text, re.MULTILINE)
    )
    lists = re.findall(r"{% from '[^']+' import ([^%]+?) (?:with context )?%}", text)
    return defined | {name.split(" as ")[-1].strip() for found in lists for name in found.split(",")}


def test_no_view_gives_a_value_the_name_of_a_macro():
    """A macro that a layout or the page imports hides a value of the same name:
    the page shows ``<Macro 'picture'>``.
    """
    layouts = set().union(*(_imported(path.read_text()) for path in (FOLDER / "layouts").glob("*.html")))
    wrong = []
    for path in files():
        for call in ast.walk(tree(path)):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "page" and call.args:
                name = call.args[0].value if isinstance(call.args[0], ast.Constant) else None
                macros = layouts | (_imported((FOLDER / name).read_text()) if name else set())
                taken = {word.arg for word in call.keywords} & macros
                wrong += [f"{path.relative_to(ROOT)}:{call.lineno}: {sorted(taken)}"] if taken else []
    assert not wrong, "\n".join(wrong)


def test_no_english_mark_stands_between_two_values():
    """Chinese pages write ：；， where English ones write ``: ``: ``mark(':')`` knows the language."""
    found = [
        f"{path.relative_to(FOLDER)}: {match[0]}"
        for path in sorted(FOLDER.rglob("*.html"))
        if not {"mail", "print"} & set(path.parts)
        for match in re.finditer(
            r"\}\}(?:</[a-z]+>)?[:;,] \S{,20}|'[;,] ' if not loop", path.read_text(encoding="utf-8")
        )
    ]
    assert not found, f"write mark(':') between two values: {found}"


def test_every_icon_of_the_build_is_named_once_and_used():
    named = re.findall(r'^  "([a-z0-9-]+)",$', (ROOT / "static" / "build.mjs").read_text("utf-8"), re.M)
    assert len(named) > 30
    assert not (twice := {name for name in named if named.count(name) > 1}), f"named twice: {twice}"
    scripts = (ROOT / "static" / "src").rglob("*.js")
    source = "".join(path.read_text("utf-8") for path in (*templates(), *files(), *scripts))
    unused = [name for name in named if not re.search(rf"[\"'#]{re.escape(name)}[\"']", source)]
    assert not unused, f"no page shows these icons: {unused}"
