import pytest

from outreach.core import mail_addresses


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("zhang＠qq.com", "zhang@qq.com"),
        ("zhang@QQ。com", "zhang@qq.com"),
        ("ｚｈａｎｇ＠ｑｑ．ｃｏｍ", "zhang@qq.com"),
        (" zhang @ qq . com ", "zhang@qq.com"),
        ("mailto:zhang@qq.com", "zhang@qq.com"),
        ("<zhang@qq.com>", "zhang@qq.com"),
        ("zhang@qq.com\u202c", "zhang@qq.com"),
        ("x@例子.中国", "x@xn--fsqu00a.xn--fiqs8s"),
        ("张@qq.com", None),
        ("zhang@qq,com", None),
        ("zhang@qq", None),
        ("zhang.qq.com", None),
        ("a" * 300 + "@qq.com", None),
        ("e\u0301" * 10_000 + "@x.cn", None),
        ("", None),
    ],
)
def test_an_address_has_one_spelling_or_is_none(typed, address):
    assert mail_addresses.read(typed) == address
