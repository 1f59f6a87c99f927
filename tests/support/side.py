"""A case seen from the customer's side, as a serious one must be before it is answered."""

from feedback.models import Complaint, Perspective


def seen(complaint: Complaint) -> Complaint:
    """``complaint`` with the four questions answered, without a line on any timeline."""
    told = {"trying": "mua sáng", "happened": "bị trừ hai lần", "feeling": "annoyed", "good_end": "nhận lại tiền"}
    Perspective.objects.get_or_create(complaint=complaint, defaults=told)
    return complaint
