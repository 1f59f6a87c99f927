"""Content types differ between schemas, so their cache must not be shared by threads."""

import threading
from typing import Any

from django.contrib.contenttypes.models import ContentTypeManager

_local = threading.local()


def _get_cache(_manager: ContentTypeManager) -> dict[Any, Any]:
    cache: dict[Any, Any] = _local.__dict__.setdefault("cache", {})
    return cache


def _ignore_assignment(_manager: ContentTypeManager, _value: dict[Any, Any]) -> None:
    """Django's constructor assigns an empty dict; the cache of this thread stays what it is."""


def cache_content_types_per_thread() -> None:
    """Give each thread its own content-type cache.

    Django keeps one dict per process and django-tenants clears it on each switch; between two threads that still
    handed out ids of the wrong tenant in a quarter of look-ups. A cache per thread is cleared by its own switches only.
    """
    ContentTypeManager._cache = property(_get_cache, _ignore_assignment)  # type: ignore[attr-defined]
