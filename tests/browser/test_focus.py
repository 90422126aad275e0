"""WCAG 2.4.7 and 2.4.13: whoever uses the keyboard sees where they are.

Pictures of each control with and without focus are compared.
"""

import io

import pytest
from PIL import Image

from outreach.core.db import db
from tests.browser.conftest import DESK
from tests.make import PASSWORD

AROUND = 8
#: page -> controls of different kinds on it
CONTROLS = {
    "/people": (
        "main a.btn >> nth=0",
        "form[role=search] button, .filters button[type=submit] >> nth=0",
        "main input[type=search]:visible, main input[type=text]:visible >> nth=0",
        "main select >> nth=0",
        "main td a >> nth=0",
        ".side nav a >> nth=1",
    ),
    "/screening": ("main tbody input[type=checkbox]:visible >> nth=0",),
    "/events/new": ("#title", "#kind", "main textarea >> nth=0", "main button[type=submit] >> nth=-1"),
    "/agreements": ("main a.btn-primary >> nth=0",),
    "/liaison/posts": ("main summary >> nth=0",),
}


def _luminance(colour: tuple[int, ...]) -> float:
    parts = [value / 255 for value in colour[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _picture(page, box: dict) -> Image.Image:
    clip = {
        "x": max(box["x"] - AROUND, 0),
        "y": max(box["y"] - AROUND, 0),
        "width": box["width"] + 2 * AROUND,
        "height": box["height"] + 2 * AROUND,
    }
    return Image.open(io.BytesIO(page.screenshot(clip=clip, caret="hide"))).convert("RGB")


def _changed(page, control) -> tuple[int, float]:
    """(pixels that differ by 3:1 or more, the perimeter of the control in pixels)."""
    control.scroll_into_view_if_needed()
    page.evaluate("document.activeElement.blur()")
    box = control.bounding_box()
    before = _picture(page, box)
    page.keyboard.press("Shift")  # the browser shows rings to whoever uses the keyboard
    control.focus()
    page.wait_for_timeout(250)  # transitions of the framework
    after = _picture(page, box)
    pairs = zip(before.get_flattened_data(), after.get_flattened_data(), strict=True)
    differ = sum(one != other and _contrast(one, other) >= 3 for one, other in pairs)
    return differ, 2 * (box["width"] + box["height"])


def _signed_in(browser, server: str, scheme: str):
    page = browser.new_context(**DESK, color_scheme=scheme).new_page()
    page.goto(f"{server}/sign-in")
    page.fill("#login", "keyboard")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url("**/home")
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_kind_of_control_shows_its_focus(browser, server, make, scheme):
    make.user(login="keyboard")
    make.person("王毅")
    make.agreement()
    db.session.commit()
    page = _signed_in(browser, server, scheme)
    unseen = []
    for address, controls in CONTROLS.items():
        page.goto(server + address)
        for name in controls:
            control = page.locator(name).first if ">>" not in name else page.locator(name)
            assert control.count(), f"{name} is not on {address}"
            differ, perimeter = _changed(page, control)
            if differ < perimeter:
                unseen.append(f"{address} {name}: {differ} of {perimeter:.0f} pixels")
    assert not unseen, "\n".join(unseen)


def test_a_list_that_was_exchanged_has_the_focus_and_no_ring_around_it(server, browser, make):
    for number in range(51):
        make.person(name=f"王{number}")
    make.user(login="keyboard")
    db.session.commit()
    page = _signed_in(browser, server, "light")
    page.goto(f"{server}/people")
    page.locator("nav.paging a[rel=next]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**page=2**")
    page.wait_for_function("document.activeElement !== document.body")
    held = page.evaluate(
        "() => [document.activeElement.contains(document.querySelector('nav.paging')),"
        " getComputedStyle(document.activeElement).outlineStyle]"
    )
    assert held == [True, "none"]
