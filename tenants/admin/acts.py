"""What an operator can do to one firm: each act with its words, its form, when it is offered, and its service."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cxcrm.core.admin.forms import WorkForm
from tenants.models import Plan, Tenant
from tenants.services import lifecycle, operations

_State = Tenant.State


class ActForm(WorkForm):
    """Knows the firm it is about."""

    def __init__(self, firm: Tenant, *args: Any, **kwargs: Any) -> None:
        self.firm = firm
        super().__init__(*args, **kwargs)


class ReasonForm(ActForm):
    reason = forms.CharField(label=_("Why"), max_length=200, help_text=_("The firm's staff read this."))


class AddressForm(ActForm):
    slug = forms.CharField(label=_("New address"), max_length=40)


class PlanForm(ActForm):
    plan = forms.ModelChoiceField(Plan.objects.order_by("name"), label=_("Plan"), empty_label=None)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        plan = data.pop("plan", None)
        return {**data, "plan_id": plan.pk} if plan else data


class CertainForm(ActForm):
    """Typing the address is harder to do by mistake than pressing a button."""

    address = forms.CharField(label=_("Type the firm's address"), max_length=40)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        typed = data.pop("address", None)
        if typed is not None and typed.strip().lower() != self.firm.slug:
            raise ValidationError(_("This is not the firm's address: %(slug)s") % {"slug": self.firm.slug})
        return data


@dataclass(frozen=True)
class Act:
    """``call`` takes ``tenant_id`` and what the form gives."""

    do: str
    icon: str
    title: Any
    what: Any
    button: Any
    done: Any
    call: Callable[..., Any]
    offered: Callable[[Tenant], bool]
    form: type[ActForm] = ActForm
    grave: bool = False


def _is(*states: str) -> Callable[[Tenant], bool]:
    return lambda firm: not firm.is_platform and firm.state in states


_standing = _is(_State.ACTIVE, _State.SUSPENDED, _State.CLOSING)

ACTS = (
    Act(
        "pause", "pause", _("Pause"),
        _("Nothing due is carried out for this firm until it goes on. Staff and customers notice nothing else."),
        _("Pause"), _("Paused."),
        lambda tenant_id: operations.set_paused(tenant_id=tenant_id, paused=True),
        lambda firm: _standing(firm) and not firm.paused,
    ),
    Act(
        "unpause", "play_arrow", _("Go on"),
        _("Everything that became due meanwhile is carried out now."),
        _("Go on"), _("It goes on."),
        lambda tenant_id: operations.set_paused(tenant_id=tenant_id, paused=False),
        lambda firm: firm.paused,
    ),
    Act(
        "set_plan", "sell", _("Change the plan"),
        _("What the firm has stays, also when it is more than the new plan allows; only nothing is added."),
        _("Change the plan"), _("The firm is on this plan now."),
        operations.assign_plan, _standing, PlanForm,
    ),
    Act(
        "rename", "edit_location_alt", _("Change the address"),
        _("The firm answers there at once. For 90 days the old address leads there."),
        _("Change the address"), _("The firm answers at its new address."),
        lifecycle.rename_address, _is(_State.ACTIVE, _State.SUSPENDED), AddressForm,
    ),
    Act(
        "measure", "straighten", _("Measure again"),
        _("A worker counts customers, staff and megabytes; reload in a moment."),
        _("Measure"), _("A worker is counting."),
        operations.measure_now, _is(_State.ACTIVE),
    ),
    Act(
        "revoke", "key_off", _("Revoke all credentials"),
        _("Every session, mailed link and API key of the firm is dead within seconds. Staff log in anew; customers who "
          "hold a link must be sent another."),
        _("Revoke"), _("Every session, link and key of the firm is dead."),
        lifecycle.raise_epoch, _standing, CertainForm, grave=True,
    ),
    Act(
        "suspend", "block", _("Suspend"),
        _("Log-in, API and everything due stop. Customers can still answer and complain; nothing they send is lost."),
        _("Suspend"), _("The firm is suspended."),
        lifecycle.suspend, _is(_State.ACTIVE), ReasonForm, grave=True,
    ),
    Act(
        "resume", "play_circle", _("Resume"),
        _("Staff can log in again, and everything that became due meanwhile is carried out now."),
        _("Resume"), _("The firm is active again."),
        lifecycle.resume, _is(_State.SUSPENDED),
    ),
    Act(
        "close", "delete_forever", _("Close the firm"),
        _("The firm rests at once, and after 30 days its data is dropped for good. Until then it can be reopened."),
        _("Close the firm"), _("The firm is closing."),
        lifecycle.close_firm, _is(_State.ACTIVE, _State.SUSPENDED, _State.FAILED), CertainForm, grave=True,
    ),
    Act(
        "reopen", "restore", _("Reopen"),
        _("The closing is taken back; everything is as it was."),
        _("Reopen"), _("The firm is open again."),
        lifecycle.reopen, _is(_State.CLOSING),
    ),
)  # fmt: skip


def acts_for(firm: Tenant) -> list[tuple[Act, ActForm]]:
    """What may be done now, each with an empty form."""
    initial = {"plan": firm.plan_id, "slug": firm.slug}
    return [(act, act.form(firm, initial=initial, auto_id=f"{act.do}_%s")) for act in ACTS if act.offered(firm)]
