"""A modest limit per visitor on the forms anybody can send."""

import hashlib
import logging

import redis
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)

TOO_MANY = _("Many messages came from this connection just now. Please try again in ten minutes.")


def is_over_limit(request: HttpRequest, what: str, *, times: int, seconds: int) -> bool:
    """Count one use of ``what`` by this visitor; True when there were more than ``times`` within ``seconds``.

    Without the cache nobody is refused: losing Redis must not cost a complaint.
    """
    key = f"limit:{what}:{hashlib.sha256(visitor(request).encode()).hexdigest()[:24]}"
    try:
        cache.add(key, 0, timeout=seconds)
        return cache.incr(key) > times
    except (redis.RedisError, OSError, ValueError) as error:  # ValueError: the key expired between the two calls
        logger.warning("limit of %s not counted: %s", what, error)
        return False


def visitor(request: HttpRequest) -> str:
    """Address of the visitor; behind the HTTPS proxy the last entry of X-Forwarded-For, the one the proxy wrote."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.HTTPS else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
