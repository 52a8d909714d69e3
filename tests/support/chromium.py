"""A browser without a window for tests of pages: the system's Chromium, driven by playwright."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

MISSING = (
    "there is no Chromium: `apt-get install chromium` (or what your system calls it), or name one"
    " in CHROMIUM; pages and VS Code are NOT tested here"
)
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
)
# Nothing of it asks the outside for anything. Containers have no sandbox to nest, no GPU and little /dev/shm.
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


def program() -> str | None:
    """The browser that is there."""
    asked = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else []
    found = (shutil.which(name) for name in (*asked, *_NAMES, *_PLACES))
    return next((path for path in found if path), None)


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser. While it is there, its thread has a running event loop: no test with one of its own may run then."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=[*_FLAGS])
        try:
            yield browser
        finally:
            browser.close()


def is_local(url: str) -> bool:
    """Whether an address is of this machine, or of the browser itself."""
    scheme, _, rest = url.partition("://")
    host = rest.partition("/")[0].rpartition(":")[0] or rest.partition("/")[0]
    return scheme not in {"http", "https", "ws", "wss"} or host in {"127.0.0.1", "localhost"}


def kept(name: str) -> Path:
    """Where a picture is kept for whoever looks at a run of CI afterwards."""
    folder = Path(__file__).parents[2] / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.png"
