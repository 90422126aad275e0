"""Papers in the layout of official documents (GB/T 9704-2012), written once and given out as Word or as PDF.

Title 方正小标宋 二号, body 仿宋 三号, headings 黑体, margins of A4. Word names those fonts, which the office PC has; the PDF embeds ours.
"""

import io
import re
from dataclasses import dataclass, field

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from outreach.core import masking, pdf
from outreach.core.clock import today
from outreach.core.i18n import day

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: ending -> media type
FORMS = {"docx": DOCX, "pdf": pdf.PDF}
#: what XML cannot hold
_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TITLE, _BODY, _HEAD, _CELL, _CELL_HEAD = (
    ("方正小标宋简体", 22),
    ("仿宋_GB2312", 16),
    ("黑体", 16),
    ("仿宋_GB2312", 10),
    ("黑体", 10),
)


@dataclass
class Paper:
    """One paper, written from the top by ``head``, ``line`` and ``table``; ``made`` gives its bytes. Mobile numbers that somebody wrote into a
    sentence are masked: nobody knows who reads the paper."""

    title: str
    under: str = ""
    blocks: list[dict] = field(default_factory=list)

    def head(self, text: str) -> None:
        """一、 a heading of the first level."""
        self.blocks.append({"kind": "head", "text": masking.numbers(text)})

    def line(self, text: str, link: str = "") -> None:
        """A paragraph of the body; ``link``: where its figures stand row by row."""
        self.blocks.append({"kind": "line", "text": masking.numbers(text), "link": link})

    def table(self, heads: list[str], rows: list[list[str]]) -> None:
        """A bordered table; its heading repeats on every page."""
        self.blocks.append(
            {
                "kind": "table",
                "heads": heads,
                "rows": [[masking.numbers(text) for text in row] for row in rows],
            }
        )

    def made(self, form: str, signed: str = "") -> bytes:
        """As ``docx`` or ``pdf``, with who writes and the day at the lower right."""
        ending = [text for text in (signed, day(today())) if text]
        if form == "pdf":
            return pdf.render(
                "official.typ",
                {"title": self.title, "under": self.under, "blocks": self.blocks, "ending": ending},
            )
        return _word(self, ending)


def _word(paper: Paper, ending: list[str]) -> bytes:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
        Mm(37),
        Mm(35),
        Mm(28),
        Mm(26),
    )
    for text, font in ((paper.title, _TITLE), (paper.under, _BODY)):
        if text:
            _aligned(document, text, font, WD_ALIGN_PARAGRAPH.CENTER)
    for block in paper.blocks:
        if block["kind"] == "table":
            _table(document, block["heads"], block["rows"])
        else:
            _paragraph(
                document, block["text"], _HEAD if block["kind"] == "head" else _BODY, block.get("link", "")
            )
    for text in ending:
        _aligned(document, text, _BODY, WD_ALIGN_PARAGRAPH.RIGHT)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _written(paragraph, text: str, font: tuple[str, int]) -> None:
    run = paragraph.add_run(_UNWRITABLE.sub("", text))
    run.font.name, run.font.size = font[0], Pt(font[1])
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font[0])


def _aligned(document, text: str, font: tuple[str, int], side) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = side
    _written(paragraph, text, font)


def _paragraph(document, text: str, font: tuple[str, int], link: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.first_line_indent = Pt(2 * font[1])
    paragraph.paragraph_format.line_spacing = Pt(28)
    paragraph.paragraph_format.space_after = Pt(0)
    _written(paragraph, text, font)
    if link:  # the whole paragraph opens it
        anchor = OxmlElement("w:hyperlink")
        anchor.set(qn("r:id"), paragraph.part.relate_to(link, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
        for run in list(paragraph.runs):
            run.font.underline = True
            anchor.append(run._element)
        paragraph._p.append(anchor)


def _table(document, heads: list[str], rows: list[list[str]]) -> None:
    table = document.add_table(rows=1, cols=len(heads), style="Table Grid")
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell, text in zip(table.rows[0].cells, heads, strict=True):
        _written(cell.paragraphs[0], text, _CELL_HEAD)
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            _written(cell.paragraphs[0], text, _CELL)
