"""How sign-up stands: the template of this release and the spares waiting for firms."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Q

from tenants.models import SchemaTemplate, SpareSchema


@dataclass(frozen=True)
class Pool:
    """Spares ``ready`` of those ``wanted``, ``stale`` ones of other releases, and when the template was begun."""

    ready: int
    wanted: int
    stale: int
    template_built_at: datetime | None


def pool(fingerprint: str) -> Pool:
    """The pool as it is now, for the release of ``fingerprint``."""
    template = SchemaTemplate.objects.filter(fingerprint=fingerprint).exclude(sql="").first()
    counts = SpareSchema.objects.aggregate(
        ready=Count("id", filter=Q(fingerprint=fingerprint)), stale=Count("id", filter=~Q(fingerprint=fingerprint))
    )
    return Pool(
        ready=counts["ready"],
        wanted=settings.SPARE_SCHEMAS,
        stale=counts["stale"],
        template_built_at=template.created_at if template else None,
    )
