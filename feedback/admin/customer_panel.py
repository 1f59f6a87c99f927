"""What the customer's page shows of this floor: their complaints and answers."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from customers.models import Customer
from feedback.admin.responses import score_tone
from feedback.models import Response
from feedback.selectors.complaints import of_customer, of_organization
from feedback.selectors.reach import answers_marked, reach_marked

SHOWN = 6


def customer_panel(request: HttpRequest, customer: Customer) -> str:
    """Complaints and answers of ``customer``, newest first; empty for readers who may not see them.

    Of a case out of the reader's reach only number, state and owner: whoever picks up the phone knows of it.
    """
    if not request.user.has_perm("feedback.view_complaint"):
        return ""
    theirs = answers_marked(request.user, Response.objects.filter(customer_id=customer.pk))
    answers = list(theirs.select_related("survey").order_by("-answered_at")[:SHOWN])
    complaints = (
        of_organization(customer.pk) if customer.kind == Customer.Kind.ORGANIZATION else of_customer(customer.pk)
    )
    shown = list(reach_marked(request.user, complaints).select_related("customer", "owner")[:SHOWN])
    context: dict[str, Any] = {
        "customer": customer,
        "complaints": shown,
        "complaint_count": complaints.count() if len(shown) == SHOWN else len(shown),
        "answers": [(row, score_tone(row.metric, row.score)) for row in answers],
        "may_complain": request.user.has_perm("feedback.add_complaint"),
    }
    return render_to_string("admin/feedback/customer_panel.html", context, request=request)
