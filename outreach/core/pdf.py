"""PDF on A4 by typst: templates under ``templates/print/``, data only as JSON,
our own Chinese fonts embedded.
"""

import json
from collections.abc import Iterable

from outreach.core import glyphs
from outreach.core.settings import ROOT

PDF = "application/pdf"
TEMPLATES = ROOT / "templates" / "print"
_FONTS = ROOT / "node_modules" / "@expo-google-fonts"
#: Noto Sans SC stands for 黑体, Noto Serif SC for 宋体 and 小标宋 (both OFL)
FONT_FOLDERS = tuple(
    _FONTS / family / weight
    for family in ("noto-sans-sc", "noto-serif-sc")
    for weight in ("400Regular", "700Bold")
)


def render(name: str, data: dict) -> bytes:
    """The template ``name`` with ``data``, which it reads as ``json(bytes(sys.inputs.data))``."""
    return _made(name, data, format="pdf")


def picture(name: str, data: dict) -> bytes:
    """The same as a PNG, for what is one page and goes by a phone; 144 dots to the inch."""
    made = _made(name, data, format="png", ppi=144.0)
    return made[0] if isinstance(made, list) else made


def undrawn(texts: Iterable[str]) -> list[tuple[str, str]]:
    """``(text, its characters that the fonts of papers have no glyph for)``, for the texts that hold some:
    said before printing.
    """
    fonts = [file for folder in FONT_FOLDERS[:1] for file in sorted(folder.glob("*.ttf"))]
    return (
        [(text, lost) for text in dict.fromkeys(texts) if (lost := glyphs.missing(text, fonts))]
        if fonts
        else []
    )


def _made(name: str, data: dict, **options):
    fonts = [folder for folder in FONT_FOLDERS if folder.exists()]
    if not fonts:
        raise RuntimeError("the fonts are missing: run npm ci")
    import typst  # noqa: PLC0415 - only who prints carries its 7 MB

    return typst.compile(
        str(TEMPLATES / name),
        root=str(TEMPLATES),
        font_paths=[str(folder) for folder in fonts],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        **options,
    )
