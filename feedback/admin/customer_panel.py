"""What the customer's page shows of this floor: their complaints and answers."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from customers.models import Customer
from feedback.admin.responses import score_tone
from feedback.models import Response
from feedback.selectors.complaints import of_customer, of_organization

SHOWN = 6


def customer_panel(request: HttpRequest, customer: Customer) -> str:
    """Complaints and answers of ``customer``, newest first; empty for readers who may not see them."""
    if not request.user.has_perm("feedback.view_complaint"):
        return ""
    answers = list(
        Response.objects.filter(customer_id=customer.pk).select_related("survey").order_by("-answered_at")[:SHOWN]
    )
    complaints = (
        of_organization(customer.pk) if customer.kind == Customer.Kind.ORGANIZATION else of_customer(customer.pk)
    )
    shown = list(complaints.select_related("customer")[:SHOWN])
    context: dict[str, Any] = {
        "customer": customer,
        "complaints": shown,
        "complaint_count": complaints.count() if len(shown) == SHOWN else len(shown),
        "answers": [(row, score_tone(row.metric, row.score)) for row in answers],
        "may_complain": request.user.has_perm("feedback.add_complaint"),
    }
    return render_to_string("admin/feedback/customer_panel.html", context, request=request)
