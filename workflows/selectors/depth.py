"""Who was told "you said – we did": something was done on their word."""

from typing import Any

from django.db.models import Exists, OuterRef

from customers.logic.depth import Depth
from customers.selectors.depth import shows
from workflows.models import Message


@shows(Depth.CREATES)
def was_told_what_came_of_it() -> Any:
    told = Message.objects.filter(customer=OuterRef("pk"), kind=Message.Kind.WE_DID, state=Message.State.SENT)
    return Exists(told.order_by())
