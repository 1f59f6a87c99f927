"""The forms of the community's pages; they only parse, the services decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxcrm.core.pages.forms import PageForm
from feedback.models import AnswerMark
from feedback.pages.forms import TrappedForm
from feedback.services.community_answers import MOST_TEXT as MOST_ANSWER
from feedback.services.community_questions import MOST_NAME, MOST_TEXT

SHORT_ANSWER = 2000


class QuestionForm(TrappedForm):
    """The question and where the answer goes; and, if they like, that others may read it."""

    text = forms.CharField(
        label=_("Your question"),
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Please write your question.")},
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("The answer comes there. It is shown to nobody."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={
            "required": _("Please leave your e-mail address, or the answer cannot reach you."),
            "invalid": _("This e-mail address is not complete."),
        },
    )
    may_publish = forms.BooleanField(
        label=_("Others may read my question and the answer here; it helps them too"), required=False
    )
    shown_name = forms.CharField(
        label=_("Name to be shown"),
        help_text=_("A first name or nickname. Left empty, none is shown."),
        max_length=MOST_NAME,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )


class VerdictForm(PageForm):
    """Whether an answer helped; which one stands beside it in the page."""

    answer = forms.UUIDField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(
        choices=AnswerMark.Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one."), "invalid_choice": _("Please choose one.")},
    )


class OthersForm(PageForm):
    """An answer to another customer's question."""

    question = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Your answer"),
        max_length=min(SHORT_ANSWER, MOST_ANSWER),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Please write the answer.")},
    )
    shown_name = forms.CharField(
        label=_("Name to be shown"),
        max_length=MOST_NAME,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # One form per question stands on the page, so each has ids of its own.
        question = kwargs.pop("about", None)
        if question is not None:
            kwargs.update(auto_id=f"id_{question}_%s", initial={"question": question})
        super().__init__(*args, **kwargs)
