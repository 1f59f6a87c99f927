"""``GET /metrics`` on the public host: the installation's numbers for Prometheus, for who knows the token."""

import hmac
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views import View

from cxcrm.core.observability.requests import counted
from tenants.models import Tenant
from tenants.selectors import operations as numbers
from tenants.services import fingerprints


class MetricsPage(View):
    """Off (404) without a token in the settings; a wrong token is answered the same."""

    def get(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("Authorization", "")
        expected = f"Bearer {settings.METRICS_TOKEN}"
        if not settings.METRICS_TOKEN or not hmac.compare_digest(given.encode(), expected.encode()):
            raise Http404
        # Only who is scraped needs this library; everybody else starts without it.
        from prometheus_client import CollectorRegistry
        from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Collector())
        response = HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
        response["Cache-Control"] = "no-store"
        return response


class _Collector:
    def describe(self) -> list[Any]:
        return []

    def collect(self) -> Iterator[Any]:
        found = numbers.operations(fingerprints.current())
        yield from _lanes(found.lanes)
        yield from _mails(found.mails)
        yield from _registry(found)
        yield from _requests()


def _gauge(name: str, what: str, values: dict[Any, float], *labels: str) -> Any:
    from prometheus_client.core import GaugeMetricFamily

    family = GaugeMetricFamily(f"cxcrm_{name}", what, labels=labels)
    for key, value in values.items():
        family.add_metric([str(one) for one in (key if isinstance(key, tuple) else (key,))][: len(labels)], value)
    return family


def _counter(name: str, what: str, values: dict[Any, float], *labels: str) -> Any:
    from prometheus_client.core import CounterMetricFamily

    family = CounterMetricFamily(f"cxcrm_{name}", what, labels=labels)
    for key, value in values.items():
        family.add_metric([str(one) for one in (key if isinstance(key, tuple) else (key,))][: len(labels)], value)
    return family


def _lanes(lanes: list[numbers.LaneNumbers]) -> Iterator[Any]:
    told = {
        "agenda_due": ("Items due and waiting", "due"),
        "agenda_oldest_due_seconds": ("How late the oldest waiting item is", "oldest"),
        "agenda_held": ("Items a worker has in hand", "held"),
        "agenda_orphaned": ("Items whose worker died", "orphaned"),
        "agenda_dead": ("Items given up", "dead"),
        "agenda_done_recent": ("Items done in the last five minutes", "done"),
    }
    for name, (what, attribute) in told.items():
        yield _gauge(name, what, {lane.lane: getattr(lane, attribute) for lane in lanes}, "lane")
    latency = {
        (lane.lane, quantile): value
        for lane in lanes
        for quantile, value in (("0.5", lane.p50), ("0.95", lane.p95))
        if value is not None
    }
    yield _gauge("agenda_latency_seconds", "From due to done, over the last five minutes", latency, "lane", "quantile")


def _mails(mails: numbers.MailNumbers) -> Iterator[Any]:
    recent = {"5m": mails.sent_lately, "1h": mails.sent}
    yield _gauge("mails_sent_recent", "Mails accepted by a server", recent, "over")
    lost = {"uncertain": mails.uncertain, "refused": mails.refused}
    yield _counter("mails_not_sent", "Mails refused for good, or perhaps sent", lost, "outcome")
    yield _gauge("agenda_retrying", "Items that failed and are tried again within half an hour", {"": mails.retrying})


def _registry(found: numbers.Operations) -> Iterator[Any]:
    by_state = {state: found.firms.by_state.get(state, 0) for state in Tenant.State.values}
    yield _gauge("firms", "Firms by state", by_state, "state")
    yield _gauge("firms_paused", "Firms held back by an operator", {"": found.firms.paused})
    yield _gauge("firms_behind", "Firms without the tables of this release", {"": found.firms.behind})
    yield _gauge("firms_migration_failed", "Firms that would not take them", {"": found.firms.failed})
    yield _gauge("spare_schemas", "Schemas ready for new firms", {"": found.pool.ready})
    yield _gauge("pauses", "What operators hold back for all firms", {"": len(found.pauses)})
    yield _gauge("routes_resting", "Ways out that are left alone", {"": len(found.resting)})


def _requests() -> Iterator[Any]:
    """Of the one process that answers: scrape each web process at its own port to add them up."""
    counts, seconds = counted()
    yield _counter("http_requests", "Requests answered by this process", dict(counts), "method", "status")
    yield _counter("http_request_seconds", "Time spent on them", dict(seconds), "method")
