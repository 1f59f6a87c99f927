"""The base of the public forms."""

from typing import Any

from django import forms

from cxcrm.core.errors import DomainError


class PageForm(forms.Form):
    """Labels without colons, the browser's own checks off: ours speak the reader's language and stay on the page."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def refuse(self, error: DomainError) -> None:
        """Show what a service refused, at the field it was about where it says so."""
        field = str(error.data.get("field", ""))
        self.add_error(field if field in self.fields else None, str(error))
