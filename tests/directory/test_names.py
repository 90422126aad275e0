import pytest

from outreach.directory import names, terms


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("单丽", "shan"),
        ("仇强", "qiu"),
        ("解放", "xie"),
        ("曾伟", "zeng"),
        ("查良", "zha"),
        ("盖伟", "ge"),
        ("区晓东", "ou"),
        ("朴志", "piao"),
        ("覃丽", "qin"),
        ("员立", "yun"),
        ("任强", "ren"),
        ("尉迟伟", "yu"),
        ("万俟明", "mo"),
        ("逄涛", "pang"),
        ("仝军", "tong"),
        ("缪杰", "miao"),
        ("华英", "hua"),
        ("乐天", "yue"),
    ],
)
def test_surnames_are_read_as_surnames(name, first):
    assert names.readings(name)[0][0] == first


def test_both_readings_find(app):
    assert {"shanli", "danli", "sl", "dl"} <= terms.of_name("单丽")


def test_variants_share_a_key():
    assert names.key("髙 伟") == names.key("高伟")
    assert names.key("李建囯") == names.key("李建国")


@pytest.mark.parametrize("dot", "·・･‧∙⋅•．. ")
def test_every_sign_for_the_middle_dot_is_one_name(dot):
    assert names.key(f"吐尔逊{dot}买买提") == names.key("吐尔逊·买买提")


@pytest.mark.parametrize(
    ("traditional", "simplified"), [("張偉明", "张伟明"), ("謝國強", "谢国强"), ("歐陽少東", "欧阳少东")]
)
def test_both_scripts_share_a_key_and_find_each_other(traditional, simplified):
    assert names.key(traditional) == names.key(simplified)
    (start, end), *_rest = terms.ranges(traditional)
    assert any(start <= term < end for term in terms.of_name(simplified))
    (start, end), *_rest = terms.ranges(simplified)
    assert any(start <= term < end for term in terms.of_name(traditional))


def test_an_organisation_is_one_in_both_scripts():
    assert names.organisation_key("香港濮陽貿易有限公司") == names.organisation_key("香港濮阳贸易有限公司")


def test_endings_are_terms():
    assert {"王建国", "建国", "国", "wangjianguo", "jianguo", "guo", "wjg", "jg"} == terms.of_name("王建国")


def test_a_number_is_found_whole_or_by_its_last_four_and_not_guessed_digit_by_digit():
    assert terms.of_number("15412345678") == {"15412345678", "~87654321451"}
    assert terms.ranges("5678") == [("~8765", "~8766")]
    assert terms.ranges("45678") == [("45678", "45678\x01")]


@pytest.mark.parametrize("name", ["王", "𠮷田", "A" * 40, "阿卜杜热合曼·买买提艾力", ""])
def test_odd_names_do_no_harm(name):
    assert isinstance(terms.of_name(name), set)
    assert names.readings(name)


def test_words_of_the_box():
    assert terms.words("王 建国，154 1234") == ["王", "建国", "1541234"]
    assert terms.words("  ") == terms.words("~ ～") == []
    assert len(terms.words("一 二 三 四 五 六 七")) == 5
