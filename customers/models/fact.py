"""What is known of a customer beyond their file: what they told, what they showed, and what staff only guess."""

from typing import Final, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel, TenantQuerySet


class FactQuerySet(TenantQuerySet["Fact"]):
    """What is counted and handed on asks for what is known."""

    def known(self) -> Self:
        """What holds and is no guess of ours."""
        return self.filter(withdrawn_at=None).exclude(source=Fact.Source.GUESS)


class Fact(TenantModel):
    """One thing a customer told or showed, in one sentence; it fades unless somebody hears it again."""

    class Kind(models.TextChoices):
        PREFERENCE = "preference", _("preference")
        USAGE = "usage", _("how they use it")
        UNEXPECTED_USE = "unexpected_use", _("unexpected use")
        NEED = "need", _("need")
        EXPECTATION = "expectation", _("expectation")
        WHY_LIKE = "why_like", _("why they like it")
        WHY_DISLIKE = "why_dislike", _("why they do not like it")
        VALUE = "value", _("what matters to them")
        MOTIVATION = "motivation", _("what moves them")
        CHANNEL_TIME = "channel_time", _("how and when to reach them")
        FIRST_SOURCE = "first_source", _("how they found us")
        CONVINCED_BY = "convinced_by", _("what made them come the first time")
        BIRTH = "birth", _("age or role")
        NOTHING_TO_IMPROVE = "nothing_to_improve", _("nothing to improve")

    class Source(models.TextChoices):
        DECLARED = "declared", _("the customer said so")
        OBSERVED = "observed", _("we saw it")
        GUESS = "guess", _("only a guess of ours")

    class Reason(models.TextChoices):
        """Why somebody likes or does not like something, as it is counted."""

        QUALITY = "quality", _("taste or quality")
        SPEED = "speed", _("speed and waiting")
        PRICE = "price", _("price")
        STAFF = "staff", _("people and manners")
        PLACE = "place", _("the place")
        RELIABILITY = "reliability", _("keeping to what was agreed")
        VALUES = "values", _("what the brand stands for")
        OTHER = "other", _("something else")

    class Way(models.TextChoices):
        """How somebody came to know us, or what made them come, as it is counted (domain.md §1, 4.1)."""

        FRIENDS = "friends", _("friends or family")
        REVIEW = "review", _("a customer's review")
        MAP = "map", _("found on a map")
        SOCIAL = "social", _("Facebook or Zalo")
        TIKTOK = "tiktok", _("TikTok")
        KOL = "kol", _("somebody well-known (KOL)")
        WALKED_PAST = "walked_past", _("walked past")
        TRIED = "tried", _("tried it")
        ADVERT = "advert", _("an advert")
        OTHER = "other", _("another way")

    # Kinds that say why, and so carry a reason; and those that tell of using something, which may say what for.
    WHY: Final = (Kind.WHY_LIKE, Kind.WHY_DISLIKE)
    USING: Final = (Kind.USAGE, Kind.UNEXPECTED_USE)
    # Kinds that say how somebody came, and so may carry a way; of these one holds at a time.
    HOW: Final = (Kind.FIRST_SOURCE, Kind.CONVINCED_BY)
    # Ways others or the place itself opened, and ways money opened; what is neither is our own channels.
    EARNED: Final = (Way.FRIENDS, Way.REVIEW, Way.MAP, Way.WALKED_PAST, Way.TRIED)
    BOUGHT: Final = (Way.KOL, Way.ADVERT)

    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="facts", db_index=False, verbose_name=_("customer")
    )  # the index below begins with it
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    text = models.CharField(_("what they told"), max_length=300)
    about = models.CharField(_("about which product or place"), max_length=80, blank=True)
    # What for, in a word or two, so that ways of using it can be counted.
    mode = models.CharField(_("what for"), max_length=40, blank=True, default="", db_default="")
    reason = models.CharField(_("reason"), max_length=12, choices=Reason, blank=True)
    way = models.CharField(_("way"), max_length=12, choices=Way, blank=True, default="", db_default="")
    source = models.CharField(_("known from"), max_length=10, choices=Source, default=Source.DECLARED)
    # Health, faith, politics and the like: kept where it serves the customer, marked, and never worth anything.
    is_sensitive = models.BooleanField(_("sensitive"), default=False)
    quote = models.ForeignKey(
        "customers.Quote", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("in their words")
    )
    noted_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("noted by")
    )
    stated_at = models.DateTimeField(_("said"), default=now)
    confirmed_at = models.DateTimeField(_("last confirmed"), default=now)
    # When it was a guess that the customer confirmed later: somebody had them right.
    guessed_at = models.DateTimeField(_("guessed"), null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = FactQuerySet.as_manager()  # type: ignore[misc] # narrower than the base's

    class Meta:
        verbose_name = _("known fact")
        verbose_name_plural = _("known facts")
        ordering = ["-confirmed_at", "-id"]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(condition=Q(confirmed_at__gte=F("stated_at")), name="fact_confirmed_after_stated"),
        ]
        indexes = [
            models.Index(fields=["customer", "kind", "-confirmed_at", "-id"], name="fact_of_customer"),
            models.Index(fields=["kind", "-confirmed_at", "-id"], name="fact_by_kind"),
            models.Index(fields=["-confirmed_at", "-id"], name="fact_newest"),
            # By which way customers came; few facts say so.
            models.Index(fields=["kind", "customer", "-confirmed_at"], condition=~Q(way=""), name="fact_way"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_guess(self) -> bool:
        return self.source == self.Source.GUESS
