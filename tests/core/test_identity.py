"""ID numbers are recognised and removed wherever they are typed."""

from outreach.core import identity
from outreach.core.forms import tidy


def test_an_id_number_typed_into_a_form_is_not_kept():
    assert tidy("身份证410922196810012345，见附件") == f"身份证{identity.REMOVED}，见附件"
    assert tidy("91110000600037341L") == "91110000600037341L"
    assert tidy("154111122221541111222215411112222") == "154111122221541111222215411112222"
