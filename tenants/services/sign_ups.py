"""Signing up: somebody asks for a firm, confirms by mail, and has it."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from cxcrm.core.clock import db_now, now
from cxcrm.core.errors import NotFound
from tenants.errors import AddressTaken, SignUpExpired, SignUpTooOften
from tenants.models import SignUp, Tenant
from tenants.models.country import time_zone_of
from tenants.services.agenda import Later, agenda_kind, enqueue
from tenants.services.domains import check_slug, free_slug_like, is_free
from tenants.services.provisioning import request_firm

# Carried out in the operators' tenant by the app that sends mail; it registers the kind.
MAIL = "tenants.mail_sign_up"
FORGET = "tenants.forget_sign_up"
LINK = "sign-up"

VALID_FOR = timedelta(hours=24)
# So long an outlived link still says what it was for; then name and address are forgotten.
REMEMBERED_FOR = timedelta(days=7)
MAILS_PER_HOUR = 5


@transaction.atomic
def request_sign_up(*, name: str, slug: str, owner_email: str, owner_name: str, language: str, country: str) -> SignUp:
    """Note who wants a firm and mail them a link to confirm; nothing is made or reserved yet.

    The same wish again changes the details and mails the same link once more. What is answered tells nobody whether
    an e-mail address has a firm already. Raises AddressInvalid, AddressTaken (``data``: proposal), SignUpTooOften.
    """
    slug = _free(check_slug(slug))
    email = owner_email.strip().lower()
    asked_within_the_hour = db_now() + VALID_FOR - timedelta(hours=1)
    lately = SignUp.objects.filter(owner_email=email, expires_at__gt=asked_within_the_hour)
    if (lately.aggregate(mails=Sum("mails"))["mails"] or 0) >= MAILS_PER_HOUR:
        raise SignUpTooOften
    details = {
        "name": name.strip(),
        "owner_name": owner_name.strip(),
        "language": language,
        "country": country,
        "time_zone": time_zone_of(country),
        "expires_at": db_now() + VALID_FOR,
    }
    sign_up, created = SignUp.objects.select_for_update().get_or_create(
        owner_email=email, slug=slug, tenant=None, defaults=details
    )
    if not created:
        for field, value in details.items():
            setattr(sign_up, field, value)
        sign_up.mails += 1
        sign_up.save()
    operators = Tenant.objects.values_list("id", flat=True).get(is_platform=True)
    enqueue(MAIL, sign_up.id, dedupe_key=f"{MAIL}:{sign_up.id}:{sign_up.mails}", tenant_id=operators)
    enqueue(FORGET, sign_up.id, due_at=sign_up.expires_at + REMEMBERED_FOR, tenant_id=operators, reschedule=True)
    return sign_up


@transaction.atomic
def confirm_sign_up(*, sign_up_id: UUID, slug: str = "") -> Tenant:
    """Make the firm, at ``slug`` if the address asked for was taken meanwhile; done once, however often it is called.

    Raises NotFound, SignUpExpired, AddressInvalid, AddressTaken (``data``: proposal).
    """
    # The firm is read on its own: joined, whoever waited for the lock would see the row of now and no firm of now.
    sign_up = SignUp.objects.select_for_update().filter(pk=sign_up_id).first()
    if sign_up is None:
        raise NotFound
    if sign_up.expires_at <= db_now():
        raise SignUpExpired
    if sign_up.tenant:
        return sign_up.tenant
    wanted = _free(check_slug(slug or sign_up.slug))
    try:
        tenant = request_firm(
            name=sign_up.name,
            slug=wanted,
            owner_email=sign_up.owner_email,
            owner_name=sign_up.owner_name,
            language=sign_up.language,
            country=sign_up.country,
            time_zone=sign_up.time_zone,
        )
    except AddressTaken as error:
        raise _taken(wanted) from error
    sign_up.tenant, sign_up.confirmed_at = tenant, now()
    sign_up.save(update_fields=["tenant", "confirmed_at"])
    return tenant


@agenda_kind(FORGET, priority=9, outside=True)
@transaction.atomic
def forget_sign_up(sign_up_id: UUID) -> Later | None:
    """Delete what a visitor typed once its link has been dead for a while; the firm, if there is one, stays."""
    sign_up = SignUp.objects.select_for_update().filter(pk=sign_up_id).first()
    if sign_up is None:
        return None
    forgotten_at = sign_up.expires_at + REMEMBERED_FOR
    if forgotten_at > db_now():
        return Later(forgotten_at)
    sign_up.delete()
    return None


def _free(slug: str) -> str:
    if not is_free(slug):
        raise _taken(slug)
    return slug


def _taken(slug: str) -> AddressTaken:
    return AddressTaken(slug=slug, proposal=free_slug_like(slug))
