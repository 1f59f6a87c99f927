"""Probes on any host: ``/livez`` (this process answers), ``/readyz`` and ``/healthz`` (the database and broker do)."""

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

LIVE = "/livez"
READY = ("/readyz", "/healthz")


class HealthMiddleware:
    """Answers before a tenant is looked for, so that a probe by address works too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == LIVE:
            return _answer({"status": "ok"})
        if request.path in READY:
            checks = {"database": _database_answers(), "broker": _broker_answers()}
            ready = all(checks.values())
            return _answer({"status": "ok" if ready else "unavailable", **checks}, status=200 if ready else 503)
        return self.get_response(request)


def _answer(body: dict[str, object], status: int = 200) -> HttpResponse:
    response = JsonResponse(body, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('public.tenants_agendaitem') IS NOT NULL")
            return bool(cursor.fetchone()[0])
    except DatabaseError:
        return False


def _broker_answers() -> bool:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
