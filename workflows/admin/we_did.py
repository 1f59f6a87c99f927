"""An initiative's page from above: the cause it came from with its cases, and telling those who raised it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from cxcrm.core.admin.base import ReadOnlyAdmin
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.working import ask, row_asked
from cxcrm.core.language import speaking
from journeys.models import Initiative
from workflows.mails.causes import we_did_to
from workflows.selectors.causes import cases_of, proposal_of
from workflows.selectors.people import may_act_for
from workflows.selectors.we_did import Audience, audience_of, is_done, reached_by, told_about
from workflows.services.we_did import SENTENCE, tell_raisers

CASES_SHOWN = 8
_LABELS = {"vi": _("What we did, in Vietnamese"), "en": _("What we did, in English")}


class TellForm(WorkForm):
    """One sentence in every language that somebody reads."""

    def __init__(self, *args: Any, languages: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, label in _LABELS.items():
            if code in languages:
                self.fields[f"said_{code}"] = forms.CharField(
                    label=label,
                    max_length=SENTENCE,
                    widget=forms.Textarea(attrs={"rows": 2, "class": "cx-input"}),
                    help_text=_("One sentence in plain words: what is different now?"),
                )


def initiative_panel(request: HttpRequest, initiative: Initiative) -> str:
    """On an initiative's page; empty where it came from no cause and nobody can be told."""
    proposal = proposal_of(initiative.pk)
    told = told_about(initiative.pk)
    tells = told is None and is_done(initiative) and may_act_for(request.user, initiative.owner_id)
    people = len(audience_of(initiative.pk).customers) if tells else 0
    if proposal is None and told is None and not people:
        return ""
    cases = cases_of(proposal, request.user) if proposal else None
    context = {
        "initiative": initiative,
        "proposal": proposal,
        "cases": list(cases[:CASES_SHOWN]) if cases is not None else [],
        "seen": cases.count() if cases is not None else 0,
        "n": proposal.cases.count() if proposal else 0,
        "told": told,
        "reached": reached_by(told) if told else 0,
        "people": people,
    }
    return render_to_string("admin/workflows/initiative_panel.html", context, request=request)


class WeDidAdmin(ReadOnlyAdmin):
    """No list in any menu: what was told is read on the initiative's page."""

    list_display = ("initiative", "said_vi", "meant_for", "written_by", "sent_at")
    list_select_related = ("initiative", "written_by")
    fields = ("initiative", "said_vi", "said_en", "meant_for", "written_by", "sent_at")
    nothing_here = _("Nobody was told yet what came of their words.")

    def get_urls(self) -> list[Any]:
        tell = path("tell/", self.admin_site.admin_view(self.tell_view), name="workflows_wedid_tell")
        return [tell, *super().get_urls()]

    def tell_view(self, request: HttpRequest) -> HttpResponse:
        """Write the sentence, see to how many it goes and how it reads, then send."""
        initiative = row_asked(request, "initiative", Initiative.objects)
        if initiative is None:
            raise Http404
        if not may_act_for(request.user, initiative.owner_id):
            raise PermissionDenied
        audience = audience_of(initiative.pk)
        form = TellForm(request.POST or None, languages=audience.languages)
        previews: list[tuple[Any, str, str]] = []
        if form.is_valid():
            if request.POST.get("do") == "send":
                sent = ask(form, lambda **said: tell_raisers(initiative_id=initiative.pk, **said))
                if sent:
                    messages.success(request, _("On its way to %(n)d customers.") % {"n": sent.meant_for})
                    return redirect(reverse("admin:journeys_initiative_change", args=[initiative.pk]))
            else:
                previews = _previews(audience, form.cleaned_data)
        return self.page(
            request,
            "admin/workflows/we_did.html",
            title=_("You said – we did"),
            initiative=initiative,
            audience=audience,
            people=len(audience.customers),
            form=form,
            previews=previews,
            may_send=bool(audience.customers) and is_done(initiative) and told_about(initiative.pk) is None,
        )


def _previews(audience: Audience, said: dict[str, str]) -> list[tuple[Any, str, str]]:
    """As the first who reads each language will get it: their name, the subject, the text."""
    found = []
    for language in audience.languages:
        first = next(one for one in audience.customers if one.language == language)
        with speaking(language):
            subject, text, _html = we_did_to(first, said[f"said_{language}"]).render()
        found.append((first, subject, text))
    return found
