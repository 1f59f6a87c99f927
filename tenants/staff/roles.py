"""The six roles and what each may do, in one table; API keys use the same words as scopes."""

from enum import StrEnum
from functools import cache

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    AGENT = "agent", _("Agent")
    EXECUTIVE = "executive", _("Executive")
    BRAND_STEWARD = "brand_steward", _("Brand steward")
    READ_ONLY = "read_only", _("Read only")


class Level(StrEnum):
    """What may be done in a room; each of the first three includes the ones before.

    Taking whole lists out as files is a right of its own: neither writing nor managing includes it.
    """

    READ = "read"
    WRITE = "write"
    MANAGE = "manage"
    EXPORT = "export"

    @property
    def rank(self) -> int:
        return list(Level).index(self)


ROOMS = ("staff", "customers", "journeys", "feedback", "workflows")
R, W, M = Level.READ, Level.WRITE, Level.MANAGE
# No room but a right: to see how customers are reached. Others see phones and addresses masked.
CONTACTS = "contacts"
# Another right: to draft the portraits of customers, as whoever leads the brand may (domain.md §1, 1.6: for which
# majority it is). What is drafted is published by those who manage customers.
PORTRAITS = "portraits"
# And one to promise for the brand what everybody reads: executives who keep it, and whoever leads the brand (0.5).
BRAND = "brand"

ROLE_LEVELS: dict[str, dict[str, Level]] = {
    Role.OWNER: {**dict.fromkeys((*ROOMS, "tenants"), M), CONTACTS: R, PORTRAITS: W, BRAND: W},
    Role.MANAGER: {
        "staff": W,
        "customers": M,
        "journeys": M,
        "feedback": M,
        "workflows": M,
        "tenants": W,
        CONTACTS: R,
        PORTRAITS: W,
        BRAND: W,
    },
    Role.AGENT: {"staff": R, "customers": W, "journeys": W, "feedback": W, "workflows": R, CONTACTS: R},
    Role.EXECUTIVE: {
        "staff": W,
        "customers": W,
        "journeys": W,
        "feedback": W,
        "workflows": W,
        CONTACTS: R,
        BRAND: W,
    },
    Role.BRAND_STEWARD: {
        "staff": R,
        "customers": R,
        "journeys": M,
        "feedback": M,
        "workflows": R,
        PORTRAITS: W,
        BRAND: W,
    },
    Role.READ_ONLY: dict.fromkeys((*ROOMS, "tenants"), R),
}
# Whose lists may leave the house as files: customers' data only with those who run the firm.
ROLE_EXPORTS: dict[str, frozenset[str]] = {
    Role.OWNER: frozenset(ROOMS),
    Role.MANAGER: frozenset(ROOMS),
    Role.EXECUTIVE: frozenset({"journeys", "feedback", "workflows"}),
    Role.BRAND_STEWARD: frozenset({"journeys", "feedback"}),
}

# Those that mean something to the operators of the service: the room "tenants" is on their site only. Owners do
# everything there, managers operate firms, the third kind looks.
OPERATORS = (Role.OWNER, Role.MANAGER, Role.READ_ONLY)

# Who works on cases by the unit they belong to; everybody else looks after the firm as a whole.
BY_DEPARTMENT = frozenset({Role.AGENT})

# Every scope an API key may carry: "customers:read", "feedback:write", "customers:export", …
SCOPES = (*(f"{room}:{level}" for room in ROOMS for level in Level), f"{CONTACTS}:{R}")

# How the firm is set up, as against its daily work: changing these takes "manage".
CONFIGURATION = frozenset(
    {
        "staff.user", "staff.department", "staff.branch", "staff.firm", "staff.apikey",
        "staff.identityprovider", "customers.customfield", "customers.persona", "customers.personaquiz",
        "customers.understandingbelief", "customers.understandingday", "customers.churnmodel",
        "journeys.journey", "journeys.stage", "journeys.touchpoint", "journeys.accountability", "journeys.brandprofile",
        "journeys.stagelink", "journeys.standard", "journeys.journeyversion", "journeys.visitrule",
        "journeys.environment",
        "feedback.survey", "feedback.question", "feedback.rootcause", "feedback.remedy",
        "feedback.replytemplate", "feedback.communitytopic",
        "workflows.calendar", "workflows.calendarday", "workflows.slapolicy", "workflows.escalationpolicy",
        "workflows.escalationlevel", "workflows.pausereason",
        "tenants.plan",
    }
)  # fmt: skip


def role_allows(role: str, room: str, level: Level) -> bool:
    """Does ``role`` reach ``level`` in ``room``? Unknown roles and rooms reach nothing."""
    granted = ROLE_LEVELS.get(role, {}).get(room)
    if level == Level.EXPORT:
        return granted is not None and room in ROLE_EXPORTS.get(role, ())
    return granted is not None and granted.rank >= level.rank


def scope_allows(scopes: list[str], room: str, level: Level | str) -> bool:
    """Does a list of scopes reach ``level`` in ``room``? Whoever may export a room's lists may read them."""
    return not _enough(room, level).isdisjoint(scopes)


@cache
def _enough(room: str, level: Level | str) -> frozenset[str]:
    """The scopes that reach ``level`` in ``room``, each alone."""
    asked = Level(level)
    if room == PORTRAITS:  # a right of roles: keys draft with what they publish with
        return frozenset({f"customers:{M}"})
    if room == BRAND:
        return _enough("workflows", asked)
    if room == CONTACTS:  # a customer file that may leave the house has them in it
        return frozenset({f"{CONTACTS}:{R}", f"customers:{Level.EXPORT}"} if asked == R else ())
    if asked == Level.EXPORT:
        return frozenset({f"{room}:{Level.EXPORT}"})
    enough = {f"{room}:{one}" for one in (R, W, M) if one.rank >= asked.rank}
    return frozenset(enough | ({f"{room}:{Level.EXPORT}"} if asked == Level.READ else set()))


def permission_level(perm: str) -> tuple[str, Level]:
    """Room and level that Django's permission ``app.action_model`` asks for."""
    room, _dot, codename = perm.partition(".")
    action, _underscore, model = codename.partition("_")
    if action == "view":
        # What is spent is read by those who lead, and by keys that read the room.
        return (BRAND if f"{room}.{model}" == "workflows.cxbudget" else room), Level.READ
    if action == "export":
        return room, Level.EXPORT
    if f"{room}.{model}" == "customers.persona" and action in ("add", "change"):
        return PORTRAITS, Level.WRITE
    if action == "delete" or f"{room}.{model}" in CONFIGURATION:
        return room, Level.MANAGE
    return room, Level.WRITE
