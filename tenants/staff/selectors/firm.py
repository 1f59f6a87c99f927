"""The firm's own row."""

from cxcrm.core.once import once
from tenants.staff.models import Firm


@once
def the_firm() -> Firm:
    """The one Firm of this tenant. Raises Firm.DoesNotExist before the defaults are laid in."""
    return Firm.objects.select_related("chief", "default_executive").get()


def currency() -> str:
    """What the firm counts in, for fields that read amounts."""
    return str(the_firm().currency)
