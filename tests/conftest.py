"""What every test may use. The server that the tests run on is started by the plugin `palermo.config.testing`."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from palermo.config.testing import ensure_server
from palermo.config.verify import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(autouse=True)
def english() -> "Iterator[None]":
    """Every test begins in English, whatever page another one asked for."""
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Start the embedded server when the first test asks for a database."""
    ensure_server()


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """The Chromium of the system, without a window. The test that uses it carries the marker `browser`."""
    path = chromium()
    if path is None:
        pytest.skip("Chromium is not installed (./palermo test --install fetches it)")
    from playwright.sync_api import sync_playwright

    # Playwright's loop lives in this thread; Django would refuse the database beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=BROWSER_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: "Browser") -> "Iterator[Page]":
    """An empty page in a browser that knows nobody."""
    context = browser.new_context()
    yield context.new_page()
    context.close()
