"""Whom a survey goes to: chosen customers, or everybody a filter finds."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from customers.models import Customer
from customers.selectors.customers import search, visible_to
from cxcrm.core.admin.forms import WorkForm
from feedback.models import Survey
from journeys.selectors.journeys import public_touchpoints
from tenants.staff.models import Branch

# What fits into an address without trouble; more are reached by a filter.
MAX_CHOSEN = 100


class AudienceForm(WorkForm):
    """The survey and its audience; read from the address, so that a preview may be reloaded and shared."""

    survey = forms.ModelChoiceField(queryset=Survey.objects.none(), label=_("Survey"), empty_label=None)
    touchpoint = forms.ModelChoiceField(
        queryset=None, label=_("What is it about?"), required=False, empty_label=_("the survey's own")
    )
    q = forms.CharField(label=_("Name, phone or e-mail contains"), required=False, max_length=100)
    tag = forms.CharField(label=_("Tag"), required=False, max_length=40)
    branch = forms.ModelChoiceField(
        queryset=None, label=_("Home branch"), required=False, empty_label=_("all branches")
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("all languages")), ("vi", _("Vietnamese")), ("en", _("English"))],
    )
    ids = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["survey"].queryset = Survey.objects.filter(is_active=True)
        self.fields["touchpoint"].queryset = public_touchpoints()
        self.fields["branch"].queryset = Branch.objects.filter(is_active=True)

    def clean_ids(self) -> list[UUID]:
        try:
            return [UUID(text) for text in self.cleaned_data["ids"].split(",") if text][:MAX_CHOSEN]
        except ValueError as error:
            raise forms.ValidationError(_("These customers could not be read from the address.")) from error

    def audience(self, user: Any) -> QuerySet[Customer]:
        """The customers meant, of those ``user`` may see."""
        data = self.cleaned_data
        found = visible_to(user)
        if data["ids"]:
            return found.filter(pk__in=data["ids"])
        if data["q"]:
            found = search(found, data["q"])
        if data["tag"]:
            found = found.filter(tags__contains=[data["tag"]])
        if data["branch"]:
            found = found.filter(branch=data["branch"])
        return found.filter(language=data["language"]) if data["language"] else found


@action(description=_("Send a survey to the chosen…"))
def ask_customers(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Customer]) -> HttpResponse:
    """From the list of customers to the sending page, with those ticked or with the list's own filter."""
    asked = request.GET
    if request.POST.get("select_across") == "1":
        values = {"q": asked.get("q", ""), "branch": asked.get("branch__id__exact", ""), "tag": asked.get("tag", "")}
        values["language"] = asked.get("language__exact", "")
    else:
        values = {"ids": ",".join(str(pk) for pk in queryset.values_list("pk", flat=True)[:MAX_CHOSEN])}
    query = urlencode({name: value for name, value in values.items() if value})
    response = redirect(f"{modeladmin.admin_site.name}:feedback_dispatch_add")
    response["Location"] += f"?{query}"
    return response


ask_customers.needs = "feedback.add_dispatch"
