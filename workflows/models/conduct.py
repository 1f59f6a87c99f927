"""How colleagues are treated for what customers meet: the firm's policy, thanks passed on, and fair coaching."""

from typing import Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel

_SOURCES: Final = ("response", "quote", "complaint")
_THANKED: Final = ("colleague", "department", "branch")


def _exactly_one(names: tuple[str, ...]) -> Q:
    told = Q(pk__in=[])
    for name in names:
        told |= Q(**{f"{other}__isnull": other != name for other in names})
    return told


class ConductPolicy(TenantModel):
    """One version of what is thanked, what follows and who decides; exactly one is in force (domain.md §1, 2.12)."""

    version = models.PositiveSmallIntegerField(_("version"), unique=True)
    criteria = models.CharField(_("what counts"), max_length=1000)
    thanks = models.CharField(_("what is thanked, and how"), max_length=1000)
    follows = models.CharField(_("what follows, and from what"), max_length=1000)
    decides = models.CharField(_("who decides"), max_length=400)
    written_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("written by")
    )
    in_force_since = models.DateTimeField(_("in force since"), default=now)
    replaced_at = models.DateTimeField(_("replaced"), null=True, blank=True)

    class Meta:
        verbose_name = _("conduct policy")
        verbose_name_plural = _("conduct policies")
        base_manager_name = "objects"
        ordering = ["-version"]
        constraints = [
            # All rows in force say the same of "replaced", so there is one.
            models.UniqueConstraint(
                fields=["replaced_at"], condition=Q(replaced_at=None), nulls_distinct=False, name="one_policy_in_force"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"v{self.version}"


class ConductAcknowledgement(TenantModel):
    """Somebody has read one version of the policy."""

    policy = models.ForeignKey(
        ConductPolicy, models.CASCADE, related_name="acknowledgements", verbose_name=_("conduct policy")
    )
    user = models.ForeignKey("staff.User", models.CASCADE, related_name="+", verbose_name=_("staff member"))
    acknowledged_at = models.DateTimeField(_("read"), default=now)

    class Meta:
        verbose_name = _("acknowledgement of the policy")
        verbose_name_plural = _("acknowledgements of the policy")
        base_manager_name = "objects"
        ordering = ["-acknowledged_at"]
        constraints = [models.UniqueConstraint(fields=["policy", "user"], name="policy_read_once")]

    def __str__(self) -> str:
        return f"{self.user} – {self.policy}"


class Recognition(TenantModel):
    """A customer's thanks passed on to a colleague or a whole team.

    The words stay where the customer said them: they are read from there, so what is erased there is gone here too.
    """

    response = models.ForeignKey(
        "feedback.Response", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("response")
    )
    quote = models.ForeignKey(
        "customers.Quote", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("quote")
    )
    complaint = models.ForeignKey(
        "feedback.Complaint", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("complaint")
    )
    colleague = models.ForeignKey(
        "staff.User", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("colleague")
    )
    department = models.ForeignKey(
        "staff.Department", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    branch = models.ForeignKey(
        "staff.Branch", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("branch")
    )
    note = models.CharField(_("a word of your own"), max_length=300, blank=True)
    given_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("passed on by")
    )

    class Meta:
        verbose_name = _("thanks")
        verbose_name_plural = _("thanks")
        base_manager_name = "objects"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=_exactly_one(_SOURCES), name="thanks_from_one_source"),
            models.CheckConstraint(condition=_exactly_one(_THANKED), name="thanks_to_one"),
            models.CheckConstraint(
                condition=Q(colleague=None) | Q(given_by=None) | ~Q(colleague=F("given_by")),
                name="nobody_thanks_oneself",
            ),
            models.UniqueConstraint(fields=[*_SOURCES, *_THANKED], nulls_distinct=False, name="thanked_once"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["-created_at", "-id"], name="thanks_newest")]

    def __str__(self) -> str:
        return str(self.thanked)

    @property
    def thanked(self) -> object:
        """The colleague, department or branch."""
        return self.colleague or self.department or self.branch


class Coaching(TenantModel):
    """What was seen of a colleague in one reviewed case, their side of it, and what an executive decided.

    Read by those two, whoever wrote it, executives and owners only: every door asks ``coachings_visible_to``.
    """

    class Behaviour(models.TextChoices):
        IGNORED = "ignored", _("let a promised time pass and told nobody")
        HIDDEN = "hidden", _("kept a complaint from being seen")
        RUDE = "rude", _("was rude to the customer")

    class Outcome(models.TextChoices):
        """Money is not among them: fines and cuts of wages are prohibited (Labour Code 2019, article 127)."""

        UNFOUNDED = "unfounded", _("nothing: it was not so")
        COACHING = "coaching", _("coaching")
        NO_BONUS = "no_bonus", _("no bonus for customer experience")
        DISCIPLINE = "discipline", _("formal discipline")

    complaint = models.ForeignKey(
        "feedback.Complaint", models.CASCADE, related_name="+", db_index=False, verbose_name=_("complaint")
    )  # the constraint below begins with it
    colleague = models.ForeignKey("staff.User", models.PROTECT, related_name="+", verbose_name=_("colleague"))
    behaviour = models.CharField(_("what it is about"), max_length=8, choices=Behaviour)
    seen = models.CharField(_("what was seen"), max_length=1000)
    written_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", verbose_name=_("written by"))
    reply_by = models.DateTimeField(_("their side by"))
    reply = models.CharField(_("their side"), max_length=2000, blank=True)
    replied_at = models.DateTimeField(_("answered"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)
    because = models.CharField(_("why"), max_length=1000, blank=True)
    decided_by = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("coaching")
        verbose_name_plural = _("coaching")
        base_manager_name = "objects"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["complaint", "colleague"], name="coached_once_a_case"),
            models.CheckConstraint(condition=~Q(colleague=F("written_by")), name="nobody_coaches_oneself"),
            models.CheckConstraint(
                condition=Q(decided_at=None, outcome="") | (Q(decided_at__isnull=False) & ~Q(outcome="")),
                name="decided_with_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("colleague")), name="nobody_decides_on_oneself"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.colleague} – {self.complaint.number}"

    @property
    def is_open(self) -> bool:
        return self.decided_at is None

    @property
    def is_heard(self) -> bool:
        """The colleague has said their side, or has had the time to."""
        return self.replied_at is not None or self.reply_by <= now()
