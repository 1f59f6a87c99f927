"""Staff accounts; a person's role decides what they may do."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from cxcrm.core.context import current_tenant
from cxcrm.core.models import TenantModel, TenantQuerySet
from tenants.staff.roles import Level, Role, role_allows


class UserQuerySet(TenantQuerySet["User"]):
    def working(self) -> "UserQuerySet":
        """Accounts that may still log in."""
        return self.filter(is_active=True)

    def get_by_natural_key(self, username: str) -> "User":
        """What Django calls the account with this e-mail address. Raises User.DoesNotExist."""
        return self.get(email__iexact=username)


class User(TenantModel, AbstractBaseUser):
    """A member of staff; logs in with their e-mail address."""

    class Language(models.TextChoices):
        VI = "vi", _("Vietnamese")
        EN = "en", _("English")

    class Reach(models.TextChoices):
        """Whose cases somebody sees, beside those that concern them in person (see feedback.selectors.reach)."""

        FIRM = "firm", _("the whole firm's cases")
        DEPARTMENT = "department", _("their department's cases")
        OWN = "own", _("their own cases only")

    email = models.EmailField(_("e-mail"))
    full_name = models.CharField(_("full name"), max_length=120)
    given_name = models.CharField(_("given name"), max_length=60, blank=True)
    salutation = models.CharField(_("salutation"), max_length=12, blank=True)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=Language, default=Language.VI)
    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.AGENT)
    reach = models.CharField(
        _("sees"),
        max_length=10,
        choices=Reach,
        default=Reach.FIRM,
        db_default=Reach.FIRM,
        help_text=_(
            "Which cases are shown to this person. What they took in, worked on, answer for or were called into is "
            "always theirs to see; an owner sees everything."
        ),
    )
    department = models.ForeignKey(
        "staff.Department",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="members",
        verbose_name=_("department"),
    )
    branch = models.ForeignKey(
        "staff.Branch",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="members",
        verbose_name=_("branch"),
    )
    manager = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="reports", verbose_name=_("manager")
    )
    authority_limit = models.DecimalField(
        _("authority limit"),
        max_digits=14,
        decimal_places=2,
        default=0,
        help_text=_("The largest compensation this person may grant alone."),
    )
    # Nothing may be granted, whatever the role may; else a limit of nothing is the role's.
    may_grant_nothing = models.BooleanField(default=False, db_default=False, editable=False)
    is_active = models.BooleanField(_("active"), default=True)

    objects = UserQuerySet.as_manager()  # type: ignore[misc] # narrower than the base's

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("staff member")
        verbose_name_plural = _("staff")
        ordering = ["full_name"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_account_per_email"),
            models.CheckConstraint(condition=~Q(manager=models.F("id")), name="nobody_manages_themselves"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    @property
    def is_staff(self) -> bool:
        return self.is_active

    @property
    def is_superuser(self) -> bool:
        """Nobody passes every check: what an owner may do is written down in the roles too."""
        return False

    @property
    def reaches_firm(self) -> bool:
        """May they see every case of the firm? An owner may, whatever is set."""
        return self.reach == self.Reach.FIRM or self.role == Role.OWNER

    def get_short_name(self) -> str:
        return self.given_name or self.full_name

    def get_full_name(self) -> str:
        return self.full_name

    def allows(self, room: str, level: Level | str) -> bool:
        """May this person ``level`` (read, write, manage) in ``room`` (an app label)?"""
        return self.is_active and role_allows(self.role, room, Level(level))

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        from tenants.staff.roles import permission_level

        room, level = permission_level(perm)
        return self.allows(room, level)

    def has_perms(self, perms: Any, obj: Any = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return self.allows(app_label, Level.READ)

    def get_session_auth_hash(self) -> str:
        return self._session_hash()

    def get_session_auth_fallback_hash(self) -> Any:
        from django.conf import settings

        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret=secret)

    def _session_hash(self, secret: str | None = None) -> str:
        """Bound to tenant and epoch: the same person with the same password elsewhere gets another hash."""
        tenant = current_tenant()
        value = f"{tenant.id}|{tenant.epoch}|{self.password}"
        return salted_hmac("cxcrm.staff.session", value, secret=secret, algorithm="sha256").hexdigest()


class AnonymousStaff(AnonymousUser):
    """Nobody, for code that asks ``allows``."""

    role = ""
    language = ""
    # A partner's key is the firm's: what it sees is a question of its scopes alone.
    reaches_firm = True

    def allows(self, room: str, level: Level | str) -> bool:
        return False
