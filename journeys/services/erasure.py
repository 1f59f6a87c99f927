"""What journeys keep of a customer, for when they are forgotten: that somebody went this way stays."""

from django.db.models import Q

from customers.services.erasure import Trace, leaves_traces
from journeys.models import StageVisit

# The number another system knows the visit by leads to who it was.
leaves_traces(Trace(StageVisit, lambda who: Q(customer_id=who.id), emptied=("external_id",)))
