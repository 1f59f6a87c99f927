"""The brand steward's queue: what waits for a yes, what it would change, and the two ways to answer."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from cxcrm.core.admin.base import ReadOnlyAdmin
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.html import pill
from cxcrm.core.admin.links import page_of
from cxcrm.core.admin.working import ask
from journeys.admin.initiative_forms import BrandMarksForm
from tenants.staff.selectors.stewardship import may_lead
from workflows import wording
from workflows.admin.contradictions import contradiction_urls
from workflows.admin.supervision import supervision_urls
from workflows.models import Review
from workflows.selectors.reviews import called, is_late, reviews, seen_of, words_of
from workflows.services.reviews import approve_review, send_back_review

TONES = {Review.State.APPROVED: "good", Review.State.SENT_BACK: "warn", Review.State.SETTLED: "plain"}
# Where each kind of thing is looked at.
PAGES = {
    "journey": "admin:journeys_journey_map",
    "touchpoint": "admin:journeys_touchpoint_standard",
    "initiative": "admin:journeys_initiative_change",
    "reply_template": "admin:feedback_replytemplate_change",
}


class WaitingFilter(SimpleListFilter):
    """What waits; everything only when it is asked for."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*Review.State.choices, ("all", gettext_lazy("All"))]

    def choices(self, changelist: Any) -> Any:
        usual = self.value() or Review.State.WAITING
        for value, title in self.lookup_choices:
            yield {
                "selected": usual == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Review]) -> QuerySet[Review]:
        asked = self.value() or Review.State.WAITING
        return queryset if asked == "all" else queryset.filter(state=asked)


class SendBackForm(WorkForm):
    note = forms.CharField(
        label=gettext_lazy("What should be different?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Whoever submitted it reads this in their mail."),
    )


class ReviewAdmin(ReadOnlyAdmin):
    list_display = ("about", "asked_by", "waits_for", "by", "standing")
    list_display_links = ("about",)
    list_filter = (WaitingFilter,)
    ordering = ("answer_by", "pk")
    sortable_by = ()
    nothing_here = gettext_lazy("Nothing waits for the brand steward.")

    list_before_template = "admin/workflows/reviews_top.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Review]:
        return reviews()

    def get_urls(self) -> list[Any]:
        return [*supervision_urls(self), *contradiction_urls(self), *super().get_urls()]

    @display(description=gettext_lazy("what was submitted"))
    def about(self, review: Review) -> str:
        return format_html('<b class="cx-name">{}</b>', called(review))

    @display(description=gettext_lazy("waits for"))
    def waits_for(self, review: Review) -> str:
        waits = review.state == Review.State.WAITING
        return str((review.steward if waits else review.decided_by) or "–")

    @display(description=gettext_lazy("answer by"))
    def by(self, review: Review) -> str:
        return wording.moment(review.answer_by)

    @display(description=gettext_lazy("state"))
    def standing(self, review: Review) -> str:
        if is_late(review):
            return pill(_("late"), "bad")
        return pill(review.get_state_display(), TONES.get(review.state, "info"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """What it is about, before and after, and the two ways to answer."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        review = self.get_object(request, object_id)
        if review is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        may_answer = may_lead(request.user)
        do = request.POST.get("do", "")
        marks = (
            BrandMarksForm(request.POST if do == "approve" else None, initiative=review.initiative)
            if review.initiative
            else None
        )
        back = SendBackForm(request.POST if do == "send_back" else None)
        approve: Any = marks or WorkForm(request.POST if do == "approve" else None)
        if request.method == "POST":
            if not may_answer:
                raise PermissionDenied
            if self._answered(request, review, approve, back):
                return redirect(f"{self.admin_site.name}:workflows_review_changelist")
            review = self.get_queryset(request).get(pk=review.pk)
        waits = review.state == Review.State.WAITING
        words = words_of(review) if waits else None
        return self.page(
            request,
            "admin/workflows/review.html",
            title=called(review),
            review=review,
            waits=waits,
            is_late=is_late(review),
            tone=TONES.get(review.state, "info"),
            words=words,
            seen=seen_of(review, words) if waits else "",
            page=page_of(PAGES[review.kind], review.ref),
            answer_by=wording.moment(review.answer_by),
            may_answer=may_answer,
            approve=approve,
            back=back,
        )

    def _answered(self, request: HttpRequest, review: Review, approve: Any, back: SendBackForm) -> bool:
        """Carry out the answer; False shows the page again with what was refused."""
        if back.is_bound and back.is_valid():
            if ask(back, lambda note: send_back_review(review_id=review.pk, note=note)):
                messages.success(request, _("Sent back. Whoever submitted it is told why."))
                return True
        elif approve.is_bound and approve.is_valid():
            marks = approve.marks() if isinstance(approve, BrandMarksForm) else ()
            seen = request.POST.get("seen", "")
            if ask(approve, lambda **_told: approve_review(review_id=review.pk, marks=marks, seen=seen)):
                messages.success(request, _("Approved. Whoever submitted it is told."))
                return True
        return False
