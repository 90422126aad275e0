"""Word files in the layout of GB/T 9704-2012.

Margins 37/35/28/26 mm, lines of 28.95 pt (22 a page), title 小标宋 二号, body 仿宋_GB2312 三号, headings 黑体
and 楷体_GB2312, page numbers 四号 between dashes on the outer side. The fonts are named, not embedded: an
office PC has them.
"""

import io
import re
from typing import NamedTuple

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph


class _Font(NamedTuple):
    name: str
    points: int


_TITLE, _BODY = _Font("方正小标宋简体", 22), _Font("仿宋_GB2312", 16)
_HEADS = {1: _Font("黑体", 16), 2: _Font("楷体_GB2312", 16)}
_CELL, _CELL_HEAD = _Font("仿宋_GB2312", 10), _Font("黑体", 10)
_NUMBER = _Font("宋体", 14)
_LINE_POINTS = 28.95
_TWIPS = 20  # of a point
#: what XML cannot hold
_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FIGURE = re.compile(r"[-–]?[0-9][0-9.,]*(%|[万亿]元)?")


def written(title: str, under: str, blocks: list[dict], ending: list[dict]) -> bytes:
    """The bytes of a file. ``blocks`` as :class:`outreach.core.paper.Paper` keeps them; ``ending``:
    lines at the lower right, each with its ``text`` and its distance from the ``right`` edge in characters.
    """
    document = Document()
    _lay_out(document)
    _centred(document, title, _TITLE, after=0 if under else _LINE_POINTS)
    if under:
        _centred(document, under, _HEADS[2], after=_LINE_POINTS)
    for block in blocks:
        _block(document, block)
    _keep_with_ending(document)
    for index, line in enumerate(ending):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.right_indent = Pt(line["right"] * _BODY.points)
        paragraph.paragraph_format.space_before = Pt(0 if index else _LINE_POINTS)
        paragraph.paragraph_format.keep_with_next = index < len(ending) - 1
        _write(paragraph, line["text"], _BODY)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _lay_out(document: WordDocument) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(23)  # the number's upper edge is 7 mm below the text
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(round(_LINE_POINTS * _TWIPS)))
    style = document.styles["Normal"]
    style.font.name, style.font.size = _BODY.name, Pt(_BODY.points)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _BODY.name)
    for language in document.styles.element.iter(
        qn("w:lang")
    ):  # breaks lines and sets punctuation as in Chinese
        language.set(qn("w:eastAsia"), "zh-CN")
    form = style.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(_LINE_POINTS)
    form.space_before = form.space_after = Pt(0)
    form.widow_control = True
    properties = style.element.get_or_add_pPr()
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):  # no gap between characters and figures
        element = OxmlElement(name)
        element.set(qn("w:val"), "0")
        properties.insert_element_before(element, "w:spacing")
    document.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)


def _page_number(paragraph: Paragraph, side: WD_ALIGN_PARAGRAPH) -> None:
    """— 1 —, one character from the outer edge."""
    paragraph.alignment = side
    form = paragraph.paragraph_format
    form.line_spacing_rule = WD_LINE_SPACING.SINGLE
    form.left_indent = form.right_indent = Pt(_NUMBER.points)
    _write(paragraph, "— ", _NUMBER)
    run = _write(paragraph, "", _NUMBER)
    for kind, text in (("begin", ""), ("", "PAGE"), ("separate", ""), ("shown", "1"), ("end", "")):
        if kind in ("begin", "separate", "end"):
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:t" if kind else "w:instrText")
            element.text = text
        run._element.append(element)
    _write(paragraph, " —", _NUMBER)


def _write(paragraph: Paragraph, text: str, font: _Font):
    run = paragraph.add_run(_UNWRITABLE.sub("", text))
    run.font.name, run.font.size = font.name, Pt(font.points)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font.name)
    return run


def _centred(document: WordDocument, text: str, font: _Font, after: float) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.line_spacing = Pt(max(_LINE_POINTS, font.points * 1.5))
    paragraph.paragraph_format.space_after = Pt(after)
    paragraph.paragraph_format.keep_with_next = True
    _write(paragraph, text, font)


def _block(document: WordDocument, block: dict) -> None:
    if block["kind"] == "table":
        _table(document, block["heads"], block["rows"])
        return
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.first_line_indent = Pt(2 * _BODY.points)
    if block["kind"] == "head":
        paragraph.paragraph_format.keep_with_next = True
        _write(paragraph, block["text"], _HEADS[block["level"]])
        return
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    _write(paragraph, block["text"], _BODY)
    if block["link"]:
        _link(paragraph, block["link"])


def _link(paragraph: Paragraph, address: str) -> None:
    """The whole paragraph opens ``address``; it looks like the rest, for most papers are printed."""
    anchor = OxmlElement("w:hyperlink")
    target = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    anchor.set(qn("r:id"), target)
    for run in list(paragraph.runs):
        anchor.append(run._element)
    paragraph._p.append(anchor)


def _table(document: WordDocument, heads: list[str], rows: list[list[str]]) -> None:
    table = document.add_table(rows=1, cols=len(heads), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell, text in zip(table.rows[0].cells, heads, strict=True):
        _cell(cell.paragraphs[0], text, _CELL_HEAD).alignment = WD_ALIGN_PARAGRAPH.CENTER
        cell.paragraphs[0].paragraph_format.keep_with_next = True
    for row in rows:
        line = table.add_row()
        line._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, text in zip(line.cells, row, strict=True):
            paragraph = _cell(cell.paragraphs[0], text, _CELL)
            if _FIGURE.fullmatch(text):
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _cell(paragraph: Paragraph, text: str, font: _Font) -> Paragraph:
    off_grid = OxmlElement("w:snapToGrid")
    off_grid.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().append(off_grid)  # first, so that what follows stands behind it
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    _write(paragraph, text, font)
    return paragraph


def _keep_with_ending(document: WordDocument) -> None:
    """The last paragraph, or the last row of a table, stays on the page of the signature."""
    last = [element for element in document.element.body if element.tag in (qn("w:p"), qn("w:tbl"))][-1]
    if last.tag == qn("w:p"):
        Paragraph(last, document).paragraph_format.keep_with_next = True
        return
    for cell in document.tables[-1].rows[-1].cells:
        cell.paragraphs[0].paragraph_format.keep_with_next = True
