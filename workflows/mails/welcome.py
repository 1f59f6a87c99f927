"""The first mail a member of staff gets, and the one for whoever forgot: a link to choose a password."""

from tenants.staff.services.accounts import password_links
from workflows.mails.base import AUTOMATIC, Composed, Skip, absolute, to_staff
from workflows.models import Message


def compose(message: Message) -> Composed | Skip:
    """Welcome with a fresh link; nothing for somebody who has a password by now."""
    if message.user is None or message.user.has_usable_password():
        return Skip("has_password")
    return _with_link(message, is_new=True)


def compose_new_password(message: Message) -> Composed | Skip:
    """A link for somebody who asked for a new password."""
    return _with_link(message, is_new=False)


def _with_link(message: Message, *, is_new: bool) -> Composed | Skip:
    user = message.user
    if user is None:
        return Skip("left")
    return to_staff(
        "welcome",
        user,
        headers=dict(AUTOMATIC),
        is_new=is_new,
        choose_url=absolute(f"/welcome/{user.id}/{password_links.make_token(user)}/"),
        home_url=absolute("/admin/"),
    )
