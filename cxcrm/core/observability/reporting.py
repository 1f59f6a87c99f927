"""Error reports to Sentry and traces by OpenTelemetry, each by its setting only; off, neither is even imported."""

import importlib.util
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from cxcrm.core.observability.logs import surroundings
from cxcrm.core.observability.scrub import scrub_all


def start() -> None:
    """Called once per process as it starts."""
    if settings.SENTRY_DSN:
        _start_sentry()
    if settings.OTEL_ENDPOINT:
        _start_traces()


def _start_sentry() -> None:
    import sentry_sdk

    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        release=settings.VERSION,
        environment=settings.BASE_DOMAIN,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        before_send=scrubbed_event,
        before_breadcrumb=lambda crumb, hint: None,
    )


def scrubbed_event(event: Any, hint: Any) -> Any:
    """An error report without path, body, cookies and headers of the request, and without personal data."""
    request = event.pop("request", None)
    if request is not None:
        event["request"] = {"method": request.get("method")}
    event.pop("user", None)
    event["tags"] = {**event.get("tags", {}), **surroundings()}
    return scrub_all(event)


def _start_traces() -> None:
    if importlib.util.find_spec("opentelemetry") is None:
        raise ImproperlyConfigured(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but the packages for traces are not installed: "
            "install requirements/tracing.lock into .venv, or unset it."
        )
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.celery import CeleryInstrumentor
    from opentelemetry.instrumentation.django import DjangoInstrumentor
    from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "cxcrm", "service.version": settings.VERSION}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))  # reads the endpoint and headers itself
    trace.set_tracer_provider(provider)
    DjangoInstrumentor().instrument(response_hook=name_the_route)
    PsycopgInstrumentor().instrument()
    CeleryInstrumentor().instrument()


def name_the_route(span: Any, request: Any, response: Any) -> None:
    """The pattern of the address in place of the address, which may hold a secret."""
    match = getattr(request, "resolver_match", None)
    route = match.route if match else ""
    for name in ("http.url", "http.target", "url.full", "url.path", "url.query"):
        span.set_attribute(name, route)
    for name, value in surroundings().items():
        span.set_attribute(f"cxcrm.{name}", value)
