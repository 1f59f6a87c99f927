"""A real server on a real port, and a real browser to look at it."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "locale": "vi-VN"}


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Requests are asserted, not printed."""


@dataclass(frozen=True)
class LiveSite:
    """Where the product answers; firms by their slug, the public host without one."""

    port: int
    base_domain: str

    def url(self, path: str = "/", slug: str = "alpha") -> str:
        host = f"{slug}.{self.base_domain}" if slug else self.base_domain
        return f"http://{host}:{self.port}{path}"


@pytest.fixture
def live_site(transactional_db: None, settings: Any) -> Iterator[LiveSite]:
    """The whole product behind a threaded server; links in mails point to its port. What tests write is committed."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet, allow_reuse_address=False)
    server.set_app(WSGIHandler())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    settings.PUBLIC_PORT = server.server_port
    yield LiveSite(server.server_port, settings.BASE_DOMAIN)
    server.shutdown()
    server.server_close()
    thread.join(timeout=10)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium on this machine; `make browsers` installs it")
    return path


@pytest.fixture(scope="package")
def chromium(chromium_path: str) -> Iterator[Any]:
    """Headless Chromium, started once: a start costs more than a test.

    Playwright keeps an event loop in this thread, which Django would take for async code.
    """
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture
def browser(chromium: Any) -> Iterator[Any]:
    """The same Chromium for every test; what one leaves open is closed before the next."""
    yield chromium
    for context in chromium.contexts:
        context.close()
