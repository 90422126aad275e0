"""Names that go out to others are names."""

import pytest

from outreach.core.plain_words import is_plain


@pytest.mark.parametrize(
    "name",
    [
        "王建国",
        "买买提·艾力",
        "J. R. R. Tolkien",
        "St.John",
        "O'Neil-Smith, Jr.",
        "Nguyễn Văn An",
        "北京雁归科技（集团）有限公司",
        "3M中国有限公司",
        "58同城",
        "Yahoo Inc.",
        "S.p.A. Rossi & C.",
        "董事长、总经理",
        "副总裁（分管 2025 年招商）",
        "No. 1 Trading Co., Ltd.",
    ],
)
def test_names_are_plain(name):
    assert is_plain(name)


@pytest.mark.parametrize(
    "name",
    [
        "http://evil.example/x",
        "点击 evil.com 领奖",
        "evil。com",
        "evil．cn",
        "evil . com",
        "www.evil.example",
        "a@b.cn",
        "t.cn/A6x",
        "恭喜中奖！请速联系",
        "您的退款已到账。",
        "加微信 123456",
        "加我 154 0000 1234",
        "１５４００００１２３４",
        "您好，您的退款，已经，到账",
        "Congratulations! You won",
    ],
)
def test_links_numbers_and_sentences_are_not(name):
    assert not is_plain(name)
