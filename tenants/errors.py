"""What can be refused when a firm signs up."""

from django.utils.translation import gettext_lazy as _

from cxcrm.core.errors import Conflict, InvalidInput


class AddressTaken(Conflict):
    code = "tenant.address_taken"
    message = _("This address is taken. Please choose another.")


class AddressInvalid(InvalidInput):
    code = "tenant.address_invalid"
    message = _("Use 2 to 40 lower-case letters, digits or hyphens, beginning with a letter.")
