"""What questions are about, and which colleagues know about it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from cxcrm.core.admin.base import RoomAdmin
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.working import show_refusal
from cxcrm.core.errors import DomainError
from feedback.models import CommunityTopic
from feedback.services.community_impacts import keep_topic
from tenants.staff.models import User


class TopicForm(WorkForm):
    name = forms.CharField(label=_("Topic"), max_length=60)
    accountable = forms.ModelChoiceField(
        label=_("Who answers for it?"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("the firm's default executive"),
        help_text=_("Gets what nobody answered in four working hours."),
    )
    known_by = forms.ModelMultipleChoiceField(
        label=_("Who knows about it?"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Three of them at most are asked, who is at work and has the fewest questions waiting first."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("accountable", "known_by"):
            self.fields[name].queryset = User.objects.working().order_by("full_name")


class CommunityTopicAdmin(RoomAdmin):
    nothing_here = _("No topics yet. Name what customers ask about, and who knows: they are asked first.")
    add_words = _("Add a topic")
    list_display = ("name", "people", "accountable")
    list_display_links = ("name",)
    list_select_related = ("accountable",)
    search_fields = ("name__unaccent",)
    ordering = ("name",)
    sortable_by = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("experts__user")

    @display(description=_("who knows about it"))
    def people(self, topic: CommunityTopic) -> str:
        return ", ".join(str(one.user) for one in topic.experts.all()) or "–"

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self._form(request, CommunityTopic())

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        topic = self.get_object(request, object_id)
        if topic is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_change_permission(request, topic):
            raise PermissionDenied
        return self._form(request, topic)

    def _form(self, request: HttpRequest, topic: CommunityTopic) -> HttpResponse:
        is_new = topic._state.adding
        known_by = [] if is_new else list(topic.experts.values_list("user_id", flat=True))
        initial = {"name": topic.name, "accountable": topic.accountable_id, "known_by": known_by}
        form = TopicForm(request.POST or None, initial=initial)
        if form.is_valid():
            told = form.cleaned_data
            topic.name, topic.accountable = told["name"], told["accountable"]
            try:
                keep_topic(topic=topic, known_by=[one.pk for one in told["known_by"]])
            except DomainError as refusal:
                show_refusal(form, refusal)
            else:
                messages.success(request, _("Saved."))
                return redirect(f"{self.admin_site.name}:feedback_communitytopic_changelist")
        title = _("Add a topic") if is_new else topic.name
        return self.page(request, "admin/form_page.html", title=title, form=form, button=_("Save"), back="../")
