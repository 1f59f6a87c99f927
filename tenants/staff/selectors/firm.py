"""The firm's own row."""

from tenants.staff.models import Firm


def the_firm() -> Firm:
    """The one Firm of this tenant. Raises Firm.DoesNotExist before the defaults are laid in."""
    return Firm.objects.select_related("chief", "default_executive").get()
