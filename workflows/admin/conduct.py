"""Thanks and coaching: the page of both, thanks passed on, the policy, and one coaching from seen to decided."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Quote
from cxcrm.core.admin.base import RoomAdmin
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.working import ask, row_asked
from cxcrm.core.errors import DomainError
from cxcrm.core.once import reading_once
from feedback.models import Complaint, Response
from feedback.selectors.reach import answers_visible_to, within_reach
from tenants.staff.models import Branch, Department, User
from tenants.staff.roles import Level
from tenants.staff.selectors.firm import firm_today
from workflows.models import Coaching, Recognition
from workflows.selectors import conduct as found
from workflows.services import coaching as coachings
from workflows.services.conduct import LIMITS, NOTE, acknowledge_policy, pass_on_thanks, publish_policy

_PAGE, _POLICY = "admin:workflows_recognition_changelist", "admin:workflows_conductpolicy_changelist"
SHOWN = 8
OUTCOME_TONES = {"unfounded": "good", "coaching": "info", "no_bonus": "warn", "discipline": "warn"}


def _area(label: Any, limit: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=limit, widget=forms.Textarea(attrs={"rows": 3}), **more)


class ThankForm(WorkForm):
    """To whom; what for is named by the address."""

    thanked = forms.ChoiceField(label=gettext_lazy("Who is thanked?"))
    note = forms.CharField(label=gettext_lazy("A word of your own"), max_length=NOTE, required=False)

    def __init__(self, *args: Any, user: User, source: dict[str, UUID], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source = source
        people = User.objects.working().exclude(pk=user.pk).order_by("full_name")
        self.fields["thanked"].choices = [
            ("", _("– choose –")),
            (_("Branches"), [(f"branch:{one.pk}", str(one)) for one in Branch.objects.filter(is_active=True)]),
            (_("Departments"), [(f"department:{one.pk}", str(one)) for one in Department.objects.all()]),
            (_("Colleagues"), [(f"colleague:{one.pk}", str(one)) for one in people]),
        ]

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if self.errors or data is None:
            return data
        kind, _colon, ident = data.pop("thanked").partition(":")
        return {**data, **self.source, f"{kind}_id": UUID(ident)}

    def add_error(self, field: str | None, error: Any) -> None:
        """Whatever of the three is refused is this one field here."""
        super().add_error("thanked" if field in ("colleague", "department", "branch") else field, error)


class PolicyForm(WorkForm):
    criteria = _area(gettext_lazy("What counts?"), LIMITS["criteria"])
    thanks = _area(gettext_lazy("What is thanked, and how?"), LIMITS["thanks"])
    follows = _area(gettext_lazy("What follows, and from what?"), LIMITS["follows"])
    decides = _area(gettext_lazy("Who decides?"), LIMITS["decides"])


class CoachingForm(WorkForm):
    colleague = forms.ModelChoiceField(label=gettext_lazy("Who is it about?"), queryset=User.objects.none())
    behaviour = forms.ChoiceField(label=gettext_lazy("Which behaviour?"), choices=Coaching.Behaviour)
    seen = _area(
        gettext_lazy("What was seen in this case?"),
        coachings.SEEN,
        help_text=gettext_lazy("What happened, and when; not what you think of the person."),
    )

    def __init__(self, *args: Any, user: User, case: Complaint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.fields["colleague"].queryset = User.objects.working().exclude(pk=user.pk).order_by("full_name")
        self.fields["colleague"].initial = case.owner_id

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if self.errors or data is None:
            return data
        colleague = data.pop("colleague")
        return {**data, "colleague_id": colleague.pk, "complaint_id": self.case.pk}


class ReplyForm(WorkForm):
    reply = _area(gettext_lazy("How was it, from your side?"), coachings.REPLY)


class DecideForm(WorkForm):
    outcome = forms.ChoiceField(label=gettext_lazy("What follows?"), choices=Coaching.Outcome)
    because = _area(gettext_lazy("Why?"), coachings.BECAUSE)


class _TogetherAdmin(RoomAdmin):
    """Records that stand together on one page, ``shown_at``: none has a page of its own."""

    shown_at = ""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if self.get_object(request, object_id) is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return redirect(self.shown_at)


class RecognitionAdmin(_TogetherAdmin):
    """The page of thanks and coaching, and passing thanks on."""

    shown_at = _PAGE

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever meets customers may: it is no set-up of the room."""
        return request.user.allows("feedback", Level.WRITE)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        with reading_once():
            policy = found.policy_in_force()
            thanks = found.with_words(found.recognitions_visible_to(request.user))
            coached = found.coachings_visible_to(request.user).select_related("colleague", "complaint")
            return self.page(
                request,
                "admin/workflows/conduct.html",
                title=_("Thanks and coaching"),
                policy=policy,
                read_at=found.has_read(policy, request.user),
                may_publish=found.may_set_policy(request.user),
                thanks=list(thanks[:SHOWN]),
                by_month=found.thanks_by_month(firm_today()),
                coached=[_line(one) for one in coached[:SHOWN]],
                may_coach=request.user.allows("workflows", Level.WRITE),
            ).render()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Pass on the thanks the address names: an answer, a quote or a case."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        name, source = _source(request)
        if source is None or not found.praised_in(source):
            messages.info(request, _("Thanks begin with a customer's words: open an answer, a quote or a solved case."))
            return redirect(_PAGE)
        initial = {"thanked": f"colleague:{source.owner_id}"} if isinstance(source, Complaint) else {}
        form = ThankForm(request.POST or None, user=request.user, source={f"{name}_id": source.pk}, initial=initial)
        if form.is_valid() and ask(form, pass_on_thanks):
            messages.success(request, _("Passed on. They read it on “My part” and in the morning's mail."))
            return redirect(_PAGE)
        return self.page(
            request,
            "admin/workflows/thank.html",
            title=_("Pass on the thanks"),
            source=source,
            words=_words(source),
            form=form,
            back=reverse(f"admin:{source._meta.app_label}_{source._meta.model_name}_change", args=[source.pk]),
        )


class ConductPolicyAdmin(_TogetherAdmin):
    """The policy in force, the versions before, and who has read it."""

    shown_at = _POLICY

    def has_add_permission(self, request: HttpRequest) -> bool:
        return found.may_set_policy(request.user)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self._read(request)
        policy = found.policy_in_force()
        return self.page(
            request,
            "admin/workflows/policy.html",
            title=_("Our conduct policy"),
            policy=policy,
            older=list(self.model.objects.exclude(replaced_at=None).select_related("written_by")),
            read_at=found.has_read(policy, request.user),
            unread=found.who_has_not_read(policy),
            may_publish=self.has_add_permission(request),
        )

    def _read(self, request: HttpRequest) -> HttpResponse:
        try:
            policy_id = UUID(request.POST.get("policy", ""))
        except ValueError as error:
            raise Http404 from error
        try:
            acknowledge_policy(policy_id=policy_id)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Noted: you have read it."))
        return redirect("admin:journeys_my_part" if request.POST.get("from") == "my_part" else _POLICY)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Write the next version on the one in force."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        policy = found.policy_in_force()
        initial = {name: getattr(policy, name) for name in LIMITS} if policy else {}
        form = PolicyForm(request.POST or None, initial=initial)
        if form.is_valid() and ask(form, publish_policy):
            messages.success(request, _("In force. Everybody is asked to read it on “My part”."))
            return redirect(_POLICY)
        return self.page(
            request,
            "admin/form_page.html",
            title=_("Our conduct policy"),
            intro=_(
                "Thank for what customers say, loops closed well and improvements that held, teams first. Something"
                " follows only from behaviour seen in a reviewed case, never from a score. Money fines and cuts of"
                " wages are prohibited (in Vietnam: Labour Code 2019, article 127)."
            ),
            form=form,
            button=_("Publish"),
        )


class CoachingAdmin(RoomAdmin):
    """One coaching: what was seen, the colleague's side, the decision. The list stands on the page of thanks."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Coaching]:
        rows = found.coachings_visible_to(request.user)
        return rows.select_related("colleague", "complaint", "written_by", "decided_by")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return redirect(_PAGE)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """From the case the address names."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        case = row_asked(request, "complaint", within_reach(request.user).select_related("owner"))
        if case is None:
            messages.info(request, _("Coaching begins with a case in which it was seen what happened: open it first."))
            return redirect(_PAGE)
        form = CoachingForm(request.POST or None, user=request.user, case=case)
        if form.is_valid():
            row = ask(form, coachings.open_coaching)
            if row is not None:
                messages.success(request, _("Put to your colleague, who has three working days to tell their side."))
                return redirect("admin:workflows_coaching_change", row.pk)
        return self.page(
            request,
            "admin/form_page.html",
            title=_("Coaching: %(number)s") % {"number": case.number},
            intro=_(
                "They read this and tell their side before an executive decides. Only the two of you, executives and"
                " owners see it. Nobody is fined and no wages are cut (in Vietnam: Labour Code 2019, article 127)."
            ),
            form=form,
            button=_("Put it to them"),
            back=reverse("admin:feedback_complaint_change", args=[case.pk]),
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        form, service, done, button = None, None, "", ""
        if row.is_open and row.colleague_id == request.user.pk and row.replied_at is None:
            form, service = ReplyForm(request.POST or None), coachings.tell_own_side
            done, button = _("Noted. An executive decides, with your side before them."), _("Tell my side")
        elif row.is_open and row.is_heard and found.may_decide(request.user, row):
            form, service = DecideForm(request.POST or None), coachings.decide_coaching
            done, button = _("Decided. Your colleague reads it on “My part”."), _("Decide")
        if request.method == "POST" and form is None:
            raise PermissionDenied
        if form is not None and form.is_valid() and ask(form, lambda **told: service(coaching_id=row.pk, **told)):
            messages.success(request, done)
            return redirect("admin:workflows_coaching_change", row.pk)
        return self.page(
            request,
            "admin/workflows/coaching.html",
            title=_("Coaching: %(number)s") % {"number": row.complaint.number},
            row=row,
            tone=OUTCOME_TONES.get(row.outcome, "plain"),
            form=form,
            button=button,
            sees_case=within_reach(request.user).filter(pk=row.complaint_id).exists(),
            may_decide=found.may_decide(request.user, row),
        )


def my_part_panel(request: HttpRequest) -> str:
    """On "My part": the policy to read, thanks of customers, and what waits for one's own side."""
    user = request.user
    policy = found.policy_in_force()
    context = {
        "policy": policy,
        "read_at": found.has_read(policy, user),
        "thanks": list(found.with_words(found.thanks_of(user))[:5]),
        "coached": [_line(one) for one in Coaching.objects.filter(colleague=user).select_related("complaint")[:5]],
    }
    return render_to_string("admin/workflows/conduct_part.html", context, request=request)


def thank_panel(request: HttpRequest, quote: Quote) -> str:
    """Beside a quote that praises: one step to whoever earned it, and who was thanked already."""
    if not request.user.has_perm("workflows.view_recognition"):
        return ""
    return render_to_string(
        "admin/workflows/thank_panel.html", thanks_context(request.user, "quote", quote), request=request
    )


def thank_answer(request: HttpRequest, response: Response) -> str:
    """The same on the page of an answer."""
    if not request.user.has_perm("workflows.view_recognition"):
        return ""
    return render_to_string("admin/workflows/thank_line.html", thanks_context(request.user, "response", response))


def thanks_context(user: User, name: str, row: Any) -> dict[str, Any]:
    """Who was thanked for this, and the way to thank somebody where it praises."""
    may = user.allows("feedback", Level.WRITE) and found.praised_in(row)
    return {
        "thanked_for": list(found.with_words(Recognition.objects.filter(**{name: row.pk}))),
        "thank_url": f"{reverse('admin:workflows_recognition_add')}?{name}={row.pk}" if may else "",
    }


def _source(request: HttpRequest) -> tuple[str, Any]:
    among = {
        "response": answers_visible_to(request.user).select_related("customer"),
        "quote": Quote.objects.select_related("customer"),
        "complaint": within_reach(request.user).select_related("customer"),
    }
    for name, rows in among.items():
        if (row := row_asked(request, name, rows)) is not None:
            return name, row
    return "", None


def _words(source: Any) -> str:
    if isinstance(source, Complaint):
        return ""
    return source.words if isinstance(source, Response) else source.text


def _line(one: Coaching) -> dict[str, Any]:
    """One coaching in a list: how it stands, in words."""
    if one.outcome:
        return {"one": one, "tone": OUTCOME_TONES[one.outcome], "state": one.get_outcome_display()}
    if one.is_heard:
        return {"one": one, "tone": "warn", "state": _("waits for a decision")}
    return {"one": one, "tone": "info", "state": _("waits for their side")}
