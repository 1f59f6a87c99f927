"""Every address there is, and which object of a firm it names; what is not classified here fails."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib.admin import AdminSite
from django.urls import URLPattern, URLResolver, get_resolver

from cxcrm.admin_site import platform_site, tenant_site
from tests.isolation.world import LINKS

TENANT, PUBLIC, PLATFORM = "cxcrm.urls", "cxcrm.urls_public", "cxcrm.urls_platform"
URLCONFS = (TENANT, PUBLIC, PLATFORM)
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")


@dataclass(frozen=True)
class Route:
    """One pattern of one URL configuration; ``names`` are its converters' names."""

    urlconf: str
    pattern: str
    name: str
    names: tuple[str, ...]
    # Methods with something behind them, for the API's views only.
    methods: tuple[str, ...]

    @property
    def is_api(self) -> bool:
        return self.pattern.startswith("api/")

    @property
    def is_admin(self) -> bool:
        return self.pattern.startswith("admin/")

    def path(self, values: dict[str, object]) -> str:
        """The address with ``values`` in the place of the converters."""
        path = self.pattern
        for resolver_piece in self.names:
            start = path.index("<")
            end = path.index(">", start)
            assert path[start:end].endswith(resolver_piece)
            path = path[:start] + str(values[resolver_piece]) + path[end + 1 :]
        return f"/{path}"


@cache
def routes(urlconf: str) -> tuple[Route, ...]:
    return tuple(_walk(get_resolver(urlconf), urlconf, "", ()))


def _walk(resolver: URLResolver, urlconf: str, prefix: str, names: tuple[str, ...]) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern, own = prefix + str(entry.pattern), names + tuple(entry.pattern.converters)
        if isinstance(entry, URLPattern):
            yield Route(urlconf, pattern, entry.name or "", own, _methods(entry.callback))
        else:
            yield from _walk(entry, urlconf, pattern, own)


def _methods(view: Any) -> tuple[str, ...]:
    cls = getattr(view, "cls", None)
    if cls is None:
        return ()
    offered = getattr(view, "actions", None) or [name for name in METHODS if hasattr(cls, name)]
    return tuple(sorted(set(offered) & set(cls.http_method_names) - {"head", "options"}))


# API: what stands before an id in the path → the model it belongs to.
COLLECTIONS = {
    "users": "staff.user",
    "departments": "staff.department",
    "branches": "staff.branch",
    "absences": "staff.absence",
    "customers": "customers.customer",
    "files": "customers.attachment",
    "custom-fields": "customers.customfield",
    "imports": "customers.importjob",
    "rows": "customers.importrow",
    "purchases": "customers.purchase",
    "purchase-batches": "customers.purchase",
    "merges": "customers.mergerecord",
    "quotes": "customers.quote",
    "segments": "customers.segment",
    "personas": "customers.persona",
    "citations": "customers.personaquote",
    "persona-assignments": "customers.persona",
    "persona-quizzes": "customers.personaquiz",
    "facts": "customers.fact",
    "data-requests": "customers.datarequest",
    "churn-models": "customers.churnmodel",
    "journeys": "journeys.journey",
    "stages": "journeys.stage",
    "touchpoints": "journeys.touchpoint",
    "accountabilities": "journeys.accountability",
    "brand": "journeys.brandprofile",
    "insights": "journeys.insight",
    "evidence": "journeys.insightquote",
    "decisions": "journeys.decision",
    "versions": "journeys.journeyversion",
    "stage-links": "journeys.stagelink",
    "stage-quotes": "journeys.stagequote",
    "standards": "journeys.standard",
    "proposed-standards": "journeys.standardproposal",
    "reviews": "workflows.review",
    "standard-acknowledgements": "journeys.standardacknowledgement",
    "reported-emotions": "journeys.reportedemotion",
    "stage-visits": "journeys.stagevisit",
    "stage-visit-batches": "journeys.stagevisit",
    "visit-rules": "journeys.visitrule",
    "journey-walks": "journeys.journeywalk",
    "initiatives": "journeys.initiative",
    "environments": "journeys.environment",
    "environment-walks": "journeys.environmentaudit",
    "points": "journeys.audititem",
    "surveys": "feedback.survey",
    "questions": "feedback.question",
    "dispatches": "feedback.dispatch",
    "contexts": "feedback.contextevent",
    "community-questions": "feedback.communityquestion",
    "answers": "feedback.communityanswer",
    "community-topics": "feedback.communitytopic",
    "community-impacts": "feedback.communityimpact",
    "invitations": "feedback.invitation",
    "responses": "feedback.response",
    "complaints": "feedback.complaint",
    "desk": "feedback.complaint",
    "root-causes": "feedback.rootcause",
    "remedies": "feedback.remedy",
    "reply-templates": "feedback.replytemplate",
    "promises": "workflows.promise",
    "budgets": "workflows.cxbudget",
    "conduct-policies": "workflows.conductpolicy",
    "thanks": "workflows.recognition",
    "coachings": "workflows.coaching",
    "brand-promises": "workflows.promise#brand",
    "compensations": "workflows.compensation",
    "cause-proposals": "workflows.causeproposal",
    "change-requests": "workflows.changerequest",
    "we-did": "workflows.wedid",
    "pause-reasons": "workflows.pausereason",
    "events": "workflows.event",
    "messages": "workflows.message",
    "alerts": "workflows.alert",
    "calendars": "workflows.calendar",
    "days": "workflows.calendarday",
    "sla-policies": "workflows.slapolicy",
    "escalation-policies": "workflows.escalationpolicy",
    "levels": "workflows.escalationlevel",
}
# Addresses that take something else than the id of a firm's row.
SPECIAL = {
    (TENANT, "welcome/<uuid:user_id>/<token>/"): "password link",
    (PLATFORM, "welcome/<uuid:user_id>/<token>/"): "password link",
    (PUBLIC, "signup/<token>/"): "registry",
    (PUBLIC, "s/<token>/"): "registry",
    (PUBLIC, "inbound/<slug:provider>/"): "provider's webhook",
    (TENANT, "admin/login/with/<uuid:provider_id>/"): "provider",
    (PLATFORM, "admin/login/with/<uuid:provider_id>/"): "provider",
    **{
        (urlconf, f"admin/account/passkeys/<uuid:passkey_id>/{act}/"): "own passkey"
        for urlconf in (TENANT, PLATFORM)
        for act in ("rename", "remove")
    },
    (TENANT, "admin/r/<path:content_type_id>/<path:object_id>/"): "content type",
    (PLATFORM, "admin/r/<path:content_type_id>/<path:object_id>/"): "content type",
}
# Addresses without any object: what anybody may see, what staff see, what a key may see.
PLAIN = {
    "": "public", "brand.css": "public", "c/": "public", "q/": "public", "m/": "public", "forgot/": "public",
    "signup/": "public",
    "admin/": "staff", "admin/login/": "public", "admin/logout/": "public", "admin/password_change/": "staff",
    "admin/password_change/done/": "staff", "admin/autocomplete/": "staff", "admin/jsi18n/": "public",
    "admin/search/": "staff", "admin/language/": "staff",
    "admin/login/code/": "public", "admin/login/passkey/": "public", "admin/login/passkey/question/": "public",
    "admin/login/callback/": "public",
    "admin/first-steps/": "staff", "admin/views/": "staff", "admin/unowned/": "staff", "admin/flywheel/": "staff",
    "admin/words/": "staff",
    "admin/account/": "staff", "admin/account/confirm/": "staff", "admin/account/sessions/end/": "staff",
    "admin/account/second-factor/": "staff", "admin/account/app/": "staff", "admin/account/app/remove/": "staff",
    "admin/account/codes/": "staff", "admin/account/passkeys/": "staff", "admin/account/passkeys/question/": "staff",
    "inbound/raw/": "public",
    "metrics": "public", "api/schema/": "public", "api/docs/": "public", "api/v1/me/": "api", "api/v1/metrics/": "api",
    "api/v1/complaints/bulk/": "api", "api/v1/duplicates/": "api", "api/v1/duplicates/keep-apart/": "api",
    "api/v1/reports/changes-answered/": "api",
    "api/v1/reports/promises-kept/": "api", "api/v1/reports/compensations/": "api",
    "api/v1/reports/time-spent/": "api", "api/v1/segments/fields/": "api", "api/v1/segments/count/": "api",
    "api/v1/segments/preview/": "api", "api/v1/personas/shares/": "api",
    "api/v1/at-risk/": "api", "api/v1/how-found/": "api", "api/v1/channel-drift/": "api",
    "api/v1/churn-models/train/": "api", "api/v1/churn-models/trial/": "api",
    "api/v1/gaps/": "api", "api/v1/beliefs/": "api", "api/v1/forecasts/": "api", "api/v1/brand-match/": "api",
    "api/v1/community-figures/": "api",
    "api/v1/held-of-us/": "api", "api/v1/heard-from/": "api", "api/v1/customers-worth/": "api",
    "api/v1/usage-modes/": "api", "api/v1/changed-habits/": "api", "api/v1/records/": "api",
    "api/v1/experience-index/": "api",
    "api/v1/common-needs/": "api", "api/v1/contradictions/": "api",
    "api/v1/questionnaires/": "api", "api/v1/our-people/": "api", "api/v1/pillars/": "api",
    "api/v1/orientation/": "api",
    "api/v1/understanding/": "api", "api/v1/understanding/believe/": "api", "api/v1/understanding/recount/": "api",
}  # fmt: skip
# API: what may be asked of a whole list.
OF_LISTS = {("facts", "from-entry"), ("customers", "export"), ("complaints", "export"), ("responses", "export")}
# Regular expressions that only catch what nothing else took.
CATCH_ALL = {"api/^(?P<rest>.*)$", "admin/(?P<url>.*)$"}


def classify(route: Route) -> tuple[str, dict[str, str]]:
    """The kind of a route and, by converter, the label of the model whose id it takes. Raises LookupError."""
    if (route.urlconf, route.pattern) in SPECIAL:
        return SPECIAL[route.urlconf, route.pattern], {}
    if route.pattern in CATCH_ALL:
        return "catch-all", {}
    if route.pattern in PLAIN:
        return PLAIN[route.pattern], {}
    if route.is_api:
        return "api", _api_labels(route)
    if route.is_admin:
        return "staff", _admin_labels(route)
    if route.names == ("token",) and route.name in LINKS:
        return "link", {"token": LINKS[route.name]}
    raise LookupError(f"{route.urlconf}: {route.pattern!r} is not classified")


def _api_labels(route: Route) -> dict[str, str]:
    pieces = route.pattern.removeprefix("api/v1/").strip("/").split("/")
    labels = {}
    for before, piece in zip(["", *pieces], pieces, strict=False):
        if piece.startswith("<uuid:"):
            labels[piece[6:-1]] = COLLECTIONS[before]
        elif not labels and piece not in COLLECTIONS and (before, piece) not in OF_LISTS:
            raise LookupError(f"{route.pattern!r} is not classified")
    return labels


def _admin_labels(route: Route) -> dict[str, str]:
    site = platform_site if route.urlconf == PLATFORM else tenant_site
    pieces = route.pattern.split("/")
    label = ".".join(pieces[1:3])
    if label in registered(site):
        return {"object_id": label} if route.names else {}
    if "app_label" in route.pattern:
        return {}
    raise LookupError(f"{route.pattern!r} is not classified")


def registered(site: AdminSite) -> set[str]:
    return {model._meta.label_lower for model in site._registry}
