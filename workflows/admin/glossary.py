"""The words of the product on one page, under what experience means in this firm."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cxcrm.core.admin.site import Site
from cxcrm.core.once import reading_once
from journeys.selectors.brand import experience_means
from workflows.glossary import GLOSSARY, Word


def glossary(site: Site, request: HttpRequest) -> HttpResponse:
    """For everybody who may log in; where a word leads is asked of the page it leads to."""
    request.current_app = site.name
    with reading_once():
        context = {
            **site.each_context(request),
            "title": _("Words we use"),
            "meaning": experience_means(),
            "may_write": request.user.has_perm("journeys.add_brandprofile"),
            "groups": [(name, [(word, _page(word)) for word in words]) for name, words in GLOSSARY],
        }
        return TemplateResponse(request, "admin/workflows/glossary.html", context).render()


def _page(word: Word) -> str:
    return reverse(f"admin:{word.page}") if word.page else ""
