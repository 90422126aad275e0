"""Word documents in the layout of official papers (GB/T 9704-2012): title 方正小标宋 二号, body 仿宋 三号, margins of A4. The office PC has the fonts."""

import io

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from outreach.core.clock import today
from outreach.core.i18n import day

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_TITLE, _BODY, _HEAD = ("方正小标宋简体", 22), ("仿宋_GB2312", 16), ("黑体", 16)


def _written(paragraph, text: str, font: tuple[str, int]) -> None:
    run = paragraph.add_run(text)
    run.font.name, run.font.size = font[0], Pt(font[1])
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font[0])


class Paper:
    """One paper, written from the top: ``head``, ``line``, ``table``; ``done`` gives its bytes."""

    def __init__(self, title: str, under: str = ""):
        self.paper = Document()
        section = self.paper.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
        for text, font in ((title, _TITLE), (under, _BODY)):
            if text:
                paragraph = self.paper.add_paragraph()
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
                _written(paragraph, text, font)

    def head(self, text: str) -> None:
        """一、 a heading of the first level."""
        self._paragraph(text, _HEAD)

    def line(self, text: str, link: str = "") -> None:
        """A paragraph of the body; ``link``: where its figures stand row by row."""
        paragraph = self._paragraph(text, _BODY)
        if link:
            self._linked(paragraph, link)

    def _paragraph(self, text: str, font: tuple[str, int]):
        paragraph = self.paper.add_paragraph()
        paragraph.paragraph_format.first_line_indent = Pt(2 * font[1])
        paragraph.paragraph_format.line_spacing = Pt(28)
        paragraph.paragraph_format.space_after = Pt(0)
        _written(paragraph, text, font)
        return paragraph

    @staticmethod
    def _linked(paragraph, link: str) -> None:
        """The whole paragraph opens ``link``."""
        anchor = OxmlElement("w:hyperlink")
        anchor.set(qn("r:id"), paragraph.part.relate_to(link, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
        for run in list(paragraph.runs):
            run.font.underline = True
            anchor.append(run._element)
        paragraph._p.append(anchor)

    def table(self, heads: list[str], rows: list[list[str]]) -> None:
        """A bordered table; its heading repeats on every page."""
        table = self.paper.add_table(rows=1, cols=len(heads), style="Table Grid")
        repeated = OxmlElement("w:tblHeader")
        table.rows[0]._tr.get_or_add_trPr().append(repeated)
        for cells, texts, font in ((table.rows[0].cells, heads, ("黑体", 10)), *((None, row, ("仿宋_GB2312", 10)) for row in rows)):
            for cell, text in zip(cells or table.add_row().cells, texts, strict=True):
                _written(cell.paragraphs[0], text, font)

    def done(self, signed: str = "") -> bytes:
        """The bytes, with who writes and the day at the lower right."""
        for text in filter(None, (signed, day(today()))):
            last = self.paper.add_paragraph()
            last.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _written(last, text, _BODY)
        target = io.BytesIO()
        self.paper.save(target)
        return target.getvalue()
