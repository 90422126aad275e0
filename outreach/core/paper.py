"""Papers in the layout of official documents (GB/T 9704-2012), written once and given out as Word or as PDF.

``outreach.core.word`` sets the Word file, ``templates/print/official.typ`` the PDF.
"""

import re
from dataclasses import dataclass, field

from outreach.core import masking, pdf
from outreach.core.clock import today
from outreach.core.i18n import day, is_chinese

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: ending -> media type
FORMS = {"docx": WORD, "pdf": pdf.PDF}

_HAN = "\u3400-\u9fff\u3000-\u303f\uff00-\uffef"
#: Chinese papers set no blank between characters and figures: 2026年11月30日, 签约5个
_BLANK = re.compile(rf"(?<=[{_HAN}])[ \u00a0]+(?=[0-9¥])|(?<=[0-9%])[ \u00a0]+(?=[{_HAN}])")
_ENDED_TWICE = re.compile(r"([。！？!?…])[。.；;，,、]+")
_STOP_AFTER_COMMA = re.compile(r"[.；;，,、]+(?=。)")
_DIGITS = "零一二三四五六七八九"


def bare(text: str) -> str:
    """What somebody wrote, without the stop at its end, to stand inside a sentence."""
    return text.rstrip("。.；;，,、 \u3000\n")


def punctuated(text: str) -> str:
    """``text`` with one full stop where the sentence of a user and that of the paper both end, and,
    in Chinese, without blanks around figures.
    """
    text = _STOP_AFTER_COMMA.sub("", _ENDED_TWICE.sub(r"\1", text))
    return _BLANK.sub("", text) if is_chinese() else text


def numeral(number: int) -> str:
    """The number of a heading of the first level: 一、 to 九十九、 in Chinese, ``1. `` in English."""
    if not is_chinese():
        return f"{number}. "
    tens, ones = divmod(number, 10)
    lead = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return f"{lead}{_DIGITS[ones] if ones or not tens else ''}、"


def _ems(text: str) -> float:
    """The width of ``text`` in characters of the body: a figure or Latin letter takes half of one."""
    return sum(1 if ord(sign) > 0x2E7F else 0.5 for sign in text)


def signature_indents(signed: str, dated: str) -> tuple[float, float]:
    """How far, in characters, the signing office and the day stand from the right edge (GB/T 9704, 7.3.5.2).

    The day begins two characters to the right of the office; the longer of both ends two characters from the
    edge.
    """
    office, date = _ems(signed), _ems(dated)
    dated_right = max(2.0, office - date)
    return max(2.0, dated_right + date + 2 - office), dated_right


@dataclass
class Paper:
    """One paper, written from the top by ``head``, ``line`` and ``table``; ``made`` gives its bytes. Mobile
    numbers that somebody wrote into a sentence are masked: nobody knows who reads the paper.
    """

    title: str
    under: str = ""
    blocks: list[dict] = field(default_factory=list)

    def head(self, text: str, level: int = 1) -> None:
        """A heading: 一、 of the first level in 黑体, （一） of the second in 楷体."""
        self.blocks.append({"kind": "head", "level": level, "text": punctuated(masking.numbers(text))})

    def line(self, text: str, link: str = "") -> None:
        """A paragraph of the body; ``link``: where its figures stand row by row."""
        self.blocks.append({"kind": "line", "text": punctuated(masking.numbers(text)), "link": link})

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
        dated = day(today())
        signed_right, dated_right = signature_indents(signed, dated)
        ending = [{"text": signed, "right": signed_right}] if signed else []
        ending.append({"text": dated, "right": dated_right if signed else 4.0})
        if form == "pdf":
            data = {"title": self.title, "under": self.under, "blocks": self.blocks, "ending": ending}
            return pdf.render("official.typ", data)
        from outreach.core import word  # noqa: PLC0415 - lxml: 6 MB

        return word.written(self.title, self.under, self.blocks, ending)
