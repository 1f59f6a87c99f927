"""What of the staff's room cannot follow a firm into another installation."""

from django.contrib.auth.hashers import make_password
from django.db import transaction

from tenants.staff.models import AuthenticatorApp, IdentityProvider, Passkey, RecoveryCode, User


@transaction.atomic
def leave_behind() -> None:
    """Take away what only opens where it was made, once the firm's rows have arrived in the current tenant.

    Second factors are sealed under the other installation's key or bound to its host. A password that used to need one
    does not open alone now: whoever had a second factor chooses a new password by mailed link.
    """
    guarded = {*AuthenticatorApp.objects.values_list("user_id", flat=True)}
    guarded |= {*Passkey.objects.values_list("user_id", flat=True)}
    User.objects.filter(pk__in=guarded).update(password=make_password(None))
    for made_there in (AuthenticatorApp, Passkey, RecoveryCode):
        made_there.objects.all().delete()
    IdentityProvider.objects.update(client_secret="", is_active=False)
