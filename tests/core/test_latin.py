"""Chinese places in Latin letters, as an atlas writes them."""

import sys

import pytest
from flask_babel import force_locale

from outreach.core.latin import place, spelled


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("深圳市", "Shenzhen"),
        ("重庆市", "Chongqing"),
        ("西安市", "Xi'an"),
        ("六安市", "Lu'an"),
        ("吕梁市", "Lüliang"),
        ("陕西省", "Shaanxi"),
        ("漯河市", "Luohe"),
        ("南乐县", "Nanle County"),
        ("朝阳市", "Chaoyang"),
        ("长沙市", "Changsha"),
        ("成都市", "Chengdu"),
        ("厦门市", "Xiamen"),
        ("佛山市", "Foshan"),
        ("蚌埠市", "Bengbu"),
        ("宝坻区", "Baodi District"),
        ("番禺区", "Panyu District"),
        ("长乐区", "Changle District"),
        ("万柏林区", "Wanbailin District"),
        ("浪卡子县", "Langqiazi County"),
        ("昌都市", "Changdu"),
        ("山西省", "Shanxi"),
        ("内蒙古自治区", "Inner Mongolia"),
        ("清丰县", "Qingfeng County"),
        ("华龙区", "Hualong District"),
        ("马庄桥镇", "Mazhuangqiao Town"),
        ("大兴安岭地区", "Daxing'anling Prefecture"),
        ("中原路街道", "Zhongyuanlu Subdistrict"),
        ("Singapore", "Singapore"),
        ("深圳 Shenzhen", "深圳 Shenzhen"),
        ("县", "Xian"),
    ],
)
def test_a_place_is_spelled_by_its_syllables(name, said):
    assert spelled(name) == said


def test_no_process_holds_the_dictionary_of_phrases(app):
    assert app
    assert "pypinyin.phrases_dict" not in sys.modules


def test_only_the_english_page_spells(app):
    with app.test_request_context():
        assert (place("深圳市"), place(None), place("")) == ("深圳市", "", "")
        with force_locale("en"):
            assert (place("深圳市"), place(None)) == ("Shenzhen", "")
