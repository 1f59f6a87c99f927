"""Where mail comes in over HTTP on the public host: as it is, or as a provider's webhook tells it."""

import hmac
from importlib import import_module
from typing import Any, Final

from anymail.exceptions import AnymailConfigurationError
from anymail.utils import get_request_basic_auth
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from tenants.services.inbound import LONGEST, hand_in

# Their webhooks hold the whole mail; others would have us fetch pieces of it from addresses in the post.
PROVIDERS: Final = {
    "mailgun": "MailgunInboundWebhookView",
    "mailjet": "MailjetInboundWebhookView",
    "postmark": "PostmarkInboundWebhookView",
    "sparkpost": "SparkPostInboundWebhookView",
}


@method_decorator(csrf_exempt, name="dispatch")
class RawPage(View):
    """``POST`` a whole mail as it is, its recipient in ``?to=``: for a mail server's pipe and the local inbox."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        _refuse_strangers(request)
        raw = request.read(LONGEST)
        hand_in(raw, recipients=request.GET.getlist("to"))
        return HttpResponse(status=204)


@method_decorator(csrf_exempt, name="dispatch")
class ProviderPage(View):
    """A provider's inbound webhook, checked and understood by django-anymail; its signals are not used."""

    http_method_names = ["post", "head"]

    def head(self, request: HttpRequest, provider: str) -> HttpResponse:
        """Some look whether anybody is there."""
        _view(provider)
        return HttpResponse()

    def post(self, request: HttpRequest, provider: str) -> HttpResponse:
        view = _view(provider)
        _refuse_strangers(request)
        view.run_validators(request)
        try:
            events = view.parse_events(request)
        except (ValueError, KeyError, TypeError, AttributeError):
            return HttpResponse(status=400)
        for event in events:
            message = event.message
            if message is not None:
                to = [message.envelope_recipient] if message.envelope_recipient else []
                hand_in(message.as_bytes(), recipients=to)
        return HttpResponse()


def _view(provider: str) -> Any:
    if not settings.ANYMAIL_WEBHOOK_SECRET or provider not in PROVIDERS:
        raise Http404
    module = import_module(f"anymail.webhooks.{provider}")
    try:
        return getattr(module, PROVIDERS[provider])()
    except AnymailConfigurationError as error:  # Mailgun signs with the key it sends with: only for who sends by it
        raise Http404 from error


def _refuse_strangers(request: HttpRequest) -> None:
    """Off (404) without a secret in the settings; a wrong one is answered the same."""
    secret = settings.ANYMAIL_WEBHOOK_SECRET
    given = get_request_basic_auth(request) or ""
    if not secret or not hmac.compare_digest(given.encode(), secret.encode()):
        raise Http404
