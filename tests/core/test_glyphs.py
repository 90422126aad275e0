"""Characters that the fonts of printed papers cannot draw are known before printing."""

import pytest

from outreach.core import pdf


@pytest.mark.parametrize(
    "name",
    ["王𬱖", "李㛃", "刘䶮", "葛曾䮌", "杨堽", "吐尔逊·买买提", "José García", "Nguyễn Văn An", "张\u3000伟"],
)
def test_what_can_be_drawn(name):
    assert pdf.undrawn([name]) == []


def test_names_are_told_with_their_characters():
    assert pdf.undrawn(["𠮷田", "张伟", "홍길동", "𠮷田"]) == [("𠮷田", "𠮷"), ("홍길동", "홍길동")]


def test_the_paper_page_tells_them_before_printing(make, visit):
    event = make.event()
    make.registration(event, name="𠮷田一郎")
    text = visit(make.user()).get(f"/events/{event.id}/reception").text
    note = text.split('id="without-glyph"', 1)[1].split("</div>", 1)[0]
    assert "𠮷" in note
    assert "田一郎" not in note


def test_without_such_names_nothing_is_said(make, visit):
    event = make.event()
    make.registration(event, name="张伟")
    assert "without-glyph" not in visit(make.user()).get(f"/events/{event.id}/reception").text
