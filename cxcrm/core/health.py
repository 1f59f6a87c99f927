"""``GET /healthz`` on any host: 200 when the database and the broker answer and the schema is there."""

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

PATH = "/healthz"


class HealthMiddleware:
    """Answers before a tenant is looked for, so that a probe by address works too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path != PATH:
            return self.get_response(request)
        checks = {"database": _database_answers(), "broker": _broker_answers()}
        ready = all(checks.values())
        response = JsonResponse({"status": "ok" if ready else "unavailable", **checks}, status=200 if ready else 503)
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
