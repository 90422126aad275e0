import pytest

from outreach.core import masking, phones


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("15412345678", "15412345678"),
        ("１５４１２３４５６７８", "15412345678"),
        ("154-1234-5678", "15412345678"),
        ("+86 154 1234 5678", "15412345678"),
        ("8615412345678", "15412345678"),
        ("015412345678", "15412345678"),
        ("008615412345678", "15412345678"),
        ("1.54E+10", None),
        ("15400000000.0", None),
        ("1541234567", None),
        ("154123456789", None),
        ("25412345678", None),
        ("", None),
        ("同上", None),
    ],
)
def test_a_mobile_number_is_read_or_refused_never_repaired(typed, number):
    assert phones.mobile(typed) == number


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张丽", "张*"),
        ("张海丰", "张**"),
        ("欧阳少东", "欧阳**"),
        ("欧阳", "欧*"),
        ("王", "*"),
        ("", ""),
        ("A" * 30, "A**"),
    ],
)
def test_names_are_masked(name, masked):
    assert masking.name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [("13812341234", "138****1234"), ("0393-6665602", "0393-***5602"), ("6665602", "***5602"), ("", "")],
)
def test_numbers_are_masked(number, masked):
    assert masking.phone(number) == masked


def test_mail_and_wechat_are_masked():
    assert masking.text("zhang@example.com") == "z***@example.com"
    assert masking.text("wx123458") == "w***8"


@pytest.mark.parametrize("written", ["13812345678", "138 1234 5678", "138-1234-5678"])
def test_a_number_in_running_text_is_masked_however_it_is_written(written):
    assert masking.numbers(f"请致电{written}，周五前") == "请致电138****5678，周五前"
    assert masking.numbers("合同号2138123456780") == "合同号2138123456780"
