"""按姓氏笔画 and 按姓名笔画, against a published list."""

from outreach.directory import strokes

#: the 20th Politburo as published, 按姓氏笔画 (domain.md 4.5)
PUBLISHED = [
    "丁薛祥",
    "习近平",
    "马兴瑞",
    "王毅",
    "王沪宁",
    "尹力",
    "石泰峰",
    "刘国中",
    "李希",
    "李强",
    "李干杰",
    "李书磊",
    "李鸿忠",
    "何卫东",
    "何立峰",
    "张又侠",
    "张国清",
    "陈文清",
    "陈吉宁",
    "陈敏尔",
    "赵乐际",
    "袁家军",
    "黄坤明",
    "蔡奇",
]


def test_by_surname_as_published():
    assert sorted(PUBLISHED, key=strokes.by_surname) == PUBLISHED


def test_by_full_name_has_no_empty_place():
    assert sorted(["王毅", "王沪宁"], key=strokes.by_full_name) == ["王沪宁", "王毅"]
    assert sorted(["李希", "李干杰", "李书磊"], key=strokes.by_full_name) == ["李干杰", "李书磊", "李希"]


def test_main_form_before_variant_and_padding_is_nothing():
    assert strokes.by_surname("干宝") < strokes.by_surname("于谦")
    assert strokes.by_surname("王　毅") == strokes.by_surname("王毅")


def test_what_stands_outside_comes_last_and_is_known():
    assert strokes.outside("张𬘫")
    assert not strokes.outside("张欧阳")
    assert strokes.by_surname("𬘫文") > strokes.by_surname("龘文")


def test_a_compound_surname_stands_together_after_its_first_character():
    names = ["上官", "上一", "上龘龘", "上官婉儿", "上官丽"]
    assert sorted(names[1:], key=strokes.by_surname) == ["上一", "上龘龘", "上官丽", "上官婉儿"]
    assert strokes.by_surname("歐陽少東")[4:8] == "fffe"
