"""An authenticator app as a test holds it."""

from cxcrm.core.clock import now
from tenants.staff.logic import totp
from tenants.staff.models import AuthenticatorApp, User
from tenants.staff.services.second_factors import confirm_app, new_app_secret, read_app_secret


class Phone:
    """Set up for one person; shows each code once, as time goes by in steps."""

    def __init__(self, user: User) -> None:
        sealed = new_app_secret()
        self.user = user
        self.secret = read_app_secret(sealed)
        self.recovery_codes = confirm_app(user=user, sealed=sealed, code=self.code(-1))

    def code(self, steps: int = 0) -> str:
        """What it shows now, or so many half-minutes from now."""
        return totp.code_at(self.secret, totp.step_at(now().timestamp()) + steps)

    def forget_last(self) -> None:
        """As if half a minute had gone by: the current code counts as unused."""
        AuthenticatorApp.objects.filter(user_id=self.user.pk).update(last_step=0)
