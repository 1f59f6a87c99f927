"""Finding the firm of a request, warm, beside django-tenants' own middleware."""

from collections.abc import Iterator

from benchmarks.figures import Figure, interleaved
from benchmarks.firm import firm


def measure() -> Iterator[Figure]:
    from django.db import connection
    from django.http import HttpResponse
    from django.test import RequestFactory
    from django.test.utils import CaptureQueriesContext
    from django_tenants.middleware import TenantMainMiddleware

    from tenants.middleware import TenantMiddleware

    host = firm().host
    answer = HttpResponse()
    ours, theirs = TenantMiddleware(lambda _request: answer), TenantMainMiddleware(lambda _request: answer)
    requests = RequestFactory(HTTP_HOST=host)
    calls = {
        "bare": lambda: requests.get("/"),
        "ours": lambda: ours(requests.get("/")),
        "theirs": lambda: theirs(requests.get("/")),
    }
    taken = interleaved(calls, rounds=9, each=200)
    mine, floor = ((taken[name] - taken["bare"]) * 1e6 for name in ("ours", "theirs"))
    yield Figure(
        "tenant middleware per request, warm (floor: django-tenants)", mine, "µs", floor, "goal: at most 0.20 x"
    )
    calls["ours"]()  # warm again: the others' turns may have outlasted what is remembered
    with CaptureQueriesContext(connection) as queries:
        calls["ours"]()
    yield Figure("queries of it", len(queries), "", None, "goal: 0")
