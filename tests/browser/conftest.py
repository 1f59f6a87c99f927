"""Browser tests see the product as a person does."""

from tests.support.live import browser, chromium, chromium_path, live_site

__all__ = ["browser", "chromium", "chromium_path", "live_site"]
