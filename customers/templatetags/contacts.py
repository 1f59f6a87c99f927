"""What people wrote, in templates."""

from typing import Any

from django import template

from customers.selectors.contacts import text_shown

register = template.Library()


@register.filter
def shown_to(text: Any, user: Any) -> str:
    """``{{ note.body|shown_to:request.user|linebreaksbr }}``: phone numbers and addresses masked where they must be."""
    return text_shown(str(text or ""), user)
