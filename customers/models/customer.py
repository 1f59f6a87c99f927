"""A person or organisation the firm serves."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel, TenantQuerySet


class StandingCustomers(models.Manager.from_queryset(TenantQuerySet)):  # type: ignore[misc] # made at run time
    """Customers as everybody means them: without those that were merged into another."""

    def get_queryset(self) -> "TenantQuerySet[Customer]":
        found: TenantQuerySet[Customer] = super().get_queryset().filter(merged_into__isnull=True)
        return found


class Customer(TenantModel):
    """One row per person or organisation; an organisation's people point to it by ``organization``."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        ORGANIZATION = "organization", _("Organisation")

    class NameOrder(models.TextChoices):
        FAMILY_FIRST = "family_first", _("family name first")
        GIVEN_FIRST = "given_first", _("given name first")

    class Salutation(models.TextChoices):
        """Domain page §4.1; the Vietnamese words are the data, so they are not translated."""

        ANH = "anh", "anh"
        CHI = "chi", "chị"
        EM = "em", "em"
        ONG = "ong", "ông"
        BA = "ba", "bà"
        CO = "co", "cô"
        CHU = "chu", "chú"
        BAC = "bac", "bác"
        BAN = "ban", "bạn"
        QUY_KHACH = "quy_khach", "quý khách"
        ANH_CHI = "anh_chi", "anh/chị"

    class SalutationSource(models.TextChoices):
        DECLARED = "declared", _("said by the customer")
        STAFF = "staff", _("confirmed by staff")
        IMPORT = "import", _("from a file")
        INFERRED = "inferred", _("only a guess")

    class ContactRole(models.TextChoices):
        """Who pays is not always who uses; what a person is for their organisation."""

        BUYER = "buyer", _("Buyer")
        USER = "user", _("User")
        BOTH = "both", _("Buyer and user")
        INFLUENCER = "influencer", _("Has a say")

    class ContactChannel(models.TextChoices):
        """By what somebody likes to be reached."""

        CALL = "call", _("a call")
        ZALO = "zalo", _("Zalo")
        SMS = "sms", _("a text message")
        EMAIL = "email", _("an e-mail")
        NONE = "none", _("only when it cannot wait")

    class ContactHours(models.TextChoices):
        MORNING = "morning", _("in the morning (8–11)")
        NOON = "noon", _("at noon (11–13)")
        AFTERNOON = "afternoon", _("in the afternoon (13–17)")
        EVENING = "evening", _("in the evening (17–20)")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.PERSON)
    full_name = models.CharField(_("full name"), max_length=160)
    raw_name = models.CharField(_("name as received"), max_length=200, blank=True)
    given_name = models.CharField(_("given name"), max_length=80, blank=True)
    name_order = models.CharField(_("name order"), max_length=12, choices=NameOrder, default=NameOrder.FAMILY_FIRST)
    salutation = models.CharField(_("salutation"), max_length=12, choices=Salutation, blank=True)
    salutation_source = models.CharField(
        _("salutation known from"), max_length=10, choices=SalutationSource, blank=True
    )
    formal_title = models.CharField(_("formal title"), max_length=80, blank=True)
    language = models.CharField(
        _("language"), max_length=5, default="vi", choices=[("vi", _("Vietnamese")), ("en", _("English"))]
    )
    organization = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="people", verbose_name=_("organisation")
    )
    contact_role = models.CharField(
        _("role there"), max_length=12, choices=ContactRole, blank=True, default="", db_default=""
    )
    # What they chose for themselves, on their own page or said to staff; empty: as it comes.
    contact_channel = models.CharField(
        _("likes to be reached by"), max_length=8, choices=ContactChannel, blank=True, default="", db_default=""
    )
    contact_hours = models.CharField(
        _("best reached"), max_length=10, choices=ContactHours, blank=True, default="", db_default=""
    )
    # At most one survey in 180 days, whatever its kind; none at all is a consent withdrawn.
    surveys_seldom = models.BooleanField(_("surveys seldom"), default=False, db_default=False)
    referred_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="referrals", verbose_name=_("brought by")
    )
    owner = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    branch = models.ForeignKey(
        "staff.Branch",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("home branch"),
    )
    tags = ArrayField(models.CharField(max_length=40), verbose_name=_("tags"), default=list, blank=True)
    # One line for everybody who only reads it; made of the parts below where these are known.
    address = models.CharField(_("address"), max_length=300, blank=True)
    street_line = models.CharField(_("number and street"), max_length=180, blank=True, default="", db_default="")
    ward = models.CharField(_("ward or commune"), max_length=80, blank=True, default="", db_default="")
    province_code = models.CharField(_("province or city"), max_length=2, blank=True, default="", db_default="")
    # As it was written before there were parts, districts and all; never taken apart by guessing.
    legacy_address = models.CharField(
        _("address as it was written"), max_length=300, blank=True, default="", db_default=""
    )
    note = models.TextField(_("note"), blank=True)
    # What the firm's own fields hold, by their key; see CustomField.
    custom = models.JSONField(_("fields of your own"), default=dict, db_default={}, blank=True)
    # Written by the services: everything people search by, unaccented and in lower case.
    search_text = models.TextField(editable=False, default="")
    # Compared by code point whatever the database's own collation is.
    sort_key = models.CharField(max_length=400, editable=False, default="", db_collation="C")
    updated_at = models.DateTimeField(_("changed"), default=now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    # Who this was is not known any more; what happened stays (services.erasure).
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)
    is_sample = models.BooleanField(_("sample data"), default=False, editable=False)
    # The one this record became part of; it stays, so that old links lead on and the merge can be undone.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name=_("merged into")
    )

    objects = StandingCustomers()  # type: ignore[misc] # narrower than the one inherited
    everyone = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["-created_at", "-id"]
        base_manager_name = "everyone"
        constraints = [
            models.CheckConstraint(condition=~models.Q(referred_by=models.F("id")), name="nobody_brings_themselves"),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="customer_newest"),
            models.Index(fields=["sort_key", "id"], name="customer_by_name"),
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="customer_search"),
            GinIndex(fields=["tags"], name="customer_tags"),
            GinIndex(fields=["custom"], opclasses=["jsonb_path_ops"], name="customer_custom"),
        ]

    def __str__(self) -> str:
        return self.full_name
