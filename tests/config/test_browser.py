"""The browser of the tests works without a network."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.mark.browser
def test_browser_shows_a_page(page: "Page") -> None:
    page.set_content("<h1>Palermo</h1>")
    assert page.get_by_role("heading").inner_text() == "Palermo"
