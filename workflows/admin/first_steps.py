"""The guide's buttons on the home page: sample data in, sample data out, guide away."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from cxcrm.core.errors import DomainError
from workflows.selectors.first_steps import first_steps_for
from workflows.services.first_steps import add_samples, put_guide_away, remove_samples


@require_POST
def first_steps(request: HttpRequest) -> HttpResponse:
    """``do`` is samples, no-samples or away; for those who see the guide only."""
    if first_steps_for(request.user) is None:
        raise PermissionDenied
    try:
        match request.POST.get("do", ""):
            case "samples":
                add_samples()
                messages.success(request, _("Sample data is in: look around. Nobody is mailed because of it."))
            case "no-samples":
                count = remove_samples()
                said = ngettext("%(n)d sample customer was removed.", "%(n)d sample customers were removed.", count)
                messages.success(request, said % {"n": count})
            case "away":
                put_guide_away()
                messages.success(request, _("The guide is put away."))
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("admin:index")
