"""The first mail a member of staff gets: the firm's address and a link to choose a password."""

from tenants.staff.services.accounts import password_links
from workflows.mails.base import AUTOMATIC, Composed, Skip, absolute, to_staff
from workflows.models import Message


def compose(message: Message) -> Composed | Skip:
    """A fresh link each time it is sent; none for somebody who has a password."""
    user = message.user
    if user is None or user.has_usable_password():
        return Skip("has_password")
    return to_staff(
        "welcome",
        user,
        headers=dict(AUTOMATIC),
        user=user,
        choose_url=absolute(f"/welcome/{user.id}/{password_links.make_token(user)}/"),
        home_url=absolute("/admin/"),
    )
