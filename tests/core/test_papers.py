"""The layout of official papers (GB/T 9704-2012): amounts, stops, fonts, page numbers, signature."""

import io
from decimal import Decimal

import pypdf
import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from flask_babel import force_locale

from outreach.core.i18n import amount
from outreach.core.paper import Paper, bare, numeral, punctuated, signature_indents


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("711500", "71.15亿元"),
        ("10000", "1亿元"),
        ("9999.99", "9999.99万元"),
        ("9999.999", "1亿元"),
        ("12345.67", "1.23亿元"),
        ("21500", "2.15亿元"),
        ("300", "300万元"),
        ("0.5", "0.5万元"),
        ("0", "0万元"),
        ("-25000", "-2.5亿元"),
        ("123456789", "12345.68亿元"),
    ],
)
def test_amounts_are_written_as_an_office_writes_them(app, value, written):
    with app.test_request_context():
        assert amount(Decimal(value)) == written


def test_an_english_paper_keeps_millions(app):
    with app.test_request_context(), force_locale("en"):
        assert amount(Decimal(300)) == "¥3 million"
        assert punctuated("15 人 of 20") == "15 人 of 20"


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("已完成主体。。", "已完成主体。"),
        ("已完成主体.。", "已完成主体。"),
        ("要多久？。", "要多久？"),
        ("到 2026 年 11 月 30 日", "到2026年11月30日"),
        ("共 5 个，占 3% 以上", "共5个，占3%以上"),
        ("甲 乙", "甲 乙"),
        ("", ""),
    ],
)
def test_sentences_end_once_and_figures_stand_close(app, typed, written):
    with app.test_request_context():
        assert punctuated(typed) == written


def test_a_sentence_stands_inside_another():
    assert (bare("架设专线。"), bare("等土地；\n"), bare("")) == ("架设专线", "等土地", "")


@pytest.mark.parametrize(
    ("number", "written"), [(1, "一、"), (10, "十、"), (11, "十一、"), (20, "二十、"), (35, "三十五、")]
)
def test_headings_are_numbered_in_chinese(app, number, written):
    with app.test_request_context():
        assert numeral(number) == written


@pytest.mark.parametrize("office", ["县", "濮阳县", "濮阳县返乡创业工作领导小组办公室"])
def test_the_day_begins_two_characters_behind_the_office(office):
    signed, dated = signature_indents(office, "2026年11月30日")
    assert min(signed, dated) == 2
    assert (signed + len(office)) - (dated + 7) == 2


def _paper(lines: int) -> Paper:
    paper = Paper("关于返乡创业情况的报告", "某县")
    paper.head("一、基本情况")
    for number in range(lines):
        paper.line(f"第{number}段。")
    return paper


def test_a_word_file_has_the_layout_of_an_official_paper(app):
    with app.test_request_context():
        paper = _paper(3)
        paper.head("（一）乡镇", level=2)
        paper.table(["县区", "金额"], [["濮阳县", "71.15亿元"]])
        document = Document(io.BytesIO(paper.made("docx", "濮阳县")))
    section = document.sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin / Mm(1)) for margin in margins] == [37, 35, 28, 26]
    assert section._sectPr.find(qn("w:docGrid")).get(qn("w:linePitch")) == "579"  # 28.95 pt
    assert document.styles["Normal"].paragraph_format.line_spacing == Pt(28.95)
    fonts = {
        p.text: (
            p.runs[0].font.size.pt,
            p.runs[0]._element.rPr.rFonts.get(qn("w:eastAsia")),
        )
        for p in document.paragraphs
    }
    assert fonts["关于返乡创业情况的报告"] == (22, "方正小标宋简体")
    assert fonts["一、基本情况"] == (16, "黑体")
    assert fonts["（一）乡镇"] == (16, "楷体_GB2312")
    assert fonts["第0段。"] == (16, "仿宋_GB2312")
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        assert "PAGE" in footer._element.xml
        assert footer.paragraphs[0].text.startswith("— ")
        assert f'w:jc w:val="{side}"' in footer._element.xml
    assert document.settings.odd_and_even_pages_header_footer
    *_rest, office, dated = document.paragraphs
    assert (office.text, office.paragraph_format.keep_with_next) == ("濮阳县", True)
    assert not dated.paragraph_format.keep_with_next
    row = document.tables[0].rows[-1]
    assert all(cell.paragraphs[0].paragraph_format.keep_with_next for cell in row.cells)


@pytest.mark.parametrize("lines", range(14, 20))
def test_the_signature_never_stands_alone_on_a_page(app, lines):
    with app.test_request_context():
        made = _paper(lines).made("pdf", "濮阳县")
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages]
    assert f"第{lines - 1}段" in pages[-1]
    assert "濮阳县" in pages[-1]
    assert [f"— {number} —" in text for number, text in enumerate(pages, 1)] == [True] * len(pages)
    word = Document(io.BytesIO(_made_word(app, lines)))
    assert [p.paragraph_format.keep_with_next for p in word.paragraphs[-3:]] == [True, True, False]


def _made_word(app, lines: int) -> bytes:
    with app.test_request_context():
        return _paper(lines).made("docx", "濮阳县")


def test_an_empty_paper_is_made(app):
    with app.test_request_context():
        for form in ("docx", "pdf"):
            assert Paper("x" * 300).made(form)
